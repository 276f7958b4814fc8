"""최대 엔트로피 마르코프 모형. 문장마다 한 걸음 내려가고 마지막에 가중치를 평균한다."""

import numpy as np

from hw4_hmm_tagger.도움말 import 로그합


def features(words, i, previous_tag):
    단어 = words[i]
    앞_품사 = "문장의 처음" if previous_tag is None else f"품사 {previous_tag}"
    자질 = ["늘", f"낱말 {단어}", f"앞 {앞_품사}", f"끝 {단어[-3:]}"]
    if 단어 and 단어[0].isupper():
        자질.append("큰 글자로 시작")
    if any(글자.isdecimal() for 글자 in 단어):
        자질.append("숫자가 있음")
    return 자질


class MEMM:
    def __init__(self, tags, l2=0.0):
        if l2 < 0:
            raise ValueError("l2 값이 음수입니다")
        if not tags:
            raise ValueError("tags 목록이 비어 있습니다")
        self.품사들 = list(tags)
        self.벌점 = l2
        self.가중치 = {}

    def fit(self, sentences, epochs=20, lr=0.5, seed=0):
        품사_번호 = {품사: 번호 for 번호, 품사 in enumerate(self.품사들)}
        보기들 = []
        for 문장 in sentences:
            단어들 = [단어 for 단어, _ in 문장]
            앞들 = [None] + [품사 for _, 품사 in 문장]
            보기 = []
            for 자리, (_, 품사) in enumerate(문장):
                if 품사 not in 품사_번호:
                    raise ValueError(f"sentences 문장의 품사 {품사}가 tags 목록에 없습니다")
                보기.append((features(단어들, 자리, 앞들[자리]), 품사_번호[품사]))
            if 보기:
                보기들.append(보기)
        if not 보기들:
            raise ValueError("sentences 목록이 비어 있습니다")
        이름들 = sorted({이름 for 보기 in 보기들 for 자질, _ in 보기 for 이름 in 자질})
        자질_번호 = {이름: 번호 for 번호, 이름 in enumerate(이름들)}
        표 = np.zeros((len(이름들), len(self.품사들)))
        합 = np.zeros_like(표)
        걸음수 = 0
        난수 = np.random.default_rng(seed)
        for _ in range(epochs):
            for 순서 in 난수.permutation(len(보기들)):
                for 자질, 정답 in 보기들[순서]:
                    번호들 = [자질_번호[이름] for 이름 in 자질]
                    점수 = 표[번호들].sum(axis=0)
                    확률 = np.exp(점수 - 로그합(점수, 0))
                    확률[정답] -= 1
                    표[번호들] -= lr * 확률
                # 벌점의 몫은 암시적인 걸음으로 뺀다. 아무리 커도 발산하지 않는다.
                표 /= 1 + lr * self.벌점
                합 += 표
                걸음수 += 1
        평균 = 합 / max(1, 걸음수)
        self.가중치 = {이름: 평균[번호] for 이름, 번호 in 자질_번호.items()}
        return self

    def log_prob_next(self, words, i, previous_tag):
        if i < 0 or i >= len(words):
            raise ValueError("i 자리가 words 밖입니다")
        점수 = np.zeros(len(self.품사들))
        for 이름 in features(words, i, previous_tag):
            점수 = 점수 + self.가중치.get(이름, 0.0)
        return 점수 - 로그합(점수, 0)

    def decode(self, words):
        if not words:
            raise ValueError("words 목록이 비어 있습니다")
        빔 = [(점수, (품사, None)) for 점수, 품사 in zip(self.log_prob_next(words, 0, None), self.품사들)]
        for 자리 in range(1, len(words)):
            표 = np.stack([self.log_prob_next(words, 자리, 품사) for 품사 in self.품사들])
            전체 = np.array([점수 for 점수, _ in 빔])[:, None] + 표
            앞 = 전체.argmax(axis=0)
            빔 = [
                (전체[앞[번호], 번호], (품사, 빔[앞[번호]][1]))
                for 번호, 품사 in enumerate(self.품사들)
            ]
        사슬 = max(빔, key=lambda 것: 것[0])[1]
        결과 = []
        while 사슬:
            품사, 사슬 = 사슬
            결과.insert(0, 품사)
        return 결과


def _점수_확인(scores):
    표 = np.array(scores, dtype=np.float64)
    if 표.ndim != 3 or 표.shape[0] < 1 or 표.shape[1] != 표.shape[2] or 표.shape[1] < 1:
        raise ValueError("scores 모양은 (T, S, S)이어야 합니다")
    return 표


def _최선(표):
    점수 = 표[0, 0]
    경로들 = [(상태,) for 상태 in range(len(점수))]
    for 걸음 in 표[1:]:
        전체 = 점수[:, None] + 걸음
        앞 = 전체.argmax(axis=0)
        점수 = 전체.max(axis=0)
        경로들 = [경로들[앞[뒤]] + (뒤,) for 뒤 in range(len(점수))]
    끝 = int(점수.argmax())
    return np.array(경로들[끝], dtype=np.int64), float(점수[끝])


def locally_normalised(scores):
    표 = _점수_확인(scores)
    합 = 로그합(표, 2)[:, :, None]
    with np.errstate(invalid="ignore"):
        정규 = np.where(np.isneginf(표), -np.inf, 표 - 합)
    return _최선(정규)


def globally_normalised(scores):
    표 = _점수_확인(scores)
    경로, 점수 = _최선(표)
    모두 = 표[0, 0]
    for 걸음 in 표[1:]:
        모두 = 로그합(모두[:, None] + 걸음, 0)
    return 경로, 점수 if 점수 == -np.inf else 점수 - float(로그합(모두, 0))
