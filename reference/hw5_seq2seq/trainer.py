"""Training at scale: batches by length, smoothing, warm-up, any device, checkpoints.

The parts are those of the homework; what is added is what a long run needs. Only the model's forward
pass runs in bfloat16 when that is asked for: the loss and the optimiser stay in float32.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from .data import BOS, EOS, PAD, DataMissing
from .seq2seq import Decoder, Encoder, Seq2Seq
from .training import label_smoothed_loss, length_batches, noam_lr
from .transformer import Transformer

Pair = tuple[list[int], list[int]]
CLIP = 1.0
MODELS = ("seq2seq", "transformer")


@dataclass(frozen=True)
class Settings:
    """What is trained, and how. `size` is d_model, or the hidden size of the GRUs."""

    model: str
    size: int
    layers: int
    dropout: float
    epochs: int
    max_tokens: int
    lr: float  # seq2seq: the rate; transformer: a factor of noam_lr
    warmup: int
    smoothing: float
    seed: int
    amp: bool
    compile: bool
    device: torch.device

    def shape(self) -> dict[str, Any]:
        """What a checkpoint must agree in to be resumed."""
        kept = ("model", "size", "layers", "max_tokens", "lr", "warmup", "smoothing", "seed", "dropout")
        return {name: getattr(self, name) for name in kept}


def build(settings: Settings, vocabulary: int) -> nn.Module:
    """The model of these settings, on its device."""
    torch.manual_seed(settings.seed)  # dropout draws from the global generator
    size, seed = settings.size, settings.seed
    if settings.model == "seq2seq":
        encoder = Encoder(vocabulary, size // 2, size, seed=seed)
        model: nn.Module = Seq2Seq(encoder, Decoder(vocabulary, size // 2, size, "general", seed=seed + 1))
    else:
        model = Transformer(
            vocabulary, vocabulary, size, heads=8, layers=settings.layers, d_ff=2 * size,
            dropout=settings.dropout, max_len=512, tie=True, norm="pre", seed=seed,
        )
    return model.to(settings.device)


def padded(rows: list[list[int]], device: torch.device) -> tuple[Tensor, Tensor]:
    """Rows of ids as one tensor (B, longest), and their lengths (B,)."""
    lengths = torch.tensor([len(row) for row in rows])
    width = int(lengths.max())
    ids = torch.tensor([row + [PAD] * (width - len(row)) for row in rows])
    return ids.to(device), lengths.to(device)


class Trainer:
    """A model with its optimiser and the story so far. One `epoch` after another."""

    def __init__(self, settings: Settings, vocabulary: int) -> None:
        self.settings = settings
        self.model = build(settings, vocabulary)
        self.forward: Callable[..., Tensor] = self.model
        if settings.compile:
            torch._dynamo.config.suppress_errors = True  # noqa: SLF001 - what cannot be compiled runs as it is
            self.forward = torch.compile(self.model, dynamic=True)
        self.optimiser = torch.optim.Adam(self.model.parameters(), lr=settings.lr, betas=(0.9, 0.98), eps=1e-9)
        self.step = 0
        self.history: dict[str, list[float]] = {"training": [], "validation": []}

    @property
    def epochs_done(self) -> int:
        """How many epochs are finished."""
        return len(self.history["training"])

    def epoch(self, pairs: list[Pair], tick: Callable[[], None]) -> float:
        """One pass over the pairs; returns the mean loss per token. Calls `tick` after each batch."""
        self.model.train()
        number, total, count = self.epochs_done, 0.0, 0
        # the later, the more the recurrent model must live with its own words (Bengio et al. 2015)
        teacher = 1.0 - 0.5 * number / max(self.settings.epochs - 1, 1)
        for batch in self.batches(pairs, self.settings.seed + number):
            self.step += 1
            self._set_rate()
            loss, tokens = self._loss([pairs[i] for i in batch], teacher, self.settings.smoothing)
            self.optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(self.model.parameters(), CLIP)
            self.optimiser.step()
            total, count = total + loss.item() * tokens, count + tokens
            tick()
        return total / count

    @torch.no_grad()
    def validation_loss(self, pairs: list[Pair]) -> float:
        """Cross-entropy per token, nothing smoothed, each word read from the target."""
        self.model.eval()
        total, count = 0.0, 0
        for batch in self.batches(pairs, 0):
            loss, tokens = self._loss([pairs[i] for i in batch], 1.0, 0.0)
            total, count = total + loss.item() * tokens, count + tokens
        return total / count

    def batches(self, pairs: list[Pair], seed: int) -> list[list[int]]:
        """By the longer side of each pair, so that neither source nor target overflows."""
        longest = [max(len(source), len(target) + 2) for source, target in pairs]
        return length_batches(longest, self.settings.max_tokens, seed)

    def _loss(self, pairs: list[Pair], teacher: float, smoothing: float) -> tuple[Tensor, int]:
        device = self.settings.device
        src, lengths = padded([source for source, _ in pairs], device)
        tgt, _ = padded([[BOS, *target, EOS] for _, target in pairs], device)
        taught = (teacher, self.step) if self.settings.model == "seq2seq" else ()
        with torch.autocast(device.type, torch.bfloat16, enabled=self.settings.amp):
            logits = self.forward(src, lengths, tgt, *taught)[:, : tgt.shape[1] - 1]
        words = tgt[:, 1:].flatten()
        loss = label_smoothed_loss(logits.float().flatten(0, 1), words, smoothing, PAD)
        return loss, int((words != PAD).sum())

    def _set_rate(self) -> None:
        settings = self.settings
        rate = settings.lr
        if settings.model == "transformer":
            rate *= noam_lr(self.step, settings.size, settings.warmup)
        for group in self.optimiser.param_groups:
            group["lr"] = rate

    def save(self, path: Path, data: str, subwords: bytes) -> None:
        """Write a checkpoint, whole or not at all."""
        generators = {"cpu": torch.get_rng_state()}
        if self.settings.device.type == "cuda":
            generators["cuda"] = torch.cuda.get_rng_state(self.settings.device)
        found = {
            "model": self.model.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
            "history": self.history,
            "shape": self.settings.shape(),
            "generators": generators,
            "data": data,
            "subwords": torch.frombuffer(bytearray(subwords), dtype=torch.uint8),
        }
        torch.save(found, path.with_suffix(".part"))
        path.with_suffix(".part").replace(path)

    def resume(self, found: dict[str, Any], data: str) -> None:
        """Continue where the checkpoint stopped. Raises `DataMissing` if it belongs to another run."""
        if found["shape"] != self.settings.shape() or found["data"] != data:
            raise DataMissing("The checkpoint is of other settings or other data: train afresh, or name them.")
        self.model.load_state_dict(found["model"])
        self.optimiser.load_state_dict(found["optimiser"])
        self.step, self.history = found["step"], found["history"]
        torch.set_rng_state(found["generators"]["cpu"].cpu())
        if "cuda" in found["generators"] and self.settings.device.type == "cuda":
            torch.cuda.set_rng_state(found["generators"]["cuda"].cpu(), self.settings.device)


def load(folder: Path) -> dict[str, Any]:
    """A checkpoint as plain data. Raises `DataMissing` when there is none."""
    path = folder / "checkpoint.pt"
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, ValueError) as error:
        raise DataMissing(f"{path}: {error}") from None

