"""Hidden checks of ngram.py. The oracle counts afresh, in fractions."""

import math
import random
from fractions import Fraction

import pytest

from grader.checking.expect import (
    expect_close,
    expect_equal,
    expect_error,
    expect_left_alone,
    expect_type,
)

SENTENCES = [["a", "b"], ["a", "c"]]
WORDS = ["a", "b", "c", "</s>", "<unk>"]


def some_sentences(seed, alphabet="abc", n=12):
    rng = random.Random(seed)
    return [*(rng.choices(alphabet, k=rng.randrange(1, 6)) for _ in range(n)), list(alphabet)]


def own(sentences, n, alpha, word, context):
    seen = {w for s in sentences for w in s} | {"</s>", "<unk>"}
    before = (["<s>"] * (n - 1) + [w if w in seen else "<unk>" for w in context])[len(context) :]
    word = word if word in seen else "<unk>"
    hits = total = 0
    for sentence in sentences:
        text = ["<s>"] * (n - 1) + sentence + ["</s>"]
        for i in range(n - 1, len(text)):
            if text[i - n + 1 : i] == before:
                total, hits = total + 1, hits + (text[i] == word)
    bottom = total + alpha * len(seen)
    return Fraction(hits + alpha) / bottom if bottom else Fraction(0)


def own_log(*arguments):
    p = own(*arguments)
    return math.log(p) if p else -math.inf


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_ngram_equals_counts(student, n):
    sentences = some_sentences(n)
    model = student.ngram.NGram(n, alpha=2.0).fit(sentences)
    rng = random.Random(n)
    # contexts as long as n - 1 that were seen, each with every word
    texts = [["a"] * n + s for s in sentences]
    contexts = [text[-k - n : -k] for text in texts for k in (1, 2)]
    calls = [(word, context[1:]) for context in rng.sample(contexts, 12) for word in WORDS]
    got = student.map(model.log_prob, calls)
    for (word, context), value in zip(calls, got, strict=True):
        wanted = own_log(sentences, n, 2, word, context)
        expect_close(value, wanted, what=f"ln P({word} | {context}) for n = {n}")


@pytest.mark.parametrize("alpha", [0.5, 1.0, 3.0])
def test_ngram_adds_alpha_to_every_count(student, alpha):
    model = student.ngram.NGram(2, alpha=alpha).fit(SENTENCES)
    for word, hits in (("b", 1), ("c", 1), ("a", 0), ("</s>", 0), ("<unk>", 0)):
        wanted = math.log((hits + alpha) / (2 + 5 * alpha))
        expect_close(model.log_prob(word, ["a"]), wanted, what=f"ln P({word} | a)")


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_ngram_probabilities_sum_to_one(student, n):
    model = student.ngram.NGram(n, alpha=0.5).fit(some_sentences(10 + n))
    for context in ([], ["a"], ["b", "c"], ["new", "words", "here"], list("abcabcabc")):
        logs = student.map(model.log_prob, [(word, context) for word in WORDS])
        total = sum(math.exp(value) for value in logs)
        expect_close(total, 1.0, what=f"the sum over the vocabulary after {context}")


def test_ngram_vocabulary_counts_each_word_once(student):
    for sentences, size in (
        (SENTENCES, 5),
        ([["가", "가", "<unk>"], ["</s>", "나"]], 4),
        ([["a"]] * 3, 3),
    ):
        model = student.ngram.NGram(3).fit(sentences)
        expect_close(model.vocabulary_size, size, what="vocabulary_size")


def test_ngram_uses_the_last_words_of_a_long_context(student):
    sentences = [list("abc"), list("bac"), list("cabb"), list("aab")]
    for n in (2, 3):
        model = student.ngram.NGram(n).fit(sentences)
        for context in (list("caab"), list("bbba"), list("abcab")):
            wanted = own_log(sentences, n, 1, "b", context)
            expect_close(model.log_prob("b", context), wanted, what=f"ln P(b | {context})")


def test_ngram_tells_the_order_of_its_context(student):
    model = student.ngram.NGram(3).fit([["a", "b", "x"], ["b", "a", "y"]])
    # x came after a b, y after b a: each once of once, V = 6
    expect_close(model.log_prob("x", ["a", "b"]), math.log(2 / 7), what="ln P(x | a b)")
    expect_close(model.log_prob("x", ["b", "a"]), math.log(1 / 7), what="ln P(x | b a)")


