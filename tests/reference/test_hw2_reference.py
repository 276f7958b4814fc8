"""Each module of hw2's reference against something independent of it.

The oracles: definitions by loops and by recursion, exact fractions, closed forms, exhaustive search,
torch's own losses and autograd, Unicode's own decomposition.
"""

import itertools
import math
import random
import unicodedata
from collections import Counter
from fractions import Fraction

import pytest
import torch
import torch.nn.functional as F

from reference.hw2_word2vec import corpus, evaluate, extensions, glove, sampling, skipgram, subword
from reference.hw2_word2vec.cbow import cbow_loss, softmax_loss
from reference.hw2_word2vec.hierarchical import hierarchical_loss, huffman

REAL = [torch.float32, torch.float64]
TOLERANCE = {torch.float32: 1e-5, torch.float64: 1e-12}


def close(got, wanted, rtol=1e-9):
    """Float64 to rounding: 1e-9 relative is 1,000 times what the longest sum here loses."""
    got, wanted = (torch.as_tensor(v, dtype=torch.float64) for v in (got, wanted))
    torch.testing.assert_close(got, wanted, rtol=rtol, atol=1e-12)
    return True


def normal(*shape, seed=0, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64).to(dtype)


# -------------------------------------------------------------------------------------- corpus.py


def test_the_vocabulary_is_a_sorted_counter():
    draw = random.Random(0)
    words = ["나무", "바다", "b", "a", "C", "é", "z"]
    sentences = [[draw.choice(words) for _ in range(draw.randrange(6))] for _ in range(40)]
    counts = Counter(word for sentence in sentences for word in sentence)
    for min_count in (1, 10, 20, 1000):
        vocabulary = corpus.Vocabulary(sentences, min_count)
        wanted = sorted((-n, w) for w, n in counts.items() if n >= min_count)
        assert vocabulary.tokens == [word for _, word in wanted]
        assert vocabulary.counts.tolist() == [-n for n, _ in wanted]
        assert vocabulary.counts.dtype == torch.int64
        assert len(vocabulary) == len(wanted)
        known = {word: i for i, (_, word) in enumerate(wanted)}
        for sentence in sentences:
            assert vocabulary.encode(sentence) == [known[w] for w in sentence if w in known]


@pytest.mark.parametrize("count", [1, 7, 99, 10_000])
@pytest.mark.parametrize("t", [1e-5, 1e-3, 1.0])
def test_keep_probability_is_the_formula(count, t):
    total = 12_345
    share = Fraction(count, total)
    ratio = float(Fraction(t) / share)
    got = corpus.keep_probability(torch.tensor([count, 0, total - count]), t)
    assert got.dtype == torch.float64
    assert close(got[0], min(1.0, math.sqrt(ratio) + ratio))
    assert got[1] == 1


def test_keep_probability_of_nothing_is_one_and_nonsense_is_refused():
    assert corpus.keep_probability(torch.zeros(3, dtype=torch.int64)).tolist() == [1, 1, 1]
    with pytest.raises(ValueError, match="counts"):
        corpus.keep_probability(torch.tensor([1, -1]))
    with pytest.raises(ValueError, match="t must"):
        corpus.keep_probability(torch.tensor([1]), 0.0)


def test_subsample_keeps_each_word_as_often_as_it_must():
    keep = torch.tensor([0.0, 0.1, 0.5, 0.9, 1.0], dtype=torch.float64)
    ids = [i % 5 for i in range(200_000)]
    kept = corpus.subsample(ids, keep, seed=1)
    found = Counter(kept)
    for i, p in enumerate(keep.tolist()):
        # five standard errors of 40,000 decisions
        assert abs(found[i] - 40_000 * p) <= 5 * math.sqrt(40_000 * p * (1 - p))
    assert corpus.subsample(ids, keep, seed=1) == kept
    assert corpus.subsample(ids, keep, seed=2) != kept


def test_subsample_keeps_the_order():
    ids = list(range(100))
    kept = corpus.subsample(ids, torch.full((100,), 0.5), seed=0)
    assert kept == sorted(kept)
    assert corpus.subsample([], torch.ones(1), seed=0) == []


@pytest.mark.parametrize("ids", [[3], [-1]])
def test_subsample_refuses_unknown_ids(ids):
    with pytest.raises(ValueError, match="ids"):
        corpus.subsample(ids, torch.ones(3), seed=0)
    with pytest.raises(ValueError, match="keep"):
        corpus.subsample([0], torch.tensor([1.5]), seed=0)


