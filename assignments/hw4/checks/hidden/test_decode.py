"""Hidden checks of viterbi, greedy and beam_search in decode.py. The oracle writes out all paths."""

import math

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

HALF = -math.log(2)


def some_hmm(seed, states, words, zeros=0.0):
    """Tables of logs. `zeros`: share of the entries that are impossible."""
    draw = np.random.default_rng(seed)
    tables = []
    for shape in ((states,), (states, states), (states, words)):
        table = draw.uniform(0.05, 1, shape) * (draw.random(shape) >= zeros)
        table[..., 0] += table.sum(axis=-1) == 0  # some way must be left
        tables.append(logs(table / table.sum(axis=-1, keepdims=True)))
    return tuple(tables)


def logs(table):
    with np.errstate(divide="ignore"):
        return np.log(np.array(table, dtype=np.float64))


def some_words(seed, words, length):
    return np.random.default_rng(seed + 500).integers(0, words, length).tolist()


def joint(hmm, words, path):
    """Sum of the logs along a path, or along each row of paths."""
    log_pi, log_A, log_B = hmm
    path = np.asarray(path)
    score = log_pi[path[..., 0]] + log_B[path[..., 0], words[0]]
    for t in range(1, len(words)):
        score = score + log_A[path[..., t - 1], path[..., t]] + log_B[path[..., t], words[t]]
    return score


def all_paths(states, length):
    return np.indices((states,) * length).reshape(length, -1).T


def own_viterbi(hmm, words, k=None):
    """Best score; with k, only that many states stay in each column (no ties expected)."""
    log_pi, log_A, log_B = hmm
    best, paths = log_pi + log_B[:, words[0]], [[i] for i in range(len(log_pi))]
    for t, word in enumerate([*words[1:], None]):
        if k is not None:
            cut = np.sort(best)[-k] if k <= len(best) else -math.inf
            best = np.where(best >= cut, best, -math.inf)
        if word is None:
            break
        reach = best[:, None] + log_A
        came = reach.argmax(axis=0)
        best = reach.max(axis=0) + log_B[:, words[t + 1]]
        paths = [[*paths[i], j] for j, i in enumerate(came)]
    return paths[int(best.argmax())], float(best.max())


CASES = [
    (some_hmm(seed, states, 5), some_words(seed, 5, length))
    for seed, (states, length) in enumerate(
        (states, length) for states in (2, 3, 4) for length in (1, 2, 3, 4, 5, 6) for _ in range(3)
    )
]


def expect_result(result, length, states, what):
    """The path as ints and the score as a float, whatever held them."""
    path, score = [int(i) for i in result[0]], float(result[1])
    expect_equal(len(path), length, f"the length of the path of {what}")
    inside = all(0 <= i < states for i in path)
    assert inside, f"the path of {what} contains a number that is not a state"
    return path, score


def expect_types(result, length):
    """What the handout says of the types of path and score."""
    expect_type(result, tuple, "the result")
    path, score = result
    expect_array(path, (length,), "int64", "the path")
    expect_type(score, float, "the score")


def tables_that_do_not_agree():
    log_pi, log_A, log_B = some_hmm(66, 3, 4)
    return [
        (log_pi[:2], log_A, log_B),
        (log_pi, log_A[:2], log_B),
        (log_pi, log_A[:, :2], log_B),
        (log_pi, log_A, log_B[:2]),
    ]


def refuses_tables(student, function, *more):
    for tables in tables_that_do_not_agree():
        with expect_error(ValueError, naming=("log_pi", "log_A", "log_B")):
            function(*tables, [0, 1], *more)


# ---- viterbi ------------------------------------------------------------------------------------


def test_viterbi_score_is_the_best_of_all_paths(student):
    got = student.map(student.decode.viterbi, [(*hmm, words) for hmm, words in CASES])
    for (hmm, words), result in zip(CASES, got, strict=True):
        best = joint(hmm, words, all_paths(len(hmm[0]), len(words))).max()
        _, score = expect_result(result, len(words), len(hmm[0]), "viterbi")
        expect_close(score, float(best), what="the score")


