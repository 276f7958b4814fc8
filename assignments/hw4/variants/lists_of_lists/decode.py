"""Best paths with lists of scores and lists of pointers."""

import numpy as np
import torch

from ._lists import INF, check_words, model_lists


def _open(log_pi, log_A, log_B, words):
    pi, A, B = model_lists(log_pi, log_A, log_B)
    return pi, A, B, check_words(words, B)


def _search(pi, A, B, words, k):
    states = range(len(pi))
    scores = _prune([pi[s] + B[s][words[0]] for s in states], k)
    pointers = []
    for word in words[1:]:
        new, back = [], []
        for s in states:
            best, who = -INF, 0
            for r in states:
                if scores[r] is None:
                    continue
                if scores[r] + A[r][s] > best:
                    best, who = scores[r] + A[r][s], r
            new.append(best + B[s][word])
            back.append(who)
        scores = _prune(new, k)
        pointers.append(back)
    last = 0
    best = -INF
    for s in states:
        if scores[s] is not None and scores[s] > best:
            last, best = s, scores[s]
    path = [last]
    for back in reversed(pointers):
        path.append(back[path[-1]])
    path.reverse()
    return path, best


def _prune(scores, k):
    """None in place of each score that is not among the k best."""
    order = sorted(range(len(scores)), key=lambda s: (-scores[s], s))
    stay = set(order[:k])
    return [scores[s] if s in stay else None for s in range(len(scores))]


def _result(path, score):
    return np.array(path, dtype=np.int64), float(score)


def viterbi(log_pi, log_A, log_B, words):
    pi, A, B, words = _open(log_pi, log_A, log_B, words)
    return _result(*_search(pi, A, B, words, len(pi)))


def beam_search(log_pi, log_A, log_B, words, k):
    if k < 1:
        raise ValueError("k must be at least 1")
    pi, A, B, words = _open(log_pi, log_A, log_B, words)
    return _result(*_search(pi, A, B, words, k))


def greedy(log_pi, log_A, log_B, words):
    pi, A, B, words = _open(log_pi, log_A, log_B, words)
    path = []
    total = 0.0
    for word in words:
        steps = A[path[-1]] if path else pi
        best = 0
        for s in range(len(pi)):
            if steps[s] + B[s][word] > steps[best] + B[best][word]:
                best = s
        total += steps[best] + B[best][word]
        path.append(best)
    return _result(path, total)


def viterbi_batch(log_pi, log_A, log_B, words, lengths):
    pi, A, B = model_lists(log_pi, log_A, log_B)
    if words.dim() != 2:
        raise ValueError("words must have the shape (B, T)")
    if lengths.dim() != 1 or len(lengths) != len(words):
        raise ValueError("lengths must have the shape (B,)")
    if len(lengths) and not (1 <= min(lengths.tolist()) and max(lengths.tolist()) <= words.shape[1]):
        raise ValueError("lengths must lie in 1..T")
    # No Python loop over the batch: the loops below run over positions and pairs of states,
    # and each entry of a list is a vector over the sentences.
    n, T = words.shape
    S, V = len(pi), len(B[0])
    inside = torch.arange(T, device=words.device)[None, :] < lengths[:, None]
    if (((words < 0) | (words >= V)) & inside).any():
        raise ValueError("words hold an id that log_B does not have")
    ids = words.clamp(0, V - 1)
    scores = [log_pi[s] + log_B[s][ids[:, 0]] for s in range(S)]
    pointers = []
    for t in range(1, T):
        going = inside[:, t]
        new, back = [], []
        for s in range(S):
            best = scores[0] + log_A[0, s]
            who = torch.zeros_like(ids[:, 0])
            for r in range(1, S):
                rival = scores[r] + log_A[r, s]
                wins = rival > best
                best = torch.where(wins, rival, best)
                who = torch.where(wins, torch.full_like(who, r), who)
            new.append(torch.where(going, best + log_B[s][ids[:, t]], scores[s]))
            back.append(torch.where(going, who, torch.full_like(who, s)))
        scores = new
        pointers.append(torch.stack(back, dim=1))
    best, last = scores[0], torch.zeros_like(ids[:, 0])
    for s in range(1, S):
        wins = scores[s] > best
        best = torch.where(wins, scores[s], best)
        last = torch.where(wins, torch.full_like(last, s), last)
    paths = torch.full_like(words, -1)
    for t in range(T - 1, -1, -1):
        paths[:, t] = torch.where(inside[:, t], last, paths[:, t])
        if t:
            last = pointers[t - 1].gather(1, last[:, None])[:, 0]
    return paths, best
