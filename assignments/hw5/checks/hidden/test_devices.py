"""Hidden checks of the rule that a function works on the device of its input, without a GPU.

On torch's meta device a tensor has a shape but no numbers, and one that was made on the CPU does
not go with it. Code that reads a number is not judged here (see `student.on_meta`).
"""

import torch

from grader.checking.expect import expect_on_device

X, SCORES = torch.ones(2, 3, 4), torch.ones(2, 3)
MASK, LENGTHS = torch.ones(2, 3) > 0, torch.tensor([3, 2])
CAUSAL = torch.ones(3, 3).tril() > 0
IDS = torch.ones(2, 3, dtype=torch.int64)


def test_masked_softmax_stays_on_the_device(student):
    for mask in (MASK, None):
        expect_on_device(student, student.attention.masked_softmax, SCORES, mask)


def test_attend_stays_on_the_device(student):
    for mask in (MASK, None):
        expect_on_device(student, student.attention.attend, SCORES, X, mask)


def test_padding_mask_stays_on_the_device(student):
    expect_on_device(student, student.transformer.padding_mask, LENGTHS, 4)


def test_scaled_attention_stays_on_the_device(student):
    attention = student.transformer.scaled_dot_product_attention
    for mask in (CAUSAL, None):
        expect_on_device(student, attention, X, X, X, mask)


def test_multi_head_stays_on_the_device(student):
    for mask in (CAUSAL, None):
        attention = student.transformer.MultiHeadAttention(4, 2)
        expect_on_device(student, attention, X, X, X, mask)


def test_encoder_layer_stays_on_the_device(student):
    for dropout, mask in ((0.5, MASK[:, None]), (0.0, None)):
        layer = student.transformer.EncoderLayer(4, 2, 8, dropout)
        expect_on_device(student, layer, X, mask)


def test_decoder_layer_stays_on_the_device(student):
    for dropout, masks in ((0.5, (CAUSAL, MASK[:, None])), (0.0, ())):
        layer = student.transformer.DecoderLayer(4, 2, 8, dropout)
        expect_on_device(student, layer, X, X, *masks)


def test_transformer_stays_on_the_device(student):
    model = student.transformer.Transformer(9, 9, 8, 2, 1, 16)
    expect_on_device(student, model, IDS, LENGTHS, IDS)


def test_bert_stays_on_the_device(student):
    model = student.pretraining.BERT(9, 8, 2, 1, 16)
    expect_on_device(student, model, IDS, 0 * IDS, LENGTHS)
