"""Notebooks as they are handed in: from cells to modules, without running anything."""

import io
import json
import time
import zipfile

import nbformat
import pytest
from nbformat import v3, v4

from grader.intake import cells, modules
from grader.intake.cells import Cell, code_digest
from grader.intake.handin import Found
from grader.intake.read import read
from grader.records.record import Message

WANTED = {"text.py": ["clean", "Table"], "model.py": ["fit"]}
CLEAN = "def clean(text):\n    return text.strip()"
TABLE = "class Table:\n    rows = 3"
FIT = "def fit(texts):\n    return [clean(text) for text in texts]"
STUB = "def clean(text):\n    # YOUR CODE HERE\n    raise NotImplementedError()"


def book(*sources, files=(), metadata=None):
    """A notebook in format 4; `files` are what the template wrote into the cells' metadata."""
    made = [v4.new_markdown_cell("# Homework")]
    for index, source in enumerate(sources):
        file = {"grader": {"file": files[index]}} if index < len(files) else {}
        made.append(v4.new_code_cell(source, metadata=file))
    return nbformat.writes(v4.new_notebook(cells=made, metadata=metadata or {}))


CODE_CELL = {"cell_type": "code", "source": "a"}


def taken(tmp_path, files):
    """What is read of a hand-in with these files."""
    for name, content in files.items():
        path = tmp_path / "kim" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read(Found("kim", tmp_path / "kim"), "hw", WANTED, list(WANTED))


def text_of(*sources, file="text.py"):
    """A module of a notebook with these code cells."""
    made = modules.assemble([Cell(i, source) for i, source in enumerate(sources, 1)], WANTED)
    return made.files[file].decode()


def test_a_notebook_is_the_package(tmp_path):
    found = taken(tmp_path, {"anything (1).ipynb": book(CLEAN, TABLE, FIT)})
    assert (found.problem, found.notes) == (None, [])
    assert found.files["text.py"].decode() == f"{CLEAN}\n{TABLE}\n"
    assert found.files["model.py"].decode() == f"from .text import clean\n{FIT}\n"
    assert found.places["text.py"] == [
        ("2 (clean)", 1),
        ("2 (clean)", 2),
        ("3 (Table)", 1),
        ("3 (Table)", 2),
    ]
    assert found.source == "kim"


def test_a_cell_that_defines_nothing_is_known_by_its_first_line():
    cells = [Cell(1, f"\nROWS = {'1 + ' * 30}1"), Cell(2, CLEAN + " or ROWS")]
    for as_run, number in ((False, "1"), (True, "In [1]")):
        made = modules.assemble(cells, WANTED, as_run=as_run)
        assert made.places["text.py"][0] == (f"{number} (ROWS = {'1 + ' * 8}1)", 2)


def test_a_notebook_in_capitals_is_one_wherever_it_lies(tmp_path):
    folder = taken(tmp_path, {"HW1.IPYNB": book(CLEAN, TABLE, FIT)})
    alone = read(Found("kim", tmp_path / "kim" / "HW1.IPYNB"), "hw", WANTED, list(WANTED))
    assert (alone.problem, alone.files) == (None, folder.files)


def test_what_is_used_is_taken_from_wherever_it_is():
    module = text_of(
        "import re, os\nfrom math import pi",
        "def helper(text):\n    return re.sub(PATTERN, '', text)",
        "def clean(text):\n    return helper(text)",
        "PATTERN = 'x'",
        "PATTERN += 'y'",
    )
    assert module == (
        "import re, os\n"
        "def helper(text):\n    return re.sub(PATTERN, '', text)\n"
        "def clean(text):\n    return helper(text)\n"
        "PATTERN = 'x'\nPATTERN += 'y'\n"
    )


def test_experiments_are_not_run():
    module = text_of(
        f"{CLEAN}\nprint(clean(' a '))\nassert clean('a') == 'a'",
        "import matplotlib.pyplot as plt\nplt.plot([1, 2])\ntext = open('data.txt').read()",
        "for text in data:\n    print(text)",
        "if __name__ == '__main__':\n    clean = None",
        "clean = clean('overwritten')",
    )
    assert module == f"{CLEAN}\n"


