"""The student's own view: the public checks, on the student's own machine."""
