"""A translator of GRU cells. The state is a dictionary."""

import torch
from torch import nn

from .attention import additive_scores, attend, dot_scores, general_scores


class Encoder(nn.Module):
    def __init__(self, vocab, embed, hidden, seed=0):
        super().__init__()
        if hidden % 2 != 0:
            raise ValueError(f"hidden = {hidden} is odd")
        torch.manual_seed(seed)
        self.words = nn.Embedding(vocab, embed)
        self.there = nn.GRUCell(embed, hidden // 2)
        self.back = nn.GRUCell(embed, hidden // 2)

    def run(self, cell, vectors, lengths, order):
        h = vectors.new_zeros(len(vectors), cell.hidden_size)
        found = [h] * vectors.shape[1]
        for t in order:
            inside = (t < lengths).unsqueeze(1)  # behind its end a sentence keeps its state
            h = torch.where(inside, cell(vectors[:, t], h), h)
            found[t] = h
        return torch.stack(found, 1), h

    def forward(self, src, lengths):
        vectors, steps = self.words(src), list(range(src.shape[1]))
        one, last = self.run(self.there, vectors, lengths, steps)
        two, first = self.run(self.back, vectors, lengths, steps[::-1])
        return torch.cat([one, two], 2), torch.cat([last, first], 1)


class Decoder(nn.Module):
    def __init__(self, vocab, embed, hidden, attention="dot", input_feeding=True, seed=0):
        super().__init__()
        if attention not in {"dot", "general", "additive"}:
            raise ValueError("attention: dot, general or additive")
        torch.manual_seed(1000 + seed)
        self.kind, self.feeds = attention, input_feeding
        self.words = nn.Embedding(vocab, embed)
        self.cell = nn.GRUCell(embed + hidden * input_feeding, hidden)
        self.combine = nn.Linear(2 * hidden, hidden, bias=False)
        self.out = nn.Linear(hidden, vocab)
        self.query = nn.Linear(hidden, hidden, bias=False)  # W, or Wq
        self.key = nn.Linear(hidden, hidden, bias=False)
        self.v = nn.Parameter(torch.randn(hidden) / hidden**0.5)

    def initial_state(self, final):
        return {"h": final, "fed": None}

    def step(self, token, state, memory, mask):
        x = self.words(token)
        if self.feeds:
            fed = torch.zeros_like(state["h"]) if state["fed"] is None else state["fed"]
            x = torch.cat([x, fed], 1)
        h = self.cell(x, state["h"])
        if self.kind == "dot":
            scores = dot_scores(h, memory)
        elif self.kind == "general":
            scores = general_scores(h, memory, self.query.weight)
        else:
            scores = additive_scores(h, memory, self.query.weight, self.key.weight, self.v)
        context, weights = attend(scores, memory, mask)
        fed = torch.tanh(self.combine(torch.cat([context, h], 1)))
        return self.out(fed), {"h": h, "fed": fed}, weights


class Seq2Seq(nn.Module):
    def __init__(self, encoder, decoder):
        super().__init__()
        self.encoder, self.decoder = encoder, decoder

    def forward(self, src, src_lengths, tgt, teacher_forcing=1.0, seed=0):
        if teacher_forcing < 0 or teacher_forcing > 1:
            raise ValueError("teacher_forcing must be in [0, 1]")
        coins = torch.rand(tgt.shape[1], generator=torch.Generator().manual_seed(seed))
        state, rows = self.begin(src, src_lengths), []
        for t in range(tgt.shape[1] - 1):
            own = t > 0 and coins[t] >= teacher_forcing
            token = rows[-1].argmax(1) if own else tgt[:, t]
            logits, inner, _ = self.decoder.step(token, state["inner"], state["memory"], state["mask"])
            state = {**state, "inner": inner}
            rows.append(logits)
        return torch.stack(rows, 1)

    def begin(self, src, src_lengths):
        memory, final = self.encoder(src, src_lengths)
        mask = torch.zeros(src.shape, dtype=torch.bool)
        for row, length in enumerate(src_lengths.tolist()):
            mask[row, :length] = True
        return {"inner": self.decoder.initial_state(final), "memory": memory, "mask": mask}

    def advance(self, tokens, state):
        logits, inner, _ = self.decoder.step(tokens, state["inner"], state["memory"], state["mask"])
        return logits - logits.logsumexp(1, keepdim=True), {**state, "inner": inner}

    def select(self, state, indices):
        inner = {k: None if v is None else v.index_select(0, indices) for k, v in state["inner"].items()}
        return {
            "inner": inner,
            "memory": state["memory"].index_select(0, indices),
            "mask": state["mask"].index_select(0, indices),
        }
