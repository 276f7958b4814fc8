"""Hidden checks of layer_norm, LayerNorm, EncoderLayer, DecoderLayer, against torch's own."""

import torch
from torch import nn
from torch.nn import functional as F

from grader.checking.expect import (
    expect_close,
    expect_equal,
    expect_error,
    expect_left_alone,
    expect_own_weights,
    expect_tensor,
)

D, HEADS, FF, B, T, S = 12, 3, 20, 2, 5, 7  # all different
NEAR = {"rtol": 1e-6, "atol": 1e-7}  # as in test_transformer_parts
# where eps is next to nothing beside the variance, its place is not asked: that is a check of its own
ROUGH = {"rtol": 1e-4, "atol": 1e-4}
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
    ours = scattered(student.transformer.EncoderLayer(D, HEADS, FF, 0.0, norm, seed), seed)
    theirs = nn.TransformerEncoderLayer(D, HEADS, FF, norm_first=norm == "pre", **OPTIONS).double()
    weights = as_torchs(student, ours, {"self_attn": "self_attn"}, ["norm1", "norm2"])
    theirs.load_state_dict(weights)
    return ours, theirs


def decoder_pair(student, norm, seed=1):
    ours = scattered(student.transformer.DecoderLayer(D, HEADS, FF, 0.0, norm, seed), seed)
    theirs = nn.TransformerDecoderLayer(D, HEADS, FF, norm_first=norm == "pre", **OPTIONS).double()
    attentions = {"self_attn": "self_attn", "cross_attn": "multihead_attn"}
    weights = as_torchs(student, ours, attentions, ["norm1", "norm2", "norm3"])
    theirs.load_state_dict(weights)
    return ours, theirs


DTYPES = {torch.float32: "float32", torch.float64: "float64"}


# ---- layer norm -----------------------------------------------------------------------------------


def test_layer_norm_equals_torchs(student):
    # D = 4: a variance divided by D - 1 differs by a seventh
    for shape in ((4,), (3, 4), (2, 3, 4)):
        x, gain, bias = 2 + 3 * normal(*shape, seed=1), normal(4, seed=2), normal(4, seed=3)
        out = student.transformer.layer_norm(x, gain, bias)
        expect_tensor(out, shape, what="the result")
        expect_close(out, F.layer_norm(x, (4,), gain, bias), **ROUGH, what="the result")


def test_layer_norm_adds_eps_to_the_variance(student):
    # the variance is about 1e-6, below eps: outside the root eps would be next to nothing
    x, ones, zeros = 1e-3 * normal(3, 4, seed=4), torch.ones(4).double(), torch.zeros(4).double()
    out = student.transformer.layer_norm(x, ones, zeros)
    expect_close(out, F.layer_norm(x, (4,), ones, zeros), **NEAR, what="the result")


def test_layer_norm_takes_another_eps(student):
    x, gain, bias = normal(3, 4, seed=4), normal(4, seed=5), normal(4, seed=6)
    for eps in (1e-3, 1.0):
        out = student.transformer.layer_norm(x, gain, bias, eps=eps)
        expect_close(out, F.layer_norm(x, (4,), gain, bias, eps), **NEAR, what=f"with eps {eps:g}")


def test_layer_norm_of_equal_numbers_is_the_bias(student):
    x, gain, bias = torch.full((2, 4), 3.0).double(), normal(4, seed=5), normal(4, seed=6)
    out = student.transformer.layer_norm(x, gain, bias)
    expect_close(out, bias.expand(2, 4), **NEAR, what="the result")
    toward = normal(2, 4, seed=7)
    gradients = student.gradients(student.transformer.layer_norm, [x, gain, bias], [toward])
    assert bool(gradients.by_argument[0].isfinite().all()), "the gradient is finite"


def test_layer_norm_of_numbers_far_from_zero(student):
    x, ones, zeros = 1000 + normal(8, 4, seed=13), torch.ones(4), torch.zeros(4)
    x = x.float()
    out = student.transformer.layer_norm(x, ones, zeros)
    expected = F.layer_norm(x.double(), (4,))
    # a float32 near 1000 is right to 6e-5, and so is the mean; its square only to 0.06
    expect_close(out, expected, rtol=0, atol=2e-3, what="the result")


