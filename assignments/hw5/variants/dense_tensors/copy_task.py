"""A Transformer that reverses."""

import torch

from .transformer import Transformer


def train_reverse(vocab=12, length=8, steps=600, seed=0):
    generator = torch.Generator().manual_seed(seed)
    model = Transformer(
        vocab, vocab, d_model=64, heads=2, layers=2, d_ff=128, dropout=0.0, max_len=64, seed=seed
    )
    optimiser = torch.optim.Adam(model.parameters(), lr=1.5e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-3, total_steps=steps)
    for _ in range(steps):
        src = torch.randint(3, vocab, (64, length), generator=generator)
        tgt = torch.nn.functional.pad(torch.nn.functional.pad(src.flip(1), (1, 0), value=1), (0, 1), value=2)
        logits = model(src, torch.full((64,), length), tgt[:, :-1])
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), tgt[:, 1:].flatten())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    return model
