"""Hidden checks of bert.py."""

import math

import pytest
import torch

from grader.checking.expect import expect_equal, expect_error, expect_tensor, expect_type

CLS, SEP = 101, 102


def share(count, total, expected):
    """True within five standard deviations of a binomial: a false alarm in two million."""
    return abs(count / total - expected) < 5 * math.sqrt(expected * (1 - expected) / total)


# ---- wordpiece ------------------------------------------------------------------------------------


def own_wordpiece(word, vocab):
    pieces, rest = [], word
    while rest:
        mark = "##" if pieces else ""
        fits = [n for n in range(1, len(rest) + 1) if mark + rest[:n] in vocab]
        if not fits:
            return ["[UNK]"]
        pieces.append(mark + rest[: fits[-1]])
        rest = rest[fits[-1] :]
    return pieces


def expect_pieces(student, words, vocab):
    pieces = student.map(student.bert.wordpiece, [(word, vocab) for word in words])
    expect_equal(pieces, [own_wordpiece(word, vocab) for word in words], "the pieces")


def test_wordpiece_takes_the_longest_piece(student):
    vocab = ["a", "ab", "abc", "##c", "##cd", "##d", "##e", "##de", "##bcd"]
    expect_pieces(student, ["a", "abc", "abcd", "abcde", "abcdde", "ac", "abd"], vocab)


def test_wordpiece_does_not_go_back(student):
    # the longest beginning, abc, leads nowhere, though ab + cd would do
    vocab = ["ab", "abc", "##cd", "##c"]
    expect_equal(student.bert.wordpiece("abcd", vocab), ["[UNK]"], "the pieces")


def test_wordpiece_gives_up_on_the_whole_word(student):
    vocab = ["play", "##ing", "ing", "##play", "un"]
    expect_pieces(student, ["playings", "xplay", "inging", "playing", "ingplay", "playun"], vocab)


def test_wordpiece_cuts_korean(student):
    vocab = ["나", "나는", "##는", "학교", "##에", "##에서", "##서", "강아지"]
    expect_pieces(student, ["나는", "학교에서", "학교에", "강아지", "강아지는", "고양이"], vocab)


# ---- pack -----------------------------------------------------------------------------------------


def own_pack(a, b, max_len):
    a, b, marks = list(a), None if b is None else list(b), 2 if b is None else 3
    while len(a) + len(b or []) + marks > max_len:
        longer = b if b is not None and len(b) >= len(a) else a
        del longer[-1]
    ids, segments = [CLS, *a, SEP], [0] * (len(a) + 2)
    if b is not None:
        ids, segments = [*ids, *b, SEP], segments + [1] * (len(b) + 1)
    return ids, segments


def expect_packed(student, cases):
    found = student.map(student.bert.pack, [(a, b, CLS, SEP, n) for a, b, n in cases])
    expect_equal(found, [own_pack(*case) for case in cases], "ids and segments")


def test_pack_of_one_sentence(student):
    expect_packed(student, [([5, 6, 7], None, 9), ([5, 6, 7], None, 5), ([5, 6, 7], None, 4)])


def test_pack_has_two_segments(student):
    expect_packed(student, [([5, 6, 7], [8, 9], 20), ([5], [8, 9, 10], 7)])


def test_pack_cuts_the_longer_first(student):
    long, short = list(range(10, 20)), [30, 31, 32]
    expect_packed(student, [(long, short, n) for n in (16, 15, 10, 9)])
    expect_packed(student, [(short, long, n) for n in (16, 15, 10, 9)])


def test_pack_cuts_the_second_of_equals(student):
    a, b = [10, 11, 12, 13], [20, 21, 22, 23]
    expect_packed(student, [(a, b, n) for n in (11, 10, 9, 8, 7)])


def test_pack_leaves_its_arguments_alone(student):
    a, b = [10, 11, 12, 13], [20, 21, 22, 23, 24]
    _, after = student.with_arguments(student.bert.pack, a, b, CLS, SEP, 8)
    expect_equal(after[:2], [a, b], "a and b after the call")


# ---- masked words ---------------------------------------------------------------------------------

VOCAB, MASK = 100, 4


def masked(student, p=0.5, seed=3, shape=(100, 200)):
    generator = torch.Generator().manual_seed(0)
    ids = torch.randint(5, VOCAB, shape, generator=generator)
    special = torch.rand(shape, generator=generator) < 0.1
    arguments = [ids, special, VOCAB, MASK, seed, p]
    (inputs, labels), after = student.with_arguments(student.bert.mask_tokens, *arguments)
    expect_equal(after[:2], [ids, special], "the arguments after the call")
    expect_tensor(inputs, shape, "int64", "the inputs")
    expect_tensor(labels, shape, "int64", "the labels")
    return ids, special, inputs, labels


def test_mask_tokens_spares_special_ones(student):
    ids, special, inputs, labels = masked(student)
    assert bool((labels[special] == -100).all()), "a special token is never chosen"
    expect_equal(inputs[special], ids[special], "the inputs at special tokens")


def test_mask_tokens_labels_what_is_chosen(student):
    ids, _, inputs, labels = masked(student)
    chosen = labels != -100
    expect_equal(labels[chosen], ids[chosen], "the labels of chosen tokens")
    expect_equal(inputs[~chosen], ids[~chosen], "the inputs of all others")


