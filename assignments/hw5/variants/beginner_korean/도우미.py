"""여러 파일이 함께 쓰는 작은 함수들."""

import random

import torch


def 확률인지_확인(이름, 값):
    if 값 < 0 or 값 > 1:
        raise ValueError(이름 + "은(는) 0과 1 사이여야 합니다: " + str(값))


def 가중치_채우기(모듈, seed):
    """모든 파라미터를 seed 하나로 새로 뽑는다."""
    생성기 = torch.Generator()
    생성기.manual_seed(seed)
    with torch.no_grad():
        for 이름, 파라미터 in 모듈.named_parameters():
            if 이름.endswith("gain"):
                파라미터.fill_(1.0)
            elif 파라미터.dim() < 2:
                파라미터.zero_()
            else:
                폭 = 파라미터.shape[-1]
                파라미터.copy_(torch.randn(파라미터.shape, generator=생성기) / 폭**0.5)


def 섞은_순서(개수, 주사위):
    순서 = list(range(개수))
    for 뒤 in range(개수 - 1, 0, -1):
        앞 = 주사위.randint(0, 뒤)
        순서[뒤], 순서[앞] = 순서[앞], 순서[뒤]
    return 순서


def 새_주사위(seed):
    return random.Random("과제5:" + str(seed))
