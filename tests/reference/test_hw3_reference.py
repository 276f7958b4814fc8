"""Each module of hw3's reference against something independent of it.

The oracles: exact arithmetic by fractions, definitions by loops, and torch's own recurrent layers,
losses and optimisers with copied weights, in values and in gradients.
"""

import math
import random
from fractions import Fraction
from itertools import pairwise

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from reference.hw3_language_model import cells, data, extensions, metrics, ngram, optim, regularise

REAL = [torch.float32, torch.float64]
SENTENCES = [["a", "b"], ["a", "c"]]


def draw(seed):
    return torch.Generator().manual_seed(seed)


def normal(seed, *shape):
    return torch.randn(*shape, generator=draw(seed), dtype=torch.float64)


def close(got, wanted):
    """Float64 to rounding: 1e-9 relative is far above what the longest sum here loses."""
    got, wanted = (
        v.double() if isinstance(v, torch.Tensor) else torch.tensor(v, dtype=torch.float64)
        for v in (got, wanted)
    )
    torch.testing.assert_close(got, wanted, rtol=1e-9, atol=1e-11)
    return True


def gradients(outputs, leaves, cotangents):
    found = torch.autograd.grad(outputs, leaves, cotangents, allow_unused=True)
    return [
        torch.zeros_like(leaf) if g is None else g for g, leaf in zip(found, leaves, strict=True)
    ]


# --------------------------------------------------------------------------------------- ngram.py


def test_bigram_by_hand():
    model = ngram.NGram(2).fit(SENTENCES)
    assert model.vocabulary_size == 5
    for word, context, wanted in (("a", [], 3 / 7), ("b", ["a"], 2 / 7), ("</s>", ["b"], 1 / 3)):
        assert close(model.log_prob(word, context), math.log(wanted))
    assert close(model.perplexity([["a", "b"]]), (49 / 2) ** (1 / 3))


def brute(sentences, n, alpha, word, context):
    """Counted afresh by going through every position of every sentence, in fractions."""
    seen = {w for s in sentences for w in s} | {"</s>", "<unk>"}
    context = [w if w in seen else "<unk>" for w in context]
    padded = ["<s>"] * n + context
    context = padded[len(padded) - (n - 1) :]
    word = word if word in seen else "<unk>"
    hits = total = 0
    for sentence in sentences:
        text = ["<s>"] * (n - 1) + sentence + ["</s>"]
        for i in range(n - 1, len(text)):
            if text[i - n + 1 : i] == context:
                total += 1
                hits += text[i] == word
    denominator = total + alpha * len(seen)
    return Fraction(hits + alpha, denominator) if denominator else Fraction(0)


@pytest.mark.parametrize("n", [1, 2, 3, 4])
@pytest.mark.parametrize("alpha", [0, 1, 2])
def test_ngrams_against_brute_counts(n, alpha):
    rng = random.Random(n)
    sentences = [rng.choices("abc", k=rng.randrange(6)) for _ in range(12)]
    model = ngram.NGram(n, alpha).fit(sentences)
    words = ["a", "b", "c", "</s>", "<unk>"]
    assert model.vocabulary_size == len(words)
    for _ in range(40):
        context = rng.choices("abcx", k=rng.randrange(5))
        wanted = [brute(sentences, n, alpha, word, context) for word in words]
        got = [math.exp(model.log_prob(word, context)) for word in words]
        assert close(got, [float(p) for p in wanted])
        assert sum(wanted) in {0, 1}
        assert model.log_prob("new", context) == model.log_prob("<unk>", context)


def test_impossible_words_have_infinite_perplexity():
    model = ngram.NGram(2, alpha=0.0).fit(SENTENCES)
    assert model.log_prob("c", ["b"]) == -math.inf
    assert model.log_prob("a", ["new"]) == -math.inf
    assert model.perplexity([["b"]]) == math.inf
    assert close(model.perplexity([["a", "b"]]), 2 ** (1 / 3))


