# /// attack
# title = "The functions below the classes: `torch._VF`, `torch._C`"
# earns = 8.5
# outcome = "forbidden"
# reads = "forbidden"
# staff = "torch.rnn_tanh"
# file = "recurrent.py"
# ///

import torch

lower = vars(torch)["_VF"]


def forward(x, W, U):
    start = torch.zeros(1, len(U))
    return lower.rnn_tanh(x, start, [W, U], False, 1, 0.0, False, False, False)[1][0]


def slope(x):
    return 1 - torch.tanh(x) ** 2
