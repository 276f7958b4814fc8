# /// attack
# title = "The operators below the functions: `torch.ops.aten`"
# earns = 8.5
# outcome = "forbidden"
# reads = "forbidden"
# staff = "rnn_tanh"
# file = "recurrent.py"
# ///

import torch


def forward(x, W, U):
    start, inputs = torch.zeros(1, 1, len(U)), x.unsqueeze(1)
    run = torch.ops.aten.rnn_tanh.input
    return run(inputs, start, [W, U], False, 1, 0.0, False, False, False)[1][0, 0]


def slope(x):
    return 1 - torch.tanh(x) ** 2
