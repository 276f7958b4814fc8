"""Hidden checks of expected_counts and baum_welch in inference.py.

The oracle writes out all paths. Where a result differs from it, the one that follows from the
student's own tables, or own expected counts, is right too: a slip in them is paid for once.
"""

import itertools
import math

import numpy as np
import pytest

from grader.checking.expect import (
    expect_array,
    expect_close,
    expect_equal,
    expect_error,
    expect_type,
)

NAMES = ("the starts", "the transitions", "the emissions")
SEQUENCES = [[0, 2, 1, 1], [1, 1], [2, 0, 0, 1, 2], [0], [2, 2, 1]]


def logs(table):
    with np.errstate(divide="ignore"):
        return np.log(np.array(table, dtype=np.float64))


def some_hmm(seed, states, words, zeros=0.0):
    draw = np.random.default_rng(seed)
    tables = []
    for shape in ((states,), (states, states), (states, words)):
        table = draw.uniform(0.05, 1, shape) * (draw.random(shape) >= zeros)
        table[..., 0] += table.sum(axis=-1) == 0
        tables.append(logs(table / table.sum(axis=-1, keepdims=True)))
    return tuple(tables)


def path_probabilities(hmm, words):
    """All paths, and the joint probability of each."""
    pi, A, B = map(np.exp, hmm)
    paths = np.indices((len(pi),) * len(words)).reshape(len(words), -1).T
    p = pi[paths[:, 0]] * B[paths[:, 0], words[0]]
    for t in range(1, len(words)):
        p = p * A[paths[:, t - 1], paths[:, t]] * B[paths[:, t], words[t]]
    return paths, p


def own_counts(hmm, words):
    """Starts, transitions and emissions of every path, weighted by its share."""
    paths, p = path_probabilities(hmm, words)
    counts = [np.zeros(table.shape) for table in hmm]
    for path, share in zip(paths, p / p.sum(), strict=True):
        counts[0][path[0]] += share
        np.add.at(counts[1], (path[:-1], path[1:]), share)
        np.add.at(counts[2], (path, words), share)
    return counts


def own_log_likelihood(hmm, sequences):
    """By a recursion that is scaled at every word."""
    pi, A, B = map(np.exp, hmm)
    total = 0.0
    for words in sequences:
        forward = pi
        for t, word in enumerate(words):
            forward = (forward @ A if t else forward) * B[:, word]
            total += math.log(forward.sum())
            forward = forward / forward.sum()
    return total


def expect_counts(student, got, hmm, words):
    """The counts by enumeration; else those of the student's own ln alpha and ln beta."""
    expect_shapes(got, hmm)
    try:
        for table, wanted, name in zip(got, own_counts(hmm, words), NAMES, strict=True):
            expect_close(table, wanted, what=name)
    except AssertionError:
        if not follows(student, got, hmm, words):
            raise


def follows(student, got, hmm, words):
    """Whether the counts are what the student's own ln alpha and ln beta lead to."""
    return any(
        all(np.allclose(table, own, equal_nan=True) for table, own in zip(got, tables, strict=True))
        for tables in from_own(student, hmm, words)
    )


def expect_shapes(counts, hmm):
    expect_type(counts, tuple, "the counts")
    expect_equal(len(counts), 3, "the number of tables")
    for table, like, name in zip(counts, hmm, NAMES, strict=True):
        expect_array(table, like.shape, "float64", name)


def from_own(student, hmm, words):
    """Both usual ways to normalise: by the likelihood, or by the sum at each position."""
    try:
        alpha, log_likelihood = student.inference.forward_log(*hmm, words)
        beta = student.inference.backward_log(*hmm, words)
        for table in (alpha, beta):
            expect_array(table, (len(words), len(hmm[0])), "float64")
        expect_type(log_likelihood, float)
    except Exception:  # not written, or of no use: then the truth alone counts
        return []
    with np.errstate(all="ignore"):
        gamma = np.exp(alpha + beta - log_likelihood)
        ahead = (hmm[2][:, words[1:]].T + beta[1:])[:, None, :]
        xi = np.exp(alpha[:-1, :, None] + hmm[1] + ahead - log_likelihood)
        shares = gamma / gamma.sum(axis=1, keepdims=True), xi / xi.sum(axis=(1, 2), keepdims=True)
    found = []
    for by_state, by_pair in itertools.product((gamma, shares[0]), (xi, shares[1])):
        emissions = np.zeros(hmm[2].shape)
        np.add.at(emissions.T, words, by_state)
        found.append((by_state[0], by_pair.sum(axis=0), emissions))
    return found


