"""Hidden checks of viterbi_batch in decode.py. The oracle decodes sentence by sentence."""

import math

import numpy as np
import pytest
import torch

from grader.checking.expect import (
    expect_close,
    expect_equal,
    expect_error,
    expect_left_alone,
    expect_tensor,
    expect_type,
)


def logs(table):
    with np.errstate(divide="ignore"):
        return torch.from_numpy(np.log(np.array(table, dtype=np.float64)))


def some_hmm(seed, states, words, zeros=0.0):
    draw = np.random.default_rng(seed)
    tables = []
    for shape in ((states,), (states, states), (states, words)):
        table = draw.uniform(0.05, 1, shape) * (draw.random(shape) >= zeros)
        table[..., 0] += table.sum(axis=-1) == 0
        tables.append(logs(table / table.sum(axis=-1, keepdims=True)))
    return tuple(tables)


def some_batch(seed, n_words, lengths, width=None):
    draw = np.random.default_rng(seed + 300)
    words = draw.integers(0, n_words, (len(lengths), width or max(lengths)))
    return torch.from_numpy(words), torch.tensor(lengths)


def own_viterbi(hmm, words):
    """Path and score of one sentence; of equal ones the smallest end, then the smallest before."""
    log_pi, log_A, log_B = (table.double().numpy() for table in hmm)
    best, back = log_pi + log_B[:, words[0]], []
    for word in words[1:]:
        reach = best[:, None] + log_A
        back.append(reach.argmax(axis=0))
        best = reach.max(axis=0) + log_B[:, word]
    path = [int(best.argmax())]
    for came in reversed(back):
        path.append(int(came[path[-1]]))
    return path[::-1], float(best.max())


def checked_batch(result, words, dtype):
    """Paths and scores, after their types and shapes have been looked at."""
    expect_type(result, tuple, "the result")
    expect_equal(len(result), 2, "the number of parts of the result")
    expect_tensor(result[0], tuple(words.shape), "int64", "the paths")
    expect_tensor(result[1], (len(words),), dtype, "the scores")
    return result


def expect_batch(result, hmm, words, lengths):
    """Paths and scores of every row, as numbers; an impossible row may have any path."""
    paths, scores = result
    expect_equal(tuple(paths.shape), tuple(words.shape), "the shape of the paths")
    expect_equal(tuple(scores.shape), (len(words),), "the shape of the scores")
    for b, n in enumerate(lengths.tolist()):
        path, score = own_viterbi(hmm, words[b, :n].tolist())
        expect_close(scores[b], score, what=f"the score of sentence {b}")
        if score > -math.inf:
            expect_equal(paths[b, :n].tolist(), path, f"the path of sentence {b}")
        behind = [-1] * (words.shape[1] - n)
        expect_equal(paths[b, n:].tolist(), behind, f"entries after sentence {b}")


def test_batch_is_viterbi_row_by_row(student):
    for seed, (states, n_words) in enumerate(((2, 3), (3, 5), (5, 4))):
        hmm = some_hmm(seed, states, n_words)
        words, lengths = some_batch(seed, n_words, [7] * 9)
        expect_batch(student.decode.viterbi_batch(*hmm, words, lengths), hmm, words, lengths)


def test_batch_score_of_each_row(student):
    hmm = some_hmm(5, 4, 6)
    words, lengths = some_batch(5, 6, [12] * 5)
    _, scores = student.decode.viterbi_batch(*hmm, words, lengths)
    expect_close(scores, [own_viterbi(hmm, row)[1] for row in words.tolist()], what="the scores")


def test_batch_goes_from_rows_to_columns(student):
    # from 0 one nearly must go to 1, from 1 to 2, from 2 to 0
    cycle = logs([[0.05, 0.9, 0.05], [0.05, 0.05, 0.9], [0.9, 0.05, 0.05]])
    hmm = logs([0.9, 0.05, 0.05]), cycle, logs([[0.5, 0.5]] * 3)
    words, lengths = torch.tensor([[0, 1, 0, 1], [1, 1, 0, 0]]), torch.tensor([4, 4])
    paths, _ = student.decode.viterbi_batch(*hmm, words, lengths)
    expect_close(paths, [[0, 1, 2, 0]] * 2, what="the paths")


def test_batch_tells_apart_what_is_nearly_equal(student):
    # tag 1 says word 0 with a probability larger by one in a million
    even, more = [[0.5, 0.5]] * 2, 0.5e-6
    hmm = logs([0.5, 0.5]), logs(even), logs([[0.5 - more, 0.5 + more], [0.5, 0.5]])
    words, lengths = torch.tensor([[0, 0, 0], [0, 1, 0]]), torch.tensor([3, 3])
    expect_batch(student.decode.viterbi_batch(*hmm, words, lengths), hmm, words, lengths)


