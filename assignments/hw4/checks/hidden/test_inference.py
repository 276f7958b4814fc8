"""Hidden checks of forward_log, backward_log, posterior and posterior_decode in inference.py.

The oracle writes out all paths.
"""

import math

import numpy as np

from grader.checking.expect import (
    expect_array,
    expect_close,
    expect_equal,
    expect_error,
    expect_left_alone,
    expect_type,
)


def logs(table):
    with np.errstate(divide="ignore"):
        return np.log(np.array(table, dtype=np.float64))


def some_hmm(seed, states, words, zeros=0.0):
    """Tables of logs. `zeros`: share of the entries that are impossible."""
    draw = np.random.default_rng(seed)
    tables = []
    for shape in ((states,), (states, states), (states, words)):
        table = draw.uniform(0.05, 1, shape) * (draw.random(shape) >= zeros)
        table[..., 0] += table.sum(axis=-1) == 0
        tables.append(logs(table / table.sum(axis=-1, keepdims=True)))
    return tuple(tables)


def some_words(seed, words, length):
    return np.random.default_rng(seed + 500).integers(0, words, length).tolist()


CASES = [
    (some_hmm(seed, states, 4), some_words(seed, 4, length))
    for seed, (states, length) in enumerate(
        (states, length) for states in (2, 3, 4) for length in (2, 3, 4, 5)
    )
]


def all_paths(states, length):
    return np.indices((states,) * length).reshape(length, -1).T


def path_probabilities(hmm, words):
    """All paths, and the joint probability of each."""
    pi, A, B = map(np.exp, hmm)
    paths = all_paths(len(pi), len(words))
    p = pi[paths[:, 0]] * B[paths[:, 0], words[0]]
    for t in range(1, len(words)):
        p = p * A[paths[:, t - 1], paths[:, t]] * B[paths[:, t], words[t]]
    return paths, p


def own_alpha(hmm, words):
    """(T, S): the probabilities of all beginnings that end in a state, summed up."""
    rows = []
    for t in range(len(words)):
        paths, p = path_probabilities(hmm, words[: t + 1])
        rows.append([p[paths[:, t] == i].sum() for i in range(len(hmm[0]))])
    return np.array(rows)


def own_beta(hmm, words):
    """(T, S): what all continuations of a state say, summed up."""
    _, log_A, log_B = hmm
    rows = []
    for t in range(len(words)):
        row = [1.0] * len(log_A)
        if rest := words[t + 1 :]:
            row = [path_probabilities((after, log_A, log_B), rest)[1].sum() for after in log_A]
        rows.append(row)
    return np.array(rows)


def own_posterior(hmm, words):
    paths, p = path_probabilities(hmm, words)
    share = p / p.sum()
    rows = [[share[paths[:, t] == i].sum() for i in range(len(hmm[0]))] for t in range(len(words))]
    return np.array(rows)


def refuses_words(function):
    for words in ([], [4], [0, -1]):
        with expect_error(ValueError, naming="words"):
            function(*some_hmm(43, 3, 4), words)


def refuses_tables(function):
    log_pi, log_A, log_B = some_hmm(44, 3, 4)
    for tables in (
        (log_pi[:2], log_A, log_B),
        (log_pi, log_A[:2], log_B),
        (log_pi, log_A[:, :2], log_B),
        (log_pi, log_A, log_B[:2]),
    ):
        with expect_error(ValueError, naming=("log_pi", "log_A", "log_B")):
            function(*tables, [0, 1])


# ---- forward_log and backward_log ---------------------------------------------------------------


def test_forward_sums_over_all_beginnings(student):
    got = student.map(student.inference.forward_log, [(*hmm, words) for hmm, words in CASES])
    for (hmm, words), (alpha, _) in zip(CASES, got, strict=True):
        expect_close(alpha, np.log(own_alpha(hmm, words)), what="ln alpha")


def test_likelihood_sums_over_all_paths(student):
    got = student.map(student.inference.forward_log, [(*hmm, words) for hmm, words in CASES])
    for (hmm, words), (_, log_likelihood) in zip(CASES, got, strict=True):
        total = math.log(path_probabilities(hmm, words)[1].sum())
        expect_close(log_likelihood, total, what="the log-likelihood")


def test_backward_sums_over_all_continuations(student):
    got = student.map(student.inference.backward_log, [(*hmm, words) for hmm, words in CASES])
    for (hmm, words), beta in zip(CASES, got, strict=True):
        expect_close(beta, np.log(own_beta(hmm, words)), what="ln beta")


def test_backward_ends_in_zero(student):
    beta = student.inference.backward_log(*some_hmm(40, 4, 5), [1, 0, 3])
    expect_close(beta[-1], np.zeros(4), what="the last row of ln beta")


def one_word():
    return logs([0.6, 0.4]), logs([[0.9, 0.1], [0.2, 0.8]]), logs([[0.2, 0.8], [0.7, 0.3]])


def one_state():
    return logs([1.0]), logs([[1.0]]), logs([[0.25, 0.75]])


