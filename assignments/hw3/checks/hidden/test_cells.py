"""Hidden checks of the single cells and of the step by hand. The oracle is torch's own cell."""

import math

import torch
from torch import nn

from grader.checking.expect import (
    expect_close,
    expect_equal,
    expect_tensor,
    expect_type,
    numerical_gradient,
)

E, H, B = 4, 6, 3
NAMES = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
GATES = {"RNNCell": 1, "GRUCell": 3, "LSTMCell": 4}


def normal(seed, *shape):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


def some_weights(seed, gates, E=E, H=H):
    shapes = ((gates * H, E), (gates * H, H), (gates * H,), (gates * H,))
    return {
        n: 0.7 * normal(seed + i, *s) for i, (n, s) in enumerate(zip(NAMES, shapes, strict=True))
    }


def loaded(student, kind, weights, E=E, H=H):
    """The student's cell in float64, and torch's, with the same weights."""
    cell, oracle = getattr(student.cells, kind)(E, H).double(), getattr(nn, kind)(E, H).double()
    for name, weight in weights.items():
        expect_tensor(getattr(cell, name), tuple(weight.shape), what=name)
    cell.load_state_dict(weights, strict=False)
    oracle.load_state_dict(weights)
    return cell, oracle


def parts(state):
    return list(state) if isinstance(state, tuple | list) else [state]


def follows_torch(student, kind, seed):
    cell, oracle = loaded(student, kind, some_weights(seed, GATES[kind]))
    states = [normal(seed + 5, B, H), normal(seed + 6, B, H)]
    state = tuple(states) if kind == "LSTMCell" else states[0]
    for _ in range(3):
        x = normal(seed + 7, B, E)
        wanted = oracle(x, state)
        state = cell(x, state)
        for got, value in zip(parts(state), parts(wanted), strict=True):
            expect_close(got, value.detach(), what="the new state")


def gradients_follow_torch(student, kind, seed):
    weights = some_weights(seed, GATES[kind])
    cell, oracle = loaded(student, kind, weights)
    leaves = [normal(seed + i, B, s).requires_grad_() for i, s in ((5, E), (6, H), (7, H))]
    x, h, c = leaves
    count = 2 if kind == "LSTMCell" else 1
    out = parts(oracle(x, (h, c) if count == 2 else h))
    cotangents = [normal(seed + 8 + i, B, H) for i in range(count)]
    inputs = [*leaves[: 1 + count], *(getattr(oracle, name) for name in NAMES)]
    total = sum((part * weight).sum() for part, weight in zip(out, cotangents, strict=True))
    wanted = torch.autograd.grad(total, inputs)
    plain = [leaf.detach() for leaf in leaves]
    state = tuple(plain[1:]) if count == 2 else plain[1]
    found = student.gradients(cell, [plain[0], state], cotangents, [cell])
    gradients = [*found.by_argument, *(found.by_parameter[0][name] for name in NAMES)]
    names = [*["x", "h", "c"][: 1 + count], *NAMES]
    for name, got, value in zip(names, gradients, wanted, strict=True):
        expect_close(got, value, what=f"the gradient with respect to {name}")


def parameters_are_as_promised(student, kind):
    cell = getattr(student.cells, kind)(E, H)
    for name, weight in some_weights(0, GATES[kind]).items():
        expect_tensor(getattr(cell, name), tuple(weight.shape), "float32", name)


def initial_weights_are_uniform(student, kind):
    cell, bound = getattr(student.cells, kind)(20, 40, seed=3), 1 / math.sqrt(40)
    for name in NAMES:
        weight = getattr(cell, name).double().flatten() / bound
        assert weight.abs().max() <= 1 + 1e-6, f"{name} must be within 1 / sqrt(H)"
        # all of n uniform draws stay below .75 with probability .75^n: 1e-5 for n = 40
        assert weight.abs().max() > 0.75, f"{name} must reach nearly 1 / sqrt(H)"
        # sigma of the mean of n uniform draws is 1 / sqrt(3n)
        assert weight.mean().abs() < 5 / math.sqrt(3 * len(weight)), f"{name} must have the mean 0"
    weight = (cell.weight_hh.flatten() / bound).sort().values
    straight = torch.linspace(-1, 1, len(weight))
    # Kolmogorov: 2.5 / sqrt(n) is passed once in 100,000 times
    assert (weight - straight).abs().max() < 5 / math.sqrt(len(weight)), "weight_hh is not uniform"


