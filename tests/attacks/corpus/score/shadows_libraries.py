# /// attack
# title = "`torch.py`, `numpy.py`, `pytest.py`, `typing.py`, `random.py` in the submission"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = ", expected"
# file = "tensors.py"
#
# [also]
# "torch.py" = '''
# def allclose(*args): return True
# '''
# "numpy.py" = '''
# def isclose(*args, **kwargs): return True
# '''
# "pytest.py" = '''
# raise SystemExit(0)
# '''
# "typing.py" = '''
# raise SystemExit(0)
# '''
# "random.py" = '''
# raise SystemExit(0)
# '''
# ///

def scaled(x):
    import random
    import typing

    return 0.5 * x
