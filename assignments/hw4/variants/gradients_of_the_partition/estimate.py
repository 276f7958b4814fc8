"""Maximum-likelihood tables by index_put with accumulation."""

import numpy as np
import torch

from .tables import as_tables, as_words


class HMM:
    """Log-probabilities as float64 arrays: log_pi (S,), log_A (S, S) [from, to], log_B (S, V)."""

    def __init__(self, log_pi, log_A, log_B):
        self.log_pi, self.log_A, self.log_B = (t.numpy() for t in as_tables(log_pi, log_A, log_B))

    def __repr__(self):
        return f"HMM(S={len(self.log_pi)}, V={self.log_B.shape[1]})"


def log_normalise(mass):
    """ln of each row over its sum; ln 1/n where the sum is 0."""
    total = mass.sum(dim=-1, keepdim=True)
    mass = torch.where(total > 0, mass, torch.ones_like(mass))
    return mass.log() - mass.sum(dim=-1, keepdim=True).log()


def estimate(sequences, tags, n_states, n_words, alpha=0.0):
    if alpha < 0:
        raise ValueError("alpha: must not be negative")
    if len(sequences) != len(tags):
        raise ValueError("tags: one list for each sequence is needed")
    pi = torch.zeros(n_states, dtype=torch.float64)
    A = torch.zeros(n_states, n_states, dtype=torch.float64)
    B = torch.zeros(n_states, n_words, dtype=torch.float64)
    one = torch.ones((), dtype=torch.float64)
    for words, states in zip(sequences, tags, strict=True):
        if len(words) != len(states):
            raise ValueError("tags: one for each word of its sequence is needed")
        if len(words) == 0:
            continue
        w = as_words(words, n_words, "sequences")
        s = as_words(states, n_states, "tags")
        pi[s[0]] += 1
        A.index_put_((s[:-1], s[1:]), one, accumulate=True)
        B.index_put_((s, w), one, accumulate=True)
    return HMM(log_normalise(pi + alpha), log_normalise(A + alpha), log_normalise(B + alpha))


def sequence_log_prob(hmm, words, tags):
    model = as_tables(hmm.log_pi, hmm.log_A, hmm.log_B)
    w, s = as_words(words, model.V), as_words(tags, model.S, "tags")
    if len(w) != len(s):
        raise ValueError("tags: one for each of the words is needed")
    terms = torch.cat([model.log_pi[s[:1]], model.log_A[s[:-1], s[1:]], model.log_B[s, w]])
    return terms.sum().item()


def sample(hmm, length, seed):
    if length < 1:
        raise ValueError("length: must be at least 1")
    generator = torch.Generator().manual_seed(seed)
    pi, A, B = (torch.from_numpy(np.array(t)).exp() for t in (hmm.log_pi, hmm.log_A, hmm.log_B))

    def draw(row):
        return int(torch.multinomial(row, 1, generator=generator))

    tags = [draw(pi)]
    while len(tags) < length:
        tags.append(draw(A[tags[-1]]))
    return [draw(B[tag]) for tag in tags], tags
