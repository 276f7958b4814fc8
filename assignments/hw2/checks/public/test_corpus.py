"""Public checks of corpus.py."""

import torch

from grader.checking.expect import expect_close, expect_equal

ROAD = ["The", "wide", "road", "shimmered", "in", "the", "hot", "sun"]
WASHING = ["개울가", "에서", "속옷", "빨래", "를", "하는", "남녀"]


def test_vocabulary_worked_example(student):
    vocabulary = student.corpus.Vocabulary([["나비", "꽃", "나비"], ["꽃", "하늘", "나비"]], 2)
    expect_equal(vocabulary.tokens, ["나비", "꽃"], "tokens")
    expect_equal([int(count) for count in vocabulary.counts], [3, 2], "counts")
    expect_equal(len(vocabulary), 2, "len")


def test_encode_worked_example(student):
    vocabulary = student.corpus.Vocabulary([["나비", "꽃", "나비"], ["꽃", "하늘", "나비"]], 2)
    # by the order of your own tokens: [1, 0] if these are 나비 꽃
    order = {word: number for number, word in enumerate(vocabulary.tokens)}
    asked = ["꽃", "하늘", "나비"]
    ids = [int(number) for number in vocabulary.encode(asked)]
    expect_equal(ids, [order[word] for word in asked if word in order], "encode")


def test_keep_probability_worked_example(student):
    # of 1000 words: shares 0.1, 0.01, 0.002, 0.001 and the rest
    keep = student.corpus.keep_probability(torch.tensor([100, 10, 2, 1, 887]))
    expected = [0.11, 0.1 + 10**-0.5, 1.0, 1.0]
    expect_close(keep[:4], expected, rtol=1e-4, what="the probabilities of keeping")


def test_subsample_worked_example(student):
    keep = torch.tensor([0.0, 1.0], dtype=torch.float64)
    kept = student.corpus.subsample([1, 0, 0, 1, 1], keep, seed=0)
    expect_equal(
        [int(i) for i in kept], [1, 1, 1], "what is kept of 1 0 0 1 1 when 0 never is and 1 always"
    )


def test_pairs_worked_example(student):
    pairs = student.corpus.skipgram_pairs(list(range(8)), 2)
    expect_equal(len(pairs), 26, "the number of pairs of eight words with window 2")
    found = [[ROAD[int(i)], ROAD[int(j)]] for i, j in pairs]
    wide = [context for center, context in found if center == "wide"]
    expect_equal(wide, ["The", "road", "shimmered"], "the contexts of 'wide'")
    sun = [context for center, context in found if center == "sun"]
    expect_equal(sun, ["the", "hot"], "the contexts of 'sun'")


def test_cbow_examples_worked_example(student):
    examples = student.corpus.cbow_examples(list(range(7)), 2)
    expect_equal(len(examples), 7, "the number of examples")
    contexts, center = examples[3]
    expect_equal(WASHING[int(center)], "빨래", "the center of the fourth example")
    expect_equal(
        [WASHING[int(i)] for i in contexts], ["에서", "속옷", "를", "하는"], "its contexts"
    )
