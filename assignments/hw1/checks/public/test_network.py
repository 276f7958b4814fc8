"""Public checks of network.py."""

import torch

from grader.checking.expect import expect_close, expect_equal, expect_tensor

CORNERS = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])


def test_perceptron_worked_example(student):
    w, b, converged = student.network.perceptron_train(CORNERS, torch.tensor([0, 0, 0, 1]), 20)
    expect_close(
        w, [2.0, 1.0], what={"en": "w after six epochs on AND", "ko": "AND를 여섯 에폭 학습한 w"}
    )
    expect_close(
        float(b), -2.0, what={"en": "b after six epochs on AND", "ko": "AND를 여섯 에폭 학습한 b"}
    )
    expect_close(
        bool(converged), True, what={"en": "converged on AND", "ko": "AND를 학습한 뒤의 converged"}
    )


def test_xor_is_solved(student):
    params = student.network.solve_xor()
    params = {name: value.float() for name, value in params.items()}
    h = torch.tanh(CORNERS @ params["W1"] + params["b1"])
    logits = h @ params["W2"] + params["b2"]
    expect_equal(
        logits.argmax(dim=1).tolist(),
        [0, 1, 1, 0],
        {"en": "the class list of the four points", "ko": "네 점의 클래스"},
    )


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
    expect_close(state["h"], [[1.0, 0.0, 0.0], [0.0, 2.5, 0.0]], what="h")
    expect_close(state["logits"], [[1.0, 0.1], [0.0, 2.6]], what="logits")
    # by hand: e^1 / (e^1 + e^0.1) = 0.710950 and 1 / (1 + e^2.6) = 0.069138
    probs = [[0.7109495, 0.2890505], [0.0691384, 0.9308616]]
    expect_close(state["probs"], probs, rtol=1e-5, what="probs")


def test_backward_worked_example(student):
    x = torch.tensor([[1.0]], dtype=torch.float64)
    gradients = student.network.backward(small_net(), x, torch.tensor([0]), "relu")
    p = 0.2890505
    expected = {
        "W1": [[-p, 0.0, 0.0]],
        "b1": [-p, 0.0, 0.0],
        "W2": [[-p, p], [0.0, 0.0], [0.0, 0.0]],
        "b2": [-p, p],
    }
    for name, value in expected.items():
        expect_close(
            gradients[name],
            value,
            rtol=1e-5,
            what={"en": f"the gradient with respect to {name}", "ko": f"{name}에 대한 기울기"},
        )


def test_backward_has_the_shapes_of_params(student):
    params, X = small_net(), torch.tensor([[1.0], [-2.0]], dtype=torch.float64)
    gradients = student.network.backward(params, X, torch.tensor([0, 1]), "tanh")
    expect_equal(sorted(gradients), sorted(params), {"en": "the list of keys", "ko": "키 목록"})
    for name, value in params.items():
        expect_tensor(
            gradients[name],
            tuple(value.shape),
            "float64",
            {"en": f"the gradient with respect to {name}", "ko": f"{name}에 대한 기울기"},
        )
