"""The table by going through the sorted shares from both ends."""

import torch


def negative_distribution(counts, power=0.75):
    if power < 0:
        raise ValueError("power below 0")
    if int((counts > 0).sum()) == 0:
        raise ValueError("counts: all 0")
    if int((counts < 0).sum()):
        raise ValueError("counts: below 0")
    logs = power * torch.log(counts.double())
    return torch.softmax(torch.where(counts > 0, logs, -torch.inf), dim=0)


class AliasSampler:
    def __init__(self, probabilities):
        p = torch.as_tensor(probabilities).to(torch.float64)
        total = p.sum().item()
        if p.numel() == 0 or p.min() < 0 or not 1 - 1e-6 <= total <= 1 + 1e-6:
            raise ValueError(f"probabilities: sum {total}")
        size = p.numel()
        share, order = torch.sort(p / total * size)
        share, order = share.tolist(), order.tolist()
        threshold, alias = [1.0] * size, list(range(size))
        low, high = 0, size - 1
        while low < high and share[low] < 1:
            poor, have = order[low], share[low]
            low += 1
            while True:
                threshold[poor], alias[poor] = have, order[high]
                share[high] -= 1 - have
                if share[high] >= 1 or high == low:
                    break
                # the rich one has become poor: it is filled at once, by the next
                poor, have = order[high], share[high]
                high -= 1
        self.threshold = torch.tensor(threshold, dtype=torch.float64)
        self.alias = torch.tensor(alias, dtype=torch.int64)

    def sample(self, shape, seed):
        generator = torch.Generator()
        generator.manual_seed(seed)
        # one draw: its whole part is the column, its fraction the coin
        draw = torch.rand(shape, dtype=torch.float64, generator=generator) * len(self.alias)
        column = draw.long().clamp(max=len(self.alias) - 1)
        stay = (draw - column) < self.threshold[column]
        return torch.where(stay, column, self.alias[column])
