"""Hidden checks of sampling.py."""

import math

import pytest
import torch

from grader.checking.expect import expect_close, expect_equal, expect_error, expect_tensor

# the handout's bar: the identity holds within 1e-9
EXACT = {"rtol": 0.0, "atol": 1e-9}


def double(*values):
    return torch.tensor(values, dtype=torch.float64)


# ---- negative_distribution -----------------------------------------------------------------------


@pytest.mark.parametrize("power", [0.25, 0.75, 2.0])
def test_noise_equals_the_formula(student, power):
    counts = [1, 2, 7, 30, 1000, 12_345]
    weights = [count**power for count in counts]
    result = student.sampling.negative_distribution(torch.tensor(counts), power)
    expect_close(result, [w / sum(weights) for w in weights], what="the distribution")


def test_noise_of_power_1_is_the_share(student):
    result = student.sampling.negative_distribution(torch.tensor([3, 0, 1, 4]), 1.0)
    expect_close(result, [3 / 8, 0, 1 / 8, 1 / 2], what="the distribution at power 1")


def test_noise_of_power_0_is_uniform_over_what_occurs(student):
    result = student.sampling.negative_distribution(torch.tensor([5, 0, 1, 0, 9]), 0.0)
    expect_close(result, [1 / 3, 0, 1 / 3, 0, 1 / 3], what="the distribution at power 0")


def test_noise_does_not_depend_on_the_size_of_the_corpus(student):
    counts = torch.tensor([1, 3, 20, 0])
    small, large = student.map(
        student.sampling.negative_distribution, [(counts,), (1_000_000_000 * counts,)]
    )
    expect_close(small.sum(), 1.0, what="the sum of the distribution")
    expect_close(large, small, what="the distribution of a thousand million times the counts")


@pytest.mark.parametrize("dtype", [torch.int64, torch.float32])
def test_noise_is_float64_whatever_comes_in(student, dtype):
    counts = torch.tensor([16, 1, 81], dtype=dtype)
    result, after = student.with_arguments(student.sampling.negative_distribution, counts)
    expect_tensor(result, (3,), "float64", "the result")
    expect_close(result, [8 / 36, 1 / 36, 27 / 36], what="the distribution")
    expect_equal(after, [counts], "the argument after the call")


def test_noise_refuses_a_negative_power(student):
    with expect_error(ValueError, naming="power"):
        student.sampling.negative_distribution(torch.tensor([1, 2]), -0.5)


def test_noise_refuses_counts_of_zero_alone(student):
    with expect_error(ValueError, naming="counts"):
        student.sampling.negative_distribution(torch.tensor([0, 0, 0]))


# ---- AliasSampler: the table ---------------------------------------------------------------------


def stands_for(sampler):
    """The distribution of a table: (threshold_i + sum of the rest that falls to i) / V."""
    threshold, alias = sampler.threshold, sampler.alias
    expect_tensor(threshold, tuple(alias.shape), "float64", "threshold")
    expect_tensor(alias, tuple(threshold.shape), "int64", "alias")
    # the last bits of a sum may lie outside
    inside = (threshold >= -EXACT["atol"]) & (threshold <= 1 + EXACT["atol"])
    assert inside.all(), "threshold must be in [0, 1]"
    assert ((alias >= 0) & (alias < len(alias))).all(), "alias must contain ids from 0 to V - 1"
    return threshold.clone().index_add_(0, alias, 1 - threshold) / len(alias)


def some_distribution(words, seed):
    """Weights over many orders of magnitude."""
    generator = torch.Generator().manual_seed(seed)
    weights = torch.rand(words, generator=generator, dtype=torch.float64) ** 6
    return weights / weights.sum()


@pytest.mark.parametrize(("words", "seed"), [(3, 1), (10, 2), (97, 3), (1000, 4)])
def test_alias_table_stands_for_its_distribution(student, words, seed):
    p = some_distribution(words, seed)
    rebuilt = stands_for(student.sampling.AliasSampler(p))
    expect_close(rebuilt, p, **EXACT, what="the distribution of the table")


@pytest.mark.parametrize(
    "p", [[1.0], [0.25] * 4, [0.0, 1.0, 0.0], [0.9, 0.1], [0.0, 0.5, 0.0, 0.5], [1 / 3] * 3]
)
def test_alias_table_of_simple_distributions(student, p):
    rebuilt = stands_for(student.sampling.AliasSampler(double(*p)))
    expect_close(rebuilt, p, **EXACT, what=f"the distribution of the table of {p}")


def test_alias_table_of_a_natural_vocabulary(student):
    p = 1 / torch.arange(1, 2001, dtype=torch.float64)  # Zipf's law
    p = p / p.sum()
    rebuilt = stands_for(student.sampling.AliasSampler(p))
    expect_close(rebuilt, p, **EXACT, what="the distribution of the table")


def test_alias_table_is_float64_for_float32(student):
    p = some_distribution(20, 5).float()
    sampler = student.sampling.AliasSampler(p / p.sum())
    # what comes in is only good to 1e-7
    expect_close(stands_for(sampler), p.double(), rtol=1e-5, atol=1e-7, what="the distribution")


