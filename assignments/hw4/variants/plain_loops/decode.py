"""Lists and loops; the arrays come at the end."""

import math

import numpy as np
import torch


def check(log_pi, log_A, log_B, words):
    S = len(log_pi)
    if len(log_A) != S or any(len(row) != S for row in log_A) or len(log_B) != S:
        raise ValueError("log_pi, log_A, log_B: shapes")
    if len(words) < 1:
        raise ValueError("words is empty")
    for w in words:
        if w < 0 or w >= len(log_B[0]):
            raise ValueError(f"words: {w} out of range")


def trellis(log_pi, log_A, log_B, words, keep):
    S = len(log_pi)
    column = [log_pi[i] + log_B[i][words[0]] for i in range(S)]
    pointers = []
    for t in range(len(words)):
        if t > 0:
            new, points = [], []
            for j in range(S):
                best, where = -math.inf, 0
                for i in range(S):
                    if column[i] is None:
                        continue
                    score = column[i] + log_A[i][j]
                    if score > best:
                        best, where = score, i
                new.append(best + log_B[j][words[t]])
                points.append(where)
            column = new
            pointers.append(points)
        if keep < S:
            order = sorted(range(S), key=lambda i: (-column[i], i))
            for i in order[keep:]:
                column[i] = None
    state = min((i for i in range(S) if column[i] is not None), key=lambda i: (-column[i], i))
    score = column[state]
    path = [state]
    for points in pointers[::-1]:
        path.insert(0, points[path[0]])
    return np.array(path, dtype=np.int64), float(score)


def viterbi(log_pi, log_A, log_B, words):
    check(log_pi, log_A, log_B, words)
    return trellis(log_pi.tolist(), log_A.tolist(), log_B.tolist(), words, len(log_pi))


def greedy(log_pi, log_A, log_B, words):
    check(log_pi, log_A, log_B, words)
    path, total = [], 0.0
    for t, w in enumerate(words):
        best, where = None, None
        for j in range(len(log_pi)):
            gain = (log_pi[j] if t == 0 else log_A[path[-1], j]) + log_B[j, w]
            if best is None or gain > best:
                best, where = gain, j
        path.append(where)
        total += best
    return np.array(path, dtype=np.int64), float(total)


def beam_search(log_pi, log_A, log_B, words, k):
    check(log_pi, log_A, log_B, words)
    if k < 1:
        raise ValueError("k must be positive")
    return trellis(log_pi.tolist(), log_A.tolist(), log_B.tolist(), words, k)


def viterbi_batch(log_pi, log_A, log_B, words, lengths):
    S = log_pi.shape[0]
    if log_A.shape != (S, S) or log_B.shape[0] != S:
        raise ValueError("log_pi, log_A, log_B: shapes")
    B, T = words.shape
    if lengths.shape[0] != B or lengths.min() < 1 or lengths.max() > T:
        raise ValueError("lengths must be in 1..T")
    position = torch.arange(T).unsqueeze(0)
    inside = position < lengths.unsqueeze(1)
    if ((words >= log_B.shape[1]) | (words < 0))[inside].any():
        raise ValueError("words out of range")
    words = torch.where(inside, words, 0)
    columns = [log_pi + log_B[:, words[:, 0]].T]
    points = []
    for t in range(1, T):
        # over the states in a loop, over the sentences at once
        best = torch.full((B, S), -float("inf"), dtype=log_pi.dtype)
        where = torch.zeros((B, S), dtype=torch.int64)
        for i in range(S):
            score = columns[-1][:, i : i + 1] + log_A[i]
            larger = score > best
            best = torch.where(larger, score, best)
            where = torch.where(larger, i, where)
        columns.append(best + log_B[:, words[:, t]].T)
        points.append(where)
    stacked = torch.stack(columns, 1)
    rows = torch.arange(B)
    final = stacked[rows, lengths - 1]
    scores = final.max(1).values
    last = final.argmax(1)
    out = torch.full((B, T), -1, dtype=torch.int64)
    state = last
    for t in range(T - 1, -1, -1):
        # a sentence that has not begun yet (seen from the right) keeps its last state
        running = t < lengths - 1
        if t < T - 1:
            before = points[t].gather(1, state.unsqueeze(1)).squeeze(1)
            state = torch.where(running, before, last)
        out[:, t] = torch.where(t < lengths, state, out[:, t])
    return out, scores
