from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn


class Cell(nn.Module):
    blocks: int

    def __init__(self, input_size: int, hidden_size: int, seed: int = 0) -> None:
        super().__init__()
        self.input_size, self.hidden_size = input_size, hidden_size
        generator = torch.Generator().manual_seed(seed)
        shapes = {
            "weight_ih": (self.blocks * hidden_size, input_size),
            "weight_hh": (self.blocks * hidden_size, hidden_size),
            "bias_ih": (self.blocks * hidden_size,),
            "bias_hh": (self.blocks * hidden_size,),
        }
        for name, shape in shapes.items():
            unit = torch.rand(shape, generator=generator) * 2 - 1
            self.register_parameter(name, nn.Parameter(unit / hidden_size**0.5))

    def from_input(self, x: Tensor) -> Tensor:
        return x @ self.weight_ih.T + self.bias_ih

    def start(self, x: Tensor, state):
        if x.ndim != 2 or x.shape[-1] != self.input_size:
            raise ValueError(f"x: (B, {self.input_size}) expected, {tuple(x.shape)} given")
        if state is None:
            state = x.new_zeros(len(x), self.hidden_size)
        if state.shape != (len(x), self.hidden_size):
            raise ValueError("state: does not fit x")
        return state


class RNNCell(Cell):
    blocks = 1

    def forward(self, x: Tensor, state: Tensor | None = None) -> Tensor:
        h = self.start(x, state)
        return (torch.cat([x, h], 1) @ torch.cat([self.weight_ih, self.weight_hh], 1).T
                + (self.bias_ih + self.bias_hh)).tanh()


class GRUCell(Cell):
    blocks = 3

    def forward(self, x: Tensor, state: Tensor | None = None) -> Tensor:
        h = self.start(x, state)
        xr, xz, xn = self.from_input(x).chunk(3, -1)
        hr, hz, hn = (h @ self.weight_hh.T + self.bias_hh).chunk(3, -1)
        candidate = torch.tanh(xn + torch.sigmoid(xr + hr) * hn)
        return torch.lerp(candidate, h, torch.sigmoid(xz + hz))


