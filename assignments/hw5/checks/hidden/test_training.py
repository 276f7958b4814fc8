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
    expect_left_alone,
    expect_tensor,
    expect_type,
)

N, V, PAD = 7, 5, 0
TARGETS = torch.tensor([1, 3, 4, 3, 2, 2, 1])
PADDED = torch.tensor([1, 0, 4, 3, 0, 2, 1])
# a step in float32 on the way (6e-8 relative) is no wrong formula; dtypes are asked apart
NEAR = {"rtol": 1e-5, "atol": 1e-6}


def normal(*shape, seed=0, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64).to(dtype)


# ---- label smoothing ------------------------------------------------------------------------------


def expect_smoothed_loss(student, logits, targets, smoothing):
    loss = student.training.label_smoothed_loss(logits, targets, smoothing, PAD)
    expected = F.cross_entropy(logits, targets, ignore_index=PAD, label_smoothing=smoothing)
    expect_tensor(loss, (), what="the loss")
    expect_close(loss, expected, what="the loss")


def expect_gradient_of_loss(student, logits, targets, expected):
    function = student.training.label_smoothed_loss
    gradients = student.gradients(function, [logits, targets, 0.1, PAD]).by_argument
    expect_close(gradients[0], expected, **NEAR, what="the gradient with respect to logits")


@pytest.mark.parametrize("smoothing", [0.1, 0.5])
def test_smoothed_loss_equals_torchs(student, smoothing):
    expect_smoothed_loss(student, normal(N, V, seed=1), TARGETS, smoothing)


def test_smoothed_loss_is_a_mean_without_padding(student):
    for smoothing in (0.1, 0.5):
        expect_smoothed_loss(student, normal(N, V, seed=1), PADDED, smoothing)


def test_smoothed_loss_has_the_right_gradient(student):
    leaf = normal(N, V, seed=2).requires_grad_()
    loss = F.cross_entropy(leaf, TARGETS, ignore_index=PAD, label_smoothing=0.1)
    (expected,) = torch.autograd.grad(loss, leaf)
    expect_gradient_of_loss(student, leaf.detach(), TARGETS, expected)


@pytest.mark.parametrize("smoothing", [0.0, 1.0])
def test_smoothing_may_be_none_or_all(student, smoothing):
    expect_smoothed_loss(student, normal(N, V, seed=1), TARGETS, smoothing)


def test_smoothed_loss_of_nothing_but_padding_is_zero(student):
    logits, targets = normal(3, V, seed=3), torch.full((3,), PAD)
    loss = student.training.label_smoothed_loss(logits, targets, 0.1, PAD)
    expect_close(loss, 0.0, what="the loss")
    expect_gradient_of_loss(student, logits, targets, torch.zeros(3, V))


def test_smoothed_loss_is_finite_far_out(student):
    logits = torch.tensor([[1e4, 0.0, -1e4], [0.0, 1e4, 1e4]], dtype=torch.float64)
    loss = student.training.label_smoothed_loss(logits, torch.tensor([1, 2]), 0.1, PAD)
    expected = F.cross_entropy(logits, torch.tensor([1, 2]), label_smoothing=0.1)
    expect_close(loss, expected, what="the loss")


def test_smoothed_loss_leaves_everything_alone(student):
    function = student.training.label_smoothed_loss
    expect_left_alone(student, function, normal(N, V, seed=4), PADDED, 0.1, PAD)


def test_smoothed_loss_refuses_what_is_no_share(student):
    for smoothing in (-0.1, 1.1):
        with expect_error(ValueError, naming="smoothing"):
            student.training.label_smoothed_loss(normal(N, V), TARGETS, smoothing, PAD)


# ---- schedule -------------------------------------------------------------------------------------


def expect_rates(student, warmups, steps):
    calls = [(step, d, warmup) for d in (64, 300) for warmup in warmups for step in steps]
    rates = student.map(student.training.noam_lr, calls)
    for (step, d_model, warmup), rate in zip(calls, rates, strict=True):
        expected = min(1 / math.sqrt(step), step / warmup**1.5) / math.sqrt(d_model)
        expect_close(rate, expected, what=f"the rate at step {step} with warmup {warmup}")


def test_noam_lr_equals_the_formula(student):
    expect_rates(student, (10, 400), range(1, 30))


