"""Hidden checks of layer_norm, LayerNorm, EncoderLayer, DecoderLayer, against torch's own."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from grader.checking.expect import expect_close, expect_equal, expect_error, expect_tensor

D, HEADS, FF, B, T, S = 12, 3, 20, 2, 5, 7  # all different
NEAR = {"rtol": 1e-6, "atol": 1e-7}  # as in test_transformer_parts
CAUSAL = torch.ones(T, T, dtype=torch.bool).tril()
PADDING = torch.tensor([[[1, 1, 1, 1, 1, 1, 0]], [[1, 1, 0, 0, 0, 0, 0]]]).bool()  # (B, 1, S)
PROJECTIONS = [f"{p}_proj.{kind}" for p in ("q", "k", "v", "out") for kind in ("weight", "bias")]
OPTIONS = {"dropout": 0.0, "batch_first": True}


def normal(*shape, seed=0, dtype=torch.float64):
    generator = torch.Generator().manual_seed(1000 * seed + sum(shape))
    return torch.randn(*shape, generator=generator, dtype=torch.float64).to(dtype)


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


def as_torchs(student, layer, attentions, norms):
    """The student's weights under torch's names. attentions, norms: their name -> torch's."""
    names = [f"{a}.{p}" for a in attentions for p in PROJECTIONS]
    names += [f"linear{i}.{kind}" for i in (1, 2) for kind in ("weight", "bias")]
    names += [f"{n}.{kind}" for n in norms for kind in ("gain", "bias")]
    values = student.map(layer.get_parameter, [(name,) for name in names])
    w = dict(zip(names, values, strict=True))
    found = {name: w[name] for name in names if name.startswith("linear")}
    for ours, theirs in attentions.items():
        for kind in ("weight", "bias"):
            found[f"{theirs}.in_proj_{kind}"] = torch.cat(
                [w[f"{ours}.{p}_proj.{kind}"] for p in "qkv"]
            )
            found[f"{theirs}.out_proj.{kind}"] = w[f"{ours}.out_proj.{kind}"]
    for name in norms:
        found[f"{name}.weight"], found[f"{name}.bias"] = w[f"{name}.gain"], w[f"{name}.bias"]
    return found


def torch_heads(mask, rows):
    """Our mask as torch wants it: True is hidden, one for each sentence and head."""
    return ~mask.expand(B, rows, mask.shape[-1]).repeat_interleave(HEADS, dim=0)


def encoder_pair(student, norm, seed=1):
    ours = scattered(student.transformer.EncoderLayer(D, HEADS, FF, norm=norm, seed=seed), seed)
    theirs = nn.TransformerEncoderLayer(D, HEADS, FF, norm_first=norm == "pre", **OPTIONS).double()
    weights = as_torchs(student, ours, {"self_attn": "self_attn"}, ["norm1", "norm2"])
    theirs.load_state_dict(weights)
    return ours, theirs


def decoder_pair(student, norm, seed=1):
    ours = scattered(student.transformer.DecoderLayer(D, HEADS, FF, norm=norm, seed=seed), seed)
    theirs = nn.TransformerDecoderLayer(D, HEADS, FF, norm_first=norm == "pre", **OPTIONS).double()
    attentions = {"self_attn": "self_attn", "cross_attn": "multihead_attn"}
    weights = as_torchs(student, ours, attentions, ["norm1", "norm2", "norm3"])
    theirs.load_state_dict(weights)
    return ours, theirs


# ---- layer norm -----------------------------------------------------------------------------------


def test_layer_norm_equals_torchs(student):
    # D = 4: a variance divided by D - 1 differs by a seventh
    for shape in ((4,), (3, 4), (2, 3, 4)):
        x, gain, bias = 2 + 3 * normal(*shape, seed=1), normal(4, seed=2), normal(4, seed=3)
        out = student.transformer.layer_norm(x, gain, bias)
        expect_tensor(out, shape, "float64", "the result")
        expect_close(out, F.layer_norm(x, (4,), gain, bias), **NEAR, what="the result")


def test_layer_norm_adds_eps_to_the_variance(student):
    # the variance is about 1e-6, below eps: outside the root eps would be next to nothing
    x, ones, zeros = 1e-3 * normal(3, 4, seed=4), torch.ones(4).double(), torch.zeros(4).double()
    out = student.transformer.layer_norm(x, ones, zeros)
    expect_close(out, F.layer_norm(x, (4,), ones, zeros), **NEAR, what="the result")
    out = student.transformer.layer_norm(x, ones, zeros, eps=1e-3)
    expect_close(out, F.layer_norm(x, (4,), ones, zeros, 1e-3), **NEAR, what="the result, eps 1e-3")


def test_layer_norm_has_the_right_gradients(student):
    given = [normal(3, 4, seed=5), normal(4, seed=6), normal(4, seed=7)]
    toward = normal(3, 4, seed=8)
    gradients = student.gradients(student.transformer.layer_norm, given, [toward]).by_argument
    leaves = [tensor.clone().requires_grad_() for tensor in given]
    out = F.layer_norm(leaves[0], (4,), leaves[1], leaves[2])
    expected = torch.autograd.grad(out, leaves, toward)
    for name, gradient, right in zip(("x", "gain", "bias"), gradients, expected, strict=True):
        expect_close(gradient, right, **NEAR, what=f"the gradient with respect to {name}")


def test_layer_norm_keeps_float32_and_its_arguments(student):
    given = [normal(3, 4, seed=seed, dtype=torch.float32) for seed in (9, 10)]
    given = [given[0], given[1][0], given[1][1]]
    out, after = student.with_arguments(student.transformer.layer_norm, *given)
    expect_tensor(out, (3, 4), "float32", "the result")
    expect_equal(after, given, "the arguments after the call")


