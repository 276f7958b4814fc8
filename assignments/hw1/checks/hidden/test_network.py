"""Hidden checks of network.py. Gradients are judged by torch's autograd, on our side."""

import math

import pytest
import torch
import torch.nn.functional as F

from grader.checking.expect import (
    expect_close,
    expect_equal,
    expect_error,
    expect_tensor,
    expect_type,
)

CORNERS = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], dtype=torch.float64)
GATES = {"and": [0, 0, 0, 1], "or": [0, 1, 1, 1], "nand": [1, 1, 1, 0]}
XOR = [0, 1, 1, 0]


# ---- perceptron and XOR -------------------------------------------------------------------------


def own_perceptron(X, y, epochs):
    """The rule of the handout: from zero, in order, predict 1 above 0, w += error x, b += error."""
    w, b = torch.zeros(X.shape[1], dtype=X.dtype), torch.zeros((), dtype=X.dtype)
    for _ in range(epochs):
        mistakes = 0
        for x, target in zip(X, y.to(X.dtype), strict=True):
            error = target - float(x @ w + b > 0)
            w, b, mistakes = w + error * x, b + error, mistakes + int(error != 0)
        if not mistakes:
            return w, b, True
    return w, b, False


# The corners moved off the whole numbers: no score is exactly 0 but the first.
MOVED = CORNERS * 1.7 - torch.tensor([0.6, 0.83], dtype=torch.float64)


@pytest.mark.parametrize("gate", GATES)
def test_perceptron_learns_what_a_line_separates(student, gate):
    y = torch.tensor(GATES[gate])
    w, b, converged = student.network.perceptron_train(MOVED, y, 100)
    expect_equal((MOVED @ w + b > 0).long().tolist(), GATES[gate], "what the perceptron says")
    expect_close(bool(converged), True, what="converged")


def test_perceptron_never_converges_on_xor(student):
    _, _, converged = student.network.perceptron_train(CORNERS, torch.tensor(XOR), 100)
    expect_close(bool(converged), False, what="converged")


@pytest.mark.parametrize("epochs", [1, 2, 5])
def test_perceptron_follows_the_rule_step_by_step(student, epochs):
    # whole numbers: every order of adding them up gives the same
    X = torch.tensor(
        [[2.0, -1.0, 1.0], [1.0, 3.0, 0.0], [-1.0, 1.0, 2.0], [0.0, -2.0, 1.0], [1.0, 1.0, 1.0]],
        dtype=torch.float64,
    )
    y = torch.tensor([1, 0, 1, 0, 1])
    expected_w, expected_b, expected = own_perceptron(X, y, epochs)
    w, b, converged = student.network.perceptron_train(X, y, epochs)
    expect_close(w, expected_w, what="w")
    expect_close(float(b), expected_b, what="b")
    expect_close(bool(converged), expected, what="converged")


def test_perceptron_predicts_one_only_above_zero(student):
    # at the start every score is exactly 0: the answer is 0, and an example of class 1 is a mistake
    X = torch.tensor([[1.0, 2.0]], dtype=torch.float64)
    w, b, converged = student.network.perceptron_train(X, torch.tensor([1]), 1)
    expect_close(
        [*w.tolist(), float(b), bool(converged)], [1.0, 2.0, 1.0, False], what="w, b, converged"
    )
    w, b, converged = student.network.perceptron_train(X, torch.tensor([0]), 1)
    expect_close(
        [*w.tolist(), float(b), bool(converged)], [0.0, 0.0, 0.0, True], what="w, b, converged"
    )


def test_perceptron_converged_needs_an_epoch_without_a_mistake(student):
    y = torch.tensor(GATES["or"])
    needed = next(n for n in range(1, 30) if own_perceptron(CORNERS, y, n)[2])
    for epochs, expected in ((needed - 1, False), (needed, True)):
        converged = student.network.perceptron_train(CORNERS, y, epochs)[2]
        expect_close(bool(converged), expected, what=f"converged after {epochs} epochs")


def test_perceptron_types(student):
    for dtype, name in ((torch.float32, "float32"), (torch.float64, "float64")):
        for labels in (
            torch.tensor(GATES["and"]),
            torch.tensor(GATES["and"]).bool(),
            torch.tensor(GATES["and"]).float(),
        ):
            w, b, converged = student.network.perceptron_train(CORNERS.to(dtype), labels, 20)
            expect_tensor(w, (2,), name, "w")
            expect_tensor(b, (), name, "b")
            expect_type(converged, bool, "converged")


def test_perceptron_leaves_its_arguments_alone(student):
    y = torch.tensor(GATES["or"])
    _, after = student.with_arguments(student.network.perceptron_train, CORNERS, y, 5)
    expect_equal(after[:2], [CORNERS, y], "X and y after the call")


