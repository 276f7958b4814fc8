"""자료 읽기."""

import re

from hw4_hmm_tagger.도움말 import 음절인가


def read_conllu(text):
    문장들, 문장 = [], []
    for 줄 in re.split(r"\r?\n", text) + [""]:
        if 줄 == "":
            if 문장:
                문장들.append(문장)
            문장 = []
            continue
        if 줄[0] == "#":
            continue
        번호, 어형, _, 품사, *_ = 줄.split("\t")
        if re.fullmatch(r"\d+", 번호):
            문장 += [(어형, 품사)]
    return 문장들


def word_class(word):
    if re.search(r"\d", word):
        return "<num>"
    음절들 = [글자 for 글자 in word if 음절인가(글자)]
    if 음절들:
        return "<hangul:" + 음절들[-1] + ">"
    if word.find("-") >= 0:
        return "<hyphen>"
    if 어미 := re.search(r"(ing|ed|ly|s)\Z", word):
        return f"<{어미.group()}>"
    return "<cap>" if word and word[0].isupper() else "<unk>"