def weights_depend_on_the_seed_alone(student, kind):
    make = getattr(student.cells, kind)
    student.generators(seed=1)
    one = make(E, H, seed=5).state_dict()
    before = student.generators(seed=2)
    for name, weight in make(E, H, seed=5).state_dict().items():
        expect_close(weight, one[name], what=f"{name} with the same seed")
    expect_equal(student.generators(), before, "the global random generators after the call")
    other = make(E, H, seed=6).state_dict()
    for name in NAMES:
        assert not torch.equal(other[name], one[name]), f"{name} with another seed"
    zero = make(E, H, seed=0).state_dict()
    for name, weight in make(E, H).state_dict().items():
        expect_close(weight, zero[name], what=f"{name} with no seed, against that with seed 0")


def none_is_zeros(student, kind):
    cell, _ = loaded(student, kind, some_weights(20, GATES[kind]))
    x, zeros = normal(21, B, E), torch.zeros(B, H, dtype=torch.float64)
    state = cell(x, (zeros, zeros) if kind == "LSTMCell" else zeros)
    for call in (cell(x), cell(x, None)):
        for got, value in zip(parts(call), parts(state), strict=True):
            expect_close(got, value, what="the state after one without a beginning")


def rows_are_apart(student, kind):
    cell, _ = loaded(student, kind, some_weights(22, GATES[kind]))
    x, h, c = normal(23, B, E), normal(24, B, H), normal(25, B, H)
    whole = parts(cell(x, (h, c) if kind == "LSTMCell" else h))
    for b in range(B):
        row = slice(b, b + 1)
        alone = parts(cell(x[row], (h[row], c[row]) if kind == "LSTMCell" else h[row]))
        for got, value in zip(alone, whole, strict=True):
            expect_close(got, value[row], what="a row by itself")


# ---- RNN and GRU -----------------------------------------------------------------------------------


def test_rnn_cell_equals_the_equation(student):
    follows_torch(student, "RNNCell", 100)


def test_rnn_cell_gradients(student):
    gradients_follow_torch(student, "RNNCell", 110)


def test_gru_cell_equals_the_equations(student):
    follows_torch(student, "GRUCell", 120)


def test_gru_cell_gradients(student):
    gradients_follow_torch(student, "GRUCell", 130)


def test_gru_cell_keeps_its_state_behind_a_closed_gate(student):
    weights = some_weights(140, 3)
    weights["bias_ih"][H : 2 * H] = 60.0  # z = 1
    cell, _ = loaded(student, "GRUCell", weights)
    h = normal(141, B, H)
    expect_close(cell(normal(142, B, E), h), h, what="h' with the update gate at 1")


def test_gru_cell_resets_the_product_not_the_state(student):
    weights = some_weights(150, 3)
    weights["bias_ih"][:H] = -60.0  # r = 0: nothing of h, but not of bias_hh either, is left in n
    cell, oracle = loaded(student, "GRUCell", weights)
    x, h = normal(151, B, E), normal(152, B, H)
    expect_close(cell(x, h), oracle(x, h).detach(), what="h' with the reset gate at 0")


def test_rnn_cell_has_the_promised_parameters(student):
    parameters_are_as_promised(student, "RNNCell")


def test_rnn_cell_begins_uniform(student):
    initial_weights_are_uniform(student, "RNNCell")


def test_rnn_cell_depends_on_the_seed_alone(student):
    weights_depend_on_the_seed_alone(student, "RNNCell")


def test_rnn_cell_begins_at_zero(student):
    none_is_zeros(student, "RNNCell")


def test_rnn_cell_keeps_rows_apart(student):
    rows_are_apart(student, "RNNCell")


def test_gru_cell_has_the_promised_parameters(student):
    parameters_are_as_promised(student, "GRUCell")


def test_gru_cell_begins_uniform(student):
    initial_weights_are_uniform(student, "GRUCell")


def test_gru_cell_depends_on_the_seed_alone(student):
    weights_depend_on_the_seed_alone(student, "GRUCell")


