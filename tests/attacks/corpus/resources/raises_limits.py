# /// attack
# title = "Its own limits are raised"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = "RLIMIT_DATA: refused"
# ///

import resource

from .acts import attempt


def raised(kind):
    soft, hard = resource.getrlimit(kind)
    resource.setrlimit(kind, (hard + 1, hard + 1) if hard != resource.RLIM_INFINITY else (soft, hard))
    return "raised" if hard != resource.RLIM_INFINITY else None


def guess(question):
    for name in ("RLIMIT_DATA", "RLIMIT_CPU", "RLIMIT_NOFILE", "RLIMIT_FSIZE", "RLIMIT_CORE"):
        attempt(name, lambda: raised(getattr(resource, name)))
    return 1
