"""`docs/checks.md` lists every helper of `student` and of `expect`, in the words of the code."""

import inspect
from pathlib import Path

import pytest

from grader.checking import expect
from grader.checking.student import Gradients, Student

PAGE = (Path(__file__).parents[2] / "docs" / "checks.md").read_text(encoding="utf-8")
HELPERS = {
    **{f"student.{name}": f for name, f in vars(Student).items() if not name.startswith("_")},
    **{
        name: f
        for name, f in vars(expect).items()
        if inspect.isfunction(f) and f.__module__ == expect.__name__ and not name.startswith("_")
    },
}


def heading(name, function):
    signature = inspect.signature(function)
    plain = [
        parameter.replace(annotation=parameter.empty)
        for parameter in signature.parameters.values()
        if parameter.name != "self"
    ]
    bare = inspect.Signature(plain)
    return f"\n### `{name}{bare}`\n"


@pytest.mark.parametrize("name", HELPERS)
def test_the_page_describes_the_helper(name):
    start = PAGE.find(heading(name, HELPERS[name]))
    assert start >= 0, f"docs/checks.md needs the heading {heading(name, HELPERS[name])}"
    section = PAGE[start:].split("\n### ")[1]
    assert inspect.getdoc(HELPERS[name]) in section


def test_the_page_describes_nothing_that_is_not_there():
    headings = [line for line in PAGE.splitlines() if line.startswith("### ")]
    assert sorted(headings) == sorted(heading(*item).strip() for item in HELPERS.items())


def test_the_page_describes_the_reply_of_gradients():
    assert inspect.getdoc(Gradients).partition("\n\n")[2] in PAGE
