from __future__ import annotations

import math
import random
from collections import Counter
from functools import reduce
from operator import or_

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence


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
    if not pairs:
        raise ValueError("no pairs")
    if batch_size < 1:
        raise ValueError("batch_size is below 1")
    sources = [torch.tensor(source, dtype=torch.int64) for source, _ in pairs]
    targets = [torch.tensor([bos, *target, eos]) for _, target in pairs]
    generator = torch.Generator().manual_seed(seed)
    optimiser = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=0.0, betas=(0.9, 0.98))
    mode = model.training
    model.train()
    losses = []
    for step in range(steps):
        chosen = torch.randint(len(pairs), (batch_size,), generator=generator).tolist()
        src, src_lengths = _stack([sources[number] for number in chosen], pad)
        tgt, lengths = _stack([targets[number] for number in chosen], pad)
        # A Seq2Seq says nothing behind the last id; what a Transformer says there is not needed.
        logits = model(src, src_lengths, tgt)[:, : tgt.shape[1] - 1]
        wanted = torch.arange(1, tgt.shape[1]) < lengths[:, None]
        loss = nn.functional.cross_entropy(logits[wanted], tgt[:, 1:][wanted])
        # The rate falls to a tenth in the last half.
        for group in optimiser.param_groups:
            group["lr"] = lr * min(1.0, 1.9 - 1.8 * step / steps)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 2.0)
        optimiser.step()
        losses.append(float(loss.detach()))
    model.train(mode)
    return losses


def _stack(rows: list[Tensor], pad: int) -> tuple[Tensor, Tensor]:
    lengths = torch.tensor([len(row) for row in rows])
    return pad_sequence(rows, batch_first=True, padding_value=pad), lengths


def label_smoothed_loss(logits: Tensor, targets: Tensor, smoothing: float, pad: int) -> Tensor:
    if targets.shape != logits.shape[:-1]:
        raise ValueError("targets do not fit logits")
    if smoothing < 0 or smoothing > 1:
        raise ValueError("smoothing lies outside of [0, 1]")
    counts = targets != pad
    targets, logits = targets[counts], logits[counts]
    if ((targets < 0) | (targets >= logits.shape[-1])).any():
        raise ValueError("targets hold an id outside of the vocabulary")
    wanted = nn.functional.one_hot(targets, logits.shape[-1]).to(logits)
    wanted = wanted * (1 - smoothing) + smoothing / logits.shape[-1]
    log_p = logits.log_softmax(-1)
    return torch.einsum("nv,nv->", -wanted, log_p) / max(len(targets), 1)


def noam_lr(step: int, d_model: int, warmup: int) -> float:
    for name, value in {"step": step, "d_model": d_model, "warmup": warmup}.items():
        if value < 1:
            raise ValueError(f"{name} is below 1")
    return d_model**-0.5 * min(step**-0.5, step * warmup**-1.5)


def length_batches(lengths: list[int], max_tokens: int, seed: int) -> list[list[int]]:
    if max_tokens < 1:
        raise ValueError("max_tokens is below 1")
    left = sorted(range(len(lengths)), key=lambda index: -lengths[index])
    batches = []
    while left:
        room = max(1, max_tokens // max(1, lengths[left[0]]))
        batches.append(left[:room])
        left = left[room:]
    random.Random(seed).shuffle(batches)
    return batches


def _grams(tokens: list[str], n: int) -> Counter[tuple[str, ...]]:
    return Counter(zip(*(tokens[begin:] for begin in range(n)), strict=False))


def bleu(
    hypotheses: list[list[str]],
    references: list[list[list[str]]],
    max_n: int = 4,
    smooth: bool = False,
) -> float:
    if not hypotheses:
        raise ValueError("no hypotheses")
    if len(hypotheses) != len(references) or not all(references):
        raise ValueError("references and hypotheses do not fit")
    if max_n < 1:
        raise ValueError("max_n is below 1")
    length = sum(map(len, hypotheses))
    closest = sum(
        min(map(len, group), key=lambda size: (abs(size - len(tokens)), size))
        for tokens, group in zip(hypotheses, references, strict=True)
    )
    logs = []
    for n in range(1, max_n + 1):
        added = int(smooth and n > 1)
        hits, total = added, added
        for tokens, group in zip(hypotheses, references, strict=True):
            own = _grams(tokens, n)
            hits += (own & reduce(or_, (_grams(other, n) for other in group))).total()
            total += own.total()
        if not hits:
            return 0.0
        logs.append(math.log(hits) - math.log(total))
    brevity = 1.0 if length >= closest else math.exp(1 - closest / length)
    return 100.0 * brevity * math.exp(math.fsum(logs) / max_n)
