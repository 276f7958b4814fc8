"""어텐션: 점수, 마스크 softmax, 문맥 벡터."""

import torch


def _배치가_같은지(query, keys):
    if query.shape[0] != keys.shape[0]:
        raise ValueError("query와 keys 의 배치 크기가 다릅니다: query , keys")


def _내적(왼쪽, 오른쪽):
    곱 = 왼쪽 * 오른쪽
    return 곱.sum(dim=-1)


def dot_scores(query, keys):
    _배치가_같은지(query, keys)
    if query.shape[1] != keys.shape[2]:
        raise ValueError("the last axes of query and keys differ")
    return _내적(query.unsqueeze(1), keys)


def general_scores(query, keys, W):
    _배치가_같은지(query, keys)
    if W.shape[0] != query.shape[1] or W.shape[1] != keys.shape[2]:
        raise ValueError("W has the wrong shape")
    옮긴_키 = torch.matmul(keys, W.transpose(0, 1))
    return _내적(query.unsqueeze(1), 옮긴_키)


def additive_scores(query, keys, Wq, Wk, v):
    _배치가_같은지(query, keys)
    if Wq.shape[1] != query.shape[1]:
        raise ValueError("Wq has the wrong shape")
    if Wk.shape[1] != keys.shape[2]:
        raise ValueError("Wk has the wrong shape")
    if Wq.shape[0] != Wk.shape[0] or v.shape[0] != Wq.shape[0]:
        raise ValueError("Wq , Wk and v differ in A")
    점수들 = []
    질의_쪽 = torch.matmul(query, Wq.transpose(0, 1))
    for 위치 in range(keys.shape[1]):
        키_쪽 = torch.matmul(keys[:, 위치, :], Wk.transpose(0, 1))
        은닉 = torch.tanh(질의_쪽 + 키_쪽)
        점수들.append(_내적(은닉, v))
    return torch.stack(점수들, dim=1)


def masked_softmax(scores, mask=None):
    if mask is None:
        mask = torch.ones_like(scores).bool()
    if mask.shape[-1] != scores.shape[-1]:
        raise ValueError("mask and scores differ in their last axis")
    바닥 = torch.finfo(scores.dtype).min
    가린_점수 = torch.where(mask, scores, torch.tensor(바닥, dtype=scores.dtype))
    로그_합 = torch.logsumexp(가린_점수, dim=-1, keepdim=True)
    가중치 = torch.exp(가린_점수 - 로그_합)
    return torch.where(mask, 가중치, torch.zeros_like(가중치))


def attend(scores, values, mask=None):
    if scores.shape[0] != values.shape[0] or scores.shape[1] != values.shape[1]:
        raise ValueError("scores (B,S) and values (B,S,D) differ")
    가중치 = masked_softmax(scores, mask)
    문맥 = torch.zeros_like(values[:, 0, :])
    for 위치 in range(values.shape[1]):
        문맥 = 문맥 + 가중치[:, 위치].unsqueeze(1) * values[:, 위치, :]
    return 문맥, 가중치
