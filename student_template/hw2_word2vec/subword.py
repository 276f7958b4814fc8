"""Vectors from the inside of words: character n-grams, and Hangul taken apart.

Subword n-grams are Bojanowski et al.'s (2017, "Enriching word vectors with subword information"). The
hash is FNV-1a in 32 bits (Fowler, Noll & Vo). Hangul syllables are in Unicode in the order of their
letters (The Unicode Standard, section 3.12): code = 0xAC00 + (initial * 21 + vowel) * 28 + final.
"""

from __future__ import annotations

import torch
from torch import Tensor

INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
# the first place is for no final at all
FINALS = "eㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"


def char_ngrams(word: str, n_min: int = 3, n_max: int = 6) -> list[str]:
    """The n-grams of "<word>" for n from n_min to n_max, by length, then by position, and last the
    whole "<word>"; each once.

        char_ngrams("시나브로", 3, 3) == ["<시나", "시나브", "나브로", "브로>", "<시나브로>"]

    Raises ValueError naming n_min (below 1, or above n_max).
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def to_jamo(text: str) -> str:
    """The text with each Hangul syllable as three letters of compatibility jamo: initial, vowel, final;
    "e" where there is no final. Everything else stays as it is, and nothing is normalised.

        to_jamo("강아지") == "ㄱㅏㅇㅇㅏeㅈㅣe"      to_jamo("값") == "ㄱㅏㅄ"
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def subword_vector(word: str, table: Tensor, n_min: int = 3, n_max: int = 6) -> Tensor:
    """(d,): the mean of the rows of table (B, d) that belong to the n-grams of `char_ngrams`, where
    the row of an n-gram is FNV-1a-32 of its UTF-8 bytes, modulo B.

    FNV-1a-32: start with 2166136261; for each byte (0 to 255) first xor it in, then multiply by 16777619,
    and keep 32 bits. The hash of "" is 0x811c9dc5, of "a" 0xe40c292c, of "foobar" 0xbf9cf968.

    Raises ValueError naming n_min or n_max as `char_ngrams`, or a table without rows.
    """
    # YOUR CODE HERE
    raise NotImplementedError()