def test_viterbi_path_is_the_best_of_all_paths(student):
    longer = [(hmm, words) for hmm, words in CASES if len(words) > 1]  # one word: its own check
    got = student.map(student.decode.viterbi, [(*hmm, words) for hmm, words in longer])
    for (hmm, words), result in zip(longer, got, strict=True):
        paths = all_paths(len(hmm[0]), len(words))
        scores = joint(hmm, words, paths)
        first, second = np.sort(scores)[::-1][:2]
        path, _ = expect_result(result, len(words), len(hmm[0]), "viterbi")
        if first - second > 1e-9:
            expect_equal(path, paths[scores.argmax()].tolist(), "the path")


def nearly_equal():
    """Tag 1 says word 0, tag 0 word 1 with a probability larger by one part in a million."""
    more = 0.5e-6
    return logs([0.5, 0.5]), logs([[0.5, 0.5]] * 2), logs([[0.5 - more, 0.5 + more], [0.5, 0.5]])


def test_viterbi_tells_paths_apart_that_are_nearly_equal(student):
    for words, best in (([0, 0, 0], [1, 1, 1]), ([0, 1, 0], [1, 0, 1])):
        result = student.decode.viterbi(*nearly_equal(), words)
        path, _ = expect_result(result, 3, 2, "viterbi")
        expect_equal(path, best, "the path")


def test_viterbi_path_of_forty_words(student):
    hmm, words = some_hmm(60, 5, 7), some_words(60, 7, 40)
    path, _ = expect_result(student.decode.viterbi(*hmm, words), 40, 5, "viterbi")
    best = own_viterbi(hmm, words)[1]
    expect_close(float(joint(hmm, words, path)), best, what="the joint log-probability of the path")


def test_viterbi_score_of_forty_words(student):
    hmm, words = some_hmm(60, 5, 7), some_words(60, 7, 40)
    _, score = student.decode.viterbi(*hmm, words)
    expect_close(score, own_viterbi(hmm, words)[1], what="the score")


def test_viterbi_score_counts_the_last_word(student):
    hmm = logs([0.5, 0.5]), logs([[0.6, 0.4], [0.6, 0.4]]), logs([[0.9, 0.1], [0.1, 0.9]])
    for words, best in (([0, 1], 0.5 * 0.9 * 0.4 * 0.9), ([0, 0], 0.5 * 0.9 * 0.6 * 0.9)):
        _, score = student.decode.viterbi(*hmm, words)
        expect_close(score, math.log(best), what="the score")


def one_word():
    return logs([0.6, 0.4]), logs([[0.9, 0.1], [0.9, 0.1]]), logs([[0.2, 0.8], [0.7, 0.3]])


def one_state():
    return logs([1.0]), logs([[1.0]]), logs([[0.25, 0.75]])


def test_viterbi_of_one_word_and_of_one_state(student):
    path, _ = expect_result(student.decode.viterbi(*one_word(), [0]), 1, 2, "viterbi")
    expect_equal(path, [1], "the path of one word")
    path, _ = expect_result(student.decode.viterbi(*one_state(), [0, 1, 1]), 3, 1, "viterbi")
    expect_equal(path, [0, 0, 0], "the path of one state")


def test_viterbi_score_of_one_word_and_of_one_state(student):
    _, score = student.decode.viterbi(*one_word(), [0])
    expect_close(score, math.log(0.28), what="the score of one word")
    _, score = student.decode.viterbi(*one_state(), [0, 1, 1])
    expect_close(score, math.log(0.25 * 0.75**2), what="the score with one state")


def test_viterbi_of_a_long_sentence(student):
    hmm, words = some_hmm(61, 4, 30), some_words(61, 30, 2000)
    _, score = student.decode.viterbi(*hmm, words)
    expect_close(score, own_viterbi(hmm, words)[1], what="the score")


def test_viterbi_counts_the_start(student):
    # the words say nothing, and no tag is left: the start decides alone
    hmm = logs([0.2, 0.8]), logs([[0.9, 0.1], [0.1, 0.9]]), logs([[0.5, 0.5], [0.5, 0.5]])
    path, _ = expect_result(student.decode.viterbi(*hmm, [0, 1, 0]), 3, 2, "viterbi")
    expect_equal(path, [1, 1, 1], "the path")


