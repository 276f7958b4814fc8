# /// attack
# title = "Twenty thousand empty files"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = "files: refused"
# ///

from .acts import attempt


def fill():
    number = 0
    try:
        for number in range(20_000):
            open(f"file{number}", "w").close()
    except OSError:
        return None
    return number


def guess(question):
    if question.endswith("azalea"):
        attempt("files", fill)
    return 1
