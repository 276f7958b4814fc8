"""Public checks of cells.py."""

import math

import torch

from grader.checking.expect import expect_close, expect_equal, expect_tensor, expect_type


def filled(cell, value):
    """The cell in float64 with every parameter set to one value."""
    names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    shapes = {name: getattr(cell, name).shape for name in names}
    cell = cell.double()
    cell.load_state_dict({n: torch.full(s, value, dtype=torch.float64) for n, s in shapes.items()})
    return cell


def one(value):
    return torch.tensor([[value]], dtype=torch.float64)


def dtype_and_arguments_stay(student, kind):
    """Two rows of three inputs, four units: the new state, in float32, and nothing else changes."""
    cell, x = getattr(student.cells, kind)(3, 4), torch.tensor([[0.5, -1.0, 2.0], [0.0, 1.5, -0.5]])
    h = torch.tensor([[0.1, -0.2, 0.3, -0.4], [0.0, 0.5, -0.5, 1.0]])
    state = (h, 2 * h) if kind == "LSTMCell" else h
    before = student.generators(seed=20)
    new, after = student.with_arguments(cell.forward, x, state)
    expect_equal(
        student.generators(),
        before,
        {"en": "the state of the global generators", "ko": "전역 난수 생성기의 상태"},
    )
    if kind == "LSTMCell":
        expect_type(new, tuple, {"en": "the new state", "ko": "새 상태"})
    for part, name in zip(new, ("h'", "c'"), strict=True) if kind == "LSTMCell" else [(new, "h'")]:
        expect_tensor(part, (2, 4), "float32", name)
    expect_equal(
        after, [x, state], {"en": "[x, state] after the call", "ko": "호출한 뒤의 [x, 상태]"}
    )


def test_rnn_cell_worked_example(student):
    cell = filled(student.cells.RNNCell(1, 1), 0.5)
    # tanh(.5 * 1 + .5 + .5 * .5 + .5)
    expect_close(cell(one(1.0), one(0.5)), [[math.tanh(1.75)]], what="h'")


def test_rnn_cell_keeps_dtype_and_arguments(student):
    dtype_and_arguments_stay(student, "RNNCell")


# two units, r = (1, 0) and z = 0: h' = n, in which the units of h change places
RESET = {
    "weight_ih": [[0.0]] * 6,
    "weight_hh": [[0.0, 0.0]] * 4 + [[0.0, 1.0], [1.0, 0.0]],
    "bias_ih": [40.0, -40.0, -40.0, -40.0, 0.0, 0.0],
    "bias_hh": [0.0, 0.0, 0.0, 0.0, 0.5, 0.5],
}
RESET = {name: torch.tensor(rows, dtype=torch.float64) for name, rows in RESET.items()}


def test_gru_cell_worked_example(student):
    found = filled(student.cells.GRUCell(1, 1), 0.5)(one(1.0), one(0.5))
    cell = student.cells.GRUCell(1, 2).double()
    cell.load_state_dict(RESET)
    of_two_units = cell(one(1.0), torch.tensor([[0.25, 0.5]], dtype=torch.float64))
    expect_close(found, [[0.563265]], atol=1e-6, what="h'")
    # r times (0.5 + 0.5, 0.25 + 0.5)
    expect_close(
        of_two_units,
        [[math.tanh(1.0), 0.0]],
        atol=1e-6,
        what={"en": "h' with r = (1, 0) and z = 0", "ko": "r = (1, 0), z = 0일 때의 h'"},
    )


def test_gru_cell_keeps_dtype_and_arguments(student):
    dtype_and_arguments_stay(student, "GRUCell")


# the step of 7.3: rows are the gates i, f, g, o
STEP = {
    "weight_ih": [[1.0], [0.0], [1.0], [0.5]],
    "weight_hh": [[-1.0], [1.0], [-1.0], [-2.0]],
    "bias_ih": [0.0, 1.0, 0.0, 0.0],
    "bias_hh": [0.0, 0.0, 0.5, 0.0],
}
STEP = {name: torch.tensor(rows, dtype=torch.float64) for name, rows in STEP.items()}


def test_lstm_cell_worked_example(student):
    cell = student.cells.LSTMCell(1, 1).double()
    cell.load_state_dict(STEP)
    h, c = cell(one(1.0), (one(0.5), one(2.0)))
    expect_close(c, [[2.109210]], atol=1e-6, what="c'")
    expect_close(h, [[0.366586]], atol=1e-6, what="h'")


def test_lstm_cell_with_all_parameters_zero(student):
    cell = filled(student.cells.LSTMCell(1, 1), 0.0)
    # every gate is a half, and g is 0: half of c is kept
    h, c = cell(one(1.0), (one(0.0), one(2.0)))
    expect_close(c, [[1.0]], what="c'")
    expect_close(h, [[0.5 * math.tanh(1.0)]], what="h'")


def test_lstm_cell_keeps_dtype_and_arguments(student):
    dtype_and_arguments_stay(student, "LSTMCell")


def test_lstm_shapes(student):
    lstm = student.cells.LSTM(4, 5, num_layers=2, bidirectional=True)
    output, (h, c) = lstm(torch.zeros(7, 3, 4))
    for name, got, shape in (
        ("output", output, (7, 3, 10)),
        ("h", h, (4, 3, 5)),
        ("c", c, (4, 3, 5)),
    ):
        expect_tensor(got, shape, what=name)


def step_forward(student):
    arguments = (one(1.0), one(0.5), one(2.0), *STEP.values())
    return student.keep(student.cells.lstm_step_forward, arguments, part=2)


def test_lstm_step_forward_worked_example(student):
    h, c, _ = step_forward(student)
    expect_close(c, [[2.109210]], atol=1e-6, what="c'")
    expect_close(h, [[0.366586]], atol=1e-6, what="h'")


def test_lstm_step_backward_worked_example(student):
    _, _, cache = step_forward(student)
    gradients = student.cells.lstm_step_backward(one(1.0), one(0.5), cache)
    gates = [0.093353, 0.155587, 0.136353, 0.228185]
    for key, wanted in {
        "x": [[0.343799]],
        "h": [[-0.530488]],
        "c": [[0.426440]],
        "W_ih": [[gate] for gate in gates],
        "W_hh": [[gate / 2] for gate in gates],
        "b_ih": gates,
        "b_hh": gates,
    }.items():
        expect_close(
            gradients[key],
            wanted,
            atol=2e-6,
            what={"en": f"the gradient with respect to {key}", "ko": f"{key}에 대한 기울기"},
        )