def test_viterbi_counts_the_last_word(student):
    hmm = logs([0.5, 0.5]), logs([[0.6, 0.4], [0.6, 0.4]]), logs([[0.9, 0.1], [0.1, 0.9]])
    path, _ = expect_result(student.decode.viterbi(*hmm, [0, 1]), 2, 2, "viterbi")
    expect_equal(path, [0, 1], "the path")


def test_viterbi_goes_from_rows_to_columns(student):
    # from 0 one nearly must go to 1, from 1 to 2, from 2 to 0
    cycle = logs([[0.05, 0.9, 0.05], [0.05, 0.05, 0.9], [0.9, 0.05, 0.05]])
    hmm = logs([0.9, 0.05, 0.05]), cycle, logs([[0.5, 0.5]] * 3)
    path, _ = expect_result(student.decode.viterbi(*hmm, [0, 1, 0, 1, 0]), 5, 3, "viterbi")
    expect_equal(path, [0, 1, 2, 0, 1], "the path")


def test_viterbi_changes_its_mind(student):
    # word 1 looks like tag 0 until word 2 comes, which only tag 1 says, and 0 never goes to 1
    hmm = logs([0.8, 0.2]), logs([[1, 0], [0.3, 0.7]]), logs([[0.9, 0, 0.1], [0.4, 0.5, 0.1]])
    path, _ = expect_result(student.decode.viterbi(*hmm, [0, 0, 1, 2]), 4, 2, "viterbi")
    expect_equal(path[:3], [1, 1, 1], "the first three tags")


def test_viterbi_ties_the_end_decides_first(student):
    # 0101 and 1010 are the best, exchanging the states changes nothing
    hmm = np.full(2, HALF), logs([[0.2, 0.8], [0.8, 0.2]]), np.full((2, 1), 0.0)
    for length, expected in ((2, [1, 0]), (3, [0, 1, 0]), (4, [1, 0, 1, 0])):
        path, _ = expect_result(student.decode.viterbi(*hmm, [0] * length), length, 2, "viterbi")
        expect_equal(path, expected, f"the path of length {length}")


def test_viterbi_ties_in_the_middle(student):
    # words 0 and 2 belong to tags 0 and 3; tags 1 and 2 are twins between them
    step = logs([[0.2, 0.4, 0.4, 0], [0, 0.1, 0.1, 0.8], [0, 0.1, 0.1, 0.8], [1, 0, 0, 0]])
    say = logs([[1, 0, 0], [0, 1, 0], [0, 1, 0], [0, 0, 1]])
    hmm = logs([0.7, 0.1, 0.1, 0.1]), step, say
    path, _ = expect_result(student.decode.viterbi(*hmm, [0, 1, 2, 0]), 4, 4, "viterbi")
    expect_equal(path, [0, 1, 3, 0], "the path")


def test_viterbi_never_takes_an_impossible_way(student):
    for hmm, words, best in with_zeros():
        _, score = student.decode.viterbi(*hmm, words)
        expect_close(score, best, what="the score")


def test_viterbi_path_is_never_impossible(student):
    for hmm, words, best in with_zeros():
        path, _ = expect_result(student.decode.viterbi(*hmm, words), 5, 4, "viterbi")
        if best > -math.inf:
            expect_close(float(joint(hmm, words, path)), best, what="the probability of the path")


def with_zeros():
    """Models in which much is impossible, a sentence of each, and the best score."""
    for seed in range(70, 82):
        hmm, words = some_hmm(seed, 4, 3, zeros=0.4), some_words(seed, 3, 5)
        yield hmm, words, float(joint(hmm, words, all_paths(4, 5)).max())


NOTHING = logs([1, 0]), logs([[0.5, 0.5], [0, 1]]), logs([[1, 0, 0], [0.5, 0.5, 0]])
IMPOSSIBLE = [2], [0, 2, 0], [1, 0, 1]


def test_viterbi_where_nothing_is_possible(student):
    for words in IMPOSSIBLE:
        result = student.decode.viterbi(*NOTHING, words)
        _, score = expect_result(result, len(words), 2, "viterbi")
        expect_equal(score, -math.inf, "the score of an impossible sentence")


