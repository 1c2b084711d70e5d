"""Grades one submission (`runner`) or a class (`classroom`), and keeps the results (`results`).

`remote` is the channel that checks call a student's module through, `namespace` the one into a notebook's kernel,
`fingerprints` says what a result depends on. How processes are started is in `sandbox`, what a failure means in
`explaining` and `diagnosis`, what was handed in in `submissions`.
"""
