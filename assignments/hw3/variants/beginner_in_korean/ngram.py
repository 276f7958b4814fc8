"""n-그램 언어 모델. 처음 배우는 사람의 방식으로."""

import math

시작 = "<s>"
끝 = "</s>"
모름 = "<unk>"


def 채우기(문장, n):
    결과 = []
    for _ in range(n - 1):
        결과.append(시작)
    for 단어 in 문장:
        결과.append(단어)
    return 결과


class NGram:
    def __init__(self, n: int, alpha: float = 1.0):
        self.n = n
        self.alpha = alpha
        self.어휘 = []
        self.횟수 = {}
        self.문맥횟수 = {}

    def fit(self, sentences):
        if self.n <= 0:
            raise ValueError("n 은 1 이상이어야 합니다")
        if self.alpha < 0:
            raise ValueError("alpha 는 0 이상이어야 합니다")
        self.횟수 = {}
        self.문맥횟수 = {}
        모든단어 = set([끝, 모름])
        for 문장 in sentences:
            for 단어 in 문장:
                모든단어.add(단어)
        self.어휘 = sorted(모든단어)
        for 문장 in sentences:
            줄 = 채우기(문장, self.n)
            줄.append(끝)
            위치 = self.n - 1
            while 위치 < len(줄):
                문맥 = " ".join([repr(단어) for 단어 in 줄[위치 - self.n + 1 : 위치]])
                if 문맥 not in self.횟수:
                    self.횟수[문맥] = {}
                    self.문맥횟수[문맥] = 0
                if 줄[위치] not in self.횟수[문맥]:
                    self.횟수[문맥][줄[위치]] = 0
                self.횟수[문맥][줄[위치]] = self.횟수[문맥][줄[위치]] + 1
                self.문맥횟수[문맥] = self.문맥횟수[문맥] + 1
                위치 = 위치 + 1
        self.어휘집합 = 모든단어
        self.vocabulary_size = len(self.어휘)
        return self

    def 바꾸기(self, 단어):
        if 단어 in self.어휘집합:
            return 단어
        return 모름

    def log_prob(self, word, context):
        줄 = 채우기([self.바꾸기(단어) for 단어 in context], self.n)
        if self.n == 1:
            마지막 = []
        else:
            마지막 = 줄[-(self.n - 1) :]
        문맥 = " ".join([repr(단어) for 단어 in 마지막])
        전체 = self.문맥횟수.get(문맥, 0)
        if 전체 == 0:
            if self.alpha == 0:
                return float("-inf")
            return math.log(1 / self.vocabulary_size)
        센것 = self.횟수[문맥].get(self.바꾸기(word), 0)
        if 센것 + self.alpha == 0:
            return float("-inf")
        return math.log(센것 + self.alpha) - math.log(전체 + self.alpha * self.vocabulary_size)

    def perplexity(self, sentences):
        합 = 0.0
        개수 = 0
        for 문장 in sentences:
            for 위치 in range(len(문장) + 1):
                if 위치 == len(문장):
                    단어 = 끝
                else:
                    단어 = 문장[위치]
                합 = 합 + self.log_prob(단어, 문장[:위치])
                개수 = 개수 + 1
        if 개수 == 0:
            raise ValueError("sentences 가 비어 있습니다")
        try:
            return math.exp(-합 / 개수)
        except OverflowError:
            return float("inf")


def interpolated_log_prob(models, weights, word, context):
    if len(models) != len(weights):
        raise ValueError("models 와 weights 의 길이가 다릅니다")
    합 = 0.0
    for 무게 in weights:
        if 무게 < 0 or 무게 > 1:
            raise ValueError("weights 에 확률이 아닌 값이 있습니다")
        합 += 무게
    if 합 < 1 - 1e-8 or 합 > 1 + 1e-8:
        raise ValueError("weights 의 합이 1이 아닙니다")
    확률 = 0.0
    for 번호 in range(len(models)):
        로그확률 = models[번호].log_prob(word, context)
        if 로그확률 > float("-inf"):
            확률 += 무게_곱(weights[번호], 로그확률)
    if 확률 <= 0:
        return float("-inf")
    return math.log(확률)


def 무게_곱(무게, 로그확률):
    return 무게 * math.exp(로그확률)
