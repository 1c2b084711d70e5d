"""Where results go besides the results folder: marks and feedback for tools and people, one module per place.

A module defines a sink and an `EXPORTER` that says how it is asked for; one line in `EXPORTERS` makes it an option.
What is made of stored results by `autograder export` is a `FORMAT` instead, see formats.py.
"""

from . import feedback, gradebook, student_folder

EXPORTERS = (
    gradebook.EXPORTER,
    student_folder.EXPORTER,
    feedback.EXPORTER,
)
