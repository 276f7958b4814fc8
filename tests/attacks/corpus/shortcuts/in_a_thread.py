# /// attack
# title = "The forbidden call is made in a thread"
# earns = 8.5
# outcome = "forbidden"
# reads = "forbidden"
# staff = "torch.rnn_tanh"
# file = "recurrent.py"
# ///

import threading

import torch

lower = vars(torch)["_V" + "F"]


def forward(x, W, U):
    found = []
    start = torch.zeros(1, len(U))

    def work():
        found.append(lower.rnn_tanh(x, start, [W, U], False, 1, 0.0, False, False, False)[1][0])

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    return found[0]


def slope(x):
    return 1 - torch.tanh(x) ** 2
