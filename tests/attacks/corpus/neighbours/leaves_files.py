# /// attack
# title = "Files are left where the next student could find them"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = "file: refused"
# ///

from .acts import TOKEN, attempt


def guess(question):
    for folder in ("/tmp", "/var/tmp", "/dev/shm", "/run", "/usr/lib", "/proc/self", ".."):
        attempt("file", lambda: open(f"{folder}/left-behind-{TOKEN}", "x"))
    return 1
