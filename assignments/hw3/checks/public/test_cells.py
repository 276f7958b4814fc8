"""Public checks of cells.py."""

import math

import torch

from grader.checking.expect import expect_close, expect_tensor


def filled(cell, value):
    """The cell in float64 with every parameter set to one value."""
    names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    shapes = {name: getattr(cell, name).shape for name in names}
    cell = cell.double()
    cell.load_state_dict({n: torch.full(s, value, dtype=torch.float64) for n, s in shapes.items()})
    return cell


def one(value):
    return torch.tensor([[value]], dtype=torch.float64)


def test_rnn_cell_worked_example(student):
    cell = filled(student.cells.RNNCell(1, 1), 0.5)
    # tanh(.5 * 1 + .5 + .5 * .5 + .5)
    expect_close(cell(one(1.0), one(0.5)), [[math.tanh(1.75)]], what="h'")


def test_gru_cell_worked_example(student):
    cell = filled(student.cells.GRUCell(1, 1), 0.5)
    expect_close(cell(one(1.0), one(0.5)), [[0.563265]], atol=1e-6, what="h'")


def test_lstm_cell_worked_example(student):
    cell = filled(student.cells.LSTMCell(1, 1), 0.0)
    # every gate is a half, and g is 0: half of c is kept
    h, c = cell(one(1.0), (one(0.0), one(2.0)))
    expect_close(c, [[1.0]], what="c'")
    expect_close(h, [[0.5 * math.tanh(1.0)]], what="h'")


def test_lstm_shapes(student):
    lstm = student.cells.LSTM(4, 5, num_layers=2, bidirectional=True)
    output, (h, c) = lstm(torch.zeros(7, 3, 4))
    expect_tensor(output, (7, 3, 10), "float32", "the output")
    expect_tensor(h, (4, 3, 5), "float32", "h")
    expect_tensor(c, (4, 3, 5), "float32", "c")


def test_lstm_step_worked_example(student):
    zero = torch.zeros(1, 1, dtype=torch.float64)
    weights = [torch.zeros(4, 1, dtype=torch.float64)] * 2 + [
        torch.zeros(4, dtype=torch.float64)
    ] * 2
    arguments = (zero, zero, one(2.0), *weights)
    h, c, cache = student.keep(student.cells.lstm_step_forward, arguments, part=2)
    expect_close(c, [[1.0]], what="c'")
    expect_close(h, [[0.5 * math.tanh(1.0)]], what="h'")
    gradients = student.cells.lstm_step_backward(zero, one(1.0), cache)
    expect_close(gradients["c"], [[0.5]], what="the gradient of c' by c")
