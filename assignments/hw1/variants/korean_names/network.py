"""퍼셉트론과 두 층 신경망. 역전파는 예제 하나씩."""

import torch

활성 = {
    "sigmoid": (lambda a: 0.5 + 0.5 * torch.tanh(a / 2), lambda h: h - h**2),
    "tanh": (torch.tanh, lambda h: 1 - h**2),
    "relu": (torch.relu, lambda h: (h > 0).type_as(h)),
}
분산 = {"xavier": 1, "he": 2}


def _정답(X, y, 클래스_수):
    if X.dim() != 2 or not len(X):
        raise ValueError("X 모양은 (N, D)이고 N은 1 이상이어야 합니다")
    if tuple(y.shape) != (len(X),):
        raise ValueError("y 길이가 X 행의 수와 다릅니다")
    if any(정답 not in range(클래스_수) for 정답 in y.tolist()):
        raise ValueError("y 값이 클래스 범위 밖입니다")


def perceptron_train(X, y, epochs):
    _정답(X, y, 2)
    w, b = torch.zeros(X.shape[1], dtype=X.dtype), torch.zeros((), dtype=X.dtype)
    for _ in range(epochs):
        실수 = False
        for x, 정답 in zip(X, y.int().tolist(), strict=True):
            예측 = int(torch.dot(w, x) + b > 0)
            if 예측 < 정답:
                w, b, 실수 = w + x, b + 1, True
            elif 예측 > 정답:
                w, b, 실수 = w - x, b - 1, True
        if not 실수:
            return w, b, True
    return w, b, False


def forward(params, X, activation="tanh"):
    if activation not in 활성:
        raise ValueError(f"activation {activation!r}은(는) 없습니다")
    if X.dim() != 2 or X.shape[1] != params["W1"].shape[0]:
        raise ValueError("X 열의 수가 params와 다릅니다")
    f, _ = 활성[activation]
    h = f(torch.addmm(params["b1"], X, params["W1"]))
    logits = torch.addmm(params["b2"], h, params["W2"])
    return {"h": h, "logits": logits, "probs": torch.exp(torch.log_softmax(logits, dim=-1))}


def backward(params, X, y, activation="tanh"):
    결과 = forward(params, X, activation)
    _정답(X, y, params["W2"].shape[1])
    _, 미분 = 활성[activation]
    기울기 = {이름: torch.zeros_like(값) for 이름, 값 in params.items()}
    for x, h, 확률, 정답 in zip(X, 결과["h"], 결과["probs"], y.tolist(), strict=True):
        오차 = 확률.clone()
        오차[정답] -= 1
        오차 = 오차 / len(X)
        숨은_오차 = torch.mv(params["W2"], 오차) * 미분(h)
        기울기["W1"] += torch.outer(x, 숨은_오차)
        기울기["b1"] += 숨은_오차
        기울기["W2"] += torch.outer(h, 오차)
        기울기["b2"] += 오차
    return 기울기


def initialise(D, H, C, scheme, seed=0):
    if scheme not in 분산:
        raise ValueError(f"scheme {scheme!r}은(는) 없습니다")
    난수 = torch.Generator()
    난수.manual_seed(seed)

    def 뽑기(입력, 출력):
        표준편차 = (분산[scheme] / 입력) ** 0.5
        return torch.normal(0.0, 표준편차, (입력, 출력), generator=난수)

    return {"W1": 뽑기(D, H), "b1": torch.zeros(H), "W2": 뽑기(H, C), "b2": torch.zeros(C)}


def solve_xor(seed=0):
    X = torch.cartesian_prod(torch.tensor([0.0, 1.0]), torch.tensor([0.0, 1.0]))
    y = (X.sum(dim=1) == 1).long()
    params = initialise(2, 12, 2, "xavier", seed)
    while forward(params, X)["probs"].gather(1, y[:, None]).min() < 0.8:
        for 이름, 기울기 in backward(params, X, y).items():
            params[이름] = params[이름] - 0.8 * 기울기
    return params