def tables_of(hmm, states, words):
    """The model's three tables, after their types and shapes have been looked at."""
    tables = hmm.log_pi, hmm.log_A, hmm.log_B
    shapes = (states,), (states, states), (states, words)
    for table, shape, name in zip(tables, shapes, ("log_pi", "log_A", "log_B"), strict=True):
        expect_array(table, shape, "float64", name)
        assert not np.isnan(table).any(), f"{name} holds nan"
    return tables


def learn(student, sequences, states, words, iterations, seed=0):
    """Tables and figures of the student's baum_welch, their types checked."""
    result = student.inference.baum_welch(sequences, states, words, iterations, seed)
    expect_type(result, tuple, "the result")
    expect_equal(len(result), 2, "the number of parts of the result")
    hmm, figures = result
    expect_type(figures, list, "the log-likelihoods")
    expect_equal(len(figures), iterations + 1, "the number of log-likelihoods")
    for figure in figures:
        expect_type(figure, float, "a log-likelihood")
    return tables_of(hmm, states, words), figures


# ---- expected_counts ----------------------------------------------------------------------------


def counts_of(student, hmm, words):
    got = student.inference.expected_counts(*hmm, words)
    expect_counts(student, got, hmm, words)
    return got


def test_expected_counts_of_all_paths(student):
    for seed, (states, length) in enumerate(((2, 2), (2, 6), (3, 5), (4, 3))):
        words = np.random.default_rng(seed).integers(0, 4, length).tolist()
        counts_of(student, some_hmm(seed, states, 4), words)


def test_expected_transitions_go_from_rows_to_columns(student):
    # the words tell the tags: 0 -> 1 -> 2 -> 2
    hmm = logs([1 / 3] * 3), logs([[1 / 3] * 3] * 3), logs(np.eye(3))
    counts_of(student, hmm, [0, 1, 2, 2])


def test_expected_counts_of_one_word(student):
    counts_of(student, some_hmm(10, 3, 4), [2])


def test_expected_counts_with_impossible_steps(student):
    hmm = logs([0.5, 0.5]), logs([[0, 1], [0.5, 0.5]]), logs([[0.5, 0.5, 0], [0, 0.5, 0.5]])
    for words in ([0, 1, 2], [1, 1, 1, 0]):
        counts_of(student, hmm, words)


def test_expected_counts_of_a_long_sentence(student):
    hmm = some_hmm(11, 3, 20)
    words = np.random.default_rng(11).integers(0, 19, 1500).tolist()  # word 19 never comes
    got = student.inference.expected_counts(*hmm, words)
    expect_shapes(got, hmm)
    try:
        for table, total, name in zip(got, (1, 1499, 1500), NAMES, strict=True):
            expect_close(float(table.sum()), total, rtol=1e-6, what=f"the sum of {name}")
        shares = np.bincount(words, minlength=20)
        expect_close(got[2].sum(axis=0), shares, rtol=1e-6, what="each word")
    except AssertionError:
        if not follows(student, got, hmm, words):
            raise


def test_expected_counts_leave_their_arguments_alone(student):
    hmm, words = some_hmm(12, 3, 4), [0, 3, 1]
    _, after = student.with_arguments(student.inference.expected_counts, *hmm, words)
    expect_equal(after, [*hmm, words], "the arguments after the call")


@pytest.mark.parametrize("words", [[], [4], [0, -1]])
def test_expected_counts_refuse_words_that_cannot_be(student, words):
    with expect_error(ValueError, naming="words"):
        student.inference.expected_counts(*some_hmm(13, 3, 4), words)


# ---- baum_welch ---------------------------------------------------------------------------------


