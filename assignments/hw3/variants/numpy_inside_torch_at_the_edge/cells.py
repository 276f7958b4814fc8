"""Recurrent cells, one gate after the other."""

import math

import numpy as np
import torch
from torch import nn


def _draw(rng, bound, *shape):
    return nn.Parameter(torch.from_numpy(rng.uniform(-bound, bound, shape).astype(np.float32)))


class _Cell(nn.Module):
    gates = 1

    def __init__(self, input_size, hidden_size, seed=0):
        super().__init__()
        self.input_size, self.hidden_size = input_size, hidden_size
        rng = np.random.default_rng(seed)
        bound = 1 / math.sqrt(hidden_size)
        rows = self.gates * hidden_size
        self.weight_ih = _draw(rng, bound, rows, input_size)
        self.weight_hh = _draw(rng, bound, rows, hidden_size)
        self.bias_ih = _draw(rng, bound, rows)
        self.bias_hh = _draw(rng, bound, rows)

    def _check(self, x, *states):
        if x.dim() != 2 or x.shape[1] != self.input_size:
            raise ValueError(f"x must have shape (B, {self.input_size}), not {tuple(x.shape)}")
        for s in states:
            if tuple(s.shape) != (x.shape[0], self.hidden_size):
                raise ValueError(f"state has the shape {tuple(s.shape)}")

    def _zeros(self, x):
        return x.new_zeros(x.shape[0], self.hidden_size)

    def _gate(self, number, x, h):
        rows = slice(number * self.hidden_size, (number + 1) * self.hidden_size)
        from_x = x @ self.weight_ih[rows].t() + self.bias_ih[rows]
        from_h = h @ self.weight_hh[rows].t() + self.bias_hh[rows]
        return from_x, from_h


class RNNCell(_Cell):
    def forward(self, x, state=None):
        h = self._zeros(x) if state is None and x.dim() == 2 else state
        self._check(x, h)
        a, b = self._gate(0, x, h)
        return torch.tanh(a + b)


class GRUCell(_Cell):
    gates = 3

    def forward(self, x, state=None):
        h = self._zeros(x) if state is None and x.dim() == 2 else state
        self._check(x, h)
        r = torch.sigmoid(sum(self._gate(0, x, h)))
        z = torch.sigmoid(sum(self._gate(1, x, h)))
        a, b = self._gate(2, x, h)
        n = torch.tanh(a + r * b)
        return n + z * (h - n)


class LSTMCell(_Cell):
    gates = 4

    def forward(self, x, state=None):
        if state is None and x.dim() == 2:
            state = (self._zeros(x), self._zeros(x))
        h, c = state
        self._check(x, h, c)
        i, f, g, o = (sum(self._gate(k, x, h)) for k in range(4))
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(c), c


