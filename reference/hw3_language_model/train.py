"""The language model of the homework on real text, on any device.

    python -m reference.hw3_language_model.train --data wikitext2 --device auto --out out/wikitext2

The recipe is that of Zaremba et al. (2014) as PyTorch's word_language_model example settled it:
SGD with a rate of 20, divided by 4 whenever the validation perplexity has not decreased, gradients
clipped to the norm 0.25, truncated backpropagation over 35 steps, dropout. The defaults are the
medium size: 650 units, two layers. After each epoch everything needed to continue is written to
checkpoint.pt; --resume continues from there as if nothing had happened.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from rich.console import Console
from rich.progress import Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from torch import Tensor, nn

from .corpus import Corpus, DataMissing, read
from .curve import learning_curve
from .data import batchify, windows
from .fused import FusedLSTM
from .metrics import bits_per_token
from .model import LSTMLanguageModel, detach, evaluate, generate

TEMPERATURES = (0.7, 1.0, 1.3)
SAMPLE = 40  # words


@dataclass(frozen=True)
class Settings:
    """What a run depends on, besides the text."""

    size: int
    layers: int
    dropout: float
    tied: bool
    epochs: int
    batch_size: int
    bptt: int
    lr: float
    clip: float
    seed: int
    amp: str
    compiled: bool


class Trainer:
    """Model, rate and results so far; what a checkpoint contains."""

    def __init__(self, corpus: Corpus, settings: Settings, device: torch.device) -> None:
        self.settings, self.device, self.sha256 = settings, device, corpus.sha256
        torch.manual_seed(settings.seed)
        s = settings
        self.model = LSTMLanguageModel(
            len(corpus.vocabulary), s.size, s.size, s.layers, s.dropout, s.tied, seed=s.seed
        )
        if not s.compiled and s.amp == "off":  # the compiler and autocast need the plain form
            fused = FusedLSTM(s.size, s.size, s.layers, s.dropout)
            fused.load_state_dict(self.model.lstm.state_dict())
            self.model.lstm = fused
        self.model.to(device)
        self.run: Any = torch.compile(self.model) if s.compiled else self.model
        self.data = batchify(corpus.parts["train"].to(device), s.batch_size)  # (T, B)
        self.held = {
            part: batchify(corpus.parts[part].to(device), min(10, len(corpus.parts[part]) // 2))
            for part in ("valid", "test")
        }
        self.lr, self.epoch, self.seconds = s.lr, 0, 0.0
        self.curves: dict[str, list[float]] = {"train": [], "valid": []}
        self.best: dict[str, Tensor] = {}

    def step(self, inputs: Tensor, targets: Tensor, state: Any) -> tuple[Tensor, Any]:
        """One window: the loss before the step, and the state after it."""
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.settings.amp == "bf16"):
            logits, state = self.run(inputs, state)
        loss = F.cross_entropy(logits.flatten(0, 1).float(), targets.flatten())
        self.model.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), self.settings.clip)
        with torch.no_grad():
            for param in self.model.parameters():
                param.sub_(self.lr * param.grad)
        return loss.detach(), detach(state)

    def train_epoch(self, bar: Progress) -> float:
        """One pass over the text. Returns its perplexity, measured on the way."""
        cut = windows(self.data, self.settings.bptt)
        task = bar.add_task(f"epoch {self.epoch + 1}", total=len(cut), ppl="")
        self.model.train()
        state: Any = None
        total = torch.zeros((), device=self.device)
        for number, (inputs, targets) in enumerate(cut, 1):
            loss, state = self.step(inputs, targets, state)
            total += loss * len(inputs)
            if number % 50 == 0 or number == len(cut):  # looking at it waits for the device
                rows = min(number * self.settings.bptt, len(self.data) - 1)
                bar.update(task, completed=number, ppl=f"perplexity {_exp(total / rows):.1f}")
        bar.remove_task(task)
        return _exp(total / (len(self.data) - 1))

    def finish_epoch(self, train: float) -> None:
        """Measure, keep the best weights, lower the rate if nothing was gained."""
        valid = evaluate(self.model, self.held["valid"], self.settings.bptt)
        if not self.curves["valid"] or valid < min(self.curves["valid"]):
            self.best = {name: w.clone() for name, w in self.model.state_dict().items()}
        else:
            self.lr /= 4
        self.curves["train"].append(train)
        self.curves["valid"].append(valid)
        self.epoch += 1

    def save(self, path: Path) -> None:
        """Write everything, and put it in its place in one move."""
        states = [torch.get_rng_state()]
        if self.device.type == "cuda":
            states.append(torch.cuda.get_rng_state(self.device))
        names = ("lr", "epoch", "seconds", "curves", "best", "sha256")
        content = {name: getattr(self, name) for name in names}
        content |= {"settings": asdict(self.settings), "states": states}
        content["model"] = self.model.state_dict()
        torch.save(content, path.with_suffix(".part"))
        path.with_suffix(".part").replace(path)

    def load(self, path: Path) -> None:
        """Go on from a checkpoint. Raises `DataMissing` for one of another text or run."""
        content = torch.load(path, map_location=self.device, weights_only=True)
        mine, theirs = asdict(self.settings), content["settings"]
        if {**mine, "epochs": 0} != {**theirs, "epochs": 0} or content["sha256"] != self.sha256:
            raise DataMissing(f"{path} belongs to another text or other settings")
        self.model.load_state_dict(content["model"])
        for name in ("lr", "epoch", "seconds", "curves", "best"):
            setattr(self, name, content[name])
        torch.set_rng_state(content["states"][0].cpu())
        if self.device.type == "cuda" and len(content["states"]) > 1:
            torch.cuda.set_rng_state(content["states"][1].cpu(), self.device)


def fit(trainer: Trainer, out: Path | None, console: Console) -> None:
    """The epochs that are still to be done."""
    shown = TextColumn("{task.fields[ppl]}")
    columns = (*Progress.get_default_columns()[:3], TimeRemainingColumn(), shown)
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        while trainer.epoch < trainer.settings.epochs:
            begun = time.perf_counter()
            trainer.finish_epoch(trainer.train_epoch(bar))
            trainer.seconds += time.perf_counter() - begun
            train, valid = (trainer.curves[name][-1] for name in ("train", "valid"))
            console.print(
                f"epoch {trainer.epoch}: perplexity {train:.2f} in training, "
                f"{valid:.2f} in validation, rate {trainer.lr:g}"
            )
            if out:
                trainer.save(out / "checkpoint.pt")


def report(trainer: Trainer, corpus: Corpus, place: Path) -> dict[str, Any]:
    """Scores and samples of the weights that were best in validation."""
    trainer.model.load_state_dict(trainer.best)
    trainer.model.eval()
    bptt, seed = trainer.settings.bptt, trainer.settings.seed
    found = {part: evaluate(trainer.model, data, bptt) for part, data in trainer.held.items()}
    tokens = corpus.vocabulary.tokens
    samples = {  # after an <eos>
        f"{t:g}": " ".join(tokens[i] for i in generate(trainer.model, [1], SAMPLE, t, seed=seed))
        for t in TEMPERATURES
    }
    cuda = trainer.device.type == "cuda"
    peak = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "assignment": "hw3",
        "data": {"path": place.name, "sha256": corpus.sha256, "vocabulary": len(tokens)},
        "config": asdict(trainer.settings),
        "device": torch.cuda.get_device_name() if cuda else "cpu",
        "torch": torch.__version__,
        "seconds": round(trainer.seconds, 1),
        "tokens_per_second": round(trainer.epoch * trainer.data.numel() / trainer.seconds),
        "peak_memory": torch.cuda.max_memory_allocated() if cuda else peak,
        "metrics": {
            "valid_perplexity": found["valid"],
            "test_perplexity": found["test"],
            "test_bits_per_token": bits_per_token(math.log(found["test"])),
        },
        "curves": trainer.curves,
        "samples": samples,
    }


def show(result: dict[str, Any], console: Console) -> None:
    """The result as a table, and what the model writes."""
    table = Table("part", "perplexity per token")
    for part in ("valid", "test"):
        table.add_row(part, f"{result['metrics'][f'{part}_perplexity']:.2f}")
    console.print(table)
    for temperature, text in result["samples"].items():
        console.print(f"temperature {temperature}: {text}", markup=False)


def _exp(value: Tensor) -> float:
    return float(value.double().exp())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="reference.hw3_language_model.train")
    text = "a text file, or a folder with train, valid and test"
    parser.add_argument("--data", type=Path, default=Path("wikitext2"), help=text)
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument("--size", type=_count, default=650, help="of embeddings and hidden states")
    parser.add_argument("--layers", type=_count, default=2)
    parser.add_argument("--dropout", type=float, default=0.5)
    parser.add_argument("--tied", action="store_true", help="one matrix for embedding and output")
    parser.add_argument("--epochs", type=_count, default=40)
    parser.add_argument("--batch-size", type=_count, default=20)
    parser.add_argument("--bptt", type=_count, default=35)
    parser.add_argument("--lr", type=float, default=20.0)
    parser.add_argument("--clip", type=float, default=0.25)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--amp", choices=("off", "bf16"), default="off", help="mixed precision")
    parser.add_argument("--compile", action="store_true", help="by torch.compile")
    parser.add_argument("--resume", action="store_true", help="go on from checkpoint.pt in --out")
    parser.add_argument("--out", type=Path, help="folder for checkpoint, result.json, curve.svg")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line. Returns 0, or 2 for a call or data that cannot be used."""
    options = _parser().parse_args(arguments)
    available = torch.cuda.is_available()
    if options.device == "cuda" and not available:
        print("There is no CUDA device here: use --device cpu or auto.", file=sys.stderr)
        return 2
    device = torch.device("cuda" if available and options.device != "cpu" else "cpu")
    names = [name for name in Settings.__dataclass_fields__ if name != "compiled"]
    settings = Settings(**{n: getattr(options, n) for n in names}, compiled=options.compile)
    console = Console(highlight=False)
    try:
        if options.out:  # before the work, not after it
            options.out.mkdir(parents=True, exist_ok=True)
        corpus = read(options.data)
        trainer = Trainer(corpus, settings, device)
        if options.resume:
            if not options.out:
                raise DataMissing("--resume needs --out, the folder with checkpoint.pt")
            trainer.load(options.out / "checkpoint.pt")
        fit(trainer, options.out, console)
    except (DataMissing, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    result = report(trainer, corpus, options.data)
    show(result, console)
    if options.out:
        text = json.dumps(result, indent=1, ensure_ascii=False) + "\n"
        (options.out / "result.json").write_text(text, encoding="utf-8")
        curve = learning_curve(f"hw3 on {options.data.name}", trainer.curves)
        (options.out / "curve.svg").write_text(curve, encoding="utf-8")
    return 0


def _count(text: str) -> int:
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


if __name__ == "__main__":
    sys.exit(main())
