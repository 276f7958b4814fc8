"""Attend first, read then. Sentences are turned round by their lengths."""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from .attention import additive_scores, attend, dot_scores, general_scores


class Inner(NamedTuple):
    h: Tensor
    c: Tensor
    fed: Tensor


class Outer(NamedTuple):
    inner: Inner
    memory: Tensor
    mask: Tensor


def turned(ids, lengths):
    place = torch.arange(ids.size(1)).repeat(ids.size(0), 1)
    back = lengths[:, None] - 1 - place
    return torch.where(back < 0, place, back)


class Encoder(nn.Module):
    def __init__(self, vocab: int, embed: int, hidden: int, seed: int = 0):
        if hidden & 1:
            raise ValueError("the hidden size must be even")
        super().__init__()
        with torch.random.fork_rng():
            torch.random.manual_seed(seed)
            self.embedding = nn.Embedding(vocab, embed)
            self.forwards = nn.GRU(embed, hidden // 2, batch_first=True)
            self.backwards = nn.GRU(embed, hidden // 2, batch_first=True)

    def forward(self, src, lengths):
        vectors, order = self.embedding(src), turned(src, lengths)
        one, _ = self.forwards(vectors)
        width = vectors.shape[-1]
        two, _ = self.backwards(vectors.gather(1, order[..., None].expand(-1, -1, width)))
        index = order[..., None].expand_as(two)
        two = two.gather(1, index)
        rows = torch.arange(len(src))
        return torch.cat([one, two], 2), torch.cat([one[rows, lengths - 1], two[:, 0]], 1)


class Decoder(nn.Module):
    def __init__(self, vocab, embed, hidden, attention="dot", input_feeding=True, seed=0):
        super().__init__()
        scores = {"dot": 0, "general": 1, "additive": 3}
        if attention not in scores:
            raise ValueError(f"attention={attention!r} is unknown")
        with torch.random.fork_rng():
            torch.random.manual_seed(seed + 12345)
            self.embedding = nn.Embedding(vocab, embed)
            self.cell = nn.LSTMCell(embed + (hidden if input_feeding else 0), hidden)
            self.start_h, self.start_c = nn.Linear(hidden, hidden), nn.Linear(hidden, hidden)
            self.mix = nn.Linear(2 * hidden, hidden)
            self.words = nn.Linear(hidden, vocab)
            shapes = [(hidden, hidden), (hidden, hidden), (hidden,)][: scores[attention]]
            self.weights = nn.ParameterList(torch.randn(s) * hidden**-0.5 for s in shapes)
        self.score = {"dot": dot_scores, "general": general_scores, "additive": additive_scores}[attention]
        self.input_feeding = input_feeding

    def initial_state(self, final):
        return Inner(self.start_h(final).tanh(), self.start_c(final), final.new_zeros(final.shape))

    def step(self, token, state, memory, mask):
        context, weights = attend(self.score(state.h, memory, *self.weights), memory, mask)
        x = self.embedding(token)
        if self.input_feeding:
            x = torch.cat((x, state.fed), -1)
        h, c = self.cell(x, (state.h, state.c))
        fed = self.mix(torch.cat((h, context), -1)).tanh()
        return self.words(fed), Inner(h, c, fed), weights


class Seq2Seq(nn.Module):
    def __init__(self, encoder, decoder):
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder

    def forward(self, src, src_lengths, tgt, teacher_forcing=1.0, seed=0):
        if not 0.0 <= teacher_forcing <= 1.0:
            raise ValueError("teacher_forcing")
        dice = torch.Generator()
        dice.manual_seed(seed)
        inner, memory, mask = self.begin(src, src_lengths)
        reads, result = tgt[:, 0], tgt.new_zeros(0)
        result = []
        for t in range(1, tgt.size(1)):
            logits, inner, _ = self.decoder.step(reads, inner, memory, mask)
            result.append(logits)
            free = torch.bernoulli(torch.tensor(1 - teacher_forcing), generator=dice)
            reads = logits.argmax(-1) if free else tgt[:, t]
        return torch.stack(result, 1)

    def begin(self, src, src_lengths):
        memory, final = self.encoder(src, src_lengths)
        mask = torch.arange(src.size(1)).expand(src.size(0), -1) < src_lengths[:, None]
        return Outer(self.decoder.initial_state(final), memory, mask)

    def advance(self, tokens, state):
        logits, inner, _ = self.decoder.step(tokens, *state)
        return logits.log_softmax(-1), state._replace(inner=inner)

    def select(self, state, indices):
        inner = Inner(*(part[indices] for part in state.inner))
        return Outer(inner, state.memory[indices], state.mask[indices])
