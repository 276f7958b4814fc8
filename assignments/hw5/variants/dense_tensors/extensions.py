"""Extras."""

import torch
import torch.nn.functional as F


def bert_embeddings(ids, segments, token, segment, position):
    return F.embedding(ids, token) + F.embedding(segments, segment) + position[: ids.shape[1]]


def reverse_source(ids, lengths):
    places = torch.arange(ids.shape[1]).expand_as(ids)
    back = lengths[:, None] - 1 - places
    return ids.gather(1, torch.where(back >= 0, back, places))


def distillation_loss(student, teacher, targets, temperature, alpha):
    soft = F.kl_div(
        (student / temperature).log_softmax(-1),
        (teacher / temperature).log_softmax(-1),
        reduction="batchmean",
        log_target=True,
    )
    return alpha * temperature**2 * soft + (1 - alpha) * F.cross_entropy(student, targets)


def transformer_parameters(d_model, heads, layers, d_ff, src_vocab, tgt_vocab, tie):
    square = d_model * d_model
    encoder = 4 * square + 4 * d_model + 2 * d_model * d_ff + d_ff + d_model + 4 * d_model
    decoder = encoder + 4 * square + 4 * d_model + 2 * d_model
    tables = src_vocab + tgt_vocab * (1 if tie else 2)
    return layers * (encoder + decoder) + tables * d_model
