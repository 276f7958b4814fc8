"""은닉 마르코프 모형의 추정과 표본."""

import bisect
import itertools
import math
import random

import numpy as np

from hw4_hmm_tagger.도움말 import 모형_확인, 번호_확인, 행_정규화


class HMM:
    def __init__(self, log_pi, log_A, log_B):
        self._표 = 모형_확인(log_pi, log_A, log_B)

    @property
    def log_pi(self):
        return self._표[0]

    @property
    def log_A(self):
        return self._표[1]

    @property
    def log_B(self):
        return self._표[2]


def estimate(sequences, tags, n_states, n_words, alpha=0.0):
    if alpha < 0:
        raise ValueError("alpha 값이 음수입니다")
    if len(sequences) != len(tags):
        raise ValueError("sequences 길이와 tags 길이가 다릅니다")
    초기 = np.full(n_states, float(alpha))
    전이 = np.full((n_states, n_states), float(alpha))
    방출 = np.full((n_states, n_words), float(alpha))
    for 단어들, 품사들 in zip(sequences, tags):
        if len(단어들) != len(품사들):
            raise ValueError("sequences 문장과 tags 문장의 길이가 다릅니다")
        단어들 = 번호_확인("sequences", 단어들, n_words)
        품사들 = 번호_확인("tags", 품사들, n_states)
        초기[품사들[0]] += 1
        for 앞, 뒤 in itertools.pairwise(품사들):
            전이[앞, 뒤] += 1
        for 품사, 단어 in zip(품사들, 단어들):
            방출[품사, 단어] += 1
    return HMM(행_정규화(초기), 행_정규화(전이), 행_정규화(방출))


def sequence_log_prob(hmm, words, tags):
    단어들 = 번호_확인("words", words, hmm.log_B.shape[1])
    품사들 = 번호_확인("tags", tags, len(hmm.log_pi))
    if len(단어들) != len(품사들):
        raise ValueError("words 길이와 tags 길이가 다릅니다")
    항들 = [hmm.log_pi[품사들[0]]]
    항들 += [hmm.log_A[앞, 뒤] for 앞, 뒤 in itertools.pairwise(품사들)]
    항들 += [hmm.log_B[품사, 단어] for 품사, 단어 in zip(품사들, 단어들)]
    return math.fsum(항들)


def _뽑기(난수, 로그_확률):
    누적 = list(itertools.accumulate(math.exp(값) for 값 in 로그_확률))
    # bisect_right는 확률이 0인 칸을 건너뛴다.
    return bisect.bisect_right(누적, 난수.random() * 누적[-1])


def sample(hmm, length, seed):
    if length < 1:
        raise ValueError("length 값은 1 이상이어야 합니다")
    난수 = random.Random(f"표본 {seed}")
    단어들, 품사들 = [], []
    행 = hmm.log_pi
    while len(품사들) < length:
        품사들.append(_뽑기(난수, 행))
        단어들.append(_뽑기(난수, hmm.log_B[품사들[-1]]))
        행 = hmm.log_A[품사들[-1]]
    return 단어들, 품사들
