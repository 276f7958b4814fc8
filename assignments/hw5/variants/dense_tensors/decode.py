"""Search over tensors: all sentences, or all hypotheses, at once."""

from __future__ import annotations

import torch


@torch.no_grad()
def greedy(model, src, src_lengths, bos, eos, max_length):
    was_training = model.training
    model.eval()
    state = model.begin(src, src_lengths)
    tokens = torch.full((len(src),), bos)
    written = []
    done = torch.zeros(len(src), dtype=torch.bool)
    for _ in range(max_length):
        log_probs, state = model.advance(tokens, state)
        tokens = log_probs.argmax(-1)
        written.append(tokens)
        done |= tokens == eos
        if done.all():
            break
    model.train(was_training)
    sentences = []
    for row in torch.stack(written, 1).tolist() if written else [[] for _ in src]:
        sentences.append(row[: row.index(eos)] if eos in row else row)
    return sentences


def _finish(hypotheses, eos, k, length_penalty):
    scored = [
        (words, total / max(len(words), 1) ** length_penalty) for words, total, _ in hypotheses
    ]
    scored.sort(key=lambda pair: (-pair[1], pair[0]))
    return [(words[:-1] if words[-1] == eos else words, score) for words, score in scored[:k]]


def _grow(beam, log_probs, eos, k):
    """The k best of what is done and of every way to go on. log_probs: row by row of the open."""
    candidates = [(words, total, -1) for words, total, _ in beam if words[-1:] == [eos]]
    going = [one for one in beam if one[0][-1:] != [eos]]
    for parent, ((words, total, _), row) in enumerate(zip(going, log_probs)):
        for word, value in enumerate(row.tolist()):
            if value != float("-inf"):
                candidates.append(([*words, word], total + value, parent))
    candidates.sort(key=lambda one: (-one[1], one[0]))
    return candidates[:k]


@torch.no_grad()
def beam_search(model, src, src_lengths, bos, eos, max_length, k, length_penalty=0.0):
    if k < 1:
        raise ValueError(f"k = {k}: at least one hypothesis must live")
    was_training = model.training
    model.eval()
    state = model.begin(src, src_lengths)
    beam = [([], 0.0, 0)]
    for _ in range(max_length):
        going = [one for one in beam if one[0][-1:] != [eos]]
        if not going:
            break
        last = torch.tensor([words[-1] if words else bos for words, _, _ in going])
        log_probs, state = model.advance(last, state)
        beam = _grow(beam, log_probs.double(), eos, k)
        parents = [parent for words, _, parent in beam if words[-1] != eos]
        if parents:
            state = model.select(state, torch.tensor(parents))
    model.train(was_training)
    return _finish(beam, eos, k, length_penalty)


def beam_search_table(log_probs, bos, eos, k, length_penalty=0.0):
    if k < 1:
        raise ValueError(f"k = {k}: at least one hypothesis must live")
    beam = [([], 0.0, 0)]
    for table in log_probs:
        rows = [table[words[-1] if words else bos] for words, _, _ in beam if words[-1:] != [eos]]
        beam = _grow(beam, rows, eos, k)
    return _finish(beam, eos, k, length_penalty)
