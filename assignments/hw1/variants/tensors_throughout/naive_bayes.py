"""Multinomial naive Bayes; one-hot labels make the tables one matrix product."""

import math

import numpy as np
import torch

from ._arrays import count_tensor


class NaiveBayes:
    def __init__(self, alpha=1.0):
        self.alpha = alpha

    def fit(self, counts, labels):
        if self.alpha < 0:
            raise ValueError("alpha must not be negative")
        counts = count_tensor(counts)
        labels = torch.tensor(np.asarray(labels), dtype=torch.int64)
        if len(counts) == 0:
            raise ValueError("counts is empty")
        if labels.shape != counts.shape[:1]:
            raise ValueError("labels must have one entry for each row of counts")
        if labels.min() < 0:
            raise ValueError("labels must not be negative")
        member = torch.eye(int(labels.max()) + 1, dtype=torch.float64)[labels]  # (N, C)
        self.class_log_prior_ = torch.log(member.mean(dim=0)).numpy()
        smoothed = member.T @ counts + self.alpha  # (C, V)
        total = smoothed.sum(dim=1, keepdim=True)
        self.feature_log_prob_ = torch.log(smoothed / total.clamp(min=1e-300)).numpy()
        return self

    def joint_log_likelihood(self, counts):
        counts = count_tensor(counts)
        tables = torch.from_numpy(self.feature_log_prob_)
        if counts.shape[1] != tables.shape[1]:
            raise ValueError("counts has another number of columns than the fitted one")
        rows = []
        for row in counts:
            rows.append(torch.where(row > 0, row * tables, 0.0).sum(dim=1))
        score = torch.stack(rows) if rows else torch.empty((0, len(tables)), dtype=torch.float64)
        return (score + torch.from_numpy(self.class_log_prior_)).numpy()

    def predict_log_proba(self, counts):
        joint = torch.from_numpy(self.joint_log_likelihood(counts))
        impossible = torch.isneginf(joint).all(dim=1, keepdim=True)
        uniform = torch.full_like(joint, -math.log(joint.shape[1]))
        safe = torch.where(impossible, 0.0, joint)
        return torch.where(impossible, uniform, torch.log_softmax(safe, dim=1)).numpy()

    def predict(self, counts):
        joint = torch.from_numpy(self.joint_log_likelihood(counts))
        best = joint.max(dim=1, keepdim=True).values
        classes = torch.arange(joint.shape[1])
        return torch.where(joint == best, classes, joint.shape[1]).min(dim=1).values.numpy()


def most_informative(model, k, positive=1, negative=0):
    tables = torch.from_numpy(model.feature_log_prob_)
    if k < 1:
        raise ValueError("k must be positive")
    if positive not in range(len(tables)):
        raise ValueError("positive is no class")
    if negative not in range(len(tables)):
        raise ValueError("negative is no class")
    gap = torch.nan_to_num(tables[positive] - tables[negative],
                           nan=0.0, posinf=math.inf, neginf=-math.inf)
    return torch.sort(gap, descending=True, stable=True).indices[:k].tolist()
