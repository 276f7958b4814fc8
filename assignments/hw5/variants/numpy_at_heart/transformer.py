"""The Transformer, a head at a time."""

import math

import numpy as np
import torch
from torch import nn


def positional_encoding(length, d_model):
    if d_model < 1 or d_model % 2:
        raise ValueError("d_model must be even")
    table = np.zeros((length, d_model))
    for place in range(length):
        for i in range(0, d_model, 2):
            angle = place / 10000 ** (i / d_model)
            table[place, i] = math.sin(angle)
            table[place, i + 1] = math.cos(angle)
    return torch.tensor(table, dtype=torch.float32)


def padding_mask(lengths, max_len):
    return torch.tensor(
        [[place < int(n) for place in range(max_len)] for n in lengths], dtype=torch.bool
    ).reshape(len(lengths), max_len)


def causal_mask(T):
    return torch.tensor([[s <= t for s in range(T)] for t in range(T)], dtype=torch.bool)


def scaled_dot_product_attention(q, k, v, mask=None):
    if q.shape[-1] != k.shape[-1]:
        raise ValueError("q and k differ in width")
    if k.shape[-2] != v.shape[-2]:
        raise ValueError("k and v differ in length")
    scores = (q / math.sqrt(q.shape[-1])) @ k.transpose(-1, -2)
    if mask is None:
        mask = torch.ones((), dtype=torch.bool, device=scores.device)
    try:
        mask = mask.expand(scores.shape)
    except RuntimeError:
        raise ValueError("mask cannot be broadcast to (..., T, S)") from None
    scores = scores.masked_fill(~mask, -1e30)
    powers = torch.exp(scores - scores.max(-1, keepdim=True).values.detach())
    powers = powers * mask.to(powers.dtype)
    total = powers.sum(-1, keepdim=True)
    weights = powers / (total + (total == 0).to(total.dtype))
    return weights @ v, weights


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, heads, seed=0):
        super().__init__()
        if heads < 1 or d_model % heads:
            raise ValueError("heads must divide d_model")
        self.heads = heads
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            self.q_proj = nn.Linear(d_model, d_model)
            self.k_proj = nn.Linear(d_model, d_model)
            self.v_proj = nn.Linear(d_model, d_model)
            self.out_proj = nn.Linear(d_model, d_model)

    def forward(self, query, key, value, mask=None):
        q, k, v = self.q_proj(query), self.k_proj(key), self.v_proj(value)
        size = q.shape[-1] // self.heads
        outs, weights = [], []
        for h in range(self.heads):
            cut = slice(h * size, (h + 1) * size)
            out, weight = scaled_dot_product_attention(q[..., cut], k[..., cut], v[..., cut], mask)
            outs.append(out)
            weights.append(weight)
        return self.out_proj(torch.cat(outs, -1)), torch.stack(weights, 1)


def layer_norm(x, gain, bias, eps=1e-5):
    if gain.shape != x.shape[-1:]:
        raise ValueError("gain must be (D,)")
    if bias.shape != x.shape[-1:]:
        raise ValueError("bias must be (D,)")
    centred = x - x.mean(-1, keepdim=True)
    variance = (centred**2).mean(-1, keepdim=True)
    return centred / (variance + eps) ** 0.5 * gain + bias


class LayerNorm(nn.Module):
    def __init__(self, d_model):
        super().__init__()
        self.gain = nn.Parameter(torch.ones(d_model))
        self.bias = nn.Parameter(torch.zeros(d_model))

    def forward(self, x):
        return layer_norm(x, self.gain, self.bias)


def _check_norm(norm, dropout):
    if norm not in ("post", "pre"):
        raise ValueError(f"norm: {norm!r} is neither post nor pre")
    if not 0 <= dropout <= 1:
        raise ValueError("dropout is a probability")


class EncoderLayer(nn.Module):
    def __init__(self, d_model, heads, d_ff, dropout=0.0, norm="post", seed=0):
        super().__init__()
        _check_norm(norm, dropout)
        self.pre = norm == "pre"
        with torch.random.fork_rng():
            self.self_attn = MultiHeadAttention(d_model, heads, seed * 7 + 1)
            torch.manual_seed(seed)
            self.linear1 = nn.Linear(d_model, d_ff)
            self.linear2 = nn.Linear(d_ff, d_model)
        self.norm1 = LayerNorm(d_model)
        self.norm2 = LayerNorm(d_model)
        self.drop = nn.Dropout(dropout)

    def forward(self, x, mask=None):
        read = self.norm1(x) if self.pre else x
        x = x + self.drop(self.self_attn(read, read, read, mask)[0])
        x = x if self.pre else self.norm1(x)
        read = self.norm2(x) if self.pre else x
        x = x + self.drop(self.linear2(torch.relu(self.linear1(read))))
        return x if self.pre else self.norm2(x)


