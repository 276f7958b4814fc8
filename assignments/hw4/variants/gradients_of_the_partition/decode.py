"""Viterbi over a batch with a tensor of back-pointers; a single sentence is a batch of one."""

import torch

from .tables import as_tables, as_words


def _checked(words, lengths, V):
    if words.dim() != 2:
        raise ValueError("words: expected (B, T)")
    B, T = words.shape
    if tuple(lengths.shape) != (B,):
        raise ValueError("lengths: expected (B,)")
    if bool(((lengths < 1) | (lengths > T)).any()):
        raise ValueError("lengths: expected 1 to T")
    inside = torch.arange(T, device=words.device).expand(B, T) < lengths.unsqueeze(1)
    ids = words.masked_fill(~inside, 0)
    if bool(((ids < 0) | (ids >= V)).any()):
        raise ValueError("words: an id is out of range")
    return ids, inside


def viterbi_batch(log_pi, log_A, log_B, words, lengths):
    model = as_tables(log_pi, log_A, log_B)
    ids, inside = _checked(words, lengths, model.V)
    emission = model.log_B.t()[ids]  # (B, T, S)
    score = model.log_pi + emission[:, 0]
    stay = torch.arange(model.S, device=ids.device).expand_as(score)
    pointers = []
    for t in range(1, ids.shape[1]):
        best, pointer = (score.unsqueeze(2) + model.log_A).max(dim=1)
        on = inside[:, t, None]
        score = torch.where(on, best + emission[:, t], score)
        pointers.append(torch.where(on, pointer, stay))
    total, state = score.max(dim=1)
    path = [state]
    for pointer in reversed(pointers):
        path.append(pointer.gather(1, path[-1].unsqueeze(1)).squeeze(1))
    paths = torch.stack(path[::-1], dim=1)
    return paths.masked_fill(~inside, -1), total


def viterbi(log_pi, log_A, log_B, words):
    model = as_tables(log_pi, log_A, log_B)
    ids = as_words(words, model.V).unsqueeze(0)
    paths, total = viterbi_batch(*model, ids, torch.tensor([ids.shape[1]]))
    return paths[0].numpy(), total.item()


def beam_search(log_pi, log_A, log_B, words, k):
    if k < 1:
        raise ValueError("k: must be at least 1")
    model = as_tables(log_pi, log_A, log_B)
    ids = as_words(words, model.V)
    # The beam holds states in rising order, so that the first of equal scores is the smallest.
    beam = torch.arange(model.S)
    score = model.log_pi + model.log_B[:, ids[0]]
    beams, links = [], []
    for t in range(len(ids)):
        if t:
            best, link = (score.unsqueeze(1) + model.log_A[beam]).max(dim=0)
            score = best + model.log_B[:, ids[t]]
            links.append((beam, link))
        kept = torch.sort(score, descending=True, stable=True).indices[:k].sort().values
        beam, score = kept, score[kept]
        beams.append(kept)
    state = beam[score.argmax()]
    path = [state]
    for sources, link in reversed(links):
        path.append(sources[link[path[-1]]])
    return torch.stack(path[::-1]).numpy(), score.max().item()


def greedy(log_pi, log_A, log_B, words):
    model = as_tables(log_pi, log_A, log_B)
    ids = as_words(words, model.V)
    local = model.log_B[:, ids].t()
    path = [(model.log_pi + local[0]).argmax()]
    for row in local[1:]:
        path.append((model.log_A[path[-1]] + row).argmax())
    s = torch.stack(path)
    total = model.log_pi[s[0]] + model.log_A[s[:-1], s[1:]].sum() + local.gather(1, s[:, None]).sum()
    return s.numpy(), total.item()
