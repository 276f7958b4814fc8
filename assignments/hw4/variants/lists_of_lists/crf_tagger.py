"""The CRF on an LSTM for each direction, with Viterbi over plain lists."""

import torch
from torch import nn

from .extensions import crf_nll


def crf_viterbi(emissions, transitions):
    if emissions.dim() != 2 or emissions.shape[0] == 0:
        raise ValueError("emissions: no words")
    states = range(emissions.shape[1])
    if list(transitions.shape) != [len(states), len(states)]:
        raise ValueError("transitions do not fit the emissions")
    between, rows = transitions.tolist(), emissions.tolist()
    scores, ways = rows[0], []
    for row in rows[1:]:
        back, after = [], []
        for to in states:
            best = 0
            for start in states:
                if scores[start] + between[start][to] > scores[best] + between[best][to]:
                    best = start
            back.append(best)
            after.append(scores[best] + between[best][to] + row[to])
        ways.append(back)
        scores = after
    last = scores.index(max(scores))
    path = [last]
    for back in ways[::-1]:
        path.insert(0, back[path[0]])
    return torch.tensor(path, dtype=torch.int64), float(scores[last])


class BiLSTMCRF(nn.Module):
    def __init__(self, words, tags, word_dim=32, hidden=32, seed=0):
        super().__init__()
        self.known, self.tags = list(words), list(tags)
        self.table = nn.Parameter(torch.empty(len(words) + 1, word_dim))
        self.right, self.left = nn.LSTM(word_dim, hidden), nn.LSTM(word_dim, hidden)
        self.up = nn.Parameter(torch.empty(2 * hidden, len(tags)))
        self.transitions = nn.Parameter(torch.empty(len(tags), len(tags)))
        generator = torch.Generator().manual_seed(seed)
        with torch.no_grad():
            for parameter in self.parameters():
                parameter.uniform_(-0.3, 0.3, generator=generator)

    def emissions(self, words):
        ids = [self.known.index(w) if w in self.known else len(self.known) for w in words]
        x = self.table[torch.tensor(ids)].unsqueeze(1)
        there, back = self.right(x)[0], self.left(x.flip(0))[0].flip(0)
        return torch.cat([there, back], dim=2).squeeze(1) @ self.up

    def fit(self, sentences, epochs=5, lr=1e-2, seed=0):
        for sentence in sentences:
            for _, tag in sentence:
                if tag not in self.tags:
                    raise ValueError(f"sentences: unknown tag {tag}")
        optimiser = torch.optim.RMSprop(self.parameters(), lr=lr)
        for epoch in range(epochs):
            generator = torch.Generator().manual_seed(1000 * seed + epoch)
            for i in torch.randperm(len(sentences), generator=generator).tolist():
                words, tags = [w for w, _ in sentences[i]], [t for _, t in sentences[i]]
                gold = torch.tensor([self.tags.index(tag) for tag in tags])
                loss = crf_nll(self.emissions(words), self.transitions, gold)
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
        return self

    def tag(self, words):
        if len(words) == 0:
            return []
        path, _ = crf_viterbi(self.emissions(words).detach(), self.transitions.detach())
        return [self.tags[i] for i in path.tolist()]
