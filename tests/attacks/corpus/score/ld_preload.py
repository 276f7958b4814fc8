# /// attack
# title = "`LD_PRELOAD`, `PYTHONPATH` and `PYTHONSTARTUP` are set for whoever comes next"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = ", expected"
# ///

import builtins
import os

from .acts import attempt

os.environ.update(LD_PRELOAD="/tmp/evil.so", PYTHONPATH=os.getcwd(), PYTHONSTARTUP="sitecustomize.py")
with open("sitecustomize.py", "w") as file:
    file.write("import builtins; builtins.EVIL = True")


def guess(question):
    attempt("a later process", lambda: hasattr(builtins, "EVIL"))
    return 1