@pytest.mark.parametrize(
    ("beside", "kept"),
    [
        ("TABLE.update(b=2)", True),  # of a value that is used
        ("TABLE['b'] = 2", True),
        ("for key in 'bc':\n    TABLE[key] = 0", True),
        ("OTHER.update(b=2)", False),
        ("torch.manual_seed(0)", False),  # of a module: not run
    ],
)
def test_what_alters_a_value_goes_with_it(beside, kept):
    used = "import torch\nTABLE = {}\nOTHER = {}\ndef clean(text):\n    return torch, TABLE[text]"
    assert (beside in text_of(used, beside)) == kept


def test_a_wrapper_in_the_cell_of_a_function_counts():
    wrapped = f"from functools import cache\n{CLEAN}\nclean = cache(clean)"
    assert "clean = cache(clean)" in text_of(wrapped)


PUSH = "def push(self, row):\n    self.rows += row"
PART_OF = "def part_of(kind):\n    return lambda f: setattr(kind, f.__name__, f)"


@pytest.mark.parametrize(
    "needed",
    [
        "rows = open('train.csv').read()",
        "rows = [n for n in range(9)]",
        "rows = int(input())",
        "other = 1; rows = open('train.csv').read()",
    ],
)
def test_an_addition_for_which_something_is_computed_is_an_experiment(needed):
    show = "def show(self):\n    return rows"
    assert text_of(TABLE, needed, f"{show}\nTable.show = show") == f"{TABLE}\n"
    kept = "rows = 3"
    assert "Table.show" in text_of(TABLE, kept, f"{show}\nTable.show = show")


def test_what_takes_the_place_of_a_written_method_is_a_patch():
    written = f"class Table:\n    {PUSH.replace(chr(10), chr(10) + '    ')}"
    slow = "def slow(self, row):\n    return 0"
    assert text_of(written, f"{slow}\nTable.push = slow") == f"{written}\n"
    stub = "class Table:\n    def push(self, row):\n        raise NotImplementedError()"
    assert "Table.push = push" in text_of(stub, f"{PUSH}\nTable.push = push")


@pytest.mark.parametrize(
    "later",
    [
        [f"class Table(Table):\n    {PUSH.replace(chr(10), chr(10) + '    ')}"],
        [f"{PUSH}\nTable.push = push"],
        [PUSH, "Table.push = push"],
        ["Table.push = lambda self, row: self.rows + row"],
        [PUSH, "Table.push = push", PUSH, "Table.pop = push"],
        [PART_OF, f"@part_of(Table)\n{PUSH}", f"@part_of(Table)\n{PUSH}"],
    ],
)
@pytest.mark.parametrize("around", [[], ["print(Table)"], ["class Table:\n    pass"]])
def test_a_class_goes_on_in_another_cell(later, around):
    made = text_of(*around, TABLE, *later, "print(Table().push)")
    assert made == "\n".join([TABLE, *later, ""])


def test_a_class_may_go_on_where_its_stub_stands():
    stub = "class Table:\n    def push(self, row):\n        raise NotImplementedError()"
    more = "class Table(Table):\n    def push(self, row):\n        self.rows = row"
    again = "class Table(Table):\n    def pop(self):\n        raise NotImplementedError()"
    assert text_of(stub, more, again) == f"{stub}\n{more}\n{again}\n"
    assert text_of(TABLE, more, stub) == f"{TABLE}\n{more}\n"


@pytest.mark.parametrize(
    "later",
    [
        "clean = cache(clean)",
        "import line_profiler\nclean = line_profiler.LineProfiler()(clean)",
        "clean.calls = 0",
        "clean.result = df.apply(clean)",
        "@clean.register\ndef _(text: int):\n    return text",
        "@interact(f=clean)\ndef show(f):\n    print(f)",
        "@bench(clean)\ndef t():\n    input()",
        "@bench(Table)\ndef t():\n    input()",
        "setattr(Table, 'push', push)",
        "Table.push = cache(push)",
        "Table.push = 3",
        "Table.push = unknown",
        "class Clean(Table):\n    pass",
    ],
)
def test_what_is_not_plainly_a_part_of_a_class_is_an_experiment(later):
    bench = "def bench(f):\n    return lambda run: run()"
    assert text_of(CLEAN, TABLE, bench, PUSH, later) == f"{CLEAN}\n{TABLE}\n"