def test_layer_norm_has_the_right_gradients(student):
    given = [normal(3, 4, seed=5), normal(4, seed=6), normal(4, seed=7)]
    toward = normal(3, 4, seed=8)
    gradients = student.gradients(student.transformer.layer_norm, given, [toward]).by_argument
    leaves = [tensor.clone().requires_grad_() for tensor in given]
    out = F.layer_norm(leaves[0], (4,), leaves[1], leaves[2])
    expected = torch.autograd.grad(out, leaves, toward)
    for name, gradient, right in zip(("x", "gain", "bias"), gradients, expected, strict=True):
        expect_close(gradient, right, **ROUGH, what=f"the gradient with respect to {name}")


def test_layer_norm_keeps_the_dtype(student):
    for dtype, name in DTYPES.items():
        x, gain, bias = (normal(*shape, seed=9, dtype=dtype) for shape in ((3, 4), (4,), (4,)))
        out = student.transformer.layer_norm(x, gain, bias)
        expect_tensor(out, (3, 4), name, "the result")


def test_layer_norm_leaves_everything_alone(student):
    x, gain, bias = (normal(*shape, seed=10) for shape in ((3, 4), (4,), (4,)))
    expect_left_alone(student, student.transformer.layer_norm, x, gain, bias)


def test_layer_norm_module_begins_as_ones_and_zeros(student):
    module = student.transformer.LayerNorm(D)
    expect_tensor(module.gain, (D,), what="gain")
    expect_tensor(module.bias, (D,), what="bias")
    expect_close(module.gain, torch.ones(D), what="gain")
    expect_close(module.bias, torch.zeros(D), what="bias")


def test_layer_norm_module_normalises(student):
    x = 3 * normal(B, T, D, seed=11)
    out = student.transformer.LayerNorm(D).forward(x.float())
    expect_close(out, F.layer_norm(x, (D,)), **ROUGH, what="the result")


def test_layer_norm_module_uses_its_parameters(student):
    x, module = 3 * normal(B, T, D, seed=11), scattered(student.transformer.LayerNorm(D), 1)
    expected = F.layer_norm(x, (D,), module.gain, module.bias)
    expect_close(module.forward(x), expected, **ROUGH, what="with other gains and biases")
    found = student.gradients(module.forward, [x], [normal(B, T, D, seed=12)], [module])
    expect_equal(sorted(found.by_parameter[0]), ["bias", "gain"], "the parameters")


def test_layer_norm_module_has_the_default_eps(student):
    x = 1e-3 * normal(B, T, D, seed=11)
    out = student.transformer.LayerNorm(D).double().forward(x)
    expect_close(out, F.layer_norm(x, (D,)), **NEAR, what="the result")


def test_layer_norm_module_is_float32(student):
    module = student.transformer.LayerNorm(D)
    expect_tensor(module.gain, (D,), "float32", "gain")
    x = normal(B, T, D, seed=11, dtype=torch.float32)
    expect_tensor(module.forward(x), (B, T, D), "float32", "the result")


# ---- layers ---------------------------------------------------------------------------------------


def expect_encoder_layer(student, norm, mask):
    ours, theirs = encoder_pair(student, norm)
    x = normal(B, S, D, seed=12)
    out = ours.forward(x) if mask is None else ours.forward(x, mask)
    hidden = None if mask is None else torch_heads(mask, S)
    expect_tensor(out, (B, S, D), what="the result")
    expect_close(out, theirs(x, src_mask=hidden), **ROUGH, what="the result")


def test_encoder_layer_equals_torchs(student):
    expect_encoder_layer(student, "post", None)


def test_encoder_layer_with_pre_equals_torchs(student):
    expect_encoder_layer(student, "pre", None)


def test_encoder_layer_has_a_mask(student):
    expect_encoder_layer(student, "post", PADDING)


