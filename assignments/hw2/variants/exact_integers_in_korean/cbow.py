"""주변 낱말의 평균으로 가운데를 맞히는 손실."""

import torch

from hw2_word2vec.skipgram import _놀람
from hw2_word2vec.도움말 import 모양_확인


def cbow_loss(context, mask, target, negatives):
    모양_확인("context", context, (None, None, None))
    묶음, 너비, 차원 = context.shape
    if 묶음 == 0:
        raise ValueError("context 행이 하나는 있어야 합니다")
    모양_확인("mask", mask, (묶음, 너비))
    모양_확인("target", target, (묶음, 차원))
    모양_확인("negatives", negatives, (묶음, None, 차원))
    if (mask.sum(1) == 0).any():
        raise ValueError("mask 행마다 낱말이 하나는 있어야 합니다")
    # 남은 것만 골라 제 행에 더한다. 가려진 자리의 값은 아예 읽지 않는다.
    행, 칸 = mask.nonzero(as_tuple=True)
    합 = torch.zeros(묶음, 차원, dtype=context.dtype, device=context.device)
    합 = 합.index_add(0, 행, context[행, 칸])
    평균 = 합 / mask.sum(1)[:, None]
    참 = (평균 * target).sum(1)
    거짓 = (negatives @ 평균[:, :, None])[:, :, 0]
    return (_놀람(참) + _놀람(-거짓).sum(1)).mean()


def softmax_loss(hidden, output, target):
    모양_확인("hidden", hidden, (None, None))
    if len(hidden) == 0:
        raise ValueError("hidden 행이 하나는 있어야 합니다")
    모양_확인("output", output, (None, hidden.shape[1]))
    모양_확인("target", target, (hidden.shape[0],))
    if (target < 0).any() or (target >= output.shape[0]).any():
        raise ValueError("target 번호가 범위를 벗어났습니다")
    점수 = hidden @ output.mT
    정답_점수 = (hidden * output[target]).sum(-1)
    return (torch.logsumexp(점수, -1) - 정답_점수).mean()
