from __future__ import annotations

import math

import torch
from torch import Tensor, nn

State = tuple[Tensor, Tensor]


class _Cell(nn.Module):
    """What the three cells share: four parameters for `gates` gates, drawn from ±1/√H."""

    gates = 1

    def __init__(self, input_size: int, hidden_size: int, seed: int = 0) -> None:
        super().__init__()
        if input_size < 1:
            raise ValueError("input_size must be at least 1")
        if hidden_size < 1:
            raise ValueError("hidden_size must be at least 1")
        self.input_size = input_size
        self.hidden_size = hidden_size
        rows = self.gates * hidden_size
        generator = torch.Generator().manual_seed(seed)
        bound = 1 / math.sqrt(hidden_size)

        def draw(*shape: int) -> nn.Parameter:
            return nn.Parameter((2 * torch.rand(*shape, generator=generator) - 1) * bound)

        self.weight_ih = draw(rows, input_size)
        self.weight_hh = draw(rows, hidden_size)
        self.bias_ih = draw(rows)
        self.bias_hh = draw(rows)

    def _check(self, x: Tensor, *states: Tensor) -> None:
        if x.dim() != 2 or x.shape[1] != self.input_size:
            raise ValueError("x must be (B, input_size)")
        for state in states:
            if state.shape != (x.shape[0], self.hidden_size):
                raise ValueError("state must be (B, hidden_size)")

    def _parts(self, x: Tensor, h: Tensor) -> tuple[list[Tensor], list[Tensor]]:
        """For each gate what comes from the input, and what comes from the state."""
        size = self.hidden_size
        from_x, from_h = [], []
        for gate in range(self.gates):
            rows = slice(gate * size, (gate + 1) * size)
            from_x.append(x @ self.weight_ih[rows].t() + self.bias_ih[rows])
            from_h.append(h @ self.weight_hh[rows].t() + self.bias_hh[rows])
        return from_x, from_h


class RNNCell(_Cell):
    gates = 1

    def forward(self, x: Tensor, state: Tensor | None = None) -> Tensor:
        h = x.new_zeros(x.shape[0], self.hidden_size) if state is None else state
        self._check(x, h)
        (from_x,), (from_h,) = self._parts(x, h)
        return torch.tanh(from_x + from_h)


class GRUCell(_Cell):
    gates = 3

    def forward(self, x: Tensor, state: Tensor | None = None) -> Tensor:
        h = x.new_zeros(x.shape[0], self.hidden_size) if state is None else state
        self._check(x, h)
        (x_r, x_z, x_n), (h_r, h_z, h_n) = self._parts(x, h)
        r = torch.sigmoid(x_r + h_r)
        z = torch.sigmoid(x_z + h_z)
        n = torch.tanh(x_n + r * h_n)
        return (1 - z) * n + z * h


class LSTMCell(_Cell):
    gates = 4

    def forward(self, x: Tensor, state: State | None = None) -> State:
        if state is None:
            state = (x.new_zeros(x.shape[0], self.hidden_size),) * 2
        h, c = state
        self._check(x, h, c)
        (x_i, x_f, x_g, x_o), (h_i, h_f, h_g, h_o) = self._parts(x, h)
        i = torch.sigmoid(x_i + h_i)
        f = torch.sigmoid(x_f + h_f)
        g = torch.tanh(x_g + h_g)
        o = torch.sigmoid(x_o + h_o)
        new_c = f * c + i * g
        return o * torch.tanh(new_c), new_c


