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
    ### BEGIN SOLUTION
    generator = random.Random(seed)
    strings = [generator.choices(range(FIRST, vocab), k=length) for _ in range(32 * steps)]
    pairs = [(string, string[::-1]) for string in strings]
    model = Transformer(
        vocab, vocab, d_model=32, heads=4, layers=1, d_ff=64, dropout=0.0, max_len=length + 2, seed=seed
    )
    fit(model, pairs, bos=BOS, eos=EOS, pad=PAD, steps=steps, batch_size=32, lr=5e-3, seed=seed)
    return model
    ### END SOLUTION