@pytest.mark.parametrize(
    ("undone", "counts"),
    [
        ("del Table.push", False),
        ("Table.push = old", False),
        ("Table.push, x = old, 3", False),
        ("Table.rows += 1", True),
        ("delattr(Table, 'push')", False),
        ("try:\n    print(Table().push())\nfinally:\n    Table.push = old", False),
        ("def restore():\n    Table.push = old", False),
        ("def restore():\n    setattr(Table, name, old)", False),
        ("def seen():\n    Table.seen = True", True),
        ("def part_of(Table):\n    return lambda f: setattr(Table, f.__name__, f)", True),
        ("print(Table.push)", True),
        ("table = Table()\ntable.push = 3", True),
    ],
)
def test_a_class_that_was_patched_and_maybe_put_back_is_as_in_its_own_cell(undone, counts):
    added = "Table.push = push"
    whole = f"{TABLE}\n{PUSH}\n{added}\n" if counts else f"{TABLE}\n"
    assert text_of(TABLE, "old = Table.rows", PUSH, added, undone) == whole
    again = f"{PUSH}\npush = Table.rows"  # no function where it is added
    assert text_of(TABLE, again, added) == f"{TABLE}\n"


def test_a_part_is_the_function_that_had_the_name_then():
    other = "def push(self):\n    return 3"
    assert text_of(TABLE, PUSH, "Table.push = push", other) == (
        f"{TABLE}\n{PUSH}\nTable.push = push\n"
    )


def test_a_helper_class_goes_on_in_whatever_cell():
    base, more = "class Base:\n    rows = 3", "class Base(Base):\n    more = 3"
    use = f"{CLEAN}\nclass Own(Base):\n    pass"
    added = "Base.push = lambda self: 3"
    whole = f"{base}\n{more}\n{added}\n{use}\n"
    assert text_of(base, more, added, use) == whole
    for files in [("text.py", "", ""), ("", "text.py", ""), ("text.py", "", "text.py")]:
        of_files = zip((base, more, added), files, strict=True)
        cells = [Cell(i, source, file) for i, (source, file) in enumerate(of_files, 1)]
        made = modules.assemble([*cells, Cell(4, use)], WANTED)
        assert made.files["text.py"].decode() == whole
    known = "from abc import ABC as Base"
    assert text_of(known, more, use) == f"{known}\n{more}\n{use}\n"


def test_a_part_that_would_do_harm_is_left_out():
    def made(*sources, allowed=("torch",)):
        cells = [Cell(i, source) for i, source in enumerate(sources, 1)]
        return modules.assemble(cells, WANTED, allowed=allowed).files

    show = "Table.show = lambda self: pd.DataFrame(self.rows)"
    assert made("import pandas as pd", TABLE, show)["text.py"].decode() == f"{TABLE}\n"
    assert show in made("import torch as pd", TABLE, show)["text.py"].decode()
    assert show in made("import math as pd", TABLE, show)["text.py"].decode()
    assert show in made("import pandas as pd", TABLE, show, allowed=())["text.py"].decode()
    inside = "def show(self):\n    import pandas\nTable.show = show"
    assert made(TABLE, inside)["text.py"].decode() == f"{TABLE}\n"
    star = made("from pylab import *", CLEAN, TABLE, FIT, "Table.show = lambda self: plot(self)")
    assert star["text.py"].decode() == f"{CLEAN}\n{TABLE}\n"
    used = "import pandas as pd\ndef clean(text):\n    return pd"
    assert show in made(used, TABLE, show)["text.py"].decode()
    trained = "Table.train = lambda self: fit(self)"
    files = made(TABLE, "def fit(texts):\n    return Table()", trained)
    assert files["text.py"].decode() == f"{TABLE}\n"
    assert trained in made(TABLE, "def fit(texts):\n    return 3", trained)["text.py"].decode()


