"""A GRU reads, a GRU writes; the state is a tuple."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from .attention import additive_scores, attend, dot_scores, general_scores


def _fill(module: nn.Module, seed: int) -> None:
    """Glorot's uniform for matrices, zeros for vectors."""
    generator = torch.Generator().manual_seed(seed)
    for parameter in module.parameters():
        if parameter.ndim == 2:
            nn.init.xavier_uniform_(parameter, generator=generator)
        else:
            nn.init.zeros_(parameter)


class Encoder(nn.Module):
    def __init__(self, vocab: int, embed: int, hidden: int, seed: int = 0) -> None:
        super().__init__()
        if hidden % 2:
            raise ValueError(f"hidden = {hidden} is odd")
        self.words = nn.Embedding(vocab, embed)
        self.rnn = nn.GRU(embed, hidden // 2, batch_first=True, bidirectional=True)
        _fill(self, seed)
        nn.init.normal_(self.words.weight, generator=torch.Generator().manual_seed(seed + 1))

    def forward(self, src: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        packed = pack_padded_sequence(
            self.words(src), lengths.cpu(), batch_first=True, enforce_sorted=False
        )
        states, last = self.rnn(packed)
        outputs, _ = pad_packed_sequence(states, batch_first=True, total_length=src.shape[1])
        return outputs, last.transpose(0, 1).flatten(1)


class Decoder(nn.Module):
    def __init__(
        self,
        vocab: int,
        embed: int,
        hidden: int,
        attention: str = "dot",
        input_feeding: bool = True,
        seed: int = 0,
    ) -> None:
        super().__init__()
        if attention not in {"dot", "general", "additive"}:
            raise ValueError(f"attention must be dot, general or additive, not {attention}")
        self.kind, self.input_feeding, self.width = attention, input_feeding, hidden
        self.words = nn.Embedding(vocab, embed)
        self.cell = nn.GRUCell(embed + hidden * input_feeding, hidden)
        if attention == "general":
            self.W = nn.Parameter(torch.empty(hidden, hidden))
        if attention == "additive":
            self.Wq = nn.Parameter(torch.empty(hidden, hidden))
            self.Wk = nn.Parameter(torch.empty(hidden, hidden))
            self.v = nn.Parameter(torch.empty(1, hidden))
        self.mix = nn.Linear(2 * hidden, hidden, bias=False)
        self.out = nn.Linear(hidden, vocab)
        _fill(self, seed)
        nn.init.normal_(self.words.weight, generator=torch.Generator().manual_seed(seed + 1))

    def initial_state(self, final: Tensor) -> tuple[Tensor, Tensor]:
        return final, torch.zeros_like(final)

    def _scores(self, query: Tensor, memory: Tensor) -> Tensor:
        if self.kind == "general":
            return general_scores(query, memory, self.W)
        if self.kind == "additive":
            return additive_scores(query, memory, self.Wq, self.Wk, self.v[0])
        return dot_scores(query, memory)

    def step(self, token, state, memory, mask):
        hidden, fed = state
        words = self.words(token)
        hidden = self.cell(torch.cat((words, fed), -1) if self.input_feeding else words, hidden)
        context, weights = attend(self._scores(hidden, memory), memory, mask)
        fed = self.mix(torch.cat((context, hidden), -1)).tanh()
        return self.out(fed), (hidden, fed), weights


class Seq2Seq(nn.Module):
    def __init__(self, encoder: Encoder, decoder: Decoder) -> None:
        super().__init__()
        self.encoder, self.decoder = encoder, decoder

    def begin(self, src, src_lengths):
        memory, final = self.encoder(src, src_lengths)
        mask = torch.arange(src.shape[1], device=src.device) < src_lengths[:, None]
        return (memory, mask, *self.decoder.initial_state(final))

    def advance(self, tokens, state):
        logits, state = self._step(tokens, state)
        return logits.log_softmax(-1), state

    def select(self, state, indices):
        return tuple(part.index_select(0, indices) for part in state)

    def _step(self, tokens, state):
        memory, mask, *inner = state
        logits, inner, _ = self.decoder.step(tokens, tuple(inner), memory, mask)
        return logits, (memory, mask, *inner)

    def forward(self, src, src_lengths, tgt, teacher_forcing: float = 1.0, seed: int = 0):
        if not 0.0 <= teacher_forcing <= 1.0:
            raise ValueError(f"teacher_forcing = {teacher_forcing} is no probability")
        steps = tgt.shape[1] - 1
        told = torch.rand(steps, generator=torch.Generator().manual_seed(seed)) < teacher_forcing
        state, token, logits = self.begin(src, src_lengths), tgt[:, 0], []
        for t in range(steps):
            if t:
                token = tgt[:, t] if told[t] else logits[-1].argmax(-1)
            row, state = self._step(token, state)
            logits.append(row)
        return torch.stack(logits, dim=1)
