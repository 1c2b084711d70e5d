"""For authors of a course: cut stubs, build the student's kit, scaffold an assignment, prove that a course is sound."""
