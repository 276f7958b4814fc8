"""Public checks of text.py. Points, titles and hints are in exercises."""

import pytest

from grader.checking.expect import expect_close, expect_equal, expect_error


def test_clean_worked_example(student):
    text = "<b>정말</b> 좋은 영화[1]! don't<br/>The end"
    expect_equal(student.text.clean(text), "정말 좋은 영화 dont The end")


def test_tokenize_worked_example(student):
    expect_equal(student.text.tokenize("ㅋㅋㅋ 10점!! Good-bye"), ["ㅋㅋㅋ", "10점", "good", "bye"])


def test_stop_words_worked_example(student):
    tokens = ["The", "movie", "was", "good", "그리고", "재미"]
    expect_equal(
        student.text.remove_stop_words(tokens, {"the", "was", "그리고"}), ["movie", "good", "재미"]
    )


@pytest.mark.parametrize("token", ["tuning", "tuned", "tunes"])
def test_stem_worked_example(student, token):
    expect_equal(student.text.stem(token), "tun")


def test_edit_distance_worked_example(student):
    at_two = student.text.edit_distance("intention", "execution")
    at_one = student.text.edit_distance("intention", "execution", substitution_cost=1)
    at_the_front = student.text.edit_distance("다", "먹었다")
    expect_close(
        at_two,
        8,
        what={"en": "the distance at substitution cost 2", "ko": "치환 비용이 2일 때의 거리"},
    )
    expect_close(
        at_one,
        5,
        what={"en": "the distance at substitution cost 1", "ko": "치환 비용이 1일 때의 거리"},
    )
    expect_close(
        at_the_front,
        2,
        what={"en": "the distance from 다 to 먹었다", "ko": "다에서 먹었다까지의 거리"},
    )


def test_edit_script_worked_example(student):
    script = student.text.edit_script("먹었다", "먹는다", 1)
    expected = [("keep", "먹", "먹"), ("substitute", "었", "는"), ("keep", "다", "다")]
    expect_equal(
        [tuple(step) for step in script], expected, {"en": "the edit script", "ko": "편집 스크립트"}
    )


def test_edit_distance_refuses_a_negative_cost(student):
    with expect_error(ValueError, naming="substitution_cost"):
        student.text.edit_distance("a", "b", -1)
