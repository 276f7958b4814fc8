"""Which known mistake is it? Answered from the values that came back, without running anything.

Every mutant of an assignment is a mistake with a sentence. `grader verify` keeps what came back
from it (`grader.authoring.signatures`); a record keeps what came back from a submission. Where the
two agree, the mistake has a name; where they do not, nothing is said: a wrong name is worse than
none.
"""