def expect_decoder_layer(student, norm, self_mask, memory_mask):
    ours, theirs = decoder_pair(student, norm)
    x, memory = normal(B, T, D, seed=13), normal(B, S, D, seed=14)
    masks = {"tgt_mask": None if self_mask is None else ~self_mask}
    masks["memory_mask"] = None if memory_mask is None else torch_heads(memory_mask, T)
    out = ours.forward(x, memory, self_mask=self_mask, memory_mask=memory_mask)
    expect_tensor(out, (B, T, D), what="the result")
    expect_close(out, theirs(x, memory, **masks), **ROUGH, what="the result")


def test_decoder_layer_equals_torchs(student):
    expect_decoder_layer(student, "post", None, None)


def test_decoder_layer_with_pre_equals_torchs(student):
    expect_decoder_layer(student, "pre", None, None)


def test_decoder_layer_has_a_self_mask(student):
    expect_decoder_layer(student, "post", CAUSAL, None)


def test_decoder_layer_has_a_memory_mask(student):
    expect_decoder_layer(student, "post", None, PADDING)


LAYERS = {
    "EncoderLayer": (encoder_pair, lambda seed: [normal(B, T, D, seed=seed)]),
    "DecoderLayer": (
        decoder_pair,
        lambda seed: [normal(B, T, D, seed=seed), normal(B, S, D, seed=seed + 1)],
    ),
}


BLOCKS = {"EncoderLayer": 2, "DecoderLayer": 3}


def a_layer(student, name, **options):
    return getattr(student.transformer, name)(D, HEADS, FF, **options)


def expect_defaults(student, name):
    """Neither a norm nor a dropout given: the same as "post" and 0."""
    given = [tensor.float() for tensor in LAYERS[name][1](17)]
    plain = a_layer(student, name, seed=2)
    spelt_out = a_layer(student, name, dropout=0.0, norm="post", seed=2)
    weights = scattered(plain, 2).state_dict()
    plain.float().load_state_dict(weights)
    spelt_out.load_state_dict(weights)
    for layer in (plain, spelt_out):
        layer.train()
    expected = spelt_out.forward(*given)
    expect_close(plain.forward(*given), expected, what="the result with the defaults spelt out")


def expect_gradients(student, name):
    pair, inputs = LAYERS[name]
    ours, theirs = pair(student, "post")
    given, toward = inputs(18), normal(B, T, D, seed=20)
    found = student.gradients(ours.forward, given, [toward], [ours])
    (by_name,) = found.by_parameter
    leaves = [tensor.clone().requires_grad_() for tensor in given]
    theirs(*leaves).backward(toward)
    for argument, gradient, leaf in zip(("x", "memory"), found.by_argument, leaves, strict=False):
        expect_close(gradient, leaf.grad, **ROUGH, what=f"the gradient with respect to {argument}")
    for parameter, right in (
        ("linear1.weight", theirs.linear1.weight.grad),
        ("norm1.gain", theirs.norm1.weight.grad),
    ):
        gradient, what = by_name[parameter], f"the gradient with respect to {parameter}"
        expect_close(gradient, right, **ROUGH, what=what)


def expect_dropout_in_training_only(student, name):
    layer = a_layer(student, name, dropout=0.5, seed=1)
    given = tuple(tensor.float() for tensor in LAYERS[name][1](21))
    layer.train()
    one, other = student.map(layer.forward, [given, given])
    assert bool((one - other).abs().max() > 1e-3), "in training mode dropout must act"
    layer.eval()
    one, other = student.map(layer.forward, [given, given])
    expect_close(one, other, what="two results in evaluation mode")


def silence(module, *parts):
    """Set the weights of these parts to 0: their blocks add nothing."""
    state = module.state_dict()
    for name, value in state.items():
        if name.rsplit(".", 1)[0].endswith(parts):
            state[name] = torch.zeros_like(value)
    module.load_state_dict(state)
    module.train()


