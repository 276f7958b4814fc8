"""Hidden checks of subword.py."""

import random
import unicodedata

import pytest
import torch

from grader.checking.expect import (
    expect_close,
    expect_equal,
    expect_error,
    expect_tensor,
    expect_type,
)

# Core checks judge values: numbers to this bar, whatever they are stored in.
NEAR = {"rtol": 1e-4, "atol": 1e-5}

# ---- char_ngrams ---------------------------------------------------------------------------------


def own_ngrams(word, n_min, n_max):
    marked = f"<{word}>"
    found = []
    for n in range(n_min, n_max + 1):
        for i in range(len(marked) - n + 1):
            if marked[i : i + n] not in found:
                found.append(marked[i : i + n])
    return found if marked in found else [*found, marked]


def expect_ngrams(student, word, *lengths):
    """That the n-grams are right, and in their order."""
    found = list(student.subword.char_ngrams(word, *lengths))
    n_min, n_max = lengths or (3, 6)
    expected = own_ngrams(word, n_min, n_max)
    expect_equal(found, expected, f"the n-grams of {word}, {n_min} to {n_max}")


@pytest.mark.parametrize(
    ("word", "n_min", "n_max"), [("시나브로", 2, 4), ("wonderful", 3, 5), ("다람쥐길", 3, 3)]
)
def test_ngrams_by_length_then_position(student, word, n_min, n_max):
    expect_ngrams(student, word, n_min, n_max)


@pytest.mark.parametrize("word", ["where", "나무꾼과선녀"])
def test_ngrams_have_3_to_6_letters_by_default(student, word):
    expect_ngrams(student, word)


@pytest.mark.parametrize(("word", "n_min", "n_max"), [("ㅋㅋㅋㅋ", 2, 3), ("banana", 2, 3)])
def test_ngrams_come_once(student, word, n_min, n_max):
    expect_ngrams(student, word, n_min, n_max)


@pytest.mark.parametrize(("word", "n_min", "n_max"), [("한글", 3, 6), ("where", 3, 7)])
def test_ngrams_hold_the_whole_word_once(student, word, n_min, n_max):
    expect_ngrams(student, word, n_min, n_max)


def test_ngrams_keep_capital_letters(student):
    expect_ngrams(student, "McDonald", 3, 4)


@pytest.mark.parametrize(
    ("word", "n_min", "n_max"), [("대한민국임시정부", 5, 9), ("keyboards", 7, 8)]
)
def test_ngrams_may_be_longer_than_six(student, word, n_min, n_max):
    expect_ngrams(student, word, n_min, n_max)


@pytest.mark.parametrize(("word", "n_min", "n_max"), [("가", 3, 6), ("ab", 5, 9), ("", 3, 6)])
def test_ngrams_of_a_short_word(student, word, n_min, n_max):
    found = list(student.subword.char_ngrams(word, n_min, n_max))
    expect_equal(found, [f"<{word}>"], f"the n-grams of {word}")


def test_ngrams_up_to_any_length(student):
    expect_ngrams(student, "물고기", 2, 1000)


def test_ngrams_of_length_one_hold_the_brackets(student):
    found = list(student.subword.char_ngrams("물", 1, 1))
    expect_equal(found, ["<", "물", ">", "<물>"], "the n-grams of 물, 1 to 1")


def test_ngrams_are_a_list(student):
    for lengths in ((3, 6), (4, 4)):
        expect_type(student.subword.char_ngrams("나비", *lengths), list, "the n-grams")


@pytest.mark.parametrize(("n_min", "n_max"), [(0, 3), (4, 3)])
def test_ngrams_refuse_impossible_lengths(student, n_min, n_max):
    with expect_error(ValueError, naming=("n_min", "n_max")):
        student.subword.char_ngrams("word", n_min, n_max)


# ---- to_jamo -------------------------------------------------------------------------------------


def own_jamo(syllable):
    """By Unicode's own decomposition and the names of the letters."""
    names = [
        unicodedata.name(part).split(" ", 2)[2] for part in unicodedata.normalize("NFD", syllable)
    ]
    letters = [unicodedata.lookup(f"HANGUL LETTER {name}") for name in names]
    return "".join(letters) + "e" * (3 - len(letters))


def expect_jamo(student, codes):
    """That the syllables of these code points come apart rightly."""
    calls = [(chr(code),) for code in codes]
    for (syllable,), jamo in zip(calls, student.map(student.subword.to_jamo, calls), strict=True):
        expect_equal(jamo, own_jamo(syllable), f"the jamo of {syllable}")


def test_jamo_of_all_initials_and_vowels(student):
    expect_jamo(student, [0xAC00 + 588 * i + 28 * (i % 21) for i in range(19)])
    expect_jamo(student, [0xAC00 + 588 * 2 + 28 * i for i in range(21)])


def test_jamo_of_all_finals(student):
    expect_jamo(student, [0xAC00 + 588 * 11 + i for i in range(28)])


def test_jamo_of_any_syllables(student):
    expect_jamo(student, random.Random(1).sample(range(ord("가") + 1, ord("힣")), 290))