def test_noam_lr_rises_and_falls(student):
    rates = student.map(student.training.noam_lr, [(step, 64, 20) for step in range(1, 60)])
    steps = [b - a for a, b in itertools.pairwise(rates)]
    assert all(step > 0 for step in steps[:19]), "the rate rises up to warmup"
    assert all(step < 0 for step in steps[19:]), "the rate falls after warmup"


def test_noam_lr_with_a_warmup_of_one(student):
    expect_rates(student, (1,), range(1, 10))


def test_noam_lr_is_a_python_float(student):
    for rate in student.map(student.training.noam_lr, [(1, 64, 10), (20, 64, 10)]):
        expect_type(rate, float, "the rate")


# ---- batches by length ----------------------------------------------------------------------------


def some_lengths(seed, count=400, longest=50):
    source = random.Random(seed)
    return [source.randint(1, longest) for _ in range(count)]


def padded_size(lengths, batches):
    return [len(batch) * max(lengths[i] for i in batch) for batch in batches]


def expect_every_index(batches, count):
    expect_equal(
        sorted(int(i) for b in batches for i in b), list(range(count)), "all indices, sorted"
    )


def test_length_batches_hold_every_index_once(student):
    for seed in range(3):
        batches = student.training.length_batches(some_lengths(seed), 120, seed)
        expect_every_index(batches, 400)


def test_length_batches_are_no_larger_than_allowed(student):
    lengths = some_lengths(4)
    sizes = padded_size(lengths, student.training.length_batches(lengths, 120, 4))
    assert max(sizes) <= 120, "count x longest is over max_tokens"


def test_length_batches_count_the_padding(student):
    # eleven words in all, but four rows as long as the longest would hold 32
    batches = student.training.length_batches([1, 8, 1, 1], 11, 0)
    found = sorted(sorted(int(index) for index in batch) for batch in batches)
    expect_equal(found, [[0, 2, 3], [1]], "the batches")


def test_length_batches_waste_little(student):
    """Random batches take 1.9 times what they hold, sorted ones 1.03."""
    lengths = some_lengths(5)
    batches = student.training.length_batches(lengths, 120, 5)
    assert sum(padded_size(lengths, batches)) < 1.2 * sum(lengths), "too much padding"


def test_length_batches_are_filled(student):
    lengths = some_lengths(5)
    batches = student.training.length_batches(lengths, 120, 5)
    # without any padding it would be 86; sorted lengths take 102, three to a batch 146
    assert len(batches) < 1.6 * sum(lengths) / 120, "too many batches: they must be filled"


def test_length_batches_come_shuffled(student):
    lengths = some_lengths(6)
    longest = [max(lengths[i] for i in b) for b in student.training.length_batches(lengths, 120, 1)]
    # in a random order the longest rises and falls about equally often; sorted it does only one
    steps = [b - a for a, b in itertools.pairwise(longest)]
    rises, falls = sum(step > 0 for step in steps), sum(step < 0 for step in steps)
    assert min(rises, falls) > len(steps) / 5, "the batches must not come in the order of lengths"


def test_a_sentence_longer_than_allowed_is_alone(student):
    lengths = [*some_lengths(4, count=40), 300, 130]  # two that fit into no batch
    batches = student.training.length_batches(lengths, 120, 4)
    expect_every_index(batches, 42)
    for batch, size in zip(batches, padded_size(lengths, batches), strict=True):
        assert size <= 120 or len(batch) == 1, "count x longest is over max_tokens"


def test_length_batches_are_lists_of_python_ints(student):
    batches = student.training.length_batches(some_lengths(7, count=20), 120, 7)
    expect_type(batches, list)
    for batch in batches:
        expect_type(batch, list, "a batch")
        for index in batch:
            expect_type(index, int, "an index")


def test_length_batches_leave_everything_alone(student):
    expect_left_alone(student, student.training.length_batches, some_lengths(8), 120, 8)


def test_length_batches_depend_on_the_seed_alone(student):
    lengths = some_lengths(7)
    student.generators(seed=1)
    one, other = student.map(
        student.training.length_batches, [(lengths, 120, seed) for seed in (3, 4)]
    )
    student.generators(seed=2)
    expect_equal(student.training.length_batches(lengths, 120, 3), one, "the batches")
    assert one != other, "a different seed must give a different order"


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
    """Sentences without a word that comes twice, and copies of the same length with some words
    changed: nothing is clipped, nothing is too short or too long.
    """
    source, words = random.Random(seed), "가나다라마바사아abcdefghij"
    hypotheses, answers = [], []
    for _ in range(sentences):
        sentence = source.sample(words, source.randint(7, 12))
        hypotheses.append(sentence)
        others = "klmnopqrstuvwxyz"
        copies = [
            [w if source.random() < 0.85 else source.choice(others) for w in sentence]
            for _ in range(references)
        ]
        # five words in a row are right: no order is without a match
        answers.append([[*sentence[:5], *choice[5:]] for choice in copies])
    return hypotheses, answers


