"""hw3 on real text: an LSTM language model of words or characters.

The recipe is that of Zaremba et al. (2014) as PyTorch's word_language_model example settled it: SGD
with a rate of 20, divided by 4 whenever the validation perplexity has not decreased, gradients
clipped to the norm 0.25, truncated backpropagation over 35 steps, dropout. Vocabulary, batches,
model, evaluation and sampling are the package's own; where the package has a `fused` module, as the
reference does, its LSTM takes the place of the plain one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils import _pytree as pytree

from grader.errors import UsageError
from grader.training import datasets, pictures
from grader.training.loop import Line, finite
from grader.training.package import Package

PARTS = ("train", "valid", "test")
TEMPERATURES = (0.7, 1.0, 1.3)
SAMPLE = 40  # words or characters
LOOKS = 20  # steps between two looks at the loss on a GPU: each waits for it


@dataclass(frozen=True)
class Text:
    """Sentences of each part: lines of words, or of characters."""

    parts: dict[str, list[list[str]]]
    digests: dict[str, str]


def read(place: Path, *, characters: bool) -> Text:
    """A text file, of which 8, 1 and 1 tenths of the lines are used, or a folder with three.

    A line is a sentence or a paragraph; an empty one counts, as is usual for WikiText-2.
    """
    if place.is_dir() and not any(place.glob("*train*")):
        place = datasets.one_file(place, "input.txt", "*.txt")
    if place.is_file():
        files, lines = [place], _lines(place, characters=characters)
        first, second = len(lines) * 8 // 10, len(lines) * 9 // 10
        cut = [lines[:first], lines[first:second], lines[second:]]
    else:
        files = [datasets.one_file(place, f"*{part}*") for part in PARTS]
        cut = [_lines(file, characters=characters) for file in files]
    if not all(any(part) for part in cut):
        raise UsageError("error.train_too_little", file=place)
    return Text(dict(zip(PARTS, cut, strict=True)), datasets.digests(*files))


def _lines(path: Path, *, characters: bool) -> list[list[str]]:
    return [list(line) if characters else line.split() for line in datasets.lines_of(path)]


class Program:
    """A window of the text is a step; the last of an epoch also measures and lowers the rate."""

    assignment = "hw3"

    def __init__(
        self, package: Package, place: Path, settings: dict[str, Any], device: torch.device
    ) -> None:
        text = read(place, characters=settings["characters"])
        self._package, self._device = package, device
        self.settings = {**settings, "data": text.digests}
        vocabulary = package.data.Vocabulary(text.parts["train"])
        self._tokens: list[str] = list(vocabulary.tokens)
        ids = {p: torch.tensor(vocabulary.encode(lines)) for p, lines in text.parts.items()}
        batchify = package.data.batchify
        rows = settings["batch_size"]
        if len(ids["train"]) < 2 * rows:
            raise UsageError(
                "error.train_small", option="--batch-size", most=len(ids["train"]) // 2
            )
        training = batchify(ids["train"].to(device), rows)  # (T, B)
        self._windows = package.data.windows(training, settings["bptt"])
        self._held = {
            part: batchify(ids[part].to(device), min(10, max(len(ids[part]) // 2, 1)))
            for part in ("valid", "test")
        }
        self._model = build(package, settings, len(self._tokens)).to(device)
        self._run = torch.compile(self._model) if settings["compile"] else self._model
        self._optimiser = _optimiser(self._model, settings)
        self._state: Any = None
        self._loss = torch.zeros((), device=device)  # over the epoch so far
        self._rate: float = settings["lr"]
        self._curves: dict[str, list[float]] = {"training": [], "validation": []}
        self._best: dict[str, Tensor] = {}
        self.total = settings["epochs"] * len(self._windows)

    def step(self, number: int) -> Line | None:
        epoch, place = divmod(number, len(self._windows))
        if place == 0:
            self._state, self._loss = None, torch.zeros_like(self._loss)
        inputs, targets = self._windows[place]
        loss = self._learn(inputs, targets)
        self._loss = self._loss + loss * len(inputs)
        last = place == len(self._windows) - 1
        if self._device.type == "cpu" or place % LOOKS == 0 or last:
            finite(float(loss))
        return self._measure(epoch) if last else None

    def _learn(self, inputs: Tensor, targets: Tensor) -> Tensor:
        self._model.train()
        half = self.settings["amp"] == "bf16"
        with torch.autocast(self._device.type, torch.bfloat16, enabled=half):
            logits, state = self._run(inputs, self._state)
        self._state = self._package.model.detach(state)
        loss = nn.functional.cross_entropy(logits.flatten(0, 1).float(), targets.flatten())
        self._optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self._model.parameters(), self.settings["clip"])
        for group in self._optimiser.param_groups:
            group["lr"] = self._rate
        self._optimiser.step()
        return loss.detach()

    def _measure(self, epoch: int) -> Line:
        rows = sum(len(inputs) for inputs, _ in self._windows)
        training = finite(math.exp(min(float(self._loss) / rows, 700)))
        held = self._package.model.evaluate(self._model, self._held["valid"], self.settings["bptt"])
        valid = finite(float(held), "validation perplexity")
        if not self._curves["validation"] or valid < min(self._curves["validation"]):
            self._best = {name: w.clone() for name, w in self._model.state_dict().items()}
        else:
            self._rate /= 4
        self._curves["training"].append(training)
        self._curves["validation"].append(valid)
        figures = {"training": f"{training:.2f}", "valid": f"{valid:.2f}"}
        return Line.of("perplexity", epoch=epoch + 1, **figures)

    def state(self) -> dict[str, Any]:
        leaves = pytree.tree_leaves(self._state)
        return {
            "model": self._model.state_dict(),
            "optimiser": self._optimiser.state_dict(),
            "state": leaves,
            "loss": self._loss,
            "rate": self._rate,
            "curves": self._curves,
            "best": self._best,
        }

    def restore(self, state: dict[str, Any]) -> None:
        self._model.load_state_dict(state["model"])
        self._optimiser.load_state_dict(state["optimiser"])
        self._state = self._shaped([leaf.to(self._device) for leaf in state["state"]])
        self._loss = state["loss"].to(self._device)
        self._rate, self._curves = state["rate"], state["curves"]
        self._best = {name: w.to(self._device) for name, w in state["best"].items()}

    def _shaped(self, leaves: list[Tensor]) -> Any:
        """A recurrent state of these tensors, in the package's own form."""
        if not leaves:
            return None
        with torch.no_grad():
            _, example = self._model(self._windows[0][0][:1], None)
        return pytree.tree_unflatten(leaves, pytree.tree_structure(example))

    def model(self) -> dict[str, Any]:
        return {"tokens": self._tokens, "weights": self._best}

    def results(self) -> dict[str, Any]:
        self._model.load_state_dict(self._best)
        bptt, seed = self.settings["bptt"], self.settings["seed"]
        found = {
            part: finite(self._package.model.evaluate(self._model, data, bptt), part)
            for part, data in self._held.items()
        }
        return {
            "tokens": sum(targets.numel() for _, targets in self._windows),
            "vocabulary": len(self._tokens),
            "valid_perplexity": found["valid"],
            "test_perplexity": found["test"],
            "curves": self._curves,
            "samples": {
                f"{t:g}": self._written(
                    self._package.model.generate(self._model, [1], SAMPLE, t, seed=seed)
                )
                for t in TEMPERATURES
            },
        }

    def _written(self, ids: list[int]) -> str:
        return joined([self._tokens[i] for i in ids], self.settings)

    def pictures(self) -> dict[str, str]:
        return {"curve.svg": pictures.curves("perplexity", self._curves, logarithmic=True)}


