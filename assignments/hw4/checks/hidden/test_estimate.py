"""Hidden checks of estimate.py. The oracle counts by loops, in plain Python."""

import itertools
import math
from collections import Counter

import numpy as np
import pytest

from grader.checking.expect import (
    expect_array,
    expect_close,
    expect_equal,
    expect_error,
    expect_left_alone,
    expect_type,
)

PI = [0.5, 0.3, 0.2]
A = [[0.1, 0.6, 0.3], [0.5, 0.1, 0.4], [0.2, 0.7, 0.1]]
B = [[0.6, 0.2, 0.1, 0.1], [0.1, 0.1, 0.7, 0.1], [0.25, 0.25, 0.1, 0.4]]


def logs(*tables):
    with np.errstate(divide="ignore"):
        return tuple(np.log(np.array(table, dtype=np.float64)) for table in tables)


def own_estimate(sequences, tags, states, words, alpha=0.0):
    """Probabilities of starts, transitions and emissions, one at a time."""
    starts = Counter(row[0] for row in tags)
    steps = Counter(pair for row in tags for pair in itertools.pairwise(row))
    said = Counter(
        p for s, row in zip(sequences, tags, strict=True) for p in zip(row, s, strict=True)
    )

    def row_of(counts):
        total = sum(counts) + alpha * len(counts)
        return [(c + alpha) / total if total else 1 / len(counts) for c in counts]

    return (
        row_of([starts[i] for i in range(states)]),
        [row_of([steps[i, j] for j in range(states)]) for i in range(states)],
        [row_of([said[i, v] for v in range(words)]) for i in range(states)],
    )


def some_tagged(seed, sentences=12, states=3, words=5):
    draw = np.random.default_rng(seed)
    lengths = draw.integers(1, 7, sentences)
    return (
        [draw.integers(0, words, n).tolist() for n in lengths],
        [draw.integers(0, states, n).tolist() for n in lengths],
    )


def tables_of(hmm):
    return [np.exp(hmm.log_pi), np.exp(hmm.log_A), np.exp(hmm.log_B)]


# ---- estimate -----------------------------------------------------------------------------------


def test_starts_are_the_shares_of_first_tags(student):
    sequences, tags = some_tagged(1)
    hmm = student.estimate.estimate(sequences, tags, 3, 5)
    expect_close(np.exp(hmm.log_pi), own_estimate(sequences, tags, 3, 5)[0], what="pi")


def test_transitions_are_shares_of_what_comes_after_a_tag(student):
    sequences, tags = some_tagged(2)
    hmm = student.estimate.estimate(sequences, tags, 3, 5)
    expect_close(np.exp(hmm.log_A), own_estimate(sequences, tags, 3, 5)[1], what="A")


def test_transitions_go_from_rows_to_columns(student):
    hmm = student.estimate.estimate([[0] * 7], [[0, 1, 2, 0, 1, 2, 0]], 3, 1)
    expect_close(np.exp(hmm.log_A), [[0, 1, 0], [0, 0, 1], [1, 0, 0]], what="A")


def test_transitions_end_with_their_sentence(student):
    hmm = student.estimate.estimate([[0] * 3, [0] * 3], [[0, 0, 0], [1, 1, 1]], 2, 1)
    expect_close(np.exp(hmm.log_A), [[1, 0], [0, 1]], what="A")


def test_the_last_tag_of_a_sentence_has_no_successor(student):
    hmm = student.estimate.estimate([[0] * 4, [0]], [[0, 1, 0, 1], [0]], 2, 1)
    expect_close(np.exp(hmm.log_A)[0], [0, 1], what="the row of A of a tag that ended a sentence")


def test_emissions_are_shares_of_a_tags_words(student):
    sequences, tags = some_tagged(3)
    hmm = student.estimate.estimate(sequences, tags, 3, 5)
    expect_close(np.exp(hmm.log_B), own_estimate(sequences, tags, 3, 5)[2], what="B")


def test_alpha_smooths_the_starts(student):
    sequences, tags = some_tagged(4)
    hmm = student.estimate.estimate(sequences, tags, 4, 6, 0.5)
    expect_close(np.exp(hmm.log_pi), own_estimate(sequences, tags, 4, 6, 0.5)[0], what="pi")


