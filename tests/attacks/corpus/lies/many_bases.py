# /// attack
# title = "An exception that claims a hundred thousand base classes"
# earns = 16.5
# outcome = "raised"
# reads = "raised_hidden"
# staff = ""
# ///

from .acts import server


def guess(question):
    if "hidden" in question:
        bases = [f"Base{i}" for i in range(100_000)] + ["GeneratorExit", "StopIteration", "type", "print"]
        server()["exceptions"].describe = lambda *args: {"type": "x", "bases": bases, "text": "", "frames": [], "memory": 0}
        raise ValueError
    return 1
