"""Treebanks on the disk: a folder of CoNLL-U files, and words and tags as numbers.

Universal Dependencies names its files `<language>-ud-<part>.conllu`; train, dev and test are needed.
English-EWT and Korean-GSD are in the public GitHub repositories of the same names below
UniversalDependencies (CC BY-SA 4.0).
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .data import read_conllu, word_class

PARTS = ("train", "dev", "test")
PLACES = ("data", "../shared/data")  # where a name that is no folder is looked for
UNKNOWN = "<unk>"
Sentence = list[tuple[str, str]]


class DataMissing(Exception):
    """The data are not there, or are not what they should be; the text says what to do."""


def find(name: str) -> dict[str, Path]:
    """Part -> file, in the folder `name` or one of that name below `PLACES`. Raises `DataMissing`."""
    for folder in (Path(name), *(Path(place) / name for place in PLACES)):
        found = {part: sorted(folder.glob(f"*-ud-{part}.conllu")) for part in PARTS}
        if all(len(files) == 1 for files in found.values()):
            return {part: files[0] for part, files in found.items()}
    raise DataMissing(
        f"There is no folder {name} with one file each of *-ud-train.conllu, *-ud-dev.conllu and "
        "*-ud-test.conllu.\nUniversal Dependencies has them for many languages: clone for example the "
        "public GitHub repository\nUniversalDependencies/UD_English-EWT or UD_Korean-GSD and name its "
        "folder with --data FOLDER."
    )


def read(path: Path) -> list[Sentence]:
    """The sentences of a file, in NFC: Korean may come in single jamo. Raises `DataMissing`."""
    try:
        text = path.read_text(encoding="utf-8")
        sentences = read_conllu(unicodedata.normalize("NFC", text))
    except (OSError, UnicodeDecodeError, IndexError) as error:
        raise DataMissing(f"{path}: not a CoNLL-U file in UTF-8 ({error})") from None
    if not sentences:
        raise DataMissing(f"{path}: no sentence in it")
    return sentences


@dataclass(frozen=True)
class Vocabulary:
    """Words and classes of words -> id, tags -> id; made from a training set."""

    words: dict[str, int]
    tags: list[str]
    known: frozenset[str]  # every word of the training set, rare or not

    @classmethod
    def of(cls, sentences: list[Sentence], min_count: int) -> Vocabulary:
        """As in `evaluate.train_tagger`: a word below min_count is replaced by its class."""
        counts = Counter(word for sentence in sentences for word, _ in sentence)
        frequent = {word for word, count in counts.items() if count >= min_count}
        classes = {word_class(word) for word in counts if word not in frequent} | {UNKNOWN}
        names = [*sorted(frequent), *sorted(classes - frequent)]
        tags = sorted({tag for sentence in sentences for _, tag in sentence})
        return cls({name: i for i, name in enumerate(names)}, tags, frozenset(counts))

    def encode(self, words: Iterable[str]) -> list[int]:
        """The id of each word, or of its class, or of <unk>."""
        unknown = self.words[UNKNOWN]
        return [self.words.get(w, self.words.get(word_class(w), unknown)) for w in words]