def expect_untouched_residual(student, name):
    """Of blocks that say nothing nothing can be dropped: what goes round them stays as it is."""
    given = [tensor.float() for tensor in LAYERS[name][1](23)]
    normed = given[0]
    for _ in range(BLOCKS[name]):
        normed = F.layer_norm(normed, (D,))
    for norm, expected in (("pre", given[0]), ("post", normed)):
        layer = a_layer(student, name, dropout=0.5, norm=norm, seed=1)
        silence(layer, "out_proj", "linear2")
        expect_close(layer.forward(*given), expected, **ROUGH, what="the result of silent blocks")


def expect_weights_by_seed(student, name):
    def weights(seed, state):
        student.generators(seed=state)
        layer = a_layer(student, name, seed=seed)
        names = [("self_attn.q_proj.weight",), ("linear1.weight",), ("linear2.weight",)]
        return student.map(layer.get_parameter, names)

    one = weights(3, 1)
    for ours, again, other in zip(one, weights(3, 2), weights(4, 1), strict=True):
        expect_close(again, ours, what="the weights with the same seed")
        gap = (ours - other).abs().max()
        assert bool(gap > 1e-4), "a different seed must give different weights"


def expect_layer_dtype(student, name):
    layer, given = a_layer(student, name, dropout=0.0, seed=1), LAYERS[name][1](26)
    out = layer.forward(*(tensor.float() for tensor in given))
    expect_tensor(out, (B, T, D), "float32", "the result")
    expect_tensor(layer.double().forward(*given), (B, T, D), "float64", "after .double()")


def expect_layer_leaves_alone(student, name):
    layer = a_layer(student, name, dropout=0.0, seed=1).double()
    expect_left_alone(student, layer.forward, *LAYERS[name][1](27))


def expect_unknown_norm_refused(student, name):
    with expect_error(ValueError, naming="norm"):
        a_layer(student, name, norm="middle")


def test_encoder_layer_has_the_defaults(student):
    expect_defaults(student, "EncoderLayer")


def test_encoder_layer_has_the_right_gradients(student):
    expect_gradients(student, "EncoderLayer")


def test_encoder_layer_drops_in_training_only(student):
    expect_dropout_in_training_only(student, "EncoderLayer")


def test_encoder_layer_drops_from_the_block_and_not_from_the_residual(student):
    expect_untouched_residual(student, "EncoderLayer")


def test_encoder_layer_weights_depend_on_the_seed_alone(student):
    expect_weights_by_seed(student, "EncoderLayer")


def test_encoder_layer_parts_have_their_own_weights(student):
    expect_own_weights(a_layer(student, "EncoderLayer", seed=5))


def test_encoder_layer_keeps_the_dtype(student):
    expect_layer_dtype(student, "EncoderLayer")


def test_encoder_layer_leaves_everything_alone(student):
    expect_layer_leaves_alone(student, "EncoderLayer")


def test_encoder_layer_refuses_an_unknown_norm(student):
    expect_unknown_norm_refused(student, "EncoderLayer")


def test_decoder_layer_has_the_defaults(student):
    expect_defaults(student, "DecoderLayer")


def test_decoder_layer_has_the_right_gradients(student):
    expect_gradients(student, "DecoderLayer")


def test_decoder_layer_drops_in_training_only(student):
    expect_dropout_in_training_only(student, "DecoderLayer")


def test_decoder_layer_drops_from_the_block_and_not_from_the_residual(student):
    expect_untouched_residual(student, "DecoderLayer")


def test_decoder_layer_weights_depend_on_the_seed_alone(student):
    expect_weights_by_seed(student, "DecoderLayer")


def test_decoder_layer_parts_have_their_own_weights(student):
    expect_own_weights(a_layer(student, "DecoderLayer", seed=5))


def test_decoder_layer_keeps_the_dtype(student):
    expect_layer_dtype(student, "DecoderLayer")


def test_decoder_layer_leaves_everything_alone(student):
    expect_layer_leaves_alone(student, "DecoderLayer")


def test_decoder_layer_refuses_an_unknown_norm(student):
    expect_unknown_norm_refused(student, "DecoderLayer")
