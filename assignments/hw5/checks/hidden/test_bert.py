"""Hidden checks of bert.py."""

import math

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
    expected = [own_wordpiece(word, vocab) for word in words]
    expect_equal([list(found) for found in pieces], expected, "the pieces")


def test_wordpiece_takes_the_longest_piece(student):
    vocab = ["a", "ab", "abc", "##c", "##cd", "##d", "##e", "##de", "##bcd"]
    expect_pieces(student, ["ab", "abc", "abcd", "abcde", "abcdde", "ac", "abd"], vocab)


def test_wordpiece_does_not_go_back(student):
    # the longest beginning, abc, leads nowhere, though ab + cd would do
    vocab = ["ab", "abc", "##cd", "##c"]
    expect_equal(list(student.bert.wordpiece("abcd", vocab)), ["[UNK]"], "the pieces")


def test_wordpiece_gives_up_on_the_whole_word(student):
    vocab = ["play", "##ing", "ing", "##play", "un"]
    expect_pieces(student, ["playings", "xplay", "inging", "playing", "ingplay", "playun"], vocab)


def test_wordpiece_cuts_korean(student):
    vocab = ["나", "나는", "##는", "학교", "##에", "##에서", "##서", "강아지"]
    expect_pieces(student, ["나는", "학교에서", "학교에", "강아지", "강아지는", "고양이"], vocab)


def test_wordpiece_looks_up_what_is_written(student):
    vocab = ["play", "Play", "##ing", "##ING", "nlp", "USA", "uber", "Über"]
    expect_pieces(student, ["playing", "Playing", "PlayING", "NLP", "USA", "usa", "Über"], vocab)


def test_wordpiece_may_be_the_whole_word(student):
    vocab = ["a", "b", "가", "ab", "##b"]
    expect_pieces(student, ["a", "가", "ab", "c"], vocab)


def test_wordpiece_leaves_everything_alone(student):
    expect_left_alone(student, student.bert.wordpiece, "playing", ["play", "##ing", "un"])


def test_wordpiece_gives_a_list_of_strings(student):
    for word in ("playing", "xyz"):
        pieces = student.bert.wordpiece(word, ["play", "##ing", "un"])
        expect_type(pieces, list)
        for piece in pieces:
            expect_type(piece, str, "a piece")


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
    for case, (ids, segments) in zip(cases, found, strict=True):
        as_ints = [int(i) for i in ids], [int(segment) for segment in segments]
        expect_equal(as_ints, own_pack(*case), "ids and segments")


def test_pack_of_one_sentence(student):
    expect_packed(student, [([5, 6, 7], None, 9), ([5, 6, 7], None, 5), ([8], None, 3)])


def test_pack_cuts_one_sentence(student):
    expect_packed(student, [([5, 6, 7], None, 4), ([5, 6, 7, 8, 9], None, 5)])


def test_pack_has_two_segments(student):
    expect_packed(student, [([5, 6, 7], [8, 9], 20), ([5], [8, 9, 10], 7)])


def test_pack_cuts_the_longer_first(student):
    long, short = list(range(10, 20)), [30, 31, 32]
    expect_packed(student, [(long, short, n) for n in (16, 15, 10, 9)])
    expect_packed(student, [(short, long, n) for n in (16, 15, 10, 9)])


def test_pack_cuts_the_second_of_equals(student):
    a, b = [10, 11, 12, 13], [20, 21, 22, 23]
    expect_packed(student, [(a, b, n) for n in (11, 10, 9, 8, 7)])


def test_pack_of_an_empty_second_sentence(student):
    expect_packed(student, [([5, 6], [], 9), ([5, 6, 7], [], 5)])


def test_pack_of_no_room_for_words(student):
    expect_packed(student, [([5, 6], [7], 3), ([5, 6], None, 2)])


