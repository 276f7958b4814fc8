"""텍스트 다듬기와 편집 거리."""

import re

from .도움말 import 적어도

태그 = re.compile("<[^<>]+>")
괄호 = re.compile(r"\[[^\[\]]*\]")
어미 = ("ing", "ed", "es", "s")


def clean(text):
    # 태그를 먼저, 그다음 대괄호를 빈칸으로
    for 무늬 in (태그, 괄호):
        text = 무늬.sub(" ", text)
    낱말들 = ("".join(filter(str.isalnum, 조각)) for 조각 in text.split())
    return " ".join(낱말 for 낱말 in 낱말들 if 낱말)


def tokenize(text, lower=True):
    낱말들, 지금 = [], []
    for 글자 in [*text, " "]:
        if 글자.isalnum():
            지금.append(글자)
        elif 지금:
            낱말들.append("".join(지금))
            지금 = []
    return [낱말.lower() for 낱말 in 낱말들] if lower else 낱말들


def remove_stop_words(tokens, stop_words):
    불용어 = frozenset(map(str.lower, stop_words))
    return list(filter(lambda 낱말: 낱말.lower() not in 불용어, tokens))


def stem(token):
    if token.endswith("ss"):
        return token
    후보 = (token[:-len(끝)] for 끝 in 어미 if token.endswith(끝))
    return next((줄기 for 줄기 in 후보 if len(줄기) >= 3), token)


def _거리표(source, target, 바꿈값):
    """거리[i, j] = source[i:]를 target[j:]로 바꾸는 값. 메모 재귀."""
    적어도("substitution_cost", 바꿈값, 0)
    거리 = {}

    def 구하기(i, j):
        if (i, j) in 거리:
            return 거리[i, j]
        if i == len(source) or j == len(target):
            값 = len(source) - i + len(target) - j
        elif source[i] == target[j]:
            값 = 구하기(i + 1, j + 1)  # 같은 글자는 그대로 두는 것이 언제나 최선
        else:
            값 = min(구하기(i + 1, j) + 1, 구하기(i, j + 1) + 1, 구하기(i + 1, j + 1) + 바꿈값)
        거리[i, j] = 값
        return 값

    구하기(0, 0)
    return 구하기


def edit_distance(source, target, substitution_cost=2):
    return _거리표(source, target, substitution_cost)(0, 0)


def edit_script(source, target, substitution_cost=2):
    거리 = _거리표(source, target, substitution_cost)
    i = j = 0
    순서 = []
    while i < len(source) and j < len(target):
        if source[i] == target[j]:
            순서.append(("keep", source[i], target[j]))
            i, j = i + 1, j + 1
        elif 거리(i, j) == 거리(i + 1, j + 1) + substitution_cost:
            순서.append(("substitute", source[i], target[j]))
            i, j = i + 1, j + 1
        elif 거리(i, j) == 거리(i + 1, j) + 1:
            순서.append(("delete", source[i], ""))
            i += 1
        else:
            순서.append(("insert", "", target[j]))
            j += 1
    순서 += [("delete", 글자, "") for 글자 in source[i:]]
    순서 += [("insert", "", 글자) for 글자 in target[j:]]
    return 순서
