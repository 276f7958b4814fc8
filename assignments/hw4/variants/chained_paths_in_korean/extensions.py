"""조건부 무작위장과 합성곱 분류기."""

import torch
from torch import nn

from hw4_hmm_tagger.conv import conv1d, max_over_time


def _확인(emissions, transitions):
    if emissions.ndim != 2 or emissions.shape[0] == 0:
        raise ValueError("emissions 모양은 (T, S)이어야 합니다")
    if transitions.shape != (emissions.shape[1], emissions.shape[1]):
        raise ValueError("transitions 모양은 (S, S)이어야 합니다")


def crf_log_partition(emissions, transitions):
    """뒤에서부터 더한다."""
    _확인(emissions, transitions)
    뒤 = torch.zeros_like(emissions[0])
    for 때 in range(len(emissions) - 1, 0, -1):
        뒤 = torch.logsumexp(transitions + (emissions[때] + 뒤), dim=1)
    return torch.logsumexp(emissions[0] + 뒤, dim=0)


def crf_nll(emissions, transitions, tags):
    _확인(emissions, transitions)
    경로 = torch.as_tensor(tags, dtype=torch.int64).tolist()
    if len(경로) != len(emissions):
        raise ValueError("tags 길이와 emissions 길이가 다릅니다")
    if min(경로) < 0 or max(경로) >= emissions.shape[1]:
        raise ValueError("tags 번호가 범위를 벗어났습니다")
    점수 = sum(emissions[때, 상태] for 때, 상태 in enumerate(경로))
    점수 = 점수 + sum(transitions[앞, 뒤] for 앞, 뒤 in zip(경로, 경로[1:]))
    return crf_log_partition(emissions, transitions) - 점수


class TextCNN(nn.Module):
    def __init__(self, vocab, dim, kernels, filters, classes, pretrained=None, freeze=False, seed=0):
        super().__init__()
        if pretrained is not None and tuple(pretrained.shape) != (vocab, dim):
            raise ValueError("pretrained 모양은 (vocab, dim)이어야 합니다")
        if not kernels or min(kernels) < 1:
            raise ValueError("kernels 너비는 하나 이상이고 모두 1 이상이어야 합니다")
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            self.표 = nn.Embedding(vocab, dim)
            self.창들 = nn.ModuleList(nn.Linear(너비 * dim, filters) for 너비 in kernels)
            self.너비들 = tuple(kernels)
            self.출력 = nn.Linear(filters * len(self.너비들), classes)
        if pretrained is not None:
            self.표.weight.data.copy_(pretrained)
        self.표.weight.requires_grad = not freeze

    def forward(self, ids):
        x = self.표(ids)
        if x.shape[1] < max(self.너비들):
            raise ValueError("ids 길이가 가장 넓은 창보다 짧습니다")
        결과 = []
        for 너비, 창 in zip(self.너비들, self.창들):
            무게 = 창.weight.view(len(창.weight), 너비, x.shape[2])
            결과.append(max_over_time(torch.relu(conv1d(x, 무게, 창.bias))))
        return self.출력(torch.cat(결과, dim=1))
