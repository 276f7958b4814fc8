"""CoNLL-U as a stream of lines; word classes from a table of tests."""

from itertools import groupby


def read_conllu(text: str) -> list[list[tuple[str, str]]]:
    lines = (line.strip("\r") for line in text.split("\n"))
    sentences = []
    for empty, group in groupby(lines, key=lambda line: not line.strip()):
        if empty:
            continue
        rows = [line.split("\t") for line in group if not line.startswith("#")]
        tokens = [(row[1], row[3]) for row in rows if row[0].isdecimal()]
        if tokens:
            sentences.append(tokens)
    return sentences


def _last_syllable(word: str) -> str | None:
    return max(
        ((i, c) for i, c in enumerate(word) if 0xAC00 <= ord(c) <= 0xD7A3), default=(0, None)
    )[1]


_TESTS = {
    "<num>": lambda word: any(map(str.isdecimal, word)),
    "<hyphen>": lambda word: "-" in word,
    "<ing>": lambda word: word.endswith("ing"),
    "<ed>": lambda word: word.endswith("ed"),
    "<ly>": lambda word: word.endswith("ly"),
    "<s>": lambda word: word.endswith("s"),
    "<cap>": lambda word: word[:1] != word[:1].lower(),
}


def word_class(word: str) -> str:
    for name, fits in _TESTS.items():
        if fits(word):
            return name
        if name == "<num>" and (syllable := _last_syllable(word)):
            return f"<hangul:{syllable}>"
    return "<unk>"
