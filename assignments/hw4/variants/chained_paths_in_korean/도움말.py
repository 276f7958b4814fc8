"""여러 모듈이 함께 쓰는 도움 함수."""

import numpy as np


def 모형_확인(log_pi, log_A, log_B):
    """세 표를 float64 배열로 바꾸고 모양을 살핀다."""
    초기, 전이, 방출 = (np.array(표, dtype=np.float64) for 표 in (log_pi, log_A, log_B))
    if 초기.ndim != 1 or len(초기) < 1:
        raise ValueError("log_pi 모양은 (S,)이어야 합니다")
    if 전이.shape != (len(초기), len(초기)):
        raise ValueError("log_A 모양은 (S, S)이어야 합니다")
    if 방출.ndim != 2 or 방출.shape[0] != len(초기):
        raise ValueError("log_B 모양은 (S, V)이어야 합니다")
    return 초기, 전이, 방출


def 번호_확인(이름, 번호들, 크기):
    """번호 목록이 비어 있거나 범위를 벗어나면 이름을 밝힌 오류를 낸다."""
    목록 = [int(번호) for 번호 in 번호들]
    if not 목록:
        raise ValueError(f"{이름} 목록이 비어 있습니다")
    if min(목록) < 0 or max(목록) >= 크기:
        raise ValueError(f"{이름} 목록에 0..{크기 - 1} 밖의 번호가 있습니다")
    return 목록


def 로그합(값, 축):
    """logaddexp로 축을 따라 더한다. 모두 -inf이면 -inf이다."""
    return np.logaddexp.reduce(값, axis=축)


def 행_정규화(양):
    """각 행을 합으로 나눈 것의 로그. 합이 0인 행은 균등하다."""
    합 = 양.sum(axis=-1, keepdims=True)
    고친_양 = np.where(합 > 0, 양, 1.0)
    비율 = 고친_양 / 고친_양.sum(axis=-1, keepdims=True)
    결과 = np.full(비율.shape, -np.inf)
    np.log(비율, out=결과, where=비율 > 0)
    return 결과
