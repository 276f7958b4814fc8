from __future__ import annotations

import math
import random

import torch
from torch import Tensor, nn


def _pad(rows: list[list[int]], pad: int) -> Tensor:
    longest = max(len(row) for row in rows)
    return torch.tensor([row + [pad] * (longest - len(row)) for row in rows])


def fit(
    model: nn.Module,
    pairs: list[tuple[list[int], list[int]]],
    *,
    bos: int,
    eos: int,
    pad: int,
    steps: int,
    batch_size: int = 64,
    lr: float,
    seed: int = 0,
) -> list[float]:
    if len(pairs) == 0:
        raise ValueError("pairs must not be empty")
    if batch_size < 1:
        raise ValueError("batch_size must be at least 1")
    chooser = random.Random(seed)
    is_transformer = hasattr(model, "decode")
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    was_training = model.training
    model.train()
    losses = []
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        for _ in range(steps):
            batch = chooser.sample(pairs, min(batch_size, len(pairs)))
            src = _pad([list(source) for source, _ in batch], pad)
            lengths = torch.tensor([len(source) for source, _ in batch])
            tgt = _pad([[bos, *target, eos] for _, target in batch], pad)
            logits = model(src, lengths, tgt[:, :-1] if is_transformer else tgt)
            # Counted by length: a target may hold the id of the padding.
            total, count = 0.0, 0
            log_p = logits.log_softmax(-1)
            inside = torch.zeros(tgt.shape[0], tgt.shape[1] - 1, dtype=torch.bool)
            for row, (_, target) in enumerate(batch):
                inside[row, : len(target) + 1] = True
                count += len(target) + 1
            picked = log_p.gather(2, tgt[:, 1:].unsqueeze(2)).squeeze(2)
            total = -torch.where(inside, picked, torch.zeros_like(picked)).sum()
            loss = total / count
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            losses.append(loss.item())
    model.train(was_training)
    return losses


def label_smoothed_loss(logits: Tensor, targets: Tensor, smoothing: float, pad: int) -> Tensor:
    if logits.dim() != 2 or targets.shape != logits.shape[:1]:
        raise ValueError("targets must be (N,) for logits (N, V)")
    if not 0 <= smoothing <= 1:
        raise ValueError("smoothing must be a probability")
    losses = []
    for row, target in zip(logits, targets.tolist(), strict=True):
        if target == pad:
            continue
        if not 0 <= target < len(row):
            raise ValueError("targets must be below V")
        log_p = row.log_softmax(0)
        loss = -(1 - smoothing) * log_p[target]
        if smoothing > 0:
            loss = loss - smoothing * log_p.mean()
        losses.append(loss)
    if not losses:
        return logits.sum() * 0
    return torch.stack(losses).mean()


def noam_lr(step: int, d_model: int, warmup: int) -> float:
    if step < 1:
        raise ValueError("step must be at least 1")
    if d_model < 1:
        raise ValueError("d_model must be at least 1")
    if warmup < 1:
        raise ValueError("warmup must be at least 1")
    return min(1 / math.sqrt(step), step / warmup**1.5) / math.sqrt(d_model)


def length_batches(lengths: list[int], max_tokens: int, seed: int) -> list[list[int]]:
    if max_tokens < 1:
        raise ValueError("max_tokens must be at least 1")
    if any(length < 0 for length in lengths):
        raise ValueError("lengths must not be negative")
    chooser = random.Random(seed)
    order = list(range(len(lengths)))
    chooser.shuffle(order)
    order.sort(key=lambda index: lengths[index])
    batches = []
    for index in order:
        # In rising order the newest is the longest.
        if batches and (len(batches[-1]) + 1) * lengths[index] <= max_tokens:
            batches[-1].append(index)
        else:
            batches.append([index])
    chooser.shuffle(batches)
    return batches


def _count(tokens: list[str], n: int) -> dict[tuple[str, ...], int]:
    counts = {}
    for begin in range(len(tokens) - n + 1):
        gram = tuple(tokens[begin : begin + n])
        counts[gram] = counts.get(gram, 0) + 1
    return counts


def bleu(
    hypotheses: list[list[str]],
    references: list[list[list[str]]],
    max_n: int = 4,
    smooth: bool = False,
) -> float:
    if len(hypotheses) == 0:
        raise ValueError("hypotheses must not be empty")
    if len(references) != len(hypotheses) or any(len(group) == 0 for group in references):
        raise ValueError("references must hold at least one for each of the hypotheses")
    if max_n < 1:
        raise ValueError("max_n must be at least 1")
    written, wanted = 0, 0
    for tokens, group in zip(hypotheses, references, strict=True):
        written += len(tokens)
        wanted += min((abs(len(other) - len(tokens)), len(other)) for other in group)[1]
    log_mean = 0.0
    for n in range(1, max_n + 1):
        matches, total = 0, 0
        for tokens, group in zip(hypotheses, references, strict=True):
            limits = [_count(other, n) for other in group]
            for gram, count in _count(tokens, n).items():
                total += count
                matches += min(count, max(limit.get(gram, 0) for limit in limits))
        if smooth and n > 1:
            matches += 1
            total += 1
        if matches == 0:
            return 0.0
        log_mean += math.log(matches / total) / max_n
    brevity = min(0.0, 1 - wanted / written)
    return 100 * math.exp(log_mean + brevity)