def test_batch_of_unequal_lengths(student):
    for seed in range(10, 14):
        hmm = some_hmm(seed, 4, 6)
        words, lengths = some_batch(seed, 6, [3, 8, 1, 5, 8, 2, 7, 4, 6])
        expect_batch(student.decode.viterbi_batch(*hmm, words, lengths), hmm, words, lengths)


def test_batch_does_not_see_what_stands_behind_the_end(student):
    hmm = some_hmm(20, 3, 5)
    words, lengths = some_batch(20, 5, [4, 2, 1, 6])
    one = student.decode.viterbi_batch(*hmm, words, lengths)
    behind = torch.arange(words.shape[1]) >= lengths[:, None]
    for padding in (0, 4):
        expect_the_same(student, hmm, words.masked_fill(behind, padding), lengths, one)


def expect_the_same(student, hmm, words, lengths, one):
    paths, scores = student.decode.viterbi_batch(*hmm, words, lengths)
    expect_close(paths, one[0], what="the paths after other padding")
    expect_close(scores, one[1], what="the scores after other padding")


def expect_padding(student, *numbers):
    hmm = some_hmm(20, 3, 5)
    words, lengths = some_batch(20, 5, [4, 2, 1, 6])
    one = student.decode.viterbi_batch(*hmm, words, lengths)
    behind = torch.arange(words.shape[1]) >= lengths[:, None]
    for padding in numbers:
        expect_the_same(student, hmm, words.masked_fill(behind, padding), lengths, one)


def test_batch_takes_minus_one_behind_the_end(student):
    expect_padding(student, -1)


def test_batch_takes_any_number_behind_the_end(student):
    expect_padding(student, 5, -100, 10**6)


def test_batch_score_of_unequal_lengths(student):
    hmm = some_hmm(15, 4, 6)
    words, lengths = some_batch(15, 6, [3, 8, 1, 5, 2])
    _, scores = student.decode.viterbi_batch(*hmm, words, lengths)
    said = [row[:n] for row, n in zip(words.tolist(), lengths.tolist(), strict=True)]
    expect_close(scores, [own_viterbi(hmm, row)[1] for row in said], what="the scores")


def test_batch_path_up_to_the_end(student):
    hmm = some_hmm(16, 4, 6)
    words, lengths = some_batch(16, 6, [3, 8, 1, 5, 2])
    paths, _ = student.decode.viterbi_batch(*hmm, words, lengths)
    for path, row, n in zip(paths, words.tolist(), lengths.tolist(), strict=True):
        expect_close(path[:n], own_viterbi(hmm, row[:n])[0], what="the path of a sentence")


def test_batch_puts_minus_one_behind_the_end(student):
    hmm = some_hmm(17, 3, 5)
    words, lengths = some_batch(17, 5, [2, 6, 1])
    paths, _ = student.decode.viterbi_batch(*hmm, words, lengths)
    for path, n in zip(paths, lengths.tolist(), strict=True):
        expect_close(path[n:], [-1] * (6 - n), what="the entries behind the end")


def test_batch_wider_than_its_longest_sentence(student):
    hmm = some_hmm(21, 3, 4)
    words, lengths = some_batch(21, 4, [2, 4, 3], width=7)
    expect_batch(student.decode.viterbi_batch(*hmm, words, lengths), hmm, words, lengths)


def test_batch_of_one_sentence_and_of_one_word(student):
    hmm = some_hmm(22, 3, 4)
    for lengths in ([5], [1], [1, 1]):
        words, sizes = some_batch(22, 4, lengths)
        expect_batch(student.decode.viterbi_batch(*hmm, words, sizes), hmm, words, sizes)


def test_batch_ties_as_in_viterbi(student):
    half = -math.log(2)
    swap = (
        torch.full((2,), half, dtype=torch.float64),
        logs([[0.2, 0.8], [0.8, 0.2]]),
        logs([[1], [1]]),
    )
    even = logs([1 / 4] * 4), logs([[1 / 4] * 4] * 4), logs([[1]] * 4)
    lengths = torch.tensor([4, 4])
    words = torch.zeros(2, 4, dtype=torch.int64)
    expected = {
        "two states that may be exchanged": (swap, [[1, 0, 1, 0]] * 2),
        "all paths equal": (even, [[0] * 4] * 2),
    }
    for what, (hmm, wanted) in expected.items():
        paths, _ = student.decode.viterbi_batch(*hmm, words, lengths)
        expect_close(paths, wanted, what=f"the paths with {what}")


