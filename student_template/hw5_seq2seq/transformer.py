"""The Transformer, built from its parts (Vaswani et al. 2017, "Attention is all you need").

Layer norm: Ba, Kiros & Hinton (2016). Where the norm is: "post" is the paper's, after the sum;
"pre" normalises the input of a block and leaves the sum itself untouched (Xiong et al. 2020).

Shapes:

    B  batch      T  target length (queries)      S  source length (keys, values)
    D  d_model    h  heads    d = D / h  width of a head    V  words

A mask is bool, True where a position may be attended to.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

from .attention import masked_softmax

NORMS = ("post", "pre")


def positional_encoding(length: int, d_model: int) -> Tensor:
    """Sines and cosines (length, d_model) of decreasing frequency; row p, columns 2i and 2i + 1:

        sin(p / 10000^(2i / d_model)),  cos(p / 10000^(2i / d_model))

    Raises ValueError naming d_model if it is odd.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def padding_mask(lengths: Tensor, max_len: int) -> Tensor:
    """(B, max_len) bool: True for the first lengths[b] positions of row b."""
    # YOUR CODE HERE
    raise NotImplementedError()


def causal_mask(T: int) -> Tensor:
    """(T, T) bool: position t may attend to itself and to every position before it."""
    # YOUR CODE HERE
    raise NotImplementedError()


def scaled_dot_product_attention(
    q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """softmax(q k^T / sqrt(d)) v for q (..., T, d), k (..., S, d), v (..., S, e).

    mask: bool, broadcast to (..., T, S). Returns the mix (..., T, e) and the weights (..., T, S);
    both are 0 in a row that may attend to nothing.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


class MultiHeadAttention(nn.Module):
    """Attention in `heads` subspaces of width d_model / heads, side by side.

    q_proj, k_proj, v_proj, out_proj are nn.Linear(d_model, d_model) with bias; head i reads the
    i-th block of d_model / heads columns of what the first three return. Raises ValueError naming
    heads or d_model if d_model is not a multiple of heads.
    """

    def __init__(self, d_model: int, heads: int, seed: int = 0) -> None:
        # YOUR CODE HERE
        raise NotImplementedError()

    def forward(
        self, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Attend from each query (B, T, D) to the keys (B, S, D), and mix their values (B, S, D).

        mask: broadcast to (B, T, S), for all heads alike. Returns (B, T, D) and the weights of every
        head (B, h, T, S).
        """
        # YOUR CODE HERE
        raise NotImplementedError()


def layer_norm(x: Tensor, gain: Tensor, bias: Tensor, eps: float = 1e-5) -> Tensor:
    """Mean 0 and variance 1 over the last axis of x (..., D), then gain and bias, both (D,):

        gain (x - mean) / sqrt(variance + eps) + bias

    The variance is the mean squared deviation (divided by D, not D - 1).
    """
    # YOUR CODE HERE
    raise NotImplementedError()


class LayerNorm(nn.Module):
    """`layer_norm` with parameters: .gain (D,), ones at first, and .bias (D,), zeros at first."""

    def __init__(self, d_model: int) -> None:
        # YOUR CODE HERE
        raise NotImplementedError()

    def forward(self, x: Tensor) -> Tensor:
        """x (..., D) -> (..., D)."""
        # YOUR CODE HERE
        raise NotImplementedError()


class EncoderLayer(nn.Module):
    """Self-attention, then a network of two layers with a ReLU between; each with a residual and a norm.

        "post"   x = norm1(x + drop(attention(x)))      x = norm2(x + drop(feed(x)))
        "pre"    x = x + drop(attention(norm1(x)))      x = x + drop(feed(norm2(x)))

    Parts: self_attn, linear1 (d_model to d_ff), linear2 (back), norm1, norm2. Dropout acts in
    training mode only. Raises ValueError naming norm for any other value.
    """

    def __init__(
        self, d_model: int, heads: int, d_ff: int, dropout: float = 0.0, norm: str = "post", seed: int = 0
    ) -> None:
        # YOUR CODE HERE
        raise NotImplementedError()

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        """x (B, S, D) -> (B, S, D); mask broadcast to (B, S, S)."""
        # YOUR CODE HERE
        raise NotImplementedError()


class DecoderLayer(nn.Module):
    """As `EncoderLayer`, with attention to the encoder's memory in the middle.

    Parts: self_attn, cross_attn, linear1, linear2, and a norm for each block in this order: norm1,
    norm2, norm3. Raises ValueError naming norm for anything other than "post" and "pre".
    """

    def __init__(
        self, d_model: int, heads: int, d_ff: int, dropout: float = 0.0, norm: str = "post", seed: int = 0
    ) -> None:
        # YOUR CODE HERE
        raise NotImplementedError()

    def forward(
        self,
        x: Tensor,
        memory: Tensor,
        self_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
    ) -> Tensor:
        """x (B, T, D), memory (B, S, D) -> (B, T, D).

        self_mask broadcast to (B, T, T), memory_mask to (B, T, S).
        """
        # YOUR CODE HERE
        raise NotImplementedError()


class Transformer(nn.Module):
    """Encoder and decoder of `layers` layers each.

    The input is the embedding times sqrt(d_model) plus the positional encoding. tie: the output
    layer's weights are the target embedding's. Sources and targets have at most max_len words.
    The same seed gives the same weights, whatever the state of the global generators.
    Raises ValueError naming norm for anything other than "post" and "pre".
    """

    def __init__(
        self, src_vocab: int, tgt_vocab: int, d_model: int = 512, heads: int = 8, layers: int = 6,
        d_ff: int = 2048, dropout: float = 0.1, max_len: int = 512, tie: bool = False, norm: str = "post",
        seed: int = 0,
    ) -> None:
        # YOUR CODE HERE
        raise NotImplementedError()

    def encode(self, src: Tensor, src_mask: Tensor) -> Tensor:
        """The memory (B, S, D) of src (B, S) int64; src_mask (B, S) is False at the padding."""
        # YOUR CODE HERE
        raise NotImplementedError()

    def decode(self, tgt: Tensor, memory: Tensor, src_mask: Tensor) -> Tensor:
        """Logits (B, T, V) for tgt (B, T) int64, which begins with bos, memory (B, S, D), src_mask (B, S).

        Position t sees tgt[:, :t + 1] and predicts the word at t + 1.
        """
        # YOUR CODE HERE
        raise NotImplementedError()

    def forward(self, src: Tensor, src_lengths: Tensor, tgt: Tensor) -> Tensor:
        """Logits (B, T, V) for src (B, S) with src_lengths (B,), tgt (B, T): encode, then decode."""
        # YOUR CODE HERE
        raise NotImplementedError()

    def begin(self, src: Tensor, src_lengths: Tensor):
        """The state after the source src (B, S) with src_lengths (B,) and before the first word."""
        # YOUR CODE HERE
        raise NotImplementedError()

    def advance(self, tokens: Tensor, state):
        """Read one word for each row: tokens (B,) -> log-probabilities (B, V) of the next, new state."""
        # YOUR CODE HERE
        raise NotImplementedError()

    def select(self, state, indices: Tensor):
        """The state of the rows `indices` (K,) int64, in this order; rows may be selected repeatedly."""
        # YOUR CODE HERE
        raise NotImplementedError()
