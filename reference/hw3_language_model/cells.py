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


### BEGIN SOLUTION
def _add_parameters(
    cell: nn.Module, gates: int, input_size: int, hidden_size: int, seed: int
) -> None:
    """weight_ih (G H, E), weight_hh (G H, H), bias_ih (G H,), bias_hh (G H,), from +-1/sqrt(H)."""
    generator = torch.Generator().manual_seed(seed)
    bound = 1 / math.sqrt(hidden_size)
    rows = gates * hidden_size
    shapes = {
        "weight_ih": (rows, input_size), "weight_hh": (rows, hidden_size),
        "bias_ih": (rows,), "bias_hh": (rows,),
    }  # fmt: skip
    for name, shape in shapes.items():
        values = torch.empty(shape).uniform_(-bound, bound, generator=generator)
        cell.register_parameter(name, nn.Parameter(values))


def _lstm_update(a: Tensor, c: Tensor) -> State:
    """From the sums before the gates' nonlinearities, a (B, 4H), and c (B, H) to (h', c')."""
    i, f, g, o = a.chunk(4, dim=1)  # (B, H) each
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c
### END SOLUTION


class RNNCell(nn.Module):
    """Elman's cell. Parameters weight_ih (H, E), weight_hh (H, H), bias_ih (H,), bias_hh (H,).

    All are drawn uniformly from +-1/sqrt(H), by seed alone.
    """

    def __init__(self, input_size: int, hidden_size: int, seed: int = 0) -> None:
        super().__init__()
        ### BEGIN SOLUTION
        self.hidden_size = hidden_size
        _add_parameters(self, 1, input_size, hidden_size, seed)
        ### END SOLUTION

    def forward(self, x: Tensor, state: Tensor | None = None) -> Tensor:
        """x (B, E), h (B, H) or None for zeros -> h' (B, H)."""
        ### BEGIN SOLUTION
        h = x.new_zeros(len(x), self.hidden_size) if state is None else state
        # (B, E) x (E, H) + (B, H) x (H, H) -> (B, H)
        return torch.tanh(F.linear(x, self.weight_ih, self.bias_ih) + F.linear(h, self.weight_hh, self.bias_hh))
        ### END SOLUTION


class GRUCell(nn.Module):
    """The gated recurrent unit. Parameters weight_ih (3H, E), weight_hh (3H, H), bias_ih (3H,),
    bias_hh (3H,); the gates r, z, n in this order.

    All are drawn uniformly from +-1/sqrt(H), by seed alone.
    """

    def __init__(self, input_size: int, hidden_size: int, seed: int = 0) -> None:
        super().__init__()
        ### BEGIN SOLUTION
        self.hidden_size = hidden_size
        _add_parameters(self, 3, input_size, hidden_size, seed)
        ### END SOLUTION

    def forward(self, x: Tensor, state: Tensor | None = None) -> Tensor:
        """x (B, E), h (B, H) or None for zeros -> h' (B, H)."""
        ### BEGIN SOLUTION
        h = x.new_zeros(len(x), self.hidden_size) if state is None else state
        x_r, x_z, x_n = F.linear(x, self.weight_ih, self.bias_ih).chunk(3, dim=1)  # (B, H) each
        h_r, h_z, h_n = F.linear(h, self.weight_hh, self.bias_hh).chunk(3, dim=1)  # (B, H) each
        r, z = torch.sigmoid(x_r + h_r), torch.sigmoid(x_z + h_z)
        n = torch.tanh(x_n + r * h_n)
        return (1 - z) * n + z * h
        ### END SOLUTION


class LSTMCell(nn.Module):
    """Long short-term memory. Parameters weight_ih (4H, E), weight_hh (4H, H), bias_ih (4H,),
    bias_hh (4H,); the gates i, f, g, o in this order.

    All are drawn uniformly from +-1/sqrt(H), by seed alone.
    """

    def __init__(self, input_size: int, hidden_size: int, seed: int = 0) -> None:
        super().__init__()
        ### BEGIN SOLUTION
        self.hidden_size = hidden_size
        _add_parameters(self, 4, input_size, hidden_size, seed)
        ### END SOLUTION

    def forward(self, x: Tensor, state: State | None = None) -> State:
        """x (B, E), (h, c) of (B, H) each or None for zeros -> (h', c') of (B, H) each."""
        ### BEGIN SOLUTION
        if state is None:
            state = (x.new_zeros(len(x), self.hidden_size), x.new_zeros(len(x), self.hidden_size))
        h, c = state
        a = F.linear(x, self.weight_ih, self.bias_ih) + F.linear(h, self.weight_hh, self.bias_hh)
        return _lstm_update(a, c)
        ### END SOLUTION


