# /// attack
# title = "`os._exit(0)` when the module is imported"
# earns = 14
# outcome = "crashed"
# reads = "exited"
# staff = "exit code 0"
# ///

import os

os._exit(0)
