import torch
from torch import Tensor, tensor, zeros
import numpy as np

torch.set_grad_enabled(False)
torch.set_printoptions(precision=3)
np.seterr(all="ignore")

def sigmoid(z):
    return 1 / (1 + torch.exp(-z))

def logit(p):
    if not ((0 <= p) & (p <= 1)).all(): raise ValueError("p = %s" % p)
    return torch.log(p / (1 - p))

def odds(p):
    if not ((0 <= p) & (p <= 1)).all(): raise ValueError("p = %s" % p)
    return p / (1 - p)

def check(X, y, l2, l1):
    if l2 < 0: raise ValueError("l2 = %s" % l2)
    if l1 < 0: raise ValueError("l1 = %s" % l1)
    if len(X.shape) != 2 or X.shape[0] == 0: raise ValueError("X has shape %s" % (X.shape,))
    if len(y.shape) != 1 or len(y) != len(X): raise ValueError("y has shape %s" % (y.shape,))
    for t in y:
        if t not in (0, 1): raise ValueError("y = %s" % t)

def loss(w, b, X, y, l2=0.0, l1=0.0):
    check(X, y, l2, l1)
    if len(w) != X.shape[1]: raise ValueError("w has shape %s" % (w.shape,))
    z = X @ w + b
    y = y.to(X.dtype)
    m = torch.max(z, 0 * z)
    ce = m - z * y + torch.log(torch.exp(-m) + torch.exp(z - m))
    return ce.mean() + l2 * 0.5 * torch.sum(w * w) + l1 * torch.sum(torch.abs(w))

def gradient(w, b, X, y, l2=0.0, l1=0.0):
    check(X, y, l2, l1)
    if len(w) != X.shape[1]: raise ValueError("w has shape %s" % (w.shape,))
    e = sigmoid(X @ w + b) - y.to(X.dtype)
    gw = torch.zeros_like(w)
    for i in range(len(X)):
        gw += e[i] * X[i] / len(X)
    return gw + l2 * w + l1 * torch.sign(w), torch.sum(e) / len(X)

class LogisticRegression():
    def __init__(self, l2=0.0, l1=0.0, lr=0.1, epochs=100, batch_size=None, seed=0):
        self.l2 = l2; self.l1 = l1; self.lr = lr; self.epochs = epochs
        self.batch_size = batch_size; self.seed = seed

    def fit(self, X, y):
        check(X, y, self.l2, self.l1)
        N = len(X)
        bs = self.batch_size
        if bs is None: bs = N
        if bs < 1: raise ValueError("batch_size %d" % bs)
        rs = np.random.RandomState(self.seed)
        self.w = torch.zeros(X.shape[1]).to(X.dtype)
        self.b = torch.zeros(1).to(X.dtype)[0]
        self.losses = []
        X0, y0 = X.clone(), y.clone()
        for epoch in range(self.epochs):
            if bs < N:
                p = torch.tensor(rs.permutation(N))
                X0 = X0[p]; y0 = y0[p]
            i = 0
            while i < N:
                xb = X0[i:i+bs]; yb = y0[i:i+bs].to(X.dtype)
                e = sigmoid(xb @ self.w + self.b) - yb
                gw = xb.T @ e / len(xb) + self.l2 * self.w + self.l1 * torch.sign(self.w)
                self.w = self.w - self.lr * gw
                self.b = self.b - self.lr * e.mean()
                i += bs
            self.losses.append(loss(self.w, self.b, X, y, self.l2, self.l1).item())
            if epoch % 50 == 0: print("epoch", epoch, "loss", self.losses[-1], self.w)
        return self

    def predict_proba(self, X):
        if X.shape[-1] != len(self.w): raise ValueError("X has shape %s" % (X.shape,))
        return sigmoid(X @ self.w + self.b)

    def predict(self, X):
        p = self.predict_proba(X)
        return torch.LongTensor([int(q >= 0.5) for q in p])

def iterations_to_epochs(n_iters, n_examples, batch_size):
    if n_iters < 0: raise ValueError("n_iters")
    if n_examples < 1: raise ValueError("n_examples")
    if batch_size < 1: raise ValueError("batch_size")
    total = n_iters * batch_size
    return int((total - total % n_examples) // n_examples)

if __name__ == "__main__":
    print(LogisticRegression().fit(torch.eye(2), torch.tensor([0, 1])).losses)
