import torch
from torch.nn.functional import log_softmax, logsigmoid


def cbow_loss(context, mask, target, negatives):
    if context.shape[:2] != mask.shape:
        raise ValueError("mask does not fit context")
    if context.numel() == 0:
        raise ValueError("context is empty")
    kept = mask.sum(1)
    if int(kept.min()) == 0:
        raise ValueError("mask without a context")
    if target.shape != context[:, 0].shape or negatives.shape[::2] != target.shape:
        raise ValueError("target or negatives do not fit")
    weights = mask.to(context.dtype) / kept.unsqueeze(1)
    context = torch.where(mask.unsqueeze(2), context, torch.zeros_like(context))
    hidden = torch.einsum("bw,bwd->bd", weights, context)
    plus = logsigmoid(torch.einsum("bd,bd->b", hidden, target))
    minus = logsigmoid(-torch.einsum("bd,bkd->bk", hidden, negatives))
    return -(plus.sum() + minus.sum()) / len(context)


def softmax_loss(hidden, output, target):
    if not len(target):
        raise ValueError("target is empty")
    if len(target) != len(hidden) or hidden.size(-1) != output.size(-1):
        raise ValueError("hidden, output and target do not fit")
    if target.min() < 0 or target.max() > len(output) - 1:
        raise ValueError("target out of range")
    logs = log_softmax(hidden.matmul(output.t()), dim=-1)
    return -logs[range(len(target)), target].mean()
