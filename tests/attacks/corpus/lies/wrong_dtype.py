# /// attack
# title = "The right shape in another dtype"
# earns = 14.5
# outcome = "failed"
# reads = "wrong_dtype"
# staff = "float16"
# file = "tensors.py"
# check = "scaled_has_its_shape"
# ///

import torch


def scaled(x):
    return (0.5 * x).to(torch.float16)