# what makes y wrong for the four corners
REFUSED_LABELS = {
    "too short": [0, 1, 1],
    "too long": [0, 1, 1, 0, 1],
    "a label of 2": [0, 1, 2, 0],
    "a label of -1": [-1, 1, 1, -1],
}


@pytest.mark.parametrize("case", REFUSED_LABELS)
def test_perceptron_refuses_impossible_labels(student, case):
    with expect_error(ValueError, naming="y"):
        student.network.perceptron_train(CORNERS, torch.tensor(REFUSED_LABELS[case]), 3)


@pytest.mark.parametrize("seed", range(1, 10))
def test_solve_xor_gets_all_four_right(student, seed):
    params = student.network.solve_xor(seed)
    params = {name: value.double() for name, value in params.items()}
    state = own_forward(params, CORNERS, "tanh")
    expect_equal(state["logits"].argmax(dim=1).tolist(), XOR, "the classes of the four points")


def test_solve_xor_returns_float32_parameters(student):
    params = student.network.solve_xor(2)
    expect_equal(sorted(params), ["W1", "W2", "b1", "b2"], "the keys")
    for name, value in params.items():
        expect_tensor(value, dtype="float32", what=name)


def test_solve_xor_depends_on_its_seed_alone(student):
    student.generators(seed=1)
    one = student.network.solve_xor(4)
    before = student.generators(seed=2)
    again = student.network.solve_xor(4)
    expect_equal(student.generators(), before, "the state of the global generators")
    for name, value in one.items():
        # training may enlarge a difference in the last bit, which is the memory's, not the seed's
        expect_close(again[name], value, rtol=1e-3, atol=1e-3, what=f"{name} with the same seed")


def test_solve_xor_of_another_seed(student):
    one, other = student.network.solve_xor(4), student.network.solve_xor(5)
    different = one["W1"].shape != other["W1"].shape or not torch.allclose(
        one["W1"], other["W1"], rtol=1e-3, atol=1e-3
    )
    assert different, "a different seed must give different parameters"


def test_solve_xor_has_seed_0_by_default(student):
    plain, zero = student.network.solve_xor(), student.network.solve_xor(0)
    expect_close(plain["W1"], zero["W1"], rtol=1e-3, atol=1e-3, what="W1 by default")


# ---- forward, backward, initialise ---------------------------------------------------------------

ACTIVATIONS = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu}


def own_forward(params, X, activation):
    h = ACTIVATIONS[activation](X @ params["W1"] + params["b1"])
    logits = h @ params["W2"] + params["b2"]
    return {"h": h, "logits": logits, "probs": torch.softmax(logits, dim=1)}


def own_backward(params, X, y, activation):
    leaves = {name: value.clone().requires_grad_() for name, value in params.items()}
    loss = F.cross_entropy(own_forward(leaves, X, activation)["logits"], y)
    return dict(zip(leaves, torch.autograd.grad(loss, list(leaves.values())), strict=True))


def some_net(seed, dtype=torch.float64, N=7, D=3, H=5, C=4):
    """All sizes different; of a relu about half is off."""
    generator = torch.Generator().manual_seed(seed)

    def normal(*shape):
        return torch.randn(*shape, generator=generator, dtype=torch.float64).to(dtype)

    params = {"W1": normal(D, H), "b1": normal(H), "W2": normal(H, C), "b2": normal(C)}
    return params, normal(N, D), torch.randint(0, C, (N,), generator=generator)


def expect_forward(student, activation):
    params, X, _ = some_net(1)
    state = student.network.forward(params, X, activation)
    for name, value in own_forward(params, X, activation).items():
        expect_close(state[name], value, what=name)


def test_forward_equals_the_formula(student):
    expect_forward(student, "tanh")


def test_forward_with_sigmoid(student):
    expect_forward(student, "sigmoid")


def test_forward_with_relu(student):
    expect_forward(student, "relu")


def test_forward_is_tanh_by_default(student):
    params, X, _ = some_net(2)
    expect_close(
        student.network.forward(params, X)["h"], own_forward(params, X, "tanh")["h"], what="h"
    )


def test_probs_are_a_softmax_over_classes(student):
    params, X, _ = some_net(3)
    probs = student.network.forward(params, X)["probs"]
    expect_close(probs.sum(dim=1), torch.ones(7), what="the sum over classes")
    shifted = {**params, "b2": params["b2"] + 3.0}
    expect_close(
        student.network.forward(shifted, X)["probs"],
        probs,
        what="probs after a shift of all logits",
    )


