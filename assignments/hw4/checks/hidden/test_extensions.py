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
    expect_left_alone,
    expect_tensor,
    expect_type,
)

NAMES = ("emissions", "transitions")
SIZES = [(2, 2), (2, 3), (4, 3), (6, 2)]

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
        expect_close(got, path_scores(*scores)[1].logsumexp(0), what="the log partition")


def test_crf_nll_of_every_path(student):
    for seed, size in enumerate(SIZES):
        scores = some_scores(seed + 10, *size)
        paths, totals = path_scores(*scores)
        got = student.map(student.extensions.crf_nll, [(*scores, path) for path in paths[:40]])
        for value, total in zip(got, totals, strict=False):
            expect_close(value, totals.logsumexp(0) - total, what="the negative log-likelihood")


def partition_gradients(scores):
    """Of ln Z: the posterior of each tag, and of each pair."""
    leaves = [table.clone().requires_grad_() for table in scores]
    return torch.autograd.grad(path_scores(*leaves)[1].logsumexp(0), leaves)


def test_crf_can_be_differentiated(student):
    scores = some_scores(20, 4, 3)
    found = student.gradients(student.extensions.crf_log_partition, scores).by_argument
    for gradient, expected, name in zip(found, partition_gradients(scores), NAMES, strict=True):
        expect_close(gradient, expected, what=f"the gradient with respect to {name}")


def test_crf_nll_can_be_differentiated(student):
    scores, tags = some_scores(20, 4, 3), torch.tensor([0, 1, 2, 0])
    found = student.gradients(student.extensions.crf_nll, [*scores, tags]).by_argument
    chosen = [torch.zeros(4, 3, dtype=torch.float64), torch.zeros(3, 3, dtype=torch.float64)]
    chosen[0][torch.arange(4), tags] = 1
    for before, after in itertools.pairwise(tags.tolist()):
        chosen[1][before, after] += 1
    expected = [z - c for z, c in zip(partition_gradients(scores), chosen, strict=True)]
    for gradient, want, name in zip(found, expected, NAMES, strict=True):
        expect_close(gradient, want, what=f"the gradient with respect to {name}")


def test_crf_of_one_word_and_of_one_tag(student):
    for seed, size in enumerate(((1, 1), (1, 3), (3, 1))):
        scores = some_scores(seed + 30, *size)
        got = student.extensions.crf_log_partition(*scores)
        expect_close(got, path_scores(*scores)[1].logsumexp(0), what="the log partition")


def test_crf_nll_of_one_word_and_of_one_tag(student):
    for seed, size in enumerate(((1, 1), (1, 3), (3, 1))):
        scores = some_scores(seed + 40, *size)
        paths, totals = path_scores(*scores)
        got = student.extensions.crf_nll(*scores, paths[-1])
        expect_close(got, totals.logsumexp(0) - totals[-1], what="the negative log-likelihood")


def test_crf_nll_stands_scores_of_a_thousand(student):
    scores = some_scores(27, 5, 3, scale=1000.0)
    paths, totals = path_scores(*scores)
    for number in (0, 100, int(totals.argmax())):
        got = student.extensions.crf_nll(*scores, paths[number])
        want = totals.logsumexp(0) - totals[number]
        # where the path is nearly certain, two numbers of several thousand cancel
        expect_close(got, want, atol=1e-8, what="the negative log-likelihood")


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


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_crf_keeps_the_dtype(student, dtype):
    scores = [table.to(getattr(torch, dtype)) for table in some_scores(23, 4, 3)]
    got = student.extensions.crf_log_partition(*scores)
    expect_tensor(got, (), dtype, "the log partition")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_crf_nll_keeps_the_dtype(student, dtype):
    scores = [table.to(getattr(torch, dtype)) for table in some_scores(23, 4, 3)]
    got = student.extensions.crf_nll(*scores, torch.tensor([0, 1, 2, 0]))
    expect_tensor(got, (), dtype, "the negative log-likelihood")


def test_crf_leaves_its_arguments_alone(student):
    expect_left_alone(student, student.extensions.crf_log_partition, *some_scores(24, 4, 3))