@pytest.mark.parametrize("window", [1, 2, 5, 30])
def test_pairs_and_examples_are_the_definition(window):
    draw = random.Random(window)
    for length in range(14):
        ids = [draw.randrange(5) for _ in range(length)]
        near = [
            [j for j in range(length) if j != i and abs(i - j) <= window] for i in range(length)
        ]
        pairs = corpus.skipgram_pairs(ids, window)
        assert pairs.tolist() == [[ids[i], ids[j]] for i in range(length) for j in near[i]]
        assert pairs.shape == (sum(map(len, near)), 2)
        assert pairs.dtype == torch.int64
        examples = corpus.cbow_examples(ids, window)
        assert examples == [([ids[j] for j in near[i]], ids[i]) for i in range(length) if near[i]]


@pytest.mark.parametrize("function", [corpus.skipgram_pairs, corpus.cbow_examples])
def test_a_window_of_zero_is_refused(function):
    with pytest.raises(ValueError, match="window"):
        function([1, 2], 0)


# ------------------------------------------------------------------------------------ sampling.py


def test_negative_distribution_worked_by_hand():
    assert close(sampling.negative_distribution(torch.tensor([16, 1])), [8 / 9, 1 / 9])
    assert close(sampling.negative_distribution(torch.tensor([3, 0, 1]), 1.0), [0.75, 0, 0.25])
    assert close(sampling.negative_distribution(torch.tensor([3, 0, 1]), 0.0), [0.5, 0, 0.5])


@pytest.mark.parametrize(("counts", "power"), [([1], -0.5), ([0, 0], 0.75), ([2, -1], 0.75)])
def test_negative_distribution_refuses_nonsense(counts, power):
    with pytest.raises(ValueError, match="power|counts"):
        sampling.negative_distribution(torch.tensor(counts), power)


def tables(words, seed):
    draw = random.Random(seed)
    weights = [draw.choice([0.0, 1.0, draw.random(), draw.random() ** 8]) for _ in range(words)]
    weights[draw.randrange(words)] += 1
    return torch.tensor(weights, dtype=torch.float64) / sum(weights)


@pytest.mark.parametrize("words", [1, 2, 3, 10, 1000])
@pytest.mark.parametrize("seed", range(20))
def test_the_alias_table_stands_for_its_distribution(words, seed):
    p = tables(words, seed)
    sampler = sampling.AliasSampler(p)
    stands_for = sampler.threshold.clone()
    stands_for.index_add_(0, sampler.alias, 1 - sampler.threshold)
    assert close(stands_for / words, p)
    assert ((sampler.threshold >= 0) & (sampler.threshold <= 1)).all()
    never = p == 0
    assert (sampler.threshold[never] == 0).all()
    reached = sampler.alias[sampler.threshold < 1]
    assert not never[reached].any()


def test_draws_follow_the_distribution():
    p = tables(30, 3)
    draws = sampling.AliasSampler(p).sample((400, 1000), seed=5)
    assert draws.dtype == torch.int64
    found = torch.bincount(draws.flatten(), minlength=30).double() / draws.numel()
    # five standard errors of a share
    assert ((found - p).abs() <= 5 * (p * (1 - p) / draws.numel()).sqrt()).all()


def test_draws_have_any_shape_and_no_memory():
    sampler = sampling.AliasSampler(torch.tensor([0.2, 0.3, 0.5]))
    for shape in [(), (0,), (2, 0, 3), (2, 3)]:
        assert sampler.sample(shape, seed=1).shape == shape
    first = sampler.sample((50,), seed=1)
    sampler.sample((7,), seed=9)
    assert torch.equal(sampler.sample((50,), seed=1), first)
    assert not torch.equal(sampler.sample((50,), seed=2), first)


@pytest.mark.parametrize("p", [[], [0.5, 0.4], [1.5, -0.5], [[1.0]]])
def test_the_sampler_refuses_what_is_no_distribution(p):
    with pytest.raises(ValueError, match="probabilities"):
        sampling.AliasSampler(torch.tensor(p, dtype=torch.float64))


# ------------------------------------------------------------------------------------ skipgram.py


def vectors(pairs, negatives, dimension, seed=0, dtype=torch.float64):
    return (
        normal(pairs, dimension, seed=seed, dtype=dtype),
        normal(pairs, dimension, seed=seed + 1, dtype=dtype),
        normal(pairs, negatives, dimension, seed=seed + 2, dtype=dtype),
    )


