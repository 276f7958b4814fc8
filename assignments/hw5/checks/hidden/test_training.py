"""Hidden checks of the loss, the schedule, the batches and BLEU in training.py."""

import itertools
import math
import random
from collections import Counter

import pytest
import torch
from torch.nn import functional as F

from grader.checking.expect import (
    expect_close,
    expect_equal,
    expect_error,
    expect_tensor,
    expect_type,
)

N, V, PAD = 7, 5, 0
TARGETS = torch.tensor([1, 0, 4, 3, 0, 2, 1])


def normal(*shape, seed=0, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64).to(dtype)


# ---- label smoothing ------------------------------------------------------------------------------


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.5, 1.0])
def test_smoothed_loss_equals_torchs(student, smoothing):
    logits = normal(N, V, seed=1)
    loss = student.training.label_smoothed_loss(logits, TARGETS, smoothing, PAD)
    expected = F.cross_entropy(logits, TARGETS, ignore_index=PAD, label_smoothing=smoothing)
    expect_tensor(loss, (), "float64", "the loss")
    expect_close(loss, expected, what="the loss")


def test_smoothed_loss_has_the_right_gradient(student):
    logits = normal(N, V, seed=2)
    function = student.training.label_smoothed_loss
    gradients = student.gradients(function, [logits, TARGETS, 0.1, PAD]).by_argument
    leaf = logits.clone().requires_grad_()
    loss = F.cross_entropy(leaf, TARGETS, ignore_index=PAD, label_smoothing=0.1)
    expect_close(
        gradients[0], torch.autograd.grad(loss, leaf)[0], what="the gradient with respect to logits"
    )


def test_smoothed_loss_is_finite_far_out(student):
    logits = torch.tensor([[1e4, 0.0, -1e4], [0.0, 1e4, 1e4]], dtype=torch.float64)
    loss = student.training.label_smoothed_loss(logits, torch.tensor([1, 2]), 0.1, PAD)
    expected = F.cross_entropy(logits, torch.tensor([1, 2]), label_smoothing=0.1)
    expect_close(loss, expected, what="the loss")


def test_smoothed_loss_keeps_float32_and_its_arguments(student):
    logits = normal(N, V, seed=4, dtype=torch.float32)
    loss, after = student.with_arguments(
        student.training.label_smoothed_loss, logits, TARGETS, 0.1, PAD
    )
    expect_tensor(loss, (), "float32", "the loss")
    expect_equal(after[:2], [logits, TARGETS], "the arguments after the call")


def test_smoothed_loss_refuses_what_is_no_share(student):
    for smoothing in (-0.1, 1.1):
        with expect_error(ValueError, naming="smoothing"):
            student.training.label_smoothed_loss(normal(N, V), TARGETS, smoothing, PAD)


# ---- schedule -------------------------------------------------------------------------------------


def test_noam_lr_equals_the_formula(student):
    calls = [
        (step, d, warmup) for d in (64, 300) for warmup in (1, 10, 400) for step in range(1, 30)
    ]
    rates = student.map(student.training.noam_lr, calls)
    for (step, d_model, warmup), rate in zip(calls, rates, strict=True):
        expect_type(rate, float, "the rate")
        expected = min(1 / math.sqrt(step), step / warmup**1.5) / math.sqrt(d_model)
        expect_close(rate, expected, what=f"the rate at step {step} with warmup {warmup}")


# ---- batches by length ----------------------------------------------------------------------------


def some_lengths(seed, count=400, longest=50):
    source = random.Random(seed)
    return [source.randint(1, longest) for _ in range(count)]


def padded_size(lengths, batches):
    return [len(batch) * max(lengths[i] for i in batch) for batch in batches]


def test_length_batches_hold_every_index_once(student):
    for seed in range(3):
        lengths = some_lengths(seed)
        batches, after = student.with_arguments(student.training.length_batches, lengths, 120, seed)
        expect_type(batches, list)
        expect_equal(after[0], lengths, "the lengths after the call")
        expect_equal(sorted(i for b in batches for i in b), list(range(400)), "all indices, sorted")


def test_length_batches_are_no_larger_than_allowed(student):
    lengths = [*some_lengths(4), 300, 130]  # two that fit into no batch
    batches = student.training.length_batches(lengths, 120, 4)
    for batch, size in zip(batches, padded_size(lengths, batches), strict=True):
        assert size <= 120 or len(batch) == 1, "count x longest is over max_tokens"
    expect_equal(sorted(i for b in batches for i in b), list(range(402)), "all indices, sorted")


def test_length_batches_waste_little(student):
    """Random batches take 1.9 times what they hold, buckets of ten lengths 1.2, sorted ones 1.03."""
    lengths = some_lengths(5)
    batches = student.training.length_batches(lengths, 120, 5)
    assert sum(padded_size(lengths, batches)) < 1.4 * sum(lengths), "too much padding"
    assert len(batches) < 2 * sum(lengths) / 120 + 10, "too many batches: they must be filled"


