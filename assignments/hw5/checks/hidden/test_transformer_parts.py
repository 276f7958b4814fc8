"""Hidden checks of the parts of the Transformer, against torch's own with the student's weights."""

import math

import pytest
import torch
from torch import nn

from grader.checking.expect import (
    expect_close,
    expect_equal,
    expect_error,
    expect_left_alone,
    expect_own_weights,
    expect_tensor,
)

D, HEADS, FF, B, T, S = 12, 3, 20, 2, 5, 7  # all different
# float64; a root or a constant taken in float32 on the way (6e-8 relative) is honest too
NEAR = {"rtol": 1e-6, "atol": 1e-7}


def normal(*shape, seed=0, dtype=torch.float64):
    generator = torch.Generator().manual_seed(1000 * seed + sum(shape))
    return torch.randn(*shape, generator=generator, dtype=torch.float64).to(dtype)


def some_mask(*shape, seed=0):
    """About a third is masked; in every row two positions are allowed."""
    mask = torch.rand(*shape, generator=torch.Generator().manual_seed(seed)) < 0.65
    for place in (seed, seed + 2):
        mask[..., place % shape[-1]] = True
    return mask


DTYPES = {torch.float32: "float32", torch.float64: "float64"}


# ---- positions and masks --------------------------------------------------------------------------


