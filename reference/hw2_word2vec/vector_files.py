"""Word vectors in word2vec's two file formats, so that other programs read them.

Both begin with a line `V d`. Text: one word per line, `word x1 ... xd`. Binary: for each word its
UTF-8 bytes, a space, d little-endian float32 and a line feed.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor


def write_text(path: Path, tokens: list[str], vectors: Tensor) -> None:
    """Write vectors (V, d) as text; 9 digits are enough to give back every float32."""
    with path.open("w", encoding="utf-8") as file:
        print(*vectors.shape, file=file)
        for token, row in zip(tokens, vectors.tolist(), strict=True):
            print(token, *(f"{x:.9g}" for x in row), file=file)


def write_binary(path: Path, tokens: list[str], vectors: Tensor) -> None:
    """Write vectors (V, d) as word2vec's -binary 1 does."""
    rows = vectors.cpu().numpy().astype("<f4")
    with path.open("wb") as file:
        file.write(f"{len(tokens)} {vectors.shape[1]}\n".encode())
        for token, row in zip(tokens, rows, strict=True):
            file.write(token.encode() + b" " + row.tobytes() + b"\n")


def read_text(path: Path) -> tuple[list[str], Tensor]:
    """Tokens and vectors (V, d) of a text file."""
    with path.open(encoding="utf-8") as file:
        size, dim = map(int, next(file).split())
        tokens, vectors = [], np.empty((size, dim), dtype=np.float32)
        for i, line in enumerate(file):
            token, *numbers = line.rstrip("\n").split(" ")
            tokens.append(token)
            vectors[i] = [float(x) for x in numbers]
    return tokens, torch.from_numpy(vectors)
