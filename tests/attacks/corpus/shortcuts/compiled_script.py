# /// attack
# title = "A TorchScript that names the operator in a string"
# earns = 8.5
# outcome = "forbidden"
# reads = "forbidden"
# staff = "torch.jit"
# file = "recurrent.py"
# ///

import torch

unit = torch.jit.CompilationUnit("""
def run(x, h, w: List[Tensor]):
    return torch.rnn_tanh(x, h, w, False, 1, 0.0, False, False, False)
""")


def forward(x, W, U):
    return unit.run(x.unsqueeze(1), torch.zeros(1, 1, len(U)), [W, U])[1][0, 0]


def slope(x):
    return 1 - torch.tanh(x) ** 2
