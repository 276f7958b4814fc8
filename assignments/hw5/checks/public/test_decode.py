"""Public checks of decode.py: the table of the handout, and greedy search on a small model."""

import math

import torch

from grader.checking.expect import expect_close, expect_equal, expect_true, expect_type

BOS, EOS, A, B = 0, 1, 2, 3


def handout_table():
    """First a .6 or b .4. After a: eos .4, a .3, b .3; after b: eos .9, a .05, b .05. Then eos."""
    table = torch.zeros(3, 4, 4, dtype=torch.float64)
    table[0, BOS, A], table[0, BOS, B] = 0.6, 0.4
    table[1, A, EOS], table[1, A, A], table[1, A, B] = 0.4, 0.3, 0.3
    table[1, B, EOS], table[1, B, A], table[1, B, B] = 0.9, 0.05, 0.05
    table[2, :, EOS] = 1.0
    return table.log()


def test_beam_of_one_takes_the_best_first_word(student):
    found = student.decode.beam_search_table(handout_table(), BOS, EOS, 1)
    expect_equal(
        [words for words, _ in found],
        [[A]],
        {"en": "the list of word sequences", "ko": "단어열 목록"},
    )
    expect_close(found[0][1], math.log(0.6 * 0.4), what={"en": "the score", "ko": "점수"})


def test_beam_of_two_finds_the_better_sentence(student):
    found = student.decode.beam_search_table(handout_table(), BOS, EOS, 2)
    words, score = found[0]
    expect_equal(words, [B], {"en": "the best word sequence", "ko": "가장 좋은 단어열"})
    expect_close(score, math.log(0.4 * 0.9), what={"en": "the best score", "ko": "가장 좋은 점수"})


def test_greedy_gives_a_list_for_each_row(student):
    encoder = student.seq2seq.Encoder(10, 5, 6, seed=1)
    decoder = student.seq2seq.Decoder(11, 5, 6, seed=2)
    model = student.seq2seq.Seq2Seq(encoder, decoder)
    src, lengths = torch.tensor([[4, 5, 6], [8, 9, 0]]), torch.tensor([3, 2])
    found = student.decode.greedy(model, src, lengths, 1, 2, 4)
    expect_type(found, list, {"en": "the result", "ko": "결과"})
    expect_equal(len(found), 2, {"en": "the number of lists", "ko": "리스트의 수"})
    for words in found:
        expect_true(
            len(words) <= 4,
            {
                "en": "a row must have at most max_length words",
                "ko": "한 행의 단어 수는 max_length를 넘을 수 없습니다",
            },
        )
        expect_true(
            all(int(word) != 2 for word in words),
            {"en": "eos must not be returned", "ko": "eos는 반환하면 안 됩니다"},
        )


def table_of_one_word():
    """First eos .3 or a .7; then eos."""
    table = torch.zeros(2, 3, 3, dtype=torch.float64)
    table[0, BOS, EOS], table[0, BOS, A] = 0.3, 0.7
    table[1, :, EOS] = 1.0
    return table.log()


def test_beam_of_three_with_and_without_a_penalty(student):
    plain, long, one_word = student.map(
        student.decode.beam_search_table,
        [
            (handout_table(), BOS, EOS, 3),
            (handout_table(), BOS, EOS, 3, 1.0),
            (table_of_one_word(), BOS, EOS, 2),
        ],
    )
    # of a a and a b, .18 each, the smaller one was kept
    expect_equal(
        [words for words, _ in plain],
        [[B], [A], [A, A]],
        {
            "en": "the list of word sequences without length_penalty",
            "ko": "length_penalty 없는 단어열 목록",
        },
    )
    expect_equal(
        [words for words, _ in long],
        [[B], [A, A], [A]],
        {
            "en": "the list of word sequences with length_penalty 1",
            "ko": "length_penalty 1의 단어열 목록",
        },
    )
    # the empty sentence is found first, and a is better
    expect_equal(
        [words for words, _ in one_word],
        [[A], []],
        {
            "en": "the list of word sequences where a has 0.7 and the empty sentence 0.3",
            "ko": "a가 0.7, 빈 문장이 0.3일 때의 단어열 목록",
        },
    )
    scores = [math.log(0.36) / 2, math.log(0.18) / 3, math.log(0.24) / 2]
    expect_close(
        [score for _, score in long],
        scores,
        what={
            "en": "the list of scores with length_penalty 1",
            "ko": "length_penalty 1의 점수 목록",
        },
    )
