# /// attack
# title = "The import never ends"
# earns = 14
# outcome = "timeout"
# reads = "import_timeout"
# staff = "longer than 2 s"
# check = "guess_is_a_number"
# ///

import time

time.sleep(3e7)
