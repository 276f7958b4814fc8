"""Hidden checks of sampling.py."""

import math

import pytest
import torch

from grader.checking.expect import expect_close, expect_equal, expect_error, expect_tensor

# the handout's bar: the identity holds within 1e-9
EXACT = {"rtol": 0.0, "atol": 1e-9}
# Core checks judge values: numbers to this bar, whatever they are stored in.
NEAR = {"rtol": 1e-3, "atol": 1e-6}


def double(*values):
    return torch.tensor(values, dtype=torch.float64)


# ---- negative_distribution -----------------------------------------------------------------------

COUNTS = [40, 2, 700, 30, 1000, 150]


def own_noise(counts, power=0.75):
    weights = [count**power for count in counts]
    return [weight / sum(weights) for weight in weights]


def test_noise_equals_the_formula(student):
    result = student.sampling.negative_distribution(torch.tensor(COUNTS))
    expect_close(result, own_noise(COUNTS), **NEAR, what="the distribution")


def test_noise_does_not_depend_on_the_size_of_the_corpus(student):
    counts = [3, 20, 70, 11]
    small, large = student.map(
        student.sampling.negative_distribution,
        [(torch.tensor(counts),), (10 * torch.tensor(counts),)],
    )
    expect_close(small, own_noise(counts), **NEAR, what="the distribution")
    expect_close(large, small, **NEAR, what="the distribution of ten times the counts")


def test_noise_takes_the_order_of_the_counts(student):
    there, back = student.map(
        student.sampling.negative_distribution,
        [(torch.tensor(COUNTS),), (torch.tensor(COUNTS[::-1]),)],
    )
    expect_close(there, own_noise(COUNTS), **NEAR, what="the distribution")
    expect_close(
        back, own_noise(COUNTS)[::-1], **NEAR, what="the distribution, counts turned round"
    )


@pytest.mark.parametrize("power", [0.0, 0.25, 0.5])
def test_noise_uses_its_power(student, power):
    result = student.sampling.negative_distribution(torch.tensor(COUNTS), power)
    expect_close(result, own_noise(COUNTS, power), **NEAR, what=f"the distribution, power {power}")


def test_noise_of_power_1_is_the_share(student):
    result = student.sampling.negative_distribution(torch.tensor([3, 2, 1, 4]), 1.0)
    expect_close(result, [0.3, 0.2, 0.1, 0.4], **NEAR, what="the distribution at power 1")


def test_noise_of_power_2(student):
    result = student.sampling.negative_distribution(torch.tensor(COUNTS), 2.0)
    expect_close(result, own_noise(COUNTS, 2.0), **NEAR, what="the distribution at power 2")


def test_noise_of_a_word_that_does_not_occur(student):
    result = student.sampling.negative_distribution(torch.tensor([16, 0, 1, 0]))
    expect_close(result, [8 / 9, 0, 1 / 9, 0], **NEAR, what="the distribution")


def test_noise_of_power_0_is_uniform_over_what_occurs(student):
    result = student.sampling.negative_distribution(torch.tensor([5, 0, 1, 0, 9]), 0.0)
    expected = [1 / 3, 0, 1 / 3, 0, 1 / 3]
    expect_close(result, expected, **NEAR, what="the distribution at power 0")


def test_noise_of_very_rare_and_very_frequent_words(student):
    counts = [1, 1_000_000_000, 3, 2_000_000]
    result = student.sampling.negative_distribution(torch.tensor(counts), 1.0)
    # a rare word keeps its share, however small
    expect_close(result, own_noise(counts, 1.0), rtol=1e-3, atol=0.0, what="the distribution")


@pytest.mark.parametrize("dtype", [torch.int64, torch.float32])
def test_noise_is_float64_whatever_comes_in(student, dtype):
    counts = [16, 12_345, 81, 7]
    result = student.sampling.negative_distribution(torch.tensor(counts, dtype=dtype))
    expect_tensor(result, (4,), "float64", "the result")
    expect_close(result, own_noise(counts), what="the distribution")


def test_noise_refuses_a_negative_power(student):
    with expect_error(ValueError, naming="power"):
        student.sampling.negative_distribution(torch.tensor([1, 2]), -0.5)


@pytest.mark.parametrize("power", [0.75, 0.0])
def test_noise_refuses_counts_of_zero_alone(student, power):
    with expect_error(ValueError, naming="counts"):
        student.sampling.negative_distribution(torch.tensor([0, 0, 0]), power)


@pytest.mark.parametrize("counts", [[3, -1, 2], [-2, 0, 0]])
def test_noise_refuses_a_negative_count(student, counts):
    with expect_error(ValueError, naming="counts"):
        student.sampling.negative_distribution(torch.tensor(counts))


# ---- AliasSampler: the table ---------------------------------------------------------------------


