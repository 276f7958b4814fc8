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
    # YOUR CODE HERE
    raise NotImplementedError()


def label_smoothed_loss(logits: Tensor, targets: Tensor, smoothing: float, pad: int) -> Tensor:
    """Cross-entropy () with a target that has 1 - smoothing on the right word and smoothing / V on all.

    logits (N, V), targets (N,) int64. The mean over the targets that are not pad; 0 if all are.
    Raises ValueError naming smoothing outside [0, 1].
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def noam_lr(step: int, d_model: int, warmup: int) -> float:
    """d_model^(-1/2) min(step^(-1/2), step warmup^(-3/2)), for step 1, 2, ...

    Rises in a straight line up to step `warmup`, then falls as 1 / sqrt(step).
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def length_batches(lengths: list[int], max_tokens: int, seed: int) -> list[list[int]]:
    """Batches of indices into `lengths`, each index in one of them.

    In every batch count x longest is at most max_tokens, unless it contains a single index.
    Sequences of similar length are batched together, and batches are filled; `seed` shuffles their
    order.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


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
    # YOUR CODE HERE
    raise NotImplementedError()
