"""Public checks of network.py."""

import torch

from grader.checking.expect import expect_close, expect_equal, expect_tensor

CORNERS = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])


def test_perceptron_worked_example(student):
    w, b, converged = student.network.perceptron_train(CORNERS, torch.tensor([0, 0, 0, 1]), 20)
    expect_tensor(w, (2,), "float32", "w")
    expect_equal(converged, True, "converged on AND")
    expect_equal(
        (CORNERS @ w + b > 0).tolist(), [False, False, False, True], "what the perceptron says"
    )


def test_xor_is_solved(student):
    params = student.network.solve_xor()
    h = torch.tanh(CORNERS @ params["W1"] + params["b1"])
    logits = h @ params["W2"] + params["b2"]
    expect_equal(logits.argmax(dim=1).tolist(), [0, 1, 1, 0], "the classes of the four points")


def small_net():
    double = torch.float64
    return {
        "W1": torch.tensor([[1.0, -1.0, 0.5]], dtype=double),
        "b1": torch.tensor([0.0, 0.5, -1.0], dtype=double),
        "W2": torch.tensor([[1.0, 0.0], [0.0, 1.0], [2.0, -1.0]], dtype=double),
        "b2": torch.tensor([0.0, 0.1], dtype=double),
    }


def test_forward_worked_example(student):
    X = torch.tensor([[1.0], [-2.0]], dtype=torch.float64)
    state = student.network.forward(small_net(), X, "relu")
    expect_equal(sorted(state), ["h", "logits", "probs"], "the keys")
    expect_close(state["h"], [[1.0, 0.0, 0.0], [0.0, 2.5, 0.0]], what="h")
    expect_close(state["logits"], [[1.0, 0.1], [0.0, 2.6]], what="logits")
    expect_close(state["probs"].sum(dim=1), [1.0, 1.0], what="the sum of probs")


def test_backward_has_the_shapes_of_params(student):
    params, X = small_net(), torch.tensor([[1.0], [-2.0]], dtype=torch.float64)
    gradients = student.network.backward(params, X, torch.tensor([0, 1]), "tanh")
    expect_equal(sorted(gradients), sorted(params), "the keys")
    for name, value in params.items():
        expect_tensor(gradients[name], tuple(value.shape), "float64", f"the gradient of {name}")