def test_ngram_short_context_is_the_start_of_a_sentence(student):
    sentences = [list("abc"), list("acb"), list("bac")]
    model = student.ngram.NGram(3).fit(sentences)
    for word, context in (("a", []), ("b", []), ("b", ["a"]), ("c", ["a"]), ("</s>", ["b"])):
        wanted = own_log(sentences, 3, 1, word, context)
        expect_close(model.log_prob(word, context), wanted, what=f"ln P({word} | start {context})")


def test_ngram_unknown_words_are_unk(student):
    sentences = [["a", "<unk>", "b"], ["<unk>", "a"]]
    model = student.ngram.NGram(2).fit(sentences)
    expect_close(model.log_prob("새말", ["a"]), model.log_prob("<unk>", ["a"]), what="a new word")
    wanted = own_log(sentences, 2, 1, "b", ["<unk>"])
    expect_close(model.log_prob("b", ["새말"]), wanted, what="a new word in the context")


def test_ngram_after_an_unseen_context_all_is_equally_likely(student):
    model = student.ngram.NGram(3, alpha=0.1).fit(SENTENCES)
    for word in WORDS:
        got = model.log_prob(word, ["c", "b"])
        expect_close(got, math.log(1 / 5), what=f"ln P({word} | a context never seen)")


def test_ngram_without_alpha_is_relative_frequency(student):
    model = student.ngram.NGram(2, alpha=0.0).fit(SENTENCES)
    for word, context, p in (("a", [], 1), ("b", ["a"], 0.5), ("</s>", ["c"], 1)):
        expect_close(model.log_prob(word, context), math.log(p), what=f"ln P({word} | {context})")
    for word, context in (("a", ["a"]), ("<unk>", ["a"]), ("a", ["new"]), ("a", ["<unk>"])):
        expect_close(model.log_prob(word, context), -math.inf, what=f"ln P({word} | {context})")


def test_ngram_impossible_text_has_infinite_perplexity(student):
    model = student.ngram.NGram(2, alpha=0.0).fit(SENTENCES)
    expect_close(model.perplexity([["a", "b"], ["b"]]), math.inf, what="the perplexity")
    expect_close(model.perplexity([["a", "b"]]), 2 ** (1 / 3), what="that of a possible text")


def test_ngram_of_single_words_ignores_the_context(student):
    model = student.ngram.NGram(1).fit(SENTENCES)
    for context in ([], ["a"], ["b", "new"]):
        expect_close(
            model.log_prob("a", context), math.log(3 / 11), what=f"ln P(a) after {context}"
        )
    expect_close(model.log_prob("</s>", ["a"]), math.log(3 / 11), what="ln P(</s>)")


def test_ngram_an_empty_sentence_is_one_token(student):
    model = student.ngram.NGram(2).fit([[], ["a"]])
    wanted = math.exp(-model.log_prob("</s>", []))
    expect_close(model.perplexity([[]]), wanted, what="the perplexity of an empty sentence")
    wanted = math.exp(-(2 * model.log_prob("</s>", []) + model.log_prob("a", [])
                        + model.log_prob("</s>", ["a"])) / 4)  # fmt: skip
    expect_close(model.perplexity([[], ["a"], []]), wanted, what="that of three sentences")


def test_ngram_perplexity_of_a_long_text(student):
    # its probability, about 3^-3000, is far below the smallest float
    model = student.ngram.NGram(2).fit(some_sentences(22))
    short = [list("abca"), list("cb")]
    expect_close(model.perplexity(short * 400), model.perplexity(short), what="the perplexity")


@pytest.mark.parametrize("n", [1, 3])
def test_ngram_perplexity_is_per_token(student, n):
    model = student.ngram.NGram(n).fit(some_sentences(21))
    test = [list("abca"), list("c"), list("bbbbbb")]
    got = model.perplexity(test)
    # which words of the context are handed on is free: in a right model it makes no difference
    wanted = []
    for words in (n - 1, 99):
        tokens = [(w, s[max(0, i - words) : i]) for s in test for i, w in enumerate([*s, "</s>"])]
        logs = student.map(model.log_prob, tokens)
        wanted.append(math.exp(-sum(logs) / len(tokens)))
    nearest = min(wanted, key=lambda value: abs(value - got))
    expect_close(got, nearest, what="the perplexity by your own log_prob")


