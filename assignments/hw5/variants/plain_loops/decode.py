"""Search, a sentence at a time."""

import torch


def greedy(model, src, src_lengths, bos, eos, max_length):
    found = []
    for row in range(len(src)):
        length = src_lengths[row : row + 1]
        state = model.begin(src[row : row + 1, : int(length)], length)
        words, last = [], bos
        while len(words) < max_length:
            log_probs, state = model.advance(torch.tensor([last]), state)
            last = int(torch.argmax(log_probs[0]))
            if last == eos:
                break
            words.append(last)
        found.append(words)
    return found


def _search(next_log_probs, eos, steps, k, length_penalty):
    if k < 1:
        raise ValueError(f"k = {k}, but there must be a beam")
    live, finished = {(): 0.0}, {}
    for step in range(steps):
        longer = {}
        for words, score in live.items():
            for token, log_prob in enumerate(next_log_probs(step, words)):
                longer[(*words, token)] = score + log_prob
        best = sorted(longer, key=lambda words: (-longer[words], words))[:k]
        live = {}
        for words in best:
            if words[-1] == eos:
                finished[words] = longer[words] / len(words) ** length_penalty
            else:
                live[words] = longer[words]
        if not live:
            break
    for words, score in live.items():
        finished[words] = score / len(words) ** length_penalty
    order = sorted(finished, key=lambda words: (-finished[words], words))[:k]
    return [([w for w in words if w != eos], finished[words]) for words in order]


def beam_search(model, src, src_lengths, bos, eos, max_length, k, length_penalty=0.0):
    @torch.no_grad()
    def next_log_probs(step, words):
        state = model.begin(src, src_lengths)
        for token in (bos, *words):
            log_probs, state = model.advance(torch.tensor([token]), state)
        return log_probs[0].tolist()

    return _search(next_log_probs, eos, max_length, k, length_penalty)


def beam_search_table(log_probs, bos, eos, k, length_penalty=0.0):
    def next_log_probs(step, words):
        return log_probs[step, words[-1] if words else bos].tolist()

    return _search(next_log_probs, eos, len(log_probs), k, length_penalty)
