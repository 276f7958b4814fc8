"""Public checks of bert.py: the examples of the handout."""

import torch

from grader.checking.expect import expect_equal, expect_tensor


def test_wordpiece_of_the_handout(student):
    vocab = ["play", "##ing", "##ed", "un", "##aff", "##able", "서울", "##역", "##에"]
    words = ["playing", "unaffable", "서울역에", "going"]
    pieces = student.map(student.bert.wordpiece, [(word, vocab) for word in words])
    expected = [["play", "##ing"], ["un", "##aff", "##able"], ["서울", "##역", "##에"], ["[UNK]"]]
    expect_equal([list(found) for found in pieces], expected, "the pieces")


def test_pack_of_the_handout(student):
    ids, segments = student.bert.pack([5, 6], [7], 1, 2, 9)
    packed = [int(i) for i in ids], [int(segment) for segment in segments]
    expect_equal(packed, ([1, 5, 6, 2, 7, 2], [0, 0, 0, 0, 1, 1]), "ids and segments")


def test_mask_tokens_shapes(student):
    ids = torch.arange(5, 17).reshape(3, 4)
    special = torch.zeros(3, 4, dtype=torch.bool)
    inputs, labels = student.bert.mask_tokens(ids, special, 20, 4, 0)
    expect_tensor(inputs, (3, 4), what="the inputs")
    expect_tensor(labels, (3, 4), what="the labels")


def test_next_sentence_pairs_are_triples(student):
    pairs = student.bert.next_sentence_pairs([[[5], [6], [7]], [[8], [9]]], 0)
    expect_equal(len(pairs), 3, "the number of pairs: sentences with a successor")
    for first, second, is_next in pairs:
        following = {5: [6], 6: [7], 8: [9]}[first[0]]
        others = [[8], [9]] if first[0] < 8 else [[5], [6], [7]]
        assert second in ([following] if is_next else others), "the successor, or from elsewhere"
