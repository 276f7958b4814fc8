import torch

A = "ㄱ ㄲ ㄴ ㄷ ㄸ ㄹ ㅁ ㅂ ㅃ ㅅ ㅆ ㅇ ㅈ ㅉ ㅊ ㅋ ㅌ ㅍ ㅎ".split()
B = "ㅏ ㅐ ㅑ ㅒ ㅓ ㅔ ㅕ ㅖ ㅗ ㅘ ㅙ ㅚ ㅛ ㅜ ㅝ ㅞ ㅟ ㅠ ㅡ ㅢ ㅣ".split()
C = "e ㄱ ㄲ ㄳ ㄴ ㄵ ㄶ ㄷ ㄹ ㄺ ㄻ ㄼ ㄽ ㄾ ㄿ ㅀ ㅁ ㅂ ㅄ ㅅ ㅆ ㅇ ㅈ ㅊ ㅋ ㅌ ㅍ ㅎ".split()
TABLE = {}
code = 0xAC00
for a in A:
    for b in B:
        for c in C:
            TABLE[chr(code)] = a + b + c
            code += 1


def char_ngrams(word, n_min=3, n_max=6):
    if n_min < 1:
        raise ValueError("n_min")
    if n_max < n_min:
        raise ValueError("n_max")
    word = "<" + word + ">"
    found = []
    for n in range(n_min, n_max + 1):
        for i in range(len(word)):
            gram = word[i : i + n]
            if len(gram) == n and gram not in found:
                found.append(gram)
    if word not in found:
        found.append(word)
    return found


def to_jamo(text):
    out = ""
    for c in text:
        out += TABLE.get(c, c)
    return out


def subword_vector(word, table, n_min=3, n_max=6):
    if len(table) < 1:
        raise ValueError("table")
    grams = char_ngrams(word, n_min, n_max)
    total = 0
    for gram in grams:
        h = 0x811C9DC5
        for byte in gram.encode("utf-8"):
            h = h ^ byte
            h = h * 0x01000193 % (1 << 32)
        total = total + table[h % len(table)]
    return total / len(grams)
