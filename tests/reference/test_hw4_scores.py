"""hw4's memm.py, conv.py, neural.py and extensions.py against enumeration and against torch.

The oracles: sums over all paths, torch's own convolutions with copied weights, values and gradients,
and the condition that the gradient of logistic regression is zero at its optimum.
"""

import itertools
import math
from collections import Counter

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from reference.hw4_hmm_tagger import conv, evaluate, extensions, memm, neural

# ------------------------------------------------------------------------------------------ memm.py


def path_sums(scores):
    """Every path and its sum of scores, by definition."""
    steps, states, _ = scores.shape
    for path in itertools.product(range(states), repeat=steps):
        yield path, sum(scores[t, path[t - 1] if t else 0, j] for t, j in enumerate(path))


@pytest.mark.parametrize(("steps", "states"), [*itertools.product((1, 2, 4), (1, 2, 3))])
def test_both_normalisations_by_enumeration(steps, states):
    scores = np.random.default_rng(steps * 10 + states).normal(size=(steps, states, states))
    log_sum = math.log(sum(math.exp(s) for _, s in path_sums(scores)))
    path, best = max(path_sums(scores), key=lambda item: item[1])
    found = memm.globally_normalised(scores)
    assert (tuple(found[0]), found[1]) == (path, pytest.approx(best - log_sum))
    local = torch.from_numpy(scores).log_softmax(-1).numpy()
    path, best = max(path_sums(local), key=lambda item: item[1])
    found = memm.locally_normalised(scores)
    assert (tuple(found[0]), found[1]) == (path, pytest.approx(best))


def test_the_old_man_the_boat():
    pi = np.array([0.7, 0.1, 0.15, 0.05])
    A = np.array(
        [
            [0.05, 0.3, 0.6, 0.05],
            [0.05, 0.1, 0.8, 0.05],
            [0.02, 0.04, 0.34, 0.6],
            [0.5, 0.2, 0.2, 0.1],
        ]
    )
    B = np.full((4, 4), 1e-4)
    B[0, 0], B[1, 1], B[2, 1:], B[3, 2] = 0.6, 0.1, [0.03, 0.02, 0.01], 0.01
    words = [0, 1, 2, 0, 3]
    scores = np.log(
        np.stack([(A if t else np.tile(pi, (4, 1))) * B[:, w] for t, w in enumerate(words)])
    )
    path, log_p = memm.locally_normalised(scores)
    assert (path.tolist(), round(math.exp(log_p), 6)) == ([0, 1, 2, 0, 2], 0.596461)
    path, log_p = memm.globally_normalised(scores)
    assert (path.tolist(), round(math.exp(log_p), 6)) == ([0, 2, 3, 0, 2], 0.728450)


def test_scores_of_a_thousand_do_not_overflow():
    scores = np.random.default_rng(3).normal(size=(4, 3, 3)) * 1000
    for function in (memm.locally_normalised, memm.globally_normalised):
        assert math.isfinite(function(scores)[1])


SENTENCES = [
    [("Kim", "PROPN"), ("saw", "VERB"), ("2", "NUM"), ("dogs", "NOUN")],
    [("dogs", "NOUN"), ("saw", "VERB"), ("Lee", "PROPN")],
    [("the", "DET"), ("saw", "NOUN"), ("hit", "VERB"), ("Kim", "PROPN")],
]
TAGS = ["NOUN", "VERB", "PROPN", "DET", "NUM"]


def test_forbidden_steps_make_no_nan():
    scores = np.random.default_rng(3).normal(size=(3, 3, 3))
    scores[1, 0] = -np.inf  # nothing follows tag 0
    for function in (memm.locally_normalised, memm.globally_normalised):
        path, log_p = function(scores)
        assert path[0] != 0
        assert math.isfinite(log_p)
        assert function(np.full((2, 2, 2), -np.inf))[1] == -math.inf


