"""Recurrent cells, the stacked LSTM, and one LSTM step forward and backward by hand.

    RNN (Elman 1990)                h' = tanh(W_ih x + b_ih + W_hh h + b_hh)

    GRU (Cho et al. 2014)           r = sigma(W_ir x + b_ir + W_hr h + b_hr)
                                    z = sigma(W_iz x + b_iz + W_hz h + b_hz)
                                    n = tanh(W_in x + b_in + r * (W_hn h + b_hn))
                                    h' = (1 - z) * n + z * h

    LSTM (Hochreiter & Schmidhuber  i = sigma(W_ii x + b_ii + W_hi h + b_hi)
    1997, with the forget gate of   f = sigma(W_if x + b_if + W_hf h + b_hf)
    Gers et al. 2000)               g = tanh(W_ig x + b_ig + W_hg h + b_hg)
                                    o = sigma(W_io x + b_io + W_ho h + b_ho)
                                    c' = f * c + i * g
                                    h' = o * tanh(c')

These are the equations of PyTorch's documentation (nn.RNNCell, nn.GRUCell, nn.LSTMCell), and the
gates are in its order: r, z, n for the GRU and i, f, g, o for the LSTM, stacked by rows in
weight_ih, weight_hh, bias_ih and bias_hh.

Shapes:

    T  time     B  batch     E  input     H  hidden     L  layers     G  gates: 1, 3 or 4
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

State = tuple[Tensor, Tensor]  # (h, c)


class RNNCell(nn.Module):
    """Elman's cell. Parameters weight_ih (H, E), weight_hh (H, H), bias_ih (H,), bias_hh (H,).

    All are drawn uniformly from +-1/sqrt(H), by seed alone.
    """

    def __init__(self, input_size: int, hidden_size: int, seed: int = 0) -> None:
        super().__init__()
        # YOUR CODE HERE
        raise NotImplementedError()

    def forward(self, x: Tensor, state: Tensor | None = None) -> Tensor:
        """x (B, E), h (B, H) or None for zeros -> h' (B, H)."""
        # YOUR CODE HERE
        raise NotImplementedError()


class GRUCell(nn.Module):
    """The gated recurrent unit. Parameters weight_ih (3H, E), weight_hh (3H, H), bias_ih (3H,),
    bias_hh (3H,); the gates r, z, n in this order.

    All are drawn uniformly from +-1/sqrt(H), by seed alone.
    """

    def __init__(self, input_size: int, hidden_size: int, seed: int = 0) -> None:
        super().__init__()
        # YOUR CODE HERE
        raise NotImplementedError()

    def forward(self, x: Tensor, state: Tensor | None = None) -> Tensor:
        """x (B, E), h (B, H) or None for zeros -> h' (B, H)."""
        # YOUR CODE HERE
        raise NotImplementedError()


class LSTMCell(nn.Module):
    """Long short-term memory. Parameters weight_ih (4H, E), weight_hh (4H, H), bias_ih (4H,),
    bias_hh (4H,); the gates i, f, g, o in this order.

    All are drawn uniformly from +-1/sqrt(H), by seed alone.
    """

    def __init__(self, input_size: int, hidden_size: int, seed: int = 0) -> None:
        super().__init__()
        # YOUR CODE HERE
        raise NotImplementedError()

    def forward(self, x: Tensor, state: State | None = None) -> State:
        """x (B, E), (h, c) of (B, H) each or None for zeros -> (h', c') of (B, H) each."""
        # YOUR CODE HERE
        raise NotImplementedError()


class LSTM(nn.Module):
    """Layers of LSTMCell over time, in one direction or two.

    .cells[layer * dirs + direction] are the cells, where dirs is 2 if bidirectional, else 1, and
    direction 1 runs from the end to the start. A layer above the first reads the outputs of all
    directions below it, the forward one first. In training mode dropout acts on the outputs of
    every layer but the last. All parameters are drawn by seed alone, each cell independently.

    Raises ValueError naming dropout when it is not in [0, 1].
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        dropout: float = 0.0,
        bidirectional: bool = False,
        seed: int = 0,
    ) -> None:
        super().__init__()
        # YOUR CODE HERE
        raise NotImplementedError()

    def forward(
        self, x: Tensor, state: State | None = None, lengths: Tensor | None = None
    ) -> tuple[Tensor, State]:
        """x (T, B, E) -> output (T, B, H dirs), (h, c) of (L dirs, B, H) each.

        state: (h, c) to begin with, shaped like those returned; None for zeros. h and c are the
        states after each cell's last step. lengths (B,) int64: only the first lengths[b] steps of
        sequence b count. After them the output is 0; the final states are those of a sequence's own
        last step, and the backward direction begins there.
        """
        # YOUR CODE HERE
        raise NotImplementedError()


def lstm_step_forward(
    x: Tensor, h: Tensor, c: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> tuple[Tensor, Tensor, object]:
    """One step of an LSTM cell: h' (B, H), c' (B, H) and a cache of whatever the backward step
    needs.

    x (B, E), h and c (B, H), W_ih (4H, E), W_hh (4H, H), b_ih and b_hh (4H,).
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def lstm_step_backward(dh: Tensor, dc: Tensor, cache: object) -> dict[str, Tensor]:
    """The gradients of that step, by hand: no autograd.

    dh and dc (B, H) are the loss's gradients with respect to h' and c'. Returns those with respect
    to the arguments of lstm_step_forward under the keys x, h, c, W_ih, W_hh, b_ih, b_hh; those of
    weights and biases are summed over the batch. The cache is not changed and may be used again.
    """
    # YOUR CODE HERE
    raise NotImplementedError()
