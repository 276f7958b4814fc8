"""Public checks of extensions.py."""

import torch

from grader.checking.expect import expect_close, expect_tensor


def test_relu_worked_example(student):
    x = torch.tensor([-2.0, 0.5, 3.0], dtype=torch.float64)
    ones = torch.ones(3, dtype=torch.float64)
    found = student.gradients(student.extensions.relu, [x], [ones])
    expect_close(found.result, [0.0, 0.5, 3.0], what="relu(x)")
    expect_close(
        found.by_argument[0],
        [0.0, 1.0, 1.0],
        what={"en": "the gradient with respect to x", "ko": "x에 대한 기울기"},
    )


def test_elmo_mix_worked_example(student):
    layers = torch.arange(12, dtype=torch.float64).view(3, 1, 2, 2)
    two = torch.tensor(2.0, dtype=torch.float64)
    got = student.extensions.elmo_mix(layers, torch.zeros(3, dtype=torch.float64), two)
    # scores whose weights are 1/4, 1/4 and 1/2
    scores = torch.tensor([1.0, 1.0, 2.0], dtype=torch.float64).log()
    other = student.extensions.elmo_mix(layers, scores, two)
    expect_close(
        got,
        [[[8.0, 10.0], [12.0, 14.0]]],
        what={"en": "twice the mean of the layers", "ko": "층 평균의 두 배"},
    )
    expect_close(
        other,
        [[[10.0, 12.0], [14.0, 16.0]]],
        what={
            "en": "twice the mean in which the last layer counts double",
            "ko": "마지막 층을 두 배로 센 평균의 두 배",
        },
    )


def test_feed_forward_worked_example(student):
    model = student.extensions.FeedForwardLM(11, 3, 2, 5)
    logits = model(torch.tensor([[1, 2], [3, 4], [5, 6]]))
    expect_tensor(logits, (3, 11), what={"en": "the logit tensor", "ko": "로짓"})


def test_dynamic_net_worked_example(student):
    net = student.extensions.DynamicNet(3, 4, 2, seed=0)
    for repeats in (1, 2, 5):
        expect_tensor(
            net(torch.ones(6, 3), repeats),
            (6, 2),
            what={"en": f"the output after {repeats} repeats", "ko": f"{repeats}번 반복한 출력"},
        )


def test_clip_values_worked_example(student):
    (clipped,) = student.extensions.clip_values([torch.tensor([3.0, 0.5])], 1.0)
    expect_close(clipped, [1.0, 0.5], what={"en": "the clipped gradient", "ko": "자른 기울기"})


def test_adadelta_worked_example(student):
    param, state = torch.tensor(1.0, dtype=torch.float64), {}
    gradients = torch.tensor([0.5, -0.25, 0.5], dtype=torch.float64)
    for number, wanted in enumerate((0.996838, 0.998923, 0.995536), 1):
        param, state = student.extensions.adadelta(param, gradients[number - 1], state)
        expect_close(
            param,
            wanted,
            atol=1e-6,
            what={
                "en": f"the parameter after step {number}",
                "ko": f"{number}번 갱신한 매개변수",
            },
        )
