from __future__ import annotations

import torch

from .training import fit
from .transformer import Transformer

PAD, BOS, EOS, FIRST = 0, 1, 2, 3


def train_reverse(vocab: int = 12, length: int = 8, steps: int = 600, seed: int = 0) -> Transformer:
    if vocab <= FIRST:
        raise ValueError("vocab has no symbol")
    if length < 1:
        raise ValueError("length is below 1")
    model = Transformer(vocab, vocab, 32, 2, 1, 64, dropout=0.0, max_len=length + 2, seed=seed)
    generator = torch.Generator().manual_seed(seed)
    strings = torch.randint(FIRST, vocab, (4096, length), generator=generator)
    pairs = list(zip(strings.tolist(), strings.flip(1).tolist(), strict=True))
    fit(model, pairs, bos=BOS, eos=EOS, pad=PAD, steps=steps, lr=7e-3, seed=seed)
    return model
