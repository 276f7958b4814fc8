"""Hidden checks of words.py: this file never leaves. One idea a check."""

import random

import pytest

from grader.checking.expect import expect_equal, expect_error


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The cat sat, and the cat slept.", ["the", "cat", "sat", "and", "the", "cat", "slept"]),
        ("배우는 좋았다... 그런데 2시간이나?", ["배우는", "좋았다", "그런데", "2시간이나"]),
        ("state_of_the_art: 99 %", ["state", "of", "the", "art", "99"]),
    ],
)
def test_tokenize_ordinary_text(student, text, words):
    expect_equal(student.words.tokenize(text), words)


@pytest.mark.parametrize("text", ["", " \n\t", "?! ... ^^;"])
def test_tokenize_no_words(student, text):
    expect_equal(student.words.tokenize(text), [])


def test_most_common_counts(student):
    # built from its answer, so that the check needs no second solution: no two counts are equal
    counts = {"영화": 9, "the": 7, "배우": 4, "a": 2, "10점": 1}
    tokens = [word for word, count in counts.items() for _ in range(count)]
    random.Random(0).shuffle(tokens)
    for n in (1, 3, 5):
        expect_equal(student.words.most_common(tokens, n), list(counts.items())[:n])


def test_most_common_ties(student):
    tokens = ["나", "다", "b", "가", "다", "a"]
    expect_equal(
        student.words.most_common(tokens, 10), [("다", 2), ("a", 1), ("b", 1), ("가", 1), ("나", 1)]
    )


def test_most_common_leaves_its_argument_alone(student):
    tokens = ["b", "a", "b"]
    _, (after, _) = student.with_arguments(student.words.most_common, tokens, 2)
    expect_equal(after, tokens, "tokens after the call")


def test_most_common_refuses_a_negative_number(student):
    with expect_error(ValueError, naming="n"):
        student.words.most_common(["a"], -1)
