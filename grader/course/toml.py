"""Typed reading of TOML tables, with errors that name file, line, key, value and alternatives."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, NoReturn
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from grader.errors import AssignmentInvalid
from grader.i18n import LANGUAGES

Text = dict[str, str]  # language -> sentence

_REQUIRED: Any = object()


class Table:
    """One TOML table. Each key is taken once; `done` refuses the keys that nobody took."""

    def __init__(
        self, data: dict[str, Any], path: Path, source: str, header: str = "", index: int = 0
    ) -> None:
        self._data, self._path, self._source = data, path, source
        self._header, self._index = header, index
        self._taken: list[str] = []

    @classmethod
    def read(cls, path: Path) -> Table:
        """The table that a whole file is. Raises `AssignmentInvalid` when it is no TOML."""
        try:
            text = path.read_text(encoding="utf-8")
            return cls(tomllib.loads(text), path, text)
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise AssignmentInvalid("error.toml", file=path, reason=error) from None

    def tables(self, key: str, *, required: bool = False) -> list[Table]:
        """The array of tables `[[key]]`. With `required` there is at least one."""
        items = self._take(key, [])
        if required and not items:
            self._refuse(f"[[{key}]]", "-", f"[[{key}]]", "error.toml_missing")
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            self._refuse(key, items, f"[[{key}]]")
        return [Table(item, self._path, self._source, key, i) for i, item in enumerate(items)]

    def table(self, key: str) -> Table:
        """The table `[key]`; empty when it is left out."""
        data = self._take(key, {})
        if not isinstance(data, dict):
            self._refuse(key, data, f"[{key}]")
        return Table(data, self._path, self._source, key)

    def string(self, key: str, default: Any = _REQUIRED) -> str:
        """A string."""
        value = self._take(key, default)
        if not isinstance(value, str):
            self._refuse(key, value, '"..."')
        return str(value)

    def moment(self, key: str, zone: ZoneInfo | None) -> str | None:
        """A date, or a date and a time, in ISO 8601; None when it is left out.

        What comes back has an offset, that of `zone` where none was written; a date alone lasts to
        its end.
        """
        value = self._take(key, None)
        if value is None:
            return None
        moment = _moment(value)
        if moment is None:
            self._refuse(key, value, '"2026-03-02", "2026-03-02T18:00", "2026-03-02T18:00+09:00"')
        if moment.tzinfo is None and zone is None:
            self._refuse(key, value, "", "error.no_zone")
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).isoformat()

    def zone(self, key: str) -> ZoneInfo | None:
        """A time zone by its name in the IANA's list; None when it is left out."""
        value = self._take(key, None)
        if value is None:
            return None
        try:
            return ZoneInfo(value)
        except (TypeError, ValueError, OSError, ZoneInfoNotFoundError):
            self._refuse(key, value, '"Asia/Seoul", "Europe/Berlin", "America/New_York", "UTC"')

    def strings(self, key: str, default: Any = _REQUIRED) -> tuple[str, ...]:
        """A list of strings."""
        value = self._take(key, default)
        if not isinstance(value, list | tuple) or not all(isinstance(v, str) for v in value):
            self._refuse(key, value, '["...", "..."]')
        return tuple(value)

    def number(self, key: str, default: Any = _REQUIRED) -> float:
        """A number that is not negative."""
        value = self._take(key, default)
        if not _is_number(value):
            self._refuse(key, value, "a number from 0 on")
        return float(value)

    def integer(self, key: str, default: int, *, least: int) -> int:
        """A whole number, `least` or more."""
        value = self._take(key, default)
        if type(value) is not int or value < least:
            self._refuse(key, value, f"a whole number from {least} on")
        return int(value)

    def numbers(self, key: str) -> dict[str, float]:
        """Names with a number each, at least one: { encode = 2, LSTM.dropout = 1 }."""
        value = self._take(key, _REQUIRED)
        found = dict(_dotted(value))
        if not isinstance(value, dict) or not found or not all(map(_is_number, found.values())):
            self._refuse(key, value, "{ name = 2, Class.part = 1 }, each a number from 0 on")
        return {name: float(value) for name, value in found.items()}

    def flag(self, key: str, default: bool) -> bool:
        """True or false."""
        value = self._take(key, default)
        if not isinstance(value, bool):
            self._refuse(key, value, "true, false")
        return bool(value)

    def text(
        self, key: str, languages: tuple[str, ...], default: Any = _REQUIRED
    ) -> dict[str, str]:
        """A sentence in each of the languages: { en = "...", ko = "..." }.

        One in another language of ours may stand there too: an assignment of a course in two
        languages serves a course in one of them as it is.
        """
        value = self._take(key, default)
        if key not in self._data:
            return dict(value)
        wanted = "{ " + ", ".join(f'{language} = "..."' for language in languages) + " }"
        if not isinstance(value, dict) or not set(languages) <= set(value) <= set(LANGUAGES):
            self._refuse(key, value, wanted)
        if not all(isinstance(sentence, str) and sentence for sentence in value.values()):
            self._refuse(key, value, wanted)
        return dict(value)

    def choice(self, key: str, allowed: list[str], default: Any = _REQUIRED) -> str:
        """One of `allowed`, or `default` when it is left out."""
        value = self.string(key, default)
        return self.choice_of(value, key, allowed) if key in self._data else value

    def choices(self, key: str, allowed: list[str], default: Any = _REQUIRED) -> tuple[str, ...]:
        """A list of words, each one of `allowed`."""
        values = self.strings(key, default)
        return tuple(self.choice_of(value, key, allowed) for value in values)

    def some(self, key: str, allowed: list[str], default: Any = _REQUIRED) -> tuple[str, ...]:
        """As `choices`, and at least one of them, none twice."""
        values = self.choices(key, allowed, default)
        if not values or len(set(values)) < len(values):
            self._refuse(key, list(values), ", ".join(allowed))
        return values

    def choice_of(
        self, value: str, key: str, allowed: list[str], code: str = "error.toml_value"
    ) -> str:
        """`value` itself, if it is one of `allowed`."""
        if value not in allowed:
            self._refuse(key, value, ", ".join(allowed), code)
        return value

    def refuse_twice(self, key: str, names: list[str]) -> None:
        """Of the tables `[[key]]` no two have one name."""
        for name in names:
            if names.count(name) > 1:
                raise AssignmentInvalid("error.twice", file=self._path, table=key, name=name)

    def done(self) -> None:
        """Refuse a key that no reader asked for: most often a misspelling."""
        for key in self._data:
            if key not in self._taken:
                self._refuse(key, key, ", ".join(self._taken), "error.toml_key")

    def _take(self, key: str, default: Any) -> Any:
        self._taken.append(key)
        if key not in self._data and default is _REQUIRED:
            self._refuse(key, "-", key, "error.toml_missing")
        return self._data.get(key, default)

    def _refuse(
        self, key: str, found: object, allowed: str, code: str = "error.toml_value"
    ) -> NoReturn:
        name = self._data.get("id") or self._data.get("name") or ""
        where = f"[[{self._header}]] {name} {key}".strip() if self._header else key
        raise AssignmentInvalid(
            code,
            file=self._path,
            line=self._line(key),
            key=where,
            found=str(found),  # may be a list or a table
            allowed=allowed,
        )

    def _line(self, key: str) -> int:
        """Line of `key` in this table; of the table's header when the key is missing."""
        lines = self._source.splitlines()
        start = 0
        if self._header:
            pattern = re.compile(rf"\s*\[\[?\s*{re.escape(self._header)}\s*\]\]?")
            heads = [i for i, line in enumerate(lines) if pattern.match(line)]
            start = heads[self._index] if self._index < len(heads) else 0
        for i in range(start, len(lines)):
            if i > start and lines[i].lstrip().startswith("["):
                break
            if re.match(rf"\s*{re.escape(key)}\s*=", lines[i]):
                return i + 1
        return start + 1


def _is_number(value: Any) -> bool:
    """Whether it is a number from 0 on of which a float can be made: not inf, nan or 10**400."""
    return type(value) in {int, float} and 0 <= value <= sys.float_info.max


def _moment(value: object) -> datetime | None:
    """None for what is no ISO 8601 in quotes."""
    if not isinstance(value, str):
        return None
    try:
        return datetime.combine(date.fromisoformat(value), time(23, 59, 59))
    except ValueError:
        pass  # more than a date, or none at all
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None


def _dotted(value: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """TOML reads `LSTM.dropout = 1` as a table in a table: its name is put together again."""
    if not isinstance(value, dict):
        yield prefix.removesuffix("."), value
        return
    for name, inner in value.items():
        yield from _dotted(inner, f"{prefix}{name}.")
