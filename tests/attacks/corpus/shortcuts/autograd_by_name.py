# /// attack
# title = "`torch.autograd.grad` by `getattr`"
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


def slope(x):
    leaf = x.clone().requires_grad_()
    engine = getattr(torch, "auto" + "grad")
    return engine.grad(torch.tanh(leaf).sum(), leaf)[0]
