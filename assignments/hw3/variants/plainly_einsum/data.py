from __future__ import annotations

from collections import Counter
from itertools import chain

from torch import Tensor

UNKNOWN, END_OF_SENTENCE = "<unk>", "<eos>"


class Vocabulary:
    def __init__(
        self, sentences: list[list[str]], max_size: int | None = None, min_count: int = 1
    ) -> None:
        if min_count < 1:
            raise ValueError("min_count is below 1")
        if max_size is not None and max_size < 2:
            raise ValueError("max_size is below 2")
        special = [UNKNOWN, END_OF_SENTENCE]
        counts = Counter(word for word in chain(*sentences) if word not in special)
        ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        self.tokens = special + [word for word, count in ordered if count >= min_count]
        self.tokens = self.tokens[:max_size]
        self.index = {token: number for number, token in enumerate(self.tokens)}

    def __len__(self) -> int:
        return len(self.tokens)

    def encode(self, sentences: list[list[str]]) -> list[int]:
        stream = chain.from_iterable([*sentence, END_OF_SENTENCE] for sentence in sentences)
        return [self.index.get(token, 0) for token in stream]

    def decode(self, ids: list[int]) -> list[str]:
        if any(not 0 <= number < len(self) for number in ids):
            raise ValueError("ids outside of the vocabulary")
        return [self.tokens[number] for number in ids]


def batchify(ids: Tensor, batch_size: int) -> Tensor:
    if batch_size < 1:
        raise ValueError("batch_size is below 1")
    rows = ids.shape[0] // batch_size
    return ids[: rows * batch_size].reshape(batch_size, rows).T


def windows(data: Tensor, bptt: int) -> list[tuple[Tensor, Tensor]]:
    if bptt < 1:
        raise ValueError("bptt is below 1")
    if data.shape[0] < 2:
        return []
    return list(zip(data[:-1].split(bptt), data[1:].split(bptt), strict=True))
