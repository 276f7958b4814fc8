"""Learning to reverse."""

import random

from .training import fit
from .transformer import Transformer


def train_reverse(vocab=12, length=8, steps=600, seed=0):
    dice = random.Random(seed + 17)
    model = Transformer(vocab, vocab, 64, 4, 2, 128, 0.0, length + 2, norm="pre", seed=seed)
    pairs = []
    for _ in range(40 * steps):
        word = [dice.randrange(3, vocab) for _ in range(length)]
        pairs.append((word, word[::-1]))
    fit(model, pairs, bos=1, eos=2, pad=0, steps=steps, batch_size=64, lr=2e-3, seed=seed)
    return model