def test_crf_nll_leaves_its_arguments_alone(student):
    arguments = [*some_scores(24, 4, 3), torch.tensor([0, 1, 2, 0])]
    expect_left_alone(student, student.extensions.crf_nll, *arguments)


def scores_that_do_not_agree():
    emissions, transitions = some_scores(25, 3, 2)
    return [
        (emissions[:0], transitions),
        (emissions, transitions[:1]),
        (emissions, transitions[:, :1]),
        (emissions[:, :1], transitions),
    ]


def test_crf_refuses_what_cannot_be(student):
    for scores in scores_that_do_not_agree():
        with expect_error(ValueError, naming=NAMES):
            student.extensions.crf_log_partition(*scores)


def test_crf_nll_refuses_what_cannot_be(student):
    for scores in scores_that_do_not_agree():
        with expect_error(ValueError, naming=(*NAMES, "tags")):
            tags = torch.zeros(len(scores[0]), dtype=torch.int64)
            student.extensions.crf_nll(*scores, tags)
    emissions, transitions = some_scores(25, 3, 2)
    for tags in ([0, 1], [0, 1, 0, 1], [0, 1, 2], [0, -1, 1]):
        with expect_error(ValueError, naming="tags"):
            student.extensions.crf_nll(emissions, transitions, torch.tensor(tags))


# ---- TextCNN ------------------------------------------------------------------------------------


CLOSE = {"rtol": 1e-4, "atol": 1e-5}  # of a network in float32


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
    expect_close(
        logits[1], logits[0], **CLOSE, what="the logits of the same words in a different order"
    )
    assert differ(logits[2], logits[0]), "different words must have different logits"


def test_text_cnn_of_width_two_sees_order_and_no_place(student):
    model = student.extensions.TextCNN(9, 8, [2], 64, 3)
    texts = [[8, 1, 2, 8, 8, 8], [8, 8, 8, 1, 2, 8], [8, 2, 1, 8, 8, 8]]
    logits = model(torch.tensor(texts))
    expect_close(
        logits[1], logits[0], **CLOSE, what="the logits of the same pair at a different place"
    )
    assert differ(logits[2], logits[0]), "the same pair reversed must have different logits"


def test_text_cnn_takes_the_maximum_over_time(student):
    model = student.extensions.TextCNN(9, 8, [2], 16, 3)
    short, long = (model(torch.tensor([[1, 2, 8, 8] + [8] * more])) for more in (1, 4))
    expect_close(
        long, short, **CLOSE, what="the logits where the same pair of words comes more often"
    )


def test_text_cnn_has_filters_that_say_nothing(student):
    """Below zero a filter says nothing (ReLU): texts on which none fires have the same logits."""
    found = []
    for seed in range(1, 9):
        # a single filter on single words: it fires on some, and is below zero on others
        model = student.extensions.TextCNN(40, 4, [1], 1, 1, seed=seed)
        logits = model(torch.arange(40)[:, None])[:, 0].tolist()
        found.append(max(logits.count(logit) for logit in logits))
    assert max(found) > 1, "words on which no filter fires must have the same logits"


def test_text_cnn_uses_every_width(student):
    # a pair and a triple that the other width cannot see
    model = student.extensions.TextCNN(9, 8, [1, 3], 64, 3)
    logits = model(torch.tensor([[1, 2, 3, 8, 8], [3, 1, 2, 8, 8]]))
    assert differ(logits[1], logits[0]), "a kernel of width 3 must see the order"
    state = parameters_of(student.extensions.TextCNN(20, 4, [2, 3, 5], 6, 2))
    expected = 20 * 4 + 6 * (9 + 13 + 21) + 2 * (3 * 6 + 1)
    expect_equal(sum(table.numel() for table in state.values()), expected, "the number of weights")


def test_text_cnn_gives_float32_logits(student):
    model = student.extensions.TextCNN(9, 4, [2], 3, 2)
    expect_tensor(model(torch.tensor([[1, 2, 3]])), (1, 2), "float32", "the logits")