def test_batch_runs_without_a_loop_over_sentences(student):
    hmm = some_hmm(23, 3, 5)
    counts = []
    for copies in (1, 16):
        words, lengths = some_batch(23, 5, [4, 4, 4, 4] * copies)
        result, steps = student.steps(student.decode.viterbi_batch, *hmm, words, lengths)
        expect_batch(result, hmm, words, lengths)
        counts.append(steps)
    # a loop over the sentences takes some 16 times the steps for 16 times the sentences; a glance
    # at each length may cost a few
    assert counts[1] < 4 * counts[0], (
        f"for 64 sentences Python takes {counts[1]} steps in your code, for 4 it takes {counts[0]}"
    )


def test_batch_of_float32_stays_float32(student):
    words, lengths = some_batch(24, 5, [6, 6, 6])
    for dtype in ("float32", "float64"):
        hmm = tuple(table.to(getattr(torch, dtype)) for table in some_hmm(24, 3, 5))
        result = student.decode.viterbi_batch(*hmm, words, lengths)
        checked_batch(result, words, dtype)
        expect_batch(result, hmm, words, lengths)


def test_batch_sentences_do_not_influence_one_another(student):
    hmm = some_hmm(25, 4, 6)
    words, lengths = some_batch(25, 6, [7] * 5)
    paths, scores = student.decode.viterbi_batch(*hmm, words, lengths)
    order = [3, 0, 4, 2, 1]
    again, same = student.decode.viterbi_batch(*hmm, words[order], lengths[order])
    expect_close(again, paths[order], what="the paths of the same sentences reordered")
    expect_close(same, scores[order], what="the scores of the same sentences reordered")


def test_batch_where_something_is_impossible(student):
    for seed in range(30, 34):
        hmm = some_hmm(seed, 4, 3, zeros=0.4)
        words, lengths = some_batch(seed, 3, [6] * 7)
        expect_batch(student.decode.viterbi_batch(*hmm, words, lengths), hmm, words, lengths)


def test_batch_lengths_where_something_is_impossible(student):
    for seed in range(36, 40):
        hmm = some_hmm(seed, 4, 3, zeros=0.4)
        words, lengths = some_batch(seed, 3, [1, 6, 3, 4, 2, 5, 6])
        expect_batch(student.decode.viterbi_batch(*hmm, words, lengths), hmm, words, lengths)


def test_batch_of_long_sentences(student):
    hmm = some_hmm(26, 3, 30)
    words, lengths = some_batch(26, 30, [600, 600])
    paths, scores = student.decode.viterbi_batch(*hmm, words, lengths)
    log_pi, log_A, log_B = hmm
    # in long sentences several paths consist of the same factors: any of the best will do
    for b, n in enumerate(lengths.tolist()):
        path, said = paths[b, :n], words[b, :n]
        best = own_viterbi(hmm, said.tolist())[1]
        expect_close(scores[b], best, what="the score of a long sentence")
        assert ((path >= 0) & (path < 3)).all(), "the path contains a number that is not a state"
        joint = log_pi[path[0]] + log_A[path[:-1], path[1:]].sum() + log_B[path, said].sum()
        expect_close(joint, best, what="the joint log-probability of a long path")


def test_batch_leaves_its_arguments_alone(student):
    arguments = [*some_hmm(27, 3, 4), *some_batch(27, 4, [3, 1, 2])]
    expect_left_alone(student, student.decode.viterbi_batch, *arguments)


@pytest.mark.parametrize("lengths", [[0, 2], [2, 4], [2], [2, 2, 2]])
def test_batch_refuses_impossible_lengths(student, lengths):
    words = torch.zeros(2, 3, dtype=torch.int64)
    with expect_error(ValueError, naming=("lengths", "words")):
        student.decode.viterbi_batch(*some_hmm(28, 3, 4), words, torch.tensor(lengths))


@pytest.mark.parametrize("bad", [4, -1])
def test_batch_refuses_a_word_out_of_range(student, bad):
    words = torch.tensor([[0, 1, 2], [3, bad, 0]])
    with expect_error(ValueError, naming="words"):
        student.decode.viterbi_batch(*some_hmm(29, 3, 4), words, torch.tensor([3, 2]))


def test_batch_refuses_tables_that_do_not_agree(student):
    log_pi, log_A, log_B = some_hmm(35, 3, 4)
    words, lengths = some_batch(35, 4, [2, 3])
    for tables in (
        (log_pi[:2], log_A, log_B),
        (log_pi, log_A[:2], log_B),
        (log_pi, log_A[:, :2], log_B),
        (log_pi, log_A, log_B[:2]),
    ):
        with expect_error(ValueError, naming=("log_pi", "log_A", "log_B")):
            student.decode.viterbi_batch(*tables, words, lengths)
