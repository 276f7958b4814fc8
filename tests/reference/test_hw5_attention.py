"""The reference of hw5, attention.py and seq2seq.py, against loops, finite differences and torch."""

import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from reference.hw5_seq2seq import attention, seq2seq

torch.set_num_threads(1)


def normal(*shape, seed=0, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed + sum(shape))
    return torch.randn(*shape, generator=generator, dtype=torch.float64).to(dtype)


# ------------------------------------------------------------------------------------ attention.py


def test_scores_of_the_notes_example():
    query = torch.tensor([[10.0, 5.0, 10.0]], dtype=torch.float64)
    keys = torch.tensor([[[0, 1, 1], [5, 0, 1], [1, 1, 0], [0, 5, 1]]], dtype=torch.float64)
    scores = attention.dot_scores(query, keys)
    assert scores.tolist() == [[15.0, 60.0, 15.0, 35.0]]
    context, weights = attention.attend(scores, keys)
    total = sum(math.exp(s - 60) for s in (15, 60, 15, 35))
    expected = [math.exp(s - 60) / total for s in (15, 60, 15, 35)]
    torch.testing.assert_close(weights[0], torch.tensor(expected, dtype=torch.float64))
    torch.testing.assert_close(context[0], torch.tensor([5.0, 0, 1]).double(), atol=1e-9, rtol=0)


def test_scores_equal_their_formulas_place_by_place():
    B, S, Q, K, A = 3, 5, 4, 6, 2
    query, keys = normal(B, Q), normal(B, S, K)
    W, Wq, Wk, v = normal(Q, K), normal(A, Q), normal(A, K), normal(A)
    general = attention.general_scores(query, keys, W)
    additive = attention.additive_scores(query, keys, Wq, Wk, v)
    same = attention.dot_scores(query, keys[:, :, :Q])
    for b in range(B):
        for s in range(S):
            key = keys[b, s]
            torch.testing.assert_close(same[b, s], (query[b] * key[:Q]).sum())
            by_sums = sum(query[b, i] * W[i, j] * key[j] for i in range(Q) for j in range(K))
            torch.testing.assert_close(general[b, s], by_sums)
            inner = [float(Wq[a] @ query[b] + Wk[a] @ key) for a in range(A)]
            expected = sum(float(v[a]) * math.tanh(inner[a]) for a in range(A))
            assert float(additive[b, s]) == pytest.approx(expected, rel=1e-12)


def test_scores_gradients_by_finite_differences():
    query, keys, W = normal(2, 3), normal(2, 4, 5), normal(3, 5)
    Wq, Wk, v = normal(6, 3), normal(6, 5), normal(6)
    leaves = [t.requires_grad_() for t in (query, keys, W)]
    assert torch.autograd.gradcheck(attention.general_scores, leaves)
    leaves = [t.requires_grad_() for t in (query, keys, Wq, Wk, v)]
    assert torch.autograd.gradcheck(attention.additive_scores, leaves)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_masked_softmax_is_the_softmax_of_what_is_left(dtype):
    scores = normal(4, 3, 6, dtype=dtype) * 3
    mask = torch.rand(4, 3, 6, generator=torch.Generator().manual_seed(1)) < 0.6
    weights = attention.masked_softmax(scores, mask)
    assert weights.dtype == dtype
    for row, keep, given in zip(
        weights.flatten(0, 1), mask.flatten(0, 1), scores.flatten(0, 1), strict=True
    ):
        assert (row[~keep] == 0).all()
        torch.testing.assert_close(row[keep], F.softmax(given[keep], dim=0))


def test_masked_softmax_far_out_and_all_masked():
    scores = torch.tensor(
        [[1e4, -1e4, 0.0], [1e4, -1e4, 0.0], [-1e4, 1e4, 1e4]], dtype=torch.float64
    )
    mask = torch.tensor([[True, True, True], [False, False, False], [True, False, False]])
    scores.requires_grad_()
    weights = attention.masked_softmax(scores, mask)
    assert weights.tolist() == [[1, 0, 0], [0, 0, 0], [1, 0, 0]]
    (weights * normal(3, 3)).sum().backward()
    assert scores.grad.isfinite().all()
    assert (scores.grad[1] == 0).all()


