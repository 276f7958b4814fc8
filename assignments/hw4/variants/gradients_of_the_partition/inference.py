"""Expectations as derivatives: d ln p(words) / d log_A[i, j] is the expected count of i -> j.

Eisner (2016), "Inside-outside and forward-backward algorithms are just backprop".
Zero probabilities are -inf; a floor below all that matters keeps their derivatives free of nan.
"""

import math

import torch

from .estimate import HMM, log_normalise
from .tables import Tables, as_tables, as_words


def _log_sum(x, dim):
    top = x.detach().amax(dim=dim, keepdim=True)
    top = torch.where(torch.isfinite(top), top, torch.zeros_like(top))
    total = (x - top).exp().sum(dim=dim)
    empty = total == 0
    logs = torch.where(empty, torch.ones_like(total), total).log() + top.squeeze(dim)
    return torch.where(empty, torch.full_like(logs, -math.inf), logs)


def _alphas(model, emission):
    rows = [model.log_pi + emission[0]]
    for row in emission[1:]:
        rows.append(_log_sum(rows[-1].unsqueeze(1) + model.log_A, 0) + row)
    return torch.stack(rows)


def forward_log(log_pi, log_A, log_B, words):
    model = as_tables(log_pi, log_A, log_B)
    alpha = _alphas(model, model.log_B[:, as_words(words, model.V)].t())
    return alpha.numpy(), _log_sum(alpha[-1], 0).item()


def backward_log(log_pi, log_A, log_B, words):
    model = as_tables(log_pi, log_A, log_B)
    emission = model.log_B[:, as_words(words, model.V)].t()
    beta = torch.zeros(len(emission), model.S, dtype=torch.float64)
    for t in range(len(emission) - 2, -1, -1):
        beta[t] = _log_sum(model.log_A + emission[t + 1] + beta[t + 1], 1)
    return beta.numpy()


def _gradients(model, words):
    """d log-likelihood by log_pi, log_A and each position's emissions (T, S)."""
    pi = model.log_pi.clone().requires_grad_()
    A = model.log_A.clone().requires_grad_()
    emission = model.log_B[:, words].t().clone().requires_grad_()
    total = _log_sum(_alphas(Tables(pi, A, model.log_B), emission)[-1], 0)
    if not torch.isfinite(total):
        return None, total.item()
    grads = torch.autograd.grad(total, (pi, A, emission), allow_unused=True)
    d_pi, d_A, d_emission = (
        torch.zeros_like(x) if g is None else g
        for g, x in zip(grads, (pi, A, emission), strict=True)
    )
    # Where the table holds -inf nothing can have happened.
    d_A = torch.where(torch.isneginf(model.log_A), torch.zeros_like(d_A), d_A)
    return (d_pi, d_A, d_emission), total.item()


def _counts(model, words):
    found, total = _gradients(model, words)
    if found is None:
        raise ValueError("words: impossible under the model")
    d_pi, d_A, d_emission = found
    d_B = torch.zeros_like(model.log_B).t().index_add(0, words, d_emission).t()
    return d_pi, d_A, d_B.contiguous(), total


def posterior(log_pi, log_A, log_B, words):
    model = as_tables(log_pi, log_A, log_B)
    words = as_words(words, model.V)
    found, _ = _gradients(model, words)
    if found is None:
        return torch.full((len(words), model.S), 1 / model.S, dtype=torch.float64).numpy()
    return found[2].numpy()


def posterior_decode(log_pi, log_A, log_B, words):
    return torch.from_numpy(posterior(log_pi, log_A, log_B, words)).argmax(dim=1).numpy()


def expected_counts(log_pi, log_A, log_B, words):
    model = as_tables(log_pi, log_A, log_B)
    return tuple(t.numpy() for t in _counts(model, as_words(words, model.V))[:3])


def baum_welch(sequences, n_states, n_words, iterations, seed):
    data = [as_words(words, n_words, "sequences") for words in sequences]
    if not data:
        raise ValueError("sequences: at least one is needed")
    if n_states < 1:
        raise ValueError("n_states: must be at least 1")
    if iterations < 0:
        raise ValueError("iterations: must not be negative")
    generator = torch.Generator().manual_seed(seed)

    def random_logs(*shape):
        noise = torch.rand(*shape, generator=generator, dtype=torch.float64)
        return torch.log_softmax(noise, dim=-1)

    model = Tables(random_logs(n_states), random_logs(n_states, n_states), random_logs(n_states, n_words))
    history = []
    for iteration in range(iterations + 1):
        *parts, totals = zip(*(_counts(model, words) for words in data), strict=True)
        history.append(math.fsum(totals))
        if iteration < iterations:
            model = Tables(*(log_normalise(torch.stack(part).sum(dim=0)) for part in parts))
    return HMM(*model), history
