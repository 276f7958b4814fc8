"""The Transformer with stacked heads."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .attention import masked_softmax


def positional_encoding(length: int, d_model: int) -> Tensor:
    if d_model % 2:
        raise ValueError(f"d_model = {d_model} is odd")
    rates = torch.exp(-torch.arange(0, d_model, 2) / d_model * torch.log(torch.tensor(1e4)))
    angles = torch.outer(torch.arange(length, dtype=torch.float32), rates)
    return torch.stack((angles.sin(), angles.cos()), -1).flatten(1)


def padding_mask(lengths: Tensor, max_len: int) -> Tensor:
    return torch.arange(max_len, device=lengths.device).expand(len(lengths), -1) < lengths.unsqueeze(1)


def causal_mask(T: int) -> Tensor:
    return torch.ones(T, T).tril().bool()


def scaled_dot_product_attention(q, k, v, mask=None):
    if q.shape[-1] != k.shape[-1] or k.shape[-2] != v.shape[-2]:
        raise ValueError("q (..., T, d), k (..., S, d), v (..., S, e) do not fit")
    scores = torch.einsum("...td,...sd->...ts", q, k) * q.shape[-1] ** -0.5
    weights = masked_softmax(scores, mask)
    return torch.einsum("...ts,...se->...te", weights, v), weights


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model: int, heads: int, seed: int = 0) -> None:
        super().__init__()
        if d_model % heads:
            raise ValueError(f"heads = {heads} does not divide d_model = {d_model}")
        self.heads = heads
        generator = torch.Generator().manual_seed(seed)
        for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
            layer = nn.Linear(d_model, d_model)
            nn.init.xavier_uniform_(layer.weight, generator=generator)
            nn.init.zeros_(layer.bias)
            setattr(self, name, layer)

    def _split(self, x: Tensor) -> Tensor:
        return x.unflatten(-1, (self.heads, -1)).movedim(-2, 1)

    def forward(self, query, key, value, mask=None):
        q = self._split(self.q_proj(query))
        k = self._split(self.k_proj(key))
        v = self._split(self.v_proj(value))
        if mask is not None:
            mask = mask.broadcast_to(len(query), query.shape[1], key.shape[1]).unsqueeze(1)
        out, weights = scaled_dot_product_attention(q, k, v, mask)
        return self.out_proj(out.movedim(1, -2).flatten(-2)), weights


def layer_norm(x: Tensor, gain: Tensor, bias: Tensor, eps: float = 1e-5) -> Tensor:
    if x.shape[-1:] != gain.shape or gain.shape != bias.shape:
        raise ValueError("gain and bias must be as wide as x")
    variance, mean = torch.var_mean(x, dim=-1, correction=0, keepdim=True)
    return torch.addcmul(bias, gain, (x - mean) * torch.rsqrt(variance + eps))


class LayerNorm(nn.Module):
    def __init__(self, d_model: int) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.ones(d_model))
        self.bias = nn.Parameter(torch.zeros(d_model))

    def forward(self, x: Tensor) -> Tensor:
        return layer_norm(x, self.gain, self.bias)


class _Layer(nn.Module):
    """What encoder and decoder layers have in common."""

    def __init__(self, d_model, heads, d_ff, dropout=0.0, norm="post", seed=0):
        super().__init__()
        if norm not in {"post", "pre"}:
            raise ValueError(f"norm must be post or pre, not {norm}")
        self.norm = norm
        self.self_attn = MultiHeadAttention(d_model, heads, seed)
        self.linear1 = nn.Linear(d_model, d_ff)
        self.linear2 = nn.Linear(d_ff, d_model)
        generator = torch.Generator().manual_seed(seed + 1)
        for layer in (self.linear1, self.linear2):
            nn.init.kaiming_uniform_(layer.weight, nonlinearity="relu", generator=generator)
            nn.init.zeros_(layer.bias)
        self.norm1 = LayerNorm(d_model)
        self.norm2 = LayerNorm(d_model)
        self.dropout = nn.Dropout(dropout)

    def _around(self, x, norm, sublayer):
        if self.norm == "pre":
            return x + self.dropout(sublayer(norm(x)))
        return norm(x + self.dropout(sublayer(x)))

    def _feed(self, x):
        return self.linear2(self.linear1(x).clamp(min=0))


class EncoderLayer(_Layer):
    def forward(self, x, mask=None):
        x = self._around(x, self.norm1, lambda y: self.self_attn(y, y, y, mask)[0])
        return self._around(x, self.norm2, self._feed)


class DecoderLayer(_Layer):
    def __init__(self, d_model, heads, d_ff, dropout=0.0, norm="post", seed=0):
        super().__init__(d_model, heads, d_ff, dropout, norm, seed)
        self.cross_attn = MultiHeadAttention(d_model, heads, seed + 2)
        self.norm3 = LayerNorm(d_model)

    def forward(self, x, memory, self_mask=None, memory_mask=None):
        x = self._around(x, self.norm1, lambda y: self.self_attn(y, y, y, self_mask)[0])
        x = self._around(
            x, self.norm2, lambda y: self.cross_attn(y, memory, memory, memory_mask)[0]
        )
        return self._around(x, self.norm3, self._feed)


class Transformer(nn.Module):
    def __init__(
        self, src_vocab, tgt_vocab, d_model=512, heads=8, layers=6, d_ff=2048, dropout=0.1,
        max_len=512, tie=False, norm="post", seed=0,
    ):
        super().__init__()
        self.scale = d_model**0.5
        generator = torch.Generator().manual_seed(seed)
        self.src_words = nn.Parameter(torch.randn(src_vocab, d_model, generator=generator))
        self.tgt_words = nn.Parameter(torch.randn(tgt_vocab, d_model, generator=generator))
        if tie:
            self.out_words = self.tgt_words
        else:
            self.out_words = nn.Parameter(torch.randn(tgt_vocab, d_model, generator=generator))
        with torch.no_grad():
            for table in {self.src_words, self.tgt_words, self.out_words}:
                table.mul_(d_model**-0.5)
        settings = (d_model, heads, d_ff, dropout, norm)
        self.encoders = nn.ModuleList(
            EncoderLayer(*settings, seed=seed + 10 * i) for i in range(1, layers + 1)
        )
        self.decoders = nn.ModuleList(
            DecoderLayer(*settings, seed=seed + 10 * i + 5) for i in range(1, layers + 1)
        )
        self.dropout = nn.Dropout(dropout)
        self.max_len = max_len
        self.register_buffer("positions", positional_encoding(max_len, d_model), persistent=False)

    def _look_up(self, ids, table):
        if ids.shape[1] > self.max_len:
            raise ValueError(f"{ids.shape[1]} positions are more than max_len = {self.max_len}")
        return self.dropout(table[ids] * self.scale + self.positions[: ids.shape[1]])

    def encode(self, src, src_mask):
        x = self._look_up(src, self.src_words)
        for layer in self.encoders:
            x = layer(x, src_mask.unsqueeze(1))
        return x

    def decode(self, tgt, memory, src_mask):
        x = self._look_up(tgt, self.tgt_words)
        causal = causal_mask(tgt.shape[1]).to(tgt.device)
        for layer in self.decoders:
            x = layer(x, memory, causal, src_mask.unsqueeze(1))
        return x @ self.out_words.T

    def forward(self, src, src_lengths, tgt):
        src_mask = padding_mask(src_lengths, src.shape[1])
        return self.decode(tgt, self.encode(src, src_mask), src_mask)

    def begin(self, src, src_lengths):
        src_mask = padding_mask(src_lengths, src.shape[1])
        return self.encode(src, src_mask), src_mask, src.new_zeros(len(src), 0)

    def advance(self, tokens, state):
        memory, src_mask, written = state
        written = torch.cat((written, tokens[:, None]), 1)
        logits = self.decode(written, memory, src_mask)[:, -1]
        return logits - logits.logsumexp(-1, keepdim=True), (memory, src_mask, written)

    def select(self, state, indices):
        return tuple(part[indices] for part in state)