class LSTM(nn.Module):
    def __init__(
        self, input_size, hidden_size, num_layers=1, dropout=0.0, bidirectional=False, seed=0
    ):
        super().__init__()
        if not 0 <= dropout <= 1:
            raise ValueError("dropout must lie in [0, 1]")
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.p = dropout
        self.dirs = 2 if bidirectional else 1
        seeds = np.random.SeedSequence(seed).generate_state(num_layers * self.dirs + 1)
        cells = []
        for layer in range(num_layers):
            for _ in range(self.dirs):
                size = input_size if layer == 0 else hidden_size * self.dirs
                cells.append(LSTMCell(size, hidden_size, int(seeds[len(cells)])))
        self.cells = nn.ModuleList(cells)
        self._noise = np.random.default_rng(int(seeds[-1]))

    def forward(self, x, state=None, lengths=None):
        if x.dim() != 3 or x.shape[2] != self.input_size:
            raise ValueError("x must have shape (T, B, input_size)")
        steps, batch = x.shape[:2]
        shape = (len(self.cells), batch, self.hidden_size)
        if state is None:
            state = (x.new_zeros(shape), x.new_zeros(shape))
        if tuple(state[0].shape) != shape or tuple(state[1].shape) != shape:
            raise ValueError("state must hold two tensors of shape (L*dirs, B, H)")
        ends = [steps] * batch
        if lengths is not None:
            ends = [int(n) for n in lengths]
            if len(ends) != batch or min(ends) < 0 or max(ends) > steps:
                raise ValueError("lengths must hold one number up to T for each sequence")
        layer_input = x
        last_h, last_c = [], []
        for layer in range(self.num_layers):
            outs = []
            for d in range(self.dirs):
                k = layer * self.dirs + d
                out, h, c = self._one_way(k, layer_input, state[0][k], state[1][k], ends, d == 1)
                outs.append(out)
                last_h.append(h)
                last_c.append(c)
            layer_input = torch.cat(outs, dim=2)
            if self.training and self.p > 0 and layer < self.num_layers - 1:
                mask = self._noise.random(tuple(layer_input.shape)) >= self.p
                scale = 0.0 if self.p == 1 else 1 / (1 - self.p)
                mask = torch.as_tensor(mask).to(layer_input)
                layer_input = layer_input * mask * scale
        return layer_input, (torch.stack(last_h), torch.stack(last_c))

    def _one_way(self, k, x, h, c, ends, backwards):
        steps, batch = x.shape[:2]
        order = range(steps - 1, -1, -1) if backwards else range(steps)
        outputs = [None] * steps
        for t in order:
            new_h, new_c = self.cells[k](x[t], (h, c))
            alive = torch.tensor([[t < end] for end in ends], dtype=torch.bool, device=x.device)
            h = torch.where(alive, new_h, h)
            c = torch.where(alive, new_c, c)
            outputs[t] = torch.where(alive, new_h, torch.zeros_like(new_h))
        if not outputs:
            return x.new_zeros(0, batch, self.hidden_size), h, c
        return torch.stack(outputs), h, c


def _np(t):
    return t.detach().cpu().numpy()


def _sig(a):
    return np.where(a >= 0, 1, np.exp(-np.abs(a))) / (1 + np.exp(-np.abs(a)))


def lstm_step_forward(x, h, c, W_ih, W_hh, b_ih, b_hh):
    like = x
    size = h.shape[-1]
    if W_ih.shape != (4 * size, x.shape[-1]):
        raise ValueError("W_ih does not fit x and h")
    if W_hh.shape != (4 * size, size):
        raise ValueError("W_hh does not fit h")
    x, h, c, W_ih, W_hh, b_ih, b_hh = (_np(v) for v in (x, h, c, W_ih, W_hh, b_ih, b_hh))
    a = np.einsum("be,ge->bg", x, W_ih) + b_ih + np.einsum("bh,gh->bg", h, W_hh) + b_hh
    i, f, g, o = (a[:, k * size : (k + 1) * size] for k in range(4))
    i, f, g, o = _sig(i), _sig(f), np.tanh(g), _sig(o)
    new_c = f * c + i * g
    tc = np.tanh(new_c)
    cache = [like, x, h, c, W_ih, W_hh, i, f, g, o, tc]
    return _back(o * tc, like), _back(new_c, like), cache


def _back(array, like):
    return torch.tensor(array, dtype=like.dtype, device=like.device)


def lstm_step_backward(dh, dc, cache):
    like, x, h, c, W_ih, W_hh, i, f, g, o, tc = cache
    dh, dc = _np(dh), _np(dc)
    total = dc + dh * o * (1 - tc**2)
    da = np.concatenate(
        [
            total * g * i * (1 - i),
            total * c * f * (1 - f),
            total * i * (1 - g**2),
            dh * tc * o * (1 - o),
        ],
        axis=1,
    )
    grads = {
        "x": da @ W_ih,
        "h": da @ W_hh,
        "c": total * f,
        "W_ih": da.T @ x,
        "W_hh": da.T @ h,
        "b_ih": da.sum(0),
        "b_hh": da.sum(0),
    }
    return {name: _back(value, like) for name, value in grads.items()}
