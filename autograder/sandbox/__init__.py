"""Our end of the processes that hold students' code.

`forkserver` starts workers, `process` talks to one and ends it, `watchdog` bounds its memory, `standby` keeps one
ready, `probe` finds out what confinement holds here, `pool` runs graders side by side. What happens inside a worker is
in `worker`, which is started as a process and never imported but for its wire.
"""
