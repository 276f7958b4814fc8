"""The hand-written LSTM against torch.nn.LSTM: `python -m bench.lstm [--device cuda] [--rounds N]`.

Forward and backward of two layers of 650 units over 35 steps of a batch of 20, the medium size of
Zaremba et al. (2014). In turn, so that a drifting machine is fair to all; medians of one run.
With --compile the plain form is also measured through torch.compile.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import torch
from torch import nn

from reference.hw3_language_model.cells import LSTM
from reference.hw3_language_model.fused import FusedLSTM

HIDDEN, LAYERS, STEPS, BATCH = 650, 2, 35, 20
PEER = "nn.LSTM"


def contestants(device: torch.device, *, compiled: bool) -> dict[str, Callable]:
    """Name -> a module from (T, B, H) to its outputs and state, all with equal sizes."""
    found: dict[str, nn.Module] = {
        PEER: nn.LSTM(HIDDEN, HIDDEN, LAYERS),
        "step by step": LSTM(HIDDEN, HIDDEN, LAYERS),
        "fused by hand": FusedLSTM(HIDDEN, HIDDEN, LAYERS),
    }
    for module in found.values():
        module.to(device)
    if compiled:
        plain = LSTM(HIDDEN, HIDDEN, LAYERS).to(device)
        return {**found, "compiled": torch.compile(plain, mode="reduce-overhead")}
    return dict(found)


def milliseconds(module: Callable, x: torch.Tensor) -> float:
    """One forward and backward pass."""
    if x.is_cuda:
        torch.cuda.synchronize()
    start = time.perf_counter()
    output, _ = module(x)
    output.sum().backward()
    if x.is_cuda:
        torch.cuda.synchronize()
    return 1000 * (time.perf_counter() - start)


def main() -> None:
    """Print medians, and how often the peer's time each one takes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--compile", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    device = torch.device(options.device)
    x = torch.randn(STEPS, BATCH, HIDDEN, device=device)
    modules = contestants(device, compiled=options.compile)
    times: dict[str, list[float]] = {name: [] for name in modules}
    for round_number in range(options.rounds + 2):  # two rounds to warm up
        for name, module in modules.items():
            taken = milliseconds(module, x)
            if round_number >= 2:
                times[name].append(taken)
    middle = {name: statistics.median(found) for name, found in times.items()}
    print(f"{options.device}, {options.threads} threads, torch {torch.__version__}")
    for name, value in middle.items():
        print(f"{name:14s} {value:9.2f} ms   {value / middle[PEER]:5.2f} x {PEER}")


if __name__ == "__main__":
    main()
