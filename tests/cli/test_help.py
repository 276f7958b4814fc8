"""Commands and options describe themselves as "English. / 한국어."; a person is shown one half."""

import re
from inspect import cleandoc
from unicodedata import east_asian_width

import click
import pytest
from click.testing import CliRunner

from grader.cli.commands import halves
from grader.cli.main import main

HANGUL = re.compile("[가-힣]")


def commands(command, *path):
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            yield from commands(command.get_command(context, name), *path, name)


ALL = dict(commands(main))
NAMES = [" ".join(("grader", *path)) for path in ALL]


def options(command):
    """Its own, and click's: `--help`."""
    params = command.get_params(click.Context(command))
    return [param for param in params if isinstance(param, click.Option)]


def shown(*path, lang, width=1000):
    args = [*path, "--help", "--lang", lang]
    done = CliRunner().invoke(main, args, prog_name="grader", terminal_width=width)
    assert done.exit_code == 0
    return done.output


def test_every_command_and_every_option_says_in_both_languages_what_it_does():
    texts = {}
    for name, command in zip(NAMES, ALL.values(), strict=True):
        texts[name] = cleandoc(command.help or "")
        texts.update(
            {f"{name} {option.opts[-1]}": option.help or "" for option in options(command)}
        )
    wrong = []
    for name, text in texts.items():
        for english, *korean in halves(text):
            is_right = english and not HANGUL.search(english) and len(korean) == 1
            if not is_right or not HANGUL.search(korean[0]) or " / " in korean[0] or "  [" in text:
                wrong.append(f"{name}: {text}")
    assert wrong == []


@pytest.mark.parametrize("path", ALL, ids=NAMES)
def test_the_help_is_in_the_persons_language_alone(path):
    english, korean = (shown(*path, lang=lang) for lang in ("en", "ko"))
    command = ALL[path]
    texts = [cleandoc(command.help), *(option.help for option in options(command))]
    below = [each for each in getattr(command, "commands", {}).values() if not each.hidden]
    texts += [cleandoc(each.help).partition("\n\n")[0] for each in below]
    for own, other in (both for text in texts for both in halves(text)):
        assert (own in english, other in korean) == (True, True)
        assert (own in korean, other in english) == (False, False)
    assert not HANGUL.search(english)


@pytest.mark.parametrize(
    ("path", "option", "english", "korean"),
    [
        ("train hw3", "--bptt", "[default: 35; x>=1]", "[기본값: 35; x>=1]"),
        ("new mutant", "--function", "[required]", "[필수]"),
    ],
)
def test_what_click_adds_is_in_the_persons_language(path, option, english, korean):
    for lang, added in (("en", english), ("ko", korean)):
        lines = shown(*path.split(), lang=lang).splitlines()
        assert next(line for line in lines if option in line).endswith(f"  {added}")


@pytest.mark.parametrize("path", ALL, ids=NAMES)
def test_korean_is_wrapped_where_the_terminal_ends(path):
    lines = shown(*path, lang="ko", width=78).splitlines()
    columns = [sum(1 + (east_asian_width(c) in "WF") for c in line) for line in lines]
    assert max(columns) <= 78
    assert "\0" not in "".join(lines)
