"""Hidden checks of extensions.py (bonus)."""

import itertools
import math

import numpy as np
import pytest
import torch

from grader.checking.expect import (
    expect_close,
    expect_equal,
    expect_error,
    expect_tensor,
    expect_type,
)

SIZES = [(1, 1), (1, 3), (2, 2), (4, 3), (6, 2)]

# ---- conditional random field -------------------------------------------------------------------


def some_scores(seed, steps, states, scale=1.0):
    draw = torch.Generator().manual_seed(seed)
    shapes = (steps, states), (states, states)
    return tuple(scale * torch.randn(s, generator=draw, dtype=torch.float64) for s in shapes)


def path_scores(emissions, transitions):
    """All paths, and the score of each."""
    steps, states = emissions.shape
    paths = torch.from_numpy(np.indices((states,) * steps).reshape(steps, -1).T.copy())
    total = emissions[0, paths[:, 0]]
    for t in range(1, steps):
        total = total + emissions[t, paths[:, t]] + transitions[paths[:, t - 1], paths[:, t]]
    return paths, total


def test_crf_partition_sums_over_all_paths(student):
    for seed, size in enumerate(SIZES):
        scores = some_scores(seed, *size)
        got = student.extensions.crf_log_partition(*scores)
        expect_tensor(got, (), "float64", "the log partition")
        expect_close(got, path_scores(*scores)[1].logsumexp(0), what="the log partition")


def test_crf_nll_of_every_path(student):
    for seed, size in enumerate(SIZES):
        scores = some_scores(seed + 10, *size)
        paths, totals = path_scores(*scores)
        got = student.map(student.extensions.crf_nll, [(*scores, path) for path in paths[:40]])
        for value, total in zip(got, totals, strict=False):
            expect_tensor(value, (), "float64", "the negative log-likelihood")
            expect_close(value, totals.logsumexp(0) - total, what="the negative log-likelihood")


@pytest.mark.parametrize("steps", [1, 4])
def test_crf_can_be_differentiated(student, steps):
    scores = some_scores(20, steps, 3)
    leaves = [table.clone().requires_grad_() for table in scores]
    total = path_scores(*leaves)[1].logsumexp(0)
    expected = torch.autograd.grad(total, leaves, allow_unused=True)
    gradients = student.gradients(student.extensions.crf_log_partition, scores).by_argument
    tags = torch.arange(steps) % 3
    of_nll = student.gradients(student.extensions.crf_nll, [*scores, tags]).by_argument
    chosen = [torch.zeros(steps, 3, dtype=torch.float64), torch.zeros(3, 3, dtype=torch.float64)]
    chosen[0][torch.arange(steps), tags] = 1
    for before, after in itertools.pairwise(tags.tolist()):
        chosen[1][before, after] += 1
    # a single word has no transition: None and zeros say the same
    for number, name in enumerate(("emissions", "transitions")[: 1 if steps == 1 else 2]):
        expect_tensor(gradients[number], tuple(scores[number].shape), "float64", name)
        expect_close(
            gradients[number], expected[number], what=f"the gradient with respect to {name}"
        )
        expect_close(of_nll[number], expected[number] - chosen[number], what=f"nll's by {name}")


def test_crf_stands_scores_of_a_thousand(student):
    scores = some_scores(21, 5, 3, scale=1000.0)
    got = student.extensions.crf_log_partition(*scores)
    expect_close(got, path_scores(*scores)[1].logsumexp(0), what="the log partition")


def test_crf_stands_forbidden_transitions(student):
    emissions, transitions = some_scores(26, 4, 3)
    transitions[:, 1] = -math.inf  # tag 1 can only come first
    got = student.extensions.crf_log_partition(emissions, transitions)
    expected = path_scores(emissions, transitions)[1].logsumexp(0)
    expect_close(got, expected, what="the log partition with forbidden transitions")


def test_crf_shifted_scores_shift_the_partition(student):
    emissions, transitions = some_scores(22, 4, 3)
    got = student.extensions.crf_log_partition(emissions + 2.0, transitions - 0.5)
    expected = path_scores(emissions, transitions)[1].logsumexp(0) + 4 * 2.0 - 3 * 0.5
    expect_close(got, expected, what="the log partition")


