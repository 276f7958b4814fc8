"""Training, losses, batches and BLEU."""

from __future__ import annotations

import math
from collections import Counter

import torch
import torch.nn.functional as F
from torch.nn.utils.rnn import pad_sequence

from .transformer import Transformer


def fit(model, pairs, *, bos, eos, pad, steps, batch_size=64, lr, seed=0):
    if batch_size < 1:
        raise ValueError(f"batch_size = {batch_size}")
    if not pairs:
        raise ValueError("pairs: nothing to learn from")
    generator = torch.Generator().manual_seed(seed)
    sources = [torch.tensor(source) for source, _ in pairs]
    targets = [torch.tensor([bos, *target, eos]) for _, target in pairs]
    optimiser = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=1e-4)
    losses = []
    model.train()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        for _ in range(steps):
            rows = torch.randint(len(pairs), (min(batch_size, len(pairs)),), generator=generator)
            src = pad_sequence([sources[i] for i in rows], batch_first=True, padding_value=pad)
            tgt = pad_sequence([targets[i] for i in rows], batch_first=True, padding_value=pad)
            lengths = torch.tensor([len(sources[i]) for i in rows])
            read = tgt[:, :-1] if isinstance(model, Transformer) else tgt
            logits = model(src, lengths, read)
            loss = F.cross_entropy(
                logits.flatten(0, 1), tgt[:, 1:].flatten(), ignore_index=pad
            )
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            losses.append(loss.item())
    model.eval()
    return losses


def label_smoothed_loss(logits, targets, smoothing, pad):
    if not 0.0 <= smoothing <= 1.0:
        raise ValueError(f"smoothing = {smoothing} lies outside [0, 1]")
    if logits.shape[:-1] != targets.shape:
        raise ValueError("logits (N, V) and targets (N,) differ in N")
    keep = targets != pad
    safe = targets.masked_fill(~keep, 0)
    truth = torch.full_like(logits, smoothing / logits.shape[-1])
    truth = truth.scatter_add(
        1, safe[:, None], torch.full_like(logits[:, :1], 1 - smoothing)
    )
    each = -(truth * logits.log_softmax(-1)).sum(-1)
    return each[keep].sum() / keep.sum().clamp(min=1)


def noam_lr(step, d_model, warmup):
    if step < 1:
        raise ValueError("step counts from 1")
    return d_model**-0.5 * min(step**-0.5, step * warmup**-1.5)


def length_batches(lengths, max_tokens, seed):
    generator = torch.Generator().manual_seed(seed)
    mixed = torch.randperm(len(lengths), generator=generator).tolist()
    batches, batch = [], []
    for index in sorted(mixed, key=lambda i: lengths[i]):
        if batch and (len(batch) + 1) * lengths[index] > max_tokens:
            batches.append(batch)
            batch = []
        batch.append(index)
    if batch:
        batches.append(batch)
    return [batches[i] for i in torch.randperm(len(batches), generator=generator).tolist()]


def _ngrams(words, n):
    return Counter(zip(*(words[i:] for i in range(n))))


def bleu(hypotheses, references, max_n=4, smooth=False):
    if len(hypotheses) != len(references):
        raise ValueError("hypotheses and references: one list of references for each")
    length = sum(map(len, hypotheses))
    reference = sum(
        min(map(len, several), key=lambda n: (abs(n - len(words)), n))
        for words, several in zip(hypotheses, references)
    )
    logs = 0.0
    for n in range(1, max_n + 1):
        extra = int(smooth and n > 1)
        matches = total = extra
        for words, several in zip(hypotheses, references):
            best = Counter()
            for one in several:
                best |= _ngrams(one, n)
            counts = _ngrams(words, n)
            matches += (counts & best).total()
            total += counts.total()
        if not matches:
            return 0.0
        logs += math.log(matches / total) / max_n
    return 100.0 * math.exp(logs + min(0.0, 1.0 - reference / length))
