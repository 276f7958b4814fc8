"""A bidirectional LSTM over padded batches; the letters pass an LSTM of their own."""

import numpy as np
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence


class BiLSTMTagger(nn.Module):
    def __init__(self, words, tags, word_dim=64, char_dim=16, hidden=64, pretrained=None, seed=0):
        super().__init__()
        if len(tags) == 0:
            raise ValueError("tags is empty")
        if pretrained is not None and pretrained.shape != (len(words), word_dim):
            raise ValueError("pretrained is not (len(words), word_dim)")
        self.tag_names = list(tags)
        self.vocabulary = {word: i + 2 for i, word in enumerate(words)}  # 0 padding, 1 unknown
        self.alphabet = {c: i + 2 for i, c in enumerate(sorted(set("".join(words))))}
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            self.word_embedding = nn.Embedding(len(words) + 2, word_dim, padding_idx=0)
            self.char_embedding = nn.Embedding(len(self.alphabet) + 2, char_dim, padding_idx=0)
            self.char_lstm = nn.LSTM(char_dim, char_dim, batch_first=True)
            self.word_lstm = nn.LSTM(word_dim + char_dim, hidden, batch_first=True, bidirectional=True)
            self.output = nn.Linear(2 * hidden, len(tags))
        if pretrained is not None:
            self.word_embedding.weight.data[2:] = pretrained.to(torch.float32)

    def forward(self, sentences, dropped=None):
        lengths = torch.tensor([len(sentence) for sentence in sentences])
        ids = [torch.tensor([self.vocabulary.get(w, 1) for w in s]) for s in sentences]
        ids = pad_sequence(ids, batch_first=True)
        if dropped is not None:
            ids = torch.where(dropped[:, : ids.shape[1]] & (ids > 0), 1, ids)
        spelled = [
            torch.tensor([self.alphabet.get(c, 1) for c in word] or [1])
            for sentence in sentences
            for word in sentence
        ]
        char_lengths = torch.tensor([len(row) for row in spelled])
        chars = self.char_embedding(pad_sequence(spelled, batch_first=True))
        packed = pack_padded_sequence(chars, char_lengths, batch_first=True, enforce_sorted=False)
        _, (last, _) = self.char_lstm(packed)
        per_sentence = pad_sequence(last[-1].split(lengths.tolist()), batch_first=True)
        x = torch.cat([self.word_embedding(ids), per_sentence], dim=2)
        packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        states, _ = pad_packed_sequence(self.word_lstm(packed)[0], batch_first=True)
        return self.output(states)

    def fit(self, sentences, epochs=5, lr=1e-2, seed=0):
        numbers = {tag: i for i, tag in enumerate(self.tag_names)}
        sentences = [sentence for sentence in sentences if sentence]
        if any(tag not in numbers for sentence in sentences for _, tag in sentence):
            raise ValueError("sentences hold a tag that tags does not")
        generator = np.random.default_rng(seed)
        optimiser = torch.optim.Adam(self.parameters(), lr=lr)
        size = 4 if len(sentences) < 400 else 16
        for _ in range(epochs):
            for batch in np.array_split(generator.permutation(len(sentences)), -(-len(sentences) // size)):
                rows = [sentences[i] for i in batch]
                if not rows:
                    continue
                gold = [torch.tensor([numbers[tag] for _, tag in row]) for row in rows]
                gold = pad_sequence(gold, batch_first=True, padding_value=-100)
                dropped = torch.from_numpy(generator.random(gold.shape) < 0.1)
                logits = self([[word for word, _ in row] for row in rows], dropped)
                optimiser.zero_grad()
                nn.functional.cross_entropy(logits.flatten(0, 1), gold.flatten()).backward()
                nn.utils.clip_grad_norm_(self.parameters(), 1.0)
                optimiser.step()
        return self

    def tag(self, words):
        if not words:
            return []
        with torch.no_grad():
            best = self([words])[0].argmax(dim=-1)
        return [self.tag_names[i] for i in best.tolist()]