def test_ngram_large_alpha_forgets_all_counts(student):
    model = student.ngram.NGram(2, alpha=1e9).fit(SENTENCES)
    for word in ("b", "a"):
        got = model.log_prob(word, ["a"])
        expect_close(got, math.log(1 / 5), rtol=1e-6, what=f"ln P({word} | a)")


def test_ngram_fits_its_own_text_best_unsmoothed(student):
    sentences = some_sentences(22)
    found = [
        student.ngram.NGram(2, alpha=alpha).fit(sentences).perplexity(sentences)
        for alpha in (0.0, 0.1, 1.0, 10.0)
    ]
    assert found == sorted(found), "more smoothing cannot fit the training text better"


def test_ngram_needs_context_enough_for_the_source(student):
    # the next id follows from the last two with probability .85: V = 4, best perplexity 1.7995
    rng = random.Random(7)
    ids = [0, 1]
    while len(ids) < 9_000:
        likely = (ids[-1] + ids[-2]) % 4
        ids.append(likely if rng.random() < 0.85 else (likely + rng.randrange(1, 4)) % 4)
    words = [str(i) for i in ids]
    test = ids[8_000:]
    hits = sum(c == (a + b) % 4 for a, b, c in zip(test, test[1:], test[2:], strict=False))
    best = math.exp(-(hits * math.log(0.85) + (998 - hits) * math.log(0.05)) / 998)
    ratio = {}
    for n in (2, 3):
        model = student.ngram.NGram(n).fit([words[i : i + 500] for i in range(0, 8_000, 500)])
        calls = [
            (str(c), [str(a), str(b)]) for a, b, c in zip(test, test[1:], test[2:], strict=False)
        ]
        logs = student.map(model.log_prob, calls)
        ratio[n] = math.exp(-sum(logs) / len(logs)) / best
    assert ratio[3] < 1.04, "three words in a row tell nearly all there is to know"
    assert ratio[2] > 2.1, "two words in a row tell nothing here"


def test_ngram_leaves_its_arguments_alone(student):
    model = student.ngram.NGram(3)
    expect_left_alone(student, model.fit, SENTENCES)
    expect_left_alone(student, model.log_prob, "a", ["b"])


def test_ngram_perplexity_leaves_its_sentences_alone(student):
    model = student.ngram.NGram(3).fit(SENTENCES)
    expect_left_alone(student, model.perplexity, SENTENCES)


def test_ngram_gives_python_numbers(student):
    model = student.ngram.NGram(2).fit(SENTENCES)
    expect_type(model.vocabulary_size, int, "vocabulary_size")
    for word, context in (("b", ["a"]), ("a", ["b"])):
        expect_type(model.log_prob(word, context), float, "log_prob")
    never = student.ngram.NGram(2, alpha=0.0).fit(SENTENCES)
    expect_type(never.log_prob("a", ["a"]), float, "log_prob of what is impossible")


def test_ngram_perplexity_is_a_python_float(student):
    for alpha in (1.0, 0.0):
        model = student.ngram.NGram(2, alpha).fit(SENTENCES)
        expect_type(model.perplexity([["b"]]), float, "the perplexity")


def test_ngram_refuses_an_impossible_n_or_alpha(student):
    for name, options in (("alpha", {"n": 2, "alpha": -0.5}), ("n", {"n": 0}), ("n", {"n": -1})):
        with expect_error(ValueError, naming=name):
            student.ngram.NGram(**options).fit(SENTENCES).log_prob("a", [])


def test_ngram_refuses_the_perplexity_of_no_sentences(student):
    model = student.ngram.NGram(2).fit(SENTENCES)
    with expect_error(ValueError, naming="sentences"):
        model.perplexity([])


# ---- interpolation: judged by the student's own models --------------------------------------------


def some_models(student, alpha=0.5):
    return [student.ngram.NGram(n, alpha).fit(SENTENCES) for n in (1, 2, 3)]