@pytest.mark.parametrize("negatives", [0, 1, 5])
@pytest.mark.parametrize("dtype", REAL)
def test_sgns_loss_is_a_binary_cross_entropy(negatives, dtype):
    center, context, noise = vectors(3, negatives, 4, dtype=dtype)
    scores = torch.cat(
        [
            torch.einsum("bd,bd->b", center, context)[:, None],
            torch.einsum("bkd,bd->bk", noise, center),
        ],
        1,
    )
    truth = torch.zeros_like(scores)
    truth[:, 0] = 1
    wanted = F.binary_cross_entropy_with_logits(scores, truth, reduction="sum") / 3
    got = skipgram.sgns_loss(center, context, noise)
    assert got.dtype == dtype
    assert got.shape == ()
    assert close(got, wanted, rtol=TOLERANCE[dtype])


def test_sgns_loss_of_large_scores_is_their_size():
    center, context, noise = (
        torch.tensor([[40.0]]),
        torch.tensor([[-20.0]]),
        torch.tensor([[[20.0]]]),
    )
    assert skipgram.sgns_loss(center, context, noise) == 1600
    assert skipgram.sgns_loss(center, -context, -noise) == 0


@pytest.mark.parametrize("negatives", [0, 1, 5])
@pytest.mark.parametrize("dtype", REAL)
def test_sgns_gradients_are_what_autograd_finds(negatives, dtype):
    leaves = [v.requires_grad_() for v in vectors(3, negatives, 4, dtype=dtype)]
    wanted = torch.autograd.grad(skipgram.sgns_loss(*leaves), leaves)
    got = skipgram.sgns_gradients(*leaves)
    for mine, theirs in zip(got, wanted, strict=True):
        assert not mine.requires_grad
        assert mine.dtype == dtype
        assert close(mine, theirs, rtol=TOLERANCE[dtype])


@pytest.mark.parametrize("function", [skipgram.sgns_loss, skipgram.sgns_gradients])
def test_shapes_that_do_not_agree_are_refused(function):
    center, context, noise = vectors(3, 2, 4)
    for bad, name in [
        ((center[:0], context[:0], noise[:0]), "center"),
        ((center, context[:2], noise), "context"),
        ((center, context[:, :1], noise), "context"),
        ((center, context, noise[:1]), "negatives"),
        ((center, context, noise[:, :, :1]), "negatives"),
        ((center, context, noise[:, 0]), "negatives"),
    ]:
        with pytest.raises(ValueError, match=name):
            function(*bad)


def test_the_model_starts_as_word2vec_does():
    model = skipgram.SkipGram(500, 20, seed=3)
    start = model.in_embed.weight
    assert start.abs().max() <= 0.5 / 20
    # of 10,000 uniform draws: mean 0, variance (1/20)^2 / 12
    assert abs(start.mean()) < 5 * (1 / 20) / math.sqrt(12 * 10_000)
    assert start.var().item() == pytest.approx((1 / 20) ** 2 / 12, rel=0.05)
    assert not model.out_embed.weight.any()
    assert torch.equal(skipgram.SkipGram(500, 20, seed=3).in_embed.weight, start)
    assert not torch.equal(skipgram.SkipGram(500, 20, seed=4).in_embed.weight, start)


def test_gradients_of_a_word_that_occurs_often_add_up():
    model = skipgram.SkipGram(6, 3, seed=0)
    with torch.no_grad():
        model.out_embed.weight.copy_(normal(6, 3, dtype=torch.float32))
    center, context = torch.tensor([0, 0, 2, 0]), torch.tensor([1, 1, 1, 3])
    noise = torch.tensor([[1, 1], [4, 4], [0, 1], [4, 2]])
    model(center, context, noise).backward()
    by_center, by_context, by_noise = skipgram.sgns_gradients(
        model.in_embed.weight[center],
        model.out_embed.weight[context],
        model.out_embed.weight[noise],
    )
    into, out = torch.zeros(6, 3), torch.zeros(6, 3)
    for row in range(4):
        into[center[row]] += by_center[row]
        out[context[row]] += by_context[row]
        for k in range(2):
            out[noise[row, k]] += by_noise[row, k]
    assert close(model.in_embed.weight.grad, into, rtol=1e-5)
    assert close(model.out_embed.weight.grad, out, rtol=1e-5)


def planted(seed, sentences=600, topics=4, words=6):
    draw = random.Random(seed)
    names = [[f"{topic}{i}" for i in range(words)] for topic in "가나다라"[:topics]]
    text = []
    for _ in range(sentences):
        own = draw.choice(names)
        text.append(
            [draw.choice(own if draw.random() < 0.8 else draw.choice(names)) for _ in range(8)]
        )
    return text


