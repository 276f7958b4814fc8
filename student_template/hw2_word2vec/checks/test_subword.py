"""Public checks of subword.py."""

import torch

from grader.checking.expect import expect_close, expect_equal


def test_char_ngrams_worked_example(student):
    found = list(student.subword.char_ngrams("시나브로", 3, 3))
    expected = ["<시나", "시나브", "나브로", "브로>", "<시나브로>"]
    expect_equal(found, expected, {"en": "the trigram list of 시나브로", "ko": "'시나브로'의 조각"})
    found = list(student.subword.char_ngrams("eating", 3, 3))
    expected = ["<ea", "eat", "ati", "tin", "ing", "ng>", "<eating>"]
    expect_equal(found, expected, {"en": "the trigram list of eating", "ko": "'eating'의 조각"})


def test_to_jamo_worked_example(student):
    expect_equal(
        student.subword.to_jamo("강아지"),
        "ㄱㅏㅇㅇㅏeㅈㅣe",
        {"en": "the jamo string of 강아지", "ko": "'강아지'의 자모"},
    )
    expect_equal(
        student.subword.to_jamo("A강1"),
        "Aㄱㅏㅇ1",
        {"en": "the jamo string of A강1", "ko": "'A강1'의 자모"},
    )


def test_subword_vector_worked_example(student):
    table = torch.arange(1000, dtype=torch.float64).reshape(1000, 1)
    # the hash of "<시나" is 0x98c9ddb9, which is 329 modulo 1000
    expected = (329 + 664 + 495 + 44 + 48) / 5
    vector = student.subword.subword_vector("시나브로", table, 3, 3)
    whole = student.subword.subword_vector("시나브로", table, 6, 6)
    expect_close(
        vector,
        [expected],
        rtol=1e-4,
        what={"en": "the vector of 시나브로", "ko": "'시나브로'의 벡터"},
    )
    # no piece but the whole word is as long as that
    expect_close(
        whole,
        [48],
        rtol=1e-4,
        what={"en": "the vector of 시나브로 at length 6", "ko": "길이가 6일 때 '시나브로'의 벡터"},
    )
