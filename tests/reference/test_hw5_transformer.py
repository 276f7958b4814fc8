"""The reference of hw5, transformer.py, against torch's own modules with copied weights."""

import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from reference.hw5_seq2seq import transformer

torch.set_num_threads(1)
D, HEADS, FF = 12, 3, 20
NORM_NAMES = {"gain": "weight", "bias": "bias"}


def normal(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed + sum(shape))
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


def scattered(module, seed=0):
    """The module in float64 with no parameter at a special value."""
    module = module.double()
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in module.parameters():
            noise = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
            parameter.add_(0.3 * noise)
    return module


def attention_weights(prefix, ours):
    """Our projections under the names of nn.MultiheadAttention."""
    names = ("q_proj", "k_proj", "v_proj")
    return {
        f"{prefix}in_proj_weight": torch.cat([getattr(ours, n).weight for n in names]),
        f"{prefix}in_proj_bias": torch.cat([getattr(ours, n).bias for n in names]),
        f"{prefix}out_proj.weight": ours.out_proj.weight,
        f"{prefix}out_proj.bias": ours.out_proj.bias,
    }


def layer_weights(ours, parts):
    weights = {}
    for mine, theirs in parts.items():
        part = getattr(ours, mine)
        if isinstance(part, transformer.MultiHeadAttention):
            weights |= attention_weights(f"{theirs}.", part)
        elif isinstance(part, transformer.LayerNorm):
            weights |= {f"{theirs}.weight": part.gain, f"{theirs}.bias": part.bias}
        else:
            weights |= {f"{theirs}.weight": part.weight, f"{theirs}.bias": part.bias}
    return {name: value.detach().clone() for name, value in weights.items()}