@pytest.mark.parametrize(("length", "d_model"), [(50, 16), (1, 6), (12, 2)])
def test_positional_encoding_equals_the_formula(student, length, d_model):
    table = student.transformer.positional_encoding(length, d_model)
    expect_tensor(table, (length, d_model), what="the table")
    expected = [
        [
            (math.cos if column % 2 else math.sin)(p / 10000 ** (column // 2 * 2 / d_model))
            for column in range(d_model)
        ]
        for p in range(length)
    ]
    # an angle of 50 has in float32 an error of 4e-6
    expect_close(table, expected, rtol=0, atol=5e-5, what="the table")


def test_positional_encoding_leaves_the_generators_alone(student):
    expect_left_alone(student, student.transformer.positional_encoding, 3, 4)


def test_positional_encoding_refuses_an_odd_width(student):
    with expect_error(ValueError, naming="d_model"):
        student.transformer.positional_encoding(4, 5)


def expect_padding_mask(student, lengths, width):
    mask = student.transformer.padding_mask(torch.tensor(lengths), width)
    expect_tensor(mask, (len(lengths), width), what="the mask")
    expected = [[s < length for s in range(width)] for length in lengths]
    expect_equal((mask != 0).tolist(), expected, "the mask")


def test_padding_mask_marks_what_is_there(student):
    for lengths, width in (([3, 1, 4], 5), ([2], 4), ([1, 2, 3, 4], 6)):
        expect_padding_mask(student, lengths, width)


def test_padding_mask_of_nothing_and_of_all(student):
    expect_padding_mask(student, [3, 0, 5], 5)
    expect_padding_mask(student, [1], 1)


def test_padding_mask_leaves_everything_alone(student):
    expect_left_alone(student, student.transformer.padding_mask, torch.tensor([3, 1]), 4)


def expect_causal_mask(student, size):
    mask = student.transformer.causal_mask(size)
    expect_tensor(mask, (size, size), what="the mask")
    expected = [[s <= t for s in range(size)] for t in range(size)]
    expect_equal((mask != 0).tolist(), expected, "the mask: rows look, columns are looked at")


def test_causal_mask_looks_back(student):
    for size in (4, 7):
        expect_causal_mask(student, size)


def test_causal_mask_of_one_word(student):
    expect_causal_mask(student, 1)


# ---- scaled dot-product attention -----------------------------------------------------------------


def own_attention(q, k, v, mask=None):
    """softmax(q k^T / sqrt(d)) v; 0 where nothing may be looked at."""
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is None:
        weights = torch.softmax(scores, dim=-1)
    else:
        mask = mask.expand(scores.shape)
        full = mask.any(dim=-1, keepdim=True)
        weights = torch.softmax(scores.masked_fill(~mask & full, -math.inf), dim=-1)
        weights = torch.where(full, weights, 0.0)
    return weights @ v, weights


def expect_attention(student, q, k, v, mask):
    out, weights = student.transformer.scaled_dot_product_attention(q, k, v, mask)
    expected, expected_weights = own_attention(q, k, v, mask)
    expect_tensor(out, tuple(expected.shape), what="the result")
    expect_tensor(weights, tuple(expected_weights.shape), what="the weights")
    expect_close(weights, expected_weights, **NEAR, what="the weights")
    expect_close(out, expected, **NEAR, what="the result")


@pytest.mark.parametrize("lead", [(), (B,), (B, HEADS)])
def test_attention_equals_the_formula(student, lead):
    q, k, v = normal(*lead, T, 4, seed=1), normal(*lead, S, 4, seed=2), normal(*lead, S, 6, seed=3)
    expect_attention(student, q, k, v, None)


@pytest.mark.parametrize("shape", [(T, S), (B, HEADS, T, S), (B, 1, 1, S), (1, S), (B, 1, T, S)])
def test_attention_broadcasts_its_mask(student, shape):
    q, k = normal(B, HEADS, T, 4, seed=4), normal(B, HEADS, S, 4, seed=5)
    v = normal(B, HEADS, S, 6, seed=6)
    expect_attention(student, q, k, v, some_mask(*shape, seed=1))


def test_causal_attention_sees_the_past_alone(student):
    q, k, v = (normal(B, T, 4, seed=seed) for seed in (7, 8, 9))
    mask = torch.ones(T, T, dtype=torch.bool).tril()
    expect_attention(student, q, k, v, mask)
    _, weights = student.transformer.scaled_dot_product_attention(q, k, v, mask)
    expect_close(weights.triu(1), torch.zeros(B, T, T), atol=0, what="the weights of the future")


def test_attention_is_zero_where_nothing_may_be_seen(student):
    q, k, v = (normal(B, T, 4, seed=seed) for seed in (10, 11, 12))
    mask = some_mask(B, T, T, seed=2)
    mask[0, 3] = mask[1, 0] = False
    expect_attention(student, q, k, v, mask)


def expect_gradients_of_attention(student, q, k, v, mask):
    toward = normal(*q.shape[:-1], v.shape[-1], seed=13)
    attention = student.transformer.scaled_dot_product_attention
    gradients = student.gradients(attention, [q, k, v, mask], [toward, None]).by_argument
    leaves = [tensor.clone().requires_grad_() for tensor in (q, k, v)]
    expected = torch.autograd.grad(own_attention(*leaves, mask)[0], leaves, toward)
    for name, gradient, right in zip("qkv", gradients, expected, strict=False):
        expect_close(gradient, right, **NEAR, what=f"the gradient with respect to {name}")


def test_attention_has_the_right_gradients(student):
    q, k, v = normal(B, T, 4, seed=14), normal(B, S, 4, seed=15), normal(B, S, 6, seed=16)
    expect_gradients_of_attention(student, q, k, v, some_mask(T, S, seed=3))


def test_attention_to_nothing_has_a_gradient(student):
    q, k, v = (normal(B, T, 4, seed=seed) for seed in (10, 11, 12))
    mask = some_mask(B, T, T, seed=2)
    mask[0, 3] = mask[1, 0] = False
    expect_gradients_of_attention(student, q, k, v, mask)


def test_attention_of_one_query_and_one_key(student):
    for queries, keys in ((1, S), (T, 1), (1, 1)):
        q, k, v = (normal(1, n, 4, seed=22) for n in (queries, keys, keys))
        expect_attention(student, q, k, v, torch.ones(queries, keys, dtype=torch.bool))


def test_attention_keeps_the_dtype(student):
    for dtype, name in DTYPES.items():
        q, k, v = (normal(B, T, 4, seed=seed, dtype=dtype) for seed in (18, 19, 20))
        attention = student.transformer.scaled_dot_product_attention
        out, weights = attention(q, k, v, some_mask(T, T, seed=4))
        expect_tensor(out, (B, T, 4), name, "the result")
        expect_tensor(weights, (B, T, T), name, "the weights")


def test_attention_leaves_everything_alone(student):
    q, k, v = (normal(B, T, 4, seed=seed) for seed in (18, 19, 20))
    attention = student.transformer.scaled_dot_product_attention
    expect_left_alone(student, attention, q, k, v, some_mask(T, T, seed=4))


# ---- modules: the student's weights, read by their names, go into torch's modules ------------------


def scattered(module, seed):
    """In float64, with noise on every weight: no bias is 0 and no gain is 1."""
    module = module.double()
    generator, state = torch.Generator().manual_seed(seed), module.state_dict()
    for name, value in state.items():
        if name.endswith(("weight", "bias", "gain")):
            noise = torch.randn(value.shape, generator=generator, dtype=torch.float64)
            state[name] = value + 0.3 * noise
    module.load_state_dict(state)
    return module


def weights_of(student, module, names):
    """The student's parameters of these names."""
    values = student.map(module.get_parameter, [(name,) for name in names])
    return dict(zip(names, values, strict=True))


def packed(student, module, ours="", theirs=""):
    """A MultiHeadAttention's weights under the names of nn.MultiheadAttention."""
    names = [
        f"{ours}{p}_proj.{kind}" for p in ("q", "k", "v", "out") for kind in ("weight", "bias")
    ]
    w = weights_of(student, module, names)
    joined = {
        kind: torch.cat([w[f"{ours}{p}_proj.{kind}"] for p in "qkv"]) for kind in ("weight", "bias")
    }
    return {
        f"{theirs}in_proj_weight": joined["weight"],
        f"{theirs}in_proj_bias": joined["bias"],
        f"{theirs}out_proj.weight": w[f"{ours}out_proj.weight"],
        f"{theirs}out_proj.bias": w[f"{ours}out_proj.bias"],
    }


def torch_heads(mask, heads=HEADS):
    """Our mask (B, T, S) as torch wants it: True is hidden, one for each head."""
    return ~mask.repeat_interleave(heads, dim=0)


def attention_pair(student, heads=HEADS, seed=1):
    ours = scattered(student.transformer.MultiHeadAttention(D, heads, seed=seed), seed)
    theirs = nn.MultiheadAttention(D, heads, batch_first=True).double()
    theirs.load_state_dict(packed(student, ours))
    return ours, theirs


@pytest.mark.parametrize("heads", [HEADS, 1, D])
def test_multi_head_equals_torchs(student, heads):
    ours, theirs = attention_pair(student, heads)
    query, key, value = normal(B, T, D, seed=1), normal(B, S, D, seed=2), normal(B, S, D, seed=3)
    out, weights = ours.forward(query, key, value)
    expected, expected_weights = theirs(query, key, value, average_attn_weights=False)
    expect_tensor(out, (B, T, D), what="the result")
    expect_tensor(weights, (B, heads, T, S), what="the weights")
    expect_close(weights, expected_weights, **NEAR, what="the weights of each head")
    expect_close(out, expected, **NEAR, what="the result")


@pytest.mark.parametrize("shape", [(B, T, S), (T, S), (B, 1, S)])
def test_multi_head_broadcasts_its_mask(student, shape):
    ours, theirs = attention_pair(student)
    query, key = normal(B, T, D, seed=4), normal(B, S, D, seed=5)
    mask = some_mask(*shape, seed=1)
    out, weights = ours.forward(query, key, key, mask)
    hidden = torch_heads(mask.expand(B, T, S))
    expected, expected_weights = theirs(
        query, key, key, attn_mask=hidden, average_attn_weights=False
    )
    expect_close(weights, expected_weights, **NEAR, what="the weights of each head")
    expect_close(out, expected, **NEAR, what="the result")


def test_multi_head_has_the_right_gradients(student):
    ours, theirs = attention_pair(student)
    given = [normal(B, T, D, seed=6), normal(B, S, D, seed=7), normal(B, S, D, seed=8)]
    mask, toward = some_mask(B, T, S, seed=2), normal(B, T, D, seed=9)
    found = student.gradients(ours.forward, [*given, mask], [toward, None], [ours])
    (by_name,) = found.by_parameter
    leaves = [tensor.clone().requires_grad_() for tensor in given]
    out, _ = theirs(*leaves, attn_mask=torch_heads(mask))
    out.backward(toward)
    for name, gradient, leaf in zip(
        ("query", "key", "value"), found.by_argument, leaves, strict=False
    ):
        expect_close(gradient, leaf.grad, **NEAR, what=f"the gradient with respect to {name}")
    rows = {"q_proj": slice(0, D), "k_proj": slice(D, 2 * D), "v_proj": slice(2 * D, None)}
    for name, part in rows.items():
        right = theirs.in_proj_weight.grad[part]
        expect_close(
            by_name[f"{name}.weight"],
            right,
            **NEAR,
            what=f"the gradient with respect to {name}.weight",
        )
    right = theirs.out_proj.weight.grad
    expect_close(
        by_name["out_proj.weight"],
        right,
        **NEAR,
        what="the gradient with respect to out_proj.weight",
    )


def test_multi_head_with_nothing_to_see_gives_the_bias(student):
    ours, _ = attention_pair(student)
    query, key = normal(B, T, D, seed=10), normal(B, S, D, seed=11)
    mask = some_mask(B, T, S, seed=3)
    mask[1, 2] = False
    out, weights = ours.forward(query, key, key, mask)
    expect_close(weights[1, :, 2], torch.zeros(HEADS, S), what="the weights")
    bias = weights_of(student, ours, ["out_proj.bias"])["out_proj.bias"]
    expect_close(out[1, 2], bias, **NEAR, what="the result")


def test_multi_head_has_four_projections(student):
    ours = student.transformer.MultiHeadAttention(D, HEADS, seed=1)
    names = [f"{p}_proj.{kind}" for p in ("q", "k", "v", "out") for kind in ("weight", "bias")]
    for name, value in weights_of(student, ours, names).items():
        expect_tensor(value, (D, D) if name.endswith("weight") else (D,), "float32", name)
    found = sum(name.endswith(("weight", "bias")) for name in ours.state_dict())
    expect_equal(found, len(names), "the number of weights and biases")


def test_multi_head_keeps_the_dtype(student):
    ours = student.transformer.MultiHeadAttention(D, HEADS, seed=1)
    x = normal(B, T, D, seed=12, dtype=torch.float32)
    out, weights = ours.forward(x, x, x)
    expect_tensor(out, (B, T, D), "float32", "the result")
    expect_tensor(weights, (B, HEADS, T, T), "float32", "the weights")
    out, weights = ours.double().forward(x.double(), x.double(), x.double())
    expect_tensor(out, (B, T, D), "float64", "the result after .double()")
    expect_tensor(weights, (B, HEADS, T, T), "float64", "the weights after .double()")


def test_multi_head_leaves_everything_alone(student):
    ours, _ = attention_pair(student)
    query, key, value = (normal(B, T, D, seed=seed) for seed in (13, 14, 15))
    expect_left_alone(student, ours.forward, query, key, value, some_mask(B, T, T, seed=4))


def test_multi_head_weights_depend_on_the_seed_alone(student):
    def weight(seed, state):
        student.generators(seed=state)
        module = student.transformer.MultiHeadAttention(D, HEADS, seed=seed)
        return weights_of(student, module, ["q_proj.weight", "v_proj.weight"])

    one, again, other = weight(3, 1), weight(3, 2), weight(4, 1)
    for name, value in one.items():
        expect_close(again[name], value, what=f"{name} with the same seed")
        gap = (other[name] - value).abs().max()
        assert bool(gap > 1e-4), "a different seed must give different weights"


def test_multi_head_projections_have_their_own_weights(student):
    expect_own_weights(student.transformer.MultiHeadAttention(D, HEADS, seed=5))


def test_multi_head_refuses_heads_that_do_not_divide(student):
    with expect_error(ValueError, naming=("heads", "d_model")):
        student.transformer.MultiHeadAttention(10, 4)