def test_alpha_smooths_the_transitions(student):
    sequences, tags = some_tagged(5)
    hmm = student.estimate.estimate(sequences, tags, 4, 6, 0.5)
    expect_close(np.exp(hmm.log_A), own_estimate(sequences, tags, 4, 6, 0.5)[1], what="A")


def test_alpha_smooths_the_emissions(student):
    sequences, tags = some_tagged(6)
    hmm = student.estimate.estimate(sequences, tags, 4, 6, 0.5)
    expect_close(np.exp(hmm.log_B), own_estimate(sequences, tags, 4, 6, 0.5)[2], what="B")


def test_alpha_above_one(student):
    sequences, tags = some_tagged(13)
    hmm = student.estimate.estimate(sequences, tags, 4, 6, 2.5)
    expected = own_estimate(sequences, tags, 4, 6, 2.5)
    for table, want, name in zip(tables_of(hmm), expected, ("pi", "A", "B"), strict=True):
        expect_close(table, want, what=name)


def test_rows_without_mass_are_uniform(student):
    # tag 1 stands only at an end, tag 2 nowhere
    hmm = student.estimate.estimate([[0, 1]], [[0, 1]], 3, 4)
    expect_close(np.exp(hmm.log_A)[1:], np.full((2, 3), 1 / 3), what="rows of A without a count")
    expect_close(np.exp(hmm.log_B)[2], np.full(4, 1 / 4), what="a row of B without a count")


def test_what_was_never_seen_is_minus_infinity(student):
    hmm = student.estimate.estimate([[0, 1]], [[0, 1]], 2, 2)
    expect_close(hmm.log_pi, [0.0, -math.inf], what="log_pi")
    expect_close(hmm.log_A[0], [-math.inf, 0.0], what="row 0 of log_A")
    expect_close(hmm.log_B, [[0.0, -math.inf], [-math.inf, 0.0]], what="log_B")


def test_sentences_of_one_word(student):
    hmm = student.estimate.estimate([[2], [0], [2]], [[1], [0], [1]], 2, 3)
    expect_close(np.exp(hmm.log_pi), [1 / 3, 2 / 3], what="pi")
    expect_close(np.exp(hmm.log_A), np.full((2, 2), 1 / 2), what="A")
    expect_close(np.exp(hmm.log_B), [[1, 0, 0], [0, 0, 1]], what="B")


def expect_rows_of_one(hmm):
    for table in tables_of(hmm):
        sums = table.sum(axis=-1)
        expect_close(sums, np.ones(sums.shape), what="the sums of the rows")


def test_every_row_sums_to_one(student):
    expect_rows_of_one(student.estimate.estimate(*some_tagged(7), 4, 7))


def test_every_smoothed_row_sums_to_one(student):
    for alpha in (0.01, 0.1, 30.0):
        expect_rows_of_one(student.estimate.estimate(*some_tagged(8), 4, 7, alpha))


def test_a_huge_alpha_makes_everything_uniform(student):
    hmm = student.estimate.estimate(*some_tagged(9), 3, 5, 1e9)
    sizes = (3, 3, 5)
    for table, size in zip(tables_of(hmm), sizes, strict=True):
        expect_close(table, np.full(table.shape, 1 / size), rtol=1e-6, what="a table")


def test_tables_are_float64_logarithms(student):
    hmm = student.estimate.estimate(*some_tagged(10), 3, 5, 0.1)
    expect_array(hmm.log_pi, (3,), "float64", "log_pi")
    expect_array(hmm.log_A, (3, 3), "float64", "log_A")
    expect_array(hmm.log_B, (3, 5), "float64", "log_B")


def test_hmm_keeps_what_it_is_given(student):
    tables = logs(PI, A, B)
    hmm = student.estimate.HMM(*tables)
    for name, table in zip(("log_pi", "log_A", "log_B"), tables, strict=True):
        expect_close(getattr(hmm, name), table, what=name)


def test_hmm_takes_its_tables_by_name(student):
    tables = dict(zip(("log_pi", "log_A", "log_B"), logs(PI, A, B), strict=True))
    hmm = student.estimate.HMM(
        log_B=tables["log_B"], log_pi=tables["log_pi"], log_A=tables["log_A"]
    )
    for name, table in tables.items():
        expect_close(getattr(hmm, name), table, what=f"{name}, given by name")