def test_crf_has_no_label_bias(student):
    """The old man the boat, with the scores of the handout in the place of learnt ones."""
    step = [
        [0.05, 0.3, 0.6, 0.05],
        [0.05, 0.1, 0.8, 0.05],
        [0.02, 0.04, 0.34, 0.6],
        [0.5, 0.2, 0.2, 0.1],
    ]
    say = torch.full((4, 4), 1e-4, dtype=torch.float64)
    say[0, 0], say[1, 1], say[3, 2] = 0.6, 0.1, 0.01
    say[2, 1:] = torch.tensor([0.03, 0.02, 0.01])
    emissions = say[:, [0, 1, 2, 0, 3]].T.log()
    emissions[0] += torch.tensor([0.7, 0.1, 0.15, 0.05], dtype=torch.float64).log()
    transitions = torch.tensor(step, dtype=torch.float64).log()
    right, garden = torch.tensor([0, 2, 3, 0, 2]), torch.tensor([0, 1, 2, 0, 2])
    calls = [(emissions, transitions, path) for path in (right, garden)]
    got = [math.exp(-float(value)) for value in student.map(student.extensions.crf_nll, calls)]
    expect_close(got, [0.728450, 0.129502], rtol=0, atol=1e-6, what="the probabilities")


def test_crf_of_float32_stays_float32(student):
    scores = tuple(table.float() for table in some_scores(23, 4, 3))
    got = student.extensions.crf_log_partition(*scores)
    expect_tensor(got, (), "float32", "the log partition")
    expect_close(got, path_scores(*scores)[1].logsumexp(0), what="the log partition")
    nll = student.extensions.crf_nll(*scores, torch.tensor([0, 1, 2, 0]))
    expect_tensor(nll, (), "float32", "the negative log-likelihood")


def test_crf_leaves_its_arguments_alone(student):
    arguments = [*some_scores(24, 4, 3), torch.tensor([0, 1, 2, 0])]
    _, after = student.with_arguments(student.extensions.crf_nll, *arguments)
    expect_equal(after, arguments, "the arguments after the call")


def test_crf_refuses_what_cannot_be(student):
    emissions, transitions = some_scores(25, 3, 2)
    for scores in ((emissions[:0], transitions), (emissions, transitions[:1])):
        with expect_error(ValueError, naming=("emissions", "transitions")):
            student.extensions.crf_log_partition(*scores)
    for tags in ([0, 1], [0, 1, 2], [0, -1, 1]):
        with expect_error(ValueError, naming="tags"):
            student.extensions.crf_nll(emissions, transitions, torch.tensor(tags))


# ---- TextCNN ------------------------------------------------------------------------------------


def differ(one, other):
    """More than rounding can tell."""
    return one.shape != other.shape or not torch.allclose(one, other, rtol=1e-3, atol=1e-6)


def parameters_of(model):
    """Name -> tensor of everything that the module holds."""
    state = model.state_dict()
    expect_type(state, dict, "the state_dict")
    return state


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [((1000, 50, [3, 4, 5], 100, 2), 110_902), ((7, 3, [2], 4, 5), 21 + 4 * 7 + 5 * 5)],
)
def test_text_cnn_has_the_weights_it_needs(student, sizes, expected):
    state = parameters_of(student.extensions.TextCNN(*sizes))
    expect_equal(sum(table.numel() for table in state.values()), expected, "the number of weights")


def test_text_cnn_of_width_one_sees_no_order(student):
    # so many filters that every word has a part in some maximum, whatever the start
    model = student.extensions.TextCNN(9, 8, [1], 64, 3)
    logits = model(torch.tensor([[1, 2, 3, 4, 5], [5, 3, 1, 4, 2], [1, 2, 3, 4, 6]]))
    expect_tensor(logits, (3, 3), "float32", "the logits")
    expect_close(logits[1], logits[0], what="the logits of the same words in a different order")
    assert differ(logits[2], logits[0]), "different words must have different logits"


def test_text_cnn_of_width_two_sees_order_and_no_place(student):
    model = student.extensions.TextCNN(9, 8, [2], 64, 3)
    texts = [[8, 1, 2, 8, 8, 8], [8, 8, 8, 1, 2, 8], [8, 2, 1, 8, 8, 8]]
    logits = model(torch.tensor(texts))
    expect_tensor(logits, (3, 3), "float32", "the logits")
    expect_close(logits[1], logits[0], what="the logits of the same pair at a different place")
    assert differ(logits[2], logits[0]), "the same pair reversed must have different logits"


