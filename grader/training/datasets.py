"""Where real text lies: a path, or a name that is looked for in some places. No download.

$GRADER_DATA/NAME
data/NAME, shared/data/NAME        in the current folder and in each folder around it
~/.cache/grader/data/NAME          or below $XDG_CACHE_HOME
"""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from grader.errors import UsageError

# Where to get each: a page that a person can open.
SOURCES = {
    "nsmc": "https://github.com/e9t/nsmc",
    "sms_spam": "https://archive.ics.uci.edu/dataset/228/sms+spam+collection",
    "wikitext2": "https://huggingface.co/datasets/Salesforce/wikitext",
    "tinyshakespeare": "https://github.com/karpathy/char-rnn (data/tinyshakespeare)",
    "wordsim353": "https://github.com/mfaruqui/eval-word-vectors (data/word-sim)",
    "analogy": "https://github.com/piskvorky/gensim (gensim/test/test_data)",
    "ud_english_ewt": "https://github.com/UniversalDependencies/UD_English-EWT",
    "ud_korean_gsd": "https://github.com/UniversalDependencies/UD_Korean-GSD",
    "multi30k": "https://github.com/multi30k/dataset (data/task1/raw)",
}


def find(name: str) -> Path:
    """The file or folder `name`. Raises `UsageError` with what to do."""
    if Path(name).exists():
        return Path(name)
    looked = [place / name for place in _places()]
    for path in looked:
        if path.exists():
            return path
    if name in SOURCES:
        raise UsageError("error.train_get_data", name=name, source=SOURCES[name])
    raise UsageError("error.train_no_data", name=name, known=", ".join(SOURCES))


def _places() -> Iterator[Path]:
    if given := os.environ.get("GRADER_DATA"):
        yield Path(given)
    for folder in (Path.cwd(), *Path.cwd().parents):
        yield folder / "data"
        yield folder / "shared" / "data"
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    yield Path(cache) / "grader" / "data"


def one_file(place: Path, *patterns: str) -> Path:
    """The file `place`, or the one in that folder that fits the first pattern that one fits.

    Raises `UsageError` naming the patterns.
    """
    if place.is_file():
        return place
    for pattern in patterns:
        found = sorted(path for path in place.glob(pattern) if path.is_file())
        if len(found) == 1:
            return found[0]
    raise UsageError("error.train_files", folder=place, files=", ".join(patterns))


def composed(text: str) -> str:
    """Unicode's composed form (NFC): Hangul typed as letters is the same as typed as syllables."""
    return unicodedata.normalize("NFC", text)


def text_of(path: Path) -> str:
    """A file's text, composed. Raises `UsageError` where it is not UTF-8."""
    try:
        return composed(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise UsageError("error.train_bad_encoding", file=path) from None


def lines_of(path: Path) -> list[str]:
    """The lines of `text_of`, as editors count them.

    `str.splitlines` also cuts at U+0085, U+2028, a form feed and more, which occur inside of lines.
    """
    return text_of(path).removesuffix("\n").split("\n")


def digests(*files: Path) -> dict[str, str]:
    """File name -> SHA-256."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