def some_sequences(seed, states, words, sentences, length):
    """Sentences of a random model whose tags differ clearly."""
    draw = np.random.default_rng(seed)
    A, B = draw.dirichlet([0.3] * states, states), draw.dirichlet([0.3] * words, states)
    found = []
    for _ in range(sentences):
        tag, sentence = int(draw.integers(states)), []
        for _ in range(length):
            sentence.append(int(draw.choice(words, p=B[tag])))
            tag = int(draw.choice(states, p=A[tag]))
        found.append(sentence)
    return found


def test_learning_never_lowers_the_likelihood(student):
    for seed, (states, words) in enumerate(((2, 3), (3, 4), (4, 6))):
        sequences = some_sequences(seed, states, words, 6, 12)
        _, figures = learn(student, sequences, states, words, 12, seed)
        for number, (before, after) in enumerate(itertools.pairwise(figures), start=1):
            assert after >= before - 1e-9 * abs(before), (
                f"iteration {number} lowers the log-likelihood from {before:.9g} to {after:.9g}"
            )


def test_learning_figures_belong_to_their_models(student):
    for iterations in (0, 1, 4):
        tables, figures = learn(student, SEQUENCES, 2, 3, iterations)
        try:
            expect_close(
                figures[-1],
                own_log_likelihood(tables, SEQUENCES),
                rtol=1e-7,
                what="the last value",
            )
        except AssertionError:
            expect_close(figures[-1], from_forward(student, tables), what="the last value")


def from_forward(student, tables):
    """The total log-likelihood by the student's own forward_log."""
    total = 0.0
    for result in student.map(student.inference.forward_log, [(*tables, w) for w in SEQUENCES]):
        expect_type(result, tuple, "the result of forward_log")
        expect_equal(len(result), 2, "the number of parts of the result of forward_log")
        expect_type(result[1], float, "the log-likelihood of forward_log")
        total += result[1]
    return total


def test_learning_goes_through_the_same_figures_with_more_iterations(student):
    _, short = learn(student, SEQUENCES, 2, 3, 2)
    _, long = learn(student, SEQUENCES, 2, 3, 5)
    expect_close(long[:3], short, rtol=1e-8, what="the first three values of five iterations")


def test_learning_one_step_counts_and_divides(student):
    """From each model to the next: expected counts of all sequences, then relative frequencies."""
    before, _ = learn(student, SEQUENCES, 2, 3, 0, seed=3)
    for iterations in (1, 2):
        after, _ = learn(student, SEQUENCES, 2, 3, iterations, seed=3)
        try:
            expect_step(after, [own_counts(before, words) for words in SEQUENCES])
        except AssertionError:
            expect_step(after, [checked_counts(student, before, words) for words in SEQUENCES])
        before = after


def checked_counts(student, hmm, words):
    """The student's own expected counts, after their types and shapes have been looked at."""
    got = student.inference.expected_counts(*hmm, words)
    expect_shapes(got, hmm)
    return got


def expect_step(tables, counts):
    for table, parts, name in zip(tables, zip(*counts, strict=True), NAMES, strict=True):
        total = sum(parts)
        wanted = total / total.sum(axis=-1, keepdims=True)
        # a hair of smoothing is allowed
        expect_close(
            np.exp(table), wanted, rtol=0, atol=1e-5, what=f"the proportions of {name[4:]}"
        )


def test_learning_with_one_state_gives_the_words_shares(student):
    words = [word for sequence in SEQUENCES for word in sequence]
    shares = np.bincount(words, minlength=4) / len(words)  # word 3 never comes
    tables, figures = learn(student, SEQUENCES, 1, 4, 2)
    expect_close(np.exp(tables[2]), [shares], rtol=0, atol=1e-5, what="B with one state")
    best = sum(math.log(shares[word]) for word in words)
    expect_close(figures[1:], [best, best], rtol=1e-5, what="the log-likelihoods after each step")


def test_learnt_rows_sum_to_one_even_without_mass(student):
    # one-word sentences have no transition at all; words 2 and 3 never come
    cases = ([[0], [1], [0]], 3, 4, 3), (SEQUENCES, 4, 5, 8), ([[0, 0, 0]], 2, 3, 3)
    for sequences, states, words, iterations in cases:
        tables, figures = learn(student, sequences, states, words, iterations)
        for table, name in zip(tables, ("pi", "A", "B"), strict=True):
            sums = np.exp(table).sum(axis=-1)
            expect_close(
                sums, np.ones(sums.shape), rtol=1e-9, what=f"the sums of the rows of {name}"
            )
        assert all(math.isfinite(figure) for figure in figures), "a log-likelihood is not finite"


