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
    ### BEGIN SOLUTION
    if power < 0:
        raise ValueError("power must not be negative")
    if (counts < 0).any() or not (counts > 0).any():
        raise ValueError("counts must not be negative, and one must be above 0")
    weights = counts.to(torch.float64) ** power
    weights = torch.where(counts > 0, weights, 0.0)  # 0 ** 0 would be 1
    return weights / weights.sum()
    ### END SOLUTION


class AliasSampler:
    """Draws an id i with probability p_i: choose one of V columns uniformly; in column i stay with
    probability threshold_i, else take alias_i. So

        p_i = (threshold_i + sum over the j with alias_j = i of (1 - threshold_j)) / V

    .threshold: float64 (V,) in [0, 1].   .alias: int64 (V,).

    Set up in O(V). Raises ValueError naming probabilities (V,) that are empty or negative, or whose
    sum is further than 1e-6 from 1.
    """

    def __init__(self, probabilities: Tensor) -> None:
        ### BEGIN SOLUTION
        p = probabilities.to(torch.float64)
        if p.ndim != 1 or len(p) == 0 or (p < 0).any() or abs(float(p.sum()) - 1) > 1e-6:
            raise ValueError("probabilities must be (V,), not negative, and sum to 1")
        # scaled so that a fair column holds 1: some have too little, some too much
        share = (p / p.sum() * len(p)).tolist()
        threshold, alias = [1.0] * len(share), list(range(len(share)))
        # zeros first: while they last somebody has too much, so none is left over by rounding
        small = deque(i for i, s in enumerate(share) if s == 0)
        small.extend(i for i, s in enumerate(share) if 0 < s < 1)
        large = [i for i, s in enumerate(share) if s >= 1]
        while small and large:
            i, rich = small.popleft(), large[-1]
            threshold[i], alias[i] = share[i], rich
            share[rich] -= 1 - share[i]  # the rest of column i is filled from the rich one
            if share[rich] < 1:
                small.append(large.pop())
        # who is left over has a share of 1 but for rounding, and stays with itself
        self.threshold = torch.tensor(threshold, dtype=torch.float64, device=p.device)  # (V,)
        self.alias = torch.tensor(alias, dtype=torch.int64, device=p.device)  # (V,)
        ### END SOLUTION

    def sample(self, shape: tuple[int, ...], seed: int) -> Tensor:
        """int64 of any shape, including () or one with a 0 in it: independent draws, O(1) each.

        The same seed gives the same draws: the sampler has no state.
        """
        ### BEGIN SOLUTION
        device = self.threshold.device
        generator = torch.Generator(device).manual_seed(seed)
        column = torch.randint(len(self.alias), shape, generator=generator, device=device)
        draw = torch.rand(shape, generator=generator, device=device, dtype=torch.float64)
        return torch.where(draw < self.threshold[column], column, self.alias[column])
        ### END SOLUTION
