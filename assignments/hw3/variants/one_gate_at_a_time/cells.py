"""Cells gate by gate; the LSTM fills a tensor that was made beforehand."""

import torch
from torch import nn


def _sigmoid(x):
    return 0.5 * (torch.tanh(0.5 * x) + 1)


class _Cell(nn.Module):
    gates = 1

    def __init__(self, input_size, hidden_size, seed=0):
        super().__init__()
        self.H = hidden_size
        g = torch.Generator()
        g.manual_seed(seed * 7919 + self.gates)
        k = hidden_size ** -0.5

        def make(*shape):
            return nn.Parameter((torch.rand(*shape, generator=g) * 2 - 1) * k)

        self.weight_ih = make(self.gates * hidden_size, input_size)
        self.weight_hh = make(self.gates * hidden_size, hidden_size)
        self.bias_ih = make(self.gates * hidden_size)
        self.bias_hh = make(self.gates * hidden_size)

    def part(self, x, h, k):
        rows = slice(k * self.H, (k + 1) * self.H)
        return (
            x @ self.weight_ih[rows].T + self.bias_ih[rows],
            h @ self.weight_hh[rows].T + self.bias_hh[rows],
        )

    def zeros(self, x):
        return torch.zeros(x.shape[0], self.H, dtype=x.dtype, device=x.device)


class RNNCell(_Cell):
    def forward(self, x, state=None):
        a, b = self.part(x, self.zeros(x) if state is None else state, 0)
        return torch.tanh(a + b)


class GRUCell(_Cell):
    gates = 3

    def forward(self, x, state=None):
        h = self.zeros(x) if state is None else state
        r = _sigmoid(sum(self.part(x, h, 0)))
        z = _sigmoid(sum(self.part(x, h, 1)))
        a, b = self.part(x, h, 2)
        n = torch.tanh(a + r * b)
        return n + z * (h - n)


class LSTMCell(_Cell):
    gates = 4

    def forward(self, x, state=None):
        h, c = (self.zeros(x), self.zeros(x)) if state is None else state
        i, f, g, o = (sum(self.part(x, h, k)) for k in range(4))
        c = c * _sigmoid(f) + _sigmoid(i) * torch.tanh(g)
        return _sigmoid(o) * torch.tanh(c), c


class LSTM(nn.Module):
    def __init__(
        self, input_size, hidden_size, num_layers=1, dropout=0.0, bidirectional=False, seed=0
    ):
        super().__init__()
        if dropout < 0 or dropout > 1:
            raise ValueError(f"dropout = {dropout} is no probability")
        self.p, self.L, self.D, self.H = dropout, num_layers, 1 + bool(bidirectional), hidden_size
        self.cells = []  # a plain list; each cell is registered by its own name
        for n in range(num_layers * self.D):
            width = input_size if n < self.D else hidden_size * self.D
            cell = LSTMCell(width, hidden_size, seed=100 * seed + n)
            self.add_module(f"cell_{n}", cell)
            self.cells.append(cell)

    def forward(self, x, state=None, lengths=None):
        T, B, _ = x.shape
        if state is None:
            z = x.new_zeros(self.L * self.D, B, self.H)
            state = (z, z)
        keep = None
        if lengths is not None:
            keep = (torch.arange(T, device=x.device)[:, None] < lengths[None]).to(x.dtype)[..., None]
        hs, cs = [], []
        for layer in range(self.L):
            both = x.new_zeros(T, B, self.D, self.H)
            columns = []
            for d in range(self.D):
                n = layer * self.D + d
                h, c = state[0][n], state[1][n]
                outs = [None] * T
                for k in range(T):
                    t = T - 1 - k if d else k
                    h1, c1 = self.cells[n](x[t], (h, c))
                    if keep is None:
                        h, c = h1, c1
                        outs[t] = h
                    else:
                        m = keep[t]
                        h, c = m * h1 + (1 - m) * h, m * c1 + (1 - m) * c
                        outs[t] = m * h
                columns.append(torch.stack(outs))
                hs.append(h)
                cs.append(c)
            both = both + torch.stack(columns, dim=2)
            x = both.reshape(T, B, self.D * self.H)
            if self.training and self.p and layer + 1 < self.L:
                x = nn.functional.dropout(x, self.p)
        return x, (torch.stack(hs), torch.stack(cs))


def lstm_step_forward(x, h, c, W_ih, W_hh, b_ih, b_hh):
    H = h.shape[1]
    a = torch.addmm(b_ih + b_hh, torch.cat([x, h], 1), torch.cat([W_ih, W_hh], 1).T)
    i, f, o = (_sigmoid(a[:, k * H : (k + 1) * H]) for k in (0, 1, 3))
    g = torch.tanh(a[:, 2 * H : 3 * H])
    c1 = f * c + i * g
    cache = {"in": (x, h, c), "w": [W_ih, W_hh], "gates": {"i": i, "f": f, "g": g, "o": o}, "c1": c1}
    return o * torch.tanh(c1), c1, cache


def lstm_step_backward(dh, dc, cache):
    x, h, c = cache["in"]
    gates = cache["gates"]
    t = torch.tanh(cache["c1"])
    d = dc + dh * gates["o"] * (1 - t * t)

    def through_sigmoid(s, up):
        return up * s * (1 - s)

    da = torch.hstack(
        [
            through_sigmoid(gates["i"], d * gates["g"]),
            through_sigmoid(gates["f"], d * c),
            d * gates["i"] * (1 - gates["g"] ** 2),
            through_sigmoid(gates["o"], dh * t),
        ]
    )
    ones = torch.ones(len(x), dtype=x.dtype)
    out = {"c": d * gates["f"], "b_ih": ones @ da, "b_hh": ones @ da}
    for key, value, W in (("x", x, cache["w"][0]), ("h", h, cache["w"][1])):
        out[key] = da.mm(W)
        out["W_ih" if key == "x" else "W_hh"] = torch.einsum("bg,be->ge", da, value)
    return out
