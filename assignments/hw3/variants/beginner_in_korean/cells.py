"""순환 셀들. 모든 것을 한 걸음씩."""

import math

import torch
from torch import nn

from .공통 import 범위확인


def 균등분포(모양, 폭, 생성기):
    빈것 = torch.empty(모양)
    빈것.uniform_(-폭, 폭, generator=생성기)
    return nn.Parameter(빈것)


def 영상태(x, 크기):
    return torch.zeros(x.shape[0], 크기, dtype=x.dtype, device=x.device)


def 매개변수만들기(셀, 게이트수, input_size, hidden_size, seed):
    생성기 = torch.Generator()
    생성기.manual_seed(seed)
    폭 = 1 / math.sqrt(hidden_size)
    셀.bias_hh = 균등분포((게이트수 * hidden_size,), 폭, 생성기)
    셀.bias_ih = 균등분포((게이트수 * hidden_size,), 폭, 생성기)
    셀.weight_hh = 균등분포((게이트수 * hidden_size, hidden_size), 폭, 생성기)
    셀.weight_ih = 균등분포((게이트수 * hidden_size, input_size), 폭, 생성기)
    셀.H = hidden_size
    셀.E = input_size


def 입력확인(셀, x):
    if x.dim() != 2 or x.size(1) != 셀.E:
        raise ValueError("x 의 모양이 (B, E) 가 아닙니다")


def 상태확인(셀, x, h):
    if h.size(0) != x.size(0) or h.size(1) != 셀.H:
        raise ValueError("state 의 모양이 (B, H) 가 아닙니다")


class RNNCell(nn.Module):
    def __init__(self, input_size, hidden_size, seed=0):
        super().__init__()
        매개변수만들기(self, 1, input_size, hidden_size, seed)

    def forward(self, x, state=None):
        입력확인(self, x)
        if state is None:
            state = 영상태(x, self.H)
        상태확인(self, x, state)
        입력쪽 = torch.matmul(x, self.weight_ih.transpose(0, 1)) + self.bias_ih
        은닉쪽 = torch.matmul(state, self.weight_hh.transpose(0, 1)) + self.bias_hh
        return torch.tanh(입력쪽 + 은닉쪽)


class GRUCell(nn.Module):
    def __init__(self, input_size, hidden_size, seed=0):
        super().__init__()
        매개변수만들기(self, 3, input_size, hidden_size, seed)

    def forward(self, x, state=None):
        입력확인(self, x)
        if state is None:
            state = 영상태(x, self.H)
        상태확인(self, x, state)
        W_r, W_z, W_n = torch.split(self.weight_ih, self.H)
        U_r, U_z, U_n = torch.split(self.weight_hh, self.H)
        b_r, b_z, b_n = torch.split(self.bias_ih, self.H)
        d_r, d_z, d_n = torch.split(self.bias_hh, self.H)
        리셋 = 1 / (1 + torch.exp(-(x @ W_r.T + b_r + state @ U_r.T + d_r)))
        갱신 = 1 / (1 + torch.exp(-(x @ W_z.T + b_z + state @ U_z.T + d_z)))
        새것 = torch.tanh(x @ W_n.T + b_n + 리셋 * (state @ U_n.T + d_n))
        return (1 - 갱신) * 새것 + 갱신 * state


class LSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size, seed=0):
        super().__init__()
        매개변수만들기(self, 4, input_size, hidden_size, seed)

    def forward(self, x, state=None):
        입력확인(self, x)
        if state is None:
            h = 영상태(x, self.H)
            c = 영상태(x, self.H)
        else:
            h = state[0]
            c = state[1]
        상태확인(self, x, h)
        상태확인(self, x, c)
        합 = nn.functional.linear(x, self.weight_ih, self.bias_ih)
        합 = 합 + nn.functional.linear(h, self.weight_hh, self.bias_hh)
        입력게이트 = torch.sigmoid(합[:, 0 : self.H])
        망각게이트 = torch.sigmoid(합[:, self.H : 2 * self.H])
        후보 = torch.tanh(합[:, 2 * self.H : 3 * self.H])
        출력게이트 = torch.sigmoid(합[:, 3 * self.H :])
        새c = 망각게이트 * c + 입력게이트 * 후보
        새h = 출력게이트 * torch.tanh(새c)
        return 새h, 새c


