"""Which known mistake is it? `naming` decides, by one rule over what the others find.

`replay` asks wrong variants of the reference what the student was asked, `resampling` sends them through a whole check
with draws of their own, `agreement` says whether two answers are the same. What a wrong value looks like from close by
is told in `explaining`; nothing here talks to a student's process.
"""
