import sys

import numpy as np
import torch

CALLS = []


class BadCall(ValueError):
    pass


def look(log_pi, log_A, log_B, words):
    CALLS.append(len(words))
    print("decoding", words[:3], file=sys.stderr)
    if log_A.shape != 2 * log_pi.shape:
        raise BadCall("the shape of log_A is not that of log_pi twice")
    if log_B.shape[:1] != log_pi.shape:
        raise BadCall("the shape of log_B does not begin with that of log_pi")
    if not len(words):
        raise BadCall("no words")
    for word in words:
        if not 0 <= word < log_B.shape[-1]:
            raise BadCall(f"words has {word}")


def viterbi(log_pi, log_A, log_B, words):
    look(log_pi, log_A, log_B, words)
    T, S = len(words), len(log_pi)
    V = np.full((T, S), np.nan)
    V[0] = log_pi + log_B[:, words[0]]
    for t in range(1, T):
        V[t] = np.max(V[t - 1][:, None] + log_A, axis=0) + log_B[:, words[t]]
    path = np.empty(T, np.int64)
    path[-1] = np.argmax(V[-1])
    for t in reversed(range(T - 1)):
        # no back-pointers: the best way into the next state is computed again
        path[t] = np.argmax(V[t] + log_A[:, path[t + 1]])
    return path, V[-1].max().item()


def greedy(log_pi, log_A, log_B, words):
    return beam_search(log_pi, log_A, log_B, words, 1)


def beam_search(log_pi, log_A, log_B, words, k):
    look(log_pi, log_A, log_B, words)
    if k < 1:
        raise BadCall("k")
    beam = {}
    for t, word in enumerate(words):
        reached = {}
        for j in range(len(log_pi)):
            if t == 0:
                reached[j] = (log_pi[j] + log_B[j, word], (j,))
                continue
            for i in sorted(beam):
                score = beam[i][0] + log_A[i, j]
                if j not in reached or score > reached[j][0]:
                    reached[j] = (score, (*beam[i][1], j))
            reached[j] = (reached[j][0] + log_B[j, word], reached[j][1])
        kept = sorted(reached, key=lambda j: (-reached[j][0], j))[:k]
        beam = {j: reached[j] for j in kept}
    best = min(beam, key=lambda j: (-beam[j][0], j))
    return np.array(beam[best][1], dtype=np.int64), float(beam[best][0])


def viterbi_batch(log_pi, log_A, log_B, words, lengths):
    """All beginnings of all sentences end somewhere: every column's best end is kept."""
    if log_A.shape != log_pi.shape * 2 or log_B.shape[0] != log_pi.shape[0]:
        raise BadCall("log_pi, log_A, log_B")
    B, T = words.shape
    if tuple(lengths.shape) != (B,):
        raise BadCall("lengths")
    for n in lengths.tolist():
        if not 1 <= n <= T:
            raise BadCall("lengths")
    mask = (torch.arange(T).expand(B, T) < lengths[:, None]).T  # (T, B)
    flat = torch.where(mask.T, words, torch.zeros_like(words))
    if flat.min() < 0 or flat.max() >= log_B.shape[1]:
        raise BadCall("words")
    E = log_B[:, flat].permute(2, 1, 0)  # (T, B, S)
    V = [log_pi[None] + E[0]]
    for t in range(1, T):
        V.append((V[-1].unsqueeze(2) + log_A.unsqueeze(0)).max(1)[0] + E[t])
    V = torch.stack(V)  # (T, B, S)
    last = V[lengths - 1, torch.arange(B)]  # (B, S)
    score = last.max(1)[0]
    paths = torch.zeros(T, B, dtype=torch.int64) - 1
    state = last.max(1)[1]
    for t in reversed(range(T)):
        here = t == lengths - 1
        if t + 1 < T:
            way = (V[t] + log_A.T[state]).max(1)[1]
            state = torch.where(t < lengths - 1, way, state)
        state = torch.where(here, last.max(1)[1], state)
        paths[t] = torch.where(mask[t], state, torch.tensor(-1))
    return paths.T.contiguous(), score
