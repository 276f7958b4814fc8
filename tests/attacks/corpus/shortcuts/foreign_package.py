# /// attack
# title = "A package that is installed here but not allowed"
# earns = 8.5
# outcome = "forbidden"
# reads = "forbidden_package"
# staff = "jinja2"
# file = "recurrent.py"
# ///

import jinja2
import torch


def forward(x, W, U):
    state = torch.zeros(len(U))
    for row in x:
        state = torch.tanh(W @ row + U @ state)
    return state


def slope(x):
    return 1 - torch.tanh(x) ** 2
