import torch


def softplus(x):
    return torch.clamp(x, min=0) + torch.log1p(torch.exp(-abs(x)))


def cbow_loss(context, mask, target, negatives):
    B, W, d = context.shape
    if mask.shape != context.shape[:2]:
        raise ValueError("mask and context")
    if target.shape != (B, d):
        raise ValueError("target and context")
    if negatives.shape[0] != B or negatives.shape[-1] != d:
        raise ValueError("negatives and context")
    if B == 0:
        raise ValueError("context is empty")
    losses = []
    for b in range(B):
        kept = [context[b, w] for w in range(W) if mask[b, w]]
        if len(kept) == 0:
            raise ValueError(f"mask keeps nothing in row {b}")
        h = sum(kept[1:], kept[0]) / len(kept)
        loss = softplus(-(target[b] * h).sum())
        for k in range(negatives.shape[1]):
            loss = loss + softplus((negatives[b, k] * h).sum())
        losses.append(loss)
    return sum(losses[1:], losses[0]) / B


def softmax_loss(hidden, output, target):
    if len(hidden) == 0:
        raise ValueError("hidden")
    if len(target) != len(hidden) or len(output[0]) != len(hidden[0]):
        raise ValueError("hidden, output or target")
    total = 0
    for h, y in zip(hidden, target.tolist()):
        if y < 0 or y >= len(output):
            raise ValueError("target")
        scores = torch.stack([(o * h).sum() for o in output])
        top = max(scores.tolist())
        total = total + top + torch.log(sum(torch.exp(s - top) for s in scores)) - scores[y]
    return total / len(hidden)