def test_pack_gives_lists_of_python_ints(student):
    for b in ([8, 9], None):
        packed = student.bert.pack([5, 6, 7], b, CLS, SEP, 6)
        expect_type(packed, tuple)
        for part in packed:
            expect_type(part, list)
            for number in part:
                expect_type(number, int)


def test_pack_leaves_its_arguments_alone(student):
    expect_left_alone(student, student.bert.pack, [10, 11, 12, 13], [20, 21, 22], CLS, SEP, 8)


# ---- masked words ---------------------------------------------------------------------------------

VOCAB, MASK = 100, 4


def some_tokens(shape):
    generator = torch.Generator().manual_seed(0)
    ids = torch.randint(5, VOCAB, shape, generator=generator)
    return ids, torch.rand(shape, generator=generator) < 0.1


def masked(student, p=0.5, seed=3, shape=(100, 200)):
    ids, special = some_tokens(shape)
    inputs, labels = student.bert.mask_tokens(ids, special, VOCAB, MASK, seed, p)
    expect_tensor(inputs, shape, what="the inputs")
    expect_tensor(labels, shape, what="the labels")
    return ids, special, inputs, labels


def test_mask_tokens_spares_special_ones(student):
    ids, special, inputs, labels = masked(student)
    assert bool((labels[special] == -100).all()), "a special token is never chosen"
    expect_close(inputs[special], ids[special], what="the inputs at special tokens")


def test_mask_tokens_labels_what_is_chosen(student):
    ids, _, inputs, labels = masked(student)
    chosen = labels != -100
    expect_close(labels[chosen], ids[chosen], what="the labels of chosen tokens")
    expect_close(inputs[~chosen], ids[~chosen], what="the inputs of all others")


@pytest.mark.parametrize("p", [0.15, 0.4])
def test_mask_tokens_chooses_the_right_share(student, p):
    _, special, _, labels = masked(student, p)
    candidates = int((~special).sum())  # about 18,000
    assert share(int((labels != -100).sum()), candidates, p), "each token is chosen with p"


def test_mask_tokens_chooses_each_by_itself(student):
    _, special, _, labels = masked(student)
    chosen = (labels != -100).double()
    # rows of about 180 candidates: the deviation of a count is 6.7; columns of 90: 4.7
    for axis, deviation in ((1, 6.7), (0, 4.7)):
        share_of = chosen.sum(dim=axis) / (~special).sum(dim=axis)
        spread = float(share_of.std()) * float((~special).sum(dim=axis).double().mean())
        assert deviation / 2 < spread < 2 * deviation, "each token is chosen independently"


def test_mask_tokens_hides_the_right_share(student):
    _, special, inputs, _ = masked(student)
    hidden, candidates = int((inputs == MASK).sum()), int((~special).sum())
    assert share(hidden, candidates, 0.5 * (0.8 + 0.1 / VOCAB)), "80 % of the chosen are masked"


def test_mask_tokens_has_a_default_p(student):
    ids, special = some_tokens((20, 30))
    found = []
    for p in ([], [0.15]):
        student.generators(seed=1)  # where the draws come from is asked elsewhere
        found.append(student.bert.mask_tokens(ids, special, VOCAB, MASK, 3, *p))
    for one, other in zip(*found, strict=True):
        expect_close(one, other, what="the result with p spelt out")


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


def test_mask_tokens_draws_the_last_word_too(student):
    # about 60 draws of 4 words: one of them is missed in one run of ten million
    ids, special = torch.full((20, 30), 2), torch.zeros(20, 30, dtype=torch.bool)
    inputs, _ = student.bert.mask_tokens(ids, special, 4, 1, 6, 1.0)
    expect_close(inputs.unique(), [0, 1, 2, 3], what="the ids that occur")


def test_mask_tokens_of_all_and_of_none(student):
    ids, special, _, labels = masked(student, p=1.0, shape=(20, 30))
    expect_equal(labels != -100, ~special, "what is chosen with p = 1")
    ids, _, inputs, labels = masked(student, p=0.0, shape=(20, 30))
    expect_close(inputs, ids, what="the inputs with p = 0")
    assert bool((labels == -100).all()), "with p = 0 nothing is chosen"