@pytest.mark.parametrize("p", [0.15, 0.4])
def test_mask_tokens_chooses_the_right_share(student, p):
    _, special, _, labels = masked(student, p)
    candidates = int((~special).sum())  # about 18,000
    assert share(int((labels != -100).sum()), candidates, p), "each token is chosen with p"


def test_mask_tokens_splits_80_10_10(student):
    ids, _, inputs, labels = masked(student)
    chosen = labels != -100
    total = int(chosen.sum())  # about 9,000
    before, now = ids[chosen], inputs[chosen]
    # a random word is the old one, or the mask, once in a hundred times
    assert share(int((now == MASK).sum()), total, 0.8 + 0.1 / VOCAB), "80 % become the mask"
    assert share(int((now == before).sum()), total, 0.1 + 0.1 / VOCAB), "10 % stay as they are"
    strangers = now[(now != MASK) & (now != before)]
    assert share(len(strangers), total, 0.1 - 0.2 / VOCAB), "10 % become a different word"


def test_mask_tokens_draws_strangers_from_everywhere(student):
    ids, _, inputs, labels = masked(student)
    now, before = inputs[labels != -100], ids[labels != -100]
    strangers = now[(now != MASK) & (now != before)]
    assert bool(((strangers >= 0) & (strangers < VOCAB)).all()), "an id is out of range"
    # about 900 draws of 100 words: nearly all of the words come, and each half has its half
    assert len(strangers.unique()) > 85, "every word of the vocabulary may come"
    assert share(int((strangers < VOCAB // 2).sum()), len(strangers), 0.5), "all are as likely"


def test_mask_tokens_of_all_and_of_none(student):
    ids, special, _, labels = masked(student, p=1.0, shape=(20, 30))
    expect_equal(labels != -100, ~special, "what is chosen with p = 1")
    ids, _, inputs, labels = masked(student, p=0.0, shape=(20, 30))
    expect_equal(inputs, ids, "the inputs with p = 0")
    assert bool((labels == -100).all()), "with p = 0 nothing is chosen"


def test_mask_tokens_depends_on_the_seed_alone(student):
    student.generators(seed=1)
    _, _, one, _ = masked(student, seed=5, shape=(20, 30))
    student.generators(seed=2)
    _, _, again, _ = masked(student, seed=5, shape=(20, 30))
    expect_equal(again, one, "the inputs with the same seed")
    _, _, other, _ = masked(student, seed=6, shape=(20, 30))
    assert not torch.equal(other, one), "a different seed must give different inputs"


def test_mask_tokens_refuses_what_is_no_probability(student):
    ids, special = torch.ones(2, 3, dtype=torch.int64), torch.zeros(2, 3, dtype=torch.bool)
    for p in (-0.1, 1.5):
        with expect_error(ValueError, naming="p"):
            student.bert.mask_tokens(ids, special, VOCAB, MASK, 0, p)


# ---- next sentences -------------------------------------------------------------------------------


def documents():
    """Five documents; a sentence tells where it stands."""
    sizes = [300, 1, 500, 2, 200]
    return [[[1000 * d + i, 7] for i in range(size)] for d, size in enumerate(sizes)]


def test_next_sentences_begin_with_every_sentence_that_has_one(student):
    pairs = student.bert.next_sentence_pairs(documents(), 1)
    expect_type(pairs, list)
    firsts = [sentence for document in documents() for sentence in document[:-1]]
    expect_equal(sorted(first for first, _, _ in pairs), sorted(firsts), "the first sentences")


def test_next_sentences_are_next_or_from_elsewhere(student):
    texts, pairs = documents(), student.bert.next_sentence_pairs(documents(), 2)
    sentences = {tuple(sentence) for document in texts for sentence in document}
    for first, second, is_next in pairs:
        expect_type(is_next, bool, "is_next")
        assert tuple(second) in sentences, "the second is not a sentence of the documents"
        document, place = divmod(first[0], 1000)
        if is_next:
            expect_equal(second, texts[document][place + 1], "the successor")
        else:
            assert second[0] // 1000 != document, "it must come from another document"


def test_next_sentences_come_half_of_the_time(student):
    pairs = [p for seed in range(4) for p in student.bert.next_sentence_pairs(documents(), seed)]
    assert share(sum(is_next for _, _, is_next in pairs), len(pairs), 0.5), "half are successors"
    strangers = [
        second[0] // 1000 for first, second, is_next in pairs if not is_next and first[0] < 1000
    ]
    expect_equal(sorted(set(strangers) | {1, 3}), [1, 2, 3, 4], "documents that are drawn from")


def test_next_sentences_depend_on_the_seed_alone(student):
    student.generators(seed=1)
    one = student.bert.next_sentence_pairs(documents(), 5)
    student.generators(seed=2)
    expect_equal(student.bert.next_sentence_pairs(documents(), 5), one, "the pairs, same seed")
    assert student.bert.next_sentence_pairs(documents(), 6) != one, (
        "a different seed must give different pairs"
    )


def test_next_sentences_leave_the_documents_alone(student):
    _, after = student.with_arguments(student.bert.next_sentence_pairs, documents(), 7)
    expect_equal(after[0], documents(), "the documents after the call")
