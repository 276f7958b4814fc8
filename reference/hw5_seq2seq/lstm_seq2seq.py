"""Bonus: translation without attention, as it began: two LSTMs, and only a state between them.

Sutskever, Vinyals & Le (2014). Everything that the decoder knows about the source is in h and c: the
bottleneck that attention opens.

Shapes:

    B  batch      S  source length      T  target length      L  layers      H  units
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence


class LSTMSeq2Seq(nn.Module):
    """An LSTM of `layers` layers reads the source from the left; its final (h, c) is the first state
    of a second LSTM, which writes. Dropout acts in training mode only, on the embeddings and
    between the layers.

    The same seed gives the same weights, whatever the state of the global generators. For decoding
    it has the same methods as `Seq2Seq`.
    """

    def __init__(
        self,
        src_vocab: int,
        tgt_vocab: int,
        embed: int,
        hidden: int,
        layers: int = 2,
        dropout: float = 0.5,
        seed: int = 0,
    ) -> None:
        ### BEGIN SOLUTION
        super().__init__()
        between = dropout if layers > 1 else 0.0
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.src_embedding = nn.Embedding(src_vocab, embed)
            self.tgt_embedding = nn.Embedding(tgt_vocab, embed)
            self.encoder = nn.LSTM(embed, hidden, layers, dropout=between)
            self.decoder = nn.LSTM(embed, hidden, layers, dropout=between)
            self.out = nn.Linear(hidden, tgt_vocab)
        self.dropout = nn.Dropout(dropout)
        ### END SOLUTION

    def encode(self, src: Tensor, src_lengths: Tensor) -> tuple[Tensor, Tensor]:
        """The state (h, c), each (L, B, H), after the last real word of src (B, S), src_lengths (B,)."""
        ### BEGIN SOLUTION
        read = self.dropout(self.src_embedding(src)).transpose(0, 1)  # (S, B, E)
        packed = pack_padded_sequence(read, src_lengths.cpu(), enforce_sorted=False)
        _, (h, c) = self.encoder(packed)
        return h, c
        ### END SOLUTION

    def forward(
        self,
        src: Tensor,
        src_lengths: Tensor,
        tgt: Tensor,
        teacher_forcing: float = 1.0,
        seed: int = 0,
    ) -> Tensor:
        """Logits (B, T-1, V) for src (B, S), src_lengths (B,), tgt (B, T). Which word each position
        reads is decided as in `Seq2Seq.forward`.

        Raises ValueError naming teacher_forcing outside [0, 1].
        """
        ### BEGIN SOLUTION
        if not 0 <= teacher_forcing <= 1:
            raise ValueError("teacher_forcing is a probability")
        generator = torch.Generator().manual_seed(seed)
        state, token, logits = self.encode(src, src_lengths), tgt[:, 0], []
        for t in range(tgt.shape[1] - 1):
            if t > 0:
                taught = torch.rand((), generator=generator).item() < teacher_forcing
                token = tgt[:, t] if taught else logits[-1].argmax(dim=-1)
            step, state = _step(self, token, state)
            logits.append(step)  # (B, V)
        return torch.stack(logits, dim=1)  # (B, T-1, V)
        ### END SOLUTION

    def begin(self, src: Tensor, src_lengths: Tensor):  # the state is the student's own
        """The state after the source and before the first word."""
        ### BEGIN SOLUTION
        return self.encode(src, src_lengths)
        ### END SOLUTION

    def advance(self, tokens: Tensor, state):
        """Read one word for each row: tokens (B,) -> log-probabilities (B, V) of the next, new state."""
        ### BEGIN SOLUTION
        logits, state = _step(self, tokens, state)
        return torch.log_softmax(logits, dim=-1), state
        ### END SOLUTION

    def select(self, state, indices: Tensor):
        """The state of the rows `indices` (K,) int64, in this order; rows may be selected repeatedly."""
        ### BEGIN SOLUTION
        h, c = state
        return h[:, indices], c[:, indices]
        ### END SOLUTION


### BEGIN SOLUTION
State = tuple[Tensor, Tensor]  # h and c, each (L, B, H)


def _step(model: LSTMSeq2Seq, token: Tensor, state: State) -> tuple[Tensor, State]:
    """Logits (B, V) of the word after token (B,), and the state after it."""
    read = model.dropout(model.tgt_embedding(token)).unsqueeze(0)  # (1, B, E)
    output, state = model.decoder(read, state)  # (1, B, H)
    return model.out(output[0]), state
### END SOLUTION
