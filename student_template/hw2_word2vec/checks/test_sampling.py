"""Public checks of sampling.py."""

import torch

from grader.checking.expect import expect_close, expect_tensor, expect_true


def test_negative_distribution_worked_example(student):
    result = student.sampling.negative_distribution(torch.tensor([81, 16, 1]))
    expected = [27 / 36, 8 / 36, 1 / 36]
    expect_close(
        result,
        expected,
        rtol=1e-4,
        what={"en": "the distribution of counts 81, 16 and 1", "ko": "횟수 81, 16, 1의 분포"},
    )


def own_table(sampler):
    """The distribution that a table stands for: the sum of the handout."""
    threshold, alias = sampler.threshold.double(), sampler.alias
    words = range(len(threshold))
    shares = [threshold[i] + sum(1 - threshold[j] for j in words if alias[j] == i) for i in words]
    return torch.stack(shares) / len(threshold)


def test_alias_worked_example(student):
    # any table that stands for p is right
    for values in ([0.5, 0.25, 0.125, 0.125], [0.1, 0.6, 0.3]):
        p = torch.tensor(values, dtype=torch.float64)
        rebuilt = own_table(student.sampling.AliasSampler(p))
        expect_close(
            rebuilt,
            p,
            rtol=1e-4,
            what={
                "en": f"the distribution that the table of {values} represents",
                "ko": f"{values}의 표가 나타내는 분포",
            },
        )


def test_sample_worked_example(student):
    sampler = student.sampling.AliasSampler(torch.tensor([0.0, 1.0, 0.0], dtype=torch.float64))
    draws = sampler.sample((2, 3), seed=7)
    expect_tensor(draws, (2, 3), what={"en": "the sample", "ko": "표본"})
    # where your table represents (0, 1, 0), only id 1 is possible
    possible = {i for i, p in enumerate(own_table(sampler).tolist()) if p > 0}
    drawn = {int(draw) for draw in draws.flatten()}
    expect_true(
        drawn <= possible,
        {
            "en": f"drawn: {sorted(drawn)}; possible by your table: {sorted(possible)}",
            "ko": f"뽑은 id: {sorted(drawn)}, 여러분의 표에서 나올 수 있는 id: {sorted(possible)}",
        },
    )
