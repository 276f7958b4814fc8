"""평가와 품사 태깅."""

from collections import Counter, defaultdict

from hw4_hmm_tagger.data import word_class
from hw4_hmm_tagger.decode import viterbi
from hw4_hmm_tagger.estimate import estimate


def _길이_확인(gold, predicted):
    if list(map(len, gold)) != list(map(len, predicted)):
        raise ValueError("gold 길이와 predicted 길이가 다릅니다")


def _쌍(gold, predicted):
    _길이_확인(gold, predicted)
    return [쌍 for 정답, 예측 in zip(gold, predicted) for 쌍 in zip(정답, 예측)]


def accuracy(gold, predicted):
    쌍들 = _쌍(gold, predicted)
    if not 쌍들:
        raise ValueError("gold 목록에 단어가 없습니다")
    return sum(정답 == 예측 for 정답, 예측 in 쌍들) / len(쌍들)


def known_unknown_accuracy(gold, predicted, words, known):
    쌍들 = _쌍(gold, predicted)
    if list(map(len, words)) != list(map(len, gold)):
        raise ValueError("words 길이와 gold 길이가 다릅니다")
    갈래 = defaultdict(list)
    낱말들 = (낱말 for 문장 in words for 낱말 in 문장)
    for 낱말, (정답, 예측) in zip(낱말들, 쌍들):
        갈래[낱말 in known].append(정답 == 예측)
    아는_것, 모르는_것 = 갈래[True], 갈래[False]
    return (
        sum(아는_것) / len(아는_것) if 아는_것 else 0.0,
        sum(모르는_것) / len(모르는_것) if 모르는_것 else 0.0,
    )


def spans(tags):
    구간들 = []
    이어짐 = False
    for 자리, 표지 in enumerate(tags):
        if 표지 == "O":
            이어짐 = False
            continue
        머리, 종류 = 표지.split("-", 1)
        if 이어짐 and 머리 == "I" and 구간들[-1][0] == 종류:
            구간들[-1][2] = 자리 + 1
        else:
            구간들.append([종류, 자리, 자리 + 1])
        이어짐 = True
    return [tuple(구간) for 구간 in 구간들]


def span_f1(gold, predicted):
    _길이_확인(gold, predicted)
    정답 = {(번호, 구간) for 번호, 표지들 in enumerate(gold) for 구간 in spans(표지들)}
    예측 = {(번호, 구간) for 번호, 표지들 in enumerate(predicted) for 구간 in spans(표지들)}
    맞음 = len(정답 & 예측)
    if 맞음 == 0:
        return 0.0, 0.0, 0.0
    정밀도, 재현율 = 맞음 / len(예측), 맞음 / len(정답)
    return 정밀도, 재현율, 2 / (1 / 정밀도 + 1 / 재현율)


def confusions(gold, predicted, k):
    if k < 1:
        raise ValueError("k 값은 1 이상이어야 합니다")
    개수 = Counter(쌍 for 쌍 in _쌍(gold, predicted) if 쌍[0] != 쌍[1])
    줄 = [(-수, 정답, 예측) for (정답, 예측), 수 in 개수.items()]
    return [(정답, 예측, -수) for 수, 정답, 예측 in sorted(줄)[:k]]


class Tagger:
    def __init__(self, 모형, 낱말_번호, 품사들):
        self.모형 = 모형
        self.낱말_번호 = 낱말_번호
        self.품사들 = 품사들

    def tag(self, words):
        번호들 = [_번호(낱말, self.낱말_번호) for 낱말 in words]
        if not 번호들:
            return []
        경로, _ = viterbi(self.모형.log_pi, self.모형.log_A, self.모형.log_B, 번호들)
        return [self.품사들[상태] for 상태 in 경로]


def _번호(낱말, 낱말_번호):
    if 낱말 in 낱말_번호:
        return 낱말_번호[낱말]
    return 낱말_번호.get(word_class(낱말), 낱말_번호["<unk>"])


def train_tagger(sentences, alpha=0.1, min_count=2):
    if alpha < 0:
        raise ValueError("alpha 값이 음수입니다")
    if min_count < 1:
        raise ValueError("min_count 값은 1 이상이어야 합니다")
    문장들 = [문장 for 문장 in sentences if 문장]
    if not 문장들:
        raise ValueError("sentences 목록이 비어 있습니다")
    개수 = Counter(낱말 for 문장 in 문장들 for 낱말, _ in 문장)
    흔한_것 = sorted(낱말 for 낱말, 수 in 개수.items() if 수 >= min_count)
    부류 = sorted({word_class(낱말) for 낱말, 수 in 개수.items() if 수 < min_count} | {"<unk>"})
    이름들 = list(dict.fromkeys(흔한_것 + 부류))
    낱말_번호 = {이름: 번호 for 번호, 이름 in enumerate(이름들)}
    품사들 = list(dict.fromkeys(품사 for 문장 in 문장들 for _, 품사 in 문장))
    품사_번호 = {품사: 번호 for 번호, 품사 in enumerate(품사들)}
    모형 = estimate(
        [[_번호(낱말, 낱말_번호) for 낱말, _ in 문장] for 문장 in 문장들],
        [[품사_번호[품사] for _, 품사 in 문장] for 문장 in 문장들],
        len(품사들),
        len(이름들),
        alpha,
    )
    return Tagger(모형, 낱말_번호, 품사들)
