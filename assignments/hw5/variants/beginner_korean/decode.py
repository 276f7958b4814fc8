"""탐욕 탐색과 빔 탐색."""

import torch


def greedy(model, src, src_lengths, bos, eos, max_length):
    문장_수 = src.shape[0]
    결과 = [[] for _ in range(문장_수)]
    끝남 = [False] * 문장_수
    지난_단어 = [bos] * 문장_수
    상태 = model.begin(src, src_lengths)
    for _ in range(max_length):
        로그_확률, 상태 = model.advance(torch.tensor(지난_단어), 상태)
        for 번호 in range(문장_수):
            단어 = torch.argmax(로그_확률[번호]).item()
            지난_단어[번호] = 단어
            if 단어 == eos:
                끝남[번호] = True
            if not 끝남[번호]:
                결과[번호].append(단어)
        if all(끝남):
            break
    return 결과


class _모델에서:
    """가설들의 다음 단어 확률을 모델에 묻는다."""

    def __init__(self, model, src, src_lengths):
        self.model = model
        self.상태 = model.begin(src, src_lengths)

    def 묻기(self, _, 단어들):
        with torch.no_grad():
            로그_확률, self.상태 = self.model.advance(torch.tensor(단어들), self.상태)
        return 로그_확률.tolist()

    def 남기기(self, 부모들):
        self.상태 = self.model.select(self.상태, torch.tensor(부모들, dtype=torch.int64))


class _표에서:
    def __init__(self, log_probs):
        self.표 = log_probs

    def 묻기(self, 걸음, 단어들):
        return [self.표[걸음][단어].tolist() for 단어 in 단어들]

    def 남기기(self, 부모들):
        pass


def _순서(가설):
    단어들, 점수 = 가설[0], 가설[1]
    return (-점수, 단어들)


def _빔(출처, 걸음_수, bos, eos, k, length_penalty):
    살아있는 = [([], 0.0)]
    끝난 = []
    for 걸음 in range(걸음_수):
        마지막 = [가설[0][-1] if len(가설[0]) > 0 else bos for 가설 in 살아있는]
        확률들 = 출처.묻기(걸음, 마지막)
        후보 = []
        for 부모, (단어들, 합) in enumerate(살아있는):
            for 단어, 값 in enumerate(확률들[부모]):
                if 값 != float("-inf"):
                    후보.append((단어들 + [단어], 합 + 값, 부모))
        후보.sort(key=_순서)
        살아있는, 부모들 = [], []
        for 단어들, 합, 부모 in 후보[:k]:
            if 단어들[-1] == eos:
                끝난.append((단어들[:-1], 합 / len(단어들) ** length_penalty))
            else:
                살아있는.append((단어들, 합))
                부모들.append(부모)
        if len(살아있는) == 0:
            break
        출처.남기기(부모들)
    else:
        for 단어들, 합 in 살아있는:
            끝난.append((단어들, 합 / max(len(단어들), 1) ** length_penalty))
    끝난.sort(key=_순서)
    return 끝난[:k]


def _k_확인(k):
    if k < 1:
        raise ValueError("k must be 1 or more")


def beam_search(model, src, src_lengths, bos, eos, max_length, k, length_penalty=0.0):
    _k_확인(k)
    출처 = _모델에서(model, src, src_lengths)
    return _빔(출처, max_length, bos, eos, k, length_penalty)


def beam_search_table(log_probs, bos, eos, k, length_penalty=0.0):
    _k_확인(k)
    return _빔(_표에서(log_probs), log_probs.shape[0], bos, eos, k, length_penalty)
