"""Drawing negatives: the smoothed unigram distribution, and a sampler that takes O(1) per draw.

The power 3/4 is Mikolov et al.'s (2013). The alias method is Walker's (1977), set up in linear time
as Vose (1991, "A linear algorithm for generating random numbers with a given distribution") does it.

Shapes:

    V  words of the vocabulary
"""

from __future__ import annotations

from collections import deque

import torch
from torch import Tensor


def negative_distribution(counts: Tensor, power: float = 0.75) -> Tensor:
    """float64 (V,): count ** power, scaled to sum 1. A count of 0 has probability 0 at every power.

    Raises ValueError naming counts (a negative one, or none above 0) or power (negative).
    """
    # YOUR CODE HERE
    raise NotImplementedError()


class AliasSampler:
    """Draws an id i with probability p_i: choose one of V columns uniformly; in column i stay with
    probability threshold_i, else take alias_i. So

        p_i = (threshold_i + sum over the j with alias_j = i of (1 - threshold_j)) / V

    .threshold: float64 (V,) in [0, 1].   .alias: int64 (V,).

    Set up in O(V). Raises ValueError naming probabilities (V,) that are empty or negative, or whose
    sum is further than 1e-6 from 1.
    """

    def __init__(self, probabilities: Tensor) -> None:
        # YOUR CODE HERE
        raise NotImplementedError()

    def sample(self, shape: tuple[int, ...], seed: int) -> Tensor:
        """int64 of any shape, including () or one with a 0 in it: independent draws, O(1) each.

        The same seed gives the same draws: the sampler has no state.
        """
        # YOUR CODE HERE
        raise NotImplementedError()
