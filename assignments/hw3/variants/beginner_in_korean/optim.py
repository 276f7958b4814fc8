"""여섯 가지 갱신 식. 상태는 언제나 새로운 사전."""

import torch


def 모양확인(param, grad):
    if param.shape != grad.shape:
        raise ValueError("param 과 grad 의 모양이 다릅니다")


def 꺼내기(state, 이름, param):
    if 이름 in state:
        return state[이름]
    return torch.zeros_like(param)


def sgd(param, grad, state, lr):
    모양확인(param, grad)
    return param - grad * lr, {"걸음": state.get("걸음", 0) + 1}


def momentum(param, grad, state, lr, momentum=0.9):
    모양확인(param, grad)
    속도 = 꺼내기(state, "속도", param) * momentum + grad
    return param - 속도 * lr, {"속도": 속도}


def nesterov(param, grad, state, lr, momentum=0.9):
    모양확인(param, grad)
    속도 = 꺼내기(state, "속도", param) * momentum + grad
    앞을본것 = grad + 속도 * momentum
    return param - 앞을본것 * lr, {"속도": 속도}


def adagrad(param, grad, state, lr, eps=1e-10):
    모양확인(param, grad)
    제곱의합 = 꺼내기(state, "제곱의합", param) + torch.pow(grad, 2)
    return param - grad / (torch.sqrt(제곱의합) + eps) * lr, {"제곱의합": 제곱의합}


def rmsprop(param, grad, state, lr, alpha=0.99, eps=1e-8):
    모양확인(param, grad)
    평균 = alpha * 꺼내기(state, "평균", param) + (1 - alpha) * torch.pow(grad, 2)
    return param - grad / (torch.sqrt(평균) + eps) * lr, {"평균": 평균}


def adam(param, grad, state, lr, betas=(0.9, 0.999), eps=1e-8):
    모양확인(param, grad)
    역사 = state.get("기울기들", []) + [grad.clone()]  # 정의 그대로: 가중합을 매번 새로
    t = len(역사)
    첫째 = torch.zeros_like(param)
    둘째 = torch.zeros_like(param)
    for k in range(t):
        첫째 = 첫째 + (1 - betas[0]) * betas[0] ** (t - 1 - k) * 역사[k]
        둘째 = 둘째 + (1 - betas[1]) * betas[1] ** (t - 1 - k) * 역사[k] * 역사[k]
    첫째 = 첫째 / (1 - betas[0] ** t)
    둘째 = 둘째 / (1 - betas[1] ** t)
    return param - lr * 첫째 / (torch.sqrt(둘째) + eps), {"기울기들": 역사}
