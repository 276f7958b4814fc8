# /// attack
# title = "All signals are ignored and blocked, then an endless loop"
# earns = 16.5
# outcome = "timeout"
# reads = "timeout_hidden"
# staff = "within 2 s"
# ///

import signal

for number in signal.valid_signals():
    try:
        signal.signal(number, signal.SIG_IGN)
    except OSError:
        pass
signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())


def guess(question):
    while "hidden" in question:
        pass
    return 1
