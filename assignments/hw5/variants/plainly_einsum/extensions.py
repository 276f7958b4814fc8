from __future__ import annotations

import torch
from torch import Tensor


def bert_embeddings(
    ids: Tensor, segments: Tensor, token: Tensor, segment: Tensor, position: Tensor
) -> Tensor:
    if ids.shape != segments.shape:
        raise ValueError("ids and segments do not fit")
    if ids.shape[1] > len(position):
        raise ValueError("position is too short for ids")
    for name, given, table in (("ids", ids, token), ("segments", segments, segment)):
        if ((given < 0) | (given >= len(table))).any():
            raise ValueError(f"{name} point outside of their table")
    return token[ids] + segment[segments] + position[: ids.shape[1]]


def reverse_source(ids: Tensor, lengths: Tensor) -> Tensor:
    if lengths.shape != ids.shape[:1] or ((lengths < 0) | (lengths > ids.shape[1])).any():
        raise ValueError("lengths do not fit ids")
    place = torch.arange(ids.shape[1], device=ids.device)
    turned = lengths[:, None] - 1 - place
    return ids.gather(1, torch.where(turned >= 0, turned, place))


def distillation_loss(
    student: Tensor, teacher: Tensor, targets: Tensor, temperature: float, alpha: float
) -> Tensor:
    if student.shape != teacher.shape or targets.shape != student.shape[:1]:
        raise ValueError("student, teacher and targets do not fit")
    if temperature <= 0:
        raise ValueError("temperature is not positive")
    if not 0 <= alpha <= 1:
        raise ValueError("alpha lies outside of [0, 1]")
    soft = torch.nn.functional.kl_div(
        (student / temperature).log_softmax(-1),
        (teacher / temperature).log_softmax(-1),
        reduction="batchmean",
        log_target=True,
    )
    hard = torch.nn.functional.cross_entropy(student, targets)
    return torch.lerp(hard, soft * temperature**2, alpha)


def transformer_parameters(
    d_model: int, heads: int, layers: int, d_ff: int, src_vocab: int, tgt_vocab: int, tie: bool
) -> int:
    if heads < 1 or d_model % heads:
        raise ValueError("heads does not divide d_model")
    attentions = 3 * 4 * d_model * (d_model + 1)
    feeds = 2 * (2 * d_model * d_ff + d_ff + d_model)
    norms = 5 * 2 * d_model
    tables = src_vocab + tgt_vocab * (1 if tie else 2)
    return layers * (attentions + feeds + norms) + tables * d_model + 2 * 2 * d_model
