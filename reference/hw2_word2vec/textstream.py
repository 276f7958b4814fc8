"""A corpus of any size, read as a stream: once to count, once to turn it into ids on the disk.

The form is text8's and word2vec's: UTF-8, words between spaces, one sentence per line; a line of
more than 1,000 words is cut, as word2vec does (text8 is a single line of 17 million). Words are
taken in Unicode's composed form (NFC), so that Hangul typed as letters is the same as Hangul typed
as syllables.
"""

from __future__ import annotations

import codecs
import unicodedata
from array import array
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from .corpus import Vocabulary

BLOCK = 1 << 20  # bytes
MAX_SENTENCE = 1000  # words
END = -1  # of a sentence, among ids


class CorpusUnreadable(Exception):
    """The corpus is not there or not in UTF-8; the text says what to do."""


def sentences(path: Path, advance: Callable[[int], None] = lambda _: None) -> Iterator[list[str]]:
    """The sentences of a file; `advance` is told the bytes of every block.

    Raises `CorpusUnreadable`. Memory: a block and a sentence.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    sentence: list[str] = []
    rest = ""
    try:
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                *lines, rest = (rest + decoder.decode(block)).split("\n")
                for line in lines:
                    sentence += _words(line)
                    yield from _cut(sentence)
                    sentence = []
                # the last line goes on in the next block, and so may its last word
                known, blank, rest = rest.rpartition(" ")
                sentence += _words(known + blank)
                whole = len(sentence) // MAX_SENTENCE * MAX_SENTENCE
                yield from _cut(sentence[:whole])
                sentence = sentence[whole:]
                advance(len(block))
            yield from _cut(sentence + _words(rest + decoder.decode(b"", final=True)))
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusUnreadable(f"{path}: {error}. A text file in UTF-8 is needed.") from None


def write_ids(
    path: Path, vocabulary: Vocabulary, target: Path, advance: Callable[[int], None]
) -> int:
    """Write the corpus as int32 ids, END after each sentence; returns the number of words.

    Words that are not in the vocabulary are dropped, as word2vec does, before windows are cut.
    """
    words = 0
    with target.open("wb") as file:
        for sentence in sentences(path, advance):
            ids = vocabulary.encode(sentence)
            words += len(ids)
            array("i", [*ids, END]).tofile(file)
    return words


def read_ids(path: Path) -> np.ndarray:
    """int32 (N,): what `write_ids` wrote, mapped into memory and read where it is used."""
    return np.memmap(path, dtype=np.int32, mode="r")


def _words(text: str) -> list[str]:
    return unicodedata.normalize("NFC", text).split()


def _cut(sentence: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(sentence), MAX_SENTENCE):
        yield sentence[start : start + MAX_SENTENCE]
