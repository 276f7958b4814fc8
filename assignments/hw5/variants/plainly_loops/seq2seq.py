from __future__ import annotations

import torch
from torch import Tensor, nn

from .attention import additive_scores, attend, dot_scores, general_scores

ATTENTIONS = ("dot", "general", "additive")


def _check_ids(name: str, ids: Tensor, vocab: int) -> None:
    if ids.numel() > 0 and (int(ids.min()) < 0 or int(ids.max()) >= vocab):
        raise ValueError(f"{name} must hold ids below the size of the vocabulary")


def _mask(lengths: Tensor, length: int) -> Tensor:
    rows = [[place < int(end) for place in range(length)] for end in lengths]
    return torch.tensor(rows, device=lengths.device)


class Encoder(nn.Module):
    def __init__(self, vocab: int, embed: int, hidden: int, seed: int = 0) -> None:
        super().__init__()
        if hidden < 2 or hidden % 2 == 1:
            raise ValueError("hidden must be even")
        self.vocab = vocab
        self.half = hidden // 2
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.embedding = nn.Embedding(vocab, embed)
            self.forward_cell = nn.GRUCell(embed, self.half)
            self.backward_cell = nn.GRUCell(embed, self.half)

    def forward(self, src: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        if src.dim() != 2 or src.numel() == 0:
            raise ValueError("src must be (B, S), not empty")
        if lengths.shape != (len(src),) or int(lengths.min()) < 1:
            raise ValueError("lengths must be B numbers from 1 on")
        if int(lengths.max()) > src.shape[1]:
            raise ValueError("lengths must not be above S")
        _check_ids("src", src, self.vocab)
        words = self.embedding(src)
        inside = _mask(lengths, src.shape[1])
        h = words.new_zeros(len(src), self.half)
        ahead, back = [], []
        for place in range(src.shape[1]):
            here = inside[:, place, None]
            h = torch.where(here, self.forward_cell(words[:, place], h), h)
            ahead.append(torch.where(here, h, torch.zeros_like(h)))
        last = h
        h = torch.zeros_like(h)
        for place in reversed(range(src.shape[1])):
            here = inside[:, place, None]
            h = torch.where(here, self.backward_cell(words[:, place], h), h)
            back.insert(0, torch.where(here, h, torch.zeros_like(h)))
        outputs = [torch.cat(both, 1) for both in zip(ahead, back, strict=True)]
        return torch.stack(outputs, 1), torch.cat([last, h], 1)


class Decoder(nn.Module):
    """The state is a tuple (hidden, attentional vector)."""

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
        if attention not in ATTENTIONS:
            raise ValueError("attention must be dot, general or additive")
        self.vocab = vocab
        self.attention = attention
        self.input_feeding = input_feeding
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.embedding = nn.Embedding(vocab, embed)
            self.cell = nn.GRUCell(embed + (hidden if input_feeding else 0), hidden)
            self.join = nn.Linear(2 * hidden, hidden)
            self.output = nn.Linear(hidden, vocab)
            bound = hidden**-0.5
            if attention == "general":
                self.W = nn.Parameter(torch.empty(hidden, hidden).uniform_(-bound, bound))
            if attention == "additive":
                self.Wq = nn.Parameter(torch.empty(hidden, hidden).uniform_(-bound, bound))
                self.Wk = nn.Parameter(torch.empty(hidden, hidden).uniform_(-bound, bound))
                self.v = nn.Parameter(torch.empty(hidden).uniform_(-bound, bound))

    def initial_state(self, final: Tensor) -> tuple[Tensor, Tensor]:
        return final, torch.zeros_like(final)

    def _scores(self, query: Tensor, keys: Tensor) -> Tensor:
        if self.attention == "general":
            return general_scores(query, keys, self.W)
        if self.attention == "additive":
            return additive_scores(query, keys, self.Wq, self.Wk, self.v)
        return dot_scores(query, keys)

    def step(
        self, token: Tensor, state: tuple[Tensor, Tensor], memory: Tensor, mask: Tensor
    ) -> tuple[Tensor, tuple[Tensor, Tensor], Tensor]:
        _check_ids("token", token, self.vocab)
        hidden, attentional = state
        read = self.embedding(token)
        if self.input_feeding:
            read = torch.cat([read, attentional], 1)
        hidden = self.cell(read, hidden)
        context, weights = attend(self._scores(hidden, memory), memory, mask)
        attentional = torch.tanh(self.join(torch.cat([context, hidden], 1)))
        return self.output(attentional), (hidden, attentional), weights


class Seq2Seq(nn.Module):
    def __init__(self, encoder: Encoder, decoder: Decoder) -> None:
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder

    def forward(
        self,
        src: Tensor,
        src_lengths: Tensor,
        tgt: Tensor,
        teacher_forcing: float = 1.0,
        seed: int = 0,
    ) -> Tensor:
        if not 0 <= teacher_forcing <= 1:
            raise ValueError("teacher_forcing must be a probability")
        if tgt.dim() != 2 or len(tgt) != len(src) or tgt.shape[1] < 2:
            raise ValueError("tgt must be (B, T) with the B of src and T at least 2")
        memory, mask, state = self.begin(src, src_lengths)
        generator = torch.Generator().manual_seed(seed)
        steps = []
        for place in range(tgt.shape[1] - 1):
            token = tgt[:, place]
            draw = float(torch.rand((), generator=generator, dtype=torch.float64))
            if place > 0 and draw >= teacher_forcing:
                token = steps[-1].argmax(1)
            logits, state, _ = self.decoder.step(token, state, memory, mask)
            steps.append(logits)
        return torch.stack(steps, 1)

    def begin(self, src: Tensor, src_lengths: Tensor) -> tuple:
        memory, final = self.encoder(src, src_lengths)
        return memory, _mask(src_lengths, src.shape[1]), self.decoder.initial_state(final)

    def advance(self, tokens: Tensor, state: tuple) -> tuple[Tensor, tuple]:
        memory, mask, inner = state
        logits, inner, _ = self.decoder.step(tokens, inner, memory, mask)
        return logits.log_softmax(1), (memory, mask, inner)

    def select(self, state: tuple, indices: Tensor) -> tuple:
        memory, mask, (hidden, attentional) = state
        return memory[indices], mask[indices], (hidden[indices], attentional[indices])
