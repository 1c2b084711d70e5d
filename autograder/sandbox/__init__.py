"""Our end of the processes that hold students' code.

`workers` owns them all: whoever grades opens a `Workers` and hands it on. `forkserver` has them forked, `process` talks
to one and ends it, `watchdog` bounds its memory, `standby` keeps one ready, and `spec` says what it is confined to.
`probe` finds out what confinement holds here, `pool` runs graders side by side. What happens inside a worker is in
`worker`, which is started as a process and never imported but for its wire.
"""