class DecoderLayer(nn.Module):
    def __init__(self, d_model, heads, d_ff, dropout=0.0, norm="post", seed=0):
        super().__init__()
        _check_norm(norm, dropout)
        self.pre = norm == "pre"
        with torch.random.fork_rng():
            self.self_attn = MultiHeadAttention(d_model, heads, seed * 7 + 2)
            self.cross_attn = MultiHeadAttention(d_model, heads, seed * 7 + 3)
            torch.manual_seed(seed)
            self.linear1 = nn.Linear(d_model, d_ff)
            self.linear2 = nn.Linear(d_ff, d_model)
        self.norm1 = LayerNorm(d_model)
        self.norm2 = LayerNorm(d_model)
        self.norm3 = LayerNorm(d_model)
        self.drop = nn.Dropout(dropout)

    def forward(self, x, memory, self_mask=None, memory_mask=None):
        read = self.norm1(x) if self.pre else x
        x = x + self.drop(self.self_attn(read, read, read, self_mask)[0])
        x = x if self.pre else self.norm1(x)
        read = self.norm2(x) if self.pre else x
        x = x + self.drop(self.cross_attn(read, memory, memory, memory_mask)[0])
        x = x if self.pre else self.norm2(x)
        read = self.norm3(x) if self.pre else x
        x = x + self.drop(self.linear2(torch.relu(self.linear1(read))))
        return x if self.pre else self.norm3(x)


class Transformer(nn.Module):
    def __init__(self, src_vocab, tgt_vocab, d_model=512, heads=8, layers=6, d_ff=2048,
                 dropout=0.1, max_len=512, tie=False, norm="post", seed=0):
        super().__init__()
        _check_norm(norm, dropout)
        self.d_model = d_model
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            self.src_table = nn.Embedding(src_vocab, d_model)
            self.tgt_table = nn.Embedding(tgt_vocab, d_model)
            for table in (self.src_table, self.tgt_table):
                nn.init.normal_(table.weight, std=d_model**-0.5)
            self.out = nn.Linear(d_model, tgt_vocab)
        if tie:
            self.out.weight = self.tgt_table.weight
        self.encoder = nn.ModuleList(
            EncoderLayer(d_model, heads, d_ff, dropout, norm, 1000 * seed + i)
            for i in range(layers)
        )
        self.decoder = nn.ModuleList(
            DecoderLayer(d_model, heads, d_ff, dropout, norm, 1000 * seed + 500 + i)
            for i in range(layers)
        )
        self.last = nn.ModuleList([LayerNorm(d_model), LayerNorm(d_model)] if norm == "pre" else [])
        self.drop = nn.Dropout(dropout)
        self.register_buffer("places", positional_encoding(max_len, d_model))

    def _embed(self, table, ids):
        if ids.shape[1] > len(self.places):
            raise ValueError("longer than max_len")
        places = self.places[: ids.shape[1]].to(table.weight.dtype)
        return self.drop(table(ids) * math.sqrt(self.d_model) + places)

    def encode(self, src, src_mask):
        x = self._embed(self.src_table, src)
        for layer in self.encoder:
            x = layer(x, src_mask[:, None, :])
        return self.last[0](x) if len(self.last) else x

    def decode(self, tgt, memory, src_mask):
        x = self._embed(self.tgt_table, tgt)
        for layer in self.decoder:
            x = layer(x, memory, causal_mask(tgt.shape[1]).to(tgt.device), src_mask[:, None, :])
        return self.out(self.last[1](x) if len(self.last) else x)

    def forward(self, src, src_lengths, tgt):
        mask = padding_mask(src_lengths, src.shape[1])
        return self.decode(tgt, self.encode(src, mask), mask)

    def begin(self, src, src_lengths):
        mask = padding_mask(src_lengths, src.shape[1])
        return {"memory": self.encode(src, mask), "mask": mask, "words": [[] for _ in src]}

    def advance(self, tokens, state):
        words = [row + [int(one)] for row, one in zip(state["words"], tokens)]
        logits = self.decode(torch.tensor(words), state["memory"], state["mask"])[:, -1]
        return torch.log_softmax(logits, 1), {**state, "words": words}

    def select(self, state, indices):
        chosen = [int(i) for i in indices]
        return {
            "memory": state["memory"][chosen],
            "mask": state["mask"][chosen],
            "words": [list(state["words"][i]) for i in chosen],
        }
