import math
import random

import torch


class Vocabulary:
    def __init__(self, sentences, min_count=1):
        seen = {}
        for sentence in sentences:
            for token in sentence:
                seen[token] = seen.get(token, 0) + 1
        pairs = []
        for token in sorted(seen):
            if seen[token] >= min_count:
                pairs.append((token, seen[token]))
        pairs.sort(key=lambda pair: pair[1], reverse=True)  # stable, also in reverse
        self.tokens = [token for token, _ in pairs]
        self.counts = torch.LongTensor([count for _, count in pairs])

    def __len__(self):
        return len(self.tokens)

    def encode(self, tokens):
        found = []
        for token in tokens:
            for i, known in enumerate(self.tokens):
                if known == token:
                    found.append(i)
        return found


def keep_probability(counts, t=1e-3):
    if not t > 0:
        raise ValueError(f"t is {t}")
    numbers = counts.tolist()
    total = sum(numbers)
    result = []
    for count in numbers:
        if count < 0:
            raise ValueError("negative counts")
        if count == 0:
            result.append(1.0)
        else:
            share = count / total
            result.append(min(math.sqrt(t / share) + t / share, 1.0))
    return torch.tensor(result, dtype=torch.double)


def subsample(ids, keep, seed):
    chances = keep.tolist()
    for chance in chances:
        if chance < 0 or chance > 1:
            raise ValueError("keep: not a probability")
    draw = random.Random(seed)
    kept = []
    for i in ids:
        if i < 0 or i >= len(chances):
            raise ValueError(f"ids: {i}")
        if draw.random() < chances[i]:
            kept.append(i)
    return kept


def skipgram_pairs(ids, window):
    if window < 1:
        raise ValueError("window")
    pairs = []
    for i in range(len(ids)):
        for j in range(len(ids)):
            if i != j and abs(i - j) <= window:
                pairs.append([ids[i], ids[j]])
    return torch.tensor(pairs, dtype=torch.long).reshape(-1, 2)


def cbow_examples(ids, window):
    if window < 1:
        raise ValueError("window")
    examples = []
    for i in range(len(ids)):
        around = []
        for j in range(len(ids)):
            if i != j and abs(i - j) <= window:
                around.append(ids[j])
        if around != []:
            examples.append((around, ids[i]))
    return examples
