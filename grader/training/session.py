"""One run from its options to its files: results.json, model.pt and the pictures."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import torch

from grader.errors import GraderError, UsageError
from grader.records.store import write_atomically
from grader.training import datasets, storage
from grader.training.loop import Diverged, Program, seed_all
from grader.training.package import Package

RESULTS = "results.json"


def program_of(assignment: str) -> ModuleType:
    """`grader.training.hw3`, of "hw3"."""
    return import_module(f"grader.training.{assignment}")


def device_of(wanted: str) -> torch.device:
    """The device to compute on. Raises `UsageError` for a CUDA device that is not there."""
    available = torch.cuda.is_available()
    if wanted == "cuda" and not available:
        raise UsageError("error.train_no_cuda")
    if wanted == "cpu" or not available:
        return torch.device("cpu")
    torch.set_float32_matmul_precision("high")  # TF32, where the GPU has it
    return torch.device("cuda")


def begin(
    assignment: str, package: Package, data: str, settings: dict[str, Any], device: torch.device
) -> Program:
    """Read the text and make the model, from the seed alone. Raises `UsageError`."""
    place = datasets.find(data)
    seed_all(settings["seed"], -1)
    made: Program = program_of(assignment).Program(package, place, settings, device)
    return made


def machine(device: torch.device) -> dict[str, Any]:
    """What figures depend on, beside the settings."""
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else "cpu"
    return {"device": name, "threads": torch.get_num_threads(), "torch": torch.__version__}


def finish(program: Program, out: Path, about: dict[str, Any]) -> dict[str, Any]:
    """Measure, and write everything. Returns what results.json holds.

    The pictures come last: what goes wrong with one of them costs neither model nor results.
    """
    metrics = program.results()
    model = {"assignment": program.assignment, "settings": program.settings, **program.model()}
    storage.save(out / storage.MODEL, model)
    whole = _write(program, out, {"status": "finished", **about, "metrics": metrics})
    for name, picture in program.pictures().items():
        write_atomically(out / name, picture)
    return whole


def fail(program: Program, out: Path, about: dict[str, Any], error: Diverged) -> None:
    """A run that diverged has results too: valid JSON that says so."""
    _write(program, out, {"status": "diverged", **about, "reason": str(error)})


def _write(program: Program, out: Path, content: dict[str, Any]) -> dict[str, Any]:
    whole = {"assignment": program.assignment, "settings": program.settings, **content}
    text = json.dumps(whole, indent=1, ensure_ascii=False, allow_nan=False)
    write_atomically(out / RESULTS, text + "\n")
    return whole


def answers(
    assignment: str, package: Package, path: Path, text: str, options: dict[str, Any]
) -> list[str]:
    """What a trained model says to a text. Raises `UsageError`."""
    saved = storage.load(path, assignment)
    try:
        found: list[str] = program_of(assignment).answer(package, saved, text, options)
    except GraderError:
        raise
    except (KeyError, RuntimeError, TypeError) as error:
        # the weights of another package, or a file that only looks like one of ours
        reason = f"{type(error).__name__}: {error}".partition("\n")[0]
        raise UsageError("error.train_not_this_model", file=path, reason=reason) from None
    return found
