"""네거티브 뽑기."""

import numpy as np
import torch


def negative_distribution(counts, power=0.75):
    if power < 0:
        raise ValueError("power 가 음수입니다")
    횟수 = np.asarray(counts, dtype=np.float64)
    if (횟수 < 0).any():
        raise ValueError("counts 에 음수가 있습니다")
    있음 = 횟수 > 0
    if not 있음.any():
        raise ValueError("counts 가 모두 0입니다")
    무게 = np.zeros_like(횟수)
    # 로그로 계산하면 아주 큰 횟수도 넘치지 않는다
    무게[있음] = np.exp(power * np.log(횟수[있음] / 횟수.max()))
    return torch.from_numpy(무게 / 무게.sum())


class AliasSampler:
    def __init__(self, probabilities):
        확률 = probabilities.double().numpy()
        if 확률.size == 0 or (확률 < 0).any() or not abs(확률.sum() - 1) <= 1e-6:
            raise ValueError("probabilities 는 분포여야 합니다")
        크기 = len(확률)
        몫 = 확률 / 확률.sum() * 크기
        문턱, 별칭 = np.ones(크기), np.arange(크기)
        # 작은 것부터 차례로, 큰 것 하나가 1 밑으로 내려갈 때까지 채운다
        순서 = np.argsort(몫, kind="stable").tolist()
        가난한 = [i for i in 순서 if 몫[i] < 1]
        부유한 = [i for i in 순서 if 몫[i] >= 1]
        다음 = 0
        while 다음 < len(가난한) and 부유한:
            작은, 큰 = 가난한[다음], 부유한[-1]
            다음 += 1
            문턱[작은], 별칭[작은] = 몫[작은], 큰
            몫[큰] += 몫[작은] - 1
            if 몫[큰] < 1:
                부유한.pop()
                가난한.append(큰)
        self.threshold, self.alias = torch.from_numpy(문턱), torch.from_numpy(별칭)

    def sample(self, shape, seed):
        주사위 = np.random.default_rng(seed)
        열 = 주사위.integers(0, len(self.alias), size=shape)
        동전 = 주사위.random(size=shape)
        뽑은 = np.where(동전 < self.threshold.numpy()[열], 열, self.alias.numpy()[열])
        return torch.from_numpy(np.asarray(뽑은, dtype=np.int64).reshape(shape))
