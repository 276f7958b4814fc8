"""Public checks of regularise.py."""

import torch

from grader.checking.expect import expect_close, expect_equal, expect_left_alone, expect_tensor


def test_dropout_worked_example(student):
    x = torch.ones(400, dtype=torch.float64)
    expect_close(
        student.regularise.dropout(x, 0.5, False, 0),
        x,
        what={"en": "x when not training", "ko": "학습 중이 아닐 때의 x"},
    )
    values = sorted(set(student.regularise.dropout(x, 0.5, True, 0).tolist()))
    expect_equal(
        values,
        [0.0, 2.0],
        {"en": "the list of values that occur for p = 0.5", "ko": "p = 0.5일 때 나오는 값"},
    )


def test_clip_gradients_worked_example(student):
    grads = [torch.tensor([3.0], dtype=torch.float64), torch.tensor([4.0], dtype=torch.float64)]
    clipped, norm = student.regularise.clip_gradients(grads, 1.0)
    # two entries in one tensor: what clips each entry alone gives (2, 2) there
    pair = [torch.tensor([3.0, 4.0], dtype=torch.float64), torch.tensor([12.0]).double()]
    of_a_pair, _ = student.regularise.clip_gradients(pair, 2.0)
    expect_close(
        norm, 5.0, rtol=1e-6, what={"en": "the norm before clipping", "ko": "자르기 전의 노름"}
    )
    # PyTorch's own adds 1e-6 to the norm, and that is right too
    expect_close(
        [g.item() for g in clipped],
        [0.6, 0.8],
        rtol=1e-6,
        what={"en": "the list of clipped gradients", "ko": "자른 기울기 목록"},
    )
    expect_close(
        torch.cat(list(of_a_pair)),
        [6 / 13, 8 / 13, 24 / 13],
        rtol=1e-6,
        what={"en": "(3, 4) and (12), clipped to norm 2", "ko": "노름 2로 자른 (3, 4)와 (12)"},
    )


PARAMS = [torch.tensor([1.0, -2.0]), torch.tensor([[3.0]])]


def penalty_is_polite(student, penalty, what):
    for dtype, name in ((torch.float32, "float32"), (torch.float64, "float64")):
        params = [param.to(dtype) for param in PARAMS]
        expect_tensor(penalty(params), (), name, what)
        expect_left_alone(student, penalty, params)


def test_l1_penalty_worked_example(student):
    expect_close(
        student.regularise.l1_penalty(PARAMS), 6.0, what={"en": "the L1 penalty", "ko": "L1 규제항"}
    )


def test_l1_penalty_keeps_dtype_and_arguments(student):
    what = {"en": "the L1 penalty", "ko": "L1 규제항"}
    penalty_is_polite(student, student.regularise.l1_penalty, what)


def test_l2_penalty_worked_example(student):
    expect_close(
        student.regularise.l2_penalty(PARAMS),
        14.0,
        what={"en": "the L2 penalty", "ko": "L2 규제항"},
    )


def test_l2_penalty_keeps_dtype_and_arguments(student):
    what = {"en": "the L2 penalty", "ko": "L2 규제항"}
    penalty_is_polite(student, student.regularise.l2_penalty, what)