def stands_for(sampler):
    """The distribution of a table: (threshold_i + sum of the rest that falls to i) / V."""
    threshold, alias = sampler.threshold.double(), sampler.alias.long()
    # the last bits of a sum may lie outside
    inside = (threshold >= -NEAR["atol"]) & (threshold <= 1 + NEAR["atol"])
    assert inside.all(), "threshold must be in [0, 1]"
    assert ((alias >= 0) & (alias < len(alias))).all(), "alias must contain ids from 0 to V - 1"
    return threshold.clone().index_add_(0, alias, 1 - threshold) / len(alias)


def some_distribution(words, seed):
    """Weights over many orders of magnitude."""
    generator = torch.Generator().manual_seed(seed)
    weights = torch.rand(words, generator=generator, dtype=torch.float64) ** 6
    return weights / weights.sum()


@pytest.mark.parametrize(("words", "seed"), [(3, 1), (10, 2)])
def test_alias_table_of_a_few_words(student, words, seed):
    p = some_distribution(words, seed)
    rebuilt = stands_for(student.sampling.AliasSampler(p))
    expect_close(rebuilt, p, **NEAR, what="the distribution of the table")


@pytest.mark.parametrize(("words", "seed"), [(97, 3), (1000, 4)])
def test_alias_table_stands_for_its_distribution(student, words, seed):
    p = some_distribution(words, seed)
    rebuilt = stands_for(student.sampling.AliasSampler(p))
    expect_close(rebuilt, p, **NEAR, what="the distribution of the table")


def test_alias_table_of_a_natural_vocabulary(student):
    p = 1 / torch.arange(1, 2001, dtype=torch.float64)  # Zipf's law
    p = p / p.sum()
    rebuilt = stands_for(student.sampling.AliasSampler(p))
    expect_close(rebuilt, p, **NEAR, what="the distribution of the table")


@pytest.mark.parametrize(
    "p", [[1.0], [0.25] * 4, [0.0, 1.0, 0.0], [0.9, 0.1], [0.0, 0.5, 0.0, 0.5], [1 / 3] * 3]
)
def test_alias_table_of_simple_distributions(student, p):
    rebuilt = stands_for(student.sampling.AliasSampler(double(*p)))
    expect_close(rebuilt, p, **NEAR, what=f"the distribution of the table of {p}")


def test_alias_table_never_gives_room_to_the_impossible(student):
    for seed in range(40):
        p = some_distribution(30, seed)
        p[seed % 3 :: 3] = 0
        p = p / p.sum()
        room = stands_for(student.sampling.AliasSampler(p))[p == 0]
        # not even a last bit: a draw would find it
        expect_equal(room.abs().max().item(), 0.0, "the probability of an id of probability 0")


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_alias_table_is_float64_and_exact(student, dtype):
    p = some_distribution(20, 5).to(dtype)
    p = p / p.sum()
    sampler = student.sampling.AliasSampler(p)
    expect_tensor(sampler.threshold, (20,), "float64", "threshold")
    expect_tensor(sampler.alias, (20,), "int64", "alias")
    # what comes in as float32 is only good to 1e-7
    bar = EXACT if dtype == torch.float64 else {"rtol": 1e-5, "atol": 1e-7}
    expect_close(stands_for(sampler), p.double(), **bar, what="the distribution of the table")


def test_alias_set_up_is_linear(student):
    p = some_distribution(100_000, 7)
    rebuilt = stands_for(student.sampling.AliasSampler(p))
    expect_close(rebuilt, p, rtol=1e-3, atol=1e-9, what="the distribution of a large table")


@pytest.mark.parametrize("p", [[0.5, 0.4], [0.6, 0.6], [3.0, 1.0]])
def test_alias_refuses_what_does_not_sum_to_one(student, p):
    with expect_error(ValueError, naming="probabilities"):
        student.sampling.AliasSampler(double(*p))


@pytest.mark.parametrize("p", [[0.5, 0.5004], [0.5, 0.499_99], [0.25, 0.25, 0.500_002]])
def test_alias_refuses_a_sum_that_is_slightly_off(student, p):
    with expect_error(ValueError, naming="probabilities"):
        student.sampling.AliasSampler(double(*p))


def test_alias_refuses_a_negative_probability(student):
    with expect_error(ValueError, naming="probabilities"):
        student.sampling.AliasSampler(double(1.2, -0.2))


def test_alias_refuses_an_empty_distribution(student):
    with expect_error(ValueError, naming="probabilities"):
        student.sampling.AliasSampler(torch.zeros(0, dtype=torch.float64))


def test_alias_accepts_a_sum_of_almost_one(student):
    p = double(0.5, 0.3, 0.2 - 5e-7)
    expect_close(
        stands_for(student.sampling.AliasSampler(p)), p, rtol=1e-5, what="the distribution"
    )


# ---- AliasSampler.sample: compared with the student's own table ----------------------------------


def own_table(sampler):
    """What the student's table stands for, right or wrong."""
    threshold = sampler.threshold.double().clamp(0, 1)
    alias = sampler.alias.long().clamp(0, len(threshold) - 1)
    return threshold.clone().index_add_(0, alias, 1 - threshold) / len(threshold)


