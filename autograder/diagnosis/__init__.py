"""Which known mistake is it? `naming` decides, by one rule over what the others find.

A `check_run` is what came back in a check, `variants` are wrong modules to compare it with, and the `table` holds what
the one says about the other. For that `replay` asks the modules what the student was asked, `resampling` sends them
through a whole check with draws of their own, and `agreement` says whether two answers are the same. Nothing here talks
to a student's process. What a wrong value looks like from close by is described in `explaining`.
"""
