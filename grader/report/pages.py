"""From the numbers to HTML: one self-contained file a page, nothing is loaded from anywhere."""

from __future__ import annotations

import base64
import hashlib
from functools import cache, partial
from importlib.resources import files
from typing import Any

import jinja2
from markupsafe import Markup

from grader.i18n import translate
from grader.report import escape, formatting


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
    return translate(f"{topic}.{code}", lang, **fields)


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
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
    )
    return environment


def _finalise(value: Any) -> Any:
    """Every value that a template prints passes here, so none can be forgotten."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return escape.visible(value)
    return value


def _asset(name: str) -> str:
    return files("grader.report").joinpath("templates", name).read_text(encoding="utf-8")


def _source_hash(text: str) -> str:
    """A hash source of the Content Security Policy: only this very text may style or run."""
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"sha256-{digest}"