def test_text_cnn_leaves_the_ids_alone(student):
    model = student.extensions.TextCNN(9, 4, [2], 3, 2)
    ids = torch.tensor([[1, 2, 3]])
    _, after = student.with_arguments(model.forward, ids)
    expect_equal(after, [ids], "the ids after the call")


def some_vectors(seed):
    return torch.randn(6, 4, generator=torch.Generator().manual_seed(seed))


def expect_vectors(student, freeze):
    vectors = some_vectors(1)
    model = student.extensions.TextCNN(6, 4, [2], 3, 2, vectors, freeze)
    found = [t for t in parameters_of(model).values() if tuple(t.shape) == (6, 4)]
    copied = any(torch.equal(table.float(), vectors) for table in found)
    assert copied, "the vectors are not in the model"


def test_text_cnn_copies_pretrained_vectors(student):
    expect_vectors(student, freeze=False)


def test_text_cnn_copies_frozen_vectors(student):
    expect_vectors(student, freeze=True)


@pytest.mark.parametrize("freeze", [False, True])
def test_text_cnn_trains_its_own_copy(student, freeze):
    # a tensor that lives there: a parameter of another model. New weights must not reach it
    other = student.extensions.TextCNN(6, 4, [2], 3, 2)
    shapes = {name: tuple(t.shape) for name, t in parameters_of(other).items()}
    name = next(name for name, shape in shapes.items() if shape == (6, 4))
    table = student.keep(student.keep(other.get_parameter, [name]).detach, [])
    model = student.extensions.TextCNN(6, 4, [2], 3, 2, table, freeze)
    before = parameters_of(other)[name].clone()
    model.load_state_dict({k: t + 1 for k, t in parameters_of(model).items()})
    expect_equal(parameters_of(other)[name], before, "the vectors passed in, after new weights")


def test_text_cnn_looks_its_vectors_up(student):
    # words 1 and 4 have the same vector, words 1 and 2 do not
    vectors = some_vectors(3)
    vectors[4] = vectors[1]
    model = student.extensions.TextCNN(6, 4, [1], 64, 3, vectors)
    logits = model(torch.tensor([[1, 5], [4, 5], [2, 5]]))
    expect_close(
        logits[1], logits[0], **CLOSE, what="the logits of another word with the same vector"
    )
    assert differ(logits[2], logits[0]), "words with different vectors must have different logits"


def has_gradient(student, *vectors_and_freeze):
    """Whether the vectors get a gradient. A frozen table may also be no parameter at all."""
    model = student.extensions.TextCNN(6, 4, [2], 32, 1, *vectors_and_freeze)
    ids = torch.tensor([[1, 2, 3, 4]])
    (gradients,) = student.gradients(model.forward, [ids], modules=[model]).by_parameter
    trained = [gradient for gradient in gradients.values() if tuple(gradient.shape) == (6, 4)]
    return any(bool(gradient.any()) for gradient in trained)


def test_text_cnn_does_not_train_frozen_vectors(student):
    frozen = has_gradient(student, some_vectors(2), True)
    assert not frozen, "frozen vectors must have no gradient"


def test_text_cnn_trains_vectors_that_are_not_frozen(student):
    assert has_gradient(student, some_vectors(2), False), "vectors must have a gradient"
    assert has_gradient(student, some_vectors(2)), "vectors must have a gradient by default"


def test_text_cnn_trains_vectors_of_its_own(student):
    assert has_gradient(student), "vectors of the model's own must have a gradient"


def test_text_cnn_leaves_the_vectors_alone(student):
    arguments = [6, 4, [2], 3, 2, some_vectors(4), False]
    _, after = student.with_arguments(student.extensions.TextCNN, *arguments)
    expect_equal(after, arguments, "the arguments after the call")


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
    default = parameters_of(student.extensions.TextCNN(6, 4, [2], 3, 2))
    for name, table in states[2].items():
        expect_close(default[name], table, what=f"{name} with the default of seed, 0")


def test_text_cnn_refuses_what_cannot_be(student):
    for shape in ((6, 5), (5, 4), (4, 6)):
        with expect_error(ValueError, naming="pretrained"):
            student.extensions.TextCNN(6, 4, [2], 3, 2, torch.zeros(*shape))
