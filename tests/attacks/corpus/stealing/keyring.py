# /// attack
# title = "Keys of the kernel's keyring"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = "keyring: refused"
# ///

from .acts import attempt, worked


def guess(question):
    attempt("keyring", lambda: worked("keyctl", 0, -4, 1, 0, 0))
    attempt("search", lambda: worked("keyctl", 10, -4, b"user\0", b"secret\0", 0))
    return 1
