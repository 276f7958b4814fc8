"""Bonus: the conditional random field, and a convolutional network that classifies texts.

A linear-chain CRF (Lafferty, McCallum & Pereira, 2001) is the MEMM's cure: the same kind of scores,
normalised once over all paths. The text CNN is Kim's (2014).

Shapes:

    T  words        S  tags        B  texts        V  vocabulary
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


def crf_log_partition(emissions: Tensor, transitions: Tensor) -> Tensor:
    """The logarithm of the sum over all S^T paths y of exp(score(y)), a tensor ():

        score(y) = sum over t of emissions[t, y_t] + sum over t of transitions[y_t-1, y_t]

    emissions (T, S), transitions (S, S) [from, to]. Differentiable.
    Raises ValueError naming emissions or transitions (no word, sizes that do not agree).
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def crf_nll(emissions: Tensor, transitions: Tensor, tags: Tensor) -> Tensor:
    """-ln p(tags) = log partition - score(tags), a tensor (). tags (T,) int64. Differentiable.

    Raises ValueError as `crf_log_partition`, or naming tags (not (T,), or out of range).
    """
    # YOUR CODE HERE
    raise NotImplementedError()


class TextCNN(nn.Module):
    """Words -> vectors -> convolutions of each width in kernels -> ReLU -> the maximum over time of
    each of `filters` filters per width -> linear -> logits.

    pretrained: vectors (vocab, dim), copied in; with freeze the vectors get no gradient. The same
    seed gives the same network.

    Raises ValueError naming pretrained for a different shape.
    """

    def __init__(
        self,
        vocab: int,
        dim: int,
        kernels: list[int],
        filters: int,
        classes: int,
        pretrained: Tensor | None = None,
        freeze: bool = False,
        seed: int = 0,
    ) -> None:
        super().__init__()
        # YOUR CODE HERE
        raise NotImplementedError()

    def forward(self, ids: Tensor) -> Tensor:
        """Logits (B, classes) for ids (B, T), T at least the widest kernel."""
        # YOUR CODE HERE
        raise NotImplementedError()
