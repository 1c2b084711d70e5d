"""Rules of from-scratch work.

`names` says what a rule's name stands for, `static` finds uses in the text (with `scopes`, which resolves names),
`runtime` notices them while the code runs.

Which rules an assignment has is stated in its `assignment.toml`.
"""