def build(package: Package, settings: dict[str, Any], words: int) -> nn.Module:
    """The package's model; of the reference with its fused LSTM inside, if nothing is compiled."""
    size, layers, dropout = settings["size"], settings["layers"], settings["dropout"]
    make = package.model.LSTMLanguageModel
    model: nn.Module = make(
        words, size, size, layers, dropout, settings["tied"], seed=settings["seed"]
    )
    if package.has("fused") and not settings["compile"]:
        fused = package.fused.FusedLSTM(size, size, layers, dropout)
        fused.load_state_dict(model.lstm.state_dict())
        model.lstm = fused
    return model


def _optimiser(model: nn.Module, settings: dict[str, Any]) -> torch.optim.Optimizer:
    if settings["optimiser"] == "adam":
        return torch.optim.Adam(model.parameters(), lr=settings["lr"])
    return torch.optim.SGD(model.parameters(), lr=settings["lr"])


def joined(tokens: list[str], settings: dict[str, Any]) -> str:
    """Words with blanks between them, or characters; a line ends at <eos>."""
    if settings["characters"]:
        return "".join("\n" if word == "<eos>" else word for word in tokens)
    return " ".join(tokens)


def answer(
    package: Package, saved: dict[str, Any], text: str, options: dict[str, Any]
) -> list[str]:
    """Continue a text."""
    settings, tokens = saved["settings"], saved["tokens"]
    model = build(package, {**settings, "compile": False}, len(tokens))
    model.load_state_dict(saved["weights"])
    model.eval()
    ids = {word: number for number, word in enumerate(tokens)}
    given = list(text) if settings["characters"] else text.split()
    prefix = [1, *(ids.get(token, 0) for token in given)]
    new = package.model.generate(
        model, prefix, options["length"], options["temperature"], seed=options["seed"]
    )
    return [joined([*given, *(tokens[i] for i in new)], settings)]


def told(metrics: dict[str, Any]) -> list[Line]:
    """The figures, and what the model writes."""
    figures = {part: f"{metrics[f'{part}_perplexity']:.2f}" for part in ("valid", "test")}
    samples = metrics["samples"].items()
    written = [Line.of("sample", temperature=t, text=text) for t, text in samples]
    return [Line.of("perplexities", **figures), *written]
