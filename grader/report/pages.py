"""From the numbers to HTML: one self-contained file a page, nothing is loaded from anywhere."""

from __future__ import annotations

import base64
import hashlib
from functools import cache, lru_cache, partial
from importlib.resources import files
from typing import Any

import jinja2
import markupsafe
from jinja2.runtime import Macro
from markupsafe import Markup

from grader.i18n import translate
from grader.report import escape, formatting

MAX_KEPT = 400  # letters of a text that is worth remembering


def render(template: str, lang: str, others: list[dict[str, str]], context: dict[str, Any]) -> str:
    """The page `templates/<template>` in `lang`.

    `others` name the same page in other languages: "lang" and "link" of each.
    """
    own = {
        "lang": lang,
        "others": others,
        "t": partial(_translate, "report", lang),
        "word": partial(_translate, "outcome", lang),
        "stands": partial(_translate, "function", lang),
    }
    return _environment().get_template(template).render(own | context)


def _translate(topic: str, lang: str, code: str, **fields: object) -> str:
    name = f"{topic}.{code}"
    return translate(name, lang, **fields) if fields else _sentence(name, lang)


@cache
def _sentence(name: str, lang: str) -> Markup:
    return _shown(translate(name, lang))


class _Environment(jinja2.Environment):
    """Where `entry.title` asks a dict for its key first, and not after an exception."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        if type(obj) is dict and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)


@cache
def _environment() -> jinja2.Environment:
    environment = _Environment(
        loader=jinja2.PackageLoader("grader.report", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_finalise,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        points=formatting.points,
        percent=formatting.percent,
        decimal=formatting.decimal,
    )
    style, script = _asset("style.css"), _asset("table.js")
    environment.globals.update(
        style=Markup(style),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own file
        style_hash=_source_hash(style),
        script_hash=_source_hash(script),
        once=_once,
    )
    return environment


def _finalise(value: Any) -> Any:
    """Every value that a template prints passes here, so none can be forgotten."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return _seen_before(value) if len(value) < MAX_KEPT else _shown(value)


@lru_cache(maxsize=1 << 14)
def _seen_before(text: str) -> Markup:
    """Titles, hints and sentences are the same on the pages of a whole class."""
    return _shown(text)


def _shown(text: str) -> Markup:
    return markupsafe.escape(escape.visible(text))


def _once(data: dict[str, Any], macro: Macro) -> str:
    """What the macro of that name makes of `data`, made once and kept beside it."""
    made: dict[str, str] = data.setdefault("made", {})
    name = macro.name
    if name not in made:
        made[name] = macro(data)
    return made[name]


def _asset(name: str) -> str:
    return files("grader.report").joinpath("templates", name).read_text(encoding="utf-8")


def _source_hash(text: str) -> str:
    """A hash source of the Content Security Policy: only this very text may style or run."""
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"sha256-{digest}"