def test_layer_norm_module_begins_as_ones_and_zeros(student):
    module = student.transformer.LayerNorm(D)
    expect_equal(module.gain, torch.ones(D), "gain")
    expect_equal(module.bias, torch.zeros(D), "bias")
    x = normal(B, T, D, seed=11, dtype=torch.float32)
    expect_close(module.forward(x), F.layer_norm(x, (D,)), what="the result")
    module = scattered(student.transformer.LayerNorm(D), 1)
    gain, bias = module.gain, module.bias
    out = module.forward(x.double())
    expect_close(out, F.layer_norm(x.double(), (D,), gain, bias), **NEAR, what="with other gains")


# ---- layers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("norm", ["post", "pre"])
def test_encoder_layer_equals_torchs(student, norm):
    ours, theirs = encoder_pair(student, norm)
    x = normal(B, S, D, seed=12)
    out = ours.forward(x)
    expect_tensor(out, (B, S, D), "float64", "the result")
    expect_close(out, theirs(x), **NEAR, what="the result without a mask")
    expected = theirs(x, src_mask=torch_heads(PADDING, S))
    expect_close(ours.forward(x, PADDING), expected, **NEAR, what="the result with a mask")


@pytest.mark.parametrize("norm", ["post", "pre"])
def test_decoder_layer_equals_torchs(student, norm):
    ours, theirs = decoder_pair(student, norm)
    x, memory = normal(B, T, D, seed=13), normal(B, S, D, seed=14)
    out = ours.forward(x, memory)
    expect_tensor(out, (B, T, D), "float64", "the result")
    expect_close(out, theirs(x, memory), **NEAR, what="the result without masks")


@pytest.mark.parametrize("norm", ["post", "pre"])
def test_decoder_layer_has_two_masks(student, norm):
    ours, theirs = decoder_pair(student, norm)
    x, memory = normal(B, T, D, seed=15), normal(B, S, D, seed=16)
    expected = theirs(x, memory, tgt_mask=~CAUSAL)
    expect_close(ours.forward(x, memory, CAUSAL), expected, **NEAR, what="with self_mask")
    hidden = torch_heads(PADDING, T)
    expected = theirs(x, memory, tgt_mask=~CAUSAL, memory_mask=hidden)
    expect_close(ours.forward(x, memory, CAUSAL, PADDING), expected, **NEAR, what="with both masks")


def test_post_is_the_default(student):
    ours = scattered(student.transformer.EncoderLayer(D, HEADS, FF, seed=2), 2)
    spelt_out, _ = encoder_pair(student, "post", seed=2)
    x = normal(B, S, D, seed=17)
    expect_close(ours.forward(x), spelt_out.forward(x), **NEAR, what="the result")


@pytest.mark.parametrize("kind", ["encoder", "decoder"])
def test_layers_have_the_right_gradients(student, kind):
    pair = encoder_pair if kind == "encoder" else decoder_pair
    ours, theirs = pair(student, "post")
    given = [normal(B, T, D, seed=18)] + ([normal(B, S, D, seed=19)] if kind == "decoder" else [])
    toward = normal(B, T, D, seed=20)
    found = student.gradients(ours.forward, given, [toward], [ours])
    (by_name,) = found.by_parameter
    leaves = [tensor.clone().requires_grad_() for tensor in given]
    theirs(*leaves).backward(toward)
    for name, gradient, leaf in zip(("x", "memory"), found.by_argument, leaves, strict=False):
        expect_close(gradient, leaf.grad, **NEAR, what=f"the gradient with respect to {name}")
    right = theirs.linear1.weight.grad
    expect_close(
        by_name["linear1.weight"], right, **NEAR, what="the gradient with respect to linear1.weight"
    )
    expect_close(
        by_name["norm1.gain"],
        theirs.norm1.weight.grad,
        **NEAR,
        what="the gradient with respect to norm1.gain",
    )


@pytest.mark.parametrize("name", ["EncoderLayer", "DecoderLayer"])
def test_layers_drop_in_training_only(student, name):
    layer = getattr(student.transformer, name)(D, HEADS, FF, dropout=0.5, seed=1)
    x = normal(B, T, D, seed=21, dtype=torch.float32)
    given = (x,) if name == "EncoderLayer" else (x, normal(B, S, D, seed=22, dtype=torch.float32))
    layer.train()
    one, other = student.map(layer.forward, [given, given])
    assert bool((one - other).abs().max() > 1e-3), "in training mode dropout must act"
    layer.eval()
    one, other = student.map(layer.forward, [given, given])
    expect_close(one, other, what="two results in evaluation mode")


@pytest.mark.parametrize("name", ["EncoderLayer", "DecoderLayer"])
def test_layer_weights_depend_on_the_seed_alone(student, name):
    def weights(seed, state):
        student.generators(seed=state)
        layer = getattr(student.transformer, name)(D, HEADS, FF, seed=seed)
        names = [("self_attn.q_proj.weight",), ("linear1.weight",), ("linear2.weight",)]
        return student.map(layer.get_parameter, names)

    one = weights(3, 1)
    for ours, again, other in zip(one, weights(3, 2), weights(4, 1), strict=True):
        expect_close(again, ours, what="the weights with the same seed")
        assert bool((ours - other).abs().max() > 1e-4), (
            "a different seed must give different weights"
        )


@pytest.mark.parametrize("name", ["EncoderLayer", "DecoderLayer"])
def test_layers_refuse_an_unknown_norm(student, name):
    with expect_error(ValueError, naming="norm"):
        getattr(student.transformer, name)(D, HEADS, FF, norm="middle")