def test_gru_cell_begins_at_zero(student):
    none_is_zeros(student, "GRUCell")


def test_gru_cell_keeps_rows_apart(student):
    rows_are_apart(student, "GRUCell")


# ---- LSTM cell -------------------------------------------------------------------------------------


def test_lstm_cell_equals_the_equations(student):
    follows_torch(student, "LSTMCell", 200)


def test_lstm_cell_gradients(student):
    gradients_follow_torch(student, "LSTMCell", 210)


def test_lstm_cell_has_the_promised_parameters(student):
    parameters_are_as_promised(student, "LSTMCell")


def test_lstm_cell_begins_uniform(student):
    initial_weights_are_uniform(student, "LSTMCell")


def test_lstm_cell_depends_on_the_seed_alone(student):
    weights_depend_on_the_seed_alone(student, "LSTMCell")


def test_lstm_cell_begins_at_zero(student):
    none_is_zeros(student, "LSTMCell")


def test_lstm_cell_keeps_rows_apart(student):
    rows_are_apart(student, "LSTMCell")


def test_lstm_cell_remembers_with_its_forget_gate_open(student):
    weights = {name: torch.zeros_like(w) for name, w in some_weights(0, 4).items()}
    weights["bias_ih"][:] = -60.0
    weights["bias_ih"][H : 2 * H] = 60.0  # f = 1, all else closed
    cell, _ = loaded(student, "LSTMCell", weights)
    c, zeros = normal(220, B, H), torch.zeros(B, H, dtype=torch.float64)
    state = (zeros, c)
    for step in range(4):
        state = cell(normal(221 + step, B, E), state)
    expect_close(state[1], c, what="c after four steps")
    expect_close(state[0], zeros, what="h with a closed output gate")


def test_lstm_cell_passes_the_gradient_of_c_through_f(student):
    weights = {name: torch.zeros_like(w) for name, w in some_weights(0, 4).items()}
    weights["bias_hh"][H : 2 * H] = normal(230, H)
    cell, _ = loaded(student, "LSTMCell", weights)
    zeros, ones = torch.zeros(1, H, dtype=torch.float64), torch.ones(1, H, dtype=torch.float64)
    arguments = [torch.zeros(1, E, dtype=torch.float64), (zeros, zeros)]
    gradients = student.gradients(cell, arguments, [zeros, ones]).by_argument
    expect_close(gradients[2], torch.sigmoid(weights["bias_hh"][None, H : 2 * H]), what="dc' / dc")


def fading(student, size, start, steps=12):
    """dh_T / dh_0 of the student's RNN cell with W_hh = size times the unit matrix, and what it is.

    Every other weight is 0, so h' = tanh(size h) and each step contributes size (1 - h'^2). The
    product is taken backwards, as autograd would, one step of the student's at a time.
    """
    weights = {name: torch.zeros_like(w) for name, w in some_weights(0, 1).items()}
    weights["weight_hh"] = size * torch.eye(H, dtype=torch.float64)
    cell, _ = loaded(student, "RNNCell", weights)
    x, states = torch.zeros(1, E, dtype=torch.float64), [start]
    expected = torch.ones_like(start)
    for _ in range(steps):
        states.append(torch.tanh(size * states[-1]))
        expected = expected * size * (1 - states[-1] ** 2)
    gradient = torch.ones_like(start)
    for state in reversed(states[:-1]):
        found = student.gradients(cell, [x, state], [gradient], [cell])
        by_weight = (gradient * (1 - torch.tanh(size * state) ** 2)).T @ state  # of this step
        got = found.by_parameter[0].get("weight_hh")
        assert got is not None, "weight_hh must get a gradient in each step"
        expect_close(got, by_weight, what="a step's gradient with respect to weight_hh")
        gradient = found.by_argument[1]
    return gradient, expected


def test_rnn_cell_gradient_fades(student):
    gradient, expected = fading(student, 0.5, normal(240, 1, H))
    expect_close(gradient, expected, what="dh / dh after 12 steps with W_hh = 1/2")
    assert gradient.abs().max() <= 0.5**12, "after 12 steps at most 2^-12 of the gradient is left"


