# /// attack
# title = "The argument itself comes back, changed in place"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = ", expected"
# file = "tensors.py"
# ///

def scaled(x):
    x.zero_().add_(1)
    return x
