"""Training a translation model, and measuring it.

Label smoothing: Szegedy et al. (2016), section 7. The warm-up schedule: Vaswani et al. (2017), section
5.3. BLEU: Papineni et al. (2002); the smoothing of short texts: Lin & Och (2004).
"""

from __future__ import annotations

import math
import random
from collections import Counter

import torch
from torch import Tensor, nn

### BEGIN SOLUTION
CLIP = 1.0  # largest norm of a step's gradient
### END SOLUTION


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
    """Train a `Seq2Seq` or a `Transformer` in place on (source ids, target ids), lists of any lengths from 1.

    Each step draws a batch, at most batch_size pairs, by `seed`. The target gets bos in front and
    eos after it; the source stays as it is. Any optimiser will do. Returns the loss per token of
    each step (natural logarithm, eos counted, padding not; smoothed, if you smooth it), `steps` floats.

    Required quality, on the reversal language: 2,000 random strings of two of the symbols 3 to 5,
    each target its source reversed, bos 1, eos 2, pad 0. Of 300 new strings half must come out
    right after 40 steps with batch_size 32 and lr 2e-2, for one of two seeds:

        Seq2Seq (embed 16, hidden 32)
        Transformer (d_model 16, 2 heads, 1 layer, d_ff 64)

    Plain Adam at a constant lr gets there with room to spare; so does a schedule of your own.
    Raises ValueError naming batch_size below 1.
    """
    ### BEGIN SOLUTION
    if not pairs or batch_size < 1:
        raise ValueError("pairs must not be empty, batch_size must be at least 1")
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    order, losses = random.Random(seed), []
    device = next(model.parameters()).device
    model.train()
    for step in range(steps):
        # rising over the first tenth, then falling to 0: the last steps settle
        rate = min((step + 1) / (0.1 * steps), (steps - step) / (0.9 * steps))
        for group in optimiser.param_groups:
            group["lr"] = lr * rate
        batch = order.sample(pairs, min(batch_size, len(pairs)))
        src, lengths = _padded([source for source, _ in batch], pad)
        tgt, _ = _padded([[bos, *target, eos] for _, target in batch], pad)
        src, lengths, tgt = src.to(device), lengths.to(device), tgt.to(device)
        # a Transformer speaks after the last word too: there is nothing to compare that with
        logits = model(src, lengths, tgt)[:, : tgt.shape[1] - 1]  # (B, T-1, V)
        loss = label_smoothed_loss(logits.flatten(0, 1), tgt[:, 1:].flatten(), 0.0, pad)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), CLIP)
        optimiser.step()
        losses.append(loss.item())
    return losses
    ### END SOLUTION


### BEGIN SOLUTION
def _padded(rows: list[list[int]], pad: int) -> tuple[Tensor, Tensor]:
    """Rows of ids as one tensor (B, longest), and their lengths (B,)."""
    lengths = torch.tensor([len(row) for row in rows])
    width = int(lengths.max())
    return torch.tensor([row + [pad] * (width - len(row)) for row in rows]), lengths
### END SOLUTION


def label_smoothed_loss(logits: Tensor, targets: Tensor, smoothing: float, pad: int) -> Tensor:
    """Cross-entropy () with a target that has 1 - smoothing on the right word and smoothing / V on all.

    logits (N, V), targets (N,) int64. The mean over the targets that are not pad; 0 if all are.
    Raises ValueError naming smoothing outside [0, 1].
    """
    ### BEGIN SOLUTION
    if not 0 <= smoothing <= 1:
        raise ValueError("smoothing must lie between 0 and 1")
    kept = targets != pad
    log_probs = torch.log_softmax(logits[kept], dim=-1)  # (M, V)
    right = log_probs.gather(1, targets[kept].unsqueeze(1)).squeeze(1)  # (M,)
    losses = -(1 - smoothing) * right - smoothing * log_probs.mean(dim=-1)  # (M,)
    return losses.sum() / kept.sum().clamp(min=1)
    ### END SOLUTION


def noam_lr(step: int, d_model: int, warmup: int) -> float:
    """d_model^(-1/2) min(step^(-1/2), step warmup^(-3/2)), for step 1, 2, ...

    Rises in a straight line up to step `warmup`, then falls as 1 / sqrt(step).
    """
    ### BEGIN SOLUTION
    return d_model**-0.5 * min(step**-0.5, step * warmup**-1.5)
    ### END SOLUTION


def length_batches(lengths: list[int], max_tokens: int, seed: int) -> list[list[int]]:
    """Batches of indices into `lengths`, each index in one of them.

    In every batch count x longest is at most max_tokens, unless it contains a single index.
    Sequences of similar length are batched together, and batches are filled; `seed` shuffles their
    order.
    """
    ### BEGIN SOLUTION
    generator = random.Random(seed)
    order = list(range(len(lengths)))
    generator.shuffle(order)  # equal lengths meet other companions under another seed
    batches: list[list[int]] = []
    for index in sorted(order, key=lengths.__getitem__):
        # rising lengths: the newcomer is the longest
        if batches and (len(batches[-1]) + 1) * lengths[index] <= max_tokens:
            batches[-1].append(index)
        else:
            batches.append([index])
    generator.shuffle(batches)
    return batches
    ### END SOLUTION


def bleu(
    hypotheses: list[list[str]],
    references: list[list[list[str]]],
    max_n: int = 4,
    smooth: bool = False,
) -> float:
    """Corpus BLEU in percent; references[i] are the references of hypotheses[i].

        100 min(1, e^(1 - r/c)) (p_1 p_2 ... p_max_n)^(1/max_n)

    p_n: of all n-grams of all hypotheses, the fraction that occur in a reference, each counted at
    most as often as in the reference that has it most often. c: length of all hypotheses; r: of the
    closest references, on a tie the shorter. smooth adds 1 to both counts of p_n for n above
    1. 0 where some p_n has no match.
    """
    ### BEGIN SOLUTION
    matches, totals = [0] * max_n, [0] * max_n
    hypothesis_length = reference_length = 0
    for hypothesis, choices in zip(hypotheses, references, strict=True):
        hypothesis_length += len(hypothesis)
        lengths = [len(choice) for choice in choices]
        reference_length += min(lengths, key=lambda r: (abs(r - len(hypothesis)), r))
        for n in range(1, max_n + 1):
            counts = _ngrams(hypothesis, n)
            allowed: Counter[tuple[str, ...]] = Counter()
            for choice in choices:
                allowed |= _ngrams(choice, n)  # the largest count of each
            matches[n - 1] += (counts & allowed).total()  # the smaller count of each
            totals[n - 1] += counts.total()
    if smooth:
        matches[1:] = [count + 1 for count in matches[1:]]
        totals[1:] = [count + 1 for count in totals[1:]]
    if min(matches) == 0:
        return 0.0
    precision = math.exp(sum(math.log(m / t) for m, t in zip(matches, totals, strict=True)) / max_n)
    return 100 * min(1.0, math.exp(1 - reference_length / hypothesis_length)) * precision
    ### END SOLUTION


### BEGIN SOLUTION
def _ngrams(words: list[str], n: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(words[i : i + n]) for i in range(len(words) - n + 1))
### END SOLUTION
