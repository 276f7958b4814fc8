"""Public checks of decode.py."""

import math

import numpy as np
import torch

from grader.checking.expect import expect_close

THE_PATH = {"en": "the path", "ko": "경로"}
THE_SCORE = {"en": "the score", "ko": "점수"}

TRELLIS = tuple(
    np.log(table)
    for table in ([0.7, 0.3], [[0.6, 0.4], [0.2, 0.8]], [[0.3, 0.4, 0.3], [0.1, 0.4, 0.5]])
)
THREE_TAGS = tuple(
    np.log(table)
    for table in (
        [0.2, 0.6, 0.2],
        [[0.2, 0.2, 0.6], [0.4, 0.1, 0.5], [0.2, 0.6, 0.2]],
        [[0.8, 0.2], [0.3, 0.7], [0.8, 0.2]],
    )
)


def test_viterbi_worked_example(student):
    path, _ = student.decode.viterbi(*TRELLIS, [1, 2, 0])
    expect_close(path, [0, 0, 0], what=THE_PATH)


def test_viterbi_score_worked_example(student):
    _, score = student.decode.viterbi(*TRELLIS, [1, 2, 0])
    expect_close(score, math.log(0.009072), what=THE_SCORE)


def test_viterbi_tie_worked_example(student):
    for states in (2, 3, 4):
        even = -math.log(states)
        uniform = np.full(states, even), np.full((states, states), even), np.zeros((states, 1))
        path, _ = student.decode.viterbi(*uniform, [0, 0, 0])
        expect_close(
            path,
            [0, 0, 0],
            what={"en": f"the path with {states} tags", "ko": f"태그가 {states}개일 때의 경로"},
        )


def test_greedy_worked_example(student):
    calls = [(*TRELLIS, [1, 2, 0]), (*THREE_TAGS, [0, 1, 0])]
    expected = [([0, 1, 1], 0.00448), ([1, 2, 1], 0.00324)]
    found = student.map(student.decode.greedy, calls)
    for (path, score), (wanted, probability) in zip(found, expected, strict=True):
        expect_close(path, wanted, what=THE_PATH)
        expect_close(score, math.log(probability), what=THE_SCORE)


def test_beam_search_worked_example(student):
    # not k = 2: the handout's two tags tie at 0.16. With one word more no tag is left uncut
    calls = [([0, 1, 0], 1), ([0, 1, 0, 1], 1), ([0, 1, 0], 3)]
    expected = [([1, 2, 1], 0.00324), ([1, 2, 1, 2], 0.000324), ([2, 1, 2], 0.02688)]
    found = student.map(student.decode.beam_search, [(*THREE_TAGS, *call) for call in calls])
    for (_, k), (path, score), (wanted, probability) in zip(calls, found, expected, strict=True):
        expect_close(
            path, wanted, what={"en": f"the path for k = {k}", "ko": f"k = {k}일 때의 경로"}
        )
        expect_close(
            score,
            math.log(probability),
            what={"en": f"the score for k = {k}", "ko": f"k = {k}일 때의 점수"},
        )


def test_viterbi_batch_worked_example(student):
    paths, scores = batch(student)
    expect_close(
        paths[0],
        [0, 0, 0],
        what={
            "en": "the path of the sentence that fills its row",
            "ko": "행을 가득 채운 문장의 경로",
        },
    )
    expect_close(
        scores[0],
        math.log(0.009072),
        what={
            "en": "the score of the sentence that fills its row",
            "ko": "행을 가득 채운 문장의 점수",
        },
    )


def batch(student):
    """The handout's three sentences, of three, two and one words."""
    words = torch.tensor([[1, 2, 0], [2, 2, 0], [2, 0, 0]])
    tables = [torch.from_numpy(table) for table in TRELLIS]
    return student.decode.viterbi_batch(*tables, words, torch.tensor([3, 2, 1]))


def test_viterbi_batch_lengths_worked_example(student):
    paths, scores = batch(student)
    expect_close(
        paths,
        [[0, 0, 0], [1, 1, -1], [0, -1, -1]],
        what={"en": "the table of paths", "ko": "경로의 표"},
    )
    expect_close(
        scores,
        [math.log(p) for p in (0.009072, 0.06, 0.21)],
        what={"en": "the list of scores", "ko": "점수 목록"},
    )
