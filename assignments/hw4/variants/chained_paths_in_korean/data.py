"""CoNLL-U 읽기와 단어 부류."""

import unicodedata


def read_conllu(text):
    문장들, 문장 = [], []
    for 줄 in text.split("\n") + [""]:
        칸 = 줄.removesuffix("\r").split("\t")
        if len(칸) >= 4 and 칸[0].isdigit():
            문장.append((칸[1], 칸[3]))
        elif not 줄.strip() and 문장:
            문장들.append(문장)
            문장 = []
    return 문장들


def _한글_음절(글자):
    return unicodedata.name(글자, "").startswith("HANGUL SYLLABLE ")


def word_class(word):
    if any(unicodedata.category(글자) == "Nd" for 글자 in word):
        return "<num>"
    음절들 = [글자 for 글자 in word if _한글_음절(글자)]
    if 음절들:
        return f"<hangul:{음절들[-1]}>"
    if word.count("-"):
        return "<hyphen>"
    for 끝 in ["ing", "ed", "ly", "s"]:
        if word[-len(끝):] == 끝:
            return f"<{끝}>"
    if word and unicodedata.category(word[0]) == "Lu":
        return "<cap>"
    return "<unk>"
