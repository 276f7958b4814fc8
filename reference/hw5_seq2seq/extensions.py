"""Bonus: BERT's embeddings, reversed sources, distillation, and the size of a Transformer.

Reversed sources: Sutskever, Vinyals & Le (2014), section 3.3. Distillation: Hinton, Vinyals & Dean
(2015).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


def bert_embeddings(
    ids: Tensor, segments: Tensor, token: Tensor, segment: Tensor, position: Tensor
) -> Tensor:
    """The sum of three rows for each place, (B, T, D): of its id, of its segment, of its position.

    ids and segments (B, T) int64; the tables token (V, D), segment (2, D), position (P, D), P >= T.
    """
    ### BEGIN SOLUTION
    return token[ids] + segment[segments] + position[: ids.shape[1]]
    ### END SOLUTION


def reverse_source(ids: Tensor, lengths: Tensor) -> Tensor:
    """The first lengths[b] ids of each row of ids (B, S) backwards; padding stays where it is."""
    ### BEGIN SOLUTION
    place = torch.arange(ids.shape[1], device=ids.device).expand_as(ids)  # (B, S)
    mirrored = lengths.unsqueeze(1) - 1 - place
    return ids.gather(1, torch.where(mirrored >= 0, mirrored, place))
    ### END SOLUTION


def distillation_loss(
    student: Tensor, teacher: Tensor, targets: Tensor, temperature: float, alpha: float
) -> Tensor:
    """Soft and hard targets together, ():

        alpha T^2 KL(teacher_T || student_T) + (1 - alpha) cross-entropy(student, targets)

    student and teacher: logits (N, V); targets (N,) int64; x_T = softmax(x / temperature). Both terms
    are means over N. T^2 keeps the size of the gradient when the temperature increases.
    """
    ### BEGIN SOLUTION
    soft_student = torch.log_softmax(student / temperature, dim=-1)
    soft_teacher = torch.log_softmax(teacher / temperature, dim=-1)
    divergence = (soft_teacher.exp() * (soft_teacher - soft_student)).sum(dim=-1).mean()
    hard = nn.functional.cross_entropy(student, targets)
    return alpha * temperature**2 * divergence + (1 - alpha) * hard
    ### END SOLUTION


def transformer_parameters(
    d_model: int, heads: int, layers: int, d_ff: int, src_vocab: int, tgt_vocab: int, tie: bool  # heads only cut the width into runs
) -> int:
    """How many parameters your Transformer of these sizes has (norm "post"), by arithmetic.

    Shared weights count once.
    """
    ### BEGIN SOLUTION
    attention = 4 * (d_model * d_model + d_model)
    feed = d_model * d_ff + d_ff + d_ff * d_model + d_model
    norm = 2 * d_model
    encoder_layer, decoder_layer = attention + feed + 2 * norm, 2 * attention + feed + 3 * norm
    embeddings = (src_vocab + tgt_vocab) * d_model
    out = tgt_vocab + (0 if tie else d_model * tgt_vocab)
    return layers * (encoder_layer + decoder_layer) + embeddings + out
    ### END SOLUTION
