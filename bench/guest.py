"""What a guest costs: `python -m bench.guest [--rounds N]`.

In turn, so that a drifting machine is fair to both: a bare fork of a warm process with torch
(fork, exit, wait), and a guest (fork, confine, take the submission, exit, wait).
"""

from __future__ import annotations

import argparse
import os
import statistics
import time

from grader.assignment import Limits
from grader.boundary.host import ForkLauncher
from grader.boundary.process import Package, StudentProcess


def bare_fork() -> float:
    """Milliseconds of fork, exit, wait."""
    start = time.perf_counter()
    pid = os.fork()
    if not pid:
        os._exit(0)
    os.waitpid(pid, 0)
    return 1000 * (time.perf_counter() - start)


def guest(launcher: ForkLauncher) -> float:
    """Milliseconds from nothing to nothing."""
    process = StudentProcess(launcher, Package("pack", {"m.py": b""}), Limits())
    start = time.perf_counter()
    process.open()
    process.close()
    return 1000 * (time.perf_counter() - start)


def main() -> None:
    """Print medians and their difference."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=100)
    rounds = parser.parse_args().rounds
    import torch

    torch.set_num_threads(1)
    launcher = ForkLauncher(("numpy", "torch"))
    guest(launcher)
    bare, whole = [], []
    for _ in range(rounds):
        bare.append(bare_fork())
        whole.append(guest(launcher))
    launcher.close()
    print(f"bare fork  {statistics.median(bare):6.2f} ms")
    print(f"guest      {statistics.median(whole):6.2f} ms")
    print(f"difference {statistics.median(whole) - statistics.median(bare):6.2f} ms")


if __name__ == "__main__":
    main()