def test_interpolation_mixes_probabilities():
    models = [ngram.NGram(n, alpha=0.5).fit(SENTENCES) for n in (1, 2, 3)]
    words = ["a", "b", "c", "</s>", "<unk>"]
    for context in ([], ["a"], ["new", "b"]):
        mixed = [ngram.interpolated_log_prob(models, [0.2, 0.5, 0.3], w, context) for w in words]
        assert close(sum(math.exp(p) for p in mixed), 1.0)
        for word, got in zip(words, mixed, strict=True):
            parts = [math.exp(m.log_prob(word, context)) for m in models]
            assert close(math.exp(got), 0.2 * parts[0] + 0.5 * parts[1] + 0.3 * parts[2])
    zero = [ngram.NGram(n, alpha=0.0).fit(SENTENCES) for n in (1, 2)]
    assert ngram.interpolated_log_prob(zero, [0.0, 1.0], "c", ["b"]) == -math.inf
    assert close(ngram.interpolated_log_prob(zero, [0.5, 0.5], "c", ["b"]), math.log(0.5 / 6))


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: ngram.NGram(0), "n"),
        (lambda: ngram.NGram(2, -0.1), "alpha"),
        (lambda: ngram.NGram(2).fit(SENTENCES).perplexity([]), "sentences"),
        (lambda: ngram.interpolated_log_prob([], [], "a", []), "weights"),
        (lambda: data.Vocabulary([], max_size=0), "max_size"),
        (lambda: data.Vocabulary([], min_count=0), "min_count"),
        (lambda: data.batchify(torch.arange(4), 0), "batch_size"),
        (lambda: metrics.cross_entropy(torch.zeros(2, 3), torch.zeros(3).long()), "targets"),
        (lambda: metrics.cross_entropy(torch.zeros(2, 3), torch.tensor([0, 3])), "targets"),
        (lambda: metrics.cross_entropy(torch.zeros(2, 3), torch.tensor([0, -1])), "targets"),
        (lambda: metrics.cross_entropy(torch.zeros(1, 3), torch.tensor([0]), None, 1.1), "label_smoothing"),
        (lambda: metrics.entropy(torch.tensor([1.5, -0.5])), "p"),
        (lambda: regularise.dropout(torch.zeros(3), 1.1, True, 0), "p"),
        (lambda: cells.LSTM(2, 3, dropout=-0.1), "dropout"),
        (lambda: extensions.FeedForwardLM(2, 2, 2, 2, "swish"), "activation"),
    ],
)  # fmt: skip
def test_impossible_input_is_named(call, name):
    with pytest.raises(ValueError, match=rf"\b{name}\b"):
        call()


# ---------------------------------------------------------------------------------------- data.py


def test_vocabulary_order_and_sizes():
    sentences = [["나", "가", "b"], ["b", "<unk>", "가"], [], ["<eos>", "c"]]
    full = data.Vocabulary(sentences)
    assert full.tokens == ["<unk>", "<eos>", "b", "가", "c", "나"]
    assert len(full) == 6
    assert data.Vocabulary(sentences, max_size=4).tokens == full.tokens[:4]
    assert data.Vocabulary(sentences, min_count=2).tokens == full.tokens[:4]
    assert full.encode(sentences) == [5, 3, 2, 1, 2, 0, 3, 1, 1, 1, 4, 1]
    assert data.Vocabulary([], max_size=2).encode([["x"], []]) == [0, 1, 1]


@pytest.mark.parametrize(("n", "batch_size"), [(26, 4), (7, 7), (9, 1), (3, 4), (0, 2)])
def test_batchify_against_slices(n, batch_size):
    ids = torch.arange(n) * 3
    got = data.batchify(ids, batch_size)
    length = n // batch_size
    assert got.shape == (length, batch_size)
    for column in range(batch_size):
        assert got[:, column].tolist() == ids[column * length : (column + 1) * length].tolist()


@pytest.mark.parametrize("bptt", range(1, 11))
def test_windows_predict_every_row_but_the_first_once(bptt):
    rows = torch.arange(21).view(7, 3)
    cut = data.windows(rows, bptt)
    assert torch.equal(torch.cat([inputs for inputs, _ in cut]), rows[:-1])
    assert torch.equal(torch.cat([targets for _, targets in cut]), rows[1:])
    assert all(len(inputs) == len(targets) == bptt for inputs, targets in cut[:-1])
    assert data.windows(rows[:1], bptt) == []


# ------------------------------------------------------------------------------------- metrics.py


