"""여러 모듈이 함께 쓰는 도움 함수."""

import random


def 섞은_순서(개수, 씨앗):
    """0..개수-1을 무작위 열쇠로 정렬한 순서. 전역 난수는 건드리지 않는다."""
    난수 = random.Random(씨앗)
    열쇠 = [난수.random() for _ in range(개수)]
    return sorted(range(개수), key=열쇠.__getitem__)


def 적어도(이름, 값, 최소):
    """값이 최소보다 작으면 이름을 밝힌 오류를 낸다."""
    if 값 < 최소:
        raise ValueError(f"{이름} 값은 {최소} 이상이어야 합니다: {값}")