def test_text_cnn_takes_the_maximum_over_time(student):
    model = student.extensions.TextCNN(9, 8, [2], 16, 3)
    short, long = (model(torch.tensor([[1, 2, 8, 8] + [8] * more])) for more in (1, 4))
    expect_tensor(short, (1, 3), "float32", "the logits")
    expect_close(long, short, what="the logits where the same pair of words comes more often")


def test_text_cnn_copies_pretrained_vectors(student):
    vectors = torch.randn(6, 4, generator=torch.Generator().manual_seed(1))
    for freeze in (False, True):
        model = student.extensions.TextCNN(6, 4, [2], 3, 2, vectors, freeze)
        found = [t for t in parameters_of(model).values() if tuple(t.shape) == (6, 4)]
        assert any(torch.equal(table, vectors) for table in found), (
            "the vectors are not in the model"
        )


def test_text_cnn_does_not_train_frozen_vectors(student):
    vectors = torch.randn(6, 4, generator=torch.Generator().manual_seed(2))
    for given, freeze in ((vectors, True), (vectors, False), (None, False)):
        model = student.extensions.TextCNN(6, 4, [2], 32, 1, given, freeze)
        ids = torch.tensor([[1, 2, 3, 4]])
        (gradients,) = student.gradients(model.forward, [ids], modules=[model]).by_parameter
        trained = [gradient for gradient in gradients.values() if tuple(gradient.shape) == (6, 4)]
        # a frozen table may also be a buffer, which is no parameter at all
        moved = any(bool(gradient.any()) for gradient in trained)
        assert moved != freeze, "frozen vectors must have no gradient, and all others must have one"


def test_text_cnn_finds_a_planted_trigram(student):
    """Trained by us, through its gradients; then asked about fresh texts."""
    draw = np.random.default_rng(4)

    def text(planted):
        ids = draw.integers(4, 12, 9)
        if planted:
            at = int(draw.integers(0, 7))
            ids[at : at + 3] = [1, 2, 3]
        else:
            ids[draw.permutation(9)[:3]] = [1, 2, 3]
        return ids

    def texts(count):
        """ids (count, 9), every other text with the trigram; (count, 1) whether it has it."""
        planted = [n % 2 == 0 for n in range(count)]
        return torch.from_numpy(np.stack([text(p) for p in planted])), torch.tensor(planted)[
            :, None
        ]

    model = student.extensions.TextCNN(12, 12, [3], 12, 1)
    state = parameters_of(model)
    mean, square = ({n: torch.zeros_like(t) for n, t in state.items()} for _ in range(2))
    # Adam: a step is as long as the rate says, however large the weights were drawn; from five
    # kinds of starts, 20 draws of each, all came to 100%
    for step in range(1, 61):
        ids, planted = texts(20)
        logits = model(ids)
        expect_tensor(logits, (20, 1), "float32", "the logits")
        push = (torch.sigmoid(logits) - planted.float()) / 20
        (gradients,) = student.gradients(model.forward, [ids], [push], [model]).by_parameter
        for name, gradient in gradients.items():
            mean[name] = 0.9 * mean[name] + 0.1 * gradient
            square[name] = 0.999 * square[name] + 0.001 * gradient**2
            spread = (square[name] / (1 - 0.999**step)).sqrt() + 1e-8
            state[name] = state[name] - 0.02 * mean[name] / (1 - 0.9**step) / spread
        model.load_state_dict(state)
    ids, planted = texts(60)
    right = ((model(ids) > 0) == planted).double().mean().item()
    assert right >= 0.85, f"of fresh texts {right:.0%} are told apart"


def test_text_cnn_depends_on_its_seed_alone(student):
    states = []
    for state, seed in ((1, 3), (2, 3), (1, 0), (2, 0)):
        student.generators(seed=state)
        states.append(parameters_of(student.extensions.TextCNN(6, 4, [2], 3, 2, seed=seed)))
    for one, again in (states[:2], states[2:]):
        for name, table in one.items():
            expect_close(again[name], table, what=f"{name} with the same seed")
    others = [differ(states[2][name], table) for name, table in states[0].items()]
    assert any(others), "a different seed must give different weights"


def test_text_cnn_refuses_what_cannot_be(student):
    with expect_error(ValueError, naming="pretrained"):
        student.extensions.TextCNN(6, 4, [2], 3, 2, torch.zeros(6, 5))
