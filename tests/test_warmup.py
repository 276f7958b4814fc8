"""The warm-up notebooks on tensor shapes: every cell runs, and both languages ask the same."""

import json
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent.parent / "docs" / "warmup"
ANSWERS = [  # by hand, in the order of the cells
    (3, 4),
    (2, 1, 4),
    (2, 4),
    (2, 3, 1),
    (6, 4),
    17,
    1,
    3,
    (1, 5),
    (5,),
    (3, 4),
    (7, 7),
    (2, 3, 5),
    (8, 5, 7),
    (2, 3, 8),
    [0.9, 0.6],
    (3,),
    (2, 3, 4),
    (2, 3, 5, 4),
]


def code_of(language):
    notebook = json.loads((FOLDER / f"tensors.{language}.ipynb").read_text(encoding="utf-8"))
    return ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code"]


@pytest.mark.parametrize("language, right", [("en", "right"), ("ko", "맞습니다")])
def test_the_answers_are_right_and_a_blank_is_not(language, right, capsys):
    first, *asked = code_of(language)
    assert len(asked) == len(ANSWERS)
    for fill in (True, False):
        names = {}
        exec(first, names)
        for cell, answer in zip(asked, ANSWERS, strict=True):
            assert cell.count("answer = ...") == 1
            exec(cell.replace("answer = ...", f"answer = {answer}") if fill else cell, names)
        said = capsys.readouterr().out.splitlines()
        assert [line == right for line in said] == [fill] * len(ANSWERS)


def test_both_languages_ask_the_same():
    def bare(cell):
        return [line.partition("#")[0] for line in cell.splitlines()]

    assert list(map(bare, code_of("en")[1:])) == list(map(bare, code_of("ko")[1:]))
