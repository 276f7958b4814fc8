"""From raw text to tokens, and the distance between two strings.

The edit distance is Wagner & Fischer's dynamic programme (1974, "The string-to-string correction
problem"); its notation follows Jurafsky & Martin, Speech and Language Processing, chapter 2.
A character is a Python character (a code point): nothing is normalised.
"""

import re

SUFFIXES = ("ing", "ed", "es", "s")


def clean(text: str) -> str:
    """Text without markup and punctuation.

    Each HTML tag (from "<" to the next ">", with at least one character and no other "<" inside)
    and then each text in square brackets (from "[" to the next "]", with any characters but brackets
    inside, or none) becomes a space; an unclosed one is ordinary text. Of the rest only letters, digits
    (`str.isalnum`) and whitespace (`str.isspace`) stay. Consecutive whitespace becomes one space,
    and there is none at either end.

        clean("<b>정말</b> 좋은 영화[1]! don't<br/>The end") == "정말 좋은 영화 dont The end"
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def tokenize(text: str, lower: bool = True) -> list[str]:
    """The maximal sequences of letters and digits (`str.isalnum`), from left to right.

    They are found in the text as given; with `lower` each is then lower-cased.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def remove_stop_words(tokens: list[str], stop_words: set[str] | list[str]) -> list[str]:
    """The tokens that are not stop words, in their order and spelling.

    Both sides are lower-cased for the comparison: "The" is removed by {"the"}, and "the" by
    {"The"}.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def stem(token: str) -> str:
    """The token without its suffix: the first of "ing", "ed", "es", "s" that the token ends with
    and that leaves at least 3 characters is removed, once. A token ending in "ss" keeps it.

        tuning, tuned, tunes -> tun; uses -> use; sing -> sing; class -> class; running -> runn
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def edit_distance(source: str, target: str, substitution_cost: int = 2) -> int:
    """The smallest cost of turning source into target: insert 1, delete 1, substitute as given.

    Raises ValueError naming substitution_cost when it is negative.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def edit_script(
    source: str, target: str, substitution_cost: int = 2
) -> list[tuple[str, str, str]]:
    """A cheapest sequence of edits from source to target, from left to right:

        ("keep", c, c), ("insert", "", c), ("delete", c, ""), ("substitute", a, b) with a != b

    Any script of the smallest cost is right. [] for two empty strings.
    Raises ValueError naming substitution_cost when it is negative.
    """
    # YOUR CODE HERE
    raise NotImplementedError()
