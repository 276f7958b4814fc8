"""말뭉치 준비: 어휘, 솎아 내기, 창."""

import random
from itertools import groupby

import torch

from hw2_word2vec.도움말 import 개수_세기, 이웃


class Vocabulary:
    def __init__(self, sentences, min_count=1):
        개수 = 개수_세기(낱말 for 문장 in sentences for 낱말 in 문장)
        순서 = sorted((-수, 낱말) for 낱말, 수 in 개수.items() if 수 >= min_count)
        self.번호 = {낱말: 자리 for 자리, (_, 낱말) in enumerate(순서)}
        self._개수 = [-수 for 수, _ in 순서]

    @property
    def tokens(self):
        return list(self.번호)

    @property
    def counts(self):
        return torch.tensor(self._개수, dtype=torch.int64)

    def encode(self, tokens):
        return [self.번호[낱말] for 낱말 in tokens if 낱말 in self.번호]

    def __len__(self):
        return len(self.번호)


def keep_probability(counts, t=1e-3):
    if t <= 0:
        raise ValueError("t 값은 양수여야 합니다")
    if (counts < 0).any():
        raise ValueError("counts 값은 음수일 수 없습니다")
    비율 = counts.to(torch.float64)
    if 비율.sum() > 0:
        비율 = 비율 / 비율.sum()
    남음 = torch.ones_like(비율)
    있음 = 비율 > 0
    남음[있음] = ((t / 비율[있음]) ** 0.5 + t / 비율[있음]).clamp(max=1)
    return 남음


def subsample(ids, keep, seed):
    확률 = [float(값) for 값 in keep]
    if any(값 < 0 or 값 > 1 for 값 in 확률):
        raise ValueError("keep 값은 [0, 1] 안이어야 합니다")
    if any(번호 < 0 or 번호 >= len(확률) for 번호 in ids):
        raise ValueError("ids 번호가 범위를 벗어났습니다")
    난수 = random.Random(seed + 17)
    # random()은 1보다 작으므로 1 - random()은 0보다 크고, 확률 0은 결코 남지 않는다.
    return [번호 for 번호 in ids if 1 - 난수.random() <= 확률[번호]]


def skipgram_pairs(ids, window):
    if window < 1:
        raise ValueError("window 값은 1 이상이어야 합니다")
    쌍들 = [(가운데, 곁) for 자리, 가운데 in enumerate(ids) for 곁 in 이웃(ids, 자리, window)]
    return torch.tensor(쌍들, dtype=torch.int64) if 쌍들 else torch.empty(0, 2, dtype=torch.int64)


def cbow_examples(ids, window):
    if window < 1:
        raise ValueError("window 값은 1 이상이어야 합니다")
    모두 = ((이웃(ids, 자리, window), 가운데) for 자리, 가운데 in enumerate(ids))
    return [보기 for 있음, 묶음 in groupby(모두, key=lambda 보기: bool(보기[0])) if 있음 for 보기 in 묶음]
