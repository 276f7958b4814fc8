"""nbgrader's gradebook, kept equal to the records, and what people decide in it.

The database is nbgrader's own, in its own schema: nbgrader makes it, we speak SQL to it (nbgrader's
calls cost 2 ms a grade, and its import seconds). Of one assignment we own one notebook, named after
the package, and in it the grade cells for code:

    tokenize                  a function, with its points: one number to be overruled
    tokenize--empty_text      each of its checks, worth 0: how it ended is the cell's comment

Points belong to functions: they do not add up over checks (a function that fails one of its core
checks has half of the rest), so a score for each check could not be overruled one by one. A check
has its cell for comments, and for extra credit.

What people write (manual scores, extra credit, comments) is read and never written.
"""
