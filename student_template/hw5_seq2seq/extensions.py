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
    # YOUR CODE HERE
    raise NotImplementedError()


def reverse_source(ids: Tensor, lengths: Tensor) -> Tensor:
    """The first lengths[b] ids of each row of ids (B, S) backwards; padding stays where it is."""
    # YOUR CODE HERE
    raise NotImplementedError()


def distillation_loss(
    student: Tensor, teacher: Tensor, targets: Tensor, temperature: float, alpha: float
) -> Tensor:
    """Soft and hard targets together, ():

        alpha T^2 KL(teacher_T || student_T) + (1 - alpha) cross-entropy(student, targets)

    student and teacher: logits (N, V); targets (N,) int64; x_T = softmax(x / temperature). Both terms
    are means over N. T^2 keeps the size of the gradient when the temperature increases.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def transformer_parameters(
    d_model: int, heads: int, layers: int, d_ff: int, src_vocab: int, tgt_vocab: int, tie: bool  # heads only cut the width into runs
) -> int:
    """How many parameters your Transformer of these sizes has (norm "post"), by arithmetic.

    Shared weights count once.
    """
    # YOUR CODE HERE
    raise NotImplementedError()