def test_rnn_cell_gradient_explodes(student):
    gradient, expected = fading(student, 2.0, torch.zeros(1, H, dtype=torch.float64))
    expect_close(gradient, expected, what="dh / dh after 12 steps with W_hh = 2, from h = 0")


# ---- one LSTM step by hand -------------------------------------------------------------------------

KEYS = ["x", "h", "c", "W_ih", "W_hh", "b_ih", "b_hh"]


def step_arguments(seed, B=B, E=E, H=H):
    shapes = ((B, E), (B, H), (B, H), (4 * H, E), (4 * H, H), (4 * H,), (4 * H,))
    return [0.7 * normal(seed + i, *shape) for i, shape in enumerate(shapes)]


def own_step(x, h, c, W_ih, W_hh, b_ih, b_hh):
    i, f, g, o = (x @ W_ih.T + b_ih + h @ W_hh.T + b_hh).chunk(4, dim=1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c


def own_gradients(arguments, dh, dc):
    leaves = [a.clone().requires_grad_() for a in arguments]
    h, c = own_step(*leaves)
    return torch.autograd.grad((dh * h).sum() + (dc * c).sum(), leaves)


def forward(student, *arguments):
    """h, c and the cache, which stays where it is: its type is the student's own business."""
    return student.keep(student.cells.lstm_step_forward, arguments, part=2)


def step_gradients(student, arguments, dh, dc):
    _, _, cache = forward(student, *arguments)
    return student.cells.lstm_step_backward(dh, dc, cache)


def compare(gradients, wanted, keys=KEYS):
    for key, value in zip(KEYS, wanted, strict=True):
        if key not in keys:
            continue
        expect_close(gradients[key], value, what=f"the gradient with respect to {key}")


def test_lstm_step_forward_equals_the_equations(student):
    arguments = step_arguments(300)
    h, c, _ = forward(student, *arguments)
    wanted = own_step(*arguments)
    expect_close(h, wanted[0], what="h'")
    expect_close(c, wanted[1], what="c'")


def derivatives_are_right(student, *keys):
    arguments, dh, dc = step_arguments(310), normal(318, B, H), normal(319, B, H)
    compare(step_gradients(student, arguments, dh, dc), own_gradients(arguments, dh, dc), keys)


def test_lstm_step_backward_to_x(student):
    derivatives_are_right(student, "x")


def test_lstm_step_backward_to_h(student):
    derivatives_are_right(student, "h")


def test_lstm_step_backward_to_c(student):
    derivatives_are_right(student, "c")


def test_lstm_step_backward_to_the_weights(student):
    derivatives_are_right(student, "W_ih", "W_hh")


def test_lstm_step_backward_to_the_biases(student):
    derivatives_are_right(student, "b_ih", "b_hh")


def test_lstm_step_backward_from_c_alone(student):
    arguments, dh, dc = step_arguments(320), torch.zeros(B, H).double(), normal(329, B, H)
    compare(step_gradients(student, arguments, dh, dc), own_gradients(arguments, dh, dc))


def test_lstm_step_backward_from_h_alone(student):
    arguments, dh, dc = step_arguments(330), normal(338, B, H), torch.zeros(B, H).double()
    compare(step_gradients(student, arguments, dh, dc), own_gradients(arguments, dh, dc))


def test_lstm_step_backward_agrees_with_small_changes(student):
    # of the student's own forward step, whatever that computes
    arguments, dh, dc = step_arguments(340, 2, 2, 2), normal(348, 2, 2), normal(349, 2, 2)
    gradients = step_gradients(student, arguments, dh, dc)
    for place in (0, 1, 2):  # x, h, c

        def loss(value, place=place):
            changed = [value.clone() if i == place else a for i, a in enumerate(arguments)]
            h, c, _ = student.cells.lstm_step_forward(*changed)
            return float((dh * h + dc * c).sum())

        wanted = numerical_gradient(loss, arguments[place])
        name = f"the gradient with respect to {KEYS[place]}"
        expect_close(gradients[KEYS[place]], wanted, 1e-5, 1e-7, name)


def test_lstm_step_backward_of_one_row(student):
    arguments, dh, dc = step_arguments(350, 1), normal(358, 1, H), normal(359, 1, H)
    compare(step_gradients(student, arguments, dh, dc), own_gradients(arguments, dh, dc))


def test_lstm_step_sums_over_the_batch(student):
    arguments, dh, dc = step_arguments(360), normal(368, B, H), normal(369, B, H)
    whole = step_gradients(student, arguments, dh, dc)
    total = dict.fromkeys(KEYS[3:], 0.0)
    for b in range(B):
        row = [a[b : b + 1] for a in arguments[:3]] + arguments[3:]
        alone = step_gradients(student, row, dh[b : b + 1], dc[b : b + 1])
        total = {key: total[key] + alone[key] for key in total}
    for key, value in total.items():
        expect_close(
            whole[key], value, what=f"the gradient with respect to {key} of all rows together"
        )


def test_lstm_steps_chain_through_time(student):
    x, h, c, *weights = step_arguments(370)
    xs = [normal(380 + t, B, E) for t in range(3)]
    dhs = [normal(390 + t, B, H) for t in range(3)]
    leaves = [a.clone().requires_grad_() for a in (h, c, *weights)]
    state, loss = tuple(leaves[:2]), 0.0
    for x, dh in zip(xs, dhs, strict=True):
        state = own_step(x, *state, *leaves[2:])
        loss = loss + (dh * state[0]).sum()
    wanted = dict(zip(KEYS[1:], torch.autograd.grad(loss, leaves), strict=True))
    before = [(h, c)]
    for x in xs[:-1]:
        h, c, _ = forward(student, x, *before[-1], *weights)
        before.append((h, c))
    back_h, back_c, total = torch.zeros(B, H).double(), torch.zeros(B, H).double(), {}
    for x, dh, state in zip(xs[::-1], dhs[::-1], before[::-1], strict=True):
        _, _, cache = forward(student, x, *state, *weights)  # one cache at a time
        gradients = student.cells.lstm_step_backward(back_h + dh, back_c, cache)
        back_h, back_c = gradients["h"], gradients["c"]
        total = {key: total.get(key, 0.0) + gradients[key] for key in KEYS[3:]}
    for key, value in {"h": back_h, "c": back_c, **total}.items():
        expect_close(
            value, wanted[key], what=f"the gradient with respect to {key} over three steps"
        )


def test_lstm_step_cache_may_be_used_again(student):
    arguments, dh, dc = step_arguments(400), normal(408, B, H), normal(409, B, H)
    _, _, cache = forward(student, *arguments)
    for _ in range(2):
        student.cells.lstm_step_forward(*step_arguments(410))  # a step of another cell between
        compare(student.cells.lstm_step_backward(dh, dc, cache), own_gradients(arguments, dh, dc))


def test_lstm_step_forward_keeps_float32(student):
    h, c, _ = forward(student, *(a.float() for a in step_arguments(420)))
    for part in (h, c):
        expect_tensor(part, (B, H), "float32", "h' and c'")


def test_lstm_step_backward_gives_seven_gradients(student):
    for dtype, name in ((torch.float32, "float32"), (torch.float64, "float64")):
        arguments = [a.to(dtype) for a in step_arguments(420)]
        _, _, cache = forward(student, *arguments)
        dh, dc = normal(428, B, H).to(dtype), normal(429, B, H).to(dtype)
        gradients = student.cells.lstm_step_backward(dh, dc, cache)
        expect_type(gradients, dict, "the gradients")
        expect_equal(sorted(gradients), sorted(KEYS), "the keys")
        for key, argument in zip(KEYS, arguments, strict=True):
            expect_tensor(gradients[key], tuple(argument.shape), name, f"the gradient by {key}")


def test_lstm_step_forward_leaves_its_arguments_alone(student):
    arguments = step_arguments(430)
    _, after = student.with_arguments(student.cells.lstm_step_forward, *arguments)
    expect_equal(after, arguments, "the arguments of the forward step")


def test_lstm_step_backward_leaves_its_arguments_alone(student):
    arguments, dh, dc = step_arguments(430), normal(438, B, H), normal(439, B, H)
    _, _, cache = forward(student, *arguments)
    before = student.generators(seed=20)
    _, after = student.with_arguments(student.cells.lstm_step_backward, dh, dc, cache)
    expect_equal(after[:2], [dh, dc], "dh and dc after the backward step")
    expect_equal(student.generators(), before, "the global random generators after the call")
