"""Public checks of training.py: the figures of the handout."""

import math

import torch

from grader.checking.expect import expect_close, expect_equal, expect_tensor, expect_true

BOS, EOS, PAD = 1, 2, 0
OPTIONS = {"bos": BOS, "eos": EOS, "pad": PAD, "batch_size": 4, "lr": 1e-2}


def test_fit_gives_a_loss_for_each_step(student):
    encoder = student.seq2seq.Encoder(9, 8, 8, seed=1)
    decoder = student.seq2seq.Decoder(9, 8, 8, seed=2)
    model = student.seq2seq.Seq2Seq(encoder, decoder)
    pairs = [([3, 4, 5], [5, 4, 3]), ([6, 7], [7, 6]), ([8], [8]), ([3, 6, 8, 4], [4, 8, 6, 3])]
    losses = student.training.fit(model, pairs, steps=3, **OPTIONS)
    expect_equal(len(losses), 3, {"en": "the number of losses", "ko": "손실의 수"})
    for loss in losses:
        # nine words are guessed at first: ln 9 = 2.2, more where the first weights are large
        expect_true(
            0 < loss < 7,
            {
                "en": "a loss must be the mean over the words of the targets",
                "ko": "손실은 목표 문장의 단어에 대한 평균이어야 합니다",
            },
        )


def test_label_smoothed_loss_of_the_handout(student):
    logits = torch.tensor([[2.0, 1.0, 0.0, 0.0, 0.0]], dtype=torch.float64)
    loss = student.training.label_smoothed_loss(logits, torch.tensor([0]), 0.1, 4)
    expect_close(loss, 0.713172, atol=1e-6, what={"en": "the loss", "ko": "손실"})


def test_smoothed_loss_keeps_the_dtype(student):
    for dtype, name in ((torch.float32, "float32"), (torch.float64, "float64")):
        logits = torch.tensor([[2.0, 1.0, 0.0], [0.0, 0.5, 3.0]], dtype=dtype)
        loss = student.training.label_smoothed_loss(logits, torch.tensor([0, 2]), 0.1, 1)
        expect_tensor(loss, (), name, {"en": "the loss", "ko": "손실"})


def test_noam_lr_of_the_paper(student):
    rates = student.map(
        student.training.noam_lr, [(1, 512, 4000), (4000, 512, 4000), (8000, 512, 4000)]
    )
    expect_close(
        rates,
        [1.746928e-7, 6.987712e-4, 4.941059e-4],
        rtol=1e-6,
        atol=0,
        what={"en": "the list of learning rates", "ko": "학습률 목록"},
    )


def test_length_batches_of_four_sentences(student):
    batches = student.training.length_batches([3, 9, 3, 2], 9, 0)
    found = sorted(sorted(int(index) for index in batch) for batch in batches)
    expect_equal(found, [[0, 2, 3], [1]], {"en": "the list of batches", "ko": "배치 목록"})


def test_bleu_of_the_handout(student):
    # 7/8, 5/7, 3/6 and 1/5 of the n-grams match; their product is 1/16
    hypothesis, reference = list("abcdefgh"), list("abcdxfgh")
    score = student.training.bleu([hypothesis], [[reference]])
    expect_close(score, 50.0, what="BLEU")


def test_bleu_has_a_brevity_penalty(student):
    hypothesis, reference = list("abcdef"), list("abcdefgh")
    score = student.training.bleu([hypothesis], [[reference]])
    expect_close(score, 100 * math.exp(1 - 8 / 6), what="BLEU")
