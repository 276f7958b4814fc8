from __future__ import annotations

import torch
from torch import Tensor, nn

State = tuple[Tensor, Tensor]


class _Gated(nn.Module):
    GATES = 1

    def __init__(self, input_size: int, hidden_size: int, seed: int = 0) -> None:
        super().__init__()
        if min(input_size, hidden_size) < 1:
            raise ValueError("input_size and hidden_size must be positive")
        self.sizes = self.GATES, hidden_size, input_size
        generator = torch.Generator().manual_seed(seed)
        rows = self.GATES * hidden_size
        shapes = {
            "bias_hh": (rows,),
            "bias_ih": (rows,),
            "weight_hh": (rows, hidden_size),
            "weight_ih": (rows, input_size),
        }
        for name, shape in shapes.items():
            bound = hidden_size**-0.5
            values = torch.empty(shape).uniform_(-bound, bound, generator=generator)
            self.register_parameter(name, nn.Parameter(values))

    def from_input(self, x: Tensor) -> Tensor:
        """(..., E) -> (..., G, H)."""
        gates, hidden, inputs = self.sizes
        if x.shape[-1] != inputs:
            raise ValueError("x has another input_size")
        weights = self.weight_ih.view(gates, hidden, inputs)
        return torch.einsum("...e,ghe->...gh", x, weights) + self.bias_ih.view(gates, hidden)

    def from_state(self, h: Tensor) -> Tensor:
        """(B, H) -> (B, G, H)."""
        gates, hidden, _ = self.sizes
        weights = self.weight_hh.view(gates, hidden, hidden)
        return torch.einsum("bk,ghk->bgh", h, weights) + self.bias_hh.view(gates, hidden)

    def fitting(self, x: Tensor, state: Tensor | None) -> Tensor:
        """The given state, or zeros."""
        if x.dim() != 2:
            raise ValueError("x is not (B, E)")
        shape = len(x), self.sizes[1]
        if state is None:
            return torch.zeros(shape, dtype=x.dtype, device=x.device)
        if state.shape != shape:
            raise ValueError("state does not fit x")
        return state


class RNNCell(_Gated):
    def forward(self, x: Tensor, state: Tensor | None = None) -> Tensor:
        h = self.fitting(x, state)
        return (self.from_state(h) + self.from_input(x)).tanh().squeeze(1)


class GRUCell(_Gated):
    GATES = 3

    def forward(self, x: Tensor, state: Tensor | None = None) -> Tensor:
        h = self.fitting(x, state)
        inner, outer = self.from_state(h), self.from_input(x)
        reset, update = (inner[:, :2] + outer[:, :2]).sigmoid().unbind(1)
        new = torch.addcmul(outer[:, 2], reset, inner[:, 2]).tanh()
        return torch.lerp(new, h, update)


