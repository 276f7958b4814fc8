"""Training and measuring with lists."""

import math
import random

import torch
from torch import nn


def fit(model, pairs, *, bos, eos, pad, steps, batch_size=64, lr, seed=0):
    if batch_size < 1:
        raise ValueError("batch_size < 1")
    shuffler, queue, losses = random.Random(seed), [], []
    optimiser = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=0.0)
    model.train()
    while len(losses) < steps:
        if not queue:
            queue = list(range(len(pairs)))
            shuffler.shuffle(queue)
        batch, queue = queue[:batch_size], queue[batch_size:]
        sources = [pairs[i][0] for i in batch]
        targets = [[bos] + pairs[i][1] + [eos] for i in batch]
        src = nn.utils.rnn.pad_sequence([torch.tensor(s) for s in sources], True, pad)
        tgt = nn.utils.rnn.pad_sequence([torch.tensor(t) for t in targets], True, pad)
        logits = model(src, torch.tensor([len(s) for s in sources]), tgt)
        logits = logits[:, : tgt.size(1) - 1].transpose(1, 2)
        loss = nn.functional.cross_entropy(logits, tgt[:, 1:], ignore_index=pad)
        model.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
    return losses


def label_smoothed_loss(logits, targets, smoothing, pad):
    if smoothing < 0 or smoothing > 1:
        raise ValueError("smoothing")
    total, count = logits.sum() * 0, 0
    for row, target in zip(logits, targets.tolist()):
        if target == pad:
            continue
        truth = torch.full_like(row, smoothing / len(row))
        truth[target] += 1 - smoothing
        total = total - (truth * torch.log_softmax(row, 0)).sum()
        count += 1
    return total / max(count, 1)


def noam_lr(step, d_model, warmup):
    if step < warmup:
        return step / (math.sqrt(d_model) * warmup * math.sqrt(warmup))
    return 1 / math.sqrt(d_model * step)


def length_batches(lengths, max_tokens, seed):
    shuffler = random.Random(seed)
    batches, batch = [], []
    for i in sorted(range(len(lengths)), key=lambda i: -lengths[i]):  # falling: the first is the longest
        if batch and (len(batch) + 1) * lengths[batch[0]] > max_tokens:
            batches.append(batch)
            batch = []
        batch.append(i)
    batches += [batch] if batch else []
    return shuffler.sample(batches, len(batches))


def _count(words, n):
    counts = {}
    for i in range(len(words) - n + 1):
        gram = " ".join(words[i : i + n])
        counts[gram] = counts.get(gram, 0) + 1
    return counts


def bleu(hypotheses, references, max_n=4, smooth=False):
    c = r = 0
    for hypothesis, choices in zip(hypotheses, references):
        c += len(hypothesis)
        best = None
        for choice in sorted(choices, key=len):
            if best is None or abs(len(choice) - len(hypothesis)) < abs(best - len(hypothesis)):
                best = len(choice)
        r += best
    score = 1.0
    for n in range(1, max_n + 1):
        match = total = 0
        for hypothesis, choices in zip(hypotheses, references):
            tables = [_count(choice, n) for choice in choices]
            for gram, count in _count(hypothesis, n).items():
                total += count
                match += min(count, max(table.get(gram, 0) for table in tables))
        if smooth and n > 1:
            match, total = match + 1, total + 1
        if match == 0:
            return 0.0
        score *= (match / total) ** (1 / max_n)
    return 100.0 * score * (1.0 if c >= r else math.exp(1 - r / c))
