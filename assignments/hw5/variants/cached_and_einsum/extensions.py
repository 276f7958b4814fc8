"""The bonus; a tied output layer here has no bias."""

import torch
import torch.nn.functional as F


def bert_embeddings(ids, segments, token, segment, position):
    return token[ids].add(segment[segments]).add(position[None, : ids.size(1)])


def reverse_source(ids, lengths):
    out = ids.clone()
    for row, length in enumerate(lengths.tolist()):
        out[row, :length] = ids[row, :length].flip(0)
    return out


def distillation_loss(student, teacher, targets, temperature, alpha):
    soft = F.kl_div(
        F.log_softmax(student / temperature, -1), F.softmax(teacher / temperature, -1), reduction="batchmean"
    )
    return torch.lerp(F.cross_entropy(student, targets), temperature**2 * soft, alpha)


def transformer_parameters(d_model, heads, layers, d_ff, src_vocab, tgt_vocab, tie):
    attention, feed = 4 * d_model * (d_model + 1), 2 * d_model * d_ff + d_model + d_ff
    stack = layers * (3 * attention + 2 * feed + 10 * d_model)
    return stack + d_model * (src_vocab + tgt_vocab) + (0 if tie else (d_model + 1) * tgt_vocab)
