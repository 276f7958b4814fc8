"""Sentences in English and Korean, chosen when they are shown and never when they are stored."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any

from grader.korean import particle

LANGUAGES = ("en", "ko")


class _Counting(Formatter):
    def format_field(self, value: Any, format_spec: str) -> Any:
        """The first of two words for 1, else the second; of two particles that which fits."""
        one, several, many = format_spec.partition("|")
        if not several:
            return super().format_field(value, format_spec)
        if _HANGUL.match(one):
            return particle(str(value), one, many)
        return one if str(value) == "1" else many


_HANGUL = re.compile("[\uac00-\ud7a3]")
_COUNTING = _Counting()
UNKNOWN = "-"  # in place of a place
NOTEBOOK = "notebook"  # in place of a module that was made from its cells
_NOWHERE = "\0"
_NOWHERE_SAID = re.compile(rf" ?\({_NOWHERE}\)")
_CELL = re.compile(r"cell (?P<number>\d+|In \[\d+\])(?: \((?P<name>.*)\))?")


def default_language() -> str:
    """The language of the locale: Korean when it says so, English otherwise."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name)
        if value:
            return "ko" if value.startswith("ko") else "en"
    return "en"


def translate(code: str, lang: str, /, **fields: object) -> str:
    """The sentence `code` ("outcome.timeout") in `lang`, with its `{fields}` filled in.

    `{n:point|points}` is the word that goes with the number `n`, and `{word:이|가}` the particle
    that follows the word: the first after a consonant.
    """
    sentence = _sentence(code, lang)
    return _COUNTING.vformat(sentence, (), fields) if "|" in sentence else sentence.format(**fields)


def choose(text: Mapping[str, str], lang: str) -> str:
    """Of a text in some languages that in `lang`, or else the first: a course need not have all."""
    return text[lang] if lang in text else next(iter(text.values()))


def say(code: str, fields: dict[str, str], lang: str) -> str:
    """The sentence of a stored `Message`: its code is below `message.`.

    A field may come in several languages ("title.en", "title.ko"): `choose` says which is taken.
    """
    texts: dict[str, dict[str, str]] = {}
    for name, value in fields.items():
        base, _, language = name.partition(".")
        texts.setdefault(base, {})[language] = value
    own = {name: choose(text, lang) for name, text in texts.items()}
    if "where" in own:
        own["where"] = _place(own["where"], lang)
    own.setdefault("again", translate("message.hand_in_again", lang))
    if own.get("file") == NOTEBOOK:
        own["file"] = translate("message.notebook_name", lang)
    elif "file" in own:
        own["file"] = _cell(own["file"], lang)
    try:
        said = translate(f"message.{code}", lang, **own)
    except (KeyError, TypeError):  # a record of a newer grader
        return translate("message.unknown", lang, name=code)
    return _NOWHERE_SAID.sub("", said)


def _place(where: str, lang: str) -> str:
    """A place in a file, which a record names in English: "pack/m.py, line 3"."""
    file, found, line = where.rpartition(", line ")
    place = {"file": _cell(file, lang), "line": line}
    if where == UNKNOWN:
        return _NOWHERE
    if found and line == "0":  # of the file as a whole
        return place["file"]
    return translate("message.place", lang, **place) if found else where


def _cell(file: str, lang: str) -> str:
    """A cell of a notebook in place of a file, in English too: "cell 7 (clean)".

    A kernel knows it as "cell In [7] (clean)": the number that Jupyter shows beside it.
    """
    if not (found := _CELL.fullmatch(file)):
        return file
    code = "message.cell" if found["number"].isdigit() else "message.run"
    code += "_of" if found["name"] else ""
    return translate(code, lang, number=found["number"], name=found["name"])


@cache
def _sentence(code: str, lang: str) -> str:
    topic, _, name = code.partition(".")
    node: Any = _catalogue(lang, topic)
    for part in name.split("."):
        node = node[part]
    return str(node)


@cache
def _catalogue(lang: str, topic: str) -> dict[str, Any]:
    """`grader/locale/<lang>/<topic>.toml`: one file a topic, the first word of a code."""
    file = files("grader").joinpath("locale", lang, f"{topic}.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))
