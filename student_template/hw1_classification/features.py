"""From tokens to numbers: vocabulary, bag of words, tf-idf.

tf-idf with smoothed document frequencies is the form of Salton & Buckley (1988) that most
libraries use today: one imaginary document contains every word, so no frequency is 0.

Shapes:

    N  documents        V  words of the vocabulary
"""

from __future__ import annotations

from collections import Counter

import numpy as np

UNKNOWN = "<unk>"


class Vocabulary:
    """The words of some documents, numbered.

    .tokens: list[str]: id 0 is "<unk>"; then the words in descending order of count over all
    documents, ties in code point order. `min_count` is applied first, then `max_size`, in which
    "<unk>" is counted. The string "<unk>" in a document is an unknown word.

    Raises ValueError naming min_count or max_size when it is below 1.
    """

    def __init__(
        self, documents: list[list[str]], min_count: int = 1, max_size: int | None = None
    ) -> None:
        # YOUR CODE HERE
        raise NotImplementedError()

    def __len__(self) -> int:
        # YOUR CODE HERE
        raise NotImplementedError()

    def encode(self, tokens: list[str]) -> list[int]:
        """The ids of the tokens; an unknown one is 0."""
        # YOUR CODE HERE
        raise NotImplementedError()

    def decode(self, ids: list[int]) -> list[str]:
        """The tokens of the ids. Raises ValueError naming ids for an id out of range."""
        # YOUR CODE HERE
        raise NotImplementedError()


def bag_of_words(
    documents: list[list[str]], vocabulary: Vocabulary, binary: bool = False
) -> np.ndarray:
    """int64 (N, V): how often each word occurs in each document; unknown words count in column 0.

    With `binary` every entry is 1 for a word that occurs, else 0 (including column 0).
    """
    # YOUR CODE HERE
    raise NotImplementedError()


class TfIdf:
    """Counts weighted by how rare a word is, each document scaled to length 1.

    idf[v] = ln((1 + N) / (1 + df[v])) + 1,   df[v] = documents d with counts[d, v] > 0
    """

    def fit(self, counts: np.ndarray) -> TfIdf:
        """Take N and df from counts (N, V), real numbers from 0 on; sets .idf (V,) float64.

        Raises ValueError naming counts for no documents or a negative count.
        """
        # YOUR CODE HERE
        raise NotImplementedError()

    def transform(self, counts: np.ndarray) -> np.ndarray:
        """float64 (N, V): counts times idf, each row divided by its L2 norm; a zero row stays zero.

        Raises ValueError naming counts if V is not that of fit, or for a negative count.
        """
        # YOUR CODE HERE
        raise NotImplementedError()