def test_a_run_that_failed_in_another_cell_leaves_the_definition():
    broken = "def clean(text:"

    def counts(good=CLEAN, ids=("a", "b")):
        cells = [Cell(1, good, "", ids[0]), Cell(2, broken, "", ids[1])]
        return broken not in modules.assemble(cells, WANTED, as_run=True).files["text.py"].decode()

    assert counts()
    assert not counts(ids=("a", "a"))
    assert not counts(ids=("", "b"))
    assert not counts(STUB)


def test_parts_made_to_cost_time_cost_little():
    many = "def f(x): setattr\n" + "@f(Table)\ndef f(x): setattr\n" * 8_000
    helpers = "".join(f"class A{i}: 0\n" for i in range(3_000))
    parts = "".join(f"A{i}.f = lambda: A{i + 1}\n" for i in range(3_000))
    for sources in ([TABLE, many], [helpers, parts, "class Table(A0): 0"]):
        started = time.process_time()
        assert text_of(*sources).count("\n") > 3_000
        assert time.process_time() - started < 20


def test_what_extends_itself_is_no_double_and_what_it_replaces_is(tmp_path):
    more = "class Table(Table):\n    pass"
    assert taken(tmp_path / "a", {"hw.ipynb": book(TABLE, more)}).notes == []
    (note,) = taken(tmp_path / "b", {"hw.ipynb": book(TABLE, TABLE, more)}).notes
    assert note.fields == {"name": "Table", "cells": "2, 3, 4", "counted": "4"}


def test_names_that_nobody_gives_may_come_from_a_star():
    assert "from math import *" in text_of(
        "from math import *", "def clean(t):\n    return sqrt(t)"
    )
    assert "import *" not in text_of("from math import *", CLEAN, TABLE)


def test_a_local_name_is_not_a_global_one():
    local = "def clean(text):\n    text = [data for data in text]\n    return text"
    assert text_of("data = input()\ntext = 1", local) == f"{local}\n"


def test_future_imports_come_first_and_count_for_all():
    future = "from __future__ import annotations"
    for file in WANTED:
        assert text_of(TABLE, future, CLEAN, FIT, file=file).startswith(f"{future}\n")


def test_the_metadata_say_which_of_two_names_is_meant(tmp_path):
    text = f"STATE = 1\n{CLEAN}\nclean = (clean, STATE)"
    model = "STATE = 2\ndef fit(texts):\n    return STATE"
    found = taken(tmp_path, {"hw.ipynb": book(text, model, files=["text.py", "model.py"])})
    assert "STATE = 1" in found.files["text.py"].decode()
    assert "STATE = 2" not in found.files["text.py"].decode()


@pytest.mark.parametrize("order", [(CLEAN, STUB), (STUB, CLEAN)])
def test_of_a_duplicated_cell_the_written_one_counts(tmp_path, order):
    found = taken(tmp_path, {"hw.ipynb": book(*order)})
    assert found.files["text.py"].decode() == f"{CLEAN}\n"
    counted = str(order.index(CLEAN) + 2)
    twice = {"name": "clean", "cells": "2, 3", "counted": counted}
    assert found.notes == [Message("defined_twice", twice)]


def test_cells_in_another_order_are_the_same():
    helper, use = (
        "import re\nTAG = re.compile('x')",
        "def clean(text):\n    return TAG.sub('', text)",
    )
    assert sorted(text_of(use, helper).split("\n")) == sorted(text_of(helper, use).split("\n"))
    assert text_of("def clean(text: 'str' = os.sep):\n    pass", "import os").startswith(
        "import os"
    )


def test_a_deleted_cell_is_a_missing_function(tmp_path):
    found = taken(tmp_path, {"hw.ipynb": book(FIT)})
    assert found.problem is None
    assert found.files["text.py"] == b""


def test_what_only_jupyter_understands_is_left_out_and_named(tmp_path):
    sources = [
        "%matplotlib inline\n!pip install torch \\\n  --quiet\nimport re\nfiles = !ls",
        f"%%time\n{CLEAN}",
        "%%bash\nrm -rf /",
        "if True:\n    !echo 'it is\nre.sub?",
    ]
    found = taken(tmp_path, {"hw.ipynb": book(*sources)})
    assert found.files["text.py"].decode() == f"{CLEAN}\n"
    (note,) = found.notes
    assert note.code == "magics"
    assert note.fields["lines"] == (
        "%matplotlib inline, !pip install torch \\, files = !ls, %%time, %%bash, …"
    )


