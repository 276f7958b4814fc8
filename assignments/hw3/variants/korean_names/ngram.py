"""세어서 만드는 언어 모델."""

import math

from .도움말 import 확인

시작, 끝, 모름 = "<s>", "</s>", "<unk>"


class NGram:
    def __init__(self, n, alpha=1.0):
        확인(alpha >= 0, "alpha")
        확인(n >= 1, "n")
        self.n, self.alpha = n, alpha
        self.개수 = {}

    def fit(self, sentences):
        self.개수 = {}
        self.어휘 = set().union(*map(set, sentences), [끝, 모름])
        for 문장 in sentences:
            줄 = [시작] * (self.n - 1) + list(문장) + [끝]
            for i in range(self.n - 1, len(줄)):
                for 열쇠 in (tuple(줄[i - self.n + 1 : i + 1]), (None, *줄[i - self.n + 1 : i])):
                    self.개수[열쇠] = self.개수.get(열쇠, 0) + 1
        return self

    @property
    def vocabulary_size(self):
        return len(self.어휘)

    def 바꿈(self, 단어):
        return 단어 if 단어 in self.어휘 else 모름

    def log_prob(self, word, context):
        앞 = [self.바꿈(단어) for 단어 in context[-(self.n - 1) :]] if self.n > 1 else []
        앞 = [시작] * (self.n - 1 - len(앞)) + 앞
        위 = self.개수.get((*앞, self.바꿈(word)), 0) + self.alpha
        아래 = self.개수.get((None, *앞), 0) + self.alpha * self.vocabulary_size
        return math.log(위 / 아래) if 위 > 0 else -math.inf

    def perplexity(self, sentences):
        확인(len(sentences) > 0, "sentences")
        합 = 수 = 0
        for 문장 in sentences:
            지금까지 = []
            for 단어 in [*문장, 끝]:
                합 += self.log_prob(단어, 지금까지)
                수 += 1
                지금까지 = [*지금까지, 단어][-self.n :]
        return math.exp(-합 / 수)


def interpolated_log_prob(models, weights, word, context):
    확인(abs(sum(weights) - 1) < 1e-9, "weights")
    확인(len(weights) == len(models), "weights")
    확률 = 0.0
    for 모델, 무게 in zip(models, weights):
        확률 += 무게 * math.exp(모델.log_prob(word, context))
    return math.log(확률) if 확률 else -math.inf
