"""어휘, 단어 가방, tf-idf."""

import itertools
import math

import numpy as np

from .도움말 import 적어도

모르는_낱말 = "<unk>"


class Vocabulary:
    def __init__(self, documents, min_count=1, max_size=None):
        적어도("min_count", min_count, 1)
        if max_size is not None:
            적어도("max_size", max_size, 1)
        흐름 = sorted(itertools.chain.from_iterable(documents))
        횟수 = [(낱말, len(list(묶음))) for 낱말, 묶음 in itertools.groupby(흐름)]
        남은 = [짝 for 짝 in 횟수 if 짝[1] >= min_count and 짝[0] != 모르는_낱말]
        남은.sort(key=lambda 짝: -짝[1])  # 안정 정렬: 같은 횟수는 코드 포인트 순서
        self.tokens = [모르는_낱말, *(낱말 for 낱말, _ in 남은)]
        if max_size is not None:
            del self.tokens[max_size:]

    def __len__(self):
        return len(self.tokens)

    @property
    def 번호(self):
        return {낱말: i for i, 낱말 in enumerate(self.tokens)}

    def encode(self, tokens):
        번호 = self.번호
        return [번호.get(낱말, 0) for 낱말 in tokens]

    def decode(self, ids):
        낱말들 = dict(enumerate(self.tokens))
        try:
            return [낱말들[i] for i in ids]
        except KeyError as 오류:
            raise ValueError(f"ids에 없는 번호가 있습니다 (ids: {오류})") from None


def bag_of_words(documents, vocabulary, binary=False):
    가방 = np.zeros((len(documents), len(vocabulary)), dtype=np.int64)
    for i, 문서 in enumerate(documents):
        번호들, 횟수 = np.unique(np.array(vocabulary.encode(문서), dtype=np.int64), return_counts=True)
        가방[i, 번호들] = 1 if binary else 횟수
    return 가방


class TfIdf:
    def fit(self, counts):
        횟수 = self._검사(counts)
        문서_수 = len(횟수)
        if not 문서_수:
            raise ValueError("counts 안에 문서가 없습니다")
        문서_빈도 = [sum(1 for 값 in 열 if 값 > 0) for 열 in 횟수.T]
        self.idf = np.array([math.log((1 + 문서_수) / (1 + 빈도)) + 1 for 빈도 in 문서_빈도])
        return self

    def transform(self, counts):
        횟수 = self._검사(counts)
        if 횟수.shape[1] != len(self.idf):
            raise ValueError("counts 열의 수가 학습 때와 다릅니다")
        가중 = 횟수 * self.idf
        for 행 in 가중:
            길이 = math.sqrt(행 @ 행)
            if 길이 > 0:
                행 /= 길이
        return 가중

    def _검사(self, counts):
        횟수 = np.asarray(counts, dtype=np.float64)
        if 횟수.ndim != 2:
            raise ValueError("counts 모양은 (N, V)이어야 합니다")
        if (횟수 < 0).any():
            raise ValueError("counts 값은 음수일 수 없습니다")
        return 횟수
