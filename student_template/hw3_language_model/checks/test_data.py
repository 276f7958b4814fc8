"""Public checks of data.py."""

import torch

from grader.checking.expect import expect_close


def test_encode_worked_example(student):
    sentences = [["the", "cat", "sat"], ["the", "cat"], []]
    vocabulary = student.data.Vocabulary(sentences)
    # the and cat occur twice: by code point cat comes first
    wanted = [3, 2, 4, 1, 3, 2, 1, 1]
    expect_close(
        vocabulary.encode(sentences), wanted, what={"en": "the id stream", "ko": "id 스트림"}
    )
    expect_close(
        vocabulary.encode([["the", "dog"]]),
        [3, 0, 1],
        what={"en": "the id stream with an unknown word", "ko": "모르는 단어가 있는 id 스트림"},
    )


def test_encode_by_count(student):
    # a occurs three times, c twice, b once
    vocabulary = student.data.Vocabulary([["a", "c", "a"], ["b", "c", "a"]])
    got = vocabulary.encode([["a", "b"], ["c"]])
    expect_close(
        got,
        [2, 4, 1, 3, 1],
        what={"en": "the id stream of the sentences a b and c", "ko": "문장 a b와 c의 id 스트림"},
    )


def test_batchify_worked_example(student):
    data = student.data.batchify(torch.arange(26), 4)
    wanted = torch.stack([torch.arange(s, s + 6) for s in (0, 6, 12, 18)]).t()
    expect_close(data, wanted, what={"en": "the (T, B) table", "ko": "(T, B) 표"})


def test_windows_worked_example(student):
    data = torch.arange(12).view(2, 6).t()  # columns 0..5 and 6..11
    found = student.data.windows(data, 2)
    expect_close(len(found), 3, what={"en": "the number of windows", "ko": "창의 수"})
    for (inputs, targets), start, stop in zip(found, (0, 2, 4), (2, 4, 5), strict=True):
        expect_close(
            inputs,
            data[start:stop],
            what={
                "en": f"the input of the window from row {start}",
                "ko": f"{start}행에서 시작하는 창의 입력",
            },
        )
        expect_close(
            targets,
            data[start + 1 : stop + 1],
            what={
                "en": f"the target of the window from row {start}",
                "ko": f"{start}행에서 시작하는 창의 정답",
            },
        )
