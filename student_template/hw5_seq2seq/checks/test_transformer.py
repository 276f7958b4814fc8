"""Public checks of transformer.py: small cases by hand, and shapes."""

import math

import torch

from grader.checking.expect import expect_close, expect_equal, expect_tensor

THE_ENCODING = {"en": "the positional encoding", "ko": "위치 인코딩"}
THE_PADDING_MASK = {"en": "the padding mask", "ko": "패딩 마스크"}
THE_CAUSAL_MASK = {"en": "the causal mask", "ko": "인과 마스크"}
THE_WEIGHTS = {"en": "the weight tensor", "ko": "가중치"}
THE_OUTPUT = {"en": "the output", "ko": "출력"}

SRC, LENGTHS = torch.tensor([[4, 5, 6, 7, 3], [8, 9, 0, 0, 0]]), torch.tensor([5, 2])
TGT = torch.tensor([[1, 3, 4], [1, 6, 7]])


def test_positional_encoding_by_hand(student):
    table = student.transformer.positional_encoding(2, 4)
    expected = [
        [0.0, 1.0, 0.0, 1.0],
        [math.sin(1), math.cos(1), math.sin(0.01), math.cos(0.01)],
    ]
    expect_tensor(table, (2, 4), what=THE_ENCODING)
    expect_close(table, expected, atol=1e-6, what=THE_ENCODING)


def test_padding_mask_by_hand(student):
    mask = student.transformer.padding_mask(torch.tensor([2, 1, 3]), 4)
    expect_tensor(mask, (3, 4), what=THE_PADDING_MASK)
    expect_equal(mask.int().tolist(), [[1, 1, 0, 0], [1, 0, 0, 0], [1, 1, 1, 0]], THE_PADDING_MASK)


def test_padding_mask_is_bool(student):
    mask = student.transformer.padding_mask(torch.tensor([3, 1]), 4)
    expect_tensor(mask, (2, 4), "bool", THE_PADDING_MASK)


def test_causal_mask_by_hand(student):
    mask = student.transformer.causal_mask(4)
    expect_tensor(mask, (4, 4), what=THE_CAUSAL_MASK)
    expected = [[1, 0, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0], [1, 1, 1, 1]]
    expect_equal(mask.int().tolist(), expected, THE_CAUSAL_MASK)


def test_causal_mask_is_bool(student):
    expect_tensor(student.transformer.causal_mask(3), (3, 3), "bool", THE_CAUSAL_MASK)


def test_attention_divides_by_the_root_of_d(student):
    # d = 64: q . k is 16 and 0, the scores are 2 and 0
    q, k = torch.zeros(1, 64, dtype=torch.float64), torch.zeros(2, 64, dtype=torch.float64)
    q[0, :16], k[0, :16] = 1.0, 1.0
    v = torch.tensor([[1.0, 0.0], [0.0, 1.0]], dtype=torch.float64)
    out, weights = student.transformer.scaled_dot_product_attention(q, k, v)
    first = math.exp(2) / (math.exp(2) + 1)
    near = {"rtol": 1e-6, "atol": 1e-7}  # a root taken in float32 is honest too
    expect_close(weights, [[first, 1 - first]], **near, what=THE_WEIGHTS)
    expect_close(out, [[first, 1 - first]], **near, what=THE_OUTPUT)


def test_multi_head_shapes(student):
    attention = student.transformer.MultiHeadAttention(d_model=12, heads=3, seed=1)
    generator = torch.Generator().manual_seed(0)
    query = torch.randn(2, 4, 12, generator=generator)
    key = torch.randn(2, 5, 12, generator=generator)
    out, weights = attention.forward(query, key, key)
    expect_tensor(out, (2, 4, 12), what=THE_OUTPUT)
    expect_tensor(weights, (2, 3, 4, 5), what=THE_WEIGHTS)
    ones = torch.ones(2, 3, 4)
    expect_close(
        weights.sum(dim=-1),
        ones,
        atol=1e-5,
        what={"en": "the sum of the weights", "ko": "가중치의 합"},
    )


def test_layer_norm_by_hand(student):
    x = torch.tensor([[1.0, 2.0, 3.0, 4.0]], dtype=torch.float64)  # mean 2.5, variance 1.25
    ones, zeros = torch.ones(4, dtype=torch.float64), torch.zeros(4, dtype=torch.float64)
    out = student.transformer.layer_norm(x, ones, zeros, eps=0.0)
    expected = [[(value - 2.5) / math.sqrt(1.25) for value in (1, 2, 3, 4)]]
    expect_close(out, expected, what=THE_OUTPUT)


def test_transformer_shapes(student):
    model = student.transformer.Transformer(
        10, 11, d_model=12, heads=3, layers=2, d_ff=20, dropout=0.0, max_len=16, seed=1
    )
    logits = model.forward(SRC, LENGTHS, TGT)
    expect_tensor(logits, (2, 3, 11), what={"en": "the logit tensor", "ko": "로짓"})
    mask = torch.tensor([[True] * 5, [True, True, False, False, False]])
    memory = model.encode(SRC, mask)
    expect_tensor(memory, (2, 5, 12), what="memory")
    expect_tensor(
        model.decode(TGT, memory, mask),
        (2, 3, 11),
        what={"en": "the logit tensor of decode", "ko": "decode의 로짓"},
    )
