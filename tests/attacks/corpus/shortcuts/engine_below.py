# /// attack
# title = "The engine below `backward`: `torch._C`"
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
    run = getattr(torch.Tensor, "back" + "ward")
    run(torch.tanh(leaf).sum())
    return leaf.grad
