"""보너스 문제."""

import torch
from torch import nn


class ReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        결과 = x.clone()
        결과[결과 < 0] = 0
        return 결과

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        기울기 = grad_output.clone()
        기울기[x <= 0] = 0
        return 기울기


def relu(x):
    return ReLU.apply(x)


def elmo_mix(layers, s, gamma):
    지수 = torch.exp(s - s.max())
    무게 = 지수 / 지수.sum()
    모양 = [-1] + [1] * (layers.dim() - 1)
    return (무게.reshape(모양) * layers).sum(dim=0) * gamma


class FeedForwardLM(nn.Module):
    def __init__(self, vocab_size, embed, context, hidden, activation="tanh", seed=0):
        super().__init__()
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            self.표 = nn.Embedding(vocab_size, embed)
            self.안쪽 = nn.Linear(context * embed, hidden)
            self.바깥 = nn.Linear(hidden, vocab_size)
        if activation == "tanh":
            self.활성 = torch.tanh
        elif activation == "relu":
            self.활성 = relu
        elif activation == "sigmoid":
            self.활성 = torch.sigmoid
        else:
            raise ValueError("activation 을 모릅니다: " + str(activation))

    def forward(self, ids):
        벡터들 = []
        for 위치 in range(ids.shape[1]):
            벡터들.append(self.표(ids[:, 위치]))
        이어붙인것 = torch.cat(벡터들, dim=1)
        return self.바깥(self.활성(self.안쪽(이어붙인것)))


class DynamicNet(nn.Module):
    def __init__(self, d_in, hidden, d_out, seed=0):
        super().__init__()
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            self.들어감 = nn.Linear(d_in, hidden)
            self.가운데 = nn.Linear(hidden, hidden)
            self.나감 = nn.Linear(hidden, d_out)

    def forward(self, x, repeats):
        h = torch.tanh(self.들어감(x))
        for _ in range(repeats):
            h = torch.tanh(self.가운데(h))
        return self.나감(h)


def clip_values(grads, limit):
    결과 = []
    for g in grads:
        새것 = g.clone()
        새것[새것 > limit] = limit
        새것[새것 < -limit] = -limit
        결과.append(새것)
    return 결과


def adadelta(param, grad, state, lr=1.0, rho=0.9, eps=1e-6):
    if not state:
        state = {"기울기": torch.zeros_like(grad), "걸음": torch.zeros_like(grad)}
    기울기 = rho * state["기울기"] + (1 - rho) * grad * grad
    걸음 = torch.sqrt(state["걸음"] + eps) / torch.sqrt(기울기 + eps) * grad
    return param - lr * 걸음, {"기울기": 기울기, "걸음": rho * state["걸음"] + (1 - rho) * 걸음 * 걸음}