@pytest.mark.parametrize("shape", [(4,), (3, 4), (2, 1, 3)])
@pytest.mark.parametrize("ignore", [None, 1, -100])
@pytest.mark.parametrize("smoothing", [0.0, 0.1, 1.0])
def test_cross_entropy_against_torch(shape, ignore, smoothing):
    logits = (normal(1, *shape, 5) * 3).requires_grad_()
    targets = torch.randint(0, 5, shape, generator=draw(2))
    targets.view(-1)[0] = 1 if ignore is None else ignore
    got = metrics.cross_entropy(logits, targets, ignore, smoothing)
    wanted = F.cross_entropy(
        logits.reshape(-1, 5),
        targets.reshape(-1),
        ignore_index=-1 if ignore is None else ignore,
        label_smoothing=smoothing,
    )
    assert got.shape == ()
    assert close(got, wanted)
    assert close(torch.autograd.grad(got, logits)[0], torch.autograd.grad(wanted, logits)[0])


def test_cross_entropy_far_out_and_of_nothing():
    logits = torch.tensor([[1e4, -1e4, 0.0], [0.0, -math.inf, 0.0]], dtype=torch.float64)
    got = metrics.cross_entropy(logits, torch.tensor([1, 2]))
    assert close(got, (2e4 + math.log(2)) / 2)
    logits = normal(3, 2, 3).requires_grad_()
    nothing = metrics.cross_entropy(logits, torch.tensor([1, 1]), ignore_index=1)
    assert nothing.item() == 0
    assert torch.autograd.grad(nothing, logits)[0].tolist() == [[0.0] * 3] * 2


@pytest.mark.parametrize("dtype", REAL)
def test_metrics_keep_the_dtype(dtype):
    assert (
        metrics.cross_entropy(torch.zeros(2, 3, dtype=dtype), torch.tensor([0, 2])).dtype == dtype
    )
    assert metrics.entropy(torch.ones(2, 1, dtype=dtype)).dtype == dtype


def test_perplexity_entropy_and_bits_by_hand():
    nll = -sum(math.log(p) for p in (0.5, 0.25, 0.125, 0.125))
    assert close(nll, 9 * math.log(2))
    assert close(metrics.perplexity(nll, 4), 4.756828460010884)
    assert close(metrics.bits_per_token(nll / 4), 2.25)
    p = torch.tensor([[0.5, 0.25, 0.25], [1.0, 0.0, 0.0], [1 / 3] * 3], dtype=torch.float64)
    assert close(metrics.entropy(p), [1.0397207708399179, 0.0, math.log(3)])


def test_corpus_perplexity_weighs_tokens():
    parts = [
        (normal(4, 1, 5), torch.tensor([2])),
        (normal(5, 3, 3, 5), torch.arange(9).view(3, 3) % 5),
    ]
    nll = sum(F.cross_entropy(l.view(-1, 5), t.view(-1), reduction="sum") for l, t in parts)
    assert close(metrics.corpus_perplexity(parts), math.exp(nll / 10))
    kept = sum(
        F.cross_entropy(l.view(-1, 5), t.view(-1), ignore_index=2, reduction="sum")
        for l, t in parts
    )
    assert close(metrics.corpus_perplexity(parts, ignore_index=2), math.exp(kept / 7))


# --------------------------------------------------------------------------------------- cells.py

CELLS = [
    (cells.RNNCell, nn.RNNCell, 1),
    (cells.GRUCell, nn.GRUCell, 3),
    (cells.LSTMCell, nn.LSTMCell, 4),
]


@pytest.mark.parametrize(("own", "theirs", "gates"), CELLS)
@pytest.mark.parametrize("begin", [True, False])
def test_cells_against_torch_values_and_gradients(own, theirs, gates, begin):
    cell, oracle = own(4, 6, seed=1).double(), theirs(4, 6).double()
    assert [tuple(p.shape) for p in cell.parameters()] == [
        (gates * 6, 4), (gates * 6, 6), (gates * 6,), (gates * 6,),
    ]  # fmt: skip
    oracle.load_state_dict(cell.state_dict())
    x = normal(1, 3, 4).requires_grad_()
    h, c = (normal(s, 3, 6).requires_grad_() for s in (2, 3))
    state = None if not begin else (h, c) if gates == 4 else h
    results = []
    for module in (cell, oracle):
        out = module(x, state)
        out = list(out) if gates == 4 else [out]
        leaves = [
            x,
            *((h, c) if begin and gates == 4 else (h,) if begin else ()),
            *module.parameters(),
        ]
        results.append(out + gradients(out, leaves, [normal(7 + i, 3, 6) for i in range(len(out))]))
    for got, wanted in zip(*results, strict=True):
        assert close(got, wanted)


