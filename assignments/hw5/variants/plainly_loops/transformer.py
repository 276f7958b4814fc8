from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from .attention import masked_softmax

NORMS = ("post", "pre")


def positional_encoding(length: int, d_model: int) -> Tensor:
    if d_model < 2 or d_model % 2 == 1:
        raise ValueError("d_model must be even")
    rows = []
    for place in range(length):
        row = []
        for pair in range(0, d_model, 2):
            angle = place / 10_000 ** (pair / d_model)
            row += [math.sin(angle), math.cos(angle)]
        rows.append(row)
    return torch.tensor(rows).reshape(length, d_model)


def padding_mask(lengths: Tensor, max_len: int) -> Tensor:
    if any(not 0 <= int(end) <= max_len for end in lengths):
        raise ValueError("lengths must lie from 0 to max_len")
    rows = [[place < int(end) for place in range(max_len)] for end in lengths]
    return torch.tensor(rows, dtype=torch.bool, device=lengths.device).reshape(-1, max_len)


def causal_mask(T: int) -> Tensor:
    rows = [[key <= query for key in range(T)] for query in range(T)]
    return torch.tensor(rows, dtype=torch.bool).reshape(T, T)


def scaled_dot_product_attention(
    q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    if q.shape[-1] != k.shape[-1]:
        raise ValueError("q and k must have one width")
    if k.shape[-2] != v.shape[-2]:
        raise ValueError("k and v must have one length")
    scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
    weights = masked_softmax(scores, mask)
    return weights @ v, weights


def _linear(inputs: int, outputs: int, seed: int) -> nn.Linear:
    """Glorot's uniform weights; the global generator stays as it was."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        layer = nn.Linear(inputs, outputs)
        nn.init.xavier_uniform_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model: int, heads: int, seed: int = 0) -> None:
        super().__init__()
        if heads < 1 or d_model % heads != 0:
            raise ValueError("heads must divide d_model")
        self.d_model = d_model
        self.heads = heads
        self.q_proj = _linear(d_model, d_model, 4 * seed)
        self.k_proj = _linear(d_model, d_model, 4 * seed + 1)
        self.v_proj = _linear(d_model, d_model, 4 * seed + 2)
        self.out_proj = _linear(d_model, d_model, 4 * seed + 3)

    def forward(
        self, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        for name, given in (("query", query), ("key", key), ("value", value)):
            if given.dim() != 3 or given.shape[2] != self.d_model:
                raise ValueError(f"{name} must be (B, length, d_model)")
        q, k, v = self.q_proj(query), self.k_proj(key), self.v_proj(value)
        size = self.d_model // self.heads
        outs, weights = [], []
        for head in range(self.heads):
            part = slice(head * size, (head + 1) * size)
            out, weight = scaled_dot_product_attention(
                q[..., part], k[..., part], v[..., part], mask
            )
            outs.append(out)
            weights.append(weight)
        return self.out_proj(torch.cat(outs, 2)), torch.stack(weights, 1)


def layer_norm(x: Tensor, gain: Tensor, bias: Tensor, eps: float = 1e-5) -> Tensor:
    if gain.shape != x.shape[-1:]:
        raise ValueError("gain must be (D,)")
    if bias.shape != x.shape[-1:]:
        raise ValueError("bias must be (D,)")
    centred = x - x.mean(-1, keepdim=True)
    variance = (centred * centred).mean(-1, keepdim=True)
    return gain * centred / torch.sqrt(variance + eps) + bias


class LayerNorm(nn.Module):
    def __init__(self, d_model: int) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.ones(d_model))
        self.bias = nn.Parameter(torch.zeros(d_model))

    def forward(self, x: Tensor) -> Tensor:
        return layer_norm(x, self.gain, self.bias)


def _check_layer(dropout: float, norm: str) -> None:
    if norm not in NORMS:
        raise ValueError("norm must be post or pre")
    if not 0 <= dropout <= 1:
        raise ValueError("dropout must be a probability")


class EncoderLayer(nn.Module):
    def __init__(
        self,
        d_model: int,
        heads: int,
        d_ff: int,
        dropout: float = 0.0,
        norm: str = "post",
        seed: int = 0,
    ) -> None:
        super().__init__()
        _check_layer(dropout, norm)
        self.norm = norm
        self.self_attn = MultiHeadAttention(d_model, heads, 10 * seed)
        self.linear1 = _linear(d_model, d_ff, 10 * seed + 1)
        self.linear2 = _linear(d_ff, d_model, 10 * seed + 2)
        self.norm1 = LayerNorm(d_model)
        self.norm2 = LayerNorm(d_model)
        self.dropout = nn.Dropout(dropout)

    def _feed(self, x: Tensor) -> Tensor:
        return self.linear2(torch.relu(self.linear1(x)))

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        if self.norm == "pre":
            read = self.norm1(x)
            x = x + self.dropout(self.self_attn(read, read, read, mask)[0])
            return x + self.dropout(self._feed(self.norm2(x)))
        x = self.norm1(x + self.dropout(self.self_attn(x, x, x, mask)[0]))
        return self.norm2(x + self.dropout(self._feed(x)))


class DecoderLayer(nn.Module):
    def __init__(
        self,
        d_model: int,
        heads: int,
        d_ff: int,
        dropout: float = 0.0,
        norm: str = "post",
        seed: int = 0,
    ) -> None:
        super().__init__()
        _check_layer(dropout, norm)
        self.norm = norm
        self.self_attn = MultiHeadAttention(d_model, heads, 10 * seed)
        self.cross_attn = MultiHeadAttention(d_model, heads, 10 * seed + 3)
        self.linear1 = _linear(d_model, d_ff, 10 * seed + 1)
        self.linear2 = _linear(d_ff, d_model, 10 * seed + 2)
        self.norm1 = LayerNorm(d_model)
        self.norm2 = LayerNorm(d_model)
        self.norm3 = LayerNorm(d_model)
        self.dropout = nn.Dropout(dropout)

    def _feed(self, x: Tensor) -> Tensor:
        return self.linear2(torch.relu(self.linear1(x)))

    def forward(
        self,
        x: Tensor,
        memory: Tensor,
        self_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
    ) -> Tensor:
        if self.norm == "pre":
            read = self.norm1(x)
            x = x + self.dropout(self.self_attn(read, read, read, self_mask)[0])
            read = self.norm2(x)
            x = x + self.dropout(self.cross_attn(read, memory, memory, memory_mask)[0])
            return x + self.dropout(self._feed(self.norm3(x)))
        x = self.norm1(x + self.dropout(self.self_attn(x, x, x, self_mask)[0]))
        x = self.norm2(x + self.dropout(self.cross_attn(x, memory, memory, memory_mask)[0]))
        return self.norm3(x + self.dropout(self._feed(x)))


class Transformer(nn.Module):
    """The state of decoding is a tuple (memory, source mask, ids so far)."""

    def __init__(
        self,
        src_vocab: int,
        tgt_vocab: int,
        d_model: int = 512,
        heads: int = 8,
        layers: int = 6,
        d_ff: int = 2048,
        dropout: float = 0.1,
        max_len: int = 512,
        tie: bool = False,
        norm: str = "post",
        seed: int = 0,
    ) -> None:
        super().__init__()
        _check_layer(dropout, norm)
        self.d_model = d_model
        self.max_len = max_len
        self.src_vocab = src_vocab
        self.tgt_vocab = tgt_vocab
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.src_embedding = nn.Embedding(src_vocab, d_model)
            self.tgt_embedding = nn.Embedding(tgt_vocab, d_model)
            nn.init.normal_(self.src_embedding.weight, std=d_model**-0.5)
            nn.init.normal_(self.tgt_embedding.weight, std=d_model**-0.5)
        self.register_buffer("positions", positional_encoding(max_len, d_model), persistent=False)
        first = 1_000 * (seed + 1)
        self.encoder_layers = nn.ModuleList()
        self.decoder_layers = nn.ModuleList()
        for number in range(layers):
            own = first + 2 * number
            self.encoder_layers.append(EncoderLayer(d_model, heads, d_ff, dropout, norm, own))
            self.decoder_layers.append(DecoderLayer(d_model, heads, d_ff, dropout, norm, own + 1))
        self.encoder_norm = LayerNorm(d_model) if norm == "pre" else nn.Identity()
        self.decoder_norm = LayerNorm(d_model) if norm == "pre" else nn.Identity()
        self.output = _linear(d_model, tgt_vocab, first - 1)
        if tie:
            self.output.weight = self.tgt_embedding.weight
        self.dropout = nn.Dropout(dropout)

    def _read(self, name: str, ids: Tensor, table: nn.Embedding) -> Tensor:
        if ids.dim() != 2 or ids.shape[1] > self.max_len:
            raise ValueError(f"{name} must be (B, length) with at most max_len ids")
        if ids.numel() > 0 and (int(ids.min()) < 0 or int(ids.max()) >= table.num_embeddings):
            raise ValueError(f"{name} must hold ids of the vocabulary")
        x = table(ids) * math.sqrt(self.d_model)
        return self.dropout(x + self.positions[: ids.shape[1]].to(x.dtype))

    def encode(self, src: Tensor, src_mask: Tensor) -> Tensor:
        x = self._read("src", src, self.src_embedding)
        for layer in self.encoder_layers:
            x = layer(x, src_mask.unsqueeze(1))
        return self.encoder_norm(x)

    def decode(self, tgt: Tensor, memory: Tensor, src_mask: Tensor) -> Tensor:
        x = self._read("tgt", tgt, self.tgt_embedding)
        ahead = causal_mask(tgt.shape[1]).to(tgt.device)
        for layer in self.decoder_layers:
            x = layer(x, memory, ahead, src_mask.unsqueeze(1))
        return self.output(self.decoder_norm(x))

    def forward(self, src: Tensor, src_lengths: Tensor, tgt: Tensor) -> Tensor:
        if len(src) != len(tgt):
            raise ValueError("src and tgt must have one B")
        mask = padding_mask(src_lengths, src.shape[1])
        return self.decode(tgt, self.encode(src, mask), mask)

    def begin(self, src: Tensor, src_lengths: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        mask = padding_mask(src_lengths, src.shape[1])
        return self.encode(src, mask), mask, src[:, :0]

    def advance(
        self, tokens: Tensor, state: tuple[Tensor, Tensor, Tensor]
    ) -> tuple[Tensor, tuple[Tensor, Tensor, Tensor]]:
        memory, mask, before = state
        so_far = torch.cat([before, tokens.unsqueeze(1)], 1)
        logits = self.decode(so_far, memory, mask)[:, -1]
        return logits.log_softmax(1), (memory, mask, so_far)

    def select(
        self, state: tuple[Tensor, Tensor, Tensor], indices: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        memory, mask, so_far = state
        return memory[indices], mask[indices], so_far[indices]
