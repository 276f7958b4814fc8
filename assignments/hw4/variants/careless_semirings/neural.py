import torch, torch.nn as nn, torch.nn.functional as F
import random


class BiLSTMTagger(nn.Module):
    def __init__(self, words, tags, word_dim=64, char_dim=16, hidden=64, pretrained=None, seed=0):
        super().__init__()
        if pretrained is not None and pretrained.shape != (len(words), word_dim): raise ValueError("pretrained")
        if not tags: raise ValueError("tags")
        self.words, self.tagset = list(words), list(tags)
        self.w2i = {w: i for i, w in enumerate(words)}
        self.c2i = {c: i for i, c in enumerate(sorted(set("".join(words))))}
        torch.manual_seed(seed)          # modules draw from the global generator anyway
        self.we = nn.Embedding(len(words) + 1, word_dim)
        if pretrained is not None:
            with torch.no_grad(): self.we.weight[:len(words)] = pretrained
        # letters and pairs of neighbouring letters in one bag, hashed by their numbers
        self.ce = nn.EmbeddingBag(len(self.c2i) + 1, char_dim, mode="mean")
        self.end = nn.EmbeddingBag(len(self.c2i) + 1, char_dim, mode="mean")
        self.lstm = nn.LSTM(word_dim + 2 * char_dim, hidden, bidirectional=True)
        self.out = nn.Linear(2 * hidden, len(tags))

    def bag(self, table, pieces):
        flat = [self.c2i.get(c, len(self.c2i)) for p in pieces for c in p]
        offs, n = [], 0
        for p in pieces:
            offs.append(n); n += len(p)
        return table(torch.tensor(flat, dtype=torch.long), torch.tensor(offs))

    def forward(self, sent, drop=0.0, rng=random):
        ids = [len(self.words) if drop > 0 and rng.random() < drop else self.w2i.get(w, len(self.words)) for w in sent]
        x = torch.cat([self.we(torch.tensor(ids)), self.bag(self.ce, sent), self.bag(self.end, [w[-2:] for w in sent])], 1)
        h, _ = self.lstm(x)
        return F.log_softmax(self.out(h), -1)

    def fit(self, sentences, epochs=5, lr=1e-2, seed=0):
        for s in sentences:
            for _, t in s:
                if t not in self.tagset: raise ValueError("sentences: unknown tag")
        rng = random.Random(seed)
        data = [s for s in sentences if s]
        opt = torch.optim.Adagrad(self.parameters(), lr=4 * lr)
        self.train()
        for e in range(epochs):
            rng.shuffle(data)
            total = 0.
            for s in data:
                y = torch.tensor([self.tagset.index(t) for _, t in s])
                loss = F.nll_loss(self([w for w, _ in s], .15, rng), y)
                opt.zero_grad(); loss.backward(); opt.step()
                total += float(loss)
            print("epoch", e, total / max(1, len(data)))
        self.eval()
        return self

    def tag(self, words):
        if len(words) == 0: return []
        best = self(words, -1.0).argmax(1)
        return [self.tagset[i] for i in best.tolist()]