def test_no_l2_is_too_large():
    model = memm.MEMM(TAGS, l2=100.0).fit(SENTENCES)
    assert np.allclose(np.exp(model.log_prob_next(["dog"], 0, None)), 1 / len(TAGS), atol=0.02)


def test_memm_learns_and_decodes_the_best_sequence():
    model = memm.MEMM(TAGS).fit(SENTENCES, seed=1)
    for sentence in SENTENCES:
        words = [word for word, _ in sentence]
        assert model.decode(words) == [tag for _, tag in sentence]
        scores = {}
        for tags in itertools.product(TAGS, repeat=len(words)):
            steps = [
                model.log_prob_next(words, i, tags[i - 1] if i else None) for i in range(len(words))
            ]
            scores[tags] = sum(step[TAGS.index(tag)] for step, tag in zip(steps, tags, strict=True))
        assert tuple(model.decode(words)) == max(scores, key=scores.get)
        for i in range(len(words)):
            assert np.exp(model.log_prob_next(words, i, "NUM")).sum() == pytest.approx(1)


def test_memm_is_logistic_regression_at_its_optimum():
    """With l2 the optimum is unique: the gradient there, by its definition, is zero."""
    data_ = [[("a", "X"), ("b", "Y")], [("a", "Y"), ("b", "Y")], [("a", "X")]]
    model = memm.MEMM(["X", "Y"], l2=0.1).fit(data_, epochs=4000, lr=0.003)
    gradient: Counter = Counter()
    for sentence in data_:
        words = [word for word, _ in sentence]
        for i, (_, tag) in enumerate(sentence):
            previous = sentence[i - 1][1] if i else None
            p = np.exp(model.log_prob_next(words, i, previous))
            for fact in memm.features(words, i, previous):
                for k, name in enumerate(["X", "Y"]):
                    gradient[fact, k] += ((name == tag) - p[k]) / 5
    for (fact, k), value in gradient.items():
        # the last steps of length lr still jitter around the optimum
        assert value == pytest.approx(0.1 * model._W[model._rows[fact], k], abs=0.02)


def test_a_larger_l2_is_flatter_and_a_second_fit_starts_afresh():
    sure, flat = memm.MEMM(TAGS).fit(SENTENCES), memm.MEMM(TAGS, l2=0.2).fit(SENTENCES)
    words = ["Kim", "saw"]
    assert sure.log_prob_next(words, 0, None).max() > flat.log_prob_next(words, 0, None).max()
    again = memm.MEMM(TAGS).fit(SENTENCES[:1]).fit(SENTENCES)
    assert (
        again.log_prob_next(words, 1, "PROPN").tolist()
        == sure.log_prob_next(words, 1, "PROPN").tolist()
    )


@pytest.mark.parametrize(
    "other",
    [
        (["dog", "Ran"], 1, "A"),
        (["dog", "ran"], 1, None),
        (["dog", "ran"], 1, "None"),
        (["dog", "can"], 1, "A"),
        (["dog", "a ran"], 1, "A"),
        (["dog", "r1n"], 1, "A"),
    ],
)
def test_each_fact_changes_the_features(other):
    assert set(memm.features(*other)) != set(memm.features(["dog", "ran"], 1, "A"))


# ------------------------------------------------------------------------------------------ conv.py


@pytest.mark.parametrize(
    "case", [*itertools.product((7, 10), (1, 2, 3), (1, 2, 3), (0, 1), (1, 2))], ids=str
)
def test_sizes_are_those_of_torch(case):
    n, kernel, stride, padding, dilation = case
    layer = torch.nn.Conv1d(2, 3, kernel, stride, padding, dilation)
    assert conv.conv_output_size(*case) == layer(torch.zeros(1, 2, n)).shape[2]
    assert conv.conv_parameters(2, 3, (kernel,)) == sum(p.numel() for p in layer.parameters())