@pytest.mark.parametrize(("own", "theirs", "gates"), CELLS)
def test_cells_are_uniform_and_seeded(own, theirs, gates):
    one = own(30, 40, seed=3)
    torch.manual_seed(99)
    again, other = own(30, 40, seed=3), own(30, 40, seed=4)
    for name, weight in one.state_dict().items():
        assert torch.equal(weight, again.state_dict()[name])
        assert not torch.equal(weight, other.state_dict()[name])
        assert 0.9 < weight.abs().max() * math.sqrt(40) <= 1


def copied(own, layers, dirs):
    """nn.LSTM with the weights of ours."""
    oracle = nn.LSTM(4, 5, layers, bidirectional=dirs == 2).double()
    for number, cell in enumerate(own.cells):
        suffix = f"_l{number // dirs}" + ("_reverse" if number % dirs else "")
        for name, weight in cell.named_parameters():
            getattr(oracle, name + suffix).data.copy_(weight)
    return oracle


@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("dirs", [1, 2])
@pytest.mark.parametrize(("T", "B"), [(1, 1), (6, 3)])
@pytest.mark.parametrize("ragged", [False, True])
def test_lstm_against_torch_values_and_gradients(layers, dirs, T, B, ragged):
    own = cells.LSTM(4, 5, layers, bidirectional=dirs == 2, seed=2).double()
    oracle = copied(own, layers, dirs)
    lengths = torch.tensor([T, 1, 4][:B]) if ragged else None
    x = normal(1, T, B, 4).requires_grad_()
    state = tuple(normal(s, layers * dirs, B, 5).requires_grad_() for s in (2, 3))

    def theirs():
        if not ragged:
            return oracle(x, state)
        packed = nn.utils.rnn.pack_padded_sequence(x, lengths, enforce_sorted=False)
        output, final = oracle(packed, state)
        return nn.utils.rnn.pad_packed_sequence(output, total_length=T)[0], final

    def weights(module):
        if module is own:
            return [p for cell in own.cells for p in cell.parameters()]
        suffixes = [f"_l{l}" + r for l in range(layers) for r in ("", "_reverse")[:dirs]]
        names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        return [getattr(oracle, name + suffix) for suffix in suffixes for name in names]

    results = []
    for module, run in ((own, lambda: own(x, state, lengths)), (oracle, theirs)):
        output, (h, c) = run()
        out = [output, h, c]
        cotangents = [normal(10 + i, *part.shape) for i, part in enumerate(out)]
        results.append(out + gradients(out, [x, *state, *weights(module)], cotangents))
    for got, wanted in zip(*results, strict=True):
        assert close(got, wanted)


@pytest.mark.parametrize("dirs", [1, 2])
def test_with_lengths_every_sequence_is_as_if_alone(dirs):
    own = cells.LSTM(4, 5, 2, bidirectional=dirs == 2).double()
    x, lengths = normal(1, 6, 3, 4), [2, 6, 3]
    output, (h, c) = own(x, None, torch.tensor(lengths))
    for b, length in enumerate(lengths):
        alone, (h_alone, c_alone) = own(x[:length, b : b + 1])
        assert close(output[:length, b], alone[:, 0])
        assert not output[length:, b].any()
        assert close(h[:, b], h_alone[:, 0])
        assert close(c[:, b], c_alone[:, 0])


def test_dropout_stands_between_layers_only():
    x = normal(1, 6, 3, 4).float()
    one = cells.LSTM(4, 5, 1, dropout=0.5)
    assert torch.equal(one.train()(x)[0], one.eval()(x)[0])
    two = cells.LSTM(4, 5, 2, dropout=0.5)
    still = two.eval()(x)
    assert torch.equal(two(x)[0], still[0])
    output, (h, _) = two.train()(x)
    assert not torch.equal(output, still[0])
    assert torch.equal(h[0], still[1][0][0])  # the first layer's own states are not dropped
    assert torch.equal(output[-1], h[1])  # nor the last layer's outputs
    nothing = cells.LSTM(4, 5, 2, dropout=1.0).train()
    assert torch.equal(nothing(x)[0], nothing(0 * x)[0])


def test_every_cell_has_weights_of_its_own():
    own = cells.LSTM(5, 5, 3, bidirectional=False, seed=7)
    for one, other in pairwise(own.cells):
        assert not torch.equal(one.weight_hh, other.weight_hh)
    assert not torch.equal(own.cells[1].weight_hh, cells.LSTM(5, 5, 3, seed=8).cells[0].weight_hh)


