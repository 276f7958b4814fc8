"""A bidirectional LSTM, one sentence at a time; a word's letters enter as their mean vector."""

import random

import torch
from torch import nn


class BiLSTMTagger(nn.Module):
    def __init__(self, words, tags, word_dim=64, char_dim=16, hidden=64, pretrained=None, seed=0):
        super().__init__()
        if not tags:
            raise ValueError("tags must not be empty")
        if pretrained is not None and tuple(pretrained.shape) != (len(words), word_dim):
            raise ValueError("pretrained must have the shape (len(words), word_dim)")
        self.tags = list(tags)
        self.word_ids = {word: number for number, word in enumerate(words)}
        letters = sorted({letter for word in words for letter in word})
        self.letter_ids = {letter: number for number, letter in enumerate(letters)}
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            self.words = nn.Embedding(len(words), word_dim) if words else None
            self.unknown = nn.Parameter(torch.zeros(word_dim))
            self.letters = nn.Embedding(len(letters) + 1, char_dim)
            self.lstm = nn.LSTM(word_dim + char_dim, hidden, bidirectional=True)
            self.out = nn.Linear(2 * hidden, len(tags))
        if pretrained is not None and words:
            with torch.no_grad():
                self.words.weight.copy_(pretrained)

    def forward(self, words, forget=()):
        rows = []
        for position, word in enumerate(words):
            if word in self.word_ids and position not in forget:
                vector = self.words(torch.tensor(self.word_ids[word]))
            else:
                vector = self.unknown
            ids = [self.letter_ids.get(letter, len(self.letter_ids)) for letter in word]
            ids = ids or [len(self.letter_ids)]
            rows.append(torch.cat([vector, self.letters(torch.tensor(ids)).mean(dim=0)]))
        states, _ = self.lstm(torch.stack(rows))
        return self.out(states)

    def fit(self, sentences, epochs=5, lr=1e-2, seed=0):
        data = [sentence for sentence in sentences if sentence]
        for sentence in data:
            for _, tag in sentence:
                if tag not in self.tags:
                    raise ValueError("sentences hold a tag that is not in tags")
        generator = random.Random(seed)
        optimiser = torch.optim.Adam(self.parameters(), lr=lr)
        batch = max(1, min(8, len(data) // 20))
        for _ in range(epochs):
            order = list(range(len(data)))
            generator.shuffle(order)
            for begin in range(0, len(order), batch):
                optimiser.zero_grad()
                for number in order[begin : begin + batch]:
                    words = [word for word, _ in data[number]]
                    gold = torch.tensor([self.tags.index(tag) for _, tag in data[number]])
                    forget = {i for i in range(len(words)) if generator.random() < 0.15}
                    loss = nn.functional.cross_entropy(self(words, forget), gold)
                    (loss / batch).backward()
                nn.utils.clip_grad_norm_(self.parameters(), 5.0)
                optimiser.step()
        return self

    def tag(self, words):
        if not words:
            return []
        with torch.no_grad():
            return [self.tags[best] for best in self(words).argmax(dim=1).tolist()]
