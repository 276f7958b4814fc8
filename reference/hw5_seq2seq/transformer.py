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

### BEGIN SOLUTION
def _draw(module: nn.Module, seed: int) -> None:
    """Redraw all weights from `seed` alone: the constructors of nn draw from the global generator.

    Matrices: uniform of variance 2 / (fan_in + fan_out) (Glorot & Bengio 2010); biases: 0.
    """
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for layer in module.modules():
            if isinstance(layer, nn.Linear):
                bound = math.sqrt(6 / (layer.in_features + layer.out_features))
                layer.weight.uniform_(-bound, bound, generator=generator)
                layer.bias.zero_()
            elif isinstance(layer, nn.Embedding):
                # times sqrt(D) this is of the size of the positions
                layer.weight.normal_(0, layer.embedding_dim**-0.5, generator=generator)
### END SOLUTION


def positional_encoding(length: int, d_model: int) -> Tensor:
    """Sines and cosines (length, d_model) of decreasing frequency; row p, columns 2i and 2i + 1:

        sin(p / 10000^(2i / d_model)),  cos(p / 10000^(2i / d_model))

    Raises ValueError naming d_model if it is odd.
    """
    ### BEGIN SOLUTION
    if d_model % 2:
        raise ValueError("d_model must be even: each sine has its cosine")
    position = torch.arange(length, dtype=torch.float64).unsqueeze(1)  # (length, 1)
    angle = position / 10000 ** (torch.arange(0, d_model, 2, dtype=torch.float64) / d_model)
    # (length, D/2, 2) -> (length, D): sine and cosine take turns
    return torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(1).float()
    ### END SOLUTION


def padding_mask(lengths: Tensor, max_len: int) -> Tensor:
    """(B, max_len) bool: True for the first lengths[b] positions of row b."""
    ### BEGIN SOLUTION
    return torch.arange(max_len, device=lengths.device) < lengths.unsqueeze(1)  # against (B, 1)
    ### END SOLUTION


def causal_mask(T: int) -> Tensor:
    """(T, T) bool: position t may attend to itself and to every position before it."""
    ### BEGIN SOLUTION
    return torch.ones(T, T, dtype=torch.bool).tril()
    ### END SOLUTION


def scaled_dot_product_attention(
    q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """softmax(q k^T / sqrt(d)) v for q (..., T, d), k (..., S, d), v (..., S, e).

    mask: bool, broadcast to (..., T, S). Returns the mix (..., T, e) and the weights (..., T, S);
    both are 0 in a row that may attend to nothing.
    """
    ### BEGIN SOLUTION
    # a dot product of two random d-vectors has variance d: without the root a softmax over such
    # scores picks one key and starves the gradient of all others
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])  # (..., T, d) x (..., d, S)
    weights = masked_softmax(scores, None if mask is None else mask.expand(scores.shape))
    return weights @ v, weights  # (..., T, S) x (..., S, e) -> (..., T, e)
    ### END SOLUTION


