"""탐색: 탐욕 탐색은 폭이 1인 빔 탐색과 따로 둡니다."""

import torch


def greedy(model, src, src_lengths, bos, eos, max_length):
    with torch.no_grad():
        상태 = model.begin(src, src_lengths)
        단어 = torch.full([src.shape[0]], bos)
        끝남 = torch.zeros(src.shape[0], dtype=torch.bool)
        기록 = []
        while len(기록) < max_length and not 끝남.all():
            로그확률, 상태 = model.advance(단어, 상태)
            단어 = 로그확률.max(-1).indices
            끝남 |= 단어 == eos
            기록.append(torch.where(끝남, -1, 단어))
    if not 기록:
        return [[] for _ in src]
    return [[단어 for 단어 in 줄 if 단어 >= 0] for 줄 in torch.stack(기록, 1).tolist()]


def _검사(k):
    if k <= 0:
        raise ValueError("k는 1 이상이어야 합니다")


def _정리(완성, k):
    완성.sort(key=lambda 가설: (-가설[1], 가설[0]))
    return 완성[:k]


def beam_search(model, src, src_lengths, bos, eos, max_length, k, length_penalty=0.0):
    _검사(k)
    완성 = []
    with torch.no_grad():
        상태 = model.begin(src, src_lengths)
        문장, 합, 마지막 = [[]], torch.zeros(1), torch.tensor([bos])
        for 길이 in range(1, max_length + 1):
            로그확률, 상태 = model.advance(마지막, 상태)
            점수 = 합.unsqueeze(1) + 로그확률
            크기 = 점수.shape[1]
            값, 자리 = 점수.reshape(-1).topk(min(k, 점수.numel()))
            남은 = []
            for 점, 곳 in zip(값.tolist(), 자리.tolist()):
                줄, 단어 = divmod(곳, 크기)
                if 단어 == eos:
                    완성.append((문장[줄], 점 / 길이**length_penalty))
                else:
                    남은.append((문장[줄] + [단어], 점, 줄))
            if not 남은:
                문장 = []
                break
            문장 = [가설[0] for 가설 in 남은]
            합 = torch.tensor([가설[1] for 가설 in 남은])
            마지막 = torch.tensor([가설[0][-1] for 가설 in 남은])
            상태 = model.select(상태, torch.tensor([가설[2] for 가설 in 남은]))
        for 줄, 가설 in enumerate(문장):
            완성.append((가설, float(합[줄]) / max_length**length_penalty))
    return _정리(완성, k)


def beam_search_table(log_probs, bos, eos, k, length_penalty=0.0):
    _검사(k)
    후보, 완성 = [([], 0.0)], []
    for 시각, 표 in enumerate(log_probs.tolist()):
        다음 = []
        for 문장, 점수 in 후보:
            줄 = 표[문장[-1] if 문장 else bos]
            다음 += [(문장 + [단어], 점수 + 값) for 단어, 값 in enumerate(줄) if 값 != -float("inf")]
        다음.sort(key=lambda 가설: (-가설[1], 가설[0]))
        후보 = []
        for 문장, 점수 in 다음[:k]:
            if 문장[-1] == eos:
                완성.append((문장[:-1], 점수 / (시각 + 1) ** length_penalty))
            else:
                후보.append((문장, 점수))
    완성 += [(문장, 점수 / len(문장) ** length_penalty) for 문장, 점수 in 후보 if 문장]
    return _정리(완성, k)
