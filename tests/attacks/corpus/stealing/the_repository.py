# /// attack
# title = "The platform's repository, with the hidden checks of real assignments"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = "repository: refused"
# bare = true
# ///

import glob

from .acts import REPOSITORY, attempt


def guess(question):
    attempt("repository", lambda: open(f"{REPOSITORY}/pyproject.toml").read())
    attempt("assignments", lambda: glob.glob(f"{REPOSITORY}/assignments/*/checks/hidden/*.py"))
    attempt("history", lambda: open(f"{REPOSITORY}/.git/HEAD").read())
    return 1
