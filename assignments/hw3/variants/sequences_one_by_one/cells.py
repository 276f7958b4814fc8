"""One sequence after another."""

import torch
from torch import nn
from torch.nn.functional import linear


def uniform(shape, size, generator):
    return nn.Parameter(torch.empty(*shape).uniform_(-1, 1, generator=generator) / size**0.5)


class Weights(nn.Module):
    def __init__(self, rows, input_size, hidden_size, seed):
        super().__init__()
        g = torch.Generator().manual_seed(seed + 12345)
        self.hidden = hidden_size
        for kind, width in (("ih", input_size), ("hh", hidden_size)):
            setattr(self, f"weight_{kind}", uniform((rows, width), hidden_size, g))
            setattr(self, f"bias_{kind}", uniform((rows,), hidden_size, g))

    def products(self, x, h):
        return linear(x, self.weight_ih, self.bias_ih), linear(h, self.weight_hh, self.bias_hh)

    def start(self, x):
        return x.new_zeros((x.size(0), self.hidden))


class RNNCell(Weights):
    def __init__(self, input_size, hidden_size, seed=0):
        super().__init__(hidden_size, input_size, hidden_size, seed)

    def forward(self, x, state=None):
        a, b = self.products(x, self.start(x) if state is None else state)
        return torch.tanh(a + b)


class GRUCell(Weights):
    def __init__(self, input_size, hidden_size, seed=0):
        super().__init__(3 * hidden_size, input_size, hidden_size, seed)

    def forward(self, x, state=None):
        h = self.start(x) if state is None else state
        a, b = (part.split(self.hidden, dim=1) for part in self.products(x, h))
        r, z = torch.sigmoid(a[0] + b[0]), torch.sigmoid(a[1] + b[1])
        return torch.lerp(torch.tanh(a[2] + r * b[2]), h, z)


class LSTMCell(Weights):
    def __init__(self, input_size, hidden_size, seed=0):
        super().__init__(4 * hidden_size, input_size, hidden_size, seed)

    def forward(self, x, state=None):
        h, c = state if state is not None else (self.start(x), self.start(x))
        a, b = self.products(x, h)
        total = (a + b).view(len(x), 4, self.hidden)
        i, f, o = torch.sigmoid(total[:, [0, 1, 3]]).unbind(1)
        new = torch.addcmul(f * c, i, torch.tanh(total[:, 2]))
        return o * torch.tanh(new), new


class LSTM(nn.Module):
    def __init__(
        self, input_size, hidden_size, num_layers=1, dropout=0.0, bidirectional=False, seed=0
    ):
        super().__init__()
        self.dirs = 2 if bidirectional else 1
        self.layers, self.hidden = num_layers, hidden_size
        self.between = nn.Dropout(dropout)
        self.cells = {}
        for number in range(num_layers * self.dirs):
            size = input_size if number < self.dirs else self.dirs * hidden_size
            self.cells[number] = LSTMCell(size, hidden_size, 31 * seed + number)
            self.add_module(str(number), self.cells[number])

    def _over_time(self, cell, x, h, c):
        outputs = []
        for row in x:
            h, c = cell(row, (h, c))
            outputs.append(h)
        return torch.stack(outputs), h, c

    def _layer(self, cell, turned, x, h, c, lengths):
        if lengths is None:
            y, h, c = self._over_time(cell, x.flip(0) if turned else x, h, c)
            return (y.flip(0) if turned else y), h, c
        columns, ends = [], []
        for b, length in enumerate(lengths.tolist()):
            part = x[:length, b : b + 1]
            y, h1, c1 = self._over_time(
                cell, part.flip(0) if turned else part, h[b : b + 1], c[b : b + 1]
            )
            y = y.flip(0) if turned else y
            columns.append(torch.cat([y, y.new_zeros(len(x) - length, 1, self.hidden)]))
            ends.append((h1, c1))
        h, c = (torch.cat(part) for part in zip(*ends))
        return torch.cat(columns, dim=1), h, c

    def forward(self, x, state=None, lengths=None):
        if state is None:
            state = [x.new_zeros(self.layers * self.dirs, x.size(1), self.hidden)] * 2
        hs, cs = [], []
        for layer in range(self.layers):
            if layer:
                x = self.between(x)
            parts = []
            for d in range(self.dirs):
                n = layer * self.dirs + d
                y, h, c = self._layer(self.cells[n], d == 1, x, state[0][n], state[1][n], lengths)
                parts.append(y)
                hs.append(h)
                cs.append(c)
            x = parts[0] if self.dirs == 1 else torch.cat(parts, -1)
        return x, (torch.stack(hs), torch.stack(cs))


class Cache:
    """An object, not data: it stays where it was made."""

    def __init__(self, **values):
        self.__dict__.update(values)


def lstm_step_forward(x, h, c, W_ih, W_hh, b_ih, b_hh):
    H = c.shape[1]
    z = x.matmul(W_ih.T) + h.matmul(W_hh.T) + (b_ih + b_hh)
    s = torch.sigmoid(z)
    i, f, o, g = s[:, :H], s[:, H : 2 * H], s[:, 3 * H :], torch.tanh(z[:, 2 * H : 3 * H])
    new = f * c + i * g
    return o * new.tanh(), new, Cache(x=x, h=h, c=c, U=W_ih, W=W_hh, i=i, f=f, g=g, o=o, new=new)


def lstm_step_backward(dh, dc, cache):
    k = cache
    t = k.new.tanh()
    total = dc + dh * k.o * (1 - t**2)
    rows = [
        total * k.g * k.i * (1 - k.i),
        total * k.c * k.f * (1 - k.f),
        total * k.i * (1 - k.g**2),
        dh * t * k.o * (1 - k.o),
    ]
    dz = torch.cat(rows, 1)
    W_ih = torch.zeros_like(k.U)
    W_hh = torch.zeros_like(k.W)
    for b in range(len(dz)):  # one outer product for each row of the batch
        W_ih = W_ih + torch.outer(dz[b], k.x[b])
        W_hh = W_hh + torch.outer(dz[b], k.h[b])
    bias = dz.sum(0)
    return {
        "x": dz @ k.U,
        "h": dz @ k.W,
        "c": total * k.f,
        "W_ih": W_ih,
        "W_hh": W_hh,
        "b_ih": bias,
        "b_hh": bias.clone(),
    }
