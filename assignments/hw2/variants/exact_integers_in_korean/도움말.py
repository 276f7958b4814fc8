"""여러 모듈이 함께 쓰는 도움 함수."""

from collections import defaultdict


def 모양_확인(이름, 텐서, 모양):
    """텐서의 모양이 다르면 이름을 밝힌 오류를 낸다. None은 아무 크기나 된다는 뜻이다."""
    맞음 = 텐서.ndim == len(모양) and all(
        원함 is None or 실제 == 원함 for 실제, 원함 in zip(텐서.shape, 모양)
    )
    if not 맞음:
        raise ValueError(f"{이름} 모양이 맞지 않습니다: {tuple(텐서.shape)}")


def 개수_세기(것들):
    개수 = defaultdict(int)
    for 것 in 것들:
        개수[것] += 1
    return 개수


def 이웃(번호들, 자리, 너비):
    """자리의 왼쪽과 오른쪽 이웃을 순서대로 낸다."""
    시작 = 자리 - 너비 if 자리 > 너비 else 0
    return 번호들[시작:자리] + 번호들[자리 + 1 : 자리 + 너비 + 1]
