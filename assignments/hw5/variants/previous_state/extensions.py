"""The bonus, written with torch.nn.functional and plain counting."""

import torch
import torch.nn.functional as F


def bert_embeddings(ids, segments, token, segment, position):
    one_hot = F.one_hot(segments, 2).to(segment.dtype)
    places = torch.arange(ids.size(1)).expand_as(ids)
    return F.embedding(ids, token) + one_hot @ segment + F.embedding(places, position)


def reverse_source(ids, lengths):
    rows = [torch.cat([row[:n].flip(0), row[n:]]) for row, n in zip(ids, lengths.tolist())]
    return torch.stack(rows)


def distillation_loss(student, teacher, targets, temperature, alpha):
    p = F.softmax(teacher / temperature, 1)
    soft = -(p * F.log_softmax(student / temperature, 1)).sum(1) + (p * p.log()).sum(1)
    hard = -F.log_softmax(student, 1)[torch.arange(len(targets)), targets]
    return (alpha * temperature * temperature * soft + (1 - alpha) * hard).mean()


def transformer_parameters(d_model, heads, layers, d_ff, src_vocab, tgt_vocab, tie):
    def linear(i, o):
        return i * o + o

    total = src_vocab * d_model + tgt_vocab * d_model
    for _ in range(layers):
        total += 3 * 4 * linear(d_model, d_model)  # one attention in the encoder, two in the decoder
        total += 2 * (linear(d_model, d_ff) + linear(d_ff, d_model))
        total += 5 * 2 * d_model
    return total + (tgt_vocab if tie else linear(d_model, tgt_vocab))
