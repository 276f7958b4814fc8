"""교차 엔트로피, 펄플렉시티, 엔트로피, 비트."""

import math

import torch

from .공통 import 범위확인


def 로그합지수(로짓):
    가장큰값 = 로짓.max(dim=-1, keepdim=True).values.detach()
    return 가장큰값 + (로짓 - 가장큰값).exp().sum(dim=-1, keepdim=True).log()


def cross_entropy(logits, targets, ignore_index=None, label_smoothing=0.0):
    범위확인(label_smoothing, "label_smoothing", 0, 1)
    if list(logits.shape)[:-1] != list(targets.shape):
        raise ValueError("logits 와 targets 의 모양이 맞지 않습니다")
    V = logits.shape[-1]
    표 = logits.reshape(-1, V)
    목표 = targets.reshape(-1)
    남길것 = []
    for 번호 in range(len(목표)):
        값 = 목표[번호].item()
        if ignore_index is not None and 값 == ignore_index:
            continue
        if 값 < 0 or 값 >= V:
            raise ValueError("targets 에 없는 클래스가 있습니다: " + str(값))
        남길것.append(번호)
    if len(남길것) == 0:
        return torch.zeros((), dtype=logits.dtype, device=logits.device)
    표 = 표[남길것]
    목표 = 목표[남길것]
    로그확률 = 표 - 로그합지수(표)
    하나 = torch.arange(V, device=목표.device).unsqueeze(0) == 목표.unsqueeze(1)
    목표확률 = 하나.to(로그확률.dtype) * (1 - label_smoothing) + label_smoothing / V
    곱 = torch.where(목표확률 > 0, -목표확률 * 로그확률, torch.zeros_like(로그확률))
    return 곱.sum(dim=1).mean()


def perplexity(total_nll, n_tokens):
    if n_tokens < 1:
        raise ValueError("n_tokens 는 1 이상이어야 합니다")
    평균 = total_nll / n_tokens
    if 평균 > 709:
        return float(torch.tensor(평균, dtype=torch.float64).exp())
    return math.e**평균


def entropy(p):
    if bool((p < 0).any()) or bool((p > 1).any()):
        raise ValueError("p 는 확률이어야 합니다")
    로그 = torch.where(p > 0, p, torch.ones_like(p)).log()
    return 0 - (p * 로그).sum(dim=-1)


def bits_per_token(nll_per_token):
    return nll_per_token / math.log(2)


def corpus_perplexity(batches, ignore_index=None):
    합 = 0.0
    개수 = 0
    for logits, targets in batches:
        펼친로짓 = logits.detach().reshape(-1, logits.shape[-1]).to(torch.float64)
        펼친목표 = targets.reshape(-1)
        로그확률 = torch.log_softmax(펼친로짓, dim=1)
        for i in range(펼친목표.shape[0]):
            t = int(펼친목표[i])
            if ignore_index is None or t != ignore_index:
                합 = 합 - float(로그확률[i][t])
                개수 = 개수 + 1
    return perplexity(합, 개수)