def test_masked_softmax_gradient_by_finite_differences():
    mask = torch.tensor([[True, False, True, True], [False, False, False, False]])
    scores = normal(2, 4).requires_grad_()
    assert torch.autograd.gradcheck(lambda s: attention.masked_softmax(s, mask), scores)


# -------------------------------------------------------------------------------------- seq2seq.py

V, E, H = 11, 5, 8


def test_the_encoder_is_two_grus_with_their_weights():
    """Forward over the sentence, backward over it from its own end: nn.GRUCell, step by step."""
    encoder = seq2seq.Encoder(V, E, H, seed=3)
    src = torch.tensor([[4, 5, 6, 0, 0], [7, 8, 9, 10, 3], [2, 0, 0, 0, 0]])
    lengths = torch.tensor([3, 5, 1])
    outputs, final = encoder(src, lengths)
    weights = dict(encoder.gru.named_parameters())
    cells = []
    for suffix in ("l0", "l0_reverse"):
        cell = nn.GRUCell(E, H // 2)
        cell.load_state_dict(
            {
                name: weights[f"{name}_{suffix}"]
                for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
            }
        )
        cells.append(cell)
    for b, length in enumerate(lengths.tolist()):
        embedded = encoder.embedding(src[b, :length])
        h, forward = torch.zeros(H // 2), []
        for x in embedded:
            h = cells[0](x[None], h[None])[0]
            forward.append(h)
        h, backward = torch.zeros(H // 2), []
        for x in embedded.flip(0):
            h = cells[1](x[None], h[None])[0]
            backward.insert(0, h)
        expected = torch.cat([torch.stack(forward), torch.stack(backward)], dim=1)
        torch.testing.assert_close(outputs[b, :length], expected)
        torch.testing.assert_close(final[b], torch.cat([forward[-1], backward[0]]))


def test_padding_changes_nothing():
    encoder = seq2seq.Encoder(V, E, H)
    src, lengths = torch.tensor([[4, 5, 6, 9, 9], [7, 8, 9, 10, 3]]), torch.tensor([3, 5])
    outputs, final = encoder(src, lengths)
    alone, alone_final = encoder(src[:1, :3], lengths[:1])
    torch.testing.assert_close(outputs[:1, :3], alone)
    torch.testing.assert_close(final[:1], alone_final)


def test_odd_hidden_and_unknown_attention_are_refused():
    with pytest.raises(ValueError, match="hidden"):
        seq2seq.Encoder(V, E, 7)
    with pytest.raises(ValueError, match="attention"):
        seq2seq.Decoder(V, E, H, attention="cosine")


def by_hand(decoder, token, hidden, attentional, memory, mask):
    """One step of the module's formulas, with the decoder's own weights, row by row."""
    logits, hiddens, attentionals = [], [], []
    for b in range(len(token)):
        x = decoder.embedding.weight[token[b]]
        if decoder.input_feeding:
            x = torch.cat([x, attentional[b]])
        h = decoder.gru(x[None], hidden[b][None])[0]
        scores = []
        for key in memory[b]:
            if decoder.attention == "dot":
                scores.append(h @ key)
            elif decoder.attention == "general":
                scores.append(h @ decoder.W @ key)
            else:
                scores.append(decoder.v @ torch.tanh(decoder.Wq @ h + decoder.Wk @ key))
        powers = torch.stack(scores).exp() * mask[b]
        context = (powers / powers.sum()) @ memory[b]
        a = torch.tanh(decoder.combine(torch.cat([context, h])))
        logits.append(decoder.out(a))
        hiddens.append(h)
        attentionals.append(a)
    return torch.stack(logits), torch.stack(hiddens), torch.stack(attentionals)


@pytest.mark.parametrize("kind", seq2seq.ATTENTIONS)
@pytest.mark.parametrize("feeding", [True, False])
def test_a_step_of_the_decoder_by_hand(kind, feeding):
    decoder = seq2seq.Decoder(V, E, H, attention=kind, input_feeding=feeding, seed=5)
    memory = normal(3, 4, H, dtype=torch.float32)
    mask = torch.tensor([[1, 1, 1, 1], [1, 1, 0, 0], [1, 0, 0, 0]]).bool()
    state = decoder.initial_state(normal(3, H, dtype=torch.float32))
    for token in (torch.tensor([1, 1, 1]), torch.tensor([4, 5, 6]), torch.tensor([9, 3, 2])):
        expected, hidden, attentional = by_hand(decoder, token, *state, memory, mask)
        logits, state, weights = decoder.step(token, state, memory, mask)
        torch.testing.assert_close(logits, expected)
        torch.testing.assert_close(state[0], hidden)
        torch.testing.assert_close(state[1], attentional)
        torch.testing.assert_close(weights.sum(dim=1), torch.ones(3))
        assert (weights[~mask] == 0).all()


def a_model(seed=0, **options):
    return seq2seq.Seq2Seq(
        seq2seq.Encoder(V, E, H, seed), seq2seq.Decoder(V, E, H, seed=seed + 1, **options)
    )


SRC, LENGTHS = torch.tensor([[4, 5, 6, 7], [8, 9, 0, 0]]), torch.tensor([4, 2])
TGT = torch.tensor([[1, 3, 4, 5, 2], [1, 6, 7, 2, 0]])


def test_forward_is_advance_along_the_target():
    model = a_model()
    logits = model(SRC, LENGTHS, TGT)
    assert logits.shape == (2, 4, V)
    state = model.begin(SRC, LENGTHS)
    for t in range(4):
        log_probs, state = model.advance(TGT[:, t], state)
        torch.testing.assert_close(log_probs, F.log_softmax(logits[:, t], dim=-1))


def test_without_teacher_the_target_is_never_read():
    model = a_model(2)
    logits = model(SRC, LENGTHS, TGT, 0.0)
    token, state = TGT[:, 0], model.begin(SRC, LENGTHS)
    for t in range(4):
        log_probs, state = model.advance(token, state)
        torch.testing.assert_close(log_probs, F.log_softmax(logits[:, t], dim=-1))
        token = log_probs.argmax(dim=-1)


def test_a_coin_for_each_step_and_the_whole_batch():
    """Every forward pass is one of the eight ways in which three coins can fall."""
    model = a_model(3)
    ways = []
    for number in range(8):
        token, state, steps = TGT[:, 0], model.begin(SRC, LENGTHS), []
        for t in range(4):
            if t:
                token = TGT[:, t] if number >> (t - 1) & 1 else steps[-1].argmax(dim=-1)
            log_probs, state = model.advance(token, state)
            steps.append(log_probs)
        ways.append(torch.stack(steps, dim=1))
    seen = []
    for seed in range(200):
        got = F.log_softmax(model(SRC, LENGTHS, TGT, 0.7, seed), dim=-1)
        (which,) = [i for i, way in enumerate(ways) if torch.allclose(got, way, atol=1e-5)]
        seen.append(which)
        torch.rand(3)  # the global generator has no say
        assert torch.equal(model(SRC, LENGTHS, TGT, 0.7, seed), model(SRC, LENGTHS, TGT, 0.7, seed))
    heads = sum(which.bit_count() for which in seen) / 600
    assert abs(heads - 0.7) < 5 * math.sqrt(0.7 * 0.3 / 600)


def test_select_reorders_and_repeats_rows():
    model = a_model()
    _, state = model.advance(TGT[:, 0], model.begin(SRC, LENGTHS))
    plain, _ = model.advance(TGT[:, 1], state)
    chosen = torch.tensor([1, 0, 1])
    picked, _ = model.advance(TGT[chosen, 1], model.select(state, chosen))
    torch.testing.assert_close(picked, plain[chosen])


def test_the_seed_alone_decides_the_weights():
    torch.manual_seed(1)
    one = a_model(4).state_dict()
    torch.manual_seed(2)
    again, other = a_model(4).state_dict(), a_model(5).state_dict()
    assert all(torch.equal(one[name], again[name]) for name in one)
    assert not any(torch.equal(one[name], other[name]) for name in one)
    with pytest.raises(ValueError, match="teacher_forcing"):
        a_model()(SRC, LENGTHS, TGT, 1.5)
