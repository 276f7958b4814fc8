"""The reference's Transformer against `nn.Transformer` of the same size: one training step.

`python -m bench.transformer [--rounds N] [--device cpu|cuda]`

Both have the same embeddings, positions and output layer around them, the same batch, and take the
same step: forward, loss, backward, Adam. In turn, so that a drifting machine is fair to both; the
ratio is of medians. Bar: 1.2.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import torch
from torch import Tensor, nn

from reference.hw5_seq2seq.transformer import Transformer, causal_mask, positional_encoding

VOCABULARY, D_MODEL, HEADS, LAYERS, D_FF, DROPOUT = 2000, 256, 8, 3, 512, 0.1
BATCH, SOURCE, TARGET = 32, 20, 20


class Peer(nn.Module):
    """`nn.Transformer` with what ours has around it."""

    def __init__(self) -> None:
        super().__init__()
        self.source, self.target = (nn.Embedding(VOCABULARY, D_MODEL) for _ in range(2))
        self.core = nn.Transformer(
            D_MODEL, HEADS, LAYERS, LAYERS, D_FF, DROPOUT, batch_first=True, norm_first=False
        )
        self.out = nn.Linear(D_MODEL, VOCABULARY)
        self.dropout = nn.Dropout(DROPOUT)
        self.register_buffer("positions", positional_encoding(512, D_MODEL))

    def forward(self, src: Tensor, lengths: Tensor, tgt: Tensor) -> Tensor:
        """Logits (B, T, V)."""
        ignored = torch.arange(src.shape[1], device=src.device) >= lengths[:, None]
        x, y = (
            self.dropout(table(ids) * D_MODEL**0.5 + self.positions[: ids.shape[1]])
            for table, ids in ((self.source, src), (self.target, tgt))
        )
        hidden = self.core(
            x,
            y,
            tgt_mask=~causal_mask(tgt.shape[1]).to(src.device),
            src_key_padding_mask=ignored,
            memory_key_padding_mask=ignored,
        )
        return self.out(hidden)


def stepper(model: nn.Module, batch: tuple[Tensor, Tensor, Tensor]) -> Callable[[], float]:
    """One training step; it returns its milliseconds."""
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-4)
    src, lengths, tgt = batch

    def step() -> float:
        start = time.perf_counter()
        logits = model(src, lengths, tgt[:, :-1])
        loss = nn.functional.cross_entropy(logits.flatten(0, 1), tgt[:, 1:].flatten())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if src.is_cuda:
            torch.cuda.synchronize()
        return 1000 * (time.perf_counter() - start)

    return step


def main() -> None:
    """Print both medians and their ratio."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    options = parser.parse_args()
    torch.manual_seed(0)
    device = torch.device(options.device)
    src = torch.randint(4, VOCABULARY, (BATCH, SOURCE), device=device)
    tgt = torch.randint(4, VOCABULARY, (BATCH, TARGET + 1), device=device)
    lengths = torch.randint(SOURCE // 2, SOURCE + 1, (BATCH,), device=device)
    sizes = (D_MODEL, HEADS, LAYERS, D_FF, DROPOUT)
    ours = stepper(Transformer(VOCABULARY, VOCABULARY, *sizes).to(device), (src, lengths, tgt))
    theirs = stepper(Peer().to(device), (src, lengths, tgt))
    for step in (ours, theirs, ours, theirs):  # caches, and libraries that load late
        step()
    times = [(ours(), theirs()) for _ in range(options.rounds)]
    mine, peer = (statistics.median(column) for column in zip(*times, strict=True))
    print(f"reference      {mine:8.1f} ms a step ({device}, {torch.get_num_threads()} threads)")
    print(f"nn.Transformer {peer:8.1f} ms a step")
    print(f"ratio          {mine / peer:8.2f}")


if __name__ == "__main__":
    main()