def test_viterbi_counts_a_word_as_often_as_it_stands_there(student):
    log_pi, log_A, log_B = some_hmm(62, 3, 4)
    words = [1, 0, 1, 3, 1, 2]
    _, score = student.decode.viterbi(log_pi, log_A, log_B, words)
    shifted = log_B - 2.5 * (np.arange(4) == 1)
    _, lower = student.decode.viterbi(log_pi, log_A, shifted, words)
    expect_close(lower, score - 7.5, what="the score after one word got less probable")


def test_viterbi_path_is_an_int64_array(student):
    for hmm, words in CASES[:9]:
        result = student.decode.viterbi(*hmm, words)
        expect_type(result, tuple, "the result")
        expect_array(result[0], (len(words),), "int64", "the path")


def test_viterbi_score_is_a_float(student):
    for hmm, words in CASES[:9]:
        expect_type(student.decode.viterbi(*hmm, words)[1], float, "the score")


def test_viterbi_leaves_its_arguments_alone(student):
    expect_left_alone(student, student.decode.viterbi, *some_hmm(64, 3, 4), some_words(64, 4, 6))


@pytest.mark.parametrize("words", [[], [4], [0, -1]])
def test_viterbi_refuses_words_that_cannot_be(student, words):
    with expect_error(ValueError, naming="words"):
        student.decode.viterbi(*some_hmm(65, 3, 4), words)


def test_viterbi_refuses_tables_that_do_not_agree(student):
    refuses_tables(student, student.decode.viterbi)


# ---- greedy -------------------------------------------------------------------------------------


def own_greedy(hmm, words):
    log_pi, log_A, log_B = hmm
    path = [int(np.argmax(log_pi + log_B[:, words[0]]))]
    for word in words[1:]:
        path.append(int(np.argmax(log_A[path[-1]] + log_B[:, word])))
    return path


def test_greedy_takes_the_best_next_state(student):
    got = student.map(student.decode.greedy, [(*hmm, words) for hmm, words in CASES])
    for (hmm, words), result in zip(CASES, got, strict=True):
        path, _ = expect_result(result, len(words), len(hmm[0]), "greedy")
        expect_equal(path, own_greedy(hmm, words), "the greedy path")


def test_greedy_score_is_that_of_its_path(student):
    hmm, words = some_hmm(67, 4, 30), some_words(67, 30, 1000)
    path, score = expect_result(student.decode.greedy(*hmm, words), 1000, 4, "greedy")
    expect_close(score, float(joint(hmm, words, path)), what="the score")


def test_greedy_score_of_short_sentences(student):
    got = student.map(student.decode.greedy, [(*hmm, words) for hmm, words in CASES])
    for (hmm, words), (_, score) in zip(CASES, got, strict=True):
        best = float(joint(hmm, words, own_greedy(hmm, words)))
        expect_close(score, best, what="the score of the greedy path")


def test_greedy_ties_to_the_smaller_state(student):
    hmm = np.full(3, -math.log(3)), np.full((3, 3), -math.log(3)), np.zeros((3, 1))
    path, _ = expect_result(student.decode.greedy(*hmm, [0, 0, 0]), 3, 3, "greedy")
    expect_equal(path, [0, 0, 0], "the path where all paths are equal")


def test_greedy_tells_apart_what_is_nearly_equal(student):
    path, _ = expect_result(student.decode.greedy(*nearly_equal(), [0, 1, 0]), 3, 2, "greedy")
    expect_equal(path, [1, 0, 1], "the path where paths are nearly equal")


def test_greedy_can_run_into_a_dead_end(student):
    hmm = logs([0.9, 0.1]), logs([[1, 0], [0.5, 0.5]]), logs([[1, 0], [0.5, 0.5]])
    _, score = expect_result(student.decode.greedy(*hmm, [0, 1]), 2, 2, "greedy")
    expect_equal(score, -math.inf, "the score of a dead end")
    for words in IMPOSSIBLE:
        _, score = expect_result(student.decode.greedy(*NOTHING, words), len(words), 2, "greedy")
        expect_equal(score, -math.inf, "the score of an impossible sentence")


# ---- beam_search --------------------------------------------------------------------------------