def test_forward_of_one_word_and_of_one_state(student):
    alpha, _ = student.inference.forward_log(*one_word(), [0])
    expect_close(np.exp(alpha), [[0.12, 0.28]], what="alpha of one word")
    alpha, _ = student.inference.forward_log(*one_state(), [0, 1])
    expect_close(np.exp(alpha), [[0.25], [0.1875]], what="alpha with one state")


def test_likelihood_of_one_word_and_of_one_state(student):
    _, log_likelihood = student.inference.forward_log(*one_word(), [0])
    expect_close(log_likelihood, math.log(0.4), what="the log-likelihood of one word")
    _, log_likelihood = student.inference.forward_log(*one_state(), [0, 1])
    expect_close(log_likelihood, math.log(0.1875), what="the log-likelihood with one state")


def test_backward_of_one_word_and_of_one_state(student):
    beta = student.inference.backward_log(*one_word(), [0])
    expect_close(beta, [[0.0, 0.0]], what="ln beta of one word")
    beta = student.inference.backward_log(*one_state(), [0, 1])
    expect_close(np.exp(beta), [[0.75], [1.0]], what="beta with one state")


def long_sentence():
    """A model, 5,000 words, ln alpha at the last, and the log-likelihood.

    In probabilities, made to sum to 1 at each word; the logs of the factors add up.
    """
    hmm, words = some_hmm(41, 3, 20), some_words(41, 20, 5000)
    pi, A, B = map(np.exp, hmm)
    forward, total = pi * B[:, words[0]], 0.0
    for t in range(5000):
        forward = (forward @ A) * B[:, words[t]] if t else forward
        total += math.log(forward.sum())
        forward = forward / forward.sum()
    return hmm, words, total + np.log(forward), total


def test_forward_of_five_thousand_words(student):
    hmm, words, last, _ = long_sentence()
    alpha, _ = student.inference.forward_log(*hmm, words)
    expect_close(alpha[-1], last, rtol=1e-10, what="the last row of ln alpha")


def test_likelihood_of_five_thousand_words(student):
    hmm, words, _, total = long_sentence()
    _, log_likelihood = student.inference.forward_log(*hmm, words)
    expect_close(log_likelihood, total, rtol=1e-10, what="the log-likelihood")


def test_backward_of_five_thousand_words(student):
    hmm, words, _, total = long_sentence()
    beta = student.inference.backward_log(*hmm, words)
    first = hmm[0] + hmm[2][:, words[0]] + beta[0]
    expect_close(own_log_sum(first), total, rtol=1e-10, what="the log-likelihood from ln beta")


def own_log_sum(values):
    top = float(np.max(values))
    return top + math.log(float(np.exp(values - top).sum())) if top > -math.inf else top


WITH_ZEROS = [(some_hmm(seed, 4, 3, zeros=0.4), some_words(seed, 3, 5)) for seed in range(50, 60)]


def test_impossible_entries_of_alpha_are_minus_infinity(student):
    for hmm, words in WITH_ZEROS:
        alpha, _ = student.inference.forward_log(*hmm, words)
        expect_close(alpha, logs(own_alpha(hmm, words)), what="ln alpha")


def test_impossible_entries_of_beta_are_minus_infinity(student):
    for hmm, words in WITH_ZEROS:
        beta = student.inference.backward_log(*hmm, words)
        expect_close(beta, logs(own_beta(hmm, words)), what="ln beta")


def test_an_impossible_sentence_has_likelihood_zero(student):
    hmm = logs([1, 0]), logs([[0.5, 0.5], [0, 1]]), logs([[1, 0, 0], [0.5, 0.5, 0]])
    for words in ([2], [1, 0], [0, 2, 1]):
        _, log_likelihood = student.inference.forward_log(*hmm, words)
        expect_close(log_likelihood, -math.inf, what="the log-likelihood of an impossible sentence")


def test_alpha_is_a_float64_array(student):
    for hmm, words in CASES[:5]:
        result = student.inference.forward_log(*hmm, words)
        expect_type(result, tuple, "the result")
        expect_array(result[0], (len(words), len(hmm[0])), "float64", "ln alpha")


def test_likelihood_is_a_float(student):
    for hmm, words in CASES[:5]:
        result = student.inference.forward_log(*hmm, words)
        expect_type(result[1], float, "the log-likelihood")


def test_beta_is_a_float64_array(student):
    for hmm, words in CASES[:5]:
        beta = student.inference.backward_log(*hmm, words)
        expect_array(beta, (len(words), len(hmm[0])), "float64", "ln beta")


def test_forward_leaves_its_arguments_alone(student):
    expect_left_alone(student, student.inference.forward_log, *some_hmm(42, 3, 4), [0, 3, 1])


def test_backward_leaves_its_arguments_alone(student):
    expect_left_alone(student, student.inference.backward_log, *some_hmm(42, 3, 4), [0, 3, 1])


def test_forward_refuses_words_that_cannot_be(student):
    refuses_words(student.inference.forward_log)


