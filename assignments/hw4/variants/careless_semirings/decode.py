from typing import NamedTuple
import numpy as np
import torch

from .semiring import MAX, Trellis


class Decoded(NamedTuple):
    path: np.ndarray
    score: float


class Search(Trellis):
    """max-plus trellis in which only `width` states stay after each position"""
    width = None

    @property
    def inside(self):
        a = np.full((self.T, self.S), -np.inf)
        for t in range(self.T):
            step = np.array([MAX(a[t - 1] + self.log_A[:, j]) for j in range(self.S)]) if t else self.log_pi
            a[t] = step + self.obs[t]
            self.cut(a[t])
        return a

    def cut(self, row):
        if self.width is not None and self.width < self.S:
            kth = sorted(row, reverse=True)[self.width - 1]
            better = [j for j in range(self.S) if row[j] > kth]
            equal = [j for j in range(self.S) if row[j] == kth]
            stay = set(better + equal[: self.width - len(better)])
            for j in range(self.S):
                if j not in stay: row[j] = -np.inf

    def decode(self):
        a = self.inside
        best = MAX(a[-1])
        path = [int(np.where(a[-1] == best)[0][0])]
        for row in a[-2::-1]:
            into = row + self.log_A[:, path[0]]
            path.insert(0, int(np.where(into == MAX(into))[0][0]))
        return Decoded(np.array(path, dtype="int64"), float(best))


def viterbi(log_pi, log_A, log_B, words):
    return Search(log_pi, log_A, log_B, words).decode()


def beam_search(log_pi, log_A, log_B, words, k):
    if not k >= 1: raise ValueError("k")
    s = Search(log_pi, log_A, log_B, words)
    s.width = k
    return s.decode()


def greedy(log_pi, log_A, log_B, words):
    t = Trellis(log_pi, log_A, log_B, words)
    path, total, row = [], 0., t.log_pi
    for o in t.obs:
        j = max(range(t.S), key=(row + o).tolist().__getitem__)
        total += row[j] + o[j]
        path.append(j)
        row = t.log_A[j]
    return Decoded(np.array(path, dtype="int64"), float(total))


def viterbi_batch(log_pi, log_A, log_B, words, lengths):
    S, V = log_B.shape
    if log_pi.shape != (S,): raise ValueError("log_pi")
    if log_A.shape != (S, S): raise ValueError("log_A")
    if words.dim() != 2: raise ValueError("words")
    N, T = words.shape
    if lengths.shape != (N,) or (lengths < 1).any() or (lengths > T).any(): raise ValueError("lengths")
    mask = torch.arange(T)[None].to(lengths.device) < lengths[:, None]
    w = words * mask
    if (w < 0).any() or (w >= V).any(): raise ValueError("words")
    # behind the end a "stop" step: stay where you are for free
    stay = torch.full_like(log_A, -torch.inf)
    stay.fill_diagonal_(0)
    steps, scores = [], [log_pi + log_B[:, w[:, 0]].T]
    for t in range(1, T):
        step = torch.where(mask[:, t, None, None], log_A, stay)                    # N S S
        out = torch.where(mask[:, t, None], log_B[:, w[:, t]].T, torch.zeros_like(scores[0]))
        steps.append(step)
        scores.append((scores[-1][:, :, None] + step).amax(1) + out)
    best = scores[-1].amax(1)
    path = [scores[-1].argmax(1)]
    for t in range(T - 2, -1, -1):
        column = steps[t].gather(2, path[0][:, None, None].expand(N, S, 1)).squeeze(2)
        path.insert(0, torch.where(mask[:, t + 1], (scores[t] + column).argmax(1), path[0]))
    return torch.stack(path, 1).where(mask, torch.tensor(-1, device=words.device)), best
