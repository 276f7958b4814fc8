"""소음 분포와 별칭 방법. 표는 정수로 어림 없이 만든다."""

import random

import torch


def negative_distribution(counts, power=0.75):
    if power < 0:
        raise ValueError("power 값은 음수일 수 없습니다")
    if len(counts) == 0 or bool((counts < 0).any()) or not bool((counts > 0).any()):
        raise ValueError("counts 값은 음수가 아니고 하나는 양수여야 합니다")
    로그 = counts.to(torch.float64).log()  # 0은 -inf가 되고
    지수 = torch.where(counts > 0, power * 로그, torch.full_like(로그, -torch.inf))
    return torch.softmax(지수, dim=0)  # softmax는 그것을 0으로 만든다


def _정수로(값들):
    """부동소수점 수들을 같은 2의 거듭제곱으로 나눈 정수로 바꾼다."""
    비 = [값.as_integer_ratio() for 값 in 값들]
    분모 = max(아래 for _, 아래 in 비)
    return [위 * (분모 // 아래) for 위, 아래 in 비]


class AliasSampler:
    def __init__(self, probabilities):
        확률 = probabilities.to(torch.float64).tolist()
        if not 확률:
            raise ValueError("probabilities 목록이 비어 있습니다")
        if min(확률) < 0:
            raise ValueError("probabilities 값은 음수일 수 없습니다")
        양 = _정수로([값 if 값 > 1e-200 else 0.0 for 값 in 확률])
        전체 = sum(양)
        if abs(sum(확률) - 1) > 1e-6 or 전체 == 0:
            raise ValueError("probabilities 합이 1이 아닙니다")
        개수 = len(양)
        # 칸마다 들어갈 양은 전체이고, 번호마다 가진 양은 개수 배이다. 모두 정수라서 꼭 맞는다.
        가진_양 = [개수 * 값 for 값 in 양]
        문턱, 별칭 = [전체] * 개수, list(range(개수))
        작은_것 = [번호 for 번호 in range(개수) if 가진_양[번호] < 전체]
        큰_것 = [번호 for 번호 in range(개수) if 가진_양[번호] > 전체]
        while 작은_것:
            작은, 큰 = 작은_것.pop(), 큰_것[-1]
            문턱[작은], 별칭[작은] = 가진_양[작은], 큰
            가진_양[큰] -= 전체 - 가진_양[작은]
            if 가진_양[큰] <= 전체:
                큰_것.pop()
                if 가진_양[큰] < 전체:
                    작은_것.append(큰)
        self.threshold = torch.tensor([값 / 전체 for 값 in 문턱], dtype=torch.float64)
        self.alias = torch.tensor(별칭, dtype=torch.int64)
        self._열 = list(zip(self.threshold.tolist(), 별칭))

    def sample(self, shape, seed):
        난수 = random.Random(seed)
        수 = 1
        for 크기 in shape:
            수 *= 크기
        뽑힌_것 = []
        for _ in range(수):
            번호 = 난수.randrange(len(self._열))
            문턱, 다른 = self._열[번호]
            뽑힌_것.append(번호 if 난수.random() < 문턱 else 다른)
        return torch.tensor(뽑힌_것, dtype=torch.int64).view(shape)
