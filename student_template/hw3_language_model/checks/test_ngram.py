"""Public checks of ngram.py."""

import math

from grader.checking.expect import expect_close

SENTENCES = [["a", "b"], ["a", "c"]]


def test_ngram_worked_example(student):
    model = student.ngram.NGram(2).fit(SENTENCES)
    expect_close(model.vocabulary_size, 5, what="vocabulary_size")  # a, b, c, </s>, <unk>
    for word, context, p in (("a", [], 3 / 7), ("b", ["a"], 2 / 7), ("</s>", ["b"], 1 / 3)):
        expect_close(
            model.log_prob(word, context), math.log(p), what=f"log_prob({word!r},{context})"
        )


def test_ngram_perplexity_worked_example(student):
    model = student.ngram.NGram(2).fit(SENTENCES)
    # three tokens of 3/7, 2/7 and 1/3, if your log_prob is right: the perplexity is 2.904393
    first = model.log_prob("a", []) + model.log_prob("b", ["a"])
    ends = [model.log_prob("</s>", context) for context in (["b"], ["a", "b"])]  # one and the same
    got = model.perplexity([["a", "b"]])
    wanted = min((math.exp(-(first + end) / 3) for end in ends), key=lambda w: abs(w - got))
    expect_close(
        got,
        wanted,
        what={
            "en": "the perplexity (by your own log_prob)",
            "ko": "펄플렉시티(여러분의 log_prob 기준)",
        },
    )


def test_interpolation_worked_example(student):
    models = [student.ngram.NGram(n).fit(SENTENCES) for n in (1, 2)]
    # P(b) = 2/11 from one word alone, P(b | a) = 2/7 from two, if your models are right
    parts = [math.exp(model.log_prob("b", ["a"])) for model in models]
    got = student.ngram.interpolated_log_prob(models, [0.5, 0.5], "b", ["a"])
    expect_close(
        got,
        math.log(sum(parts) / 2),
        what={
            "en": "the log-probability of the mixture (by your own models)",
            "ko": "혼합한 로그 확률(여러분의 모델 기준)",
        },
    )