def _gates(z: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
    """z (..., 4, H), c (..., H) -> h, c."""
    i, f, g, o = z.unbind(-2)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return c.tanh() * o.sigmoid(), c


class LSTMCell(_Gated):
    GATES = 4

    def forward(self, x: Tensor, state: State | None = None) -> State:
        h, c = (self.fitting(x, part) for part in state or (None, None))
        return _gates(self.from_state(h) + self.from_input(x), c)


class LSTM(nn.Module):
    """Both directions of a layer go together: the second one reads the sequences turned round."""

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
        if not 0 <= dropout <= 1:
            raise ValueError("dropout lies outside of [0, 1]")
        if num_layers < 1:
            raise ValueError("num_layers is below 1")
        self.input_size, self.hidden_size = input_size, hidden_size
        self.num_layers, self.p, self.directions = num_layers, dropout, 1 + bool(bidirectional)
        self.noise = torch.Generator().manual_seed(seed)
        seeds = torch.randint(2**62, (num_layers, 2), generator=self.noise).tolist()
        self.cells = nn.ModuleList(
            LSTMCell(self.directions * hidden_size if layer else input_size, hidden_size, seed=own)
            for layer in range(num_layers)
            for own in seeds[layer][: self.directions]
        )

    def forward(
        self, x: Tensor, state: State | None = None, lengths: Tensor | None = None
    ) -> tuple[Tensor, State]:
        if x.dim() != 3:
            raise ValueError("x is not (T, B, E)")
        steps, batch, _ = x.shape
        lengths = torch.full((batch,), steps) if lengths is None else torch.as_tensor(lengths)
        if lengths.shape != (batch,) or (lengths < 1).any() or (lengths > steps).any():
            raise ValueError("lengths do not fit x")
        lengths = lengths.to(x.device)
        shape = (self.num_layers, self.directions, batch, self.hidden_size)
        if state is None:
            state = (x.new_zeros(shape), x.new_zeros(shape))
        elif any(part.shape != (shape[0] * shape[1], *shape[2:]) for part in state):
            raise ValueError("state does not fit x")
        h, c = (part.reshape(shape) for part in state)
        place = torch.arange(steps, device=x.device)[:, None]
        inside = place < lengths
        turned = torch.where(inside, lengths - 1 - place, place)
        finals = []
        for layer in range(self.num_layers):
            if layer and self.training and self.p:
                x = self._dropped(x)
            x, final = self._layer(layer, x, (h[layer], c[layer]), inside, turned)
            finals.append(final)
        h, c = (torch.cat(parts) for parts in zip(*finals, strict=True))
        return x, (h, c)

    def _dropped(self, x: Tensor) -> Tensor:
        keep = torch.rand(x.shape, generator=self.noise).to(x.device) >= self.p
        return torch.where(keep, x / max(1 - self.p, 1e-9), 0)

    def _layer(
        self, layer: int, x: Tensor, state: State, inside: Tensor, turned: Tensor
    ) -> tuple[Tensor, State]:
        columns = torch.arange(x.shape[1], device=x.device)
        cells = self.cells[layer * self.directions : (layer + 1) * self.directions]
        read = [x, x[turned, columns]][: self.directions]
        z = torch.stack([cell.from_input(part) for cell, part in zip(cells, read, strict=True)], 1)
        weights = torch.stack([cell.weight_hh.view(4, self.hidden_size, -1) for cell in cells])
        z = z + torch.stack([cell.bias_hh.view(4, -1) for cell in cells])[:, None]
        h, c = state
        outputs = []
        for step, here in zip(z, inside[:, None, :, None], strict=True):
            new_h, new_c = _gates(step + torch.einsum("dbk,dghk->dbgh", h, weights), c)
            h, c = torch.where(here, new_h, h), torch.where(here, new_c, c)
            outputs.append(h)
        out = torch.stack(outputs, 1) * inside[..., None]
        pieces = [out[0], *(piece[turned, columns] for piece in out[1:])]
        return torch.cat(pieces, -1), (h, c)


def lstm_step_forward(
    x: Tensor,
    h: Tensor,
    c: Tensor,
    W_ih: Tensor,
    W_hh: Tensor,
    b_ih: Tensor,
    b_hh: Tensor,
) -> tuple[Tensor, Tensor, object]:
    if h.shape != c.shape or len(x) != len(h):
        raise ValueError("x, h and c do not fit")
    rows = 4 * h.shape[1]
    if W_ih.shape != (rows, x.shape[1]) or W_hh.shape != (rows, h.shape[1]):
        raise ValueError("W_ih or W_hh does not fit")
    if b_ih.shape != (rows,) or b_hh.shape != (rows,):
        raise ValueError("b_ih or b_hh does not fit")
    # One product: x, h and a 1 beside each other, and so the weights and the biases.
    joined = torch.cat([x, h, x.new_ones(len(x), 1)], 1)
    weights = torch.cat([W_ih, W_hh, (b_ih + b_hh)[:, None]], 1)
    z = torch.einsum("bj,kj->bk", joined, weights).unflatten(1, (4, -1))
    new_h, new_c = _gates(z, c)
    cache = {"joined": joined, "weights": weights, "z": z, "c": c, "new_c": new_c}
    return new_h, new_c, cache | {"inputs": x.shape[1]}


def lstm_step_backward(dh: Tensor, dc: Tensor, cache: object) -> dict[str, Tensor]:
    if dh.shape != cache["c"].shape or dc.shape != cache["c"].shape:
        raise ValueError("dh or dc does not fit")
    i, f, g, o = cache["z"].unbind(1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    squashed = cache["new_c"].tanh()
    dc = torch.addcmul(dc, dh * o, 1 - squashed**2)
    outer = torch.stack([dc * g, dc * cache["c"], dc * i, dh * squashed], 1)
    slopes = torch.stack([i - i * i, f - f * f, 1 - g * g, o - o * o], 1)
    dz = (outer * slopes).flatten(1)
    dweights = torch.einsum("bk,bj->kj", dz, cache["joined"])
    djoined = torch.einsum("bk,kj->bj", dz, cache["weights"])
    sizes = [cache["inputs"], dc.shape[1], 1]
    dx, dh, _ = djoined.split(sizes, 1)
    dW_ih, dW_hh, db = dweights.split(sizes, 1)
    biases = {"b_ih": db.squeeze(1), "b_hh": db.squeeze(1)}
    return {"x": dx, "h": dh, "c": dc * f, "W_ih": dW_ih, "W_hh": dW_hh} | biases