def test_forward_is_stable_far_out(student):
    params, X, _ = some_net(4)
    params["b2"] = torch.tensor([1000.0, -1000.0, 0.0, 999.0], dtype=torch.float64)
    probs = student.network.forward(params, X)["probs"]
    expect_close(probs, own_forward(params, X, "tanh")["probs"], what="probs")


def test_forward_is_stable_row_by_row(student):
    # logits of a thousand in one row, ordinary ones in the others
    params, X, _ = some_net(17)
    X = X * torch.tensor([1000.0] + [1.0] * 6, dtype=torch.float64)[:, None]
    probs = student.network.forward(params, X, "relu")["probs"]
    expect_close(probs, own_forward(params, X, "relu")["probs"], what="probs")


def test_forward_of_a_sigmoid_far_out(student):
    params, X, _ = some_net(4)
    for b1, h in ((-1000.0, 0.0), (1000.0, 1.0)):
        params["b1"] = torch.full((5,), b1, dtype=torch.float64)
        state = student.network.forward(params, X, "sigmoid")
        expect_close(state["h"], torch.full((7, 5), h), what="h")


def expect_backward(student, params, X, y, activation):
    gradients = student.network.backward(params, X, y, activation)
    for name, value in own_backward(params, X, y, activation).items():
        expect_close(gradients[name], value, what=f"the gradient of {name}")


def test_backward_equals_the_derivative(student):
    expect_backward(student, *some_net(5), "tanh")


def test_backward_with_sigmoid(student):
    expect_backward(student, *some_net(5), "sigmoid")


def test_backward_with_relu(student):
    expect_backward(student, *some_net(5), "relu")


def test_backward_is_tanh_by_default(student):
    params, X, y = some_net(6)
    expected = own_backward(params, X, y, "tanh")
    expect_close(
        student.network.backward(params, X, y)["W1"], expected["W1"], what="the gradient of W1"
    )


def expect_nothing_through_unit_2(student, bias):
    params, X, y = some_net(7)
    params["W1"][:, 2], params["b1"][2] = 0.0, bias
    gradients = student.network.backward(params, X, y, "relu")
    weights = gradients["W1"][:, 2]
    expect_close(weights, [0.0] * 3, what="the gradient of the weights into the unit")
    expect_close(gradients["b1"][2], 0.0, what="the gradient of its bias")


def test_backward_passes_nothing_through_a_relu_that_is_off(student):
    expect_nothing_through_unit_2(student, -1.0)


def test_backward_passes_nothing_through_a_relu_at_zero(student):
    expect_nothing_through_unit_2(student, 0.0)


def test_backward_is_a_mean_over_examples(student):
    params, X, y = some_net(8)
    once = own_backward(params, X, y, "tanh")
    twice = student.network.backward(params, torch.cat([X, X]), torch.cat([y, y]), "tanh")
    expect_close(twice["W2"], once["W2"], what="the gradient of W2 with all examples doubled")


def test_backward_is_stable_far_out(student):
    params, X, y = some_net(9)
    params["b2"] = torch.tensor([1000.0, -1000.0, 0.0, 999.0], dtype=torch.float64)
    gradients = student.network.backward(params, X, y)
    for name, value in own_backward(params, X, y, "tanh").items():
        expect_close(gradients[name], value, what=f"the gradient of {name}")


def test_equal_hidden_units_stay_equal(student):
    params, X, y = some_net(10)
    zero = {name: torch.zeros_like(value) for name, value in params.items()}
    gradient = student.network.backward(zero, X, y, "sigmoid")["W2"]
    expect_close(
        gradient,
        gradient[:1].expand(5, 4),
        what="the gradient of W2 from zero weights, unit by unit",
    )


def test_forward_keeps_the_dtype(student):
    for dtype, sort in ((torch.float32, "float32"), (torch.float64, "float64")):
        params, X, _ = some_net(11, dtype)
        for activation in ACTIVATIONS:
            state = student.network.forward(params, X, activation)
            expect_equal(sorted(state), ["h", "logits", "probs"], "the keys")
            for name, shape in (("h", (7, 5)), ("logits", (7, 4)), ("probs", (7, 4))):
                expect_tensor(state[name], shape, sort, name)


def test_backward_keeps_the_dtype(student):
    for dtype, sort in ((torch.float32, "float32"), (torch.float64, "float64")):
        params, X, y = some_net(11, dtype)
        for activation in ACTIVATIONS:
            gradients = student.network.backward(params, X, y, activation)
            for name, value in params.items():
                expect_tensor(gradients[name], tuple(value.shape), sort, f"the gradient of {name}")


def test_forward_leaves_its_arguments_alone(student):
    params, X, _ = some_net(12)
    for activation in ACTIVATIONS:
        _, after = student.with_arguments(student.network.forward, params, X, activation)
        expect_equal(after[:2], [params, X], "the arguments after forward")


