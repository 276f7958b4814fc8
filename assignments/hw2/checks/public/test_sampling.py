"""Public checks of sampling.py."""

import torch

from grader.checking.expect import expect_close, expect_tensor, expect_true


def test_negative_distribution_worked_example(student):
    counts = torch.tensor([81, 16, 1])
    result = student.sampling.negative_distribution(counts)
    of_roots = student.sampling.negative_distribution(counts, 0.5)
    expect_close(
        result,
        [27 / 36, 8 / 36, 1 / 36],
        rtol=1e-4,
        what={"en": "the distribution of counts 81, 16 and 1", "ko": "횟수 81, 16, 1의 분포"},
    )
    expect_close(
        of_roots,
        [9 / 14, 4 / 14, 1 / 14],
        rtol=1e-4,
        what={"en": "the distribution at power 0.5", "ko": "power가 0.5일 때의 분포"},
    )


def own_table(sampler):
    """The distribution that a table stands for: the sum of the handout."""
    threshold, alias = sampler.threshold.double(), sampler.alias
    words = range(len(threshold))
    shares = [threshold[i] + sum(1 - threshold[j] for j in words if alias[j] == i) for i in words]
    return torch.stack(shares) / len(threshold)


def test_alias_worked_example(student):
    # any table that stands for p is right
    distributions = (
        [0.5, 0.25, 0.125, 0.125],
        [0.1, 0.6, 0.3],
        [0.02, 0.06, 0.05, 0.35, 0.33, 0.19],
    )
    tables = [
        own_table(student.sampling.AliasSampler(torch.tensor(values, dtype=torch.float64)))
        for values in distributions
    ]
    for values, rebuilt in zip(distributions, tables, strict=True):
        expect_close(
            rebuilt,
            values,
            rtol=1e-4,
            what={
                "en": f"the distribution that the table of {values} represents",
                "ko": f"{values}의 표가 나타내는 분포",
            },
        )


def test_sample_worked_example(student):
    sampler = student.sampling.AliasSampler(torch.tensor([0.0, 1.0, 0.0], dtype=torch.float64))
    other = student.sampling.AliasSampler(torch.tensor([0.0, 0.5, 0.5], dtype=torch.float64))
    # where your table represents (0, 1, 0), only id 1 is possible; then only 1 and 2
    samples = [(each, each.sample((2, 3), seed=7)) for each in (sampler, other)]
    for each, draws in samples:
        expect_tensor(draws, (2, 3), what={"en": "the sample", "ko": "표본"})
        possible = {i for i, p in enumerate(own_table(each).tolist()) if p > 0}
        drawn = {int(draw) for draw in draws.flatten()}
        expect_true(
            drawn <= possible,
            {
                "en": f"drawn: {sorted(drawn)}; possible by your table: {sorted(possible)}",
                "ko": f"뽑은 id: {sorted(drawn)}, "
                f"여러분의 표에서 나올 수 있는 id: {sorted(possible)}",
            },
        )