def own_mixture(models, weights, word, context):
    logs = [model.log_prob(word, context) for model in models]
    mixed = sum(w * math.exp(log) for w, log in zip(weights, logs, strict=True))
    return math.log(mixed) if mixed else -math.inf


# of halves: their sum is exact in any order
@pytest.mark.parametrize("weights", [[0.25, 0.5, 0.25], [0.625, 0.25, 0.125]])
def test_interpolation_mixes_probabilities(student, weights):
    models = some_models(student)
    calls = [("b", ["a"]), ("a", []), ("c", ["b", "new"]), ("new", ["a"]), ("</s>", ["a", "b"])]
    for word, context in calls:
        got = student.ngram.interpolated_log_prob(models, weights, word, context)
        wanted = own_mixture(models, weights, word, context)
        expect_close(got, wanted, what=f"ln of the mixture for {word} after {context}")


def test_interpolation_with_all_weight_on_one_is_that_model(student):
    models = some_models(student)
    for number, weights in enumerate(([1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0])):
        got = student.ngram.interpolated_log_prob(models, weights, "b", ["a"])
        expect_close(got, models[number].log_prob("b", ["a"]), what=f"with weights {weights}")


def test_interpolation_sums_to_one(student):
    models = some_models(student)
    logs = [
        student.ngram.interpolated_log_prob(models, [0.125, 0.375, 0.5], word, ["a"])
        for word in WORDS
    ]
    own = [sum(math.exp(m.log_prob(w, ["a"])) for w in WORDS) for m in models]
    wanted = 0.125 * own[0] + 0.375 * own[1] + 0.5 * own[2]
    expect_close(sum(math.exp(log) for log in logs), wanted, what="the sum over the vocabulary")


def test_interpolation_with_an_impossible_part(student):
    models = some_models(student, alpha=0.0)
    # c never follows b, but c is a word of eight
    for chosen, weights in (
        (models[:2], [0.375, 0.625]),
        (models[1:], [0.5, 0.5]),
        (models[:2], [0.0, 1.0]),
    ):
        wanted = own_mixture(chosen, weights, "c", ["b"])
        got = student.ngram.interpolated_log_prob(chosen, weights, "c", ["b"])
        expect_close(got, wanted, what=f"with parts of probability 0 and weights {weights}")


def test_interpolation_accepts_what_rounding_leaves_of_one(student):
    models = some_models(student)
    for weights in ([0.7, 0.2, 0.1], [0.1, 0.7, 0.2]):  # in float64 they sum to 1 - 1e-16
        got = student.ngram.interpolated_log_prob(models, weights, "b", ["a"])
        wanted = own_mixture(models, weights, "b", ["a"])
        expect_close(got, wanted, what=f"ln of the mixture with weights {weights}")


def test_interpolation_gives_a_python_float_and_changes_nothing(student):
    models = [*some_models(student, 1.0), *some_models(student, 0.0)]
    for word in ("b", "new"):
        got = student.ngram.interpolated_log_prob(models[3:], [0.25, 0.25, 0.5], word, ["a"])
        expect_type(got, float, f"the result for {word}")
    weights, context = [0.5, 0.25, 0.25], ["a", "b"]
    before = student.generators(seed=20)
    arguments = (models[:3], weights, "b", context)
    _, after = student.with_arguments(student.ngram.interpolated_log_prob, *arguments)
    expect_equal(len(after[0]), 3, "the number of models after the call")
    expect_equal([after[1], after[3]], [weights, context], "weights and context after the call")
    expect_equal(student.generators(), before, "the global random generators after the call")


def test_interpolation_refuses_weights_of_another_number(student):
    models = some_models(student)
    for weights in ([0.5, 0.5], [0.25, 0.25, 0.25, 0.25]):
        with expect_error(ValueError, naming=("weights", "models")):
            student.ngram.interpolated_log_prob(models, weights, "a", [])


def test_interpolation_refuses_weights_of_another_sum(student):
    models = some_models(student)
    for weights in ([0.2, 0.2, 0.2], [1.0, 1.0, 1.0], [0.5, 0.25, 0.2504], [0.5, 0.25, 0.2499]):
        with expect_error(ValueError, naming="weights"):
            student.ngram.interpolated_log_prob(models, weights, "a", [])
