"""What a wrong value tells, besides that it is wrong.

`explanation` puts it together: `relations` between what came back and what must hold, `quantities` of the call that a
factor may be, `questions` that these suggest, `snippets` that reproduce the failure. `telling` makes it harmless for a
result. No verdict is formed here, and no known mistake is named.
"""