def test_positions_equal_the_formula():
    table = transformer.positional_encoding(60, 10)
    assert table.shape == (60, 10)
    for p in range(60):
        for c in range(10):
            angle = p / 10000 ** (2 * (c // 2) / 10)
            expected = math.sin(angle) if c % 2 == 0 else math.cos(angle)
            assert float(table[p, c]) == pytest.approx(expected, abs=1e-6)
    with pytest.raises(ValueError, match="d_model"):
        transformer.positional_encoding(4, 5)


def test_masks():
    lengths = torch.tensor([2, 0, 3])
    assert transformer.padding_mask(lengths, 3).tolist() == [
        [True, True, False],
        [False, False, False],
        [True, True, True],
    ]
    assert transformer.causal_mask(4).tolist() == [[s <= t for s in range(4)] for t in range(4)]


@pytest.mark.parametrize("lead", [(), (2,), (2, 3)])
@pytest.mark.parametrize("shape", [None, (5, 7), (1, 7)])
def test_attention_equals_torchs(lead, shape):
    q, k, v = normal(*lead, 5, 4), normal(*lead, 7, 4), normal(*lead, 7, 6)
    mask = None
    if shape:
        mask = torch.rand(shape, generator=torch.Generator().manual_seed(1)) < 0.7
        mask[:, 2] = True
    mine = [t.clone().requires_grad_() for t in (q, k, v)]
    theirs = [t.clone().requires_grad_() for t in (q, k, v)]
    out, weights = transformer.scaled_dot_product_attention(*mine, mask)
    expected = F.scaled_dot_product_attention(*theirs, attn_mask=mask)
    torch.testing.assert_close(out, expected)
    torch.testing.assert_close(weights @ v, expected)
    toward = normal(*out.shape)
    for a, b in zip(
        torch.autograd.grad(out, mine, toward),
        torch.autograd.grad(expected, theirs, toward),
        strict=True,
    ):
        torch.testing.assert_close(a, b)


def test_a_row_that_sees_nothing_is_zero_and_has_no_gradient():
    q, k, v = (normal(2, 3, 4, seed=s).requires_grad_() for s in range(3))
    mask = torch.ones(2, 3, 3, dtype=torch.bool)
    mask[0, 1] = False
    out, weights = transformer.scaled_dot_product_attention(q, k, v, mask)
    assert (out[0, 1] == 0).all()
    assert (weights[0, 1] == 0).all()
    out.square().sum().backward()
    assert all(t.grad.isfinite().all() for t in (q, k, v))
    assert (q.grad[0, 1] == 0).all()


@pytest.mark.parametrize("mask_shape", [None, (5, 7), (2, 1, 7), (2, 5, 7)])
def test_multi_head_attention_equals_torchs(mask_shape):
    ours = scattered(transformer.MultiHeadAttention(D, HEADS, seed=1))
    theirs = nn.MultiheadAttention(D, HEADS, batch_first=True).double()
    theirs.load_state_dict({k: v.detach().clone() for k, v in attention_weights("", ours).items()})
    query, key, value = normal(2, 5, D), normal(2, 7, D), normal(2, 7, D, seed=1)
    mask, theirs_mask = None, None
    if mask_shape:
        mask = torch.rand(mask_shape, generator=torch.Generator().manual_seed(2)) < 0.7
        mask[..., 0] = True
        theirs_mask = ~mask.expand(2, 5, 7).repeat_interleave(HEADS, dim=0)
    inputs = [[t.clone().requires_grad_() for t in (query, key, value)] for _ in range(2)]
    out, weights = ours(*inputs[0], mask)
    expected, expected_weights = theirs(
        *inputs[1], attn_mask=theirs_mask, average_attn_weights=False
    )
    torch.testing.assert_close(out, expected)
    torch.testing.assert_close(weights, expected_weights)
    toward = normal(*out.shape)
    out.backward(toward)
    expected.backward(toward)
    for mine, other in zip(*inputs, strict=True):
        torch.testing.assert_close(mine.grad, other.grad)
    torch.testing.assert_close(ours.q_proj.weight.grad, theirs.in_proj_weight.grad[:D])
    torch.testing.assert_close(ours.v_proj.bias.grad, theirs.in_proj_bias.grad[2 * D :])
    torch.testing.assert_close(ours.out_proj.weight.grad, theirs.out_proj.weight.grad)


def test_parameters_of_the_papers_attention():
    module = transformer.MultiHeadAttention(512, 8)
    assert sum(p.numel() for p in module.parameters()) == 1_050_624
    with pytest.raises(ValueError, match="heads"):
        transformer.MultiHeadAttention(10, 4)


@pytest.mark.parametrize("scale", [1.0, 1e-3])
def test_layer_norm_equals_torchs(scale):
    x = (normal(3, 5, 4) * scale).requires_grad_()
    gain, bias = normal(4).requires_grad_(), normal(4, seed=1).requires_grad_()
    out = transformer.layer_norm(x, gain, bias)
    expected = F.layer_norm(x, (4,), gain, bias)
    torch.testing.assert_close(out, expected)
    toward = normal(3, 5, 4, seed=2)
    for a, b in zip(
        torch.autograd.grad(out, (x, gain, bias), toward),
        torch.autograd.grad(expected, (x, gain, bias), toward),
        strict=True,
    ):
        torch.testing.assert_close(a, b)


SELF = {"self_attn": "self_attn", "linear1": "linear1", "linear2": "linear2"}
CAUSAL = torch.ones(5, 5, dtype=torch.bool).tril()
PADDING = torch.tensor([[[1, 1, 1, 1, 1, 1, 0]], [[1, 1, 0, 0, 0, 0, 0]]]).bool()


def heads_of(mask, T):
    return ~mask.expand(2, T, mask.shape[-1]).repeat_interleave(HEADS, dim=0)


@pytest.mark.parametrize("norm", transformer.NORMS)
def test_encoder_layer_equals_torchs(norm):
    ours = scattered(transformer.EncoderLayer(D, HEADS, FF, norm=norm, seed=2))
    theirs = nn.TransformerEncoderLayer(
        D, HEADS, FF, dropout=0.0, batch_first=True, norm_first=norm == "pre"
    ).double()
    theirs.load_state_dict(layer_weights(ours, {**SELF, "norm1": "norm1", "norm2": "norm2"}))
    x = normal(2, 7, D).requires_grad_()
    y = x.detach().clone().requires_grad_()
    out, expected = ours(x, PADDING), theirs(y, src_mask=heads_of(PADDING, 7))
    torch.testing.assert_close(out, expected)
    toward = normal(2, 7, D, seed=3)
    out.backward(toward)
    expected.backward(toward)
    torch.testing.assert_close(x.grad, y.grad)
    torch.testing.assert_close(ours.linear1.weight.grad, theirs.linear1.weight.grad)
    torch.testing.assert_close(ours.norm1.gain.grad, theirs.norm1.weight.grad)


@pytest.mark.parametrize("norm", transformer.NORMS)
def test_decoder_layer_equals_torchs(norm):
    ours = scattered(transformer.DecoderLayer(D, HEADS, FF, norm=norm, seed=2))
    theirs = nn.TransformerDecoderLayer(
        D, HEADS, FF, dropout=0.0, batch_first=True, norm_first=norm == "pre"
    ).double()
    parts = {
        **SELF,
        "cross_attn": "multihead_attn",
        "norm1": "norm1",
        "norm2": "norm2",
        "norm3": "norm3",
    }
    theirs.load_state_dict(layer_weights(ours, parts))
    x, memory = normal(2, 5, D), normal(2, 7, D)
    pairs = [[t.clone().requires_grad_() for t in (x, memory)] for _ in range(2)]
    out = ours(*pairs[0], CAUSAL, PADDING)
    expected = theirs(*pairs[1], tgt_mask=~CAUSAL, memory_mask=heads_of(PADDING, 5))
    torch.testing.assert_close(out, expected)
    toward = normal(2, 5, D, seed=4)
    out.backward(toward)
    expected.backward(toward)
    for mine, other in zip(*pairs, strict=True):
        torch.testing.assert_close(mine.grad, other.grad)


@pytest.mark.parametrize("norm", transformer.NORMS)
@pytest.mark.parametrize("tie", [False, True])
def test_the_whole_equals_torchs_transformer(norm, tie):
    ours = scattered(
        transformer.Transformer(11, 13, D, HEADS, 2, FF, 0.0, 16, tie=tie, norm=norm, seed=1)
    )
    sizes = {"dropout": 0.0, "batch_first": True, "norm_first": norm == "pre"}
    layers = (
        kind(D, HEADS, FF, **sizes)
        for kind in (nn.TransformerEncoderLayer, nn.TransformerDecoderLayer)
    )
    # torch's default has a norm behind each stack in any case; the paper has none
    last = [nn.LayerNorm(D) if norm == "pre" else None for _ in range(2)]
    theirs = nn.Transformer(
        D,
        HEADS,
        custom_encoder=nn.TransformerEncoder(next(layers), 2, last[0], enable_nested_tensor=False),
        custom_decoder=nn.TransformerDecoder(next(layers), 2, last[1]),
        batch_first=True,
    ).double()
    weights = {}
    for i in range(2):
        encoder, decoder = (
            layer_weights(
                layer,
                {
                    **SELF,
                    "norm1": "norm1",
                    "norm2": "norm2",
                    **({"cross_attn": "multihead_attn", "norm3": "norm3"} if more else {}),
                },
            )
            for layer, more in ((ours.encoder[i], False), (ours.decoder[i], True))
        )
        weights |= {f"encoder.layers.{i}.{name}": value for name, value in encoder.items()}
        weights |= {f"decoder.layers.{i}.{name}": value for name, value in decoder.items()}
    if norm == "pre":
        for side in ("encoder", "decoder"):
            mine = getattr(ours, f"{side}_norm")
            for own, name in NORM_NAMES.items():
                weights[f"{side}.norm.{name}"] = getattr(mine, own).detach().clone()
    theirs.load_state_dict(weights)
    src, lengths = torch.tensor([[3, 4, 5, 6], [7, 8, 0, 0]]), torch.tensor([4, 2])
    tgt = torch.tensor([[1, 3, 4], [1, 5, 12]])
    positions = transformer.positional_encoding(16, D).double()
    x = ours.src_embedding(src) * math.sqrt(D) + positions[:4]
    y = ours.tgt_embedding(tgt) * math.sqrt(D) + positions[:3]
    ignored = torch.tensor([[0, 0, 0, 0], [0, 0, 1, 1]]).bool()
    expected = theirs(
        x,
        y,
        tgt_mask=~CAUSAL[:3, :3],
        src_key_padding_mask=ignored,
        memory_key_padding_mask=ignored,
    )
    torch.testing.assert_close(ours(src, lengths, tgt), ours.out(expected))


def a_model(**options):
    return transformer.Transformer(
        11, 13, D, HEADS, 2, FF, **{"dropout": 0.0, "max_len": 16, **options}
    )


SRC, LENGTHS = torch.tensor([[3, 4, 5, 6], [7, 8, 0, 0]]), torch.tensor([4, 2])
TGT = torch.tensor([[1, 3, 4, 9], [1, 5, 12, 2]])


def test_advance_is_forward_and_select_reorders():
    model = a_model()
    expected = F.log_softmax(model(SRC, LENGTHS, TGT), dim=-1)
    state = model.begin(SRC, LENGTHS)
    for t in range(4):
        log_probs, state = model.advance(TGT[:, t], state)
        torch.testing.assert_close(log_probs, expected[:, t])
        if t == 1:
            state = model.select(model.select(state, torch.tensor([1, 0])), torch.tensor([1, 0]))


def test_nothing_leaks_from_the_future_or_the_padding():
    model = a_model()
    logits = model(SRC, LENGTHS, TGT)
    later, garbage = TGT.clone(), SRC.clone()
    later[:, 2:] = 7
    garbage[1, 2:] = 9
    torch.testing.assert_close(model(SRC, LENGTHS, later)[:, :2], logits[:, :2])
    torch.testing.assert_close(model(garbage, LENGTHS, TGT), logits)
    torch.testing.assert_close(model(SRC[1:, :2], LENGTHS[1:], TGT[1:]), logits[1:])


def test_tying_shares_one_table_and_the_seed_decides_all_weights():
    count = {tie: sum(p.numel() for p in a_model(tie=tie).parameters()) for tie in (False, True)}
    assert count[False] - count[True] == 13 * D
    tied = a_model(tie=True)
    assert tied.out.weight is tied.tgt_embedding.weight
    torch.manual_seed(5)
    one = a_model(seed=3).state_dict()
    torch.manual_seed(6)
    again = a_model(seed=3).state_dict()
    assert all(torch.equal(one[name], again[name]) for name in one)


def test_dropout_acts_in_training_only():
    torch.manual_seed(0)
    model = a_model(dropout=0.5)
    assert not torch.equal(model(SRC, LENGTHS, TGT), model(SRC, LENGTHS, TGT))
    model.eval()
    assert torch.equal(model(SRC, LENGTHS, TGT), model(SRC, LENGTHS, TGT))
    with pytest.raises(ValueError, match="norm"):
        a_model(norm="middle")
