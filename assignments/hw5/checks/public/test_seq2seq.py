"""Public checks of seq2seq.py: what comes out has the right form."""

import torch

from grader.checking.expect import expect_close, expect_equal, expect_tensor

SRC, LENGTHS = torch.tensor([[4, 5, 6, 7], [8, 9, 0, 0], [3, 0, 0, 0]]), torch.tensor([4, 2, 1])
TGT = torch.tensor([[1, 3, 4, 5, 2], [1, 6, 7, 2, 0], [1, 8, 2, 0, 0]])


def test_encoder_shapes(student):
    encoder = student.seq2seq.Encoder(vocab=10, embed=5, hidden=6, seed=1)
    outputs, final = encoder.forward(SRC, LENGTHS)
    expect_tensor(outputs, (3, 4, 6), "float32", "the outputs")
    expect_tensor(final, (3, 6), "float32", "the final states")


def test_decoder_step_shapes(student):
    decoder = student.seq2seq.Decoder(vocab=11, embed=5, hidden=6, seed=1)
    memory = torch.randn(3, 4, 6, generator=torch.Generator().manual_seed(0))
    mask = torch.tensor([[True] * 4, [True, True, False, False], [True, False, False, False]])
    state = student.keep(decoder.initial_state, [torch.zeros(3, 6)])
    logits, _, weights = student.keep(
        decoder.step, [torch.tensor([1, 1, 1]), state, memory, mask], part=1
    )
    expect_tensor(logits, (3, 11), "float32", "the logits")
    expect_tensor(weights, (3, 4), "float32", "the weights")
    expect_close(weights.sum(dim=1), [1.0, 1.0, 1.0], what="the sum of the weights")
    expect_equal(weights[~mask].tolist(), [0.0] * 5, "the weights of the padding")


def test_seq2seq_shapes(student):
    encoder = student.seq2seq.Encoder(10, 5, 6, seed=1)
    decoder = student.seq2seq.Decoder(11, 5, 6, seed=2)
    model = student.seq2seq.Seq2Seq(encoder, decoder)
    logits = model.forward(SRC, LENGTHS, TGT)
    expect_tensor(logits, (3, 4, 11), "float32", "the logits")
    state = student.keep(model.begin, [SRC, LENGTHS])
    log_probs, _ = student.keep(model.advance, [TGT[:, 0], state], part=1)
    expect_tensor(log_probs, (3, 11), "float32", "the log-probabilities")
    expect_close(log_probs.exp().sum(dim=1), [1.0, 1.0, 1.0], what="the sum of the probabilities")
