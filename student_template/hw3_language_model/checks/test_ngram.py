"""Public checks of ngram.py."""

import math

from grader.checking.expect import expect_close, expect_equal, expect_type

SENTENCES = [["a", "b"], ["a", "c"]]


def test_ngram_worked_example(student):
    model = student.ngram.NGram(2).fit(SENTENCES)
    expect_equal(model.vocabulary_size, 5, "vocabulary_size")  # a, b, c, </s>, <unk>
    for word, context, p in (("a", [], 3 / 7), ("b", ["a"], 2 / 7), ("</s>", ["b"], 1 / 3)):
        got = model.log_prob(word, context)
        expect_type(got, float, "log_prob")
        expect_close(got, math.log(p), what=f"ln P({word} | {context})")


def test_ngram_perplexity_worked_example(student):
    model = student.ngram.NGram(2).fit(SENTENCES)
    # 3/7 for a, 2/7 for b, 1/3 for </s>: three tokens
    expect_close(model.perplexity([["a", "b"]]), (49 / 2) ** (1 / 3), what="the perplexity")


def test_interpolation_worked_example(student):
    models = [student.ngram.NGram(n).fit(SENTENCES) for n in (1, 2)]
    # P(b) = 2/11 from one word alone, P(b | a) = 2/7 from two, if your models are right
    parts = [math.exp(model.log_prob("b", ["a"])) for model in models]
    got = student.ngram.interpolated_log_prob(models, [0.5, 0.5], "b", ["a"])
    expect_close(got, math.log(sum(parts) / 2), what="ln of the mixture of your own models")