def test_training_finds_planted_topics():
    tokens, table = skipgram.train(planted(0), dim=20, window=4, epochs=3, t=1.0)
    units = F.normalize(table)
    near = (units @ units.T).fill_diagonal_(-2).topk(5, dim=1).indices
    own = [tokens[i][0] == tokens[j][0] for i in range(24) for j in near[i].tolist()]
    assert sum(own) / len(own) > 0.95  # by chance 5/23


def test_training_is_repeatable_and_refuses_an_empty_corpus():
    text = planted(1, sentences=30)
    torch.manual_seed(1)
    one = skipgram.train(text, dim=4, epochs=1, seed=5)
    torch.manual_seed(2)
    two = skipgram.train(text, dim=4, epochs=1, seed=5)
    assert one[0] == two[0]
    assert torch.equal(one[1], two[1])
    assert not torch.equal(one[1], skipgram.train(text, dim=4, epochs=1, seed=6)[1])
    assert one[1].dtype == torch.float32
    assert not one[1].requires_grad
    with pytest.raises(ValueError, match="sentences"):
        skipgram.train([["a"]], min_count=2)


def test_sentences_of_one_word_give_the_vectors_of_the_start():
    _, table = skipgram.train([["a"], ["b"]], dim=3, seed=2)
    assert torch.equal(table, skipgram.SkipGram(2, 3, 2).in_embed.weight)


# ---------------------------------------------------------------------------------------- cbow.py


@pytest.mark.parametrize("dtype", REAL)
def test_cbow_loss_is_the_skip_gram_loss_of_the_mean(dtype):
    context, target = normal(3, 5, 4, dtype=dtype), normal(3, 4, seed=1, dtype=dtype)
    noise = normal(3, 2, 4, seed=2, dtype=dtype)
    mask = torch.tensor([[1, 0, 0, 0, 0], [1, 1, 1, 1, 1], [0, 1, 0, 1, 0]]).bool()
    mean = torch.stack([row[kept].mean(dim=0) for row, kept in zip(context, mask, strict=True)])
    wanted = skipgram.sgns_loss(mean, target, noise)
    garbage = torch.where(mask.unsqueeze(2), context, torch.inf)
    for filled in (context, garbage):
        got = cbow_loss(filled, mask, target, noise)
        assert got.dtype == dtype
        assert close(got, wanted, rtol=TOLERANCE[dtype])


def test_cbow_gradients_are_numerically_right():
    mask = torch.tensor([[True, False, True], [False, True, False]])
    leaves = [normal(2, 3, 2), normal(2, 2, seed=1), normal(2, 4, 2, seed=2)]
    leaves = [leaf.requires_grad_() for leaf in leaves]
    assert torch.autograd.gradcheck(lambda c, t, n: cbow_loss(c, mask, t, n), leaves)


def test_cbow_loss_refuses_shapes_that_do_not_agree():
    context, target, noise = normal(2, 3, 4), normal(2, 4), normal(2, 5, 4)
    mask = torch.ones(2, 3, dtype=torch.bool)
    for bad, name in [
        ((context, torch.tensor([[True] * 3, [False] * 3]), target, noise), "mask"),
        ((context, mask[:, :2], target, noise), "mask"),
        ((context[:0], mask[:0], target[:0], noise[:0]), "context"),
        ((context, mask, target[:1], noise), "target"),
        ((context, mask, target, noise[:, :, :1]), "negatives"),
    ]:
        with pytest.raises(ValueError, match=name):
            cbow_loss(*bad)


@pytest.mark.parametrize("dtype", REAL)
@pytest.mark.parametrize("scale", [1.0, 100.0])
def test_softmax_loss_is_torchs_cross_entropy(dtype, scale):
    hidden, output = scale * normal(3, 4, dtype=dtype), scale * normal(7, 4, seed=1, dtype=dtype)
    target = torch.tensor([0, 6, 3])
    got = softmax_loss(hidden, output, target)
    assert got.dtype == dtype
    assert close(got, F.cross_entropy(hidden @ output.T, target), rtol=TOLERANCE[dtype])


@pytest.mark.parametrize("target", [[0, 7], [-1, 0], [0]])
def test_softmax_loss_refuses_unknown_targets(target):
    with pytest.raises(ValueError, match="target"):
        softmax_loss(normal(2, 4), normal(7, 4), torch.tensor(target))
    with pytest.raises(ValueError, match="hidden"):
        softmax_loss(normal(0, 4), normal(7, 4), torch.tensor([], dtype=torch.int64))
    with pytest.raises(ValueError, match="output"):
        softmax_loss(normal(1, 4), normal(7, 3), torch.tensor([0]))


# -------------------------------------------------------------------------------- hierarchical.py


