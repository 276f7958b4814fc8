"""여러 파일에서 쓰는 것들."""

import unicodedata


def 음절인가(글자):
    return unicodedata.name(글자, "").startswith("HANGUL SYLLABLE")


def 길이확인(가, 나, 이름):
    if [len(x) for x in 가] != [len(x) for x in 나]:
        raise ValueError(f"{이름} 길이가 다릅니다")
