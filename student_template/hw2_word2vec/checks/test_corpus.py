"""Public checks of corpus.py."""

import pytest
import torch

from grader.checking.expect import expect_close, expect_equal, expect_tensor, expect_true

ROAD = ["The", "wide", "road", "shimmered", "in", "the", "hot", "sun"]
WASHING = ["개울가", "에서", "속옷", "빨래", "를", "하는", "남녀"]


def test_vocabulary_worked_example(student):
    vocabulary = student.corpus.Vocabulary([["나비", "꽃", "나비"], ["꽃", "하늘", "나비"]], 2)
    tokens, counts = vocabulary.tokens, vocabulary.counts
    expect_equal(tokens, ["나비", "꽃"], "tokens")
    expect_equal([int(count) for count in counts], [3, 2], "counts")
    expect_equal(len(vocabulary), 2, "len(vocabulary)")


def test_encode_worked_example(student):
    vocabulary = student.corpus.Vocabulary([["나비", "꽃", "나비"], ["꽃", "하늘", "나비"]], 2)
    # by the order of your own tokens: [1, 0] if these are 나비 꽃
    order = {word: number for number, word in enumerate(vocabulary.tokens)}
    asked = ["꽃", "하늘", "나비"]
    ids = [int(number) for number in vocabulary.encode(asked)]
    expect_true(bool(ids), {"en": "the list of ids is empty", "ko": "id 목록이 비어 있습니다"})
    expect_equal(
        ids,
        [order[word] for word in asked if word in order],
        {"en": "the list of ids", "ko": "id 목록"},
    )


def test_keep_probability_worked_example(student):
    # of 1000 words: shares 0.1, 0.01, 0.002, 0.001 and the rest
    keep = student.corpus.keep_probability(torch.tensor([100, 10, 2, 1, 887]))
    expected = [0.11, 0.1 + 10**-0.5, 1.0, 1.0]
    expect_close(
        keep[:4], expected, rtol=1e-4, what={"en": "the keep probability", "ko": "남길 확률"}
    )


def test_subsample_worked_example(student):
    keep = torch.tensor([0.0, 1.0], dtype=torch.float64)
    kept = student.corpus.subsample([1, 0, 0, 1, 1], keep, seed=0)
    expect_equal(
        [int(i) for i in kept],
        [1, 1, 1],
        {"en": "the text 1 0 0 1 1 without its 0s", "ko": "1 0 0 1 1에서 0을 모두 뺀 글"},
    )


def test_pairs_worked_example(student):
    pairs = student.corpus.skipgram_pairs(list(range(8)), 2)
    expect_equal(
        len(pairs),
        26,
        {
            "en": "the number of pairs of eight words with window 2",
            "ko": "단어 8개, 윈도 2일 때 쌍의 수",
        },
    )
    found = [[ROAD[int(i)], ROAD[int(j)]] for i, j in pairs]
    wide = [context for center, context in found if center == "wide"]
    expect_equal(
        wide,
        ["The", "road", "shimmered"],
        {"en": "the context list of 'wide'", "ko": "'wide'의 문맥"},
    )
    sun = [context for center, context in found if center == "sun"]
    expect_equal(sun, ["the", "hot"], {"en": "the context list of 'sun'", "ko": "'sun'의 문맥"})


@pytest.mark.parametrize("ids", [[4, 2, 9], [5], []])
def test_pairs_are_int64(student, ids):
    pairs = student.corpus.skipgram_pairs(ids, 2)
    expect_tensor(pairs, dtype="int64", what={"en": "the tensor of pairs", "ko": "쌍의 텐서"})


def test_cbow_examples_worked_example(student):
    examples = student.corpus.cbow_examples(list(range(7)), 2)
    expect_equal(len(examples), 7, {"en": "the number of examples", "ko": "예제의 수"})
    contexts, center = examples[3]
    expect_equal(
        WASHING[int(center)],
        "빨래",
        {"en": "the center of the fourth example", "ko": "넷째 예제의 중심"},
    )
    expect_equal(
        [WASHING[int(i)] for i in contexts],
        ["에서", "속옷", "를", "하는"],
        {"en": "the context list of the fourth example", "ko": "넷째 예제의 문맥"},
    )
    # at the start there is less on the left, but not nothing
    first, second = ([WASHING[int(i)] for i in contexts] for contexts, _ in examples[:2])
    expect_equal(
        first,
        ["에서", "속옷"],
        {"en": "the context list of the first example", "ko": "첫째 예제의 문맥"},
    )
    expect_equal(
        second,
        ["개울가", "속옷", "빨래"],
        {"en": "the context list of the second example", "ko": "둘째 예제의 문맥"},
    )
