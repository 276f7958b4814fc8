# /// attack
# title = "`.backward()`, hidden behind a method of one's own of that name"
# earns = 8.5
# outcome = "forbidden"
# reads = "forbidden"
# staff = ".requires_grad_"
# file = "recurrent.py"
# check = "slope_is_right"
# ///

import torch


def forward(x, W, U):
    state = torch.zeros(len(U))
    for row in x:
        state = torch.tanh(W @ row + U @ state)
    return state


class Mine:
    def backward(self):
        """The name is mine now."""


def slope(x):
    leaf = x.clone().requires_grad_()
    torch.tanh(leaf).sum().backward()
    return leaf.grad