class MultiHeadAttention(nn.Module):
    """Attention in `heads` subspaces of width d_model / heads, side by side.

    q_proj, k_proj, v_proj, out_proj are nn.Linear(d_model, d_model) with bias; head i reads the
    i-th block of d_model / heads columns of what the first three return. Raises ValueError naming
    heads or d_model if d_model is not a multiple of heads.
    """

    def __init__(self, d_model: int, heads: int, seed: int = 0) -> None:
        ### BEGIN SOLUTION
        super().__init__()
        if d_model % heads:
            raise ValueError("d_model must be a multiple of heads")
        self.heads = heads
        self.q_proj, self.k_proj, self.v_proj, self.out_proj = (
            nn.Linear(d_model, d_model) for _ in range(4)
        )
        _draw(self, seed)
        ### END SOLUTION

    def forward(
        self, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Attend from each query (B, T, D) to the keys (B, S, D), and mix their values (B, S, D).

        mask: broadcast to (B, T, S), for all heads alike. Returns (B, T, D) and the weights of every
        head (B, h, T, S).
        """
        ### BEGIN SOLUTION
        q = _split(self.q_proj(query), self.heads)  # (B, h, T, d)
        k, v = _split(self.k_proj(key), self.heads), _split(self.v_proj(value), self.heads)
        if mask is not None and mask.ndim == 3:
            mask = mask.unsqueeze(1)  # (B, 1, T, S): the same for all heads
        mixed, weights = scaled_dot_product_attention(q, k, v, mask)
        return self.out_proj(mixed.transpose(1, 2).flatten(2)), weights  # (B, T, h, d) -> (B, T, D)
        ### END SOLUTION


### BEGIN SOLUTION
def _split(x: Tensor, heads: int) -> Tensor:
    """(B, L, D) -> (B, h, L, d)."""
    return x.unflatten(-1, (heads, -1)).transpose(1, 2)
### END SOLUTION


def layer_norm(x: Tensor, gain: Tensor, bias: Tensor, eps: float = 1e-5) -> Tensor:
    """Mean 0 and variance 1 over the last axis of x (..., D), then gain and bias, both (D,):

        gain (x - mean) / sqrt(variance + eps) + bias

    The variance is the mean squared deviation (divided by D, not D - 1).
    """
    ### BEGIN SOLUTION
    centred = x - x.mean(dim=-1, keepdim=True)
    variance = centred.square().mean(dim=-1, keepdim=True)
    return gain * centred / torch.sqrt(variance + eps) + bias
    ### END SOLUTION


class LayerNorm(nn.Module):
    """`layer_norm` with parameters: .gain (D,), ones at first, and .bias (D,), zeros at first."""

    def __init__(self, d_model: int) -> None:
        ### BEGIN SOLUTION
        super().__init__()
        self.gain = nn.Parameter(torch.ones(d_model))
        self.bias = nn.Parameter(torch.zeros(d_model))
        ### END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        """x (..., D) -> (..., D)."""
        ### BEGIN SOLUTION
        return layer_norm(x, self.gain, self.bias)
        ### END SOLUTION


### BEGIN SOLUTION
def _add(layer: nn.Module, norm: LayerNorm, x: Tensor, block: Callable[[Tensor], Tensor]) -> Tensor:
    """The residual around a block, with its norm where the layer has it."""
    if layer.norm == "pre":
        return x + layer.dropout(block(norm(x)))
    return norm(x + layer.dropout(block(x)))


def _feed(layer: nn.Module, x: Tensor) -> Tensor:
    """Each position by itself: (..., D) -> (..., d_ff) -> (..., D)."""
    return layer.linear2(layer.dropout(torch.relu(layer.linear1(x))))


def _check_norm(norm: str) -> None:
    if norm not in NORMS:
        raise ValueError(f"norm must be one of {', '.join(NORMS)}")
### END SOLUTION


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
        ### BEGIN SOLUTION
        super().__init__()
        _check_norm(norm)
        self.norm = norm
        self.self_attn = MultiHeadAttention(d_model, heads)
        self.linear1, self.linear2 = nn.Linear(d_model, d_ff), nn.Linear(d_ff, d_model)
        self.norm1, self.norm2 = LayerNorm(d_model), LayerNorm(d_model)
        self.dropout = nn.Dropout(dropout)
        _draw(self, seed)
        ### END SOLUTION

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        """x (B, S, D) -> (B, S, D); mask broadcast to (B, S, S)."""
        ### BEGIN SOLUTION
        x = _add(self, self.norm1, x, lambda y: self.self_attn(y, y, y, mask)[0])
        return _add(self, self.norm2, x, lambda y: _feed(self, y))
        ### END SOLUTION


class DecoderLayer(nn.Module):
    """As `EncoderLayer`, with attention to the encoder's memory in the middle.

    Parts: self_attn, cross_attn, linear1, linear2, and a norm for each block in this order: norm1,
    norm2, norm3. Raises ValueError naming norm for anything other than "post" and "pre".
    """

    def __init__(
        self, d_model: int, heads: int, d_ff: int, dropout: float = 0.0, norm: str = "post", seed: int = 0
    ) -> None:
        ### BEGIN SOLUTION
        super().__init__()
        _check_norm(norm)
        self.norm = norm
        self.self_attn = MultiHeadAttention(d_model, heads)
        self.cross_attn = MultiHeadAttention(d_model, heads)
        self.linear1, self.linear2 = nn.Linear(d_model, d_ff), nn.Linear(d_ff, d_model)
        self.norm1, self.norm2, self.norm3 = (LayerNorm(d_model) for _ in range(3))
        self.dropout = nn.Dropout(dropout)
        _draw(self, seed)
        ### END SOLUTION

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
        ### BEGIN SOLUTION
        x = _add(self, self.norm1, x, lambda y: self.self_attn(y, y, y, self_mask)[0])
        x = _add(self, self.norm2, x, lambda y: self.cross_attn(y, memory, memory, memory_mask)[0])
        return _add(self, self.norm3, x, lambda y: _feed(self, y))
        ### END SOLUTION


### BEGIN SOLUTION
def _embed(model: Transformer, ids: Tensor, embedding: nn.Embedding) -> Tensor:
    """(B, L) -> (B, L, D)."""
    scaled = embedding(ids) * math.sqrt(embedding.embedding_dim)
    return model.dropout(scaled + model.positions[: ids.shape[1]])
### END SOLUTION


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
        ### BEGIN SOLUTION
        super().__init__()
        sizes = (d_model, heads, d_ff, dropout, norm)
        self.src_embedding = nn.Embedding(src_vocab, d_model)
        self.tgt_embedding = nn.Embedding(tgt_vocab, d_model)
        self.encoder = nn.ModuleList(EncoderLayer(*sizes) for _ in range(layers))
        self.decoder = nn.ModuleList(DecoderLayer(*sizes) for _ in range(layers))
        # of the "pre" layers nothing else norms the last sum
        self.encoder_norm, self.decoder_norm = (
            LayerNorm(d_model) if norm == "pre" else nn.Identity() for _ in range(2)
        )
        self.out = nn.Linear(d_model, tgt_vocab)
        self.dropout = nn.Dropout(dropout)
        self.register_buffer("positions", positional_encoding(max_len, d_model), persistent=False)
        _draw(self, seed)
        if tie:
            self.out.weight = self.tgt_embedding.weight
        ### END SOLUTION

    def encode(self, src: Tensor, src_mask: Tensor) -> Tensor:
        """The memory (B, S, D) of src (B, S) int64; src_mask (B, S) is False at the padding."""
        ### BEGIN SOLUTION
        x = _embed(self, src, self.src_embedding)
        for layer in self.encoder:
            x = layer(x, src_mask.unsqueeze(1))  # (B, 1, S): every position looks at the same words
        return self.encoder_norm(x)
        ### END SOLUTION

    def decode(self, tgt: Tensor, memory: Tensor, src_mask: Tensor) -> Tensor:
        """Logits (B, T, V) for tgt (B, T) int64, which begins with bos, memory (B, S, D), src_mask (B, S).

        Position t sees tgt[:, :t + 1] and predicts the word at t + 1.
        """
        ### BEGIN SOLUTION
        x = _embed(self, tgt, self.tgt_embedding)
        causal = causal_mask(tgt.shape[1]).to(tgt.device)
        for layer in self.decoder:
            x = layer(x, memory, causal, src_mask.unsqueeze(1))
        return self.out(self.decoder_norm(x))  # (B, T, D) -> (B, T, V)
        ### END SOLUTION

    def forward(self, src: Tensor, src_lengths: Tensor, tgt: Tensor) -> Tensor:
        """Logits (B, T, V) for src (B, S) with src_lengths (B,), tgt (B, T): encode, then decode."""
        ### BEGIN SOLUTION
        src_mask = padding_mask(src_lengths, src.shape[1])
        return self.decode(tgt, self.encode(src, src_mask), src_mask)
        ### END SOLUTION

    def begin(self, src: Tensor, src_lengths: Tensor):
        """The state after the source src (B, S) with src_lengths (B,) and before the first word."""
        ### BEGIN SOLUTION
        src_mask = padding_mask(src_lengths, src.shape[1])
        return self.encode(src, src_mask), src_mask, src[:, :0]
        ### END SOLUTION

    def advance(self, tokens: Tensor, state):
        """Read one word for each row: tokens (B,) -> log-probabilities (B, V) of the next, new state."""
        ### BEGIN SOLUTION
        memory, src_mask, written = state
        written = torch.cat([written, tokens.unsqueeze(1)], dim=1)  # (B, t + 1)
        logits = self.decode(written, memory, src_mask)[:, -1]  # (B, V)
        return torch.log_softmax(logits, dim=-1), (memory, src_mask, written)
        ### END SOLUTION

    def select(self, state, indices: Tensor):
        """The state of the rows `indices` (K,) int64, in this order; rows may be selected repeatedly."""
        ### BEGIN SOLUTION
        return tuple(part[indices] for part in state)
        ### END SOLUTION
