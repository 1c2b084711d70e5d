"""The untrusted side: the process that holds a student's module and answers calls over the wire.

`wire` is the only module here that the trusted side imports. `__main__` starts the process, `host` executes
requests, `loader` turns the student's file into a module.
"""