### BEGIN SOLUTION
def _run(
    cell: nn.Module, x: Tensor, state: State, lengths: Tensor | None, *, backwards: bool
) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    """One cell over x (T, B, E): outputs (T, B, H) and the final (h, c), each (B, H)."""
    # The inputs of all steps are known: one large product instead of T small ones.
    a = F.linear(x, cell.weight_ih, cell.bias_ih + cell.bias_hh)  # (T, B, 4H)
    h, c = state
    outputs: list[Tensor] = [x.new_empty(0)] * len(x)
    steps: Iterable[int] = range(len(x))
    for t in reversed(steps) if backwards else steps:
        new_h, new_c = _lstm_update(a[t] + h @ cell.weight_hh.t(), c)
        if lengths is None:
            h, c = outputs[t], _ = new_h, new_c
        else:
            # A sequence that has ended keeps its state. Backwards, one that has not yet begun
            # keeps the state it will begin with.
            inside = (t < lengths)[:, None]  # (B, 1)
            h, c = torch.where(inside, new_h, h), torch.where(inside, new_c, c)
            outputs[t] = torch.where(inside, new_h, torch.zeros_like(new_h))
    return torch.stack(outputs), (h, c)
### END SOLUTION


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
        ### BEGIN SOLUTION
        if not 0 <= dropout <= 1:
            raise ValueError("dropout must lie between 0 and 1")
        self.hidden_size, self.num_layers, self.dropout = hidden_size, num_layers, dropout
        self.dirs = 2 if bidirectional else 1
        sizes = [input_size] + [hidden_size * self.dirs] * (num_layers - 1)
        # 1,000 cells may not share a seed with another model's
        self.cells = nn.ModuleList(
            LSTMCell(size, hidden_size, 1000 * seed + layer * self.dirs + direction)
            for layer, size in enumerate(sizes)
            for direction in range(self.dirs)
        )
        ### END SOLUTION

    def forward(
        self, x: Tensor, state: State | None = None, lengths: Tensor | None = None
    ) -> tuple[Tensor, State]:
        """x (T, B, E) -> output (T, B, H dirs), (h, c) of (L dirs, B, H) each.

        state: (h, c) to begin with, shaped like those returned; None for zeros. h and c are the
        states after each cell's last step. lengths (B,) int64: only the first lengths[b] steps of
        sequence b count. After them the output is 0; the final states are those of a sequence's own
        last step, and the backward direction begins there.
        """
        ### BEGIN SOLUTION
        if state is None:
            zeros = x.new_zeros(len(self.cells), x.shape[1], self.hidden_size)
            state = (zeros, zeros)
        finals: list[State] = []
        for layer in range(self.num_layers):
            outputs = []
            for direction in range(self.dirs):
                number = layer * self.dirs + direction
                begin = (state[0][number], state[1][number])
                output, final = _run(self.cells[number], x, begin, lengths, backwards=direction == 1)
                outputs.append(output)
                finals.append(final)
            x = torch.cat(outputs, dim=2)  # (T, B, H dirs)
            if layer < self.num_layers - 1:
                x = F.dropout(x, self.dropout, self.training)
        h, c = (torch.stack(part) for part in zip(*finals, strict=True))  # (L dirs, B, H)
        return x, (h, c)
        ### END SOLUTION


def lstm_step_forward(
    x: Tensor, h: Tensor, c: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> tuple[Tensor, Tensor, object]:
    """One step of an LSTM cell: h' (B, H), c' (B, H) and a cache of whatever the backward step
    needs.

    x (B, E), h and c (B, H), W_ih (4H, E), W_hh (4H, H), b_ih and b_hh (4H,).
    """
    ### BEGIN SOLUTION
    a_i, a_f, a_g, a_o = (x @ W_ih.t() + b_ih + h @ W_hh.t() + b_hh).chunk(4, dim=1)  # (B, H) each
    i, f, g, o = torch.sigmoid(a_i), torch.sigmoid(a_f), torch.tanh(a_g), torch.sigmoid(a_o)
    new_c = f * c + i * g
    squashed = torch.tanh(new_c)
    return o * squashed, new_c, (x, h, c, W_ih, W_hh, i, f, g, o, squashed)
    ### END SOLUTION


def lstm_step_backward(dh: Tensor, dc: Tensor, cache: object) -> dict[str, Tensor]:
    """The gradients of that step, by hand: no autograd.

    dh and dc (B, H) are the loss's gradients with respect to h' and c'. Returns those with respect
    to the arguments of lstm_step_forward under the keys x, h, c, W_ih, W_hh, b_ih, b_hh; those of
    weights and biases are summed over the batch. The cache is not changed and may be used again.
    """
    ### BEGIN SOLUTION
    x, h, c, W_ih, W_hh, i, f, g, o, squashed = cache
    dc = dc + dh * o * (1 - squashed**2)  # c' is seen directly, and through h'
    d_i, d_f, d_g, d_o = dc * g, dc * c, dc * i, dh * squashed
    da = torch.cat([d_i * i * (1 - i), d_f * f * (1 - f), d_g * (1 - g**2), d_o * o * (1 - o)], dim=1)  # (B, 4H)
    return {
        "x": da @ W_ih,  # (B, 4H) x (4H, E) -> (B, E)
        "h": da @ W_hh,  # (B, 4H) x (4H, H) -> (B, H)
        "c": dc * f,
        "W_ih": da.t() @ x,  # (4H, B) x (B, E) -> (4H, E)
        "W_hh": da.t() @ h,  # (4H, B) x (B, H) -> (4H, H)
        "b_ih": da.sum(dim=0),
        "b_hh": da.sum(dim=0),
    }
    ### END SOLUTION