def expect_frequencies(draws, p, what):
    """Each share within five standard errors: a right answer falls outside once in 2 million."""
    found = torch.bincount(draws.long().flatten(), minlength=len(p)).double() / draws.numel()
    error = 5 * (p * (1 - p) / draws.numel()).sqrt() + 1e-12
    wrong = ((found - p).abs() > error).nonzero().flatten().tolist()
    if wrong:
        i = wrong[0]
        raise AssertionError(f"{what}: id {i} came {found[i]:.5f} instead of {p[i]:.5f}")


def test_sample_follows_the_table(student):
    p = 1 / torch.arange(2, 17, dtype=torch.float64)
    sampler = student.sampling.AliasSampler(p / p.sum())
    draws = sampler.sample((200_000,), seed=21)
    expect_tensor(draws, (200_000,), what="the draws")
    expect_frequencies(draws, own_table(sampler), "the fraction of the draws")


def test_sample_draws_independently(student):
    sampler = student.sampling.AliasSampler(double(0.5, 0.3, 0.2))
    draws = sampler.sample((80_000,), seed=22)
    expect_tensor(draws, (80_000,), what="the draws")
    p = own_table(sampler)
    following = draws[:-1:2] * 3 + draws[1::2]
    expect_frequencies(following, torch.outer(p, p).flatten(), "the fraction of following pairs")


def test_sample_draws_the_rows_of_a_table_independently(student):
    sampler = student.sampling.AliasSampler(double(0.5, 0.3, 0.2))
    draws = sampler.sample((40_000, 2), seed=22)
    expect_tensor(draws, (40_000, 2), what="the draws")
    p = own_table(sampler)
    both = torch.outer(p, p).flatten()
    expect_frequencies(draws[:, 0] * 3 + draws[:, 1], both, "the fraction of pairs of two columns")
    following = draws[:-1:2, 0] * 3 + draws[1::2, 0]
    expect_frequencies(following, both, "the fraction of pairs of two rows")


def test_sample_never_draws_the_impossible(student):
    p = some_distribution(50, 9)
    p[::3] = 0
    p = p / p.sum()
    sampler = student.sampling.AliasSampler(p)
    draws = sampler.sample((100_000,), seed=23)
    drawn = torch.bincount(draws, minlength=50) > 0
    assert not drawn[own_table(sampler) == 0].any(), "an id of probability 0 was drawn"


def test_sample_of_a_large_vocabulary_keeps_rare_words_rare(student):
    # Word 0 fills 5,000 columns that hold 0.00005 of another word each. A u of float32 tells that
    # from 0; where one float32 gives column and u, 12 of its 24 bits are left: steps of 0.0003.
    p = torch.full((5_000,), 1e-8, dtype=torch.float64)
    p[0] = 1 - p[1:].sum()
    sampler = student.sampling.AliasSampler(p)
    draws = sampler.sample((500_000,), seed=25)
    expect_tensor(draws, (500_000,), what="the draws")
    shares = own_table(sampler)
    both = torch.stack([shares[0], shares[1:].sum()])
    what = "the fraction of the draws, with all rare words as id 1"
    expect_frequencies((draws != 0).long(), both, what)


@pytest.mark.parametrize("shape", [(), (0,), (3, 0, 2), (7,), (2, 3, 4)])
def test_sample_has_any_shape(student, shape):
    sampler = student.sampling.AliasSampler(double(0.2, 0.8))
    expect_tensor(sampler.sample(shape, 1), shape, what=f"the draws of shape {shape}")


def test_sample_is_int64(student):
    sampler = student.sampling.AliasSampler(double(0.2, 0.8))
    for shape in ((), (4,), (2, 3)):
        expect_tensor(sampler.sample(shape, 1), dtype="int64", what=f"the draws of shape {shape}")


def test_sample_has_no_state(student):
    sampler = student.sampling.AliasSampler(some_distribution(30, 10))
    for seed in (5, 0):
        student.generators(seed=1)
        one = sampler.sample((60,), seed=seed)
        sampler.sample((9,), seed=8)
        student.generators(seed=2)
        same = sampler.sample((60,), seed=seed)
        expect_equal(same, one, f"the draws with seed {seed} again")


def test_sample_follows_its_seed(student):
    sampler = student.sampling.AliasSampler(some_distribution(30, 10))
    one, other = sampler.sample((60,), seed=5), sampler.sample((60,), seed=6)
    assert one.tolist() != other.tolist(), "a different seed must give different draws"


def test_sample_of_a_million(student):
    sampler = student.sampling.AliasSampler(some_distribution(300, 11))
    draws = sampler.sample((1_000_000,), seed=24)
    expect_tensor(draws, (1_000_000,), what="the draws")
    p, ids = own_table(sampler), torch.arange(300)
    mean = float((p * ids).sum())
    spread = math.sqrt(float((p * (ids - mean) ** 2).sum()) / 1_000_000)
    assert abs(float(draws.double().mean()) - mean) <= 5 * spread, "the mean of a million draws"
