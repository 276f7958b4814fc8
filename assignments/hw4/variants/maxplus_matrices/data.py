"""CoNLL-U with regular expressions."""

import re

_TOKEN = re.compile(r"^(\d+)\t([^\t\n]*)\t[^\t\n]*\t([^\t\n]*)", re.MULTILINE)
_CLASSES = (
    (re.compile(r"[0-9]"), "<num>"),
    (re.compile(r".*([\uac00-\ud7a3])", re.DOTALL), None),
    (re.compile(r"-"), "<hyphen>"),
    (re.compile(r"ing\Z"), "<ing>"),
    (re.compile(r"ed\Z"), "<ed>"),
    (re.compile(r"ly\Z"), "<ly>"),
    (re.compile(r"s\Z"), "<s>"),
)


def read_conllu(text: str) -> list[list[tuple[str, str]]]:
    blocks = re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n"))
    sentences = [[(form, tag) for _, form, tag in _TOKEN.findall(block)] for block in blocks]
    return [sentence for sentence in sentences if sentence]


def word_class(word: str) -> str:
    for pattern, name in _CLASSES:
        found = pattern.search(word)
        if found:
            return name or f"<hangul:{found.group(1)}>"
    first_letter = next(filter(str.isalpha, word), "")
    return "<cap>" if first_letter.isupper() else "<unk>"
