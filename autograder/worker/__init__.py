"""The untrusted side: the process that holds a student's module and answers calls over the wire.

`wire` is the only module here that the trusted side imports. `__main__` starts the process, `host` executes
requests, `loader` and `notebook` turn the student's file into a module, `operation_count` counts what a call does,
`rules` and `confinement` bound what it may use and reach. `forkserver` forks what would import torch again.
"""
