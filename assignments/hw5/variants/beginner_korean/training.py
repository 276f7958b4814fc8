"""학습, 손실, 배치, BLEU."""

import math

import torch
from torch import nn

from .seq2seq import Seq2Seq
from .도우미 import 새_주사위, 섞은_순서, 확률인지_확인


def _채우기(줄들, pad):
    폭 = max([len(줄) for 줄 in 줄들])
    return torch.tensor([list(줄) + [pad] * (폭 - len(줄)) for 줄 in 줄들])


def _한_걸음의_손실(model, 묶음, bos, eos, pad):
    원문들, 번역들 = [], []
    for 원문, 번역 in 묶음:
        원문들.append(원문)
        번역들.append([bos] + list(번역) + [eos])
    src = _채우기(원문들, pad)
    lengths = torch.tensor([len(원문) for 원문 in 원문들])
    tgt = _채우기(번역들, pad)
    if isinstance(model, Seq2Seq):
        로짓 = model(src, lengths, tgt)
    else:
        로짓 = model(src, lengths, tgt)[:, :-1]
    정답 = tgt[:, 1:]
    손실_함수 = nn.NLLLoss(ignore_index=pad, reduction="sum")
    로그_확률 = torch.log_softmax(로짓, dim=-1)
    합 = 손실_함수(로그_확률.reshape(-1, 로그_확률.shape[-1]), 정답.reshape(-1))
    return 합 / (정답 != pad).sum()


def fit(model, pairs, *, bos, eos, pad, steps, batch_size=64, lr, seed=0):
    if batch_size < 1:
        raise ValueError("batch_size must be at least 1")
    전_상태 = torch.get_rng_state()
    전_모드 = model.training
    torch.manual_seed(seed)
    주사위 = 새_주사위(seed)
    최적화 = torch.optim.NAdam(model.parameters(), lr=lr)
    model.train()
    손실들 = []
    차례 = []
    for 걸음 in range(steps):
        while len(차례) < batch_size:
            차례 = 차례 + 섞은_순서(len(pairs), 주사위)
        묶음 = [pairs[번호] for 번호 in 차례[:batch_size]]
        차례 = 차례[batch_size:]
        최적화.zero_grad()
        손실 = _한_걸음의_손실(model, 묶음, bos, eos, pad)
        손실.backward()
        최적화.step()
        손실들.append(손실.item())
    model.train(전_모드)
    torch.set_rng_state(전_상태)
    return 손실들


def label_smoothed_loss(logits, targets, smoothing, pad):
    확률인지_확인("smoothing", smoothing)
    if logits.shape[0] != targets.shape[0]:
        raise ValueError("logits and targets differ in N")
    V = logits.shape[1]
    로그_확률 = torch.log_softmax(logits, dim=1)
    합 = torch.zeros((), dtype=logits.dtype)
    개수 = 0
    for 번호, 단어 in enumerate(targets.tolist()):
        if 단어 == pad:
            continue
        합 = 합 - (1 - smoothing) * 로그_확률[번호, 단어]
        합 = 합 - smoothing / V * 로그_확률[번호].sum()
        개수 += 1
    if 개수 == 0:
        return 로그_확률.sum() * 0
    return 합 / 개수


def noam_lr(step, d_model, warmup):
    if step < 1:
        raise ValueError("step starts at 1")
    if step <= warmup:
        return float(d_model ** (-0.5) * step * warmup ** (-1.5))
    return float(d_model ** (-0.5) * step ** (-0.5))


def length_batches(lengths, max_tokens, seed):
    주사위 = 새_주사위(seed)
    같은_길이 = {}
    for 번호 in 섞은_순서(len(lengths), 주사위):
        같은_길이.setdefault(lengths[번호], []).append(번호)
    묶음들 = []
    묶음 = []
    for 길이 in sorted(같은_길이):
        for 번호 in 같은_길이[길이]:
            if len(묶음) > 0 and (len(묶음) + 1) * 길이 > max_tokens:
                묶음들.append(묶음)
                묶음 = []
            묶음.append(번호)
    if len(묶음) > 0:
        묶음들.append(묶음)
    return [묶음들[번호] for 번호 in 섞은_순서(len(묶음들), 주사위)]


def _세기(단어들, n):
    횟수 = {}
    for 시작 in range(0, len(단어들) - n + 1):
        조각 = tuple(단어들[시작 : 시작 + n])
        횟수[조각] = 횟수.get(조각, 0) + 1
    return 횟수


def _가까운_길이(단어들, 참조들):
    가장 = None
    for 참조 in 참조들:
        if 가장 is None:
            가장 = len(참조)
        새_차이, 전_차이 = abs(len(참조) - len(단어들)), abs(가장 - len(단어들))
        if 새_차이 < 전_차이 or (새_차이 == 전_차이 and len(참조) < 가장):
            가장 = len(참조)
    return 가장


def _정밀도(hypotheses, references, n):
    맞음, 모두 = 0, 0
    for 단어들, 참조들 in zip(hypotheses, references):
        최대 = {}
        for 참조 in 참조들:
            for 조각, 횟수 in _세기(참조, n).items():
                최대[조각] = max(최대.get(조각, 0), 횟수)
        for 조각, 횟수 in _세기(단어들, n).items():
            맞음 += min(횟수, 최대.get(조각, 0))
            모두 += 횟수
    return 맞음, 모두


def bleu(hypotheses, references, max_n=4, smooth=False):
    if len(hypotheses) != len(references):
        raise ValueError("hypotheses and references must be equally many")
    로그들 = []
    for n in range(1, max_n + 1):
        맞음, 모두 = _정밀도(hypotheses, references, n)
        if smooth and n >= 2:
            맞음 += 1
            모두 += 1
        if 맞음 == 0:
            return 0.0
        로그들.append(math.log(맞음) - math.log(모두))
    쓴_길이 = sum([len(단어들) for 단어들 in hypotheses])
    참조_길이 = sum([_가까운_길이(a, b) for a, b in zip(hypotheses, references)])
    벌점 = 0.0
    if 쓴_길이 < 참조_길이:
        벌점 = 1 - 참조_길이 / 쓴_길이
    return math.exp(sum(로그들) / max_n + 벌점) * 100
