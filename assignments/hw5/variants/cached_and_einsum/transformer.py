"""The Transformer with a cache of keys and values."""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn

from .attention import masked_softmax


def positional_encoding(length, d_model):
    if d_model % 2 == 1:
        raise ValueError("d_model is odd")
    table = torch.zeros(length, d_model)
    position = torch.arange(length).unsqueeze(1)
    frequency = torch.exp(torch.arange(0, d_model, 2) * (-math.log(10000.0) / d_model))
    table[:, 0::2] = torch.sin(position * frequency)
    table[:, 1::2] = torch.cos(position * frequency)
    return table


def padding_mask(lengths, max_len):
    return torch.stack([torch.arange(max_len) < n for n in lengths])


def causal_mask(T):
    return ~torch.triu(torch.ones(T, T), diagonal=1).bool()


def scaled_dot_product_attention(q, k, v, mask=None):
    scores = torch.einsum("...td,...sd->...ts", q, k) * q.shape[-1] ** -0.5
    weights = masked_softmax(scores, mask)
    return torch.einsum("...ts,...se->...te", weights, v), weights


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, heads, seed=0):
        super().__init__()
        if d_model % heads != 0:
            raise ValueError(f"{heads} heads do not divide d_model = {d_model}")
        torch.manual_seed(seed)
        self.h, self.width = heads, d_model // heads
        for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
            setattr(self, name, nn.Linear(d_model, d_model))

    def keys_and_values(self, key, value):
        return self.heads_of(self.k_proj(key)), self.heads_of(self.v_proj(value))

    def heads_of(self, x):
        return torch.stack(x.split(self.width, dim=-1), dim=1)

    def with_cache(self, query, k, v, mask):
        if mask is not None:
            mask = mask[None] if mask.dim() == 2 else mask
            mask = mask[:, None]
        out, weights = scaled_dot_product_attention(self.heads_of(self.q_proj(query)), k, v, mask)
        return self.out_proj(torch.cat(out.unbind(1), dim=-1)), weights

    def forward(self, query, key, value, mask=None):
        return self.with_cache(query, *self.keys_and_values(key, value), mask)


def layer_norm(x, gain, bias, eps=1e-5):
    variance, mean = torch.var_mean(x, dim=-1, correction=0, keepdim=True)
    return (x - mean) * torch.rsqrt(variance + eps) * gain + bias


class LayerNorm(nn.Module):
    def __init__(self, d_model):
        super().__init__()
        self.register_parameter("gain", nn.Parameter(torch.ones(d_model)))
        self.register_parameter("bias", nn.Parameter(torch.zeros(d_model)))

    def forward(self, x):
        return layer_norm(x, self.gain, self.bias)


class Layer(nn.Module):
    def __init__(self, d_model, heads, d_ff, dropout=0.0, norm="post", seed=0):
        super().__init__()
        if norm not in ("pre", "post"):
            raise ValueError("norm is pre or post")
        self.pre = norm == "pre"
        self.self_attn = MultiHeadAttention(d_model, heads, seed)
        self.linear1, self.linear2 = nn.Linear(d_model, d_ff), nn.Linear(d_ff, d_model)
        self.norm1, self.norm2 = LayerNorm(d_model), LayerNorm(d_model)
        self.p = dropout

    def drop(self, x):
        return F.dropout(x, self.p, self.training)

    def feed(self, x, norm):
        y = norm(x) if self.pre else x
        y = x + self.drop(self.linear2(F.relu(self.linear1(y))))
        return y if self.pre else norm(y)


class EncoderLayer(Layer):
    def forward(self, x, mask=None):
        y = self.norm1(x) if self.pre else x
        x = x + self.drop(self.self_attn(y, y, y, mask)[0])
        return self.feed(x if self.pre else self.norm1(x), self.norm2)


