from __future__ import annotations

import torch
from torch import Tensor

UNKNOWN, END_OF_SENTENCE = "<unk>", "<eos>"


class Vocabulary:
    def __init__(
        self, sentences: list[list[str]], max_size: int | None = None, min_count: int = 1
    ) -> None:
        if min_count < 1:
            raise ValueError("min_count must be at least 1")
        if max_size is not None and max_size < 2:
            raise ValueError("max_size must leave room for <unk> and <eos>")
        counts = {}
        for sentence in sentences:
            for word in sentence:
                counts[word] = counts.get(word, 0) + 1
        counts.pop(UNKNOWN, None)
        counts.pop(END_OF_SENTENCE, None)
        often = [word for word in counts if counts[word] >= min_count]
        often.sort()
        often.sort(key=lambda word: counts[word], reverse=True)
        self.tokens = [UNKNOWN, END_OF_SENTENCE, *often]
        if max_size is not None:
            del self.tokens[max_size:]
        self._ids = {}
        for number, token in enumerate(self.tokens):
            self._ids[token] = number

    def __len__(self) -> int:
        return len(self.tokens)

    def encode(self, sentences: list[list[str]]) -> list[int]:
        stream = []
        for sentence in sentences:
            for word in sentence:
                stream.append(self._ids.get(word, 0))
            stream.append(1)
        return stream

    def decode(self, ids: list[int]) -> list[str]:
        for number in ids:
            if not 0 <= number < len(self.tokens):
                raise ValueError("ids must lie in the vocabulary")
        return [self.tokens[number] for number in ids]


def batchify(ids: Tensor, batch_size: int) -> Tensor:
    if batch_size < 1:
        raise ValueError("batch_size must be at least 1")
    steps = len(ids) // batch_size
    data = ids.new_empty(steps, batch_size)
    for column in range(batch_size):
        data[:, column] = ids[column * steps : (column + 1) * steps]
    return data


def windows(data: Tensor, bptt: int) -> list[tuple[Tensor, Tensor]]:
    if bptt < 1:
        raise ValueError("bptt must be at least 1")
    pairs = []
    begin = 0
    while begin < len(data) - 1:
        end = min(begin + bptt, len(data) - 1)
        inputs = torch.stack([data[place] for place in range(begin, end)])
        targets = torch.stack([data[place + 1] for place in range(begin, end)])
        pairs.append((inputs, targets))
        begin = end
    return pairs
