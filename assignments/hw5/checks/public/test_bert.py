"""Public checks of bert.py: the examples of the handout."""

import torch

from grader.checking.expect import expect_close, expect_equal, expect_tensor, expect_true


def test_wordpiece_of_the_handout(student):
    vocab = ["play", "##ing", "##ed", "un", "##aff", "##able", "서울", "##역", "##에"]
    words = ["playing", "unaffable", "서울역에", "going"]
    pieces = student.map(student.bert.wordpiece, [(word, vocab) for word in words])
    expected = [["play", "##ing"], ["un", "##aff", "##able"], ["서울", "##역", "##에"], ["[UNK]"]]
    expect_equal(
        [list(found) for found in pieces], expected, {"en": "the list of pieces", "ko": "조각 목록"}
    )


def test_pack_of_the_handout(student):
    ids, segments = student.bert.pack([5, 6], [7], 1, 2, 9)
    packed = [int(i) for i in ids], [int(segment) for segment in segments]
    expect_equal(
        packed,
        ([1, 5, 6, 2, 7, 2], [0, 0, 0, 0, 1, 1]),
        {"en": "(ids, segments)", "ko": "(id, 세그먼트)"},
    )


def test_mask_tokens_shapes(student):
    ids = torch.arange(5, 17).reshape(3, 4)
    special = torch.zeros(3, 4, dtype=torch.bool)
    inputs, labels = student.bert.mask_tokens(ids, special, 20, 4, 0)
    expect_tensor(inputs, (3, 4), what={"en": "the input tensor", "ko": "입력"})
    expect_tensor(labels, (3, 4), what={"en": "the label tensor", "ko": "레이블"})
    chosen = labels != -100
    what = {"en": "the tensor of labels of chosen tokens", "ko": "선택한 토큰의 레이블"}
    expect_close(labels[chosen], ids[chosen], what=what)


def test_next_sentence_pairs_are_triples(student):
    pairs = student.bert.next_sentence_pairs([[[5], [6], [7]], [[8], [9]]], 0)
    expect_equal(
        len(pairs),
        3,
        {
            "en": "the number of pairs (one for each sentence with a successor)",
            "ko": "쌍의 수(다음 문장이 있는 문장마다 하나)",
        },
    )
    for first, second, is_next in pairs:
        following = {5: [6], 6: [7], 8: [9]}[first[0]]
        others = [[8], [9]] if first[0] < 8 else [[5], [6], [7]]
        expect_true(
            second in ([following] if is_next else others),
            {
                "en": "the second sentence must be the successor if is_next is True, and come "
                "from another document if it is False",
                "ko": "둘째 문장은 is_next가 True이면 다음 문장, False이면 다른 문서의 "
                "문장이어야 합니다",
            },
        )
