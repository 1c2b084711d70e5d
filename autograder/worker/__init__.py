"""The untrusted side: the process that holds a student's module and answers calls over the wire.

`wire` is the only module here that the trusted side imports. `__main__` starts the process, `host` executes requests.
A student's file or notebook becomes a module in three steps: `transforms` makes Python of it, `reading` decides what
counts, `loading` executes that; `bindings`, `needs`, `stand_ins` and `loader` help them. `operation_count` counts what
a call does, `rules` and `confinement` bound what it may use and reach. `forkserver` forks what would import torch
again.
"""