class LSTMCell(Cell):
    blocks = 4

    def forward(self, x: Tensor, state=None) -> tuple[Tensor, Tensor]:
        h, c = (None, None) if state is None else state
        h, c = self.start(x, h), self.start(x, c)
        return self.step(self.from_input(x), h, c)

    def step(self, projected: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
        gates = torch.addmm(projected + self.bias_hh, h, self.weight_hh.T)
        i, f, o = (gates.unflatten(-1, (4, -1))[:, [0, 1, 3]]).sigmoid().unbind(1)
        g = gates.unflatten(-1, (4, -1))[:, 2].tanh()
        c = torch.addcmul(f * c, i, g)
        return o * c.tanh(), c


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
        if dropout < 0 or dropout > 1:
            raise ValueError("dropout: a probability, please")
        self.input_size, self.hidden_size, self.num_layers = input_size, hidden_size, num_layers
        self.dropout, self.dirs, self.seed, self.calls = dropout, 1 + bidirectional, seed, 0
        self.cells = nn.ModuleList()
        for k in range(num_layers * self.dirs):
            width = input_size if k < self.dirs else hidden_size * self.dirs
            self.cells.append(LSTMCell(width, hidden_size, seed * 10007 + k))

    def forward(self, x: Tensor, state=None, lengths: Tensor | None = None):
        if x.ndim != 3 or x.shape[-1] != self.input_size:
            raise ValueError(f"x: (T, B, {self.input_size}) expected")
        T, B, _ = x.shape
        n = self.num_layers * self.dirs
        if state is None:
            state = x.new_zeros(n, B, self.hidden_size), x.new_zeros(n, B, self.hidden_size)
        h0, c0 = state
        if h0.shape != (n, B, self.hidden_size) or c0.shape != h0.shape:
            raise ValueError("state: does not fit")
        if lengths is None:
            lengths = torch.full((B,), T)
        if lengths.shape != (B,) or (lengths < 1).any() or (lengths > T).any():
            raise ValueError("lengths: one of 1..T for each sequence")
        time = torch.arange(T)[:, None]
        inside = (time < lengths).to(x.device)  # (T, B)
        turned = torch.where(inside.cpu(), lengths - 1 - time, time).to(x.device)
        hs, cs = [], []
        for k in range(n):
            if k % self.dirs == 0:
                if k and self.training and self.dropout:
                    x = self._drop(x)
                below, outs = x, []
            source = _gather(below, turned) if k % self.dirs else below
            projected = self.cells[k].from_input(source)
            h_all, c_all = [h0[k]], [c0[k]]
            for t in range(T):
                h, c = self.cells[k].step(projected[t], h_all[-1], c_all[-1])
                h_all.append(h)
                c_all.append(c)
            stacked_h, stacked_c = torch.stack(h_all), torch.stack(c_all)
            last = lengths.to(x.device)[None]
            hs.append(_gather(stacked_h, last)[0])
            cs.append(_gather(stacked_c, last)[0])
            out = stacked_h[1:].masked_fill(~inside[..., None], 0)
            outs.append(_gather(out, turned) if k % self.dirs else out)
            x = torch.cat(outs, -1)
        return x, (torch.stack(hs), torch.stack(cs))

    def _drop(self, x: Tensor) -> Tensor:
        self.calls += 1
        if self.dropout == 1:
            return torch.zeros_like(x)
        generator = torch.Generator().manual_seed(self.seed * 1_000_003 + self.calls)
        keep = torch.full(x.shape, 1 - self.dropout).bernoulli(generator=generator).to(x)
        return x * keep / (1 - self.dropout)


def _gather(x: Tensor, index: Tensor) -> Tensor:
    return x.gather(0, index[..., None].expand(*index.shape, x.shape[-1]))


@dataclass
class Cache:
    x: Tensor
    h: Tensor
    c: Tensor
    W: Tensor
    gates: Tensor
    new_c: Tensor


def lstm_step_forward(x, h, c, W_ih, W_hh, b_ih, b_hh):
    if x.shape[-1] != W_ih.shape[-1]:
        raise ValueError("x: does not fit W_ih")
    if h.shape != c.shape:
        raise ValueError("h and c: one shape, please")
    if W_ih.shape[0] != 4 * h.shape[-1] or W_hh.shape != (4 * h.shape[-1], h.shape[-1]):
        raise ValueError("W_ih or W_hh: does not fit h")
    W = torch.cat([W_ih, W_hh], 1).detach()
    x, h, c = x.detach(), h.detach(), c.detach()
    raw = torch.cat([x, h], 1) @ W.T + b_ih.detach() + b_hh.detach()
    i, f, g, o = raw.chunk(4, 1)
    gates = torch.stack([i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()])
    new_c = gates[1] * c + gates[0] * gates[2]
    return gates[3] * new_c.tanh(), new_c, Cache(x, h, c, W, gates, new_c)


def lstm_step_backward(dh, dc, cache):
    i, f, g, o = cache.gates
    squashed = cache.new_c.tanh()
    dc = dc + dh * o * (1 - squashed.square())
    slopes = torch.stack([i - i * i, f - f * f, 1 - g * g, o - o * o])
    through = torch.stack([dc * g, dc * cache.c, dc * i, dh * squashed])
    d = torch.cat(list(slopes * through), 1)
    dx, dh_old = (d @ cache.W).tensor_split([cache.x.shape[1]], dim=1)
    dW = d.T @ torch.cat([cache.x, cache.h], 1)
    bias = d.sum(0)
    return {
        "x": dx,
        "h": dh_old,
        "c": f * dc,
        "W_ih": dW[:, : cache.x.shape[1]],
        "W_hh": dW[:, cache.x.shape[1] :],
        "b_ih": bias,
        "b_hh": bias,
    }
