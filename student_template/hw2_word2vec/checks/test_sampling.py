"""Public checks of sampling.py."""

import torch

from grader.checking.expect import expect_close, expect_tensor


def test_negative_distribution_worked_example(student):
    result = student.sampling.negative_distribution(torch.tensor([16, 1]))
    expect_tensor(result, (2,), "float64", "the result")
    expect_close(result, [8 / 9, 1 / 9], what="the distribution of counts 16 and 1")


def test_alias_worked_example(student):
    p = torch.tensor([0.5, 0.25, 0.125, 0.125], dtype=torch.float64)
    sampler = student.sampling.AliasSampler(p)
    threshold, alias = sampler.threshold, sampler.alias
    expect_tensor(threshold, (4,), "float64", "threshold")
    expect_tensor(alias, (4,), "int64", "alias")
    # any table that stands for p is right; this is the sum of the handout
    rebuilt = [
        (threshold[i] + sum(1 - threshold[j] for j in range(4) if alias[j] == i)) / 4
        for i in range(4)
    ]
    expect_close(torch.stack(rebuilt), p, what="the distribution that the table represents")


def test_sample_worked_example(student):
    sampler = student.sampling.AliasSampler(torch.tensor([0.0, 1.0, 0.0], dtype=torch.float64))
    draws = sampler.sample((2, 3), seed=7)
    expect_tensor(draws, (2, 3), "int64", "the draws")
    expect_close(draws, torch.ones(2, 3), what="the draws, when only id 1 is possible")
