"""Hidden checks of metrics.py. The oracle is torch's own cross-entropy, on our side."""

import math

import pytest
import torch
import torch.nn.functional as F

from grader.checking.expect import (
    expect_close,
    expect_equal,
    expect_error,
    expect_left_alone,
    expect_tensor,
    expect_type,
)

# what 1e-8 inside a logarithm may move, if no probability is small: rare inputs are asked apart
MILD = {"rtol": 1e-6, "atol": 1e-6}


def some(seed, *shape, V=5, scale=0.5):
    """Logits so small that no probability is, and targets that name every word."""
    generator = torch.Generator().manual_seed(seed)
    logits = scale * torch.randn(*shape, V, generator=generator, dtype=torch.float64)
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


@pytest.mark.parametrize("shape", [(1,), (7,)])
def test_cross_entropy_is_the_mean_over_all_targets(student, shape):
    logits, targets = some(1, *shape)
    value = student.metrics.cross_entropy(logits, targets)
    expect_close(value, oracle(logits, targets), **MILD, what="the loss")


@pytest.mark.parametrize("shape", [(4, 3), (2, 3, 2)])
def test_cross_entropy_takes_any_leading_axes(student, shape):
    logits, targets = some(1, *shape)
    value = student.metrics.cross_entropy(logits, targets)
    expect_close(value, oracle(logits, targets), **MILD, what="the loss")


def test_cross_entropy_ignores_nothing_unless_told(student):
    logits, targets = some(3, 6)
    targets[:2] = 0
    value = student.metrics.cross_entropy(logits, targets)
    expect_close(value, oracle(logits, targets), **MILD, what="the loss")


def gradient_is_right(student, ignore, smoothing):
    logits, targets = some(6, 3, 4)
    targets[targets == 0] = 1
    targets[0, 0] = 2 if ignore is None else ignore
    leaf = logits.clone().requires_grad_()
    at = -100 if ignore is None else ignore
    (wanted,) = torch.autograd.grad(oracle(leaf, targets, at, smoothing), leaf)
    arguments = [logits, targets, ignore, smoothing]
    (gradient,) = student.gradients(student.metrics.cross_entropy, arguments).by_argument
    expect_close(gradient, wanted, **MILD, what="the gradient with respect to the logits")


def test_cross_entropy_gradient_is_the_derivative(student):
    gradient_is_right(student, None, 0.0)


# ---- what is ignored


@pytest.mark.parametrize("ignore", [0, 3, -100, 7])
def test_cross_entropy_leaves_the_ignored_out(student, ignore):
    logits, targets = some(2, 4, 3)
    targets[1, :2] = ignore
    value = student.metrics.cross_entropy(logits, targets, ignore_index=ignore)
    expect_close(value, oracle(logits, targets, ignore), **MILD, what=f"the loss, {ignore} ignored")


def test_cross_entropy_does_not_read_the_ignored(student):
    logits, targets = some(22, 6)
    targets[2] = -100
    other = logits.clone()
    other[2] = other[2].flip(0) + 1
    elsewhere = logits.clone()
    elsewhere[1] = elsewhere[1].flip(0) + 1
    one, two, three = (
        student.metrics.cross_entropy(x, targets, -100) for x in (logits, other, elsewhere)
    )
    expect_close(two, one, **MILD, what="the loss with other logits at an ignored place")
    assert abs(three - one) > 0.01, "the others are read"


def test_cross_entropy_gives_the_ignored_no_gradient(student):
    logits, targets = some(23, 6)
    targets[1] = -100
    arguments = [logits, targets, -100]
    (gradient,) = student.gradients(student.metrics.cross_entropy, arguments).by_argument
    expect_close(gradient[1], [0.0] * 5, what="the gradient at an ignored place")
    assert bool((gradient[0] != 0).all()), "places that count have a gradient"


def test_cross_entropy_may_ignore_what_does_not_occur(student):
    logits, targets = some(24, 9)
    targets[targets == 3] = 1
    value = student.metrics.cross_entropy(logits, targets, 3)
    expect_close(value, oracle(logits, targets), **MILD, what="the loss, nothing to ignore")


def test_cross_entropy_ignores_minus_infinity(student):
    logits, targets = some(30, 6)
    logits[3] = torch.tensor([-math.inf, 0.0, -math.inf, 0.0, 0.0])
    for ignore in (-100, 2):
        targets[3] = ignore
        value = student.metrics.cross_entropy(logits, targets, ignore)
        wanted = oracle(logits, targets, ignore)
        expect_close(value, wanted, **MILD, what=f"the loss, -inf where {ignore} is ignored")


# ---- label smoothing


