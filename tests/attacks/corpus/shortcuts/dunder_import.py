# /// attack
# title = "`__import__`"
# earns = 8.5
# outcome = "forbidden"
# reads = "forbidden"
# staff = "torch.nn"
# file = "recurrent.py"
# ///

import torch

nn = vars(__import__("torch." + "nn"))["n" + "n"]


def forward(x, W, U):
    cell = nn.RNN(W.shape[1], W.shape[0], bias=False)
    cell.weight_ih_l0.data, cell.weight_hh_l0.data = W, U
    return cell(x)[1][0].detach()


def slope(x):
    return 1 - torch.tanh(x) ** 2