def test_mask_tokens_gives_int64(student):
    ids, special = some_tokens((20, 30))
    inputs, labels = student.bert.mask_tokens(ids, special, VOCAB, MASK, 4)
    expect_tensor(inputs, (20, 30), "int64", "the inputs")
    expect_tensor(labels, (20, 30), "int64", "the labels")


def test_mask_tokens_leaves_everything_alone(student):
    ids, special = some_tokens((20, 30))
    expect_left_alone(student, student.bert.mask_tokens, ids, special, VOCAB, MASK, 4, 0.5)


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
    firsts = [sentence for document in documents() for sentence in document[:-1]]
    expect_equal(sorted(first for first, _, _ in pairs), sorted(firsts), "the first sentences")


def test_next_sentences_come_in_order(student):
    firsts = [first for first, _, _ in student.bert.next_sentence_pairs(documents(), 1)]
    assert firsts == sorted(firsts), "the first sentences must come in their order"


def test_next_sentences_are_next_or_from_elsewhere(student):
    texts, pairs = documents(), student.bert.next_sentence_pairs(documents(), 2)
    sentences = {tuple(sentence) for document in texts for sentence in document}
    expect_equal(len(pairs), len(sentences) - len(texts), "the number of pairs")
    for first, second, is_next in pairs:
        assert tuple(second) in sentences, "the second is not a sentence of the documents"
        document, place = divmod(first[0], 1000)
        if is_next:
            expect_equal(second, [1000 * document + place + 1, 7], "the successor")
        else:
            assert second[0] // 1000 != document, "it must come from another document"


def four_draws(student):
    return [p for seed in range(4) for p in student.bert.next_sentence_pairs(documents(), seed)]


def test_next_sentences_come_half_of_the_time(student):
    pairs = four_draws(student)
    half = share(sum(bool(is_next) for _, _, is_next in pairs), len(pairs), 0.5)
    assert half, "half are successors"


def strangers(pairs):
    """The sentences that follow one of the first document and come from another."""
    return [second for first, second, _ in pairs if first[0] < 1000 <= second[0]]


def test_strangers_come_from_every_other_document(student):
    found = {second[0] // 1000 for second in strangers(four_draws(student))}
    # document 2 holds most sentences; 1 and 3 have one or two, and may be drawn seldom
    assert {2, 4} <= found <= {1, 2, 3, 4}, "strangers come from all the other documents"


def test_strangers_stand_anywhere_in_their_document(student):
    places = {second[0] % 1000 for second in strangers(four_draws(student))}
    # some 150 draws or more out of 500 and 200 sentences
    assert len(places) > 60, "every sentence of another document is possible"


def test_next_sentences_are_triples_of_lists_and_a_bool(student):
    pairs = student.bert.next_sentence_pairs(documents(), 3)
    expect_type(pairs, list)
    for pair in pairs[:50]:
        expect_type(pair, tuple, "a pair")
        first, second, is_next = pair
        expect_type(is_next, bool, "is_next")
        for sentence in (first, second):
            expect_type(sentence, list, "a sentence")
            for word in sentence:
                expect_type(word, int, "a word")


def test_next_sentences_depend_on_the_seed_alone(student):
    student.generators(seed=1)
    one = student.bert.next_sentence_pairs(documents(), 5)
    student.generators(seed=2)
    expect_equal(student.bert.next_sentence_pairs(documents(), 5), one, "the pairs, same seed")
    assert student.bert.next_sentence_pairs(documents(), 6) != one, (
        "a different seed must give different pairs"
    )


def test_next_sentences_leave_the_documents_alone(student):
    expect_left_alone(student, student.bert.next_sentence_pairs, documents(), 7)