def test_the_picture_of_39_by_31():
    layers = [(1, 20, 4), (20, 40, 3), (40, 60, 3), (60, 80, 2)]
    parameters = [conv.conv_parameters(a, b, (k, k), bias=False) for a, b, k in layers]
    assert [*parameters, 160 * 100] == [320, 7200, 21600, 19200, 16000]
    size = (39, 31)
    for number, (_, _, k) in enumerate(layers):
        size = tuple(conv.conv_output_size(n, k) for n in size)
        size = size if number == 3 else tuple(conv.conv_output_size(n, 2, stride=2) for n in size)
    assert size == (2, 1)


@pytest.mark.parametrize(
    ("kernels", "dilations"),
    [([3] * 3, [1] * 3), ([3] * 4, [1, 2, 4, 8]), ([2, 5], [3, 1]), ([], [])],
)
def test_the_receptive_field_is_what_the_gradient_reaches(kernels, dilations):
    x = torch.randn(1, 60, 1, dtype=torch.float64, requires_grad=True)
    y = x
    for k, d in zip(kernels, dilations, strict=True):
        y = conv.conv1d(
            y, torch.ones(1, k, 1, dtype=torch.float64), torch.zeros(1, dtype=torch.float64), d
        )
    (gradient,) = torch.autograd.grad(y[0, 3, 0], x)
    reached = gradient.flatten().nonzero().flatten()
    assert int(reached[-1] - reached[0]) + 1 == conv.receptive_field(kernels, dilations)


@pytest.mark.parametrize("dilation", [1, 2, 3])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_conv1d_is_torchs_values_and_gradients(dilation, dtype):
    draw = torch.Generator().manual_seed(dilation)
    shapes = ((2, 9, 4), (5, 3, 4), (5,))
    ours = [torch.randn(s, generator=draw, dtype=dtype, requires_grad=True) for s in shapes]
    theirs = [t.detach().clone().requires_grad_() for t in ours]
    y = conv.conv1d(*ours, dilation)
    x, w, b = theirs
    z = F.conv1d(x.transpose(1, 2), w.transpose(1, 2), b, dilation=dilation).transpose(1, 2)
    torch.testing.assert_close(y, z)
    for one, other in zip(
        torch.autograd.grad(y.sin().sum(), ours),
        torch.autograd.grad(z.sin().sum(), theirs),
        strict=True,
    ):
        torch.testing.assert_close(one, other)


def test_max_over_time_row_by_row():
    x = torch.randn(3, 5, 4, dtype=torch.float64) - 10
    x[0, 3:] = 99
    got = conv.max_over_time(x, torch.tensor([3, 5, 1]))
    assert got.tolist() == [x[b, :n].max(dim=0).values.tolist() for b, n in enumerate([3, 5, 1])]
    assert conv.max_over_time(x).tolist() == x.max(dim=1).values.tolist()


# ---------------------------------------------------------------------------------------- the bonus


@pytest.mark.parametrize(("steps", "states"), [*itertools.product((1, 2, 4), (1, 2, 3))])
def test_crf_by_enumeration_values_and_gradients(steps, states):
    draw = torch.Generator().manual_seed(steps)
    emissions = torch.randn(steps, states, generator=draw, dtype=torch.float64, requires_grad=True)
    transitions = torch.randn(
        states, states, generator=draw, dtype=torch.float64, requires_grad=True
    )
    paths = [list(p) for p in itertools.product(range(states), repeat=steps)]
    sums = torch.stack(
        [emissions[range(steps), p].sum() + transitions[p[:-1], p[1:]].sum() for p in paths]
    )
    got = extensions.crf_log_partition(emissions, transitions)
    torch.testing.assert_close(got, sums.logsumexp(0))
    reached = [emissions, transitions][: 2 if steps > 1 else 1]  # one word has no transition
    wanted = torch.autograd.grad(sums.logsumexp(0), reached, retain_graph=True)
    for one, other in zip(torch.autograd.grad(got, reached), wanted, strict=True):
        torch.testing.assert_close(one, other)
    chances = torch.stack(
        [extensions.crf_nll(emissions, transitions, torch.tensor(p)) for p in paths]
    )
    torch.testing.assert_close(chances, sums.logsumexp(0) - sums)


