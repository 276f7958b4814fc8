"""Encoder and decoder: an LSTM writes what a GRU has read."""

import numpy as np
import torch
from torch import nn


class Encoder(nn.Module):
    def __init__(self, vocab, embed, hidden, seed=0):
        super().__init__()
        if hidden < 2 or hidden % 2:
            raise ValueError("hidden must be even")
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            self.table = nn.Embedding(vocab, embed)
            self.gru = nn.GRU(embed, hidden // 2, bidirectional=True, batch_first=True)

    def forward(self, src, lengths):
        if src.dim() != 2:
            raise ValueError("src must be (B, S)")
        if len(lengths) != len(src):
            raise ValueError("lengths must be (B,)")
        sizes = [int(n) for n in lengths]
        if min(sizes) < 1 or max(sizes) > src.shape[1]:
            raise ValueError("lengths must lie in 1 ... S")
        outputs, final = [None] * len(sizes), [None] * len(sizes)
        for size in set(sizes):
            rows = [b for b, n in enumerate(sizes) if n == size]
            read, last = self.gru(self.table(src[rows, :size]))
            rest = read.new_zeros(len(rows), src.shape[1] - size, read.shape[2])
            read = torch.cat([read, rest], 1)
            for place, b in enumerate(rows):
                outputs[b] = read[place]
                final[b] = torch.cat([last[0, place], last[1, place]])
        return torch.stack(outputs), torch.stack(final)


def _softmax(scores, mask):
    scores = scores.masked_fill(~mask, -1e9)
    powers = torch.exp(scores - scores.max(-1, keepdim=True).values) * mask
    return powers / powers.sum(-1, keepdim=True).clamp(min=1e-12)


class Decoder(nn.Module):
    def __init__(self, vocab, embed, hidden, attention="dot", input_feeding=True, seed=0):
        super().__init__()
        if attention not in ("dot", "general", "additive"):
            raise ValueError(f"attention: {attention!r} is unknown")
        self.attention = attention
        self.feeding = input_feeding
        self.hidden = hidden
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            self.table = nn.Embedding(vocab, embed)
            self.cell = nn.LSTMCell(embed + (hidden if input_feeding else 0), hidden)
            self.cell_of_final = nn.Linear(hidden, hidden)
            if attention == "general":
                self.W = nn.Parameter(torch.randn(hidden, hidden) / hidden**0.5)
            if attention == "additive":
                self.asked = nn.Linear(hidden, hidden, bias=False)
                self.offered = nn.Linear(hidden, hidden, bias=False)
                self.v = nn.Parameter(torch.randn(hidden) / hidden**0.5)
            self.joined = nn.Linear(2 * hidden, hidden)
            self.out = nn.Linear(hidden, vocab)

    def initial_state(self, final):
        return {"h": final, "c": torch.tanh(self.cell_of_final(final)), "feed": final * 0}

    def step(self, token, state, memory, mask):
        word = self.table(token)
        if self.feeding:
            word = torch.cat([word, state["feed"]], 1)
        h, c = self.cell(word, (state["h"], state["c"]))
        if self.attention == "dot":
            scores = (memory * h[:, None]).sum(2)
        elif self.attention == "general":
            scores = (memory * (h @ self.W)[:, None]).sum(2)
        else:
            scores = torch.tanh(self.asked(h)[:, None] + self.offered(memory)) @ self.v
        weights = _softmax(scores, mask)
        context = (memory * weights[:, :, None]).sum(1)
        vector = torch.tanh(self.joined(torch.cat([h, context], 1)))
        return self.out(vector), {"h": h, "c": c, "feed": vector}, weights


class Seq2Seq(nn.Module):
    def __init__(self, encoder, decoder):
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder

    def forward(self, src, src_lengths, tgt, teacher_forcing=1.0, seed=0):
        if not 0 <= teacher_forcing <= 1:
            raise ValueError("teacher_forcing is a probability")
        if len(tgt) != len(src):
            raise ValueError("src and tgt differ in B")
        coins = np.random.RandomState(seed % 2**32).random_sample(tgt.shape[1])
        state = self.begin(src, src_lengths)
        written = []
        for t in range(tgt.shape[1] - 1):
            if t == 0 or coins[t] < teacher_forcing:
                token = tgt[:, t]
            else:
                token = written[-1].argmax(1)
            logits, inner, _ = self.decoder.step(
                token, state["inner"], state["memory"], state["mask"]
            )
            state = {**state, "inner": inner}
            written.append(logits)
        return torch.stack(written, 1)

    def begin(self, src, src_lengths):
        memory, final = self.encoder(src, src_lengths)
        mask = torch.tensor([[s < int(n) for s in range(src.shape[1])] for n in src_lengths])
        return {"inner": self.decoder.initial_state(final), "memory": memory, "mask": mask}

    def advance(self, tokens, state):
        logits, inner, _ = self.decoder.step(
            tokens, state["inner"], state["memory"], state["mask"]
        )
        return logits - logits.logsumexp(1, keepdim=True), {**state, "inner": inner}

    def select(self, state, indices):
        return {
            "inner": {name: value[indices] for name, value in state["inner"].items()},
            "memory": state["memory"][indices],
            "mask": state["mask"][indices],
        }
