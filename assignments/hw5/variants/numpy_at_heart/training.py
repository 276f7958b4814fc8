"""Training with an Adam of our own; BLEU with lists."""

import math
import random

import numpy as np
import torch

from .seq2seq import Seq2Seq


def _batch(rows, pad):
    width = max(len(row) for row in rows)
    table = np.full((len(rows), width), pad, dtype=np.int64)
    for i, row in enumerate(rows):
        table[i, : len(row)] = row
    return torch.from_numpy(table)


def fit(model, pairs, *, bos, eos, pad, steps, batch_size=64, lr, seed=0):
    if not pairs:
        raise ValueError("pairs is empty")
    if batch_size < 1:
        raise ValueError("batch_size must be at least 1")
    if steps < 0:
        raise ValueError("steps must not be negative")
    dice = random.Random(seed)
    weights = [p for p in model.parameters() if p.requires_grad]
    first = [torch.zeros_like(p) for p in weights]
    second = [torch.zeros_like(p) for p in weights]
    losses, queue = [], []
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        for step in range(1, steps + 1):
            if not queue:
                queue = list(range(len(pairs)))
                dice.shuffle(queue)
            chosen, queue = queue[:batch_size], queue[batch_size:]
            src = _batch([pairs[i][0] for i in chosen], pad)
            lengths = torch.tensor([len(pairs[i][0]) for i in chosen])
            tgt = _batch([[bos, *pairs[i][1], eos] for i in chosen], pad)
            sizes = torch.tensor([len(pairs[i][1]) + 1 for i in chosen])
            if isinstance(model, Seq2Seq):
                logits = model(src, lengths, tgt)
            else:
                logits = model(src, lengths, tgt[:, :-1])
            real = torch.arange(tgt.shape[1] - 1)[None] < sizes[:, None]
            log_p = torch.log_softmax(logits, 2).gather(2, tgt[:, 1:, None])[:, :, 0]
            loss = -(log_p * real).sum() / real.sum()
            for p in weights:
                p.grad = None
            loss.backward()
            rate = lr * min(1.0, step / (0.1 * steps))
            with torch.no_grad():
                for p, m, s in zip(weights, first, second):
                    if p.grad is None:
                        continue
                    m.mul_(0.9).add_(p.grad, alpha=0.1)
                    s.mul_(0.98).addcmul_(p.grad, p.grad, value=0.02)
                    size = (s / (1 - 0.98**step)).sqrt() + 1e-9
                    p.sub_(rate * (m / (1 - 0.9**step)) / size)
            losses.append(float(loss))
    return losses


def label_smoothed_loss(logits, targets, smoothing, pad):
    if not 0 <= smoothing <= 1:
        raise ValueError("smoothing must lie in [0, 1]")
    if logits.dim() != 2 or targets.shape != logits.shape[:1]:
        raise ValueError("logits must be (N, V), targets (N,)")
    rows = [i for i, word in enumerate(targets.tolist()) if word != pad]
    if not rows:
        return 0 * logits.sum()
    log_p = torch.log_softmax(logits[rows], 1)
    words = targets[rows]
    if words.min() < 0 or words.max() >= logits.shape[1]:
        raise ValueError("targets has a word that logits does not know")
    hard = log_p[range(len(rows)), words]
    return -((1 - smoothing) * hard + smoothing * log_p.mean(1)).mean()


def noam_lr(step, d_model, warmup):
    if step < 1:
        raise ValueError("step begins with 1")
    if d_model < 1:
        raise ValueError("d_model must be positive")
    if warmup < 1:
        raise ValueError("warmup must be positive")
    rise = step / (warmup * math.sqrt(warmup))
    return min(1 / math.sqrt(step), rise) / math.sqrt(d_model)


def length_batches(lengths, max_tokens, seed):
    if max_tokens < 1:
        raise ValueError("max_tokens must be positive")
    dice = np.random.RandomState(seed % 2**32)
    order = sorted(range(len(lengths)), key=lambda i: (-lengths[i], i))
    batches = []
    for i in order:
        # falling lengths: the first of a batch is its longest
        if batches and (len(batches[-1]) + 1) * lengths[batches[-1][0]] <= max_tokens:
            batches[-1].append(i)
        else:
            batches.append([i])
    return [batches[j] for j in dice.permutation(len(batches))]


def _grams(words, n):
    counts = {}
    for i in range(len(words) - n + 1):
        gram = tuple(words[i : i + n])
        counts[gram] = counts.get(gram, 0) + 1
    return counts


def bleu(hypotheses, references, max_n=4, smooth=False):
    if len(hypotheses) != len(references):
        raise ValueError("hypotheses and references differ in length")
    if not hypotheses:
        raise ValueError("hypotheses is empty")
    if any(not several for several in references):
        raise ValueError("references: a sentence has none")
    if max_n < 1:
        raise ValueError("max_n must be at least 1")
    written = expected = 0
    for words, several in zip(hypotheses, references):
        written += len(words)
        expected += min((abs(len(one) - len(words)), len(one)) for one in several)[1]
    product = 1.0
    for n in range(1, max_n + 1):
        match = total = 0
        for words, several in zip(hypotheses, references):
            known = [_grams(one, n) for one in several]
            for gram, count in _grams(words, n).items():
                match += min(count, max(one.get(gram, 0) for one in known))
                total += count
        if smooth and n > 1:
            match, total = match + 1, total + 1
        if match == 0:
            return 0.0
        product *= (match / total) ** (1 / max_n)
    brevity = 1.0 if written > expected else math.exp(1 - expected / written)
    return 100 * brevity * product
