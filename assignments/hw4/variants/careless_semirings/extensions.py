import torch, torch.nn as nn

def check(e, t):
    if e.dim() != 2 or 0 in e.shape: raise ValueError("emissions")
    if t.shape != (e.size(1), e.size(1)): raise ValueError("transitions")

def crf_log_partition(emissions, transitions):
    check(emissions, transitions)
    # one word after the other is folded in; the last axis is always the state reached
    total = emissions[:1]
    for row in emissions[1:]:
        total = torch.logsumexp(total.T + transitions, 0, keepdim=True) + row
    return total.logsumexp(1)[0]

def crf_nll(emissions, transitions, tags):
    check(emissions, transitions)
    y = torch.as_tensor(tags)
    if y.shape != (emissions.size(0),): raise ValueError("tags: wrong length")
    if (y < 0).any() or (y >= emissions.size(1)).any(): raise ValueError("tags: out of range")
    onehot = nn.functional.one_hot(y.long(), emissions.size(1)).to(emissions.dtype)
    pairs = onehot[:-1].T @ onehot[1:]
    gold = emissions[onehot > 0].sum() + transitions[pairs > 0] @ pairs[pairs > 0]
    return crf_log_partition(emissions, transitions) - gold

class TextCNN(nn.Module):
    def __init__(self, vocab, dim, kernels, filters, classes, pretrained=None, freeze=False, seed=0):
        super().__init__()
        if not kernels or min(kernels) < 1: raise ValueError("kernels")
        torch.manual_seed(seed)
        if pretrained is None: self.emb = nn.Embedding(vocab, dim)
        else:
            if pretrained.shape != (vocab, dim): raise ValueError("pretrained")
            self.emb = nn.Embedding.from_pretrained(pretrained.clone(), freeze=freeze)
        self.emb.weight.requires_grad = not freeze
        self.conv = nn.ModuleList([nn.Conv2d(1, filters, (k, dim), padding=(k - 1, 0)) for k in kernels])
        self.fc = nn.Linear(len(kernels) * filters, classes)
    def forward(self, ids):
        if ids.size(1) < max(c.kernel_size[0] for c in self.conv): raise ValueError("ids")
        x = self.emb(ids)[:, None]
        return self.fc(torch.cat([c(x).squeeze(3).relu().max(2).values for c in self.conv], 1))