def test_backward_leaves_its_arguments_alone(student):
    params, X, y = some_net(12)
    for activation in ACTIVATIONS:
        _, after = student.with_arguments(student.network.backward, params, X, y, activation)
        expect_equal(after[:3], [params, X, y], "the arguments after backward")


def test_forward_refuses_an_unknown_activation(student):
    params, X, _ = some_net(13)
    for activation in ("swish", ""):
        with expect_error(ValueError, naming="activation"):
            student.network.forward(params, X, activation)


def test_backward_refuses_an_unknown_activation(student):
    params, X, y = some_net(13)
    for activation in ("swish", ""):
        with expect_error(ValueError, naming="activation"):
            student.network.backward(params, X, y, activation)


@pytest.mark.parametrize("label", [-1, 4])
def test_backward_refuses_a_class_out_of_range(student, label):
    params, X, y = some_net(14)
    y[3] = label
    with expect_error(ValueError, naming="y"):
        student.network.backward(params, X, y)


@pytest.mark.parametrize("labels", [[0, 1, 2], [0]])
def test_backward_refuses_another_number_of_labels(student, labels):
    params, X, _ = some_net(14)
    with expect_error(ValueError, naming=("y", "X")):
        student.network.backward(params, X, torch.tensor(labels))


def expect_spread(student, scheme, gain):
    params = student.network.initialise(400, 300, 200, scheme, 1)
    for name, fan_in in (("W1", 400), ("W2", 300)):
        # 60,000 weights or more: the estimate of a standard deviation is off by 0.3 % (one sigma)
        sigma = math.sqrt(gain / fan_in)
        expect_close(float(params[name].std()), sigma, rtol=0.03, what=f"the spread of {name}")
        mean = float(params[name].mean()) / sigma
        assert abs(mean) < 0.03, f"the mean of {name} must be 0"


def test_initialise_has_the_spread_of_its_scheme(student):
    expect_spread(student, "xavier", 1.0)


def test_initialise_has_the_spread_of_he(student):
    expect_spread(student, "he", 2.0)


def test_initialise_weights_are_normal(student):
    W1 = student.network.initialise(300, 400, 2, "xavier", 2)["W1"] * math.sqrt(300)
    # of a normal law 31.7 % lie beyond one sigma and 4.6 % beyond two; a uniform one has none there
    expect_close(
        float((W1.abs() > 1).double().mean()),
        0.3173,
        rtol=0.05,
        what="the fraction beyond one sigma",
    )
    expect_close(
        float((W1.abs() > 2).double().mean()),
        0.0455,
        rtol=0.1,
        what="the fraction beyond two sigma",
    )


def test_initialise_biases_are_zero(student):
    params = student.network.initialise(3, 5, 4, "he")
    for name, size in (("b1", 5), ("b2", 4)):
        expect_close(params[name], [0.0] * size, what=name)


def test_initialise_shapes_types_and_biases(student):
    params = student.network.initialise(3, 5, 4, "he")
    expect_equal(sorted(params), ["W1", "W2", "b1", "b2"], "the keys")
    for name, shape in (("W1", (3, 5)), ("b1", (5,)), ("W2", (5, 4)), ("b2", (4,))):
        expect_tensor(params[name], shape, "float32", name)


def test_initialise_depends_on_its_seed_alone(student):
    student.generators(seed=1)
    one = student.network.initialise(6, 5, 4, "he", 3)
    before = student.generators(seed=2)
    again = student.network.initialise(6, 5, 4, "he", 3)
    expect_equal(student.generators(), before, "the state of the global generators")
    expect_equal(again, one, "the parameters with the same seed")


def test_initialise_of_another_seed(student):
    one, other = (student.network.initialise(6, 5, 4, "he", seed) for seed in (3, 4))
    assert not torch.equal(one["W1"], other["W1"]), "a different seed must give different weights"


def test_initialise_has_seed_0_by_default(student):
    plain = student.network.initialise(6, 5, 4, "he")
    expect_close(plain["W1"], student.network.initialise(6, 5, 4, "he", 0)["W1"], what="W1")


def test_initialise_draws_the_layers_independently(student):
    # of two independent draws of 400 the correlation is 0.05 (one sigma)
    params = student.network.initialise(20, 20, 20, "xavier", 5)
    pair = torch.stack([params["W1"].flatten(), params["W2"].flatten()])
    assert abs(float(torch.corrcoef(pair)[0, 1])) < 0.4, "W1 and W2 must be independent draws"


def test_initialise_refuses_an_unknown_scheme(student):
    with expect_error(ValueError, naming="scheme"):
        student.network.initialise(2, 3, 2, "zeros")
