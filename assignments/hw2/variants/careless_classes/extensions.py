import torch

def one_hot(ids, V):
    ids = torch.as_tensor(ids, dtype=torch.long)
    if len(ids) and (ids.min() < 0 or ids.max() >= V): raise ValueError("ids")
    return torch.nn.functional.one_hot(ids, V).float()

def ppmi(X):
    if X.dim() != 2 or X.size(0) != X.size(1): raise ValueError("X")
    if (X < 0).any(): raise ValueError("X")
    P = X.double() / X.sum()
    r = P / P.sum(1, keepdim=True) / P.sum(0, keepdim=True)
    r[~(P > 0)] = 1                      # also where a row is empty and r is nan
    return torch.relu(torch.log(r)).to(X.dtype)

def lsa(X, k):
    if X.dim() != 2 or X.shape[0] != X.shape[1]: raise ValueError("X")
    if k < 1 or k > min(X.shape): raise ValueError("k")
    U, S, Vh = torch.linalg.svd(X.double())
    print("singular values", S[:k])
    return (U[:, :k] @ torch.diag(S[:k])).to(X.dtype)
