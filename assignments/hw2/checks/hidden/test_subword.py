"""Hidden checks of subword.py."""

import random
import unicodedata

import pytest
import torch

from grader.checking.expect import expect_close, expect_equal, expect_error, expect_tensor

# ---- char_ngrams ---------------------------------------------------------------------------------


def own_ngrams(word, n_min, n_max):
    marked = f"<{word}>"
    found = []
    for n in range(n_min, n_max + 1):
        for i in range(len(marked) - n + 1):
            if marked[i : i + n] not in found:
                found.append(marked[i : i + n])
    return found if marked in found else [*found, marked]


@pytest.mark.parametrize(
    ("word", "n_min", "n_max"),
    [
        ("시나브로", 2, 4),
        ("where", 3, 6),
        ("한글", 3, 6),
        ("internationalisation", 3, 3),
        ("대한민국임시정부", 5, 9),
    ],
)
def test_ngrams_by_length_then_position(student, word, n_min, n_max):
    found = student.subword.char_ngrams(word, n_min, n_max)
    expect_equal(
        found, own_ngrams(word, n_min, n_max), f"the n-grams of {word}, {n_min} to {n_max}"
    )


@pytest.mark.parametrize(("word", "n_min", "n_max"), [("ㅋㅋㅋㅋ", 1, 3), ("banana", 2, 3)])
def test_ngrams_come_once(student, word, n_min, n_max):
    found = student.subword.char_ngrams(word, n_min, n_max)
    expect_equal(
        found, own_ngrams(word, n_min, n_max), f"the n-grams of {word}, {n_min} to {n_max}"
    )


@pytest.mark.parametrize(("word", "n_min", "n_max"), [("가", 3, 6), ("ab", 4, 9), ("ab", 6, 6)])
def test_ngrams_of_a_short_word(student, word, n_min, n_max):
    expect_equal(
        student.subword.char_ngrams(word, n_min, n_max), [f"<{word}>"], f"the n-grams of {word}"
    )


def test_ngrams_of_length_one_hold_the_brackets(student):
    expect_equal(
        student.subword.char_ngrams("물", 1, 1),
        ["<", "물", ">", "<물>"],
        "the n-grams of 물, 1 to 1",
    )


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


def test_jamo_of_all_letters(student):
    draw = random.Random(1)
    codes = draw.sample(range(ord("가"), ord("힣") + 1), 290)
    # every initial with 가's vowel, every vowel, every final
    codes += [0xAC00 + 588 * i for i in range(19)]
    codes += [0xAC00 + 28 * i for i in range(21)] + [0xAC00 + i for i in range(28)]
    calls = [(chr(code),) for code in codes]
    for (syllable,), jamo in zip(calls, student.map(student.subword.to_jamo, calls), strict=True):
        expect_equal(jamo, own_jamo(syllable), f"the jamo of {syllable}")


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
    text = "e ABC 123 ㄱㅏ ㅋㅋ 漢字 ー 꿿\u302e\ud7a4"
    expected = "".join(own_jamo(c) if "가" <= c <= "힣" else c for c in text)
    expect_equal(student.subword.to_jamo(text), expected, "the jamo of a mixed text")
    apart = unicodedata.normalize("NFD", "한글")
    expect_equal(student.subword.to_jamo(apart), apart, "decomposed Hangul, which stays")
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


@pytest.mark.parametrize("word", ["where", "a", "NLP2026"])
def test_subword_vector_of_ascii(student, word):
    table = some_table()
    value = student.subword.subword_vector(word, table)
    expect_tensor(value, (3,), "float64", "the vector")
    expect_close(value, own_vector(word, table), what=f"the vector of {word}")


@pytest.mark.parametrize("word", ["시나브로", "서울특별시", "café"])
def test_subword_vector_of_other_letters(student, word):
    table = some_table()
    value = student.subword.subword_vector(word, table)
    expect_close(value, own_vector(word, table), what=f"the vector of {word}")


def test_subword_vector_counts_an_ngram_once(student):
    table = some_table()
    value = student.subword.subword_vector("banana", table, 2, 3)
    expect_close(value, own_vector("banana", table, 2, 3), what="the vector of banana, 2 to 3")


def test_subword_vector_keeps_float32_and_its_arguments(student):
    table = some_table().float()
    value, after = student.with_arguments(student.subword.subword_vector, "나무", table)
    expect_tensor(value, (3,), "float32", "the vector")
    expect_close(value, own_vector("나무", table), what="the vector")
    expect_equal(after, ["나무", table], "the arguments after the call")


def test_subword_vector_passes_gradients_to_its_rows(student):
    table = some_table(50, 1)
    (by_table,) = student.gradients(student.subword.subword_vector, ["나비", table]).by_argument
    rows = [own_row(gram, 50) for gram in own_ngrams("나비", 3, 6)]
    expected = torch.zeros(50, 1, dtype=torch.float64)
    for row in rows:
        expected[row] += 1 / len(rows)
    expect_close(by_table, expected, what="autograd's gradient with respect to table")


def test_subword_vector_refuses_an_empty_table(student):
    with expect_error(ValueError, naming="table"):
        student.subword.subword_vector("word", torch.zeros(0, 3))
