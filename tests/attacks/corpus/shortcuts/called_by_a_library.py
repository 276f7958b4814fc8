# /// attack
# title = "The forbidden call is left to `functools` and `map`"
# earns = 8.5
# outcome = "forbidden"
# reads = "forbidden"
# staff = "torch.rnn_tanh"
# file = "recurrent.py"
# ///

import functools

import torch

lower = vars(torch)["_V" + "F"]


def forward(x, W, U):
    start = torch.zeros(1, len(U))
    run = functools.partial(lower.rnn_tanh, x, start, [W, U], False, 1, 0.0, False, False, False)
    return next(iter(map(lambda job: job(), [run])))[1][0]


def slope(x):
    return 1 - torch.tanh(x) ** 2
