"""다항 나이브 베이즈. 클래스마다 따로 센다."""

import numpy as np

from .도움말 import 적어도

음의_무한대 = -np.inf


class NaiveBayes:
    def __init__(self, alpha=1.0):
        적어도("alpha", alpha, 0)
        self.alpha = alpha

    def fit(self, counts, labels):
        횟수, 정답 = self._횟수(counts), np.asarray(labels)
        if 횟수.shape[0] == 0:
            raise ValueError("counts 안에 문서가 없습니다")
        if 정답.shape != (횟수.shape[0],):
            raise ValueError("labels 길이가 문서 수와 다릅니다")
        적어도("labels", 정답.min(), 0)
        클래스_수 = int(정답.max()) + 1
        self.class_log_prior_ = np.full(클래스_수, 음의_무한대)
        self.feature_log_prob_ = np.full((클래스_수, 횟수.shape[1]), 음의_무한대)
        for c in range(클래스_수):
            문서들 = 횟수[정답 == c]
            if len(문서들):
                self.class_log_prior_[c] = np.log(len(문서들) / len(횟수))
            낱말 = 문서들.sum(axis=0) + self.alpha
            있음 = 낱말 > 0  # 0의 로그는 구하지 않는다
            self.feature_log_prob_[c, 있음] = np.log(낱말[있음]) - np.log(낱말.sum()) if 있음.any() else 0
        return self

    def joint_log_likelihood(self, counts):
        횟수 = self._횟수(counts)
        클래스_수, 낱말_수 = self.feature_log_prob_.shape
        if 횟수.shape[1] != 낱말_수:
            raise ValueError("counts 열의 수가 학습 때와 다릅니다")
        점수 = np.empty((len(횟수), 클래스_수))
        for n, 문서 in enumerate(횟수):
            나온 = np.flatnonzero(문서)  # 나오지 않은 낱말은 0 * -inf가 되지 않는다
            점수[n] = (self.feature_log_prob_[:, 나온] * 문서[나온]).sum(axis=1)
        return 점수 + self.class_log_prior_

    def predict_log_proba(self, counts):
        점수 = self.joint_log_likelihood(counts)
        클래스_수 = 점수.shape[1]
        for 행 in 점수:
            최고 = 행.max()
            if 최고 == 음의_무한대:
                행[:] = -np.log(클래스_수)
            else:
                행 -= 최고 + np.log(np.exp(행 - 최고).sum())
        return 점수

    def predict(self, counts):
        점수 = self.joint_log_likelihood(counts)
        return np.array([max(range(len(행)), key=행.__getitem__) for 행 in 점수], dtype=np.int64)

    @staticmethod
    def _횟수(counts):
        횟수 = np.asarray(counts, dtype=np.float64)
        if 횟수.ndim != 2:
            raise ValueError("counts 모양은 (N, V)이어야 합니다")
        적어도("counts", 횟수.min(initial=0), 0)
        return 횟수


def most_informative(model, k, positive=1, negative=0):
    적어도("k", k, 1)
    로그확률 = model.feature_log_prob_.tolist()
    for 이름, 클래스 in {"positive": positive, "negative": negative}.items():
        if 클래스 not in range(len(로그확률)):
            raise ValueError(f"{이름}: 없는 클래스입니다")

    def 차이(낱말):
        앞, 뒤 = 로그확률[positive][낱말], 로그확률[negative][낱말]
        return 앞 - 뒤 if 앞 != 뒤 else 0.0

    # 안정 정렬이라 차이가 같으면 작은 번호가 앞선다
    return sorted(range(len(로그확률[0])), key=차이, reverse=True)[:k]
