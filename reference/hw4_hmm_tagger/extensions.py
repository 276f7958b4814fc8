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
    ### BEGIN SOLUTION
    n_tags = emissions.shape[-1]
    if emissions.ndim != 2 or not len(emissions) or transitions.shape != (n_tags, n_tags):
        raise ValueError("emissions must be (T, S), T at least 1, and transitions (S, S)")
    alpha = emissions[0]  # (S,)
    for emission in emissions[1:]:
        alpha = (alpha[:, None] + transitions).logsumexp(dim=0) + emission
    return alpha.logsumexp(dim=0)
    ### END SOLUTION


def crf_nll(emissions: Tensor, transitions: Tensor, tags: Tensor) -> Tensor:
    """-ln p(tags) = log partition - score(tags), a tensor (). tags (T,) int64. Differentiable.

    Raises ValueError as `crf_log_partition`, or naming tags (not (T,), or out of range).
    """
    ### BEGIN SOLUTION
    log_partition = crf_log_partition(emissions, transitions)
    length, n_tags = emissions.shape
    if tags.shape != (length,) or bool(((tags < 0) | (tags >= n_tags)).any()):
        raise ValueError(f"tags must be (T,), each between 0 and {n_tags - 1}")
    steps = transitions[tags[:-1], tags[1:]].sum()
    return log_partition - emissions[torch.arange(length), tags].sum() - steps
    ### END SOLUTION


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
        ### BEGIN SOLUTION
        if pretrained is not None and pretrained.shape != (vocab, dim):
            raise ValueError("pretrained must have shape (vocab, dim)")
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.embedding = nn.Embedding(vocab, dim)
            self.convolutions = nn.ModuleList(nn.Conv1d(dim, filters, width) for width in kernels)
            self.output = nn.Linear(filters * len(kernels), classes)
        if pretrained is not None:
            with torch.no_grad():
                self.embedding.weight.copy_(pretrained)
        self.embedding.weight.requires_grad_(not freeze)
        ### END SOLUTION

    def forward(self, ids: Tensor) -> Tensor:
        """Logits (B, classes) for ids (B, T), T at least the widest kernel."""
        ### BEGIN SOLUTION
        vectors = self.embedding(ids).transpose(1, 2)  # (B, dim, T)
        found = [layer(vectors).relu().amax(dim=2) for layer in self.convolutions]
        return self.output(torch.cat(found, dim=1))  # (B, filters * kernels) -> (B, classes)
        ### END SOLUTION