class DecoderLayer(Layer):
    def __init__(self, d_model, heads, d_ff, dropout=0.0, norm="post", seed=0):
        super().__init__(d_model, heads, d_ff, dropout, norm, seed)
        self.cross_attn = MultiHeadAttention(d_model, heads, seed + 77)
        self.norm3 = LayerNorm(d_model)

    def forward(self, x, memory, self_mask=None, memory_mask=None):
        crossed = self.cross_attn.keys_and_values(memory, memory)
        return self.with_cache(x, None, crossed, self_mask, memory_mask)[0]

    def with_cache(self, x, past, crossed, self_mask, memory_mask):
        y = self.norm1(x) if self.pre else x
        k, v = self.self_attn.keys_and_values(y, y)
        if past is not None:
            k, v = torch.cat([past[0], k], 2), torch.cat([past[1], v], 2)
        x = x + self.drop(self.self_attn.with_cache(y, k, v, self_mask)[0])
        x = x if self.pre else self.norm1(x)
        y = self.norm2(x) if self.pre else x
        x = x + self.drop(self.cross_attn.with_cache(y, *crossed, memory_mask)[0])
        return self.feed(x if self.pre else self.norm2(x), self.norm3), (k, v)


@dataclass
class Cache:
    mask: torch.Tensor
    crossed: list
    past: list
    place: int = 0


class Transformer(nn.Module):
    def __init__(
        self, src_vocab, tgt_vocab, d_model=512, heads=8, layers=6, d_ff=2048, dropout=0.1, max_len=512,
        tie=False, norm="post", seed=0,
    ):
        super().__init__()
        torch.manual_seed(seed)
        self.src, self.tgt = nn.Embedding(src_vocab, d_model), nn.Embedding(tgt_vocab, d_model)
        nn.init.normal_(self.src.weight, std=d_model**-0.5)
        nn.init.normal_(self.tgt.weight, std=d_model**-0.5)
        self.out = None if tie else nn.Linear(d_model, tgt_vocab)
        options = (d_model, heads, d_ff, dropout, norm)
        self.enc = nn.ModuleList([EncoderLayer(*options, seed=seed + 10 + i) for i in range(layers)])
        self.dec = nn.ModuleList([DecoderLayer(*options, seed=seed + 50 + i) for i in range(layers)])
        self.drop, self.scale = nn.Dropout(dropout), d_model**0.5
        self.register_buffer("table", positional_encoding(max_len, d_model))

    def vectors(self, ids, embedding, place=0):
        return self.drop(embedding(ids) * self.scale + self.table[place : place + ids.size(1)])

    def encode(self, src, src_mask):
        x = self.vectors(src, self.src)
        for layer in self.enc:
            x = layer(x, src_mask[:, None])
        return x

    def words(self, x):
        return F.linear(x, self.tgt.weight) if self.out is None else self.out(x)

    def decode(self, tgt, memory, src_mask):
        x = self.vectors(tgt, self.tgt)
        for layer in self.dec:
            x = layer(x, memory, causal_mask(tgt.size(1)), src_mask[:, None])
        return self.words(x)

    def forward(self, src, src_lengths, tgt):
        mask = padding_mask(src_lengths, src.size(1))
        return self.decode(tgt, self.encode(src, mask), mask)

    def begin(self, src, src_lengths):
        mask = padding_mask(src_lengths, src.size(1))
        memory = self.encode(src, mask)
        crossed = [layer.cross_attn.keys_and_values(memory, memory) for layer in self.dec]
        return Cache(mask, crossed, [None] * len(self.dec))

    def advance(self, tokens, state):
        x, past = self.vectors(tokens[:, None], self.tgt, state.place), []
        for layer, before, crossed in zip(self.dec, state.past, state.crossed):
            x, now = layer.with_cache(x, before, crossed, None, state.mask[:, None])
            past.append(now)
        log_probs = F.log_softmax(self.words(x)[:, 0], -1)
        return log_probs, Cache(state.mask, state.crossed, past, state.place + 1)

    def select(self, state, indices):
        def pick(pair):
            return None if pair is None else tuple(part[indices] for part in pair)

        return Cache(
            state.mask[indices], [pick(c) for c in state.crossed], [pick(p) for p in state.past], state.place
        )
