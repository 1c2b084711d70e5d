"""What a wrong value tells, besides that it is wrong.

`explanation` puts it together: `relations` between what came back and what must hold, `quantities` of the call that a
factor may be, `finiteness` where something is nan, `questions` that these suggest, `snippets` that reproduce the
failure. `cases` chooses the wrong answer that is shown, and `telling` makes all of it harmless for a result. No verdict
is formed here, and no known mistake is named.
"""
