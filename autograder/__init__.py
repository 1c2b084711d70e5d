"""The engine of an auto-graded course: reads a course, runs checks against student code, forms and reports marks."""
