"""로지스틱 회귀: 편향을 마지막 열로 붙인 행렬로 계산한다."""

import torch

from .도움말 import 섞은_순서, 적어도


def sigmoid(z):
    양수 = 1 / (1 + torch.exp(-z.clamp(min=0)))
    지수 = torch.exp(z.clamp(max=0))
    return torch.where(z < 0, 지수 / (1 + 지수), 양수)


def _확률(p):
    if p.numel() and (p.min() < 0 or p.max() > 1):
        raise ValueError("p 값은 0과 1 사이여야 합니다")
    return p


def logit(p):
    return torch.log(odds(p))


def odds(p):
    _확률(p)
    return p / (1 - p)


def _준비(X, y, l2, l1):
    적어도("l2", l2, 0)
    적어도("l1", l1, 0)
    if X.dim() != 2 or X.size(0) == 0:
        raise ValueError("X 모양은 (N, V)이고 N은 1 이상이어야 합니다")
    if y.dim() != 1 or y.size(0) != X.size(0):
        raise ValueError("y 길이가 X 행의 수와 다릅니다")
    if not set(y.tolist()) <= {0, 1}:
        raise ValueError("y 값은 0 또는 1이어야 합니다")
    부호 = torch.where(y.bool(), 1, -1).to(X.dtype)
    return torch.hstack([X, torch.ones(len(X), 1, dtype=X.dtype)]), 부호


def _벡터(w, b, X):
    if w.dim() != 1 or len(w) != X.size(1) - 1:
        raise ValueError("w 길이가 X 열의 수와 다릅니다")
    return torch.hstack([w, b.reshape(1)])


def loss(w, b, X, y, l2=0.0, l1=0.0):
    행렬, 부호 = _준비(X, y, l2, l1)
    여유 = 부호 * (행렬 @ _벡터(w, b, 행렬))
    # ln(1 + exp(-m))을 큰 |m|에서도 안전하게
    교차_엔트로피 = torch.log1p(torch.exp(-여유.abs())) - 여유.clamp(max=0)
    return 교차_엔트로피.mean() + l2 / 2 * (w ** 2).sum() + l1 * w.abs().sum()


def gradient(w, b, X, y, l2=0.0, l1=0.0):
    행렬, 부호 = _준비(X, y, l2, l1)
    여유 = 부호 * (행렬 @ _벡터(w, b, 행렬))
    # -y sigma(-y z) x 의 평균
    기울기 = -(부호 * sigmoid(-여유)) @ 행렬 / len(행렬)
    return 기울기[:-1] + l2 * w + l1 * w.sgn(), 기울기[-1].clone()


class LogisticRegression:
    def __init__(self, l2=0.0, l1=0.0, lr=0.1, epochs=100, batch_size=None, seed=0):
        적어도("l2", l2, 0)
        적어도("l1", l1, 0)
        적어도("epochs", epochs, 0)
        if batch_size is not None:
            적어도("batch_size", batch_size, 1)
        self.벌점 = {"l2": l2, "l1": l1}
        self.lr, self.epochs, self.batch_size, self.seed = lr, epochs, batch_size, seed

    def fit(self, X, y):
        _준비(X, y, **self.벌점)
        w, b = torch.zeros(X.size(1), dtype=X.dtype), torch.tensor(0, dtype=X.dtype)
        self.losses = []
        for 회 in range(self.epochs):
            for X_묶음, y_묶음 in self._묶음들(X, y, 회):
                w_기울기, b_기울기 = gradient(w, b, X_묶음, y_묶음, **self.벌점)
                w, b = w - self.lr * w_기울기, b - self.lr * b_기울기
            self.losses.append(float(loss(w, b, X, y, **self.벌점)))
        self.w, self.b = w, b
        return self

    def _묶음들(self, X, y, 회):
        if self.batch_size is None or self.batch_size >= len(X):
            yield X, y
            return
        순서 = 섞은_순서(len(X), self.seed * 1_000_003 + 회)
        for 처음 in range(0, len(X), self.batch_size):
            번호 = 순서[처음:처음 + self.batch_size]
            yield X[번호], y[번호]

    def predict_proba(self, X):
        if X.dim() != 2 or X.size(1) != len(self.w):
            raise ValueError("X 열의 수가 학습 때와 다릅니다")
        return sigmoid(X @ self.w + self.b)

    def predict(self, X):
        return torch.where(self.predict_proba(X) >= 0.5, 1, 0)


def iterations_to_epochs(n_iters, n_examples, batch_size):
    적어도("n_iters", n_iters, 0)
    적어도("n_examples", n_examples, 1)
    적어도("batch_size", batch_size, 1)
    본_예제 = n_iters * batch_size
    return (본_예제 - 본_예제 % n_examples) // n_examples
