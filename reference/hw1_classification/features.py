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
        ### BEGIN SOLUTION
        if min_count < 1:
            raise ValueError("min_count must be at least 1")
        if max_size is not None and max_size < 1:
            raise ValueError("max_size must be at least 1")
        counts = Counter(token for document in documents for token in document)
        del counts[UNKNOWN]
        frequent = [token for token, count in counts.items() if count >= min_count]
        frequent.sort(key=lambda token: (-counts[token], token))
        self.tokens = [UNKNOWN, *frequent][:max_size]
        self._ids = {token: i for i, token in enumerate(self.tokens)}
        ### END SOLUTION

    def __len__(self) -> int:
        ### BEGIN SOLUTION
        return len(self.tokens)
        ### END SOLUTION

    def encode(self, tokens: list[str]) -> list[int]:
        """The ids of the tokens; an unknown one is 0."""
        ### BEGIN SOLUTION
        return [self._ids.get(token, 0) for token in tokens]
        ### END SOLUTION

    def decode(self, ids: list[int]) -> list[str]:
        """The tokens of the ids. Raises ValueError naming ids for an id out of range."""
        ### BEGIN SOLUTION
        # a negative index would wrap round in silence
        if any(not 0 <= i < len(self.tokens) for i in ids):
            raise ValueError(f"ids must lie between 0 and {len(self.tokens) - 1}")
        return [self.tokens[i] for i in ids]
        ### END SOLUTION


def bag_of_words(
    documents: list[list[str]], vocabulary: Vocabulary, binary: bool = False
) -> np.ndarray:
    """int64 (N, V): how often each word occurs in each document; unknown words count in column 0.

    With `binary` every entry is 1 for a word that occurs, else 0 (including column 0).
    """
    ### BEGIN SOLUTION
    counts = np.zeros((len(documents), len(vocabulary)), dtype=np.int64)  # (N, V)
    for row, document in zip(counts, documents, strict=True):
        # add.at, not row[ids] += 1: a repeated index must count each time
        np.add.at(row, np.array(vocabulary.encode(document), dtype=np.int64), 1)
    return np.minimum(counts, 1) if binary else counts
    ### END SOLUTION


class TfIdf:
    """Counts weighted by how rare a word is, each document scaled to length 1.

    idf[v] = ln((1 + N) / (1 + df[v])) + 1,   df[v] = documents d with counts[d, v] > 0
    """

    def fit(self, counts: np.ndarray) -> TfIdf:
        """Take N and df from counts (N, V), real numbers from 0 on; sets .idf (V,) float64.

        Raises ValueError naming counts for no documents or a negative count.
        """
        ### BEGIN SOLUTION
        counts = np.asarray(counts)
        if counts.ndim != 2 or counts.shape[0] == 0:
            raise ValueError("counts must hold at least one document, as (N, V)")
        if (counts < 0).any():
            raise ValueError("counts must not be negative")
        documents = counts.shape[0]
        frequency = (counts > 0).sum(axis=0)  # (V,)
        self.idf = np.log((1 + documents) / (1 + frequency)) + 1.0  # (V,)
        return self
        ### END SOLUTION

    def transform(self, counts: np.ndarray) -> np.ndarray:
        """float64 (N, V): counts times idf, each row divided by its L2 norm; a zero row stays zero.

        Raises ValueError naming counts if V is not that of fit, or for a negative count.
        """
        ### BEGIN SOLUTION
        counts = np.asarray(counts)
        if counts.ndim != 2 or counts.shape[1] != len(self.idf):
            raise ValueError(f"counts must have {len(self.idf)} columns, as in fit")
        if (counts < 0).any():
            raise ValueError("counts must not be negative")
        weighted = counts * self.idf  # (N, V)
        norms = np.sqrt((weighted**2).sum(axis=1, keepdims=True))  # (N, 1)
        return weighted / np.where(norms > 0, norms, 1.0)  # 0 / 1 instead of 0 / 0
        ### END SOLUTION
