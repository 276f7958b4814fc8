import torch


def one_hot(ids, V):
    if len(ids) and (ids.min() < 0 or ids.max() >= V):
        raise ValueError("ids")
    return torch.eye(V)[ids]


def ppmi(X):
    if X.shape[0] != X.shape[1] or X.min() < 0:
        raise ValueError("X")
    P = X / X.sum()
    pmi = torch.log(P) - torch.log(P.sum(1, keepdim=True)) - torch.log(P.sum(0, keepdim=True))
    return torch.nan_to_num(pmi, nan=0.0, neginf=0.0).clamp(min=0)


def lsa(X, k):
    if X.shape != X.T.shape:
        raise ValueError("X")
    if k not in range(1, X.shape[0] + 1):
        raise ValueError("k")
    U, S, _ = torch.svd(X)
    return U[:, :k] @ torch.diag(S[:k])
