"""학습과 평가."""

from collections import Counter

import numpy as np
import torch
import torch.nn.functional as F

from hw5_seq2seq import _도구 as 도구
from hw5_seq2seq.transformer import Transformer


def fit(model, pairs, *, bos, eos, pad, steps, batch_size=64, lr, seed=0):
    if batch_size < 1:
        raise ValueError("batch_size는 1 이상이어야 합니다")
    주사위 = 도구.생성기(seed)
    최적화 = torch.optim.Adam(model.parameters(), lr, betas=(0.9, 0.98), eps=1e-9)
    손실들 = []
    for 걸음 in range(steps):
        고른것 = 주사위.integers(len(pairs), size=batch_size)
        원문, 원문길이 = 도구.채우기([pairs[i][0] for i in 고른것], pad)
        목표, _ = 도구.채우기([[bos, *pairs[i][1], eos] for i in 고른것], pad)
        if isinstance(model, Transformer):
            로짓 = model(원문, 원문길이, 목표[:, :-1])
        else:
            로짓 = model(원문, 원문길이, 목표)
        손실 = label_smoothed_loss(로짓.flatten(0, 1), 목표[:, 1:].flatten(), 0.0, pad)
        최적화.zero_grad(set_to_none=True)
        손실.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for 모둠 in 최적화.param_groups:
            모둠["lr"] = lr * min(1.0, (걸음 + 1) / 20)
        최적화.step()
        손실들.append(손실.item())
    return 손실들


def label_smoothed_loss(logits, targets, smoothing, pad):
    if smoothing < 0 or 1 < smoothing:
        raise ValueError("smoothing은 0과 1 사이여야 합니다")
    종류 = logits.shape[-1]
    정답 = F.one_hot(targets, 종류).to(logits.dtype) * (1 - smoothing) + smoothing / 종류
    손실 = -(정답 * logits.log_softmax(-1)).sum(-1)
    남길것 = (targets != pad).to(logits.dtype)
    return (손실 * 남길것).sum() / 남길것.sum().clamp(min=1)


def noam_lr(step, d_model, warmup):
    return float(np.power(float(d_model), -0.5) * np.minimum(step**-0.5, step * warmup**-1.5))


def length_batches(lengths, max_tokens, seed):
    주사위 = 도구.생성기(seed)
    배열 = np.array(lengths)
    순서 = np.lexsort((주사위.random(len(배열)), 배열))
    모음, 지금 = [], []
    for 번호 in 순서.tolist():
        if 지금 and lengths[번호] * (len(지금) + 1) > max_tokens:
            모음.append(지금)
            지금 = []
        지금.append(번호)
    if 지금:
        모음.append(지금)
    return [모음[i] for i in 주사위.permutation(len(모음))]


def _엔그램(문장, n):
    return Counter(zip(*(문장[i:] for i in range(n))))


def bleu(hypotheses, references, max_n=4, smooth=False):
    맞음, 전체 = np.zeros(max_n), np.zeros(max_n)
    길이, 참조길이 = 0, 0
    for 가설, 참조들 in zip(hypotheses, references):
        길이 += len(가설)
        참조길이 += sorted((abs(len(참조) - len(가설)), len(참조)) for 참조 in 참조들)[0][1]
        for n in range(1, max_n + 1):
            개수, 한도 = _엔그램(가설, n), Counter()
            for 참조 in 참조들:
                한도 |= _엔그램(참조, n)
            맞음[n - 1] += sum((개수 & 한도).values())
            전체[n - 1] += sum(개수.values())
    if smooth:
        맞음[1:] += 1
        전체[1:] += 1
    if (맞음 == 0).any():
        return 0.0
    평균 = np.exp(np.log(맞음 / 전체).mean())
    벌점 = np.exp(min(0.0, 1 - 참조길이 / 길이))
    return float(100 * 평균 * 벌점)