def test_learning_depends_on_its_seed_alone(student):
    for seed in (5, 0):
        student.generators(seed=1)
        tables, figures = learn(student, SEQUENCES, 3, 3, 3, seed)
        student.generators(seed=2)
        again, same = learn(student, SEQUENCES, 3, 3, 3, seed)
        expect_close(same, figures, what=f"the log-likelihoods with seed {seed} again")
        for one, other in zip(tables, again, strict=True):
            # where memory lies may change the last bits of a sum, and each step adds to them
            close = {"rtol": 0, "atol": 1e-7, "what": f"a table with seed {seed} again"}
            expect_close(np.exp(other), np.exp(one), **close)
        _, others = learn(student, SEQUENCES, 3, 3, 3, seed=6)
        assert not np.allclose(others, figures, rtol=1e-9, atol=0), (
            "a different seed must give a different start"
        )


def test_learning_leaves_the_global_generators_alone(student):
    before = student.generators(seed=3)
    learn(student, SEQUENCES, 2, 3, 1, seed=5)
    expect_equal(student.generators(), before, "the state of the global generators")


def test_learning_starts_from_states_that_differ(student):
    """What starts alike stays alike: no expected count could tell one state from another."""
    for seed in (0, 1):
        tables, _ = learn(student, SEQUENCES, 3, 4, 0, seed)
        for table, name in zip(tables, ("pi", "A", "B"), strict=True):
            assert (np.exp(table) > 0).all(), f"{name} starts with a probability of 0, which stays"
        rows = np.exp(tables[2])
        apart = min(float(np.abs(rows[i] - rows[j]).max()) for i in range(3) for j in range(i))
        assert apart > 1e-9, "two states start with the same row of B"


def test_learning_is_better_than_counting_words(student):
    """On text of a known model: never below the best model that has no order at all."""
    truth = (
        logs([0.5, 0.5]),
        logs([[0.05, 0.95], [0.95, 0.05]]),
        logs([[0.45, 0.45, 0.05, 0.05], [0.05, 0.05, 0.45, 0.45]]),
    )
    draw = np.random.default_rng(30)
    sequences = [own_sample(draw, truth, 20) for _ in range(12)]
    words = [word for sequence in sequences for word in sequence]
    shares = np.bincount(words, minlength=4) / len(words)
    unigrams = sum(math.log(shares[word]) for word in words)
    found = max(learn(student, sequences, 2, 4, 30, seed)[1][-1] for seed in (0, 1))
    # how far it gets depends on the start, which is free; the true model has some 45 nats more
    assert found > unigrams - 1e-6 * abs(unigrams), (
        f"after 30 iterations the log-likelihood is {found:.4f} at best; "
        f"the proportions of the words alone have {unigrams:.4f}"
    )


def own_sample(draw, hmm, length):
    pi, A, B = map(np.exp, hmm)
    tag, words = int(draw.choice(len(pi), p=pi)), []
    for _ in range(length):
        words.append(int(draw.choice(B.shape[1], p=B[tag])))
        tag = int(draw.choice(len(pi), p=A[tag]))
    return words


def test_learning_leaves_its_arguments_alone(student):
    sequences = [list(sequence) for sequence in SEQUENCES]
    _, after = student.with_arguments(student.inference.baum_welch, sequences, 2, 3, 2, 0)
    expect_equal(after[0], SEQUENCES, "the sequences after the call")


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (([], 2, 3, 1, 0), "sequences"),
        (([[0], []], 2, 3, 1, 0), "sequences"),
        (([[0, 3]], 2, 3, 1, 0), "sequences"),
        (([[0, -1]], 2, 3, 1, 0), "sequences"),
    ],
)
def test_learning_refuses_what_cannot_be(student, arguments, name):
    with expect_error(ValueError, naming=name):
        student.inference.baum_welch(*arguments)
