"""What students hand in: `files` finds and reads it, `notebooks` and `cells` make sense of notebooks.

Nothing of it is executed here, and no mark is given.
"""
