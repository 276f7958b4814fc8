"""글자 조각, 자모, 조각의 벡터."""

import torch

_첫소리 = "ㄱ ㄲ ㄴ ㄷ ㄸ ㄹ ㅁ ㅂ ㅃ ㅅ ㅆ ㅇ ㅈ ㅉ ㅊ ㅋ ㅌ ㅍ ㅎ".split()
_가운뎃소리 = "ㅏ ㅐ ㅑ ㅒ ㅓ ㅔ ㅕ ㅖ ㅗ ㅘ ㅙ ㅚ ㅛ ㅜ ㅝ ㅞ ㅟ ㅠ ㅡ ㅢ ㅣ".split()
_끝소리 = "e ㄱ ㄲ ㄳ ㄴ ㄵ ㄶ ㄷ ㄹ ㄺ ㄻ ㄼ ㄽ ㄾ ㄿ ㅀ ㅁ ㅂ ㅄ ㅅ ㅆ ㅇ ㅈ ㅊ ㅋ ㅌ ㅍ ㅎ".split()


def char_ngrams(word, n_min=3, n_max=6):
    if n_min < 1 or n_min > n_max:
        raise ValueError("n_min 값은 1 이상이고 n_max 이하여야 합니다")
    표시한_낱말 = f"<{word}>"
    본_것, 조각들 = set(), []
    for 길이 in [*range(n_min, n_max + 1), len(표시한_낱말)]:
        for 자리 in range(len(표시한_낱말) - 길이 + 1):
            조각 = 표시한_낱말[자리 : 자리 + 길이]
            if 조각 not in 본_것:
                본_것.add(조각)
                조각들.append(조각)
    return 조각들


def _풀어_쓰기(글자):
    if not "가" <= 글자 <= "힣":
        return 글자
    번호 = ord(글자) - 0xAC00
    return _첫소리[번호 // 28 // 21] + _가운뎃소리[번호 // 28 % 21] + _끝소리[번호 % 28]


def to_jamo(text):
    return "".join(map(_풀어_쓰기, text))


def _지문(조각):
    값 = 0x811C9DC5
    for 바이트 in bytes(조각, "utf-8"):
        값 ^= 바이트
        값 = 값 * 0x01000193 % (1 << 32)
    return 값


def subword_vector(word, table, n_min=3, n_max=6):
    if table.ndim != 2 or table.shape[0] == 0:
        raise ValueError("table 모양은 (B, d)이고 비어 있지 않아야 합니다")
    행들 = [table[_지문(조각) % table.shape[0]] for 조각 in char_ngrams(word, n_min, n_max)]
    return torch.stack(행들).mean(0)
