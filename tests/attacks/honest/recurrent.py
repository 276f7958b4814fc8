"""A recurrent network from scratch, and the slope of its activation."""

import torch


def forward(x, W, U):
    state = torch.zeros(len(U))
    for row in x:
        state = torch.tanh(W @ row + U @ state)
    return state


def slope(x):
    return 1 - torch.tanh(x) ** 2
