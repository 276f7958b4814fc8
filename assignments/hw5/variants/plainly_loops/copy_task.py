from __future__ import annotations

import random

from .training import fit
from .transformer import Transformer

PAD, BOS, EOS, FIRST = 0, 1, 2, 3


def train_reverse(vocab: int = 12, length: int = 8, steps: int = 600, seed: int = 0) -> Transformer:
    if vocab <= FIRST:
        raise ValueError("vocab must leave a symbol beside the special ids")
    if length < 1:
        raise ValueError("length must be at least 1")
    model = Transformer(
        vocab,
        vocab,
        d_model=32,
        heads=2,
        layers=1,
        d_ff=64,
        dropout=0.0,
        max_len=length + 2,
        norm="pre",
        seed=seed,
    )
    chooser = random.Random(seed)
    pairs = []
    for _ in range(3_000):
        source = [chooser.randrange(FIRST, vocab) for _ in range(length)]
        pairs.append((source, source[::-1]))
    parts = ((0.6, 1e-2), (0.25, 3e-3), (0.15, 1e-3))
    for number, (share, lr) in enumerate(parts):
        fit(
            model,
            pairs,
            bos=BOS,
            eos=EOS,
            pad=PAD,
            steps=round(share * steps),
            batch_size=64,
            lr=lr,
            seed=seed + number,
        )
    return model
