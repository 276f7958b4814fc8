"""Text for the training program: files of words, in the form of WikiText-2 and the Penn Treebank.

A line is a sentence or a paragraph, words are separated by spaces, rare words are already "<unk>".
Every line, including an empty one, ends with "<eos>", as is usual for WikiText-2.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from .data import Vocabulary

PARTS = ("train", "valid", "test")
HELP = """No text for hw3 at {place}. --data takes a text file, of which 8, 1 and 1 tenths of the lines
are used, or a folder with three files whose names hold train, valid and test (wiki.train.tokens,
ptb.train.txt, train.txt, ...). WikiText-2: https://huggingface.co/datasets/Salesforce/wikitext"""


class DataMissing(Exception):
    """There is no usable text; the message says what to do."""


@dataclass(frozen=True)
class Corpus:
    """ids (N,) int64 of each part, the vocabulary of the training part, and the files' digests."""

    vocabulary: Vocabulary
    parts: dict[str, Tensor]
    sha256: dict[str, str]


def read(place: Path) -> Corpus:
    """A text file or a folder of three. Raises `DataMissing`."""
    if place.is_file():
        files, lines = [place], _lines(place)
        first, second = len(lines) * 8 // 10, len(lines) * 9 // 10
        texts = dict(zip(PARTS, (lines[:first], lines[first:second], lines[second:]), strict=True))
    else:
        files = [_file(place, part) for part in PARTS]
        texts = {part: _lines(file) for part, file in zip(PARTS, files, strict=True)}
    if not all(texts.values()):
        raise DataMissing(f"{place}: too few lines for training, validation and test")
    vocabulary = Vocabulary(texts["train"])
    parts = {part: torch.tensor(vocabulary.encode(text)) for part, text in texts.items()}
    digests = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
    return Corpus(vocabulary, parts, digests)


def _file(folder: Path, part: str) -> Path:
    found = sorted(path for path in folder.glob(f"*{part}*") if path.is_file())
    if len(found) != 1:
        raise DataMissing(HELP.format(place=folder))
    return found[0]


def _lines(path: Path) -> list[list[str]]:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise DataMissing(f"{path}: {error}") from None
    return [line.split() for line in text.removesuffix("\n").split("\n")]
