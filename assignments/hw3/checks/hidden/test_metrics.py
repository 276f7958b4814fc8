"""Hidden checks of metrics.py. The oracle is torch's own cross-entropy, on our side."""

import math

import pytest
import torch
import torch.nn.functional as F

from grader.checking.expect import (
    expect_close,
    expect_equal,
    expect_error,
    expect_tensor,
    expect_type,
)


def some(seed, *shape, V=5):
    """Logits of a few units, and targets that name every word."""
    generator = torch.Generator().manual_seed(seed)
    logits = 3 * torch.randn(*shape, V, generator=generator, dtype=torch.float64)
    targets = torch.randperm(math.prod(shape), generator=generator).view(shape) % V
    return logits, targets


def oracle(logits, targets, ignore_index=-100, label_smoothing=0.0):
    V = logits.shape[-1]
    return F.cross_entropy(
        logits.reshape(-1, V),
        targets.reshape(-1),
        ignore_index=ignore_index,
        label_smoothing=label_smoothing,
    )


@pytest.mark.parametrize("shape", [(1,), (7,), (4, 3), (2, 3, 2)])
def test_cross_entropy_is_the_mean_over_all_targets(student, shape):
    logits, targets = some(1, *shape)
    value = student.metrics.cross_entropy(logits, targets)
    expect_tensor(value, (), "float64", "the loss")
    expect_close(value, oracle(logits, targets), what="the loss")


@pytest.mark.parametrize("ignore", [0, 3, -100, 7])
def test_cross_entropy_leaves_the_ignored_out(student, ignore):
    logits, targets = some(2, 4, 3)
    targets[1, :2] = ignore
    value = student.metrics.cross_entropy(logits, targets, ignore_index=ignore)
    expect_close(value, oracle(logits, targets, ignore), what=f"the loss, {ignore} ignored")


def test_cross_entropy_ignores_nothing_unless_told(student):
    logits, targets = some(3, 6)
    targets[:2] = 0
    expect_close(student.metrics.cross_entropy(logits, targets), oracle(logits, targets))


@pytest.mark.parametrize("smoothing", [0.1, 0.5, 1.0])
def test_cross_entropy_smooths_over_all_words(student, smoothing):
    logits, targets = some(4, 7)
    value = student.metrics.cross_entropy(logits, targets, label_smoothing=smoothing)
    expect_close(value, oracle(logits, targets, label_smoothing=smoothing), what="the loss")


def test_cross_entropy_smooths_only_what_counts(student):
    logits, targets = some(5, 3, 4)
    targets[0] = 2
    value = student.metrics.cross_entropy(logits, targets, 2, 0.2)
    expect_close(value, oracle(logits, targets, 2, 0.2), what="the loss")


@pytest.mark.parametrize("smoothing", [0.0, 0.3])
def test_cross_entropy_gradient_is_the_derivative(student, smoothing):
    logits, targets = some(6, 3, 4)
    targets[0, 0] = 1
    leaf = logits.clone().requires_grad_()
    (wanted,) = torch.autograd.grad(oracle(leaf, targets, 1, smoothing), leaf)
    arguments = [logits, targets, 1, smoothing]
    (gradient,) = student.gradients(student.metrics.cross_entropy, arguments).by_argument
    expect_close(gradient, wanted, what="the gradient with respect to the logits")


def test_cross_entropy_of_no_target_is_zero(student):
    logits, _ = some(7, 3)
    targets = torch.full((3,), 2)
    found = student.gradients(student.metrics.cross_entropy, [logits, targets, 2])
    (gradient,) = found.by_argument
    expect_close(found.result, 0.0, what="the loss with every target ignored")
    if gradient is not None:
        expect_equal(gradient.abs().sum().item(), 0.0, "its gradient, summed")


def test_cross_entropy_is_stable_far_out(student):
    logits = torch.tensor([[1e4, -1e4, 0.0], [-1e4, -1e4, -1e4]], dtype=torch.float64)
    value = student.metrics.cross_entropy(logits, torch.tensor([1, 0]))
    expect_close(value, (2e4 + math.log(3)) / 2, what="the loss for logits of 1e4")
    value = student.metrics.cross_entropy(logits[:1], torch.tensor([0]))
    expect_close(value, 0.0, what="the loss of a certain and right guess")


def test_cross_entropy_does_not_see_a_shift(student):
    logits, targets = some(8, 5)
    shift = torch.tensor([[100.0], [-50.0], [0.0], [3.0], [700.0]], dtype=torch.float64)
    value = student.metrics.cross_entropy(logits + shift, targets)
    # 1e-13 of 700 is lost in the sum logits + 700
    expect_close(value, oracle(logits, targets), rtol=1e-8, what="the loss after a shift")