def expect_bleu(student, calls):
    scores = student.map(student.training.bleu, calls)
    for call, score in zip(calls, scores, strict=True):
        expect_close(float(score), own_bleu(*call), what="BLEU")


def split(*sentences):
    return [sentence.split() for sentence in sentences]


def test_bleu_of_corpora_equals_the_definition(student):
    expect_bleu(student, [corpus(seed) for seed in range(20)])


def test_bleu_takes_several_references(student):
    expect_bleu(
        student, [corpus(seed, references) for seed in range(20, 26) for references in (2, 3)]
    )


def test_bleu_compares_words_as_they_are(student):
    hypothesis, reference = split("The cat saw a dog", "the cat saw a Dog")
    expect_bleu(student, [([hypothesis], [[reference]], 2)])


def test_bleu_clips_counts(student):
    hypothesis, reference = split("the the the the the the the", "the cat is on the mat")
    expect_bleu(student, [([hypothesis], [[reference]], 1)])
    # "the" stands twice in one reference, and three times in both together
    expect_bleu(student, [(split("the the the the"), [split("the cat", "the dog the")], 1)])
    # "a a" stands twice in the first, "b b" twice in the second: both count twice, not more
    (hypothesis,) = split("a a a a b b b b")
    expect_bleu(student, [([hypothesis], [split("a a a x", "b b b x")], n) for n in (1, 2)])


def test_bleu_is_of_the_corpus_and_no_mean(student):
    hypotheses = split("a b c d e", "x y z w v u t")
    references = [split("a b c d e"), split("x y z w q r t")]
    expect_bleu(student, [(hypotheses, references)])


def test_bleu_takes_the_closest_reference_length(student):
    (hypothesis,) = split("a b c d e")
    cases = [
        split("a b c d e f g h", "a b c d e f"),  # 6 is closer than 8
        split("a b c d e f", "a b c"),  # 6 is closer than 3
        split("a b c d e f", "a b c d e"),  # 5 fits
    ]
    expect_bleu(student, [([hypothesis], [case]) for case in cases])


def test_bleu_does_not_reward_length(student):
    hypotheses = split("a b c d e f g h", "x y z w v")
    references = [split("a b c d e f"), split("x y z w")]
    expect_bleu(student, [(hypotheses, references), (hypotheses[:1], references[:1])])


def test_bleu_smooths_orders_above_one(student):
    expect_bleu(student, [(*corpus(seed, 1, 2), 4, True) for seed in range(30, 36)])


def test_bleu_takes_other_orders(student):
    expect_bleu(student, [(*corpus(seed), n) for seed in range(40, 43) for n in (1, 2, 3, 5)])


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


def test_bleu_smooths_an_order_without_a_match(student):
    calls = [(split("a c b"), [split("a b c")], 4, True), (split("a b"), [split("a b")], 4, True)]
    expect_bleu(student, calls)


def test_bleu_smoothed_is_zero_without_a_word_that_matches(student):
    calls = [(split("x y"), [split("a b")], 4, True), ([[]], [split("a b")], 4, True)]
    expect_bleu(student, calls)


def test_bleu_ties_go_to_the_shorter_reference(student):
    (hypothesis,) = split("a b c d")
    cases = [
        split("a b c d e", "a b c"),  # 5 and 3 are as close: 3
        split("a b", "a b c d e f"),  # 2 and 6 are as close: 2
    ]
    expect_bleu(student, [([hypothesis], [case], 2) for case in cases])


def test_bleu_is_a_python_float(student):
    calls = [corpus(50), (split("x y"), [split("a b")], 4, True), ([[]], [split("a")])]
    for score in student.map(student.training.bleu, calls):
        expect_type(score, float, "BLEU")


def test_bleu_leaves_everything_alone(student):
    expect_left_alone(student, student.training.bleu, *corpus(51, 2), 4, True)
