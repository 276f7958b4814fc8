from __future__ import annotations

import torch
from torch import Tensor, nn

from .attention import masked_softmax


def positional_encoding(length: int, d_model: int) -> Tensor:
    if d_model % 2 or d_model < 1:
        raise ValueError("d_model is odd")
    rates = torch.logspace(0, -4, d_model // 2 + 1, dtype=torch.float64)[:-1]
    angles = torch.outer(torch.arange(length, dtype=torch.float64), rates)
    return torch.stack([angles.sin(), angles.cos()], -1).flatten(1).float()


def padding_mask(lengths: Tensor, max_len: int) -> Tensor:
    if ((lengths < 0) | (lengths > max_len)).any():
        raise ValueError("lengths do not fit max_len")
    return lengths[:, None] > torch.arange(max_len, device=lengths.device)


def causal_mask(T: int) -> Tensor:
    return torch.ones(T, T, dtype=torch.bool).tril()


def scaled_dot_product_attention(
    q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    if q.shape[-1] != k.shape[-1] or k.shape[-2] != v.shape[-2]:
        raise ValueError("q, k and v do not fit")
    scores = torch.einsum("...td,...sd->...ts", q * q.shape[-1] ** -0.5, k)
    weights = masked_softmax(scores, mask)
    return torch.einsum("...ts,...se->...te", weights, v), weights


def _linear(inputs: int, outputs: int, generator: torch.Generator, bias: bool = True) -> nn.Linear:
    layer = nn.utils.skip_init(nn.Linear, inputs, outputs, bias=bias)
    nn.init.normal_(layer.weight, std=(2 / (inputs + outputs)) ** 0.5, generator=generator)
    if bias:
        nn.init.zeros_(layer.bias)
    return layer


class Noise(nn.Module):
    """Dropout with a generator of its own."""

    def __init__(self, p: float, seed: int) -> None:
        super().__init__()
        if not 0 <= p <= 1:
            raise ValueError("dropout lies outside of [0, 1]")
        self.p = p
        self.generator = torch.Generator().manual_seed(seed)

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or self.p == 0:
            return x
        keep = torch.rand(x.shape, generator=self.generator).to(x.device) >= self.p
        return torch.where(keep, x / max(1 - self.p, 1e-9), 0)


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model: int, heads: int, seed: int = 0) -> None:
        super().__init__()
        if heads < 1 or d_model % heads:
            raise ValueError("heads does not divide d_model")
        self.heads = heads
        generator = torch.Generator().manual_seed(seed)
        for name in ("out_proj", "v_proj", "k_proj", "q_proj"):
            self.add_module(name, _linear(d_model, d_model, generator))

    def split(self, projection: nn.Linear, x: Tensor, name: str) -> Tensor:
        """(B, T, D) -> (B, h, T, d)."""
        if x.dim() != 3 or x.shape[-1] != projection.in_features:
            raise ValueError(f"{name} is not (B, T, D)")
        weight = projection.weight.unflatten(0, (self.heads, -1))
        heads = torch.einsum("btc,hdc->bhtd", x, weight)
        return heads + projection.bias.view(self.heads, 1, -1)

    def look(
        self, query: Tensor, k: Tensor, v: Tensor, mask: Tensor | None
    ) -> tuple[Tensor, Tensor]:
        """The heads' keys and values are there already, (B, h, S, d)."""
        q = self.split(self.q_proj, query, "query")
        if mask is not None:
            mask = mask.expand(q.shape[0], q.shape[2], k.shape[2]).unsqueeze(1)
        out, weights = scaled_dot_product_attention(q, k, v, mask)
        weight = self.out_proj.weight.unflatten(1, (self.heads, -1))
        return torch.einsum("bhtd,chd->btc", out, weight) + self.out_proj.bias, weights

    def forward(
        self, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        k = self.split(self.k_proj, key, "key")
        v = self.split(self.v_proj, value, "value")
        return self.look(query, k, v, mask)


def layer_norm(x: Tensor, gain: Tensor, bias: Tensor, eps: float = 1e-5) -> Tensor:
    if gain.shape != x.shape[-1:] or bias.shape != x.shape[-1:]:
        raise ValueError("gain or bias does not fit x")
    variance, mean = torch.var_mean(x, -1, correction=0, keepdim=True)
    return torch.addcmul(bias, (x - mean) * (variance + eps).rsqrt(), gain)


class LayerNorm(nn.Module):
    def __init__(self, d_model: int) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.ones(d_model))
        self.bias = nn.Parameter(torch.zeros(d_model))

    def forward(self, x: Tensor) -> Tensor:
        return layer_norm(x, self.gain, self.bias)


class _Layer(nn.Module):
    """A layer is a list of sublayers, each with its norm."""

    ATTENTIONS: tuple[str, ...] = ()

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
        if norm not in {"post", "pre"}:
            raise ValueError(f"norm {norm!r} is unknown")
        self.norm = norm
        generator = torch.Generator().manual_seed(seed)
        own = torch.randint(2**62, (3,), generator=generator).tolist()
        for name, number in zip(self.ATTENTIONS, own, strict=False):
            self.add_module(name, MultiHeadAttention(d_model, heads, seed=number))
        self.linear1 = _linear(d_model, d_ff, generator)
        self.linear2 = _linear(d_ff, d_model, generator)
        for number in range(len(self.ATTENTIONS) + 1):
            self.add_module(f"norm{number + 1}", LayerNorm(d_model))
        self.noise = Noise(dropout, own[-1])

    def enter(self, norm: LayerNorm, x: Tensor) -> Tensor:
        return norm(x) if self.norm == "pre" else x

    def leave(self, norm: LayerNorm, x: Tensor, change: Tensor) -> Tensor:
        x = x + self.noise(change)
        return x if self.norm == "pre" else norm(x)

    def feed(self, norm: LayerNorm, x: Tensor) -> Tensor:
        inner = self.linear1(self.enter(norm, x)).clamp(min=0)
        return self.leave(norm, x, self.linear2(inner))


class EncoderLayer(_Layer):
    ATTENTIONS = ("self_attn",)

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        read = self.enter(self.norm1, x)
        x = self.leave(self.norm1, x, self.self_attn(read, read, read, mask)[0])
        return self.feed(self.norm2, x)


class DecoderLayer(_Layer):
    ATTENTIONS = ("self_attn", "cross_attn")

    def forward(
        self,
        x: Tensor,
        memory: Tensor,
        self_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
    ) -> Tensor:
        read = self.enter(self.norm1, x)
        own = self.own_pairs(read)
        x = self.leave(self.norm1, x, self.self_attn.look(read, *own, self_mask)[0])
        return self.rest(x, self.pairs(memory), memory_mask)

    def own_pairs(self, read: Tensor) -> tuple[Tensor, Tensor]:
        """Keys and values of what the self-attention reads."""
        attention = self.self_attn
        return (
            attention.split(attention.k_proj, read, "x"),
            attention.split(attention.v_proj, read, "x"),
        )

    def pairs(self, memory: Tensor) -> tuple[Tensor, Tensor]:
        """Keys and values of the memory."""
        attention = self.cross_attn
        return (
            attention.split(attention.k_proj, memory, "memory"),
            attention.split(attention.v_proj, memory, "memory"),
        )

    def rest(self, x: Tensor, pairs: tuple[Tensor, Tensor], mask: Tensor | None) -> Tensor:
        read = self.enter(self.norm2, x)
        x = self.leave(self.norm2, x, self.cross_attn.look(read, *pairs, mask)[0])
        return self.feed(self.norm3, x)


class Transformer(nn.Module):
    """In decoding the state is a list of tensors, all with the sentences on their first axis.

    The source's mask, then for each layer keys and values of the memory and of the ids so far.
    """

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
        generator = torch.Generator().manual_seed(seed)
        own = torch.randint(2**62, (2 * layers + 1,), generator=generator).tolist()
        self.d_model, self.max_len = d_model, max_len
        scale = d_model**-0.5
        self.src_table = nn.Parameter(torch.randn(src_vocab, d_model, generator=generator) * scale)
        self.tgt_table = nn.Parameter(torch.randn(tgt_vocab, d_model, generator=generator) * scale)
        self.positions = positional_encoding(max_len, d_model)
        options = {"dropout": dropout, "norm": norm}
        self.encoder = nn.ModuleList(
            EncoderLayer(d_model, heads, d_ff, seed=own[number], **options)
            for number in range(layers)
        )
        self.decoder = nn.ModuleList(
            DecoderLayer(d_model, heads, d_ff, seed=own[layers + number], **options)
            for number in range(layers)
        )
        self.src_norm, self.tgt_norm = LayerNorm(d_model), LayerNorm(d_model)
        self.out = _linear(d_model, tgt_vocab, generator, bias=False)
        if tie:
            self.out.weight = self.tgt_table
        self.noise = Noise(dropout, own[-1])

    def _embed(self, name: str, ids: Tensor, table: Tensor, begin: int = 0) -> Tensor:
        if begin + ids.shape[1] > self.max_len:
            raise ValueError(f"{name} is longer than max_len")
        if ((ids < 0) | (ids >= len(table))).any():
            raise ValueError(f"{name} holds an id outside of the vocabulary")
        places = self.positions[begin : begin + ids.shape[1]].to(table)
        return self.noise(torch.add(places, table[ids], alpha=self.d_model**0.5))

    def encode(self, src: Tensor, src_mask: Tensor) -> Tensor:
        if src_mask.shape != src.shape:
            raise ValueError("src_mask does not fit src")
        x = self._embed("src", src, self.src_table)
        for layer in self.encoder:
            x = layer(x, src_mask[:, None])
        return self.src_norm(x)

    def decode(self, tgt: Tensor, memory: Tensor, src_mask: Tensor) -> Tensor:
        x = self._embed("tgt", tgt, self.tgt_table)
        causal = causal_mask(tgt.shape[1]).to(tgt.device)
        for layer in self.decoder:
            x = layer(x, memory, causal, src_mask[:, None])
        return self.out(self.tgt_norm(x))

    def forward(self, src: Tensor, src_lengths: Tensor, tgt: Tensor) -> Tensor:
        if tgt.shape[0] != src.shape[0]:
            raise ValueError("tgt and src differ in B")
        mask = padding_mask(src_lengths, src.shape[1])
        return self.decode(tgt, self.encode(src, mask), mask)

    def begin(self, src: Tensor, src_lengths: Tensor) -> list[Tensor]:
        mask = padding_mask(src_lengths, src.shape[1])
        memory = self.encode(src, mask)
        state = [mask]
        for layer in self.decoder:
            k, v = layer.pairs(memory)
            state += [k, v, k[:, :, :0], v[:, :, :0]]
        return state

    def advance(self, tokens: Tensor, state: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
        mask, *cached = state
        place = cached[2].shape[2] if cached else 0
        x = self._embed("tokens", tokens[:, None], self.tgt_table, place)
        state = [mask]
        for number, layer in enumerate(self.decoder):
            memory_k, memory_v, k, v = cached[4 * number : 4 * number + 4]
            read = layer.enter(layer.norm1, x)
            new_k, new_v = layer.own_pairs(read)
            k, v = torch.cat([k, new_k], 2), torch.cat([v, new_v], 2)
            x = layer.leave(layer.norm1, x, layer.self_attn.look(read, k, v, None)[0])
            x = layer.rest(x, (memory_k, memory_v), mask[:, None])
            state += [memory_k, memory_v, k, v]
        return self.out(self.tgt_norm(x)).squeeze(1).log_softmax(-1), state

    def select(self, state: list[Tensor], indices: Tensor) -> list[Tensor]:
        return [part.index_select(0, indices) for part in state]