def test_text_cnn_has_the_parameters_of_the_handout_and_sees_no_order_at_width_1():
    assert (
        sum(p.numel() for p in extensions.TextCNN(1000, 50, [3, 4, 5], 100, 2).parameters())
        == 110_902
    )
    ids = torch.tensor([[1, 2, 3, 4], [4, 2, 1, 3]])
    one, two = extensions.TextCNN(6, 5, [1], 7, 3)(ids).tolist()
    assert one == pytest.approx(two)
    vectors = torch.randn(6, 5)
    model = extensions.TextCNN(6, 5, [2], 7, 3, pretrained=vectors, freeze=True)
    model(ids).sum().backward()
    assert model.embedding.weight.grad is None
    assert torch.equal(model.embedding.weight, vectors)


def test_the_neural_tagger_reads_letters():
    draw = np.random.default_rng(0)

    def word():
        return "".join(draw.choice(list("abcdefgh"), 4)) + str(draw.choice(["ly", "en"]))

    def sentence():
        words = [word() for _ in range(4)]
        return [(w, "ADV" if w.endswith("ly") else "N") for w in words]

    learn = [sentence() for _ in range(150)]
    tagger = neural.BiLSTMTagger(
        sorted({w for s in learn for w, _ in s}), ["ADV", "N"], 8, 8, 8
    ).fit(learn, epochs=3)
    test = [sentence() for _ in range(30)]
    predicted = [tagger.tag([w for w, _ in s]) for s in test]
    assert evaluate.accuracy([[t for _, t in s] for s in test], predicted) > 0.95
    assert tagger.tag(["", "한글"])[0] in {"ADV", "N"}


def test_pretrained_vectors_are_copied():
    vectors = torch.randn(2, 4)
    kept = vectors.clone()
    tagger = neural.BiLSTMTagger(["a", "b"], ["X", "Y"], word_dim=4, pretrained=vectors)
    assert torch.equal(tagger.word_embedding.weight[1:], vectors)
    tagger.fit([[("a", "X"), ("b", "Y")]])
    assert torch.equal(vectors, kept)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: memm.MEMM(["A"], -1.0), "l2"),
        (lambda: memm.MEMM(["A"]).fit([[("a", "B")]]), "sentences"),
        (lambda: memm.globally_normalised(np.zeros((0, 2, 2))), "scores"),
        (lambda: memm.locally_normalised(np.zeros((2, 2, 3))), "scores"),
        (lambda: conv.receptive_field([3], []), "kernels"),
        (lambda: conv.conv1d(torch.zeros(1, 2, 1), torch.zeros(1, 3, 1), torch.zeros(1)), "x"),
        (lambda: conv.conv1d(torch.zeros(1, 3, 2), torch.zeros(1, 3, 1), torch.zeros(1)), "weight"),
        (lambda: conv.max_over_time(torch.zeros(1, 0, 1)), "x"),
        (lambda: conv.max_over_time(torch.zeros(1, 2, 1), torch.tensor([3])), "lengths"),
        (lambda: neural.BiLSTMTagger(["a"], ["A"], pretrained=torch.zeros(2, 64)), "pretrained"),
        (lambda: neural.BiLSTMTagger(["a"], ["A"]).fit([[("a", "B")]]), "sentences"),
        (lambda: extensions.crf_log_partition(torch.zeros(0, 2), torch.zeros(2, 2)), "emissions"),
        (
            lambda: extensions.crf_nll(torch.zeros(1, 2), torch.zeros(2, 2), torch.tensor([2])),
            "tags",
        ),
        (lambda: extensions.TextCNN(3, 2, [2], 1, 1, pretrained=torch.zeros(2, 2)), "pretrained"),
    ],
)
def test_impossible_input_names_the_argument(call, name):
    with pytest.raises(ValueError, match=rf"\b{name}\b"):
        call()
