"""A sentence is chosen when it is shown; a course need not have it in every language."""

import pytest

from grader.errors import PlatformError
from grader.i18n import choose, say, translate
from grader.korean import particle


def test_the_first_language_stands_in():
    assert choose({"ko": "더하기"}, "en") == "더하기"
    assert choose({"ko": "더하기", "en": "Adding"}, "en") == "Adding"


def test_a_field_of_a_message_may_be_there_in_one_language_only():
    assert "더하기" in say("skipped", {"title.ko": "더하기"}, "en")
    assert "Adding" in say("skipped", {"title.ko": "더하기", "title.en": "Adding"}, "en")


@pytest.mark.parametrize("code", ["of_nobody", "failed.x", "", "."])
def test_a_message_that_nobody_knows_is_said_to_be_unknown(code):
    assert "newer grader" in say(code, {"lang": "x", "code": "y"}, "en")


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("code", ["raised", "import_failed", "import_unanswered", "returned_none"])
def test_a_place_that_nobody_knows_is_left_out(code, lang):
    fields = {"error": "TypeError", "text": "no len()", "file": "m.py", "name": "f"}
    said = say(code, {**fields, "where": "-"}, lang)
    assert "-" not in said
    assert "()" not in said.replace("len()", "")
    assert "\0" not in said
    assert "(p/m.py)" in say(code, {**fields, "where": "p/m.py, line 0"}, lang)


@pytest.mark.parametrize(
    ("cell", "english", "korean"),
    [
        ("cell 7 (f)", "cell 7 of the notebook, counting text cells, `f`, line 2",
         "노트북에서 설명 셀까지 세어 7번째 셀 `f` 2행"),
        ("cell In [7] (x = (1))", "In [7]: `x = (1)`, line 2", "In [7] 셀 `x = (1)` 2행"),
        ("cell In [7]", "In [7], line 2", "In [7] 셀 2행"),
    ],
)  # fmt: skip
def test_a_cell_is_named_so_that_it_can_be_found(cell, english, korean):
    for lang, said in (("en", english), ("ko", korean)):
        assert f"({said})" in say(
            "raised", {"error": "E", "text": "", "where": f"{cell}, line 2"}, lang
        )


@pytest.mark.parametrize("several", [[1], (1,), {1}, frozenset("a"), {"a": 1}])
def test_an_error_takes_no_field_that_would_read_as_code(several):
    with pytest.raises(AssertionError, match="found"):
        PlatformError("error.system", found=several)


@pytest.mark.parametrize(
    ("count", "said"),
    [(1, "1 record in out, 0"), ("1", "1 record in out, 0"), (0, "0 records"), (21, "21 records")],
)
def test_a_word_goes_with_its_number(count, said):
    assert said in translate("cli.merged", "en", assignment="hw1", n=count, out="out", new=0)


def test_a_word_that_goes_with_a_number_may_hold_it():
    assert (
        translate("cli.proof_holds", "en", n=1) == "Verified: the only version scored as expected."
    )
    assert "all 2 versions scored" in translate("cli.proof_holds", "en", n=2)


@pytest.mark.parametrize(
    ("code", "fields", "said"),
    [
        ("expect.entry", {"what": "w", "got": "1", "want": "2", "wrong": "1", "size": "6"},
         "(1 of 6 entries differs)"),
        ("cli.universal", {"empty": 1, "n": 6}, "1 of 6 universal answers earns nothing"),
    ],
)  # fmt: skip
def test_a_verb_goes_with_the_number_of_those_that_do_it(code, fields, said):
    assert said in translate(code, "en", **fields)


@pytest.mark.parametrize(
    ("words", "closed", "open_"),
    [
        ("0 1 3 6 7 8 10 1000 0.50 int8 튜플 tuple None token lr JSON (3,) [1]",
         "이어야", "여야"),
        ("배열 8 1 튜플 3 map", "은", "는"),
        ("폴더.zip 6 10", "으로", "로"),
    ],
)  # fmt: skip
def test_after_a_consonant(words, closed, open_):
    words = words.split()
    assert {word: particle(word, closed, open_) for word in words} == dict.fromkeys(words, closed)


@pytest.mark.parametrize(
    ("words", "closed", "open_"),
    [
        ("2 4 5 9 0.5 1e-05 float32 float64 int float True 텐서 (2,) ValueError 1000000000000",
         "이어야", "여야"),
        ("ngram.py 텐서 97% x", "은", "는"),
        ("1 7 8 튜플 ngram.py cell", "으로", "로"),
    ],
)  # fmt: skip
def test_after_a_vowel(words, closed, open_):
    words = words.split()
    assert {word: particle(word, closed, open_) for word in words} == dict.fromkeys(words, open_)


def test_a_gloss_behind_a_word_is_not_read():
    assert particle("배열(dtype float64, 모양 (2, 2))", "이어야", "여야") == "이어야"
    assert particle("텐서(dtype float64, 모양 ())", "이어야", "여야") == "여야"


def test_a_sentence_has_the_particle_of_what_fills_it():
    assert "sums.py로 바꾼" in translate(
        "cli.check_next_file", "ko", file="sums.py", command="grader check tiny"
    )
    assert "add라는" in translate("error.unknown_candidate", "ko", assignment="hw1", name="add")


def test_what_is_handed_in_again_elsewhere_is_checked_again_in_a_self_check():
    fields = {"file": "a.ipynb", "reason": "x"}
    assert "다시 제출하세요" in say("notebook_broken", fields, "ko")
    assert "hand it in again" in say("notebook_broken", fields, "en")