@pytest.mark.parametrize("smoothing", [0.1, 0.5, 1.0])
def test_cross_entropy_smooths_over_all_words(student, smoothing):
    logits, targets = some(4, 7)
    value = student.metrics.cross_entropy(logits, targets, label_smoothing=smoothing)
    wanted = oracle(logits, targets, label_smoothing=smoothing)
    expect_close(value, wanted, **MILD, what="the loss")


def test_cross_entropy_smooths_only_what_counts(student):
    logits, targets = some(5, 3, 4)
    targets[0] = 2
    value = student.metrics.cross_entropy(logits, targets, 2, 0.2)
    expect_close(value, oracle(logits, targets, 2, 0.2), **MILD, what="the loss")


def test_cross_entropy_gradient_of_a_smoothed_loss(student):
    gradient_is_right(student, None, 0.3)


# ---- rare input


def test_cross_entropy_of_no_target_is_zero(student):
    logits, _ = some(7, 3)
    targets = torch.full((3,), 2)
    found = student.gradients(student.metrics.cross_entropy, [logits, targets, 2])
    (gradient,) = found.by_argument
    expect_close(found.result, 0.0, what="the loss with every target ignored")
    if gradient is not None:
        expect_equal(gradient.abs().sum().item(), 0.0, "its gradient, summed")


def test_cross_entropy_is_exact_where_p_is_small(student):
    logits, targets = some(25, 6, scale=5.0)
    value = student.metrics.cross_entropy(logits, targets)
    expect_close(value, oracle(logits, targets), what="the loss of improbable targets")


def test_cross_entropy_is_stable_far_out(student):
    logits = torch.tensor([[1e4, -1e4, 0.0], [-1e4, -1e4, -1e4]], dtype=torch.float64)
    value = student.metrics.cross_entropy(logits, torch.tensor([1, 0]))
    expect_close(value, (2e4 + math.log(3)) / 2, what="the loss for logits of 1e4")
    value = student.metrics.cross_entropy(logits[:1], torch.tensor([0]))
    expect_close(value, 0.0, what="the loss of a certain and right guess")
    # e^-inf is 0: the other two have 1/4 and 3/4
    logits = torch.tensor([[0.0, -math.inf, math.log(3)]], dtype=torch.float64)
    value = student.metrics.cross_entropy(logits, torch.tensor([2]))
    expect_close(value, math.log(4 / 3), what="the loss beside a logit of -inf")


def test_cross_entropy_does_not_see_a_shift(student):
    logits, targets = some(8, 5)
    shift = torch.tensor([[100.0], [-50.0], [0.0], [3.0], [700.0]], dtype=torch.float64)
    value = student.metrics.cross_entropy(logits + shift, targets)
    # 1e-13 of 700 is lost in the sum logits + 700
    expect_close(value, oracle(logits, targets), rtol=1e-8, what="the loss after a shift")


def test_cross_entropy_leaves_its_arguments_alone(student):
    logits, targets = some(10, 4)
    expect_left_alone(student, student.metrics.cross_entropy, logits, targets, 2, 0.1)


def test_cross_entropy_refuses_shapes_that_do_not_agree(student):
    logits, targets = some(11, 6)
    with expect_error(ValueError, naming=("logits", "targets")):
        student.metrics.cross_entropy(logits, targets[:5])
    with expect_error(ValueError, naming=("logits", "targets")):
        student.metrics.cross_entropy(logits, targets.view(2, 3))
    logits, targets = some(11, 4, 3)
    with expect_error(ValueError, naming=("logits", "targets")):  # as many, but turned round
        student.metrics.cross_entropy(logits, targets.t())


def test_cross_entropy_refuses_targets_out_of_range(student):
    logits, targets = some(11, 6)
    for wrong in (5, -1, -100):
        changed = torch.where(targets == 0, wrong, targets)
        for ignore in (None, 3):
            with expect_error(ValueError, naming="targets"):
                student.metrics.cross_entropy(logits, changed, ignore)


def test_cross_entropy_refuses_an_impossible_smoothing(student):
    logits, targets = some(11, 6)
    for wrong in (-0.1, 1.1):
        with expect_error(ValueError, naming="label_smoothing"):
            student.metrics.cross_entropy(logits, targets, None, wrong)


# ---- perplexity, entropy, bits --------------------------------------------------------------------


@pytest.mark.parametrize(("nll", "n"), [(0.0, 3), (10.0, 4), (700.0, 100), (2.5, 1)])
def test_perplexity_is_exp_of_the_mean(student, nll, n):
    value = student.metrics.perplexity(nll, n)
    expect_close(value, math.exp(nll / n), what="the perplexity")