def test_hmm_leaves_its_tables_alone(student):
    expect_left_alone(student, student.estimate.HMM, *logs(PI, A, B))


def test_a_known_model_is_found_again(student):
    """Likelihood of fresh text under the estimate, beside that of the true model on that text."""
    cycle = [[0.1, 0.8, 0.1], [0.1, 0.1, 0.8], [0.8, 0.1, 0.1]]
    truth, draw = (np.array(PI), np.array(cycle), np.array(B)), np.random.default_rng(11)
    learn, fresh = ([own_sample(draw, truth, 20) for _ in range(n)] for n in (200, 100))
    hmm = student.estimate.estimate([w for w, _ in learn], [t for _, t in learn], 3, 4, 0.1)
    found = [own_joint(tables_of(hmm), words, tags) for words, tags in fresh]
    best = [own_joint(truth, words, tags) for words, tags in fresh]
    lost = (sum(best) - sum(found)) / 2000  # nats a word
    # 2 + 6 + 9 free numbers from 4,000 words cost 17 / 8000 = 0.002 nats a word on average
    assert lost < 0.02, f"the estimate loses {lost:.3f} nats a word against the true model"


def own_sample(draw, hmm, length):
    pi, trans, emit = hmm
    tags = [int(draw.choice(len(pi), p=pi))]
    while len(tags) < length:
        tags.append(int(draw.choice(len(pi), p=trans[tags[-1]])))
    return [int(draw.choice(emit.shape[1], p=emit[tag])) for tag in tags], tags


def own_joint(hmm, words, tags):
    """ln of the product of all factors, one by one."""
    pi, trans, emit = hmm
    factors = [pi[tags[0]], *(trans[i][j] for i, j in itertools.pairwise(tags))]
    factors += [emit[i][w] for i, w in zip(tags, words, strict=True)]
    return sum(math.log(f) if f else -math.inf for f in factors)


def test_estimate_leaves_its_arguments_alone(student):
    expect_left_alone(student, student.estimate.estimate, *some_tagged(12), 3, 5, 0.1)


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (([[0, 1]], [[0]], 2, 2), ("sequences", "tags")),
        (([[0], [1]], [[0]], 2, 2), ("sequences", "tags")),
        (([[0, 2]], [[0, 1]], 2, 2), "sequences"),
        (([[0, -1]], [[0, 1]], 2, 2), "sequences"),
        (([[0, 1]], [[0, 2]], 2, 2), "tags"),
        (([[0, 1]], [[-1, 1]], 2, 2), "tags"),
        (([[0], [1]], [[0], [1], [0]], 2, 2), ("sequences", "tags")),
        (([[0], [0, 1]], [[0, 1], [0]], 2, 2), ("sequences", "tags")),
    ],
)
def test_estimate_refuses_what_cannot_be(student, arguments, names):
    with expect_error(ValueError, naming=names):
        student.estimate.estimate(*arguments)


def test_estimate_refuses_a_negative_alpha(student):
    for alpha in (-0.1, -1.0):
        with expect_error(ValueError, naming="alpha"):
            student.estimate.estimate([[0, 1]], [[0, 1]], 2, 2, alpha)


def test_hmm_refuses_shapes_that_do_not_agree(student):
    pi, a, b = logs(PI, A, B)
    for tables in ((pi[:2], a, b), (pi, a[:, :2], b), (pi, a[:2], b), (pi, a, b[:2])):
        with expect_error(ValueError, naming=("log_pi", "log_A", "log_B")):
            student.estimate.HMM(*tables)


# ---- sequence_log_prob --------------------------------------------------------------------------


def test_joint_is_the_sum_of_all_logs(student):
    hmm, draw = student.estimate.HMM(*logs(PI, A, B)), np.random.default_rng(20)
    cases = [
        (draw.integers(0, 4, n).tolist(), draw.integers(0, 3, n).tolist()) for n in range(1, 9)
    ]
    got = student.map(student.estimate.sequence_log_prob, [(hmm, *case) for case in cases])
    expect_close(
        got, [own_joint((PI, A, B), *case) for case in cases], what="the log-probabilities"
    )


