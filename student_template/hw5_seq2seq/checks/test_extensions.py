"""Public checks of the bonus exercises."""

import torch

from grader.checking.expect import expect_close, expect_tensor, expect_type


def test_train_reverse_gives_a_model(student):
    model = student.copy_task.train_reverse(vocab=6, length=3, steps=2, seed=0)
    model.eval()
    state = student.keep(model.begin, [torch.tensor([[3, 4, 5]]), torch.tensor([3])])
    log_probs, _ = student.keep(model.advance, [torch.tensor([1]), state], part=1)
    expect_tensor(
        log_probs,
        (1, 6),
        what={"en": "the log-probability tensor of the first word", "ko": "첫째 단어의 로그 확률"},
    )


def test_bert_embeddings_of_one_place(student):
    token = torch.tensor([[1.0, 0.0], [2.0, 0.0]])
    segment, position = torch.tensor([[0.0, 10.0], [0.0, 20.0]]), torch.tensor([[0.5, 0.5]])
    out = student.extensions.bert_embeddings(
        torch.tensor([[1]]), torch.tensor([[1]]), token, segment, position
    )
    expect_tensor(out, (1, 1, 2))
    expect_close(out, [[[2.5, 20.5]]], what={"en": "the embedding", "ko": "임베딩"})


def test_reverse_source_of_two_rows(student):
    ids = torch.tensor([[3, 4, 5, 0], [6, 7, 8, 9]])
    out = student.extensions.reverse_source(ids, torch.tensor([3, 4]))
    expect_close(
        out, [[5, 4, 3, 0], [9, 8, 7, 6]], what={"en": "the reversed batch", "ko": "뒤집은 배치"}
    )


def test_distillation_of_equal_logits_is_the_hard_part(student):
    logits = torch.zeros(2, 4, dtype=torch.float64)
    loss = student.extensions.distillation_loss(logits, logits, torch.tensor([0, 3]), 2.0, 0.25)
    # 0.75 ln 4
    expect_close(loss, 0.75 * 1.3862943611198906, what={"en": "the loss", "ko": "손실"})


def test_transformer_parameters_is_an_int(student):
    count = student.extensions.transformer_parameters(8, 2, 1, 16, 11, 13, False)
    expect_type(count, int, {"en": "the number of parameters", "ko": "매개변수의 수"})
