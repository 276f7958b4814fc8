"""How names and ids are written, and what of them a longer text holds."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

WORD = 4  # letters of an id that is looked for in a longer name
LONG_NUMBER = re.compile(r"\d{5,}")  # which is an id also where nothing stands beside it
_WORDS = re.compile(r"\d+|[가-힣]+|[^\W\d_가-힣]+")


def letters(text: str) -> str:
    """Letters and digits without case, blanks and signs."""
    return "".join(c for c in unicodedata.normalize("NFC", text).casefold() if c.isalnum())


def orders(name: str) -> Iterator[str]:
    """The name as it is written, and with the last part first: Kim, Minsu is Minsu Kim."""
    yield name
    last, comma, first = name.partition(",")
    if comma:
        yield f"{first} {last}"
    else:
        *firsts, last = name.split() or [""]
        yield f"{last} {' '.join(firsts)}"


def words_in(text: str) -> list[str]:
    """The words of a text; `2027001홍길동` has two."""
    return _WORDS.findall(text)


def is_telling(text: str) -> bool:
    """Whether an id or a name is long enough to say by itself whose a file is: no number of two.

    A letter that is no Latin one counts as a syllable: 홍길동.
    """
    own = letters(text)
    is_name = own.isalpha() and not any(map(str.isascii, own))
    return len(own) >= (2 if is_name else WORD)
