"""Searching for the best sentence, with lists and floats."""

import math

import torch


def _limits(max_length, k=1, length_penalty=0.0):
    if max_length < 1:
        raise ValueError("max_length must be at least 1")
    if k < 1:
        raise ValueError("k must be at least 1")
    if length_penalty < 0:
        raise ValueError("length_penalty must not be negative")


def greedy(model, src, src_lengths, bos, eos, max_length):
    _limits(max_length)
    sentences = []
    with torch.no_grad():
        for b in range(len(src)):
            state = model.begin(src[b : b + 1], src_lengths[b : b + 1])
            words, last = [], bos
            while len(words) < max_length:
                log_probs, state = model.advance(torch.tensor([last]), state)
                last = int(log_probs[0].argmax())
                if last == eos:
                    break
                words.append(last)
            sentences.append(words)
    return sentences


def _search(continuations, steps, eos, k, length_penalty):
    """continuations(list of (words, state)) -> for each the log-probabilities and the state."""
    alive = [((), 0.0, None)]
    finished = []
    for length in range(1, steps + 1):
        grown = []
        for (words, total, _), (row, state) in zip(alive, continuations(alive)):
            for word, log_p in enumerate(row):
                if log_p > -math.inf:
                    grown.append((words + (word,), total + log_p, state))
        grown.sort(key=lambda one: (-one[1], one[0]))
        alive = []
        for one in grown[:k]:
            if one[0][-1] == eos or length == steps:
                finished.append((one[0], one[1] / length**length_penalty))
            else:
                alive.append(one)
        if not alive:
            break
    finished.sort(key=lambda one: (-one[1], one[0]))
    return [
        ([word for word in words if word != eos], float(score))
        for words, score in finished[:k]
    ]


def beam_search(model, src, src_lengths, bos, eos, max_length, k, length_penalty=0.0):
    _limits(max_length, k, length_penalty)
    if len(src) != 1:
        raise ValueError("src must be (1, S)")
    with torch.no_grad():
        start = model.begin(src, src_lengths)

        def continuations(alive):
            for words, _, state in alive:
                token = torch.tensor([words[-1] if words else bos])
                log_probs, new = model.advance(token, start if state is None else state)
                yield log_probs[0].tolist(), new

        return _search(continuations, max_length, eos, k, length_penalty)


def beam_search_table(log_probs, bos, eos, k, length_penalty=0.0):
    if log_probs.dim() != 3 or log_probs.shape[1] != log_probs.shape[2]:
        raise ValueError("log_probs must be (T, V, V)")
    _limits(len(log_probs), k, length_penalty)
    for name, value in (("bos", bos), ("eos", eos)):
        if not 0 <= value < log_probs.shape[1]:
            raise ValueError(f"{name} is no word of the table")
    table = log_probs.tolist()

    def continuations(alive):
        for words, _, _ in alive:
            yield table[len(words)][words[-1] if words else bos], None

    return _search(continuations, len(table), eos, k, length_penalty)