def test_an_indented_cell_runs_as_in_jupyter():
    pasted = "\n".join(f"    {line}" for line in CLEAN.split("\n"))
    assert text_of(f"\n{pasted}", TABLE) == f"{CLEAN}\n{TABLE}\n"


def test_a_cell_whose_first_line_is_commented_out_is_no_part_of_the_one_before():
    made = modules.assemble([Cell(1, CLEAN), Cell(2, f"#{TABLE}", "text.py")], WANTED)
    with pytest.raises(IndentationError):
        compile(made.files["text.py"], "text.py", "exec")


def test_a_percent_sign_in_python_is_python():
    source = 'def clean(text):\n    return ("%s"\n% text)\n"""\n!ls\n"""'
    assert text_of(source) == 'def clean(text):\n    return ("%s"\n% text)\n'


def test_a_cell_that_is_no_python_costs_its_own_module_alone(tmp_path):
    found = taken(tmp_path, {"hw.ipynb": book("def clean(text:\n    return", FIT, "1 +")})
    assert "def clean(text:" in found.files["text.py"].decode()
    assert "def fit" in found.files["model.py"].decode()
    assert found.notes == [Message("cell_skipped", {"file": "cell 4 (1 +)"})]
    mended = text_of("def clean(text:\n    return", CLEAN)
    assert mended == f"{CLEAN}\n"


def test_outputs_cost_nothing_and_too_large_ones_a_clear_reason(tmp_path):
    made = json.loads(book(CLEAN))
    made["cells"][1]["outputs"] = [{"output_type": "stream", "name": "x", "text": "y" * (4 << 20)}]
    found = taken(tmp_path / "a", {"hw.ipynb": json.dumps(made)})
    assert found.files["text.py"].decode() == f"{CLEAN}\n"
    made["cells"][1]["outputs"][0]["text"] = "y" * cells.MAX_BYTES
    found = taken(tmp_path / "b", {"hw.ipynb": json.dumps(made)})
    assert found.problem == Message("notebook_too_large", {"file": "hw.ipynb", "limit": "10 MB"})


def test_format_3_and_a_later_one(tmp_path):
    old = v3.new_notebook(worksheets=[v3.new_worksheet(cells=[v3.new_code_cell(input=CLEAN)])])
    found = taken(tmp_path / "a", {"hw.ipynb": v3.writes_json(old)})
    assert found.files["text.py"].decode() == f"{CLEAN}\n"
    new = json.loads(book(CLEAN)) | {"nbformat": 5, "nbformat_minor": 0}
    found = taken(tmp_path / "b", {"hw.ipynb": json.dumps(new)})
    assert found.files["text.py"].decode() == f"{CLEAN}\n"


@pytest.mark.parametrize(
    "content",
    [b"", b"not JSON", b"[]", b"7", b'{"cells": 7}', b'{"cells": [7]}', b'{"cells": [{}]}',
     b'{"cells": [{"cell_type": "code", "source": [1]}]}', b"[" * 100_000, b"\xb1\xe8",
     b'{"cells": [], "metadata": 3}', b'{"worksheets": [3]}'],
)  # fmt: skip
def test_what_is_no_notebook_is_a_reason(tmp_path, content):
    found = taken(tmp_path, {"hw.ipynb": content})
    assert (found.problem.code, found.files) == ("notebook_broken", {})


def test_a_notebook_without_any_of_the_functions(tmp_path):
    for content in (book(), book("print(1)"), book("def other(): pass")):
        found = taken(tmp_path, {"hw.ipynb": content})
        assert found.problem == Message(
            "notebook_without_code", {"file": "hw.ipynb", "names": "clean, Table, fit"}
        )