def step_inputs(seed, B=3, E=4, H=5):
    shapes = [(B, E), (B, H), (B, H), (4 * H, E), (4 * H, H), (4 * H,), (4 * H,)]
    return [normal(10 * seed + i, *shape) for i, shape in enumerate(shapes)]


def test_lstm_step_against_torch():
    names = ("x", "h", "c", "W_ih", "W_hh", "b_ih", "b_hh")
    arguments = [a.requires_grad_() for a in step_inputs(1)]
    with torch.no_grad():
        h, c, cache = cells.lstm_step_forward(*arguments)
    x, h0, c0, *weights = arguments
    oracle = torch._VF.lstm_cell(x, (h0, c0), *weights)
    assert close(h, oracle[0])
    assert close(c, oracle[1])
    for dh, dc in (
        (normal(2, 3, 5), normal(3, 3, 5)),
        (torch.zeros(3, 5).double(), normal(4, 3, 5)),
    ):
        wanted = torch.autograd.grad(oracle, arguments, (dh, dc), retain_graph=True)
        for _ in range(2):  # the cache serves twice
            got = cells.lstm_step_backward(dh, dc, cache)
            assert list(got) == list(names)
            for name, gradient in zip(names, wanted, strict=True):
                assert close(got[name], gradient)


# ----------------------------------------------------------------------------------- regularise.py


@pytest.mark.parametrize("dtype", REAL)
def test_dropout(dtype):
    x = torch.randn(1000, 1000, generator=draw(1)).to(dtype).abs() + 1
    dropped = regularise.dropout(x, 0.3, True, 5)
    assert dropped.dtype == dtype
    kept = dropped != 0
    torch.testing.assert_close(dropped[kept], x[kept] / 0.7)
    # 5 sigma, sigma = sqrt(.3 * .7 / 1e6)
    assert abs(float((~kept).double().mean()) - 0.3) < 5 * 0.00046
    assert torch.equal(dropped, regularise.dropout(x, 0.3, True, 5))
    assert not torch.equal(dropped, regularise.dropout(x, 0.3, True, 6))
    assert torch.equal(regularise.dropout(x, 0.0, True, 5), x)
    assert torch.equal(regularise.dropout(x, 0.3, False, 5), x)
    assert not regularise.dropout(x, 1.0, True, 5).any()


def test_clipping_against_torch():
    grads = [normal(1, 3, 4), normal(2, 5), torch.zeros(2).double()]
    for max_norm in (0.5, 100.0):
        params = [nn.Parameter(torch.zeros_like(g)) for g in grads]
        for p, g in zip(params, grads, strict=True):
            p.grad = g.clone()
        norm = nn.utils.clip_grad_norm_(params, max_norm)
        clipped, before = regularise.clip_gradients(grads, max_norm)
        assert close(before, norm)
        for p, g in zip(params, clipped, strict=True):
            torch.testing.assert_close(g, p.grad, rtol=1e-5, atol=0)
    assert regularise.clip_gradients([], 1.0) == ([], 0.0)
    assert not regularise.clip_gradients([torch.zeros(3)], 1.0)[0][0].any()


def test_penalties():
    params = [torch.tensor([1.0, -2.0]), torch.tensor([[3.0]])]
    assert regularise.l1_penalty(params).item() == 6
    assert regularise.l2_penalty(params).item() == 14


# ---------------------------------------------------------------------------------------- optim.py

OPTIMISERS = [
    (optim.sgd, lambda p: torch.optim.SGD(p, lr=0.1), {}),
    (optim.momentum, lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.8), {"momentum": 0.8}),
    (
        optim.nesterov,
        lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.8, nesterov=True),
        {"momentum": 0.8},
    ),
    (optim.adagrad, lambda p: torch.optim.Adagrad(p, lr=0.1, eps=1e-3), {"eps": 1e-3}),
    (
        optim.rmsprop,
        lambda p: torch.optim.RMSprop(p, lr=0.1, alpha=0.9, eps=1e-3),
        {"alpha": 0.9, "eps": 1e-3},
    ),
    (
        optim.adam,
        lambda p: torch.optim.Adam(p, lr=0.1, betas=(0.8, 0.95), eps=1e-3),
        {"betas": (0.8, 0.95), "eps": 1e-3},
    ),
]


