"""언어 모델, 평가, 학습, 생성. 상태는 (h, c) 짝의 튜플이다."""

import math
import random

import torch
from torch import nn

from .cells import LSTM
from .공통 import 양의정수


class LSTMLanguageModel(nn.Module):
    def __init__(
        self,
        vocab_size,
        embed_size,
        hidden_size,
        num_layers=1,
        dropout=0.0,
        tie_weights=False,
        seed=0,
    ):
        super().__init__()
        if tie_weights:
            if embed_size != hidden_size:
                raise ValueError("tie_weights 에는 embed_size 와 hidden_size 가 같아야 합니다")
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            self.임베딩 = nn.Embedding(vocab_size, embed_size)
            self.출력층 = nn.Linear(hidden_size, vocab_size)
        self.순환망 = LSTM(embed_size, hidden_size, num_layers, dropout, False, seed)
        if tie_weights:
            self.출력층.weight = self.임베딩.weight

    def forward(self, ids, state=None):
        임베딩 = self.임베딩(ids)
        출력, 새상태 = self.순환망(임베딩, state)
        return self.출력층(출력), 새상태


def detach(state):
    return tuple(조각.clone().detach() for 조각 in state)


def 열로나누기(ids, 열수):
    줄수 = len(ids) // 열수
    결과 = torch.zeros(줄수, 열수, dtype=torch.int64)
    for 열 in range(열수):
        결과[:, 열] = ids[열 * 줄수 : (열 + 1) * 줄수]
    return 결과


def evaluate(model, data, bptt):
    양의정수(bptt, "bptt")
    if data.shape[0] < 2:
        raise ValueError("data 에 예측할 것이 없습니다")
    원래모드 = model.training
    model.eval()
    손실함수 = nn.CrossEntropyLoss(reduction="sum")
    합 = 0.0
    개수 = 0
    상태 = None
    자리 = 0
    with torch.no_grad():
        while 자리 < data.shape[0] - 1:
            끝자리 = min(자리 + bptt, data.shape[0] - 1)
            로짓, 상태 = model(data[자리:끝자리], 상태)
            목표 = data[자리 + 1 : 끝자리 + 1]
            합 += 손실함수(로짓.reshape(-1, 로짓.shape[-1]), 목표.reshape(-1)).item()
            개수 += 목표.numel()
            자리 = 끝자리
    if 원래모드:
        model.train()
    return math.exp(합 / 개수)


def train(
    ids,
    vocab_size,
    *,
    embed_size=64,
    hidden_size=128,
    num_layers=1,
    dropout=0.0,
    bptt=35,
    batch_size=20,
    epochs=3,
    lr=1e-2,
    clip=1.0,
    seed=0,
):
    양의정수(batch_size, "batch_size")
    양의정수(bptt, "bptt")
    경계 = len(ids) - len(ids) // 10
    학습글 = 열로나누기(ids[:경계], batch_size)
    남은글 = ids[경계:]
    평가열수 = 10
    while len(남은글) < 2 * 평가열수 and 평가열수 > 1:
        평가열수 -= 1
    평가글 = 열로나누기(남은글, 평가열수)
    model = LSTMLanguageModel(
        vocab_size, embed_size, hidden_size, num_layers=num_layers, dropout=dropout, seed=seed
    )
    최적화 = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=0.0)
    손실함수 = nn.CrossEntropyLoss()
    기록 = []
    for _ in range(epochs):
        상태 = None
        model.train()
        for 자리 in range(0, 학습글.shape[0] - 1, bptt):
            입력 = 학습글[자리 : min(자리 + bptt, 학습글.shape[0] - 1)]
            목표 = 학습글[자리 + 1 : 자리 + 1 + len(입력)]
            if 상태 is not None:
                상태 = detach(상태)
            로짓, 상태 = model(입력, 상태)
            손실 = 손실함수(로짓.reshape(-1, vocab_size), 목표.reshape(-1))
            model.zero_grad()
            손실.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), clip)
            최적화.step()
        기록.append(evaluate(model, 평가글, bptt))
    return model, 기록


def generate(model, prefix, length, temperature=1.0, top_k=None, seed=0):
    if len(prefix) == 0:
        raise ValueError("prefix 가 비어 있습니다")
    if temperature < 0:
        raise ValueError("temperature 는 0 이상이어야 합니다")
    if top_k is not None:
        양의정수(top_k, "top_k")
    난수 = random.Random(seed)
    원래모드 = model.training
    model.eval()
    결과 = []
    상태 = None
    with torch.no_grad():
        for 번호 in prefix:
            로짓, 상태 = model(torch.tensor([[번호]]), 상태)
        while len(결과) < length:
            if len(결과) > 0:
                로짓, 상태 = model(torch.tensor([[결과[-1]]]), 상태)
            결과.append(고르기(로짓[0, 0].tolist(), temperature, top_k, 난수))
    model.train(원래모드)
    return 결과


def 고르기(점수들, temperature, top_k, 난수):
    순서 = sorted(range(len(점수들)), key=lambda i: (-점수들[i], i))
    if temperature == 0:
        return 순서[0]
    if top_k is not None:
        순서 = 순서[:top_k]
    무게들 = []
    for i in 순서:
        무게들.append(math.exp((점수들[i] - 점수들[순서[0]]) / temperature))
    점 = 난수.random() * sum(무게들)
    for i, 무게 in zip(순서, 무게들):
        점 -= 무게
        if 점 < 0:
            return i
    return 순서[-1]
