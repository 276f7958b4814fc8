"""Hidden checks of the rule that a function works on the device of its input, without a GPU.

On torch's meta device a tensor has a shape but no numbers, and one that was made on the CPU does
not go with it. Code that reads a number is not judged here (see `student.on_meta`).
"""

import torch

X, SCORES = torch.ones(2, 3, 4), torch.ones(2, 3)
MASK, LENGTHS = torch.ones(2, 3) > 0, torch.tensor([3, 2])
CAUSAL = torch.ones(3, 3).tril() > 0
IDS = torch.ones(2, 3, dtype=torch.int64)

CALLS = {
    "masked_softmax": lambda s: [
        (s.attention.masked_softmax, SCORES, mask) for mask in (MASK, None)
    ],
    "attend": lambda s: [(s.attention.attend, SCORES, X, mask) for mask in (MASK, None)],
    "padding_mask": lambda s: [(s.transformer.padding_mask, LENGTHS, 4)],
    "scaled_attention": lambda s: [
        (s.transformer.scaled_dot_product_attention, X, X, X, mask) for mask in (CAUSAL, None)
    ],
    "multi_head": lambda s: [
        (s.transformer.MultiHeadAttention(4, 2), X, X, X, mask) for mask in (CAUSAL, None)
    ],
    "encoder_layer": lambda s: [
        (s.transformer.EncoderLayer(4, 2, 8, dropout), X, mask)
        for dropout, mask in ((0.5, MASK[:, None]), (0.0, None))
    ],
    "decoder_layer": lambda s: [
        (s.transformer.DecoderLayer(4, 2, 8, dropout), X, X, *masks)
        for dropout, masks in ((0.5, (CAUSAL, MASK[:, None])), (0.0, ()))
    ],
    "transformer": lambda s: [(s.transformer.Transformer(9, 9, 8, 2, 1, 16), IDS, LENGTHS, IDS)],
    "bert": lambda s: [(s.pretraining.BERT(9, 8, 2, 1, 16), IDS, 0 * IDS, LENGTHS)],
}


def stays(student, name):
    for function, *arguments in CALLS[name](student):
        function(*arguments)  # what fails anywhere says nothing about devices
        student.on_meta(function, *arguments)


def test_masked_softmax_stays_on_the_device(student):
    stays(student, "masked_softmax")


def test_attend_stays_on_the_device(student):
    stays(student, "attend")


def test_padding_mask_stays_on_the_device(student):
    stays(student, "padding_mask")


def test_scaled_attention_stays_on_the_device(student):
    stays(student, "scaled_attention")


def test_multi_head_stays_on_the_device(student):
    stays(student, "multi_head")


def test_encoder_layer_stays_on_the_device(student):
    stays(student, "encoder_layer")


def test_decoder_layer_stays_on_the_device(student):
    stays(student, "decoder_layer")


def test_transformer_stays_on_the_device(student):
    stays(student, "transformer")


def test_bert_stays_on_the_device(student):
    stays(student, "bert")
