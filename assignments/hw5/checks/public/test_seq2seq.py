"""Public checks of seq2seq.py: what comes out has the right form."""

import torch

from grader.checking.expect import expect_close, expect_tensor

THE_LOGITS = {"en": "the logit tensor", "ko": "로짓"}

SRC, LENGTHS = torch.tensor([[4, 5, 6, 7], [8, 9, 0, 0], [3, 0, 0, 0]]), torch.tensor([4, 2, 1])
TGT = torch.tensor([[1, 3, 4, 5, 2], [1, 6, 7, 2, 0], [1, 8, 2, 0, 0]])


def test_encoder_shapes(student):
    encoder = student.seq2seq.Encoder(vocab=10, embed=5, hidden=6, seed=1)
    outputs, _ = encoder.forward(SRC, LENGTHS)
    expect_tensor(outputs, (3, 4, 6), what="outputs")


def test_encoder_final_has_a_row_for_each_sentence(student):
    encoder = student.seq2seq.Encoder(vocab=10, embed=5, hidden=6, seed=1)
    _, final = encoder.forward(SRC, LENGTHS)
    expect_tensor(final, (3, 6), what={"en": "the final state", "ko": "마지막 상태"})


def test_decoder_step_shapes(student):
    decoder = student.seq2seq.Decoder(vocab=11, embed=5, hidden=6, seed=1)
    memory = torch.randn(3, 4, 6, generator=torch.Generator().manual_seed(0))
    mask = torch.tensor([[True] * 4, [True, True, False, False], [True, False, True, False]])
    state = student.keep(decoder.initial_state, [torch.zeros(3, 6)])
    logits, _, weights = student.keep(
        decoder.step, [torch.tensor([1, 1, 1]), state, memory, mask], part=1
    )
    expect_tensor(logits, (3, 11), what=THE_LOGITS)
    expect_tensor(weights, (3, 4), what={"en": "the weight tensor", "ko": "가중치"})
    expect_close(
        weights.sum(dim=1),
        [1.0, 1.0, 1.0],
        what={"en": "the sum of the weights", "ko": "가중치의 합"},
    )


def a_model(student):
    encoder = student.seq2seq.Encoder(10, 5, 6, seed=1)
    return student.seq2seq.Seq2Seq(encoder, student.seq2seq.Decoder(11, 5, 6, seed=2))


def test_seq2seq_shapes(student):
    logits = a_model(student).forward(SRC, LENGTHS, TGT)
    expect_tensor(logits, (3, 4, 11), what=THE_LOGITS)


def test_seq2seq_advance_shapes(student):
    model = a_model(student)
    state = student.keep(model.begin, [SRC, LENGTHS])
    log_probs, state = student.keep(model.advance, [TGT[:, 0], state], part=1)
    expect_tensor(log_probs, (3, 11), what={"en": "the log-probability tensor", "ko": "로그 확률"})
    state = student.keep(model.select, [state, torch.tensor([2, 0, 2, 1])])
    log_probs, _ = student.keep(model.advance, [TGT[[2, 0, 2, 1], 1], state], part=1)
    expect_tensor(
        log_probs,
        (4, 11),
        what={
            "en": "the log-probability tensor of four selected rows",
            "ko": "select로 고른 네 행의 로그 확률",
        },
    )
