"""Functions are found where they stand, whatever kind they are."""

import pytest

from grader.course.source import span

SOURCE = '''"""A module."""

async def fetch(url):
    return url


class Model:
    def forward(self, x):
        def part(y):
            return y

        return part(x)


def twice(a):
    return a


def twice(a):
    return a + a
'''


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("fetch", (3, 4)),
        ("Model", (7, 12)),
        ("Model.forward", (8, 12)),
        ("Model.forward.part", (9, 10)),
        ("Model.backward", (7, 12)),  # as near as it can be told
        ("twice", (19, 20)),  # the one that counts
        ("forward", None),
        ("", None),
    ],
)
def test_where_a_function_is(name, lines):
    assert span(SOURCE, name) == span(SOURCE.encode(), name) == lines


@pytest.mark.parametrize("source", ["def f(:", "\0", b"\xff", "(" * 10_000])
def test_what_cannot_be_parsed_has_no_functions(source):
    assert span(source, "f") is None
