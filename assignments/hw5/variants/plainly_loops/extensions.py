from __future__ import annotations

import torch
from torch import Tensor


def bert_embeddings(
    ids: Tensor, segments: Tensor, token: Tensor, segment: Tensor, position: Tensor
) -> Tensor:
    if ids.dim() != 2 or segments.shape != ids.shape:
        raise ValueError("segments must have the shape of ids, (B, T)")
    if ids.shape[1] > len(position):
        raise ValueError("position must have a row for each place of ids")
    sentences = []
    for row, kinds in zip(ids.tolist(), segments.tolist(), strict=True):
        places = []
        for place, (word, kind) in enumerate(zip(row, kinds, strict=True)):
            if not 0 <= word < len(token):
                raise ValueError("ids must be rows of token")
            if not 0 <= kind < len(segment):
                raise ValueError("segments must be rows of segment")
            places.append(token[word] + segment[kind] + position[place])
        sentences.append(torch.stack(places))
    return torch.stack(sentences)


def reverse_source(ids: Tensor, lengths: Tensor) -> Tensor:
    if lengths.shape != ids.shape[:1]:
        raise ValueError("lengths must hold one number for each row of ids")
    turned = ids.clone()
    for row, end in enumerate(lengths.tolist()):
        if not 0 <= end <= ids.shape[1]:
            raise ValueError("lengths must lie from 0 to S")
        for place in range(end):
            turned[row, place] = ids[row, end - 1 - place]
    return turned


def distillation_loss(
    student: Tensor, teacher: Tensor, targets: Tensor, temperature: float, alpha: float
) -> Tensor:
    if student.dim() != 2 or teacher.shape != student.shape:
        raise ValueError("teacher must have the shape of student, (N, V)")
    if targets.shape != student.shape[:1]:
        raise ValueError("targets must be (N,)")
    if temperature <= 0:
        raise ValueError("temperature must be positive")
    if not 0 <= alpha <= 1:
        raise ValueError("alpha must be a probability")
    soft, hard = [], []
    for row, wanted, target in zip(student, teacher, targets.tolist(), strict=True):
        if not 0 <= target < len(row):
            raise ValueError("targets must be below V")
        log_p = (wanted / temperature).log_softmax(0)
        log_q = (row / temperature).log_softmax(0)
        soft.append((log_p.exp() * (log_p - log_q)).sum())
        hard.append(-row.log_softmax(0)[target])
    divergence = torch.stack(soft).mean()
    return alpha * temperature**2 * divergence + (1 - alpha) * torch.stack(hard).mean()


def transformer_parameters(
    d_model: int, heads: int, layers: int, d_ff: int, src_vocab: int, tgt_vocab: int, tie: bool
) -> int:
    if heads < 1 or d_model % heads != 0:
        raise ValueError("heads must divide d_model")
    attention = 4 * (d_model * d_model + d_model)
    feed = d_model * d_ff + d_ff + d_ff * d_model + d_model
    norm = 2 * d_model
    total = 0
    for _ in range(layers):
        total += attention + feed + 2 * norm
        total += 2 * attention + feed + 3 * norm
    total += (src_vocab + tgt_vocab) * d_model
    total += tgt_vocab
    if not tie:
        total += tgt_vocab * d_model
    return total