def test_huffman_worked_by_hand():
    paths, codes = huffman([5, 2, 1, 1])
    assert paths == [[2], [2, 1], [2, 1, 0], [2, 1, 0]]
    assert codes == [[1], [0, 0], [0, 1, 0], [0, 1, 1]]
    assert huffman([7]) == ([[]], [[]])
    assert huffman([1, 1]) == ([[0], [0]], [[0], [1]])


def shortest(counts):
    """The least sum of count times depth over all binary trees, by trying every join."""
    if len(counts) == 1:
        return 0
    return min(
        a + b + shortest((*rest, a + b))
        for i, j in itertools.combinations(range(len(counts)), 2)
        for a, b, rest in [
            (counts[i], counts[j], tuple(c for n, c in enumerate(counts) if n not in {i, j}))
        ]
    )


@pytest.mark.parametrize("seed", range(10))
def test_huffmans_code_is_the_shortest(seed):
    draw = random.Random(seed)
    counts = [draw.randrange(9) for _ in range(2 + seed % 5)]
    _, codes = huffman(counts)
    assert sum(c * len(code) for c, code in zip(counts, codes, strict=True)) == shortest(
        tuple(counts)
    )


@pytest.mark.parametrize("words", [2, 3, 50, 400])
def test_huffmans_code_is_complete_and_free_of_prefixes(words):
    draw = random.Random(words)
    paths, codes = huffman([draw.randrange(1, 100) for _ in range(words)])
    assert sum(Fraction(1, 2 ** len(code)) for code in codes) == 1
    assert len({tuple(code) for code in codes}) == words
    way = {}  # inner node -> the decisions that lead there
    for path, code in zip(paths, codes, strict=True):
        assert path[0] == words - 2
        for depth, node in enumerate(path):
            assert way.setdefault(node, code[:depth]) == code[:depth]
    assert sorted(way) == list(range(words - 1))


@pytest.mark.parametrize("counts", [[], [1, -1]])
def test_huffman_refuses_nonsense(counts):
    with pytest.raises(ValueError, match="counts"):
        huffman(counts)


@pytest.mark.parametrize("dtype", REAL)
def test_the_probabilities_of_all_words_sum_to_one(dtype):
    paths, codes = huffman([9, 4, 4, 3, 1, 1, 0])
    hidden, nodes = normal(5, dtype=dtype), normal(6, 5, seed=1, dtype=dtype)
    losses = [hierarchical_loss(hidden, nodes, p, c) for p, c in zip(paths, codes, strict=True)]
    assert {loss.dtype for loss in losses} == {dtype}
    assert close(torch.stack(losses).neg().exp().sum(), 1.0, rtol=TOLERANCE[dtype])
    assert close(
        losses[3],
        sum(
            -F.logsigmoid((1 - 2 * c) * hidden @ nodes[p])
            for p, c in zip(paths[3], codes[3], strict=True)
        ),
        rtol=TOLERANCE[dtype],
    )


def test_hierarchical_loss_at_the_edges():
    assert hierarchical_loss(normal(3), torch.empty(0, 3, dtype=torch.float64), [], []) == 0
    far = torch.tensor([1000.0])
    assert hierarchical_loss(far, torch.ones(1, 1), [0], [1]) == 1000
    for path, code in [([0], []), ([1], [0]), ([-1], [0]), ([0], [2])]:
        with pytest.raises(ValueError, match="path|code"):
            hierarchical_loss(far, torch.ones(1, 1), path, code)
    leaves = [normal(3).requires_grad_(), normal(4, 3, seed=1).requires_grad_()]
    assert torch.autograd.gradcheck(lambda h, n: hierarchical_loss(h, n, [3, 1], [0, 1]), leaves)


# --------------------------------------------------------------------------------------- glove.py

NOTES = ["I like deep learning", "I like NLP", "I enjoy flying"]
WORDS = ["I", "like", "enjoy", "deep", "learning", "NLP", "flying"]


def test_the_table_of_the_notes():
    table = glove.cooccurrence([s.split() for s in NOTES], WORDS, 1)
    assert table.tolist() == [
        [0, 2, 1, 0, 0, 0, 0],
        [2, 0, 0, 1, 0, 1, 0],
        [1, 0, 0, 0, 0, 0, 1],
        [0, 1, 0, 0, 1, 0, 0],
        [0, 0, 0, 1, 0, 0, 0],
        [0, 1, 0, 0, 0, 0, 0],
        [0, 0, 1, 0, 0, 0, 0],
    ]
    assert glove.conditional(table)[1].tolist() == [0.5, 0, 0, 0.25, 0, 0.25, 0]