class LSTM(nn.Module):
    def __init__(
        self, input_size, hidden_size, num_layers=1, dropout=0.0, bidirectional=False, seed=0
    ):
        super().__init__()
        범위확인(dropout, "dropout", 0, 1)
        self.E, self.H, self.L, self.p = input_size, hidden_size, num_layers, dropout
        self.방향수 = 2 if bidirectional else 1
        셀들 = []
        for 층 in range(num_layers):
            for 방향 in range(self.방향수):
                if 층 == 0:
                    크기 = input_size
                else:
                    크기 = hidden_size * self.방향수
                셀들.append(LSTMCell(크기, hidden_size, seed=seed + 1000 * (층 * 2 + 방향)))
        self.cells = nn.ModuleList(셀들)
        self.생성기 = torch.Generator()
        self.생성기.manual_seed(seed)

    def 한문장(self, 셀, 입력들, h, c):
        """입력들 (n, E), 상태 (1, H)에서 시작한다. 출력의 목록과 마지막 상태."""
        출력들 = []
        for x in 입력들:
            h, c = 셀(x.unsqueeze(0), (h, c))
            출력들.append(h)
        return 출력들, h, c

    def forward(self, x, state=None, lengths=None):
        if x.dim() != 3 or x.size(2) != self.E:
            raise ValueError("x 의 모양이 (T, B, E) 가 아닙니다")
        T, B, _ = x.shape
        칸수 = self.L * self.방향수
        if state is None:
            h0 = torch.zeros(칸수, B, self.H, dtype=x.dtype, device=x.device)
            c0 = torch.zeros(칸수, B, self.H, dtype=x.dtype, device=x.device)
        else:
            h0, c0 = state
        if tuple(h0.shape) != (칸수, B, self.H) or tuple(c0.shape) != (칸수, B, self.H):
            raise ValueError("state 의 모양이 (L·dirs, B, H) 가 아닙니다")
        if lengths is None:
            길이들 = None
        else:
            길이들 = [int(n) for n in lengths]
            if len(길이들) != B:
                raise ValueError("lengths 의 수가 B 와 다릅니다")
            for n in 길이들:
                if n < 1 or n > T:
                    raise ValueError("lengths 는 1 이상 T 이하여야 합니다")
        끝h, 끝c = [], []
        for 층 in range(self.L):
            방향별 = []
            for 방향 in range(self.방향수):
                칸 = 층 * self.방향수 + 방향
                if 길이들 is None:
                    출력, h, c = self.모두같은길이(칸, x, h0[칸], c0[칸], 방향)
                else:
                    출력, h, c = self.문장마다(칸, x, h0[칸], c0[칸], 방향, 길이들)
                방향별.append(출력)
                끝h.append(h)
                끝c.append(c)
            x = torch.cat(방향별, dim=2)
            if 층 < self.L - 1 and self.training:
                x = self.떨어뜨리기(x)
        return x, (torch.stack(끝h), torch.stack(끝c))

    def 모두같은길이(self, 칸, x, h, c, 방향):
        if 방향 == 1:
            x = torch.flip(x, [0])
        출력들 = []
        for t in range(x.shape[0]):
            h, c = self.cells[칸](x[t], (h, c))
            출력들.append(h)
        출력 = torch.stack(출력들)
        if 방향 == 1:
            출력 = torch.flip(출력, [0])
        return 출력, h, c

    def 문장마다(self, 칸, x, h, c, 방향, 길이들):
        열들, 끝h, 끝c = [], [], []
        for b in range(len(길이들)):
            입력 = x[: 길이들[b], b]
            if 방향 == 1:
                입력 = 입력.flip(0)
            출력들, 마지막h, 마지막c = self.한문장(
                self.cells[칸], 입력, h[b : b + 1], c[b : b + 1]
            )
            if 방향 == 1:
                출력들.reverse()
            for _ in range(x.shape[0] - 길이들[b]):
                출력들.append(torch.zeros_like(마지막h))
            열들.append(torch.cat(출력들, dim=0))
            끝h.append(마지막h[0])
            끝c.append(마지막c[0])
        return torch.stack(열들, dim=1), torch.stack(끝h), torch.stack(끝c)

    def 떨어뜨리기(self, x):
        if self.p == 0:
            return x
        if self.p == 1:
            return torch.zeros_like(x)
        남김 = torch.rand(x.shape, generator=self.생성기) >= self.p
        return x * 남김.to(x.dtype) / (1 - self.p)


class 기억:
    """역방향에 필요한 모든 것."""


def lstm_step_forward(x, h, c, W_ih, W_hh, b_ih, b_hh):
    H = h.shape[1]
    if W_ih.shape != (4 * H, x.shape[1]) or W_hh.shape != (4 * H, H):
        raise ValueError("W_ih 또는 W_hh 의 모양이 x, h 와 맞지 않습니다")
    if x.shape[0] != h.shape[0] or h.shape != c.shape:
        raise ValueError("x, h, c 의 모양이 맞지 않습니다")
    m = 기억()
    m.x, m.h, m.c, m.W_ih, m.W_hh = x, h, c, W_ih, W_hh
    합 = x @ W_ih.T + h @ W_hh.T + b_ih + b_hh
    m.i = torch.sigmoid(합[:, :H])
    m.f = torch.sigmoid(합[:, H : 2 * H])
    m.g = torch.tanh(합[:, 2 * H : 3 * H])
    m.o = torch.sigmoid(합[:, 3 * H :])
    m.새c = m.f * c + m.i * m.g
    m.tanh_c = torch.tanh(m.새c)
    return m.o * m.tanh_c, m.새c, m


def lstm_step_backward(dh, dc, cache):
    m = cache
    do = dh * m.tanh_c
    전체dc = dc + dh * m.o * (1 - m.tanh_c * m.tanh_c)
    di = 전체dc * m.g
    df = 전체dc * m.c
    dg = 전체dc * m.i
    조각들 = [di * m.i * (1 - m.i), df * m.f * (1 - m.f), dg * (1 - m.g * m.g), do * m.o * (1 - m.o)]
    결과 = {
        "x": torch.zeros_like(m.x),
        "h": torch.zeros_like(m.h),
        "c": 전체dc * m.f,
        "W_ih": [],
        "W_hh": [],
        "b_ih": [],
        "b_hh": [],
    }
    H = m.h.shape[1]
    for 번호 in range(4):
        조각 = 조각들[번호]
        줄 = slice(번호 * H, 번호 * H + H)
        결과["x"] = 결과["x"] + 조각 @ m.W_ih[줄]
        결과["h"] = 결과["h"] + 조각 @ m.W_hh[줄]
        결과["W_ih"].append(torch.einsum("bh,be->he", 조각, m.x))
        결과["W_hh"].append(torch.einsum("bh,bk->hk", 조각, m.h))
        결과["b_ih"].append(조각.sum(dim=0))
        결과["b_hh"].append(조각.sum(dim=0))
    for 이름 in ["W_ih", "W_hh", "b_ih", "b_hh"]:
        결과[이름] = torch.cat(결과[이름], dim=0)
    return 결과