@pytest.mark.parametrize("V", [1, 2, 10_000])
def test_perplexity_of_a_uniform_guess_is_V(student, V):
    expect_close(student.metrics.perplexity(30 * math.log(V), 30), float(V), what="the perplexity")


def test_perplexity_is_a_python_float(student):
    for nll, n in ((2.5, 2), (0.0, 3)):
        expect_type(student.metrics.perplexity(nll, n), float, "the perplexity")


def test_entropy_is_over_the_last_axis(student):
    p = torch.softmax(some(12, 3, 4)[0], dim=-1)
    value = student.metrics.entropy(p)
    expect_close(value, -(p * p.log()).sum(-1), what="the entropy")
    row = p[0, 0]
    expect_close(student.metrics.entropy(row), -(row * row.log()).sum(), what="that of one row")


def test_entropy_of_certainty_is_zero(student):
    value = student.metrics.entropy(torch.eye(4, dtype=torch.float64))
    expect_close(value, [0.0] * 4, what="the entropy of one-hot rows")
    p = torch.tensor([[0.5, 0.5, 0.0]], dtype=torch.float64)
    expect_close(student.metrics.entropy(p), [math.log(2)], what="the entropy of a half and a half")


def test_entropy_is_largest_for_the_uniform(student):
    uniform = torch.full((1, 5), 0.2, dtype=torch.float64)
    p = torch.cat([uniform, torch.softmax(some(13, 6)[0], -1)])
    value = student.metrics.entropy(p)
    expect_close(value[0], math.log(5), what="the entropy of five equal chances")
    assert (value[1:] < math.log(5)).all(), "no other distribution is as uncertain"
    assert (value >= 0).all(), "no entropy is negative"


def test_entropy_keeps_float32_and_its_argument(student):
    p = torch.tensor([[0.5, 0.3, 0.2]])
    for dtype, value in (("float32", p), ("float64", p.double())):
        expect_tensor(student.metrics.entropy(value), (1,), dtype, "the entropy")
    expect_left_alone(student, student.metrics.entropy, p)


def test_entropy_refuses_what_is_no_probability(student):
    for row in ([1.5, -0.5], [1.0, 1.1]):
        with expect_error(ValueError, naming="p"):
            student.metrics.entropy(torch.tensor([row]))


def test_bits_are_nats_over_ln_2(student):
    for nats in (0.587501, 5.0):
        value = student.metrics.bits_per_token(nats)
        expect_close(value, nats / math.log(2), what=f"{nats:.3f} nats in bits")


def test_bits_are_a_python_float(student):
    for nats in (0.0, 1.25):
        expect_type(student.metrics.bits_per_token(nats), float, "the bits")


def corpus(seed):
    return [some(seed, 2), some(seed + 1, 3, 3), some(seed + 2, 5, 4)]


def own_perplexity(batches, ignore=-100):
    kept = [int((targets != ignore).sum()) for _, targets in batches]
    pairs = zip(batches, kept, strict=True)
    total = sum(float(oracle(*batch, ignore)) * n for batch, n in pairs if n)
    return math.exp(total / sum(kept))


def test_corpus_perplexity_weighs_every_token_the_same(student):
    batches = corpus(14)
    value = student.metrics.corpus_perplexity(batches)
    expect_close(value, own_perplexity(batches), **MILD, what="the perplexity of 2 + 9 + 20 tokens")


def test_corpus_perplexity_leaves_the_ignored_out(student):
    batches = corpus(17)
    batches[0][1][:] = torch.tensor([0, 2])
    value = student.metrics.corpus_perplexity(batches, ignore_index=2)
    wanted = own_perplexity(batches, 2)
    expect_close(value, wanted, **MILD, what="the perplexity, word 2 ignored")


def test_corpus_perplexity_of_one_batch(student):
    logits, targets = some(20, 6)
    value = student.metrics.corpus_perplexity([(logits, targets)])
    wanted = math.exp(float(oracle(logits, targets)))
    expect_close(value, wanted, **MILD, what="the perplexity")


def test_corpus_perplexity_may_ignore_a_whole_batch(student):
    batches = corpus(26)
    batches[1][1][:] = -100
    value = student.metrics.corpus_perplexity(batches, ignore_index=-100)
    wanted = own_perplexity(batches)
    expect_close(value, wanted, **MILD, what="the perplexity, one batch ignored")


def test_corpus_perplexity_is_a_python_float(student):
    for scale in (0.5, 5.0):
        batches = [some(27, 3, scale=scale), some(28, 2, 2, scale=scale)]
        expect_type(student.metrics.corpus_perplexity(batches), float, "the perplexity")


def test_corpus_perplexity_leaves_its_batches_alone(student):
    expect_left_alone(student, student.metrics.corpus_perplexity, corpus(29), 1)
