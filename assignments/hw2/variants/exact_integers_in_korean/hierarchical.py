"""허프만 나무와 계층 소프트맥스."""

import heapq

import torch
from torch.nn import functional as F

from hw2_word2vec.도움말 import 모양_확인


class _마디:
    def __init__(self, 양, 번호, 왼쪽=None, 오른쪽=None):
        self.양, self.번호, self.왼쪽, self.오른쪽 = 양, 번호, 왼쪽, 오른쪽

    def __lt__(self, 다른):
        return (self.양, self.번호) < (다른.양, 다른.번호)


def huffman(counts):
    낱말수 = len(counts)
    if 낱말수 == 0 or any(수 < 0 for 수 in counts):
        raise ValueError("counts 목록은 비어 있지 않고 음수가 없어야 합니다")
    더미 = [_마디(수, 번호) for 번호, 수 in enumerate(counts)]
    heapq.heapify(더미)
    while len(더미) > 1:
        첫째 = heapq.heappop(더미)
        둘째 = heapq.heappop(더미)
        heapq.heappush(더미, _마디(첫째.양 + 둘째.양, 2 * 낱말수 - 1 - len(더미) - 1, 첫째, 둘째))
    길들, 부호들 = {}, {}
    할_일 = [(더미[0], [], [])]
    while 할_일:
        마디, 길, 부호 = 할_일.pop()
        if 마디.왼쪽 is None:
            길들[마디.번호], 부호들[마디.번호] = 길, 부호
            continue
        아래 = 길 + [마디.번호 - 낱말수]
        할_일.append((마디.왼쪽, 아래, 부호 + [0]))
        할_일.append((마디.오른쪽, 아래, 부호 + [1]))
    return [길들[번호] for 번호 in range(낱말수)], [부호들[번호] for 번호 in range(낱말수)]


def hierarchical_loss(hidden, nodes, path, code):
    모양_확인("hidden", hidden, (None,))
    모양_확인("nodes", nodes, (None, hidden.shape[0]))
    if len(path) != len(code):
        raise ValueError("path 길이와 code 길이가 다릅니다")
    if any(마디 not in range(len(nodes)) for 마디 in path):
        raise ValueError("path 번호가 범위를 벗어났습니다")
    if any(부호 not in (0, 1) for 부호 in code):
        raise ValueError("code 값은 0이나 1이어야 합니다")
    모든_점수 = nodes @ hidden
    손실 = 모든_점수.new_zeros(())
    for 마디, 부호 in zip(path, code):
        손실 = 손실 - F.logsigmoid((1 - 2 * 부호) * 모든_점수[마디])
    return 손실
