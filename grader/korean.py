"""How a word sounds at its end: that decides which Korean particle follows it.

`2여야`, `3이어야`: numbers as they are read, Latin words as they are usually said. Of a word that
no rule knows it is a guess, and both particles are understood.
"""

from __future__ import annotations

import re

_FIRST, _LAST, _FINALS, _L = 0xAC00, 0xD7A3, 28, 8  # of Hangul syllables; which final is ㄹ
_VOWEL, _OPEN_L, _CONSONANT = range(3)  # how a word ends: so, in ㄹ, or in another consonant

_DIGITS = dict(zip("0123456789", (2, 1, 0, 2, 0, 0, 2, 1, 1, 0), strict=True))  # 영 일 이 삼 ...
_LETTERS = {**dict.fromkeys("lr", _OPEN_L), **dict.fromkeys("mn", _CONSONANT)}  # 엘 알 엠 엔
_ENDS = (
    (r"[a-z]*le?", _OPEN_L),  # tuple, cell
    (r"[a-z]*([mn]e?|ng)", _CONSONANT),  # name, token, string
    (r"[a-z]*([aeiou][bkpc]|[aiou]ck|set|get|put|out)", _CONSONANT),  # map, stack, output
)
_QUOTES = re.compile(r"[\s\"'`’”.…,\])}]+$")


def particle(word: str, closed: str, open_: str) -> str:
    """Of two forms that which follows `word`: `closed` after a consonant, `open_` after a vowel.

    "으로" does not follow a ㄹ.
    """
    end = _end(word)
    return open_ if end == _VOWEL or (end == _OPEN_L and closed.startswith("으로")) else closed


def _end(word: str) -> int:
    said = _QUOTES.sub("", _without_gloss(word.rstrip()))
    if not said:
        return _CONSONANT
    last = said[-1]
    if _FIRST <= ord(last) <= _LAST:
        final = (ord(last) - _FIRST) % _FINALS
        return _VOWEL if not final else _OPEN_L if final == _L else _CONSONANT
    if last.isascii() and last.isdecimal():
        return _number(said)
    if found := re.search(r"[A-Za-z]+$", said):
        return _latin(found[0])
    return _VOWEL if last == "%" else _CONSONANT


def _without_gloss(word: str) -> str:
    """A word without what stands in brackets behind it: "배열(2개)" is read as "배열"."""
    depth = 0
    for place in range(len(word) - 1, 0, -1):
        depth += (word[place] == ")") - (word[place] == "(")
        if depth <= 0:
            is_gloss = word[place] == "(" and (word[place - 1].isalnum() or word[place - 1] in "`'")
            return word[:place] if is_gloss else word
    return word


def _number(said: str) -> int:
    """Tens, hundreds and ten thousands end in a consonant as a zero does; a trillion (조) not."""
    whole = re.search(r"(?<![\d.])\d+$", said)
    zeros = len(whole[0]) - len(whole[0].rstrip("0")) if whole else 0
    return _VOWEL if 12 <= zeros < 16 else _DIGITS[said[-1]]


def _latin(word: str) -> int:
    if len(word) == 1 or word.isupper() or not re.search("[aeiouyAEIOUY]", word):
        return _LETTERS.get(word[-1].lower(), _VOWEL)
    low = re.split(r"(?<=[a-z])(?=[A-Z])", word)[-1].lower()
    return next((end for look, end in _ENDS if re.fullmatch(look, low)), _VOWEL)
