"""A `Transformer` that reads each word once: what the training program translates with.

`Transformer.advance` decodes the whole beginning again for every new word. A word's keys and values
never change, because no position sees a later one: here they are kept, and a step projects the new
word alone. What it attends to in the source is projected once, by `begin`.

Shapes:

    R  rows: hypotheses that are searched      S  source length      t  words read so far
    D  d_model    h  heads    d = D / h  width of a head    V  words
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from .transformer import (
    DecoderLayer,
    MultiHeadAttention,
    Transformer,
    _add,
    _feed,
    _split,
    padding_mask,
    scaled_dot_product_attention,
)

Pair = tuple[Tensor, Tensor]  # keys and values of a layer, each (R, h, L, d)


@dataclass(frozen=True)
class State:
    """What every row has read, as each layer of the decoder sees it."""

    src_mask: Tensor  # bool (R, 1, 1, S): the same for all heads
    source: list[Pair]  # L = S
    past: list[Pair]  # L = t
    read: int  # t


class Cached:
    """The protocol of seq2seq.py over a Transformer's weights: `advance` gives the same numbers."""

    def __init__(self, model: Transformer) -> None:
        self._model = model

    def begin(self, src: Tensor, src_lengths: Tensor) -> State:
        """The state after the source src (R, S) with src_lengths (R,) and before the first word."""
        mask = padding_mask(src_lengths, src.shape[1])
        memory = self._model.encode(src, mask)  # (R, S, D)
        source = [_keys_and_values(layer.cross_attn, memory) for layer in self._model.decoder]
        past = [(keys[:, :, :0], values[:, :, :0]) for keys, values in source]
        return State(mask[:, None, None], source, past, 0)

    def advance(self, tokens: Tensor, state: State) -> tuple[Tensor, State]:
        """Read one word for each row: tokens (R,) -> log-probabilities (R, V) of the next, new state."""
        model, past = self._model, []
        embedding = model.tgt_embedding
        x = embedding(tokens) * math.sqrt(embedding.embedding_dim) + model.positions[state.read]
        x = model.dropout(x).unsqueeze(1)  # (R, 1, D)
        for layer, source, before in zip(model.decoder, state.source, state.past, strict=True):
            x, now = _read(layer, x, before, source, state.src_mask)
            past.append(now)
        logits = model.out(model.decoder_norm(x[:, 0]))  # (R, V)
        after = State(state.src_mask, state.source, past, state.read + 1)
        return torch.log_softmax(logits, dim=-1), after

    def select(self, state: State, indices: Tensor) -> State:
        """The state of the rows `indices` (K,) int64, in this order; rows may be selected repeatedly."""
        source, past = (
            [(keys[indices], values[indices]) for keys, values in pairs]
            for pairs in (state.source, state.past)
        )
        return State(state.src_mask[indices], source, past, state.read)


def _read(
    layer: DecoderLayer, x: Tensor, past: Pair, source: Pair, src_mask: Tensor
) -> tuple[Tensor, Pair]:
    """`DecoderLayer.forward` for one new position x (R, 1, D), and the past with it."""

    def look_back(y: Tensor) -> Tensor:
        nonlocal past
        keys, values = _keys_and_values(layer.self_attn, y)  # (R, h, 1, d)
        past = torch.cat([past[0], keys], dim=2), torch.cat([past[1], values], dim=2)
        # no mask: nothing that is kept is later than this position
        return _attend(layer.self_attn, y, past, None)

    x = _add(layer, layer.norm1, x, look_back)
    x = _add(layer, layer.norm2, x, lambda y: _attend(layer.cross_attn, y, source, src_mask))
    return _add(layer, layer.norm3, x, lambda y: _feed(layer, y)), past


def _keys_and_values(attention: MultiHeadAttention, x: Tensor) -> Pair:
    """(R, L, D) -> two of (R, h, L, d)."""
    heads = attention.heads
    return _split(attention.k_proj(x), heads), _split(attention.v_proj(x), heads)


def _attend(
    attention: MultiHeadAttention, query: Tensor, pair: Pair, mask: Tensor | None
) -> Tensor:
    """`MultiHeadAttention.forward` over keys and values that are projected already."""
    q = _split(attention.q_proj(query), attention.heads)  # (R, h, 1, d)
    mixed, _ = scaled_dot_product_attention(q, *pair, mask)
    return attention.out_proj(mixed.transpose(1, 2).flatten(2))  # (R, 1, D)