def test_length_batches_come_shuffled(student):
    lengths = some_lengths(6)
    one, again, other = student.map(
        student.training.length_batches, [(lengths, 120, seed) for seed in (1, 1, 2)]
    )
    expect_equal(again, one, "the batches with the same seed")
    assert one != other, "a different seed must give a different order"
    longest = [max(lengths[i] for i in batch) for batch in one]
    # in a random order the longest rises and falls about equally often; sorted it does only one
    steps = [b - a for a, b in itertools.pairwise(longest)]
    rises, falls = sum(step > 0 for step in steps), sum(step < 0 for step in steps)
    assert min(rises, falls) > len(steps) / 5, "the batches must not come in the order of lengths"


def test_length_batches_depend_on_the_seed_alone(student):
    lengths = some_lengths(7)
    student.generators(seed=1)
    one = student.training.length_batches(lengths, 120, 3)
    student.generators(seed=2)
    expect_equal(student.training.length_batches(lengths, 120, 3), one, "the batches")


# ---- BLEU -----------------------------------------------------------------------------------------


def own_bleu(hypotheses, references, max_n=4, smooth=False):
    """By the definition, n-gram by n-gram."""
    c = sum(len(hypothesis) for hypothesis in hypotheses)
    r, logs = 0, 0.0
    for hypothesis, choices in zip(hypotheses, references, strict=True):
        r += min((abs(len(choice) - len(hypothesis)), len(choice)) for choice in choices)[1]
    for n in range(1, max_n + 1):
        hits = total = 0
        for hypothesis, choices in zip(hypotheses, references, strict=True):
            grams = [tuple(hypothesis[i : i + n]) for i in range(len(hypothesis) - n + 1)]
            total += len(grams)
            for gram, count in Counter(grams).items():
                there = [
                    sum(tuple(choice[i : i + n]) == gram for i in range(len(choice) - n + 1))
                    for choice in choices
                ]
                hits += min(count, max(there))
        if smooth and n > 1:
            hits, total = hits + 1, total + 1
        if hits == 0:
            return 0.0
        logs += math.log(hits / total) / max_n
    return 100 * min(1.0, math.exp(1 - r / c)) * math.exp(logs)


def corpus(seed, references=1, sentences=8):
    """Sentences over ten words, and copies of them with some words changed, cut or added."""
    source, words = random.Random(seed), "가나다라마abcde"
    hypotheses, answers = [], []
    for _ in range(sentences):
        sentence = [source.choice(words) for _ in range(source.randint(4, 14))]
        hypotheses.append(sentence)
        choices = []
        for _ in range(references):
            kept = [w if source.random() < 0.85 else source.choice(words) for w in sentence]
            choices.append(kept[: len(kept) - source.randint(0, 2)] + kept[: source.randint(0, 2)])
        answers.append(choices)
    return hypotheses, answers


def expect_bleu(student, calls):
    scores = student.map(student.training.bleu, calls)
    for call, score in zip(calls, scores, strict=True):
        expect_type(score, float, "BLEU")
        expect_close(score, own_bleu(*call), what="BLEU")


def split(*sentences):
    return [sentence.split() for sentence in sentences]


def test_bleu_of_corpora_equals_the_definition(student):
    expect_bleu(student, [corpus(seed) for seed in range(20)])


def test_bleu_takes_several_references(student):
    expect_bleu(
        student, [corpus(seed, references) for seed in range(20, 26) for references in (2, 3)]
    )


def test_bleu_clips_counts(student):
    hypothesis, reference = split("the the the the the the the", "the cat is on the mat")
    expect_bleu(student, [([hypothesis], [[reference]], 1), ([hypothesis], [[reference]])])
    # "a a" stands twice in the first, "b b" twice in the second: both count twice, not more
    (hypothesis,) = split("a a a a b b b b")
    expect_bleu(student, [([hypothesis], [split("a a a x", "b b b x")], n) for n in (1, 2)])


def test_bleu_is_of_the_corpus_and_no_mean(student):
    hypotheses = split("a b c d e", "x y z w v u t")
    references = [split("a b c d e"), split("x y z w q r s t")]
    expect_bleu(student, [(hypotheses, references)])


def test_bleu_takes_the_closest_reference_length(student):
    (hypothesis,) = split("a b c d")
    cases = [
        split("a b c d e f g", "a b c d e"),  # 5 is closer than 7
        split("a b c d e", "a b c"),  # 5 and 3 are as close: 3
        split("a b", "a b c d e f"),  # 2 and 6 are as close: 2
        split("a b c d e f", "a b c d"),  # 4 fits
    ]
    expect_bleu(student, [([hypothesis], [case], 2) for case in cases])


def test_bleu_without_a_match_is_zero(student):
    expect_bleu(
        student,
        [
            (split("a c b"), [split("a b c")]),
            (split("x y z w"), [split("a b c d")], 1),
            ([[]], [split("a b c d")]),
            (split("a b"), [split("a b")]),  # no 4-gram at all
        ],
    )


def test_bleu_smooths_orders_above_one(student):
    calls = [(*corpus(seed, 1, 2), 4, True) for seed in range(30, 36)]
    calls += [(split("a c b"), [split("a b c")], 4, True), (split("x y"), [split("a b")], 4, True)]
    expect_bleu(student, calls)


def test_bleu_takes_other_orders(student):
    expect_bleu(student, [(*corpus(seed), n) for seed in range(40, 43) for n in (1, 2, 3, 5)])
