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

### BEGIN SOLUTION
DecoderState = tuple[Tensor, Tensor]  # hidden state (B, H) and last attentional vector (B, H)


def _draw(module: nn.Module, seed: int) -> None:
    """Redraw all weights from `seed` alone: the constructors of nn draw from the global generator."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in module.parameters():
            bound = parameter.shape[-1] ** -0.5
            parameter.uniform_(-bound, bound, generator=generator)
### END SOLUTION


class Encoder(nn.Module):
    """A bidirectional GRU over the embedded source; each direction has hidden / 2 units.

    The same seed gives the same weights, whatever the state of the global generators.
    Raises ValueError naming hidden if it is odd.
    """

    def __init__(self, vocab: int, embed: int, hidden: int, seed: int = 0) -> None:
        ### BEGIN SOLUTION
        super().__init__()
        if hidden % 2:
            raise ValueError("hidden must be even: each direction gets half of it")
        self.embedding = nn.Embedding(vocab, embed)
        self.gru = nn.GRU(embed, hidden // 2, batch_first=True, bidirectional=True)
        _draw(self, seed)
        ### END SOLUTION

    def forward(self, src: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """Read src (B, S) int64 with lengths (B,) int64, each at least 1, in any order.

        Returns the outputs (B, S, H), forward half first, and the final states (B, H): the forward
        half after the last real token, the backward half after the first. Padding changes neither
        (outputs after the end of a sequence may hold anything).
        """
        ### BEGIN SOLUTION
        packed = pack_padded_sequence(
            self.embedding(src), lengths.cpu(), batch_first=True, enforce_sorted=False
        )
        outputs, final = self.gru(packed)  # final (2, B, H/2)
        outputs, _ = pad_packed_sequence(outputs, batch_first=True, total_length=src.shape[1])
        return outputs, torch.cat([final[0], final[1]], dim=-1)  # (B, S, H), (B, H)
        ### END SOLUTION


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
        ### BEGIN SOLUTION
        super().__init__()
        if attention not in ATTENTIONS:
            raise ValueError(f"attention must be one of {', '.join(ATTENTIONS)}")
        self.attention, self.input_feeding = attention, input_feeding
        self.embedding = nn.Embedding(vocab, embed)
        self.gru = nn.GRUCell(embed + hidden if input_feeding else embed, hidden)
        self.bridge = nn.Linear(hidden, hidden)
        self.combine = nn.Linear(2 * hidden, hidden)
        self.out = nn.Linear(hidden, vocab)
        if attention == "general":
            self.W = nn.Parameter(torch.empty(hidden, hidden))
        if attention == "additive":
            self.Wq = nn.Parameter(torch.empty(hidden, hidden))
            self.Wk = nn.Parameter(torch.empty(hidden, hidden))
            self.v = nn.Parameter(torch.empty(hidden))
        _draw(self, seed)
        ### END SOLUTION

    def initial_state(self, final: Tensor):  # the state is the student's own
        """The state before the first step, made from the encoder's final states (B, H)."""
        ### BEGIN SOLUTION
        return torch.tanh(self.bridge(final)), torch.zeros_like(final)
        ### END SOLUTION

    def step(self, token: Tensor, state, memory: Tensor, mask: Tensor):
        """Read token (B,) int64; attend to memory (B, S, H) where mask (B, S) is True.

        Returns the logits (B, V) of the next token, the new state, and the attention weights (B, S).
        """
        ### BEGIN SOLUTION
        hidden, attentional = state  # (B, H), (B, H)
        read = self.embedding(token)  # (B, E)
        if self.input_feeding:
            read = torch.cat([read, attentional], dim=-1)  # (B, E + H)
        hidden = self.gru(read, hidden)  # (B, H)
        context, weights = attend(_scores(self, hidden, memory), memory, mask)  # (B, H), (B, S)
        attentional = torch.tanh(self.combine(torch.cat([context, hidden], dim=-1)))  # (B, H)
        return self.out(attentional), (hidden, attentional), weights
        ### END SOLUTION


### BEGIN SOLUTION
def _scores(decoder: Decoder, query: Tensor, keys: Tensor) -> Tensor:
    """By the decoder's attention: query (B, H), keys (B, S, H) -> (B, S)."""
    if decoder.attention == "dot":
        return dot_scores(query, keys)
    if decoder.attention == "general":
        return general_scores(query, keys, decoder.W)
    return additive_scores(query, keys, decoder.Wq, decoder.Wk, decoder.v)


def _read(model: Seq2Seq, src: Tensor, src_lengths: Tensor) -> tuple[DecoderState, Tensor, Tensor]:
    """The decoder's first state, the memory (B, S, H) and its mask (B, S)."""
    memory, final = model.encoder(src, src_lengths)
    positions = torch.arange(src.shape[1], device=src.device)
    mask = positions < src_lengths.to(src.device).unsqueeze(1)  # (S,) against (B, 1) -> (B, S)
    return model.decoder.initial_state(final), memory, mask
### END SOLUTION


class Seq2Seq(nn.Module):
    """An encoder and a decoder, trained together."""

    def __init__(self, encoder: Encoder, decoder: Decoder) -> None:
        ### BEGIN SOLUTION
        super().__init__()
        self.encoder, self.decoder = encoder, decoder
        ### END SOLUTION

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
        ### BEGIN SOLUTION
        if not 0 <= teacher_forcing <= 1:
            raise ValueError("teacher_forcing is a probability")
        generator = torch.Generator().manual_seed(seed)
        state, memory, mask = _read(self, src, src_lengths)
        token, logits = tgt[:, 0], []
        for t in range(tgt.shape[1] - 1):
            if t > 0:
                taught = torch.rand((), generator=generator).item() < teacher_forcing
                token = tgt[:, t] if taught else logits[-1].argmax(dim=-1)
            step, state, _ = self.decoder.step(token, state, memory, mask)
            logits.append(step)  # (B, V)
        return torch.stack(logits, dim=1)  # (B, T-1, V)
        ### END SOLUTION

    def begin(self, src: Tensor, src_lengths: Tensor):  # the state is the student's own
        """The state after the source src (B, S) with src_lengths (B,) and before the first word."""
        ### BEGIN SOLUTION
        state, memory, mask = _read(self, src, src_lengths)
        return (*state, memory, mask)
        ### END SOLUTION

    def advance(self, tokens: Tensor, state):
        """Read one word for each row: tokens (B,) -> log-probabilities (B, V) of the next, new state."""
        ### BEGIN SOLUTION
        hidden, attentional, memory, mask = state
        logits, after, _ = self.decoder.step(tokens, (hidden, attentional), memory, mask)
        return torch.log_softmax(logits, dim=-1), (*after, memory, mask)
        ### END SOLUTION

    def select(self, state, indices: Tensor):
        """The state of the rows `indices` (K,) int64, in this order; rows may be selected repeatedly."""
        ### BEGIN SOLUTION
        return tuple(part[indices] for part in state)
        ### END SOLUTION
