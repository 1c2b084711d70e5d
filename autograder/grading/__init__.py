"""The trusted side: grades one submission, or a class, by talking to worker processes.

`process` starts and ends a worker, `remote` is the channel that checks call through, `submissions` reads what
students handed in, `runner` turns checks into results, `diagnosis` finds the misconception behind a failure,
`results` keeps the files.
"""