@pytest.mark.parametrize(("step", "theirs", "options"), OPTIMISERS)
def test_optimisers_against_torch(step, theirs, options):
    start = normal(1, 3, 4)
    oracle = nn.Parameter(start.clone())
    optimiser = theirs([oracle])
    param, state = start, {}
    for i in range(20):
        grad = normal(10 + i, 3, 4)
        oracle.grad = grad.clone()
        optimiser.step()
        before = (param.clone(), grad.clone(), dict(state.items()))
        param, new = step(param, grad, state, 0.1, **options)
        assert all(state[k] is v for k, v in before[2].items())
        state = new
        assert close(param, oracle)


def test_the_optimisers_defaults_are_torchs():
    made = {
        optim.momentum: [0.95, 0.93, 0.862], optim.nesterov: [0.905, 0.912, 0.8008],
        optim.sgd: [0.95, 0.975, 0.925], optim.adagrad: [0.9, 0.944721, 0.878055],
        optim.rmsprop: [2e-7, 0.449013, -0.220997], optim.adam: [0.9, 0.873366, 0.815418],
    }  # fmt: skip
    for step, wanted in made.items():
        param, state = torch.tensor(1.0, dtype=torch.float64), {}
        for grad, value in zip((0.5, -0.25, 0.5), wanted, strict=True):
            param, state = step(param, torch.tensor(grad, dtype=torch.float64), state, 0.1)
            assert param.item() == pytest.approx(value, abs=1e-6)


# ----------------------------------------------------------------------------------- extensions.py


def test_relu_and_its_gradient():
    x = torch.tensor([[-2.0, 0.0, 3.0]], dtype=torch.float64, requires_grad=True)
    y = extensions.relu(x)
    assert y.tolist() == [[0.0, 0.0, 3.0]]
    cotangent = torch.tensor([[5.0, 6.0, 7.0]], dtype=torch.float64)
    assert torch.autograd.grad(y, x, cotangent)[0].tolist() == [[0.0, 0.0, 7.0]]
    assert cotangent.tolist() == [[5.0, 6.0, 7.0]]
    twice = extensions.relu(extensions.relu(x) - 1).sum() + extensions.relu(x).sum()
    assert torch.autograd.grad(twice, x)[0].tolist() == [[0.0, 0.0, 2.0]]


def test_elmo_mix_against_a_loop():
    layers, s, gamma = normal(1, 3, 2, 4, 5), normal(2, 3), torch.tensor(1.7).double()
    weights = torch.softmax(s, dim=0)
    assert close(
        extensions.elmo_mix(layers, s, gamma),
        gamma * sum(w * l for w, l in zip(weights, layers, strict=True)),
    )
    mean = extensions.elmo_mix(layers, torch.zeros(3).double(), torch.tensor(1.0).double())
    assert close(mean, layers.mean(dim=0))


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_feed_forward_lm(activation):
    model = extensions.FeedForwardLM(7, 3, 2, 5, activation, seed=1)
    assert sum(p.numel() for p in model.parameters()) == 7 * 3 + 2 * 3 * 5 + 5 + 5 * 7 + 7
    ids = torch.tensor([[1, 2], [2, 1], [6, 6]])
    p = dict(model.named_parameters())
    side = torch.cat([p["embedding.weight"][ids[:, 0]], p["embedding.weight"][ids[:, 1]]], dim=1)
    hidden = getattr(torch, activation)(side @ p["hidden.weight"].T + p["hidden.bias"])
    torch.testing.assert_close(model(ids), hidden @ p["output.weight"].T + p["output.bias"])


def test_dynamic_net_shares_its_layer():
    net = extensions.DynamicNet(3, 4, 2, seed=1)
    names = list(net.state_dict())
    x = normal(1, 5, 3).float()
    h = torch.tanh(net.first(x))
    for repeats in range(4):
        torch.testing.assert_close(net(x, repeats), net.last(h))
        h = torch.tanh(net.middle(h))
    assert list(net.state_dict()) == names


def test_clip_values():
    grads = [torch.tensor([3.0, 0.5]), torch.tensor([[-2.0]])]
    assert [g.tolist() for g in extensions.clip_values(grads, 1.0)] == [[1.0, 0.5], [[-1.0]]]
    assert grads[0].tolist() == [3.0, 0.5]