@pytest.mark.parametrize(
    "source",
    ["(" * 50_000, "-" * 100_000 + "1", "x" + ".a" * 100_000, "a" + "+a" * 100_000, "not " * 50_000,
     "[" * 5_000 + "]" * 5_000, "lambda:" * 20_000 + "1", "\ud800", "x = '\0'", "def f():\n" * 300,
     "f(" * 900 + ")" * 900, "!a\nx = [\n" * 2_000, "clean.x = 1\n" * 20_000],
    ids=range(13),
)  # fmt: skip
def test_a_cell_made_to_break_a_parser_is_one_that_is_no_python(tmp_path, source):
    raw = {"cell_type": "code", "source": source, "metadata": {}}
    good = {"cell_type": "code", "source": CLEAN, "metadata": {}}
    found = taken(tmp_path, {"hw.ipynb": json.dumps({"cells": [raw, good]})})
    assert found.files["text.py"].decode() == f"{CLEAN}\n"


def test_too_much_code_is_a_reason(tmp_path):
    found = taken(tmp_path, {"hw.ipynb": book(CLEAN, "x = 1\n" * 100_000)})
    assert found.problem.code == "notebook_code_too_large"


def test_too_many_cells_are_too_much_code(tmp_path):
    found = taken(tmp_path, {"hw.ipynb": json.dumps({"cells": [CODE_CELL] * 5_000})})
    assert found.problem.code == "notebook_code_too_large"


def test_the_code_of_all_notebooks_is_bounded(tmp_path):
    large = {f"a{i}.ipynb": book(CLEAN, "x = 1\n" * 40_000) for i in range(3)}
    found = taken(tmp_path, large | {"b.ipynb": book(CLEAN, FIT)})
    assert found.notebook == "b.ipynb"
    unread = Message("notebooks_code_unread", {"limit": "512 kB", "files": "a2.ipynb"})
    assert unread in found.notes


# --- a notebook and Python files


FILES = {"text.py": STUB, "model.py": FIT}


def test_the_one_with_more_written_counts_and_it_is_said(tmp_path):
    found = taken(tmp_path / "a", FILES | {"work/hw.ipynb": book(CLEAN, TABLE, FIT)})
    assert found.files["text.py"].decode() == f"{CLEAN}\n{TABLE}\n"
    assert found.notes == [Message("notebook_counts", {"file": "work/hw.ipynb"})]
    found = taken(tmp_path / "b", FILES | {"hw.ipynb": book(STUB)})
    assert found.files == {name: text.encode() for name, text in FILES.items()}
    assert Message("notebook", {"file": "hw.ipynb"}) in found.notes


def test_an_untouched_template_counts_only_alone(tmp_path):
    untouched = {"grader": {"code": code_digest([STUB, FIT])}}
    template = {"hw.en.ipynb": book(STUB, FIT, metadata=untouched)}
    found = taken(tmp_path / "a", FILES | template)
    assert (found.notes, set(found.ignored)) == ([], {"hw.en.ipynb"})
    found = taken(tmp_path / "b", template | {"mine.ipynb": book(STUB)})
    assert found.notes == []
    found = taken(tmp_path / "c", template)
    assert "def fit" in found.files["model.py"].decode()


def test_helper_files_beside_a_notebook_come_along(tmp_path):
    files = {"a/hw.ipynb": book(CLEAN, "from helper import x"), "a/helper.py": "x = 1"}
    assert taken(tmp_path, files).files["helper.py"] == b"x = 1"


def test_a_broken_notebook_beside_files_is_named(tmp_path):
    found = taken(tmp_path, FILES | {"hw.ipynb": "{"})
    assert found.problem is None
    assert [note.code for note in found.notes] == ["notebook_broken"]


def test_of_many_notebooks_those_with_a_graded_name_are_read(tmp_path):
    labs = {f"lab{i:02}.ipynb": book(f"print({i})") for i in range(12)}
    found = taken(tmp_path / "a", labs | {"text.ipynb": book(CLEAN, TABLE, FIT)})
    assert (found.problem, found.notebook) == (None, "text.ipynb")
    assert [note.code for note in found.notes].count("notebooks_unread") == 0
    found = taken(tmp_path / "b", labs)
    assert found.problem.fields["file"].startswith("lab00.ipynb, lab01.ipynb, ")
    unread = {"limit": "10", "files": "lab10.ipynb, lab11.ipynb"}
    assert found.notes == [Message("notebooks_unread", unread)]
    found = taken(tmp_path / "c", labs | FILES)
    assert [note.code for note in found.notes].count("notebooks_unread") == 0
    copies = {f"copy{i:02}.ipynb": book(CLEAN) for i in range(11)}
    found = taken(tmp_path / "d", labs | copies)
    assert Message("notebooks_unread", unread | {"files": "copy10.ipynb"}) in found.notes