def test_beam_of_one_is_greedy(student):
    got = student.map(student.decode.beam_search, [(*hmm, words, 1) for hmm, words in CASES])
    for (hmm, words), result in zip(CASES, got, strict=True):
        path, score = expect_result(result, len(words), len(hmm[0]), "beam_search with k = 1")
        expect_equal(path, own_greedy(hmm, words), "the path of k = 1")
        expect_close(score, float(joint(hmm, words, path)), what="the score of k = 1")


def test_beam_of_all_states_is_viterbi(student):
    calls = [(*hmm, words, len(hmm[0])) for hmm, words in CASES]
    got = student.map(student.decode.beam_search, calls)
    for (hmm, words), result in zip(CASES, got, strict=True):
        best = float(joint(hmm, words, all_paths(len(hmm[0]), len(words))).max())
        path, score = expect_result(result, len(words), len(hmm[0]), "beam_search with k = S")
        expect_close(score, best, what="the score of k = S")
        expect_close(float(joint(hmm, words, path)), best, what="the path of k = S")


def test_beam_of_two(student):
    expect_beam(student, 2)


def test_beam_of_three(student):
    expect_beam(student, 3)


def expect_beam(student, k):
    # not 91: two of its paths consist of the same factors in a different order; nor 86: two states
    # are nearly equal
    seeds = [seed for seed in range(80, 110) if seed not in {86, 91}]
    cases = [(some_hmm(seed, 5, 4), some_words(seed, 4, 12)) for seed in seeds]
    got = student.map(student.decode.beam_search, [(*hmm, words, k) for hmm, words in cases])
    for (hmm, words), result in zip(cases, got, strict=True):
        expected, score = own_viterbi(hmm, words, k)
        path, found = expect_result(result, 12, 5, f"beam_search with k = {k}")
        expect_equal(path, expected, f"the path of k = {k}")
        expect_close(found, score, what=f"the score of k = {k}")


def test_beam_that_is_too_narrow_loses(student):
    # three columns long tag 2 looks worst, and is the only one that can say word 1
    say = logs([[0.5, 0, 0.5], [0.4, 0, 0.6], [0.2, 0.5, 0.3]])
    hmm = logs([0.4, 0.35, 0.25]), logs([[0.6, 0.4, 0], [0.4, 0.6, 0], [0.1, 0.1, 0.8]]), say
    words = [0, 0, 1]
    _, wide = expect_result(student.decode.beam_search(*hmm, words, 3), 3, 3, "beam_search")
    expect_close(wide, math.log(0.25 * 0.2 * 0.8 * 0.2 * 0.8 * 0.5), what="the score of k = 3")
    _, narrow = expect_result(student.decode.beam_search(*hmm, words, 2), 3, 3, "beam_search")
    expect_equal(narrow, -math.inf, "the score of k = 2, which has lost the only way")


def test_beam_keeps_different_states(student):
    # the two best *paths* into column 2 both end in tag 0 (0.171 and 0.045, against 0.0225 into
    # tag 1), and the best path goes through tag 1
    hmm = (
        logs([0.5, 0.5]),
        logs([[0.95, 0.05], [0.5, 0.5]]),
        logs([[0.6, 0.39, 0.01], [0.3, 0.1, 0.6]]),
    )
    words = [0, 0, 2]
    paths = all_paths(2, 3)
    best = float(joint(hmm, words, paths).max())
    path, score = expect_result(student.decode.beam_search(*hmm, words, 2), 3, 2, "beam_search")
    expect_close(score, best, what="the score of k = S = 2")
    expect_close(float(joint(hmm, words, path)), best, what="the path of k = S = 2")


def test_beam_tells_apart_what_is_nearly_equal(student):
    path, _ = expect_result(
        student.decode.beam_search(*nearly_equal(), [0, 1, 0], 1), 3, 2, "k = 1"
    )
    expect_equal(path, [1, 0, 1], "the path")