@pytest.mark.parametrize("word", ["나무꾼", "수박밭", "Go고1강", "바람은불고"])
def test_jamo_of_words(student, word):
    expected = "".join(own_jamo(c) if "가" <= c <= "힣" else c for c in word)
    expect_equal(student.subword.to_jamo(word), expected, f"the jamo of {word}")


@pytest.mark.parametrize(
    ("text", "jamo"),
    [("값", "ㄱㅏㅄ"), ("왜", "ㅇㅙe"), ("까치", "ㄲㅏeㅊㅣe"), ("읽다", "ㅇㅣㄺㄷㅏe")],
)
def test_jamo_keeps_double_letters(student, text, jamo):
    expect_equal(student.subword.to_jamo(text), jamo, f"the jamo of {text}")


@pytest.mark.parametrize("edge", ["가", "힣"])
def test_jamo_of_the_first_and_the_last_syllable(student, edge):
    expect_equal(student.subword.to_jamo(edge), own_jamo(edge), f"the jamo of {edge}")


def test_jamo_leaves_all_else(student):
    text = "e ABC 123 漢字 ー 꿿\u302e\ud7a4"
    expected = "".join(own_jamo(c) if "가" <= c <= "힣" else c for c in text)
    expect_equal(student.subword.to_jamo(text), expected, "the jamo of a mixed text")


def test_jamo_leaves_single_letters(student):
    expect_equal(student.subword.to_jamo("ㄱㅏ ㅋㅋ 나ㅏㄴ"), "ㄱㅏ ㅋㅋ ㄴㅏeㅏㄴ", "the jamo")


def test_jamo_does_not_normalise(student):
    apart = unicodedata.normalize("NFD", "한글")
    expect_equal(student.subword.to_jamo(apart), apart, "decomposed Hangul, which stays")


def test_jamo_keeps_spaces(student):
    expect_equal(student.subword.to_jamo(""), "", "the jamo of nothing")
    expect_equal(student.subword.to_jamo(" 가\n나 "), " ㄱㅏe\nㄴㅏe ", "the jamo, spaces kept")


# ---- subword_vector ------------------------------------------------------------------------------


def own_row(gram, rows):
    value = 0x811C9DC5
    for byte in gram.encode("utf-8"):
        value = ((value ^ byte) * 0x01000193) % 2**32
    return value % rows


def own_vector(word, table, n_min=3, n_max=6):
    rows = [own_row(gram, len(table)) for gram in own_ngrams(word, n_min, n_max)]
    return table[rows].mean(dim=0)


def some_table(rows=1009, dimension=3):
    generator = torch.Generator().manual_seed(2)
    return torch.randn(rows, dimension, generator=generator, dtype=torch.float64)


def expect_vector(student, word, table, *lengths):
    value = student.subword.subword_vector(word, table, *lengths)
    expected = own_vector(word, table, *lengths)
    expect_close(value, expected, **NEAR, what=f"the vector of {word}")


@pytest.mark.parametrize("word", ["where", "nlp2026"])
def test_subword_vector_of_ascii(student, word):
    expect_vector(student, word, some_table())


@pytest.mark.parametrize("word", ["시나브로", "서울특별시", "café"])
def test_subword_vector_of_other_letters(student, word):
    expect_vector(student, word, some_table())


@pytest.mark.parametrize(("n_min", "n_max"), [(2, 3), (4, 4), (5, 6)])
def test_subword_vector_uses_its_lengths(student, n_min, n_max):
    expect_vector(student, "wonderful", some_table(), n_min, n_max)


def test_subword_vector_counts_an_ngram_once(student):
    expect_vector(student, "banana", some_table(5003), 2, 3)


def test_subword_vector_counts_a_shared_row_twice(student):
    # both trigrams have the row 8
    expect_vector(student, "가나", some_table(10), 3, 3)


def test_subword_vector_of_one_row(student):
    expect_vector(student, "where", some_table(1))


@pytest.mark.parametrize("word", ["a", "물"])
def test_subword_vector_of_a_short_word(student, word):
    expect_vector(student, word, some_table())


def test_subword_vector_passes_gradients_to_its_rows(student):
    table = some_table(5003, 1)
    (by_table,) = student.gradients(student.subword.subword_vector, ["river", table]).by_argument
    rows = [own_row(gram, 5003) for gram in own_ngrams("river", 3, 6)]
    expected = torch.zeros(5003, 1, dtype=torch.float64)
    for row in rows:
        expected[row] += 1 / len(rows)
    expect_close(by_table, expected, **NEAR, what="autograd's gradient with respect to table")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_subword_vector_keeps_the_dtype(student, dtype):
    table = some_table().to(getattr(torch, dtype))
    value = student.subword.subword_vector("river", table)
    expect_tensor(value, (3,), dtype, "the vector")
    expect_close(value, own_vector("river", table), what="the vector")


def test_subword_vector_refuses_an_empty_table(student):
    with expect_error(ValueError, naming="table"):
        student.subword.subword_vector("word", torch.zeros(0, 3))


@pytest.mark.parametrize(("n_min", "n_max"), [(0, 3), (4, 3)])
def test_subword_vector_refuses_impossible_lengths(student, n_min, n_max):
    with expect_error(ValueError, naming=("n_min", "n_max")):
        student.subword.subword_vector("word", some_table(), n_min, n_max)
