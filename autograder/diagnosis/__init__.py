"""Which known mistake is it? `naming` decides, by one rule over what the others find.

A `failure` is what is known of a failed check, `variants` are wrong modules to compare it with, and `matching` says
which of them fit. For that `replay` asks them what the student was asked, `resampling` sends them through a whole check
with draws of their own, and `agreement` says whether two answers are the same. Nothing here talks to a student's
process. What a wrong value looks like from close by is described in `explaining`.
"""
