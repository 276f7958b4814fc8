"""문장을 창으로."""

import torch

from .공통 import 양의정수


class Vocabulary:
    def __init__(self, sentences, max_size=None, min_count=1):
        양의정수(min_count, "min_count")
        if max_size is not None:
            양의정수(max_size, "max_size")
        횟수 = {}
        for 문장 in sentences:
            for 단어 in 문장:
                횟수[단어] = 횟수.get(단어, 0) + 1
        후보 = []
        for 단어 in 횟수:
            if 단어 == "<unk>" or 단어 == "<eos>":
                continue
            if 횟수[단어] >= min_count:
                후보.append(단어)
        후보.sort()  # 먼저 글자 순서로,
        후보.sort(key=lambda 단어: 횟수[단어], reverse=True)  # 그다음 횟수로 (안정 정렬)
        self.tokens = ["<unk>", "<eos>"]
        for 단어 in 후보:
            if max_size is not None and len(self.tokens) >= max_size:
                break
            self.tokens.append(단어)

    def __len__(self):
        return len(self.tokens)

    def encode(self, sentences):
        번호 = {}
        for i in range(len(self.tokens)):
            번호[self.tokens[i]] = i
        결과 = []
        for 문장 in sentences:
            for 단어 in 문장:
                if 단어 in 번호:
                    결과.append(번호[단어])
                else:
                    결과.append(0)
            결과.append(1)
        return 결과


def batchify(ids, batch_size):
    양의정수(batch_size, "batch_size")
    길이 = len(ids) // batch_size
    if 길이 == 0:
        raise ValueError("ids 가 batch_size 보다 짧습니다")
    열들 = []
    for 열 in range(batch_size):
        열들.append(ids[열 * 길이 : (열 + 1) * 길이])
    return torch.stack(열들, dim=1)


def windows(data, bptt):
    양의정수(bptt, "bptt")
    결과 = []
    for 시작 in range(0, data.shape[0] - 1, bptt):
        if 시작 + bptt < data.shape[0]:
            입력 = data[시작 : 시작 + bptt]
            목표 = data[시작 + 1 : 시작 + bptt + 1]
        else:
            입력 = data[시작:-1]
            목표 = data[시작 + 1 :]
        결과.append((입력, 목표))
    return 결과