@pytest.mark.parametrize("weighting", ["flat", "harmonic"])
@pytest.mark.parametrize("window", [1, 2, 9])
def test_cooccurrence_is_the_definition(weighting, window):
    draw = random.Random(window)
    sentences = [[draw.choice("abcde") for _ in range(draw.randrange(8))] for _ in range(20)]
    wanted = torch.zeros(3, 3, dtype=torch.float64)
    for sentence in sentences:
        for p, q in itertools.permutations(range(len(sentence)), 2):
            if abs(p - q) <= window and sentence[p] in "abc" and sentence[q] in "abc":
                weight = 1 / abs(p - q) if weighting == "harmonic" else 1
                wanted["abc".index(sentence[p]), "abc".index(sentence[q])] += weight
    got = glove.cooccurrence(sentences, list("abc"), window, weighting)
    assert got.dtype == torch.float64
    assert close(got, wanted)


def test_cooccurrence_refuses_nonsense():
    with pytest.raises(ValueError, match="window"):
        glove.cooccurrence([], [], 0)
    with pytest.raises(ValueError, match="weighting"):
        glove.cooccurrence([], [], 1, "linear")


def test_conditional_rows_are_distributions_or_zero():
    X = normal(4, 4).abs()
    X[2] = 0
    assert close(glove.conditional(X).sum(dim=1), [1, 1, 0, 1])
    for bad in (X[:2], -X):
        with pytest.raises(ValueError, match="X must"):
            glove.conditional(bad)


def test_glove_weight_worked_by_hand():
    got = glove.glove_weight(torch.tensor([0.0, 25.0, 100.0, 1000.0], dtype=torch.float64))
    assert close(got, [0, 0.25**0.75, 1, 1])
    with pytest.raises(ValueError, match="x must"):
        glove.glove_weight(torch.tensor([-1.0]))
    with pytest.raises(ValueError, match="x_max"):
        glove.glove_weight(torch.tensor([1.0]), x_max=0)


def glove_problem(dtype=torch.float64):
    X = (10 * normal(5, 5, seed=4)).clamp(min=0).to(dtype)
    X[0, 0] = 500
    sizes = [(5, 3), (5, 3), (5,), (5,)]
    return [normal(*size, seed=i, dtype=dtype) for i, size in enumerate(sizes)], X


@pytest.mark.parametrize("dtype", REAL)
def test_glove_loss_is_the_double_sum(dtype):
    (W, Wc, b, bc), X = glove_problem(dtype)
    wanted = 0.0
    for i, j in itertools.product(range(5), repeat=2):
        if X[i, j] > 0:
            x = float(X[i, j])
            error = float(W[i] @ Wc[j]) + float(b[i]) + float(bc[j]) - math.log(x)
            wanted += min(1, x / 100) ** 0.75 * error**2
    got = glove.glove_loss(W, Wc, b, bc, X)
    assert got.dtype == dtype
    assert close(got, wanted, rtol=TOLERANCE[dtype])


def test_glove_gradients_are_numerically_right_and_zeros_have_none():
    parameters, X = glove_problem()
    leaves = [p.requires_grad_() for p in parameters]
    assert torch.autograd.gradcheck(lambda *p: glove.glove_loss(*p, X), leaves)
    assert glove.glove_loss(*parameters, torch.zeros_like(X)) == 0


def test_glove_loss_refuses_shapes_that_do_not_agree():
    (W, Wc, b, bc), X = glove_problem()
    for bad in [
        (W, Wc[:2], b, bc, X),
        (W, Wc, b[:2], bc, X),
        (W, Wc, b, bc[:2], X),
        (W, Wc, b, bc, X[:2]),
    ]:
        with pytest.raises(ValueError, match="must have"):
            glove.glove_loss(*bad)
    with pytest.raises(ValueError, match="X must"):
        glove.glove_loss(W, Wc, b, bc, -X)


# ------------------------------------------------------------------------------------- subword.py


def test_ngrams_worked_by_hand():
    assert subword.char_ngrams("시나브로", 3, 3) == [
        "<시나",
        "시나브",
        "나브로",
        "브로>",
        "<시나브로>",
    ]
    assert subword.char_ngrams("a") == ["<a>"]
    assert subword.char_ngrams("aa", 1, 2) == ["<", "a", ">", "<a", "aa", "a>", "<aa>"]
    for bad in [(0, 3), (4, 3)]:
        with pytest.raises(ValueError, match="n_min"):
            subword.char_ngrams("a", *bad)


