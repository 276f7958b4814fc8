# /// attack
# title = "The forbidden import stands in a file of one's own"
# earns = 8.5
# outcome = "forbidden"
# reads = "forbidden"
# staff = "torch.nn"
# file = "recurrent.py"
#
# [also]
# "helper.py" = '''
# from torch.nn import RNN
# '''
# ///

import torch

from .helper import RNN


def forward(x, W, U):
    cell = RNN(W.shape[1], W.shape[0], bias=False)
    cell.weight_ih_l0.data, cell.weight_hh_l0.data = W, U
    return cell(x)[1][0].detach()


def slope(x):
    return 1 - torch.tanh(x) ** 2