def test_backward_refuses_words_that_cannot_be(student):
    refuses_words(student.inference.backward_log)


def test_forward_refuses_tables_that_do_not_agree(student):
    refuses_tables(student.inference.forward_log)


def test_backward_refuses_tables_that_do_not_agree(student):
    refuses_tables(student.inference.backward_log)


# ---- posterior ----------------------------------------------------------------------------------


def test_posterior_is_the_share_of_the_paths(student):
    got = student.map(student.inference.posterior, [(*hmm, words) for hmm, words in CASES])
    for (hmm, words), table in zip(CASES, got, strict=True):
        expect_close(table, own_posterior(hmm, words), what="the posterior")


def test_posterior_of_a_model_without_doubt(student):
    hmm = logs([0, 1]), logs([[0, 1], [1, 0]]), logs([[1, 0], [0.5, 0.5]])
    words = [1, 0, 0, 0]
    got = student.inference.posterior(*hmm, words)
    expect_close(got, own_posterior(hmm, words), what="the posterior")


def test_posterior_of_a_long_sentence(student):
    hmm, words = some_hmm(45, 3, 20), some_words(45, 20, 2000)
    got = student.inference.posterior(*hmm, words)
    # ln alpha comes to -6000, where a float64 is spaced 1e-12, and is rounded 2000 times
    expect_close(got, own_smoothing(hmm, words), rtol=1e-7, atol=1e-7, what="the posterior")


def own_smoothing(hmm, words):
    """The posterior by recursions in both directions, scaled at every word."""
    pi, A, B = map(np.exp, hmm)
    left, right = [pi], [np.ones(len(pi))]
    for t, word in enumerate(words):
        column = (left[-1] @ A if t else pi) * B[:, word]
        left.append(column / column.sum())
    for word in reversed(words[1:]):
        column = A @ (B[:, word] * right[-1])
        right.append(column / column.sum())
    weight = np.array(left[1:]) * np.array(right[::-1])
    return weight / weight.sum(axis=1, keepdims=True)


def test_posterior_decode_gets_the_most_tags_right(student):
    """The expected number of right tags, exactly, beside the most that is possible."""
    calls = [(*hmm, words) for hmm, words in CASES]
    got = student.map(student.inference.posterior_decode, calls)
    for (hmm, words), result in zip(CASES, got, strict=True):
        path = [int(i) for i in result]
        expect_equal(len(path), len(words), "the length of the path")
        inside = all(0 <= i < len(hmm[0]) for i in path)
        assert inside, "the path contains a number that is not a state"
        gamma = own_posterior(hmm, words)
        right = gamma[np.arange(len(words)), path].sum()
        assert right > gamma.max(axis=1).sum() - 1e-9, "another path gets more tags right"


def test_posterior_decode_may_differ_from_viterbi(student):
    # each single tag has its favourite, though 0 never goes to 1: the path is impossible
    hmm = logs([0.4, 0.6]), logs([[1, 0], [0.45, 0.55]]), logs([[1.0], [1.0]])
    path = student.inference.posterior_decode(*hmm, [0, 0])
    expect_close(path, [1, 0], what="the path")


def test_posterior_decode_ties_to_the_smaller_state(student):
    # powers of two: whatever the order of sums and products, nothing is rounded
    hmm = logs([1 / 4] * 4), logs([[1 / 4] * 4] * 4), logs([[1.0]] * 4)
    path = student.inference.posterior_decode(*hmm, [0, 0, 0])
    expect_close(path, [0, 0, 0], what="the path where all states are equal")


def test_posterior_decode_tells_apart_what_is_nearly_equal(student):
    # one part in a million
    hmm = logs([0.5, 0.5]), logs([[0.5, 0.5]] * 2), logs([[0.5 - 5e-7, 0.5 + 5e-7], [0.5, 0.5]])
    path = student.inference.posterior_decode(*hmm, [0, 1, 0])
    expect_close(path, [1, 0, 1], what="the path where states are nearly equal")


def test_posterior_is_a_float64_array(student):
    for hmm, words in CASES[:5]:
        got = student.inference.posterior(*hmm, words)
        expect_array(got, (len(words), len(hmm[0])), "float64", "the posterior")


def test_posterior_decode_is_an_int64_array(student):
    for hmm, words in CASES[:5]:
        path = student.inference.posterior_decode(*hmm, words)
        expect_array(path, (len(words),), "int64", "the path")


def test_posterior_leaves_its_arguments_alone(student):
    expect_left_alone(student, student.inference.posterior, *some_hmm(46, 3, 4), [0, 3, 1])


def test_posterior_decode_leaves_its_arguments_alone(student):
    expect_left_alone(student, student.inference.posterior_decode, *some_hmm(46, 3, 4), [0, 3, 1])


def test_posterior_refuses_what_cannot_be(student):
    refuses_words(student.inference.posterior)
    refuses_tables(student.inference.posterior)


def test_posterior_decode_refuses_what_cannot_be(student):
    refuses_words(student.inference.posterior_decode)
    refuses_tables(student.inference.posterior_decode)