def test_jamo_are_unicodes_decomposition():
    compatible = {
        unicodedata.name(chr(code)).removeprefix("HANGUL LETTER "): chr(code)
        for code in range(0x3131, 0x3164)
    }
    kinds = ("CHOSEONG", "JUNGSEONG", "JONGSEONG")
    for code in range(ord("가"), ord("힣") + 1):
        parts = unicodedata.normalize("NFD", chr(code))
        names = [unicodedata.name(p).split(" ", 2)[2] for p in parts]
        assert [unicodedata.name(p).split(" ")[1] for p in parts] == list(kinds[: len(parts)])
        wanted = "".join(compatible[name] for name in names)
        assert subword.to_jamo(chr(code)) == wanted + "e" * (3 - len(parts))


def test_all_but_syllables_stays():
    assert subword.to_jamo("강아지") == "ㄱㅏㅇㅇㅏeㅈㅣe"
    assert subword.to_jamo("A강1ㄱ 힤") == "Aㄱㅏㅇ1ㄱ 힤"
    apart = unicodedata.normalize("NFD", "한글")
    assert subword.to_jamo(apart) == apart


def test_the_hash_is_fnv_1a():
    # the test vectors of the hash's authors, and one of Hangul
    for text, value in [
        ("", 0x811C9DC5),
        ("a", 0xE40C292C),
        ("foobar", 0xBF9CF968),
        ("<시나", 0x98C9DDB9),
    ]:
        assert subword._hash(text) == value


@pytest.mark.parametrize("dtype", REAL)
def test_a_subword_vector_is_the_mean_of_its_rows(dtype):
    table = normal(1000, 3, dtype=dtype)
    grams = subword.char_ngrams("시나브로")
    wanted = sum(table[subword._hash(gram) % 1000] for gram in grams) / len(grams)
    got = subword.subword_vector("시나브로", table)
    assert got.dtype == dtype
    assert close(got, wanted, rtol=TOLERANCE[dtype])
    with pytest.raises(ValueError, match="table"):
        subword.subword_vector("a", table[:0])


# ------------------------------------------------------------------------------------ evaluate.py


def test_nearest_is_torchs_cosine():
    table = normal(20, 4)
    table[7] *= 100
    table[9] = 0
    tokens = [f"w{i}" for i in range(20)]
    cosines = F.cosine_similarity(table, table[3:4], dim=1, eps=1e-30)
    wanted = sorted(
        ((float(c), t) for c, t in zip(cosines, tokens, strict=True) if t != "w3"), reverse=True
    )
    for k in (1, 5, 19, 100):
        got = evaluate.nearest(tokens, table, "w3", k)
        assert [word for word, _ in got] == [word for _, word in wanted[:k]]
        assert close([c for _, c in got], [c for c, _ in wanted[:k]])
    assert dict(evaluate.nearest(tokens, table, "w3", 19))["w9"] == 0


def test_analogy_is_the_best_of_all_candidates():
    table = normal(12, 3, seed=5)
    tokens = list("abcdefghijkl")
    units = F.normalize(table)
    for a, b, c in [("a", "b", "c"), ("d", "d", "e"), ("k", "a", "k")]:
        rows = [tokens.index(word) for word in (a, b, c)]
        goal = units[rows[1]] - units[rows[0]] + units[rows[2]]
        scores = F.cosine_similarity(units, goal.unsqueeze(0), dim=1)
        wanted = [
            tokens[i]
            for i in scores.argsort(descending=True).tolist()
            if tokens[i] not in {a, b, c}
        ]
        assert evaluate.analogy(tokens, table, a, b, c, k=4) == wanted[:4]
        assert evaluate.analogy(tokens, table, a, b, c) == wanted[:1]


def test_unknown_words_are_key_errors_and_k_starts_at_one():
    table = normal(3, 2)
    with pytest.raises(KeyError):
        evaluate.nearest(list("abc"), table, "x", 1)
    with pytest.raises(KeyError):
        evaluate.analogy(list("abc"), table, "a", "x", "c")
    with pytest.raises(ValueError, match="k must"):
        evaluate.nearest(list("abc"), table, "a", 0)
    with pytest.raises(ValueError, match="k must"):
        evaluate.analogy(list("abc"), table, "a", "b", "c", k=0)


def slow_ranks(values):
    """Rank = 1 + how many are smaller + half of how many others are equal."""
    return [
        1 + sum(v < value for v in values) + Fraction(sum(v == value for v in values) - 1, 2)
        for value in values
    ]