def test_cross_entropy_keeps_float32(student):
    logits, targets = some(9, 4, 3)
    value = student.metrics.cross_entropy(logits.float(), targets, None, 0.1)
    expect_tensor(value, (), "float32", "the loss")
    expect_close(value, oracle(logits, targets, label_smoothing=0.1), 1e-4, 1e-5, "the loss")


def test_cross_entropy_leaves_its_arguments_alone(student):
    logits, targets = some(10, 4)
    _, after = student.with_arguments(student.metrics.cross_entropy, logits, targets, 2, 0.1)
    expect_equal(after, [logits, targets, 2, 0.1], "the arguments after the call")


def test_cross_entropy_refuses_impossible_input(student):
    logits, targets = some(11, 6)
    call = student.metrics.cross_entropy
    with expect_error(ValueError, naming=("logits", "targets")):
        call(logits, targets[:5])
    for wrong in (5, -1):
        with expect_error(ValueError, naming="targets"):
            call(logits, torch.where(targets == 0, wrong, targets))
    for wrong in (-0.1, 1.1):
        with expect_error(ValueError, naming="label_smoothing"):
            call(logits, targets, None, wrong)


# ---- perplexity, entropy, bits --------------------------------------------------------------------


@pytest.mark.parametrize(("nll", "n"), [(0.0, 3), (10.0, 4), (700.0, 100), (2.5, 1)])
def test_perplexity_is_exp_of_the_mean(student, nll, n):
    value = student.metrics.perplexity(nll, n)
    expect_type(value, float, "the perplexity")
    expect_close(value, math.exp(nll / n), what="the perplexity")


@pytest.mark.parametrize("V", [1, 2, 10_000])
def test_perplexity_of_a_uniform_guess_is_V(student, V):
    expect_close(student.metrics.perplexity(30 * math.log(V), 30), float(V), what="the perplexity")


def test_entropy_is_over_the_last_axis(student):
    p = torch.softmax(some(12, 3, 4)[0], dim=-1)
    value = student.metrics.entropy(p)
    expect_tensor(value, (3, 4), "float64", "the entropy")
    expect_close(value, -(p * p.log()).sum(-1), what="the entropy")
    expect_tensor(student.metrics.entropy(p[0, 0]), (), "float64", "the entropy of one row")


def test_entropy_of_certainty_is_zero(student):
    value = student.metrics.entropy(torch.eye(4, dtype=torch.float64))
    expect_close(value, [0.0] * 4, what="the entropy of one-hot rows")


def test_entropy_is_largest_for_the_uniform(student):
    uniform = torch.full((1, 5), 0.2, dtype=torch.float64)
    p = torch.cat([uniform, torch.softmax(some(13, 6)[0], -1)])
    value = student.metrics.entropy(p)
    expect_close(value[0], math.log(5), what="the entropy of five equal chances")
    assert (value[1:] < math.log(5)).all(), "no other distribution is as uncertain"
    assert (value >= 0).all(), "no entropy is negative"


def test_entropy_keeps_float32_and_its_argument(student):
    p = torch.tensor([[0.5, 0.5, 0.0]])
    value, after = student.with_arguments(student.metrics.entropy, p)
    expect_tensor(value, (1,), "float32", "the entropy")
    expect_equal(after, [p], "p after the call")


def test_entropy_refuses_what_is_no_probability(student):
    for row in ([1.5, -0.5], [1.0, 1.1]):
        with expect_error(ValueError, naming="p"):
            student.metrics.entropy(torch.tensor([row]))


def test_bits_are_nats_over_ln_2(student):
    for nats in (0.0, math.log(2), 0.587501, 5.0):
        value = student.metrics.bits_per_token(nats)
        expect_type(value, float, "the bits")
        expect_close(value, nats / math.log(2), what=f"{nats:.3f} nats in bits")


def corpus(seed=14):
    return [some(seed, 1), some(seed + 1, 3, 3), some(seed + 2, 5, 4)]


def test_corpus_perplexity_weighs_every_token_the_same(student):
    batches = corpus()
    total = sum(float(oracle(l, t)) * t.numel() for l, t in batches)
    value = student.metrics.corpus_perplexity(batches)
    expect_type(value, float, "the perplexity")
    expect_close(value, math.exp(total / 30), what="the perplexity of 1 + 9 + 20 tokens")


def test_corpus_perplexity_leaves_the_ignored_out(student):
    batches = corpus(17)
    kept = [int((t != 2).sum()) for _, t in batches]
    total = sum(float(oracle(l, t, 2)) * n for (l, t), n in zip(batches, kept, strict=True) if n)
    value = student.metrics.corpus_perplexity(batches, ignore_index=2)
    expect_close(value, math.exp(total / sum(kept)), what="the perplexity, word 2 ignored")


def test_corpus_perplexity_of_one_batch(student):
    logits, targets = some(20, 6)
    value = student.metrics.corpus_perplexity([(logits, targets)])
    expect_close(value, math.exp(float(oracle(logits, targets))), what="the perplexity")
