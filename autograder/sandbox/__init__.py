"""Our end of the processes that hold students' code.

`Workers` (in `workers`) owns them all; `forkserver` asks for them, `process` talks to one and ends it, `watchdog` bounds
its memory, `standby` keeps one ready, `spec` says what one is confined to. `probe` finds out what confinement holds
here, `pool` runs graders side by side. What happens inside a worker is in `worker`, which is started as a process and
never imported but for its wire.
"""
