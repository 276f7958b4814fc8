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
gates stand in its order: r, z, n for the GRU and i, f, g, o for the LSTM, one below the other in
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


def _add_parameters(
    cell: nn.Module, gates: int, input_size: int, hidden_size: int, seed: int
) -> None:
    """weight_ih (G H, E), weight_hh (G H, H), bias_ih (G H,), bias_hh (G H,), from +-1/sqrt(H)."""
    raise NotImplementedError()


def _lstm_update(a: Tensor, c: Tensor) -> State:
    """From the sums before the gates' nonlinearities, a (B, 4H), and c (B, H) to (h', c')."""
    raise NotImplementedError()


class RNNCell(nn.Module):
    """Elman's cell. Parameters weight_ih (H, E), weight_hh (H, H), bias_ih (H,), bias_hh (H,).

    All are drawn uniformly from +-1/sqrt(H), by seed alone.
    """

    def __init__(self, input_size: int, hidden_size: int, seed: int = 0) -> None:
        raise NotImplementedError()

    def forward(self, x: Tensor, state: Tensor | None = None) -> Tensor:
        """X (B, E), h (B, H) or None for zeros -> h' (B, H)."""
        raise NotImplementedError()


class GRUCell(nn.Module):
    """The gated recurrent unit. Parameters weight_ih (3H, E), weight_hh (3H, H), bias_ih (3H,),
    bias_hh (3H,); the gates r, z, n in this order.

    All are drawn uniformly from +-1/sqrt(H), by seed alone.
    """

    def __init__(self, input_size: int, hidden_size: int, seed: int = 0) -> None:
        raise NotImplementedError()

    def forward(self, x: Tensor, state: Tensor | None = None) -> Tensor:
        """X (B, E), h (B, H) or None for zeros -> h' (B, H)."""
        raise NotImplementedError()


class LSTMCell(nn.Module):
    """Long short-term memory. Parameters weight_ih (4H, E), weight_hh (4H, H), bias_ih (4H,),
    bias_hh (4H,); the gates i, f, g, o in this order.

    All are drawn uniformly from +-1/sqrt(H), by seed alone.
    """

    def __init__(self, input_size: int, hidden_size: int, seed: int = 0) -> None:
        raise NotImplementedError()

    def forward(self, x: Tensor, state: State | None = None) -> State:
        """X (B, E), (h, c) of (B, H) each or None for zeros -> (h', c') of (B, H) each."""
        raise NotImplementedError()


def _run(
    cell: nn.Module, x: Tensor, state: State, lengths: Tensor | None, *, backwards: bool
) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    """One cell over x (T, B, E): outputs (T, B, H) and the final (h, c), each (B, H)."""
    # The inputs of all steps are known: one large product instead of T small ones.
    raise NotImplementedError()


class LSTM(nn.Module):
    """Layers of LSTMCell over time, in one direction or two.

    .cells[layer * dirs + direction] are the cells, dirs being 2 if bidirectional, else 1, and
    direction 1 running from the end to the start. A layer above the first reads the outputs of all
    directions below it, the forward one first. In training mode dropout acts on the outputs of
    every layer but the last. All parameters are drawn by seed alone, each cell's its own.

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
        raise NotImplementedError()

    def forward(
        self, x: Tensor, state: State | None = None, lengths: Tensor | None = None
    ) -> tuple[Tensor, State]:
        """X (T, B, E) -> output (T, B, H dirs), (h, c) of (L dirs, B, H) each.

        state: (h, c) to begin with, shaped as those that come back; None for zeros. h and c are the
        states after each cell's last step. lengths (B,) int64: only the first lengths[b] steps of
        sequence b count. Behind them the output is 0; the final states are those of a sequence's own
        last step, and the backward direction begins there.
        """
        raise NotImplementedError()


def lstm_step_forward(
    x: Tensor, h: Tensor, c: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> tuple[Tensor, Tensor, object]:
    """One step of an LSTM cell: h' (B, H), c' (B, H) and whatever the backward step needs.

    x (B, E), h and c (B, H), W_ih (4H, E), W_hh (4H, H), b_ih and b_hh (4H,).
    """
    raise NotImplementedError()


def lstm_step_backward(dh: Tensor, dc: Tensor, cache: object) -> dict[str, Tensor]:
    """The gradients of that step, by hand: autograd has no part in it.

    dh and dc (B, H) are the loss's gradients by h' and c'. Returns its gradients by the arguments
    of lstm_step_forward under the keys x, h, c, W_ih, W_hh, b_ih, b_hh; those of weights and biases
    are summed over the batch. The cache stays as it was and may be used again.
    """
    raise NotImplementedError()
