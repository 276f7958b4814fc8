"""거꾸로 쓰기 배우기."""

import torch

from .transformer import Transformer
from .도우미 import 새_주사위


def train_reverse(vocab=12, length=8, steps=600, seed=0):
    주사위 = 새_주사위(seed)
    model = Transformer(vocab, vocab, 48, 4, 2, 96, dropout=0.0, max_len=length + 5, norm="pre", seed=seed)
    최적화 = torch.optim.Adam(model.parameters(), lr=3e-3)
    for 걸음 in range(steps):
        for 그룹 in 최적화.param_groups:
            그룹["lr"] = 3e-3 * min(1, (걸음 + 1) / 50, (steps - 걸음) / (0.3 * steps))
        문자열 = [[주사위.randint(3, vocab - 1) for _ in range(length)] for _ in range(96)]
        src = torch.tensor(문자열)
        tgt = torch.tensor([[1] + 줄[::-1] + [2] for 줄 in 문자열])
        로짓 = model(src, torch.tensor([length] * 96), tgt[:, :-1])
        로그_확률 = torch.log_softmax(로짓, dim=2)
        손실 = -로그_확률.gather(2, tgt[:, 1:].unsqueeze(2)).mean()
        최적화.zero_grad()
        손실.backward()
        최적화.step()
    return model
