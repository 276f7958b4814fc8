"""A class that hands in notebooks, of every kind, through the command line."""

import nbformat
from click.testing import CliRunner
from nbformat import v4

from grader.cli.main import main
from grader.i18n import say
from grader.records import store

ADD = "def add(a, b):\n    return a + b"
GREET = 'def greet(name):\n    return f"Hello {name}"'
STUB = "def add(a, b):\n    raise NotImplementedError()"


def book(*sources, size=0):
    """A notebook; `size` is how much its first cell has printed."""
    printed = [v4.new_output("stream", text="x" * size)] if size else []
    made = [v4.new_code_cell(sources[0], outputs=printed), *map(v4.new_code_cell, sources[1:])]
    return nbformat.writes(v4.new_notebook(cells=[v4.new_markdown_cell("# Tiny"), *made]))


CLASS = {
    "good/tiny.ipynb": book(ADD, GREET),
    "renamed/my homework (3).ipynb": book(ADD, GREET),
    "deleted/tiny.ipynb": book(GREET),
    "duplicated/tiny.ipynb": book(ADD, GREET, STUB),
    "reordered/tiny.ipynb": book(GREET, "print(add(1, 2))", ADD),
    "magics/tiny.ipynb": book(
        "!pip install numpy\n%matplotlib inline\nimport matplotlib", ADD, GREET
    ),
    "large/tiny.ipynb": book(ADD, GREET, size=4 << 20),
    "endless/tiny.ipynb": book(ADD, "while True: pass", GREET),
    "invalid/tiny.ipynb": "{'cells': []}",
    "wrong/tiny.ipynb": book(
        "print('hello')", "def add(a, b):\n    # sum\n    return a + c", GREET
    ),
    "syntax/tiny.ipynb": book("def add(a, b)\n    return a + b", GREET),
    "forbidden/tiny.ipynb": book("import torch", "def add(a, b):\n    return torch.nn.x", GREET),
    "both/tiny_package/sums.py": STUB,
    "both/tiny_package/tiny.ipynb": book(ADD, GREET),
}


def test_a_class_of_notebooks(course, tmp_path):
    for name, text in CLASS.items():
        path = tmp_path / "submitted" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    call = ["--lang", "en", "--course", str(course), "grade", "tiny", str(tmp_path / "submitted")]
    done = CliRunner().invoke(main, [*call, "-o", str(tmp_path / "out"), "-j", "2"])
    assert done.exit_code == 0, done.output
    records = {
        path.stem: store.read(path) for path in (tmp_path / "out" / "records" / "tiny").iterdir()
    }
    right = {"good", "renamed", "duplicated", "reordered", "magics", "large", "endless", "both"}
    assert {name for name, record in records.items() if record.points == 10} == right
    assert {name: r.points for name, r in records.items() if name not in right} == {
        "deleted": 4,
        "invalid": 0,
        "wrong": 4,
        "syntax": 4,
        "forbidden": 4,
    }
    assert records["invalid"].problem.code == "notebook_broken"
    assert records["magics"].notes[0].code == "magics"
    assert records["duplicated"].notes[0].code == "defined_twice"
    assert records["both"].notes[0].code == "notebook_counts"
    said = {name: _of_add(records[name]) for name in ("deleted", "wrong", "syntax", "forbidden")}
    assert said["deleted"] == "add was not found in the notebook."
    assert (
        "name 'c' is not defined (cell 3 of the notebook, counting text cells, `add`, line 3)"
        in said["wrong"]
    )
    assert "The code of the notebook could not be run: SyntaxError" in said["syntax"]
    assert "sums.py" not in said["syntax"]
    assert "(cell 2 of the notebook, counting text cells, `add`, line 1)" in said["syntax"]
    assert (
        "torch.nn.x is not allowed in this exercise (cell 3 of the notebook, counting text cells, `add`, line 2)"
        in said["forbidden"]
    )
    assert "(노트북에서 설명 셀까지 세어 3번째 셀 `add` 3행)" in _of_add(records["wrong"], "ko")
    assert _of_add(records["deleted"], "ko") == "노트북에 없는 이름입니다: add."
    assert _of_add(records["syntax"], "ko").startswith("노트북의 코드를 실행할 수 없습니다: Syn")
    trace = records["wrong"].exercises[0].checks[0].detail
    assert trace.startswith("  cell 3 (add), line 3, in add\n    return a + c\n")


def _of_add(record, lang="en"):
    message = record.exercises[0].checks[0].message
    return say(message.code, message.fields, lang)
