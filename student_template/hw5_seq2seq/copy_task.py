"""Bonus: a Transformer that learns to reverse, trained in seconds."""

from __future__ import annotations

import random

from .training import fit
from .transformer import Transformer

PAD, BOS, EOS, FIRST = 0, 1, 2, 3


def train_reverse(vocab: int = 12, length: int = 8, steps: int = 600, seed: int = 0) -> Transformer:
    """A Transformer over `vocab` ids that reverses strings of `length` symbols.

    The symbols are FIRST ... vocab - 1; a source is the string alone, a target is put between BOS
    and EOS. `steps` training steps, of any batch size. With vocab 8, length 3, steps 80 at least half
    of new strings must be reversed without a mistake, within 20 seconds; with the defaults 99 % can
    be reached.
    """
    # YOUR CODE HERE
    raise NotImplementedError()
