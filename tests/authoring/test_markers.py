"""Solution markers are strict: a loose pair is how solutions leak."""

from pathlib import Path

import pytest

from grader.authoring.markers import strip
from grader.errors import MarkerError

FILE = Path("text.py")


def test_a_body_becomes_a_stub_and_a_top_level_region_goes():
    text = '''import math

### BEGIN SOLUTION
def _secret():
    return 42
### END SOLUTION


class A:
    def f(self) -> int:
        """Doc."""
        ### BEGIN SOLUTION
        return _secret()
        ### END SOLUTION
'''
    stub, solution = strip(text, FILE)
    assert (
        stub
        == '''import math


class A:
    def f(self) -> int:
        """Doc."""
        # YOUR CODE HERE
        raise NotImplementedError()
'''
    )
    assert [line.strip() for line in solution] == [
        "def _secret():",
        "return 42",
        "return _secret()",
    ]


@pytest.mark.parametrize(
    "text, line",
    [
        ("    ### BEGIN SOLUTION\n    x\n", "line 1"),
        ("x\n    ### END SOLUTION\n", "line 2"),
        ("### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION\n", "line 2"),
        ("    ### BEGIN SOLUTION\n  ### END SOLUTION\n", "line 2"),
        ("### BEGIN SOLUTION\n### END SOLUTIONS\n", "line 2"),
        ("    ## BEGIN SOLUTION\n    x\n", "line 1"),
        ("x = 1  ### BEGIN SOLUTION\n", "line 1"),
        ("# start of the solution\n", "line 1"),
    ],
)
def test_a_marker_out_of_place_is_an_error_with_its_line(text, line):
    with pytest.raises(MarkerError, match=line):
        strip(text, FILE)
