"""Millions of frames, steered by coverage: `make fuzz`, or `python -m tests.fuzz.coverage_guided`.

Options are libFuzzer's (-max_total_time=60). An input is a header, a line break and a body; half
of the time it is changed as JSON, half of the time as bytes. What breaks a promise stops the run
with an exit code and leaves the input in `.fuzz/`: an exception that is no `WireError`, more
memory than MEMORY_MB above the start, more than 25 seconds for one frame.
"""

from __future__ import annotations

import json
import random
import resource
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["grader"]):
    from grader.boundary import wire
    from tests.fuzz import frames

WORK = Path(".fuzz")
MEMORY_MB = 256
MAX_LENGTH = 8192
MAX_FITTED = 1 << 20

ODD = [
    *(None, True, False, 0, 1, -1, 7, 8, 2**31 - 1, 2**31, 2**62, 2**63, 2**64, 10**1300, 0.5),
    *(float("nan"), float("inf"), -0.0, "", "\ud800", "ValueError", [], {}, [[]], [0, 0]),
    *frames.TAGS,
    *frames.DTYPES,
    *({"t": tag, "v": [], "b": 0, "d": "int8", "s": [0], "i": 0, "k": ""} for tag in frames.TAGS),
    {"t": "set", "v": [k * (2**61 - 1) for k in range(120)]},
]


def one_frame(data: bytes) -> None:
    """Decode it as it is, and with a body of the announced size."""
    header, _, body = data.partition(b"\n")
    for candidate in (body, _fitted(header)):
        if candidate is not None:
            frames.judge(header, candidate)
    if len(data) >= wire.PREFIX.size:
        try:
            wire.sizes(data[: wire.PREFIX.size])
        except wire.WireError:
            pass


def _fitted(header: bytes) -> bytes | None:
    try:
        size = sum(json.loads(header)[0])
    except (ValueError, TypeError, LookupError, ArithmeticError, RecursionError):
        return None
    return bytes(size) if type(size) is int and 0 <= size <= MAX_FITTED else None


def mutated(data: bytes, max_size: int, seed: int) -> bytes:
    """Half of the time a change of the JSON tree, otherwise libFuzzer's own."""
    chosen = random.Random(seed)
    header, line, body = data.partition(b"\n")
    try:
        tree = json.loads(header)
    except (ValueError, RecursionError):
        tree = None
    if tree is None or chosen.random() < 0.5:
        return atheris.Mutate(data, max_size)
    for _ in range(chosen.randrange(1, 4)):
        tree = _changed(chosen, tree)
    return (frames.as_json(tree) + line + body)[:max_size]


def _changed(chosen: random.Random, tree: object) -> object:
    path = chosen.choice(frames.places(tree))
    if not path:
        return tree
    node = tree
    for step in path[:-1]:
        node = node[step]
    kind = chosen.randrange(6)
    if kind == 0:
        node[path[-1]] = [node[path[-1]]]
    elif kind == 1 and type(node) is list:
        node.insert(path[-1], node[path[-1]])
    elif kind == 2:
        del node[path[-1]]
    elif kind == 3 and type(node[path[-1]]) is int:
        node[path[-1]] += chosen.choice([-8, -1, 1, 8])
    else:
        node[path[-1]] = json.loads(json.dumps(chosen.choice(ODD)))
    return tree


def main() -> None:
    """Seeds from valid frames, limits on this process, then libFuzzer until its time is up."""
    corpus = WORK / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, (header, body) in enumerate(frames.SEEDS):
        (corpus / f"seed{number:02}").write_bytes(header + b"\n" + body)
    data = next(
        line for line in Path("/proc/self/status").read_text().splitlines() if "VmData" in line
    )
    limit = (int(data.split()[1]) << 10) + (MEMORY_MB << 20)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    options = [
        f"-max_len={MAX_LENGTH}",
        "-timeout=25",
        f"-artifact_prefix={WORK}/",
        "-print_final_stats=1",
    ]
    atheris.Setup(
        [sys.argv[0], *options, *sys.argv[1:], str(corpus)], one_frame, custom_mutator=mutated
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main()