def test_alias_leaves_the_probabilities_alone(student):
    p = some_distribution(12, 6)
    _, after = student.with_arguments(student.sampling.AliasSampler, p)
    expect_equal(after, [p], "the argument after the call")


def test_alias_set_up_is_linear(student):
    p = some_distribution(100_000, 7)
    rebuilt = stands_for(student.sampling.AliasSampler(p))
    expect_close(rebuilt, p, **EXACT, what="the distribution of a large table")


@pytest.mark.parametrize("p", [[0.5, 0.4], [0.6, 0.6], [1.2, -0.2], [0.5, 0.501]])
def test_alias_refuses_what_is_no_distribution(student, p):
    with expect_error(ValueError, naming="probabilities"):
        student.sampling.AliasSampler(double(*p))


def test_alias_refuses_an_empty_distribution(student):
    with expect_error(ValueError, naming="probabilities"):
        student.sampling.AliasSampler(torch.zeros(0, dtype=torch.float64))


def test_alias_accepts_a_sum_of_almost_one(student):
    p = double(0.5, 0.3, 0.2 - 5e-7)
    expect_close(
        stands_for(student.sampling.AliasSampler(p)), p, rtol=1e-5, what="the distribution"
    )


# ---- AliasSampler.sample: compared with the student's own table ----------------------------------


def expect_frequencies(draws, p, what):
    """Each share within five standard errors: a right answer falls outside once in 2 million."""
    found = torch.bincount(draws.flatten(), minlength=len(p)).double() / draws.numel()
    error = 5 * (p * (1 - p) / draws.numel()).sqrt() + 1e-12
    wrong = ((found - p).abs() > error).nonzero().flatten().tolist()
    if wrong:
        i = wrong[0]
        raise AssertionError(f"{what}: id {i} came {found[i]:.5f} instead of {p[i]:.5f}")


def test_sample_follows_the_table(student):
    sampler = student.sampling.AliasSampler(some_distribution(15, 8))
    draws = sampler.sample((200_000,), seed=21)
    expect_tensor(draws, (200_000,), "int64", "the draws")
    expect_frequencies(draws, stands_for(sampler).clamp(0, 1), "the fraction of the draws")


def test_sample_draws_independently(student):
    sampler = student.sampling.AliasSampler(double(0.5, 0.3, 0.2))
    draws = sampler.sample((40_000, 2), seed=22)
    expect_tensor(draws, (40_000, 2), "int64", "the draws")
    p = stands_for(sampler).clamp(0, 1)
    both = torch.outer(p, p).flatten()
    expect_frequencies(draws[:, 0] * 3 + draws[:, 1], both, "the fraction of pairs of two columns")
    following = draws[:-1:2, 0] * 3 + draws[1::2, 0]
    expect_frequencies(following, both, "the fraction of pairs of two rows")


def test_sample_never_draws_the_impossible(student):
    p = some_distribution(50, 9)
    p[::3] = 0
    p = p / p.sum()
    draws = student.sampling.AliasSampler(p).sample((100_000,), seed=23)
    drawn = torch.bincount(draws, minlength=50) > 0
    assert not drawn[p == 0].any(), "an id of probability 0 was drawn"


@pytest.mark.parametrize("shape", [(), (0,), (3, 0, 2), (7,), (2, 3, 4)])
def test_sample_has_any_shape(student, shape):
    sampler = student.sampling.AliasSampler(double(0.2, 0.8))
    expect_tensor(sampler.sample(shape, 1), shape, "int64", f"the draws of shape {shape}")


def test_sample_has_no_state(student):
    sampler = student.sampling.AliasSampler(some_distribution(30, 10))
    for seed in (5, 0):
        student.generators(seed=1)
        one = sampler.sample((60,), seed=seed)
        sampler.sample((9,), seed=8)
        student.generators(seed=2)
        same = sampler.sample((60,), seed=seed)
        expect_equal(same, one, f"the draws with seed {seed} again")


def test_sample_leaves_the_global_generators_alone(student):
    sampler = student.sampling.AliasSampler(some_distribution(30, 10))
    before = student.generators(seed=3)
    sampler.sample((60,), seed=5)
    expect_equal(student.generators(), before, "the state of the global generators")


def test_sample_follows_its_seed(student):
    sampler = student.sampling.AliasSampler(some_distribution(30, 10))
    one, other = sampler.sample((60,), seed=5), sampler.sample((60,), seed=6)
    assert one.tolist() != other.tolist(), "a different seed must give different draws"


def test_sample_of_a_million(student):
    p = some_distribution(20_000, 11)
    draws = student.sampling.AliasSampler(p).sample((1_000_000,), seed=24)
    expect_tensor(draws, (1_000_000,), "int64", "the draws")
    mean = float((p * torch.arange(20_000)).sum())
    spread = math.sqrt(float((p * (torch.arange(20_000) - mean) ** 2).sum()) / 1_000_000)
    assert abs(float(draws.double().mean()) - mean) <= 5 * spread, "the mean of a million draws"
