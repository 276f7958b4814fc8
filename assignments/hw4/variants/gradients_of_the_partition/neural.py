"""A BiLSTM tagger whose letters go through a bidirectional LSTM; one packed batch a step."""

import torch
from torch import nn
from torch.nn.functional import cross_entropy
from torch.nn.utils.rnn import PackedSequence, pack_sequence, pad_packed_sequence


class BiLSTMTagger(nn.Module):
    def __init__(self, words, tags, word_dim=64, char_dim=16, hidden=64, pretrained=None, seed=0):
        super().__init__()
        if not tags:
            raise ValueError("tags: at least one is needed")
        if pretrained is not None and tuple(pretrained.shape) != (len(words), word_dim):
            raise ValueError("pretrained: expected (len(words), word_dim)")
        self._tags = tuple(tags)
        self._tag_id = {tag: i for i, tag in enumerate(tags)}
        self._word_id = {word: i for i, word in enumerate(words)}
        self._char_id = {c: i for i, c in enumerate(sorted({c for word in words for c in word}))}
        before = torch.get_rng_state()
        torch.manual_seed(seed)
        # The unknown word and the unknown letter are the last rows.
        self.word = nn.Embedding(len(words) + 1, word_dim)
        self.char = nn.Embedding(len(self._char_id) + 1, char_dim)
        self.spell = nn.LSTM(char_dim, char_dim, bidirectional=True)
        self.context = nn.LSTM(word_dim + 2 * char_dim, hidden, bidirectional=True)
        self.score = nn.Linear(2 * hidden, len(tags))
        torch.set_rng_state(before)
        if pretrained is not None:
            with torch.no_grad():
                self.word.weight[:-1].copy_(pretrained)

    def _spellings(self, words):
        unknown = len(self._char_id)
        ids = [torch.tensor([self._char_id.get(c, unknown) for c in w] or [unknown]) for w in words]
        packed = pack_sequence(ids, enforce_sorted=False)
        embedded = PackedSequence(self.char(packed.data), *packed[1:])
        _, (last, _) = self.spell(embedded)
        return torch.cat([last[0], last[1]], dim=1)

    def forward(self, sentences, hide=None):
        flat = [word for sentence in sentences for word in sentence]
        unknown = len(self._word_id)
        ids = torch.tensor([self._word_id.get(word, unknown) for word in flat])
        if hide is not None:
            ids = ids.masked_fill(hide, unknown)
        x = torch.cat([self.word(ids), self._spellings(flat)], dim=1)
        packed = pack_sequence(x.split([len(s) for s in sentences]), enforce_sorted=False)
        states, lengths = pad_packed_sequence(self.context(packed)[0], batch_first=True)
        return self.score(torch.cat([row[:n] for row, n in zip(states, lengths, strict=True)]))

    def fit(self, sentences, epochs=5, lr=1e-2, seed=0):
        sentences = [sentence for sentence in sentences if sentence]
        if any(tag not in self._tag_id for sentence in sentences for _, tag in sentence):
            raise ValueError("sentences: a tag is not among tags")
        generator = torch.Generator().manual_seed(seed)
        optimiser = torch.optim.AdamW(self.parameters(), lr=lr, weight_decay=1e-4)
        size = max(2, min(16, len(sentences) // 25))
        self.train()
        for _ in range(epochs):
            for chosen in torch.randperm(len(sentences), generator=generator).split(size):
                batch = [sentences[i] for i in chosen.tolist()]
                gold = torch.tensor([self._tag_id[tag] for sentence in batch for _, tag in sentence])
                hide = torch.rand(len(gold), generator=generator) < 0.2
                logits = self([[word for word, _ in sentence] for sentence in batch], hide)
                optimiser.zero_grad()
                cross_entropy(logits, gold).backward()
                nn.utils.clip_grad_norm_(self.parameters(), 2.0)
                optimiser.step()
        self.eval()
        return self

    @torch.no_grad()
    def tag(self, words):
        return [self._tags[i] for i in self([words]).argmax(dim=1).tolist()] if words else []
