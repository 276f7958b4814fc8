"""Translation by two recurrent networks: one reads; one writes and attends to what was read.

Encoder and decoder: Bahdanau, Cho & Bengio (2015), with GRUs (Cho et al. 2014). Attentional vector,
dot and general scores and input feeding: Luong, Pham & Manning (2015), sections 3.1 and 3.3:

    s_t = GRU([E y_t ; a_(t-1)], s_(t-1))      the input is E y_t alone without input feeding
    c_t = attention(s_t, memory)
    a_t = tanh(W [c_t ; s_t])                  logits = V a_t

Shapes:

    B  batch      S  source length      T  target length      E  embedding      H  hidden

`Seq2Seq` and `Transformer` share a protocol for decoding, word by word:

    begin(src, src_lengths)     -> state
    advance(tokens, state)      -> log-probabilities (B, V) of the next word, state
    select(state, indices)      -> state: rows in another order, or repeated
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from .attention import additive_scores, attend, dot_scores, general_scores

ATTENTIONS = ("dot", "general", "additive")


class Encoder(nn.Module):
    """A bidirectional GRU over the embedded source; each direction has hidden / 2 units.

    The same seed gives the same weights, whatever the state of the global generators.
    Raises ValueError naming hidden if it is odd.
    """

    def __init__(self, vocab: int, embed: int, hidden: int, seed: int = 0) -> None:
        # YOUR CODE HERE
        raise NotImplementedError()

    def forward(self, src: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """Read src (B, S) int64 with lengths (B,) int64, each at least 1, in any order.

        Returns the outputs (B, S, H), forward half first, and the final states (B, H): the forward
        half after the last real token, the backward half after the first. Padding changes neither
        (outputs after the end of a sequence may hold anything).
        """
        # YOUR CODE HERE
        raise NotImplementedError()


class Decoder(nn.Module):
    """A GRU that attends to the encoder's outputs after each step.

    attention: "dot" (query and keys are compared as they are), "general" or "additive".
    With input feeding the attentional vector of the last step joins the next input (at the first
    step: zeros); without it the GRU reads the token's embedding alone. The form of the state is up
    to you.
    The same seed gives the same weights, whatever the state of the global generators.
    Raises ValueError naming attention for any other value.
    """

    def __init__(
        self,
        vocab: int,
        embed: int,
        hidden: int,
        attention: str = "dot",
        input_feeding: bool = True,
        seed: int = 0,
    ) -> None:
        # YOUR CODE HERE
        raise NotImplementedError()

    def initial_state(self, final: Tensor):  # the state is the student's own
        """The state before the first step, made from the encoder's final states (B, H)."""
        # YOUR CODE HERE
        raise NotImplementedError()

    def step(self, token: Tensor, state, memory: Tensor, mask: Tensor):
        """Read token (B,) int64; attend to memory (B, S, H) where mask (B, S) is True.

        Returns the logits (B, V) of the next token, the new state, and the attention weights (B, S).
        """
        # YOUR CODE HERE
        raise NotImplementedError()


class Seq2Seq(nn.Module):
    """An encoder and a decoder, trained together."""

    def __init__(self, encoder: Encoder, decoder: Decoder) -> None:
        # YOUR CODE HERE
        raise NotImplementedError()

    def forward(
        self,
        src: Tensor,
        src_lengths: Tensor,
        tgt: Tensor,
        teacher_forcing: float = 1.0,
        seed: int = 0,
    ) -> Tensor:
        """Logits (B, T-1, V) for src (B, S), src_lengths (B,), tgt (B, T), which begins with bos.

        The logits at position t predict the word at t + 1. Position 0 reads tgt[:, 0]; a later one
        reads tgt[:, t] with probability teacher_forcing, else the decoder's own last argmax: one
        draw from `seed` for each step, the same for the whole batch.

        Raises ValueError naming teacher_forcing outside [0, 1].
        """
        # YOUR CODE HERE
        raise NotImplementedError()

    def begin(self, src: Tensor, src_lengths: Tensor):  # the state is the student's own
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