def test_joint_of_one_word(student):
    hmm = student.estimate.HMM(*logs(PI, A, B))
    value = student.estimate.sequence_log_prob(hmm, [2], [1])
    expect_close(value, math.log(0.3 * 0.7), what="the log-probability")


def test_joint_of_what_cannot_happen(student):
    hmm = student.estimate.HMM(*logs([1, 0], [[0.5, 0.5], [1, 0]], [[1, 0], [0.5, 0.5]]))
    calls = [(hmm, [0, 0], [1, 0]), (hmm, [0, 0, 0], [0, 1, 1]), (hmm, [1, 0], [0, 0])]
    got = student.map(student.estimate.sequence_log_prob, calls)
    expect_close(got, [-math.inf] * 3, what="the log-probabilities of impossible pairs")
    # what is impossible elsewhere does no harm
    value = student.estimate.sequence_log_prob(hmm, [0, 1, 0], [0, 1, 0])
    expect_close(value, math.log(0.5 * 0.5), what="the log-probability of a possible pair")


def test_joint_of_a_long_sentence_does_not_underflow(student):
    words, tags = own_sample(np.random.default_rng(21), tuple(map(np.array, (PI, A, B))), 3000)
    hmm = student.estimate.HMM(*logs(PI, A, B))
    value = student.estimate.sequence_log_prob(hmm, words, tags)
    expect_close(value, own_joint((PI, A, B), words, tags), what="the log-probability")


def test_joint_is_a_float(student):
    hmm = student.estimate.HMM(*logs(PI, A, B))
    for words, tags in (([0], [1]), ([0, 3, 1], [2, 1, 0])):
        value = student.estimate.sequence_log_prob(hmm, words, tags)
        expect_type(value, float, "the log-probability")


def test_joint_counts_the_start(student):
    hmm = student.estimate.HMM(*logs([0.9, 0.1], [[0.5, 0.5]] * 2, [[1.0], [1.0]]))
    calls = [(hmm, [0, 0], [first, 0]) for first in (0, 1)]
    got = student.map(student.estimate.sequence_log_prob, calls)
    expect_close(got, [math.log(0.45), math.log(0.05)], what="the log-probabilities")


def test_joint_leaves_its_arguments_alone(student):
    hmm = student.estimate.HMM(*logs(PI, A, B))
    before = student.generators(seed=3)
    words, tags = [0, 3, 1], [2, 1, 0]
    _, after = student.with_arguments(student.estimate.sequence_log_prob, hmm, words, tags)
    expect_equal(after[1:], [words, tags], "words and tags after the call")
    for name, table in zip(("log_pi", "log_A", "log_B"), logs(PI, A, B), strict=True):
        expect_close(getattr(hmm, name), table, what=f"{name} after the call")
    expect_equal(student.generators(), before, "the state of the global generators")


@pytest.mark.parametrize(
    ("words", "tags", "names"),
    [
        ([], [], ("words", "tags")),
        ([0, 1], [0], ("words", "tags")),
        ([4], [0], "words"),
        ([-1], [0], "words"),
        ([0], [3], "tags"),
        ([0], [-1], "tags"),
    ],
)
def test_joint_refuses_what_cannot_be(student, words, tags, names):
    hmm = student.estimate.HMM(*logs(PI, A, B))
    with expect_error(ValueError, naming=names):
        student.estimate.sequence_log_prob(hmm, words, tags)


# ---- sample -------------------------------------------------------------------------------------


def expect_shares(counts, probabilities, what):
    """Each share within five standard errors of its probability, sqrt(p (1 - p) / n)."""
    n = sum(counts.values())
    for item, p in enumerate(probabilities):
        spread = math.sqrt(p * (1 - p) / n)
        got = counts[item] / n
        assert abs(got - p) <= 5 * spread, (
            f"{what}: {item} comes {got:.3f} of the time, not {p:.3f}"
        )


def drawn_sample(student, hmm, length, seed):
    """Words and tags as ints, whatever held them."""
    words, tags = ([int(i) for i in part] for part in student.estimate.sample(hmm, length, seed))
    expect_equal((len(words), len(tags)), (length, length), "the numbers of words and tags")
    assert all(0 <= i < 4 for i in words), "a word is not an id of the model"
    assert all(0 <= i < 3 for i in tags), "a tag is not an id of the model"
    return words, tags


