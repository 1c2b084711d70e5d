"""The wording of everything a check tells a student, in one place.

`facts` say what came back and what must hold, `questions` what that suggests, `tables` show both arrays. Whatever could
give away the inputs or answers of a hidden check stands in the full version of a wording only.
"""
