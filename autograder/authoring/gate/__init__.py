"""What every assignment must keep, besides what its submissions show: each demand of CI on its content.

    mutants     the excused ones still exist
    styles      right code in other styles earns everything, and the table of mistakes fits it
    rehearsal   the notebook runs from top to bottom; meanwhile `shapes` and `settings` watch what it does
    formatting  `ruff` has nothing to say, where the course uses it
    faults      what broke in a check, as its author's error
    kit         up to date, without a line of a solution

Each problem is a sentence that begins with the file and the line. What makes grading impossible, like a syntax error,
is a `CourseError` instead, which `reading` finds first. `completeness` beside this folder puts the parts together.
"""
