"""보너스."""

import torch


def bert_embeddings(ids, segments, token, segment, position):
    B, T = ids.shape
    결과 = torch.zeros(B, T, token.shape[1], dtype=token.dtype)
    for 줄 in range(B):
        for 칸 in range(T):
            결과[줄, 칸] = token[ids[줄, 칸]] + segment[segments[줄, 칸]] + position[칸]
    return 결과


def reverse_source(ids, lengths):
    결과 = ids.clone()
    for 줄 in range(ids.shape[0]):
        길이 = int(lengths[줄])
        결과[줄, :길이] = torch.flip(ids[줄, :길이], dims=[0])
    return 결과


def distillation_loss(student, teacher, targets, temperature, alpha):
    선생 = torch.log_softmax(teacher / temperature, dim=1)
    학생 = torch.log_softmax(student / temperature, dim=1)
    부드러운 = (선생.exp() * (선생 - 학생)).sum() / len(targets)
    정답 = 0
    보통 = torch.log_softmax(student, dim=1)
    for 번호 in range(len(targets)):
        정답 = 정답 - 보통[번호, targets[번호]]
    return alpha * temperature**2 * 부드러운 + (1 - alpha) * 정답 / len(targets)


def transformer_parameters(d_model, heads, layers, d_ff, src_vocab, tgt_vocab, tie):
    어텐션 = 4 * d_model * (d_model + 1)
    피드 = d_ff * (d_model + 1) + d_model * (d_ff + 1)
    놈 = 2 * d_model
    인코더_층 = 어텐션 + 피드 + 2 * 놈
    디코더_층 = 2 * 어텐션 + 피드 + 3 * 놈
    합 = layers * (인코더_층 + 디코더_층) + 2 * 놈
    합 = 합 + src_vocab * d_model + tgt_vocab * d_model
    if not tie:
        합 = 합 + tgt_vocab * d_model
    return 합
