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
    ### BEGIN SOLUTION
    # a blank, not nothing: "me.<br/>The" must not become "meThe"
    text = re.sub(r"<[^<>]+>", " ", text)
    text = re.sub(r"\[[^\[\]]*\]", " ", text)
    kept = "".join(c for c in text if c.isalnum() or c.isspace())
    return " ".join(kept.split())
    ### END SOLUTION


def tokenize(text: str, lower: bool = True) -> list[str]:
    """The maximal sequences of letters and digits (`str.isalnum`), from left to right.

    They are found in the text as given; with `lower` each is then lower-cased.
    """
    ### BEGIN SOLUTION
    runs = "".join(c if c.isalnum() else " " for c in text).split()
    return [run.lower() for run in runs] if lower else runs
    ### END SOLUTION


def remove_stop_words(tokens: list[str], stop_words: set[str] | list[str]) -> list[str]:
    """The tokens that are not stop words, in their order and spelling.

    Both sides are lower-cased for the comparison: "The" is removed by {"the"}, and "the" by
    {"The"}.
    """
    ### BEGIN SOLUTION
    stop = {word.lower() for word in stop_words}
    return [token for token in tokens if token.lower() not in stop]
    ### END SOLUTION


def stem(token: str) -> str:
    """The token without its suffix: the first of "ing", "ed", "es", "s" that the token ends with
    and that leaves at least 3 characters is removed, once. A token ending in "ss" keeps it.

        tuning, tuned, tunes -> tun; uses -> use; sing -> sing; class -> class; running -> runn
    """
    ### BEGIN SOLUTION
    if token.endswith("ss"):
        return token
    for suffix in SUFFIXES:
        if token.endswith(suffix) and len(token) - len(suffix) >= 3:
            return token[: -len(suffix)]
    return token
    ### END SOLUTION


### BEGIN SOLUTION
def _table(source: str, target: str, substitution_cost: int) -> list[list[int]]:
    """D[i][j] = cost of turning the first i characters of source into the first j of target:

    D[i][j] = min(D[i-1][j] + 1, D[i][j-1] + 1, D[i-1][j-1] + (0 if equal else cost))
    """
    if substitution_cost < 0:
        raise ValueError("substitution_cost must not be negative")
    rows = [list(range(len(target) + 1))]  # from nothing: j insertions
    for i, a in enumerate(source, start=1):
        above, row = rows[-1], [i]  # to nothing: i deletions
        for j, b in enumerate(target, start=1):
            diagonal = above[j - 1] + (0 if a == b else substitution_cost)
            row.append(min(above[j] + 1, row[j - 1] + 1, diagonal))
        rows.append(row)
    return rows
### END SOLUTION


def edit_distance(source: str, target: str, substitution_cost: int = 2) -> int:
    """The smallest cost of turning source into target: insert 1, delete 1, substitute as given.

    Raises ValueError naming substitution_cost when it is negative.
    """
    ### BEGIN SOLUTION
    return _table(source, target, substitution_cost)[-1][-1]
    ### END SOLUTION


def edit_script(
    source: str, target: str, substitution_cost: int = 2
) -> list[tuple[str, str, str]]:
    """A cheapest sequence of edits from source to target, from left to right:

        ("keep", c, c), ("insert", "", c), ("delete", c, ""), ("substitute", a, b) with a != b

    Any script of the smallest cost is right. [] for two empty strings.
    Raises ValueError naming substitution_cost when it is negative.
    """
    ### BEGIN SOLUTION
    table = _table(source, target, substitution_cost)
    i, j = len(source), len(target)
    script: list[tuple[str, str, str]] = []
    # walk back from the last cell: at each step some neighbour explains the cost
    while i or j:
        cost = table[i][j]
        if i and j and source[i - 1] == target[j - 1] and cost == table[i - 1][j - 1]:
            script.append(("keep", source[i - 1], target[j - 1]))
            i, j = i - 1, j - 1
        elif i and cost == table[i - 1][j] + 1:
            script.append(("delete", source[i - 1], ""))
            i -= 1
        elif j and cost == table[i][j - 1] + 1:
            script.append(("insert", "", target[j - 1]))
            j -= 1
        else:
            script.append(("substitute", source[i - 1], target[j - 1]))
            i, j = i - 1, j - 1
    return script[::-1]
    ### END SOLUTION
