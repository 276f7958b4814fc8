"""여러 파일이 함께 쓰는 작은 도구."""

import numpy as np
import torch


def 생성기(씨앗):
    return np.random.default_rng(씨앗)


def 채우기(줄들, 빈칸):
    길이 = [len(줄) for 줄 in 줄들]
    판 = np.full((len(줄들), max(길이)), 빈칸, dtype=np.int64)
    for 번호, 줄 in enumerate(줄들):
        판[번호, : len(줄)] = 줄
    return torch.from_numpy(판), torch.tensor(길이)
