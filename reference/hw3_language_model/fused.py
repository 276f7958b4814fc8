"""The LSTM again, with one backward pass for a whole window: what the training program runs.

Autograd would add a (4H, H) gradient of W_hh at each of T steps. By hand all T of them are one
product, (4H, T B) x (T B, H), like that of W_ih; only d a must be found step by step. The equations
are those of `cells.lstm_step_backward`, and the numbers those of `cells.LSTM`.

Shapes:

    T  time     B  batch     E  input     H  hidden     L  layers
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd.function import FunctionCtx, once_differentiable

from .cells import LSTM, State


class _Layer(torch.autograd.Function):
    """x (T, B, E), h and c (B, H), the four weights of a cell -> h and c of all steps (T, B, H)."""

    @staticmethod
    def forward(
        ctx: FunctionCtx,
        x: Tensor,
        h: Tensor,
        c: Tensor,
        W_ih: Tensor,
        W_hh: Tensor,
        b_ih: Tensor,
        b_hh: Tensor,
    ) -> tuple[Tensor, Tensor]:
        size = h.shape[1]
        # (T, B, 4H): all inputs at once. Autocast may take this product in half precision; the sums
        # that grow from step to step stay in the precision of x
        gates = F.linear(x, W_ih, b_ih + b_hh).to(x.dtype)
        hs, cs = x.new_empty(len(x) + 1, *h.shape), x.new_empty(len(x) + 1, *h.shape)
        squashed = x.new_empty(len(x), *h.shape)  # tanh c'
        hs[0], cs[0] = h, c
        for t, a in enumerate(gates):  # the sums become the gates in place
            a.addmm_(hs[t], W_hh.t())  # (B, H) x (H, 4H) -> (B, 4H)
            a[:, : 2 * size].sigmoid_()
            a[:, 2 * size : 3 * size].tanh_()
            a[:, 3 * size :].sigmoid_()
            i, f, g, o = a.chunk(4, dim=1)
            torch.addcmul(f * cs[t], i, g, out=cs[t + 1])
            torch.tanh(cs[t + 1], out=squashed[t])
            torch.mul(o, squashed[t], out=hs[t + 1])
        ctx.save_for_backward(x, W_ih, W_hh, gates, hs, cs, squashed)
        return hs[1:].clone(), cs[1:].clone()

    @staticmethod
    @once_differentiable
    def backward(ctx: FunctionCtx, d_hs: Tensor, d_cs: Tensor) -> tuple[Tensor, ...]:
        x, W_ih, W_hh, gates, hs, cs, squashed = ctx.saved_tensors
        da = torch.empty_like(gates)
        dh, dc = torch.zeros_like(hs[0]), torch.zeros_like(cs[0])
        for t in reversed(range(len(x))):
            i, f, g, o = gates[t].chunk(4, dim=1)
            d_i, d_f, d_g, d_o = da[t].chunk(4, dim=1)
            dh = dh + d_hs[t]
            dc = dc + d_cs[t] + dh * o * (1 - squashed[t] ** 2)
            torch.mul(dc * g, i * (1 - i), out=d_i)
            torch.mul(dc * cs[t], f * (1 - f), out=d_f)
            torch.mul(dc * i, 1 - g**2, out=d_g)
            torch.mul(dh * squashed[t], o * (1 - o), out=d_o)
            dh, dc = da[t] @ W_hh, dc * f  # (B, 4H) x (4H, H) -> (B, H)
        flat = da.flatten(0, 1)  # (T B, 4H)
        bias = flat.sum(dim=0)
        d_W_ih, d_W_hh = flat.t() @ x.flatten(0, 1), flat.t() @ hs[:-1].flatten(0, 1)
        return da @ W_ih, dh, dc, d_W_ih, d_W_hh, bias, bias


class FusedLSTM(LSTM):
    """`cells.LSTM` with the same weights and results, faster in one direction and without padding."""

    def forward(
        self, x: Tensor, state: State | None = None, lengths: Tensor | None = None
    ) -> tuple[Tensor, State]:
        """As `LSTM.forward`, which it calls for lengths or two directions."""
        if lengths is not None or self.dirs != 1:
            return super().forward(x, state, lengths)
        if state is None:
            zeros = x.new_zeros(self.num_layers, x.shape[1], self.hidden_size)
            state = (zeros, zeros)
        finals = []
        for layer, cell in enumerate(self.cells):
            weights = (cell.weight_ih, cell.weight_hh, cell.bias_ih, cell.bias_hh)
            hs, cs = _Layer.apply(x, state[0][layer], state[1][layer], *weights)
            finals.append((hs[-1], cs[-1]))
            last = layer == self.num_layers - 1
            x = hs if last else F.dropout(hs, self.dropout, self.training)
        h, c = (torch.stack(part) for part in zip(*finals, strict=True))  # (L, B, H)
        return x, (h, c)
