# /// attack
# title = "The interpreter's C interface, by `ctypes`"
# earns = 8.5
# outcome = "forbidden"
# reads = "forbidden_below"
# staff = "ctypes"
# file = "recurrent.py"
# ///

import ctypes

import torch

import_module = ctypes.pythonapi.PyImport_ImportModule
import_module.restype = ctypes.py_object
nn = import_module(b"torch." + b"nn")


def forward(x, W, U):
    cell = nn.RNN(W.shape[1], W.shape[0], bias=False)
    cell.weight_ih_l0.data, cell.weight_hh_l0.data = W, U
    return cell(x)[1][0].detach()


def slope(x):
    return 1 - torch.tanh(x) ** 2