@pytest.mark.parametrize("seed", range(10))
def test_spearman_is_the_correlation_of_ranks(seed):
    draw = random.Random(seed)
    x = [draw.randrange(6) / 4 for _ in range(15)]
    y = [draw.choice([value, draw.random()]) for value in x]
    both = torch.tensor([[float(r) for r in slow_ranks(values)] for values in (x, y)])
    assert evaluate.spearman(x, y) == pytest.approx(float(torch.corrcoef(both)[0, 1]), abs=1e-6)


def test_spearman_worked_by_hand():
    assert evaluate.spearman([1, 2, 2, 3], [1, 3, 2, 4]) == pytest.approx(3 / math.sqrt(10))
    assert evaluate.spearman([1, 2, 5], [10, 20, 21]) == 1
    assert evaluate.spearman([1, 2, 5], [3, 2, 1]) == -1
    for x, y, name in [
        ([1, 1], [1, 2], "x"),
        ([1, 2], [3, 3], "y"),
        ([1], [1], "x"),
        ([1, 2], [1], "x|y"),
    ]:
        with pytest.raises(ValueError, match=name):
            evaluate.spearman(x, y)


# ---------------------------------------------------------------------------------- extensions.py


def test_one_hot_looks_up_rows():
    ids, table = torch.tensor([4, 0, 4]), normal(5, 3, dtype=torch.float32)
    rows = extensions.one_hot(ids, 5)
    assert torch.equal(rows, F.one_hot(ids, 5).float())
    assert torch.equal(rows @ table, table[ids])
    with pytest.raises(ValueError, match="ids"):
        extensions.one_hot(torch.tensor([5]), 5)


@pytest.mark.parametrize("dtype", REAL)
def test_ppmi_is_the_definition(dtype):
    X = (5 * normal(6, 6)).clamp(min=0).to(dtype)
    X[2] = 0
    got = extensions.ppmi(X)
    assert got.dtype == dtype
    total = float(X.sum())
    for i, j in itertools.product(range(6), repeat=2):
        x = float(X[i, j])
        chance = float(X[i].sum()) * float(X[:, j].sum())
        assert float(got[i, j]) == pytest.approx(
            max(0.0, math.log(x * total / chance)) if x else 0.0, abs=1e-6
        )
    independent = torch.outer(torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0]))
    assert close(extensions.ppmi(independent), torch.zeros(2, 2))


def test_lsa_keeps_what_the_rank_holds():
    X = normal(6, 3) @ normal(3, 6, seed=1)
    for k in (3, 6):
        got = extensions.lsa(X, k)
        assert got.shape == (6, k)
        assert close(got @ got.T, X @ X.T)
    # Eckart & Young: nothing of rank 2 is closer
    two = extensions.lsa(X, 2)
    values = torch.linalg.eigvalsh(X @ X.T)
    assert (two @ two.T - X @ X.T).norm() == pytest.approx(float(values[-3]))
    for bad in (0, 7):
        with pytest.raises(ValueError, match="k must"):
            extensions.lsa(X, bad)


# ---------------------------------------------------------------------------- whole and on devices


def test_nothing_touches_the_global_generators_or_its_arguments():
    torch.manual_seed(0)
    before = torch.get_rng_state()
    keep, p, ids = torch.full((9,), 0.5), torch.full((9,), 1 / 9), list(range(9))
    corpus.subsample(ids, keep, 3)
    sampling.AliasSampler(p).sample((5,), 3)
    skipgram.train([list("abc")], dim=2, epochs=1)
    assert torch.equal(torch.get_rng_state(), before)
    assert keep.tolist() == [0.5] * 9
    assert ids == list(range(9))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_every_module_runs_where_its_tensors_are():
    center, context, noise = (v.cuda() for v in vectors(3, 2, 4, dtype=torch.float32))
    for got, wanted in zip(
        skipgram.sgns_gradients(center, context, noise),
        skipgram.sgns_gradients(center.cpu(), context.cpu(), noise.cpu()),
        strict=True,
    ):
        assert got.is_cuda
        assert close(got.cpu(), wanted, rtol=1e-3)
    sampler = sampling.AliasSampler(torch.full((9,), 1 / 9, dtype=torch.float64, device="cuda"))
    assert sampler.sample((5,), seed=0).is_cuda
    mask = torch.ones(3, 2, dtype=torch.bool, device="cuda")
    assert cbow_loss(noise, mask, center, noise).is_cuda
    paths, codes = huffman([3, 2, 1])
    assert hierarchical_loss(center[0], center[:2], paths[2], codes[2]).is_cuda
    X = torch.ones(3, 3, device="cuda")
    assert glove.glove_loss(center, context, center[:, 0], context[:, 0], X).is_cuda
    assert extensions.ppmi(X).is_cuda
