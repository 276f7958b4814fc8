"""평가와 태거."""

import collections

import hw4_hmm_tagger.data as 자료
import hw4_hmm_tagger.decode as 해독
import hw4_hmm_tagger.estimate as 추정
from hw4_hmm_tagger.도움말 import 길이확인


def 펼치기(목록):
    return [x for 줄 in 목록 for x in 줄]


def accuracy(gold, predicted):
    길이확인(gold, predicted, "gold, predicted")
    정답, 예측 = 펼치기(gold), 펼치기(predicted)
    if len(정답) == 0:
        raise ValueError("gold 가 비었습니다")
    return [a == b for a, b in zip(정답, 예측)].count(True) / len(정답)


def known_unknown_accuracy(gold, predicted, words, known):
    길이확인(gold, predicted, "gold, predicted")
    길이확인(gold, words, "gold, words")
    칸 = {True: [], False: []}
    for a, b, w in zip(펼치기(gold), 펼치기(predicted), 펼치기(words)):
        칸[w in known].append(a == b)
    return tuple(float(sum(칸[k]) / len(칸[k])) if 칸[k] else 0.0 for k in (True, False))


def spans(tags):
    결과, 종류, 시작 = [], None, None
    for 자리, 태그 in enumerate(tags):
        if 태그.startswith("I-") and 태그[2:] == 종류:
            continue
        if 종류 is not None:
            결과.append((종류, 시작, 자리))
        종류, 시작 = (None, None) if 태그 == "O" else (태그[2:], 자리)
    if 종류 is not None:
        결과.append((종류, 시작, len(tags)))
    return 결과


def span_f1(gold, predicted):
    길이확인(gold, predicted, "gold, predicted")
    맞음 = 정답수 = 예측수 = 0
    for a, b in zip(gold, predicted):
        정답, 예측 = spans(a), spans(b)
        맞음 += sum(1 for s in 예측 if s in 정답)
        정답수 += len(정답)
        예측수 += len(예측)
    정밀도 = 맞음 / 예측수 if 예측수 else 0.0
    재현율 = 맞음 / 정답수 if 정답수 else 0.0
    합 = 정밀도 + 재현율
    return 정밀도, 재현율, 2 * 정밀도 * 재현율 / 합 if 합 else 0.0


def confusions(gold, predicted, k):
    길이확인(gold, predicted, "gold, predicted")
    if not k >= 1:
        raise ValueError("k 는 1 이상")
    횟수 = collections.Counter(zip(펼치기(gold), 펼치기(predicted)))
    틀림 = sorted((-n, a, b) for (a, b), n in 횟수.items() if a != b)
    return [(a, b, -n) for n, a, b in 틀림][:k]


class 태거:
    def __init__(self, 낱말들, 태그들, 모델):
        self.낱말들, self.태그들, self.모델 = 낱말들, 태그들, 모델

    def 번호(self, 낱말):
        for 이름 in (낱말, 자료.word_class(낱말)):
            if 이름 in self.낱말들:
                return self.낱말들.index(이름)
        return self.낱말들.index("<unk>")

    def tag(self, words):
        if not words:
            return []
        표 = self.모델
        길, _ = 해독.viterbi(표["log_pi"], 표["log_A"], 표["log_B"], list(map(self.번호, words)))
        return [self.태그들[int(i)] for i in 길]


def train_tagger(sentences, alpha=0.1, min_count=2):
    if min_count < 1:
        raise ValueError("min_count 는 1 이상")
    if not 펼치기(sentences):
        raise ValueError("sentences 가 비었습니다")
    횟수 = collections.Counter(w for w, _ in 펼치기(sentences))
    이름 = lambda w: w if 횟수[w] >= min_count else 자료.word_class(w)
    낱말들 = ["<unk>"] + [w for w in dict.fromkeys(이름(w) for w, _ in 펼치기(sentences)) if w != "<unk>"]
    태그들 = list(dict.fromkeys(t for _, t in 펼치기(sentences)))
    모델 = 추정.estimate(
        [[낱말들.index(이름(w)) for w, _ in s] for s in sentences],
        [[태그들.index(t) for _, t in s] for s in sentences],
        len(태그들),
        len(낱말들),
        alpha,
    )
    return 태거(낱말들, 태그들, {n: getattr(모델, n) for n in ("log_pi", "log_A", "log_B")})