def test_a_file_that_is_no_python_has_nothing_written(tmp_path):
    files = {"text.py": f"{CLEAN}\n{TABLE}\ndef more(:", "model.py": STUB}
    found = taken(tmp_path, files | {"hw.ipynb": book(CLEAN)})
    assert found.notebook == "hw.ipynb"
    blank = {"text.py": "\n" * (5 << 20) + CLEAN}
    assert taken(tmp_path / "b", blank | {"hw.ipynb": book(CLEAN)}).notebook == "hw.ipynb"


def packed(files):
    """A zip."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


RIGHT = {"hw/text.py": CLEAN, "hw/model.py": FIT}
LARGE = book(CLEAN, FIT, metadata={"widgets": "x" * (11 << 20)})


@pytest.mark.parametrize(
    ("beside", "problem", "notes"),
    [
        ({"hw.ipynb": LARGE}, "notebook_too_large", ["archives_unopened"]),
        ({"hw.ipynb": book(CLEAN)[:-20]}, "notebook_broken", ["archives_unopened"]),
        (
            {"a.ipynb": "{", "hw.ipynb": LARGE},
            "notebook_broken",
            ["notebook_too_large", "archives_unopened"],
        ),
        ({"report.ipynb": book("print(1)")}, "notebook_without_code", ["archives_unopened"]),
        ({"Text.py": CLEAN, "Model.py": FIT}, "missing_files", []),
        ({"text (1).py": CLEAN}, "missing_files", []),
    ],
)
def test_a_template_beside_what_a_student_wrote_is_not_graded_in_its_place(
    tmp_path, beside, problem, notes
):
    template = {"hw/text.py": STUB, "hw/model.py": STUB}
    found = taken(tmp_path, beside | {"hw1.zip": packed(template)})
    assert found.problem.code == problem
    assert sorted(note.code for note in found.notes) == sorted(notes)


def test_of_one_wanted_file_what_was_handed_in_counts_beside_an_archive(tmp_path):
    (tmp_path / "mine.py").write_text(CLEAN)
    (tmp_path / "hw1.zip").write_bytes(packed({"hw/text.py": STUB}))
    found = read(Found("kim", tmp_path), "hw", {"text.py": ["clean"]}, ["text.py"])
    assert (found.problem, found.files) == (None, {"text.py": CLEAN.encode()})


def test_an_archive_beside_checks_is_opened(tmp_path):
    beside = {"conftest.py": "", "tests/test_text.py": "", "TEXT.PY": CLEAN, "notes.md": ""}
    found = taken(tmp_path, beside | {"hw.zip": packed(RIGHT)})
    assert (found.problem, found.files["model.py"]) == (None, FIT.encode())


def test_an_archive_beside_a_part_of_the_assignment_is_not_opened(tmp_path):
    found = taken(tmp_path / "a", {"hw.ipynb": book(CLEAN), "old.zip": packed(RIGHT)})
    assert (found.notebook, found.ignored, found.notes) == ("hw.ipynb", ["old.zip"], [])
    found = taken(tmp_path / "b", {"text.py": CLEAN, "old.zip": packed(RIGHT)})
    assert set(found.files) == {"text.py"}


def test_moving_a_function_to_another_cell_is_another_hand_in(tmp_path):
    """The record names the cell, so it must be made anew."""
    one = taken(tmp_path / "a", {"hw.ipynb": book(CLEAN, FIT)})
    two = taken(tmp_path / "b", {"hw.ipynb": book("print(1)", CLEAN, FIT)})
    assert one.files == two.files
    assert one.sha256 != two.sha256
