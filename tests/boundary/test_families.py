"""Families hold every operator of this torch that is theirs, and none works where they are armed."""

import re
import subprocess
import sys
from functools import cache

import pytest
import torch

from grader.boundary.guest.steps import STEPS
from grader.boundary.guests import Guests
from grader.boundary.submitted import Rules, Submitted
from grader.course.assignment import Limits
from grader.course.families import DOUBLES, FAMILIES
from grader.course.family import Family
from grader.errors import PlatformError

# What an operator of a family is called, in any version of torch.
STEMS = {
    "attention": "attention|attn|sdp|transformer|triton",
    "convolution": r"(?<!\w)conv|_conv(?!ert)",
    "dropout": "dropout",
    "losses": "loss|entropy|nll|kl_div",
    "norms": "norm(?!al)",
    "optimisers": "adam|sgd|adagrad|rmsprop",
    "rectifiers": "relu|elu|threshold|hardtanh",
    "recurrent": "rnn|lstm|gru",
    "samplers": "multinomial|categorical|gumbel",
    "sigmoids": "sigmoid|logit|expit|silu|swish|mish|softplus|glu",
    "softmax": "softmax",
    "autograd": "dual|_fw_|^_?backward",
}
# Those that are called so and are something else, each looked at by a person.
OTHERS = {
    "attention": "",
    "convolution": "convert mkldnn_reorder_conv2d_weight mkldnn_reorder_conv3d_weight",
    "dropout": "_cudnn_init_dropout_state _fill_mem_eff_dropout_mask_"
    " _flash_attention_forward_no_dropout_inplace",
    # of numbers, of sequences, or of two classes: those are sigmoids
    "losses": "_ctc_loss _ctc_loss_backward _cudnn_ctc_loss _use_cudnn_ctc_loss"
    " _use_miopen_ctc_loss miopen_ctc_loss ctc_loss cosine_embedding_loss hinge_embedding_loss"
    " huber_loss huber_loss_backward l1_loss margin_ranking_loss mse_loss mse_loss_backward"
    " poisson_nll_loss smooth_l1_loss smooth_l1_loss_backward triplet_margin_loss special_entr binary_cross_entropy"
    " binary_cross_entropy_backward binary_cross_entropy_with_logits soft_margin_loss"
    " soft_margin_loss_backward",
    # the length of a vector or a matrix
    "norms": "_foreach_norm _weight_norm _weight_norm_differentiable_backward"
    " _weight_norm_interface _weight_norm_interface_backward embedding_renorm embedding_renorm_"
    " frobenius_norm linalg_matrix_norm linalg_norm linalg_vector_norm native_norm norm"
    " norm_except_dim nuclear_norm renorm renorm_",
    "optimisers": "",
    "rectifiers": "cudnn_convolution_add_relu cudnn_convolution_relu gelu gelu_ gelu_backward"
    " infinitely_differentiable_gelu_backward miopen_convolution_add_relu miopen_convolution_relu"
    " quantized_rnn_relu_cell rnn_relu rnn_relu_cell",
    "recurrent": "_cudnn_rnn_flatten_weight _use_cudnn_rnn_flatten_weight",
    "samplers": "",
    "sigmoids": "hardswish hardswish_ hardswish_backward",
    "softmax": "",
    "autograd": "_unpack_dual",
}


@cache
def operators():
    """Those of torch itself and of what it loads later; other tests load libraries of their own."""
    code = (
        "import torch, torch._dynamo, torch._inductor.compile_fx, torch.onnx.ops\n"
        "print(*torch._C._dispatch_get_all_op_names())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return {tuple(name.partition(".")[0].split("::")) for name in done.stdout.split()}


@pytest.mark.parametrize("family", STEMS)
def test_every_operator_of_this_torch_that_looks_like_one_is_sorted(family):
    alike = {
        name for space, name in operators() if space == "aten" and re.search(STEMS[family], name)
    }
    assert alike - set(FAMILIES[family].operators) - set(OTHERS[family].split()) == set()


def test_what_only_torch_nn_shows_is_sorted():
    shown = {name for name in dir(torch._C._nn) if not name.startswith("_")}
    alone = {n for n in shown if not hasattr(torch, n) and not hasattr(torch.Tensor, n)}
    # pads are torch.stft's, too
    others = {"pad", "flatten_dense_tensors", "unflatten_dense_tensors"}
    others |= {n for n in alone if n.startswith("mkldnn_reorder")}
    assert alone - set(FAMILIES["networks"].operators) - others == set()


def test_no_family_names_an_operator_that_this_torch_does_not_have():
    known = {name for space, name in operators() if space == "aten"}
    assert {n for family in FAMILIES.values() for n in family.operators} - known == set()


def test_every_namespace_of_operators_is_sorted():
    ours = {"aten", "prims", "rngprims", "debugprims", "profiler", "export", "debug_mode_ops"}
    ours |= {"c10d", "_c10d_functional", "_c10d_functional_autograd", "symm_mem", "_dtensor"}
    ours |= {"_native", "inductor_prims"}
    # that torch._dynamo brings: of onnx, Attention is of the family, and RotaryEmbedding of none
    ours |= {"_inductor_test", "c10d_functional", "flex_lib", "fsdp", "streams", "onnx"}
    ours |= {"onnx_symbolic", "quantized_decomposed"}
    assert {space for space, _ in operators()} - ours - set(DOUBLES) == set()


def test_what_needs_torch_ops_says_so_where_autograd_is_forbidden(launcher):
    source = b"import torch\ndef f(): import torch._dynamo\ndef g(): torch.compiler.disable(f)\n"
    guests = Guests(launcher, Submitted("pack", {"m.py": source}), Limits())
    guests.begin_exercise(Rules("pack", ("autograd",)))
    guests.open()
    for name in ("f", "g"):
        guests.begin_check(60.0)
        guests.import_module("m")
        with pytest.raises(ImportError, match="differentiation is not allowed.*torch._dynamo"):
            guests.request("call", "m", name, (), {})
    guests.close()


def test_every_family_has_words_and_steps_that_there_are():
    for family in FAMILIES.values():
        assert set(family.steps) <= set(STEPS)
        assert set(family.title) == {"en", "ko"}
        assert family.uses


@pytest.mark.parametrize("family", FAMILIES)
def test_a_launcher_proves_that_a_family_refuses(launcher, family):
    channel = launcher.open(Limits(), Rules("pack", (family,)))
    channel.end()


@pytest.mark.parametrize(
    ("hole", "left"),
    [
        ({"operators": ()}, "torch.relu(x)"),
        ({"uses": ("torch.tanh(x)",)}, "torch.tanh(x)"),
        ({"uses": ("torch.no_such(x)",)}, "no_such"),
    ],
)
def test_nothing_is_graded_where_something_forbidden_still_works(monkeypatch, launcher, hole, left):
    whole = FAMILIES["rectifiers"]
    monkeypatch.setitem(FAMILIES, "rectifiers", Family(**{**vars(whole), **hole}))
    with pytest.raises(PlatformError, match=re.escape(left)):
        launcher.open(Limits(), Rules("other", ("rectifiers",)))
