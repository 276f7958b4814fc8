import torch
from .skipgram import SGNS


def cbow_loss(context, mask, target, negatives):
    if context.dim() != 3 or not len(context): raise ValueError("context")
    if mask.shape != context.shape[:2]: raise ValueError("mask")
    n = mask.sum(1)
    if 0 in n: raise ValueError("mask: a row keeps nothing")
    if target.shape != (context.size(0), context.size(2)): raise ValueError("target")
    if negatives.dim() != 3 or negatives.size(0) != len(target) or negatives.size(2) != target.size(1): raise ValueError("negatives")
    # one list of the kept vectors, cut into the rows again
    rows = context[mask].split(n.tolist())
    center = torch.stack([r.double().mean(0) for r in rows])
    return SGNS(center, target.double(), negatives.double()).loss().to(context.dtype)


def softmax_loss(hidden, output, target):
    if hidden.dim() != 2 or not len(hidden): raise ValueError("hidden")
    if output.dim() != 2 or output.size(1) != hidden.size(1): raise ValueError("output")
    if target.shape != (len(hidden),): raise ValueError("target")
    if bool((target < 0).any()) or bool((target > len(output) - 1).any()): raise ValueError("target")
    s = hidden.double() @ output.double().t()
    top = s.max(1, keepdim=True).values.detach()
    z = (s - top).exp().sum(1).log() + top[:, 0]
    return (z - s[range(len(s)), target]).mean().to(hidden.dtype)