class LSTM(nn.Module):
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
        if num_layers < 1:
            raise ValueError("num_layers must be at least 1")
        if not 0 <= dropout <= 1:
            raise ValueError("dropout must be a probability")
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.dropout = dropout
        self.directions = 2 if bidirectional else 1
        self.seed = seed
        self.calls = 0
        cells = []
        for layer in range(num_layers):
            size = input_size if layer == 0 else hidden_size * self.directions
            for direction in range(self.directions):
                own_seed = 1_000 * seed + 2 * layer + direction
                cells.append(LSTMCell(size, hidden_size, own_seed))
        self.cells = nn.ModuleList(cells)

    def _begin(self, x: Tensor, state: State | None) -> State:
        shape = (len(self.cells), x.shape[1], self.hidden_size)
        if state is None:
            return x.new_zeros(shape), x.new_zeros(shape)
        if state[0].shape != shape or state[1].shape != shape:
            raise ValueError("state must be two tensors (layers * directions, B, H)")
        return state

    def _run(
        self,
        cell: nn.Module,
        steps: list[Tensor],
        pair: State,
        inside: list[Tensor] | None,
        backward: bool,
    ) -> tuple[list[Tensor], State]:
        """One direction of one layer; a sequence's state stands still outside of it."""
        h, c = pair
        outputs = [h] * len(steps)
        order = range(len(steps) - 1, -1, -1) if backward else range(len(steps))
        for t in order:
            new_h, new_c = cell(steps[t], (h, c))
            if inside is None:
                h, c, outputs[t] = new_h, new_c, new_h
                continue
            h = torch.where(inside[t], new_h, h)
            c = torch.where(inside[t], new_c, c)
            outputs[t] = torch.where(inside[t], new_h, torch.zeros_like(new_h))
        return outputs, (h, c)

    def _drop(self, step: Tensor, generator: torch.Generator) -> Tensor:
        if self.dropout == 1:
            return torch.zeros_like(step)
        keep = torch.rand(step.shape, generator=generator) >= self.dropout
        return step * keep.to(step) / (1 - self.dropout)

    def forward(
        self, x: Tensor, state: State | None = None, lengths: Tensor | None = None
    ) -> tuple[Tensor, State]:
        if x.dim() != 3 or x.shape[0] == 0 or x.shape[2] != self.input_size:
            raise ValueError("x must be (T, B, input_size) with T at least 1")
        length, batch, _ = x.shape
        inside = None
        if lengths is not None:
            until = [int(number) for number in lengths]
            if len(until) != batch or min(until) < 1 or max(until) > length:
                raise ValueError("lengths must be B numbers from 1 to T")
            inside = []
            for t in range(length):
                inside.append(torch.tensor([[t < end] for end in until], device=x.device))
        h_0, c_0 = self._begin(x, state)
        generator = torch.Generator().manual_seed(7_919 * self.seed + self.calls)
        self.calls += int(self.training)
        steps = list(x.unbind(0))
        last_h, last_c = [], []
        for layer in range(self.num_layers):
            if layer > 0 and self.training and self.dropout > 0:
                steps = [self._drop(step, generator) for step in steps]
            both = []
            for direction in range(self.directions):
                number = layer * self.directions + direction
                outputs, (h, c) = self._run(
                    self.cells[number], steps, (h_0[number], c_0[number]), inside, direction == 1
                )
                both.append(outputs)
                last_h.append(h)
                last_c.append(c)
            steps = [torch.cat(pieces, 1) for pieces in zip(*both, strict=True)]
        return torch.stack(steps), (torch.stack(last_h), torch.stack(last_c))


def lstm_step_forward(
    x: Tensor,
    h: Tensor,
    c: Tensor,
    W_ih: Tensor,
    W_hh: Tensor,
    b_ih: Tensor,
    b_hh: Tensor,
) -> tuple[Tensor, Tensor, object]:
    size = h.shape[1]
    if c.shape != h.shape or x.shape[0] != h.shape[0]:
        raise ValueError("h and c must have one shape and the rows of x")
    if W_ih.shape != (4 * size, x.shape[1]) or b_ih.shape != (4 * size,):
        raise ValueError("W_ih and b_ih must fit x and h")
    if W_hh.shape != (4 * size, size) or b_hh.shape != (4 * size,):
        raise ValueError("W_hh and b_hh must fit h")
    gates = []
    for number in range(4):
        rows = slice(number * size, (number + 1) * size)
        z = x @ W_ih[rows].t() + b_ih[rows] + h @ W_hh[rows].t() + b_hh[rows]
        gates.append(torch.tanh(z) if number == 2 else torch.sigmoid(z))
    i, f, g, o = gates
    new_c = f * c + i * g
    new_h = o * torch.tanh(new_c)
    return new_h, new_c, (x, h, c, W_ih, W_hh, gates, new_c)


def lstm_step_backward(dh: Tensor, dc: Tensor, cache: object) -> dict[str, Tensor]:
    x, h, c, W_ih, W_hh, (i, f, g, o), new_c = cache
    if dh.shape != h.shape or dc.shape != c.shape:
        raise ValueError("dh and dc must have the shape of the states")
    squashed = torch.tanh(new_c)
    total = dc + dh * o * (1 - squashed * squashed)
    dz = [
        total * g * i * (1 - i),
        total * c * f * (1 - f),
        total * i * (1 - g * g),
        dh * squashed * o * (1 - o),
    ]
    size = h.shape[1]
    dx, dh_before = torch.zeros_like(x), torch.zeros_like(h)
    dW_ih, dW_hh, db = torch.zeros_like(W_ih), torch.zeros_like(W_hh), W_ih.new_zeros(4 * size)
    for number in range(4):
        rows = slice(number * size, (number + 1) * size)
        dx = dx + dz[number] @ W_ih[rows]
        dh_before = dh_before + dz[number] @ W_hh[rows]
        dW_ih[rows] = dz[number].t() @ x
        dW_hh[rows] = dz[number].t() @ h
        db[rows] = dz[number].sum(0)
    return {
        "x": dx,
        "h": dh_before,
        "c": total * f,
        "W_ih": dW_ih,
        "W_hh": dW_hh,
        "b_ih": db,
        "b_hh": db.clone(),
    }