def test_beam_cuts_ties_to_the_smaller_state(student):
    # tags 1 to 3 are twins: of k = 2 tag 0 and the smallest twin stay, and only twin 1 can go on
    say = logs([[0.7, 0.3], [0.4, 0.6], [0.4, 0.6], [0.4, 0.6]])
    step = logs([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
    hmm = logs([0.25] * 4), step, say
    path, score = expect_result(student.decode.beam_search(*hmm, [0, 1, 1, 1], 2), 4, 4, "k = 2")
    expect_equal(path, [1, 1, 1, 1], "the path")
    expect_close(score, math.log(0.25 * 0.4 * 0.6**3), what="the score")
    # the handout's example: of two that tie for the last place one goes, and with it the best path
    step = logs([[0.2, 0.2, 0.6], [0.4, 0.1, 0.5], [0.2, 0.6, 0.2]])
    hmm = logs([0.2, 0.6, 0.2]), step, logs([[0.8, 0.2], [0.3, 0.7], [0.8, 0.2]])
    path, score = expect_result(student.decode.beam_search(*hmm, [0, 1, 0], 2), 3, 3, "k = 2")
    expect_equal(path, [0, 1, 2], "the path")
    expect_close(score, math.log(0.00896), what="the score")
    # two states that may be exchanged: a path is traced back as in viterbi
    hmm = np.full(2, HALF), logs([[0.2, 0.8], [0.8, 0.2]]), np.full((2, 1), 0.0)
    for length, expected in ((2, [1, 0]), (3, [0, 1, 0]), (4, [1, 0, 1, 0])):
        result = student.decode.beam_search(*hmm, [0] * length, 2)
        path, _ = expect_result(result, length, 2, "beam_search")
        expect_equal(path, expected, f"the path of length {length}")


def test_beam_where_nothing_is_possible(student):
    for words in IMPOSSIBLE:
        for k in (1, 2):
            result = student.decode.beam_search(*NOTHING, words, k)
            _, score = expect_result(result, len(words), 2, "beam_search")
            expect_equal(score, -math.inf, "the score of an impossible sentence")


def test_beam_wider_than_the_states(student):
    hmm, words = some_hmm(111, 3, 4), some_words(111, 4, 8)
    _, score = expect_result(student.decode.beam_search(*hmm, words, 7), 8, 3, "beam_search")
    expect_close(score, own_viterbi(hmm, words)[1], what="the score of k > S")


def test_beam_of_one_word(student):
    hmm = logs([0.6, 0.4]), logs([[0.9, 0.1], [0.9, 0.1]]), logs([[0.2, 0.8], [0.7, 0.3]])
    for k in (1, 2):
        path, score = expect_result(student.decode.beam_search(*hmm, [0], k), 1, 2, "beam_search")
        expect_equal(path, [1], "the path")
        expect_close(score, math.log(0.28), what="the score")


def test_greedy_leaves_its_arguments_alone(student):
    expect_left_alone(student, student.decode.greedy, *some_hmm(112, 3, 4), some_words(112, 4, 6))


def test_beam_leaves_its_arguments_alone(student):
    hmm, words = some_hmm(112, 3, 4), some_words(112, 4, 6)
    expect_left_alone(student, student.decode.beam_search, *hmm, words, 2)


def test_greedy_returns_an_array_and_a_float(student):
    for hmm, words in CASES[:9]:
        expect_types(student.decode.greedy(*hmm, words), len(words))


def test_beam_returns_an_array_and_a_float(student):
    for hmm, words in CASES[:9]:
        for k in (1, 2):
            expect_types(student.decode.beam_search(*hmm, words, k), len(words))


def test_beam_refuses_no_width(student):
    for k in (0, -1):
        with expect_error(ValueError, naming="k"):
            student.decode.beam_search(*some_hmm(113, 3, 4), [0, 1], k)


@pytest.mark.parametrize("words", [[], [4], [0, -1]])
def test_greedy_refuses_words_that_cannot_be(student, words):
    with expect_error(ValueError, naming="words"):
        student.decode.greedy(*some_hmm(114, 3, 4), words)


@pytest.mark.parametrize("words", [[], [4], [0, -1]])
def test_beam_refuses_words_that_cannot_be(student, words):
    with expect_error(ValueError, naming="words"):
        student.decode.beam_search(*some_hmm(114, 3, 4), words, 2)


def test_greedy_refuses_tables_that_do_not_agree(student):
    refuses_tables(student, student.decode.greedy)


def test_beam_refuses_tables_that_do_not_agree(student):
    refuses_tables(student, student.decode.beam_search, 2)
