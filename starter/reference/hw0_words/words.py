"""The words of a text, and how often each of them is said."""

from __future__ import annotations


def tokenize(text: str) -> list[str]:
    """The words of `text` in their order: runs of letters and digits, in lower case."""
    ### BEGIN SOLUTION
    spaced = "".join(char if char.isalnum() else " " for char in text.lower())
    return spaced.split()
    ### END SOLUTION


def most_common(tokens: list[str], n: int) -> list[tuple[str, int]]:
    """The `n` most frequent tokens with their counts; those of one count are sorted."""
    ### BEGIN SOLUTION
    if n < 0:
        raise ValueError("n must not be negative")
    counts: dict[str, int] = {}
    for token in tokens:
        counts[token] = counts.get(token, 0) + 1
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return ranked[:n]
    ### END SOLUTION
