"""Pieces of words, letter by letter."""

INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
FINALS = "eㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"


def char_ngrams(word, n_min=3, n_max=6):
    if n_min < 1:
        raise ValueError("n_min must be at least 1")
    if n_min > n_max:
        raise ValueError("n_min must not exceed n_max")
    marked = "<" + word + ">"
    grams = []
    for n in range(n_min, n_max + 1):
        for begin in range(len(marked) - n + 1):
            gram = marked[begin : begin + n]
            if gram not in grams:
                grams.append(gram)
    if marked not in grams:
        grams.append(marked)
    return grams


def to_jamo(text):
    letters = ""
    for character in text:
        number = ord(character) - ord("가")
        if 0 <= number < 11172:
            letters += INITIALS[number // 588]
            letters += VOWELS[number % 588 // 28]
            letters += FINALS[number % 28]
        else:
            letters += character
    return letters


def _hash(gram):
    value = 2166136261
    for byte in gram.encode("utf-8"):
        value = ((value ^ byte) * 16777619) % 2**32
    return value


def subword_vector(word, table, n_min=3, n_max=6):
    if table.dim() != 2 or len(table) == 0:
        raise ValueError("table must have the shape (B, d) with at least one row")
    grams = char_ngrams(word, n_min, n_max)
    total = table[_hash(grams[0]) % len(table)]
    for gram in grams[1:]:
        total = total + table[_hash(gram) % len(table)]
    return total / len(grams)
