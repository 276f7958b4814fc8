"""The fused LSTM of hw3's reference against the plain one."""

import pytest
import torch

from reference.hw3_language_model.cells import LSTM
from reference.hw3_language_model.fused import FusedLSTM


@pytest.mark.parametrize("layers", [1, 3])
def test_the_fused_lstm_is_the_plain_one(layers):
    draw = torch.Generator().manual_seed(1)

    def normal(*shape):
        values = torch.randn(*shape, generator=draw, dtype=torch.float64)
        return values.requires_grad_()

    x, state = normal(6, 3, 4), (normal(layers, 3, 5), normal(layers, 3, 5))
    weights = [normal(6, 3, 5).detach(), *(normal(layers, 3, 5).detach() for _ in "hc")]
    found = []
    for kind in (LSTM, FusedLSTM):
        module = kind(4, 5, layers, seed=2).double()
        output, (h, c) = module(x, state)
        loss = sum((p * w).sum() for p, w in zip((output, h, c), weights, strict=True))
        inputs = [x, *state, *module.parameters()]
        found.append([output, h, c, *torch.autograd.grad(loss, inputs), module(x)[0]])
    for got, wanted in zip(*found, strict=True):
        torch.testing.assert_close(got, wanted, rtol=1e-9, atol=1e-11)


def test_the_fused_lstm_leaves_padding_and_directions_to_the_plain_one():
    x, lengths = torch.randn(4, 2, 3), torch.tensor([4, 2])
    for both in (False, True):
        fused, plain = (k(3, 5, bidirectional=both, seed=1) for k in (FusedLSTM, LSTM))
        assert torch.equal(fused(x, None, lengths)[0], plain(x, None, lengths)[0])


def test_mixed_precision_takes_half_of_the_products_and_keeps_the_state():
    x = torch.randn(6, 2, 3, generator=torch.Generator().manual_seed(1))
    module, plain = FusedLSTM(3, 5, 2, seed=1), LSTM(3, 5, 2, seed=1)
    with torch.autocast("cpu", torch.bfloat16):
        output, (h, c) = module(x)
    assert {part.dtype for part in (output, h, c)} == {torch.float32}
    output.sum().backward()
    assert all(p.grad.isfinite().all() for p in module.parameters())
    wanted, _ = plain(x)
    assert not torch.equal(output, wanted)
    torch.testing.assert_close(output, wanted, rtol=0, atol=2**-6)  # bfloat16 has 8 bits
