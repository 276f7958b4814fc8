"""여러 파일이 함께 쓰는 검사."""


def 적어도_하나(이름, 값):
    if 값 < 1:
        raise ValueError(f"{이름} 값은 1 이상이어야 합니다: {값}")


def 같은_모양(이름, 텐서, 모양):
    if tuple(텐서.shape) != tuple(모양):
        raise ValueError(f"{이름} 의 모양이 {tuple(모양)} 이어야 합니다")
