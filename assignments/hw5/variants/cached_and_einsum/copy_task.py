"""A larger model, trained with larger batches and its own loop."""

import torch
import torch.nn.functional as F

from .transformer import Transformer


def train_reverse(vocab=12, length=8, steps=600, seed=0):
    generator = torch.Generator().manual_seed(seed)
    model = Transformer(vocab, vocab, 48, 4, 1, 96, dropout=0.0, max_len=length + 4, seed=seed)
    optimiser = torch.optim.Adam(model.parameters(), lr=4e-3, betas=(0.9, 0.98))
    lengths = torch.full((48,), length)
    for step in range(steps):
        for group in optimiser.param_groups:
            group["lr"] = 4e-3 * min(1, (step + 1) / 30) * (1 - step / steps)
        src = torch.randint(3, vocab, (48, length), generator=generator)
        bos, eos = torch.full((48, 1), 1), torch.full((48, 1), 2)
        tgt = torch.cat([bos, src.flip(1), eos], 1)
        logits = model(src, lengths, tgt[:, :-1])
        loss = F.cross_entropy(logits.reshape(-1, vocab), tgt[:, 1:].reshape(-1))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return model
