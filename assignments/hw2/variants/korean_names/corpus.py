"""말뭉치에서 예제로."""

import itertools

import numpy as np
import torch

from hw2_word2vec.도움말 import 적어도_하나


class Vocabulary:
    def __init__(self, sentences, min_count=1):
        낱말들 = sorted(itertools.chain(*sentences))
        횟수 = [(낱말, len(list(묶음))) for 낱말, 묶음 in itertools.groupby(낱말들)]
        남은 = sorted((짝 for 짝 in 횟수 if not 짝[1] < min_count), key=lambda 짝: -짝[1])
        self.tokens = [낱말 for 낱말, _ in 남은]
        self.counts = torch.from_numpy(np.array([수 for _, 수 in 남은], dtype=np.int64))

    def __len__(self):
        return self.counts.numel()

    def encode(self, tokens):
        번호 = dict(zip(self.tokens, itertools.count()))
        return [번호[낱말] for 낱말 in tokens if 낱말 in 번호]


def keep_probability(counts, t=1e-3):
    횟수 = counts.numpy().astype(np.float64)
    if (횟수 < 0).any():
        raise ValueError("counts 에 음수가 있습니다")
    if t <= 0:
        raise ValueError("t 는 0보다 커야 합니다")
    with np.errstate(divide="ignore", invalid="ignore"):
        비 = t / (횟수 / 횟수.sum())
    확률 = np.where(횟수 == 0, 1.0, np.minimum(np.sqrt(비) + 비, 1.0))
    return torch.from_numpy(확률)


def subsample(ids, keep, seed):
    확률 = keep.double().numpy()
    if ((확률 < 0) | (확률 > 1)).any():
        raise ValueError("keep 은 확률이어야 합니다")
    번호 = np.array(ids, dtype=np.int64)
    if len(번호) and (번호.min() < 0 or 번호.max() >= len(확률)):
        raise ValueError("ids 에 없는 번호가 있습니다")
    뽑은 = np.random.default_rng(seed).random(len(번호))
    return 번호[뽑은 < 확률[번호]].tolist()


def skipgram_pairs(ids, window):
    적어도_하나("window", window)
    쌍 = [(가운데, 이웃) for 이웃들, 가운데 in cbow_examples(ids, window) for 이웃 in 이웃들]
    return torch.tensor(쌍, dtype=torch.int64).view(len(쌍), 2)


def cbow_examples(ids, window):
    적어도_하나("window", window)
    예제 = []
    for 자리, 가운데 in enumerate(ids):
        왼쪽 = ids[:자리][-window:]
        오른쪽 = ids[자리 + 1 :][:window]
        if 왼쪽 or 오른쪽:
            예제.append((왼쪽 + 오른쪽, 가운데))
    return 예제
