"""Mean of the characters' vectors and the last two characters; batches of eight; weight decay."""

import torch
from torch import nn


class BiLSTMTagger(nn.Module):
    def __init__(self, words, tags, word_dim=64, char_dim=16, hidden=64, pretrained=None, seed=0):
        super().__init__()
        if pretrained is not None and tuple(pretrained.shape) != (len(words), word_dim):
            raise ValueError("pretrained has another shape")
        state = torch.get_rng_state()
        torch.manual_seed(seed)
        self.vocabulary, self.labels = list(words), list(tags)
        self.table = nn.Embedding(len(words) + 1, word_dim)
        self.chars = nn.Embedding(1024, char_dim)
        self.reader = nn.LSTM(word_dim + 3 * char_dim, hidden, batch_first=True, bidirectional=True)
        self.drop = nn.Dropout(0.1)
        self.out = nn.Sequential(nn.Linear(2 * hidden, hidden), nn.Tanh(), nn.Linear(hidden, len(tags)))
        if pretrained is not None:
            unknown = torch.zeros(1, word_dim)
            self.table.weight.data = torch.cat([pretrained.clone().float(), unknown])
        torch.set_rng_state(state)
        self.index = {w: i for i, w in enumerate(self.vocabulary)}

    def letters(self, word):
        ids = torch.tensor([ord(c) % 1023 for c in word] or [1023])
        ends = [ids[-1], ids[-2] if len(ids) > 1 else torch.tensor(1023)]
        vectors = self.chars(ids)
        return torch.cat([vectors.mean(0), self.chars(ends[0]), self.chars(ends[1])])

    def forward(self, words):
        ids = torch.tensor([self.index.get(w, len(self.vocabulary)) for w in words])
        x = torch.cat([self.table(ids), torch.stack([self.letters(w) for w in words])], 1)
        return self.out(self.drop(self.reader(x[None])[0][0]))

    def fit(self, sentences, epochs=5, lr=1e-2, seed=0):
        for sentence in sentences:
            for _, tag in sentence:
                if tag not in self.labels:
                    raise ValueError(f"sentences: {tag} is no tag")
        torch.manual_seed(seed)
        self.train()
        optimiser = torch.optim.AdamW(self.parameters(), lr=lr, weight_decay=1e-3)
        for _ in range(epochs):
            order = torch.randperm(len(sentences)).tolist()
            for at in range(0, len(order), 2):
                loss = 0
                for n in order[at : at + 2]:
                    gold = torch.tensor([self.labels.index(t) for _, t in sentences[n]])
                    loss = loss + nn.functional.cross_entropy(self([w for w, _ in sentences[n]]), gold)
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
        return self

    @torch.no_grad()
    def tag(self, words):
        self.eval()
        return [self.labels[i] for i in self(words).argmax(1)] if words else []
