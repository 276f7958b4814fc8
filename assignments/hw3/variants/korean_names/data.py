"""글에서 창까지."""

import heapq

import numpy as np
import torch

from .도움말 import 확인


class Vocabulary:
    def __init__(self, sentences, max_size=None, min_count=1):
        확인(max_size is None or max_size > 0, "max_size")
        확인(min_count > 0, "min_count")
        빈도 = {}
        for 문장 in sentences:
            for 단어 in 문장:
                if 단어 not in ("<unk>", "<eos>"):
                    빈도[단어] = 빈도.get(단어, 0) + 1
        더미 = [(-수, 단어) for 단어, 수 in 빈도.items() if 수 >= min_count]
        heapq.heapify(더미)
        self.tokens = ["<unk>", "<eos>"][:max_size]
        while 더미 and (max_size is None or len(self.tokens) < max_size):
            self.tokens.append(heapq.heappop(더미)[1])

    def __len__(self):
        return len(self.tokens)

    def encode(self, sentences):
        번호 = {단어: i for i, 단어 in enumerate(self.tokens)}
        결과 = []
        for 문장 in sentences:
            결과 += [번호.get(단어, 0) for 단어 in 문장]
            결과.append(1)
        return 결과


def batchify(ids, batch_size):
    확인(batch_size >= 1, "batch_size")
    배열 = ids.numpy()
    길이 = len(배열) // batch_size
    열 = [배열[b * 길이 : (b + 1) * 길이] for b in range(batch_size)]
    return torch.from_numpy(np.stack(열, axis=1).astype(np.int64))


def windows(data, bptt):
    확인(bptt >= 1, "bptt")
    창들, 시작 = [], 0
    while 시작 < data.shape[0] - 1:
        끝 = min(시작 + bptt, data.shape[0] - 1)
        창들.append((data[시작:끝].clone(), data[시작 + 1 : 끝 + 1].clone()))
        시작 = 끝
    return 창들
