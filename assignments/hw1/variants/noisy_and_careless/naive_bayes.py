from numpy import *
import numpy as np
import warnings, time

t0 = time.time()

class NaiveBayes:
    def __init__(self, alpha=1.0):
        assert type(alpha) in (int, float)
        if alpha < 0: raise ValueError("alpha")
        self.alpha = alpha

    def check(self, counts):
        c = array(counts).astype(float64)
        if c.ndim != 2: raise ValueError("counts")
        if (c < 0).any(): raise ValueError("counts")
        return c

    def fit(self, counts, labels):
        print("fitting ...", time.time() - t0)
        X = self.check(counts); y = array(labels)
        if len(X) == 0: raise ValueError("counts")
        if len(X) != len(y): raise ValueError("labels")
        if (y < 0).any(): raise ValueError("labels")
        self.C = int(max(y)) + 1
        # warnings of log(0) are fine here
        self.class_log_prior_ = log(array([np.mean(y == c) for c in range(self.C)]))
        top = array([sum(X[y == c], axis=0) for c in range(self.C)]) + self.alpha
        self.feature_log_prob_ = log(top / sum(top, axis=1).reshape(-1, 1))
        self.feature_log_prob_[isnan(self.feature_log_prob_)] = -inf
        return self

    def joint_log_likelihood(self, counts):
        X = self.check(counts)
        if X.shape[1] != self.feature_log_prob_.shape[1]: raise ValueError("counts")
        J = zeros((len(X), self.C))
        for c in range(self.C):
            terms = X * self.feature_log_prob_[c]      # 0 * -inf = nan, with a warning
            terms = where(X == 0, 0, terms)
            J[:, c] = self.class_log_prior_[c] + sum(terms, axis=1)
        return J

    def predict_log_proba(self, counts):
        J = self.joint_log_likelihood(counts)
        L = J - J.max(axis=1, keepdims=True)           # -inf - -inf = nan, with a warning
        L = L - log(sum(exp(L), axis=1, keepdims=True))
        return where(isnan(L), -log(self.C), L)

    def predict(self, counts):
        return argmax(self.joint_log_likelihood(counts), axis=1)

def most_informative(model, k, positive=1, negative=0):
    f = model.feature_log_prob_
    if k < 1: raise ValueError("k")
    if positive < 0 or positive >= len(f): raise ValueError("positive")
    if negative < 0 or negative >= len(f): raise ValueError("negative")
    d = f[positive] - f[negative]
    d = where(isnan(d), 0, d)
    order = argsort(-d, kind="mergesort")
    print(order[:k])
    return [x.item() for x in order][:k]