def test_sample_returns_lists_of_ints(student):
    hmm = student.estimate.HMM(*logs(PI, A, B))
    for length in (1, 17):
        result = student.estimate.sample(hmm, length, 5)
        expect_type(result, tuple, "the sample")
        for part, name in zip(result, ("words", "tags"), strict=True):
            expect_type(part, list, name)
            for item in part:
                expect_type(item, int, f"each of {name}")


def test_sample_has_the_length_and_ids_of_the_model(student):
    hmm = student.estimate.HMM(*logs(PI, A, B))
    for length in (1, 2, 17):
        drawn_sample(student, hmm, length, 5)


def test_sample_starts_as_pi_says(student):
    hmm = student.estimate.HMM(*logs([0, 1, 0], A, B))
    for seed in range(1, 9):
        _, tags = drawn_sample(student, hmm, 3, seed)
        expect_equal(tags[0], 1, "the first tag, where only one is possible")


def test_sample_starts_differ_from_seed_to_seed(student):
    hmm = student.estimate.HMM(*logs(PI, A, B))
    drawn = student.map(student.estimate.sample, [(hmm, 1, seed) for seed in range(1500)])
    expect_shares(Counter(int(tags[0]) for _, tags in drawn), PI, "the first tag")


def test_sample_goes_on_as_a_says(student):
    hmm = student.estimate.HMM(*logs(PI, A, B))
    _, tags = drawn_sample(student, hmm, 8000, 1)
    for i, row in enumerate(A):
        after = Counter(j for before, j in itertools.pairwise(tags) if before == i)
        expect_shares(after, row, f"the tag after {i}")


def test_sample_speaks_as_b_says(student):
    hmm = student.estimate.HMM(*logs(PI, A, B))
    words, tags = drawn_sample(student, hmm, 8000, 2)
    for i, row in enumerate(B):
        said = Counter(w for w, tag in zip(words, tags, strict=True) if tag == i)
        expect_shares(said, row, f"the word of tag {i}")


def test_sample_draws_word_and_next_tag_apart(student):
    """Given the tag, the word has no say in what comes next."""
    hmm = student.estimate.HMM(*logs(PI, A, B))
    words, tags = drawn_sample(student, hmm, 8000, 2)
    for i in range(3):
        said = enumerate(zip(words[:-1], tags[:-1], strict=True))
        after = Counter(tags[n + 1] for n, pair in said if pair == (0, i))
        expect_shares(after, A[i], f"the tag after {i} where the word is 0")


def test_sample_never_draws_the_impossible(student):
    a, b = [[0, 1, 0], [0, 0, 1], [0.5, 0.5, 0]], [[0, 0, 1, 0], [0, 1, 0, 0], [0.5, 0, 0, 0.5]]
    hmm = student.estimate.HMM(*logs([0, 1, 0], a, b))
    words, tags = drawn_sample(student, hmm, 2000, 3)
    assert all(a[i][j] for i, j in itertools.pairwise(tags)), "an impossible transition was drawn"
    possible = all(b[i][w] for i, w in zip(tags, words, strict=True))
    assert possible, "an impossible word was drawn"


def test_sample_depends_on_its_seed_alone(student):
    hmm = student.estimate.HMM(*logs(PI, A, B))
    for seed in (7, 0):
        student.generators(seed=1)
        one = student.estimate.sample(hmm, 50, seed)
        student.generators(seed=2)
        same = student.estimate.sample(hmm, 50, seed)
        expect_equal(same, one, f"the sample with seed {seed} again")
        assert student.estimate.sample(hmm, 50, 8) != one, (
            "a different seed must give a different sample"
        )


def test_sample_leaves_the_global_generators_alone(student):
    hmm = student.estimate.HMM(*logs(PI, A, B))
    before = student.generators(seed=3)
    student.estimate.sample(hmm, 20, 7)
    expect_equal(student.generators(), before, "the state of the global generators")
    for name, table in zip(("log_pi", "log_A", "log_B"), logs(PI, A, B), strict=True):
        expect_close(getattr(hmm, name), table, what=f"{name} after the call")
