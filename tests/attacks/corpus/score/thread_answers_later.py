# /// attack
# title = "A thread is left running that changes what later calls answer"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = "two questions have two answers"
# check = "guesses_differ"
# ///

import threading
import time

answer = 1


def change():
    global answer
    while True:
        answer += 0
        time.sleep(0.001)


threading.Thread(target=change, daemon=True).start()


def guess(question):
    return answer
