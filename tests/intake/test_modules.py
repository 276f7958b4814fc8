"""What a notebook's cells become as modules: what is run, what is left out, and what is said."""

import importlib
import sys

import pytest

from grader.intake import syntax
from grader.intake.cells import Cell
from grader.intake.modules import assemble
from grader.intake.statements import parse
from grader.records.record import Message

WANTED = {"text.py": ["clean", "Table"], "model.py": ["fit"]}
CLEAN = "def clean(text):\n    return text.strip()"
TABLE = "class Table:\n    rows = 3"
PUSH = "def push(self, row):\n    self.rows += row"
PART_OF = "def part_of(kind):\n    return lambda f: setattr(kind, f.__name__, f)"


def made(*sources, **how):
    """What these cells become."""
    return assemble([Cell(i, source) for i, source in enumerate(sources, 1)], WANTED, **how)


def text_of(*sources, file="text.py"):
    """A module of it."""
    return made(*sources).files[file].decode()


def said(*sources):
    """Code and fields of what is said of it."""
    return [(note.code, note.fields) for note in made(*sources).notes]


# --- what Python refuses, and what is deep


@pytest.mark.parametrize(
    "refused",
    [
        f"@part_of(Table)\n{PUSH}\n    n = 1\n    global n",
        "@part_of(Table)\ndef push(self, x, x):\n    pass",
        "from __future__ import nonsense",
        "nonlocal x",
    ],
)
def test_what_the_parser_takes_and_the_compiler_refuses_is_no_python(refused):
    assert text_of(TABLE, PART_OF, refused) == f"{TABLE}\n"
    ((code, _),) = said(TABLE, PART_OF, refused)
    assert code == "cell_skipped"


NAMES = ",".join(f"a{i}" for i in range(20_000))
LAMBDAS = "[" + "lambda:0," * 60 + "]"


@pytest.mark.parametrize(
    "wide",
    [
        f"def clean({NAMES}):\n    return {'lambda:' * 60}0",
        f"def clean({NAMES}):\n    return {LAMBDAS}",
        f"def clean({NAMES}):\n    return [{'[x for x in y],' * 60}]",
        f"def clean():\n    import {NAMES}\n    return {LAMBDAS}",
        f"def clean():\n    from m import {NAMES}\n    return {LAMBDAS}",
        f"def clean():\n    import {NAMES.replace(',', '.m,')}\n    return {LAMBDAS}",
        f"def clean(x):\n    match x:\n        case [{NAMES}]:\n            return {LAMBDAS}",
        f"def clean():\n    nonlocal {NAMES}\n    return {LAMBDAS}",
        f"class clean:\n    global {NAMES}\n    x = {LAMBDAS}",
        f"class clean:\n    x = {NAMES}\n" + "    def f():0\n" * 60,
        f"def clean():0\nif clean:\n    global {NAMES}\nx = {LAMBDAS}",
        f"def clean():0\nx = {LAMBDAS}\nglobal {NAMES}",
        "def clean():\n    try:\n        0"
        + "".join(f"\n    except E as a{i}:\n        0" for i in range(20_000))
        + f"\n    return {LAMBDAS}",
    ],
)
def test_what_would_cost_the_symbol_table_gigabytes_is_no_python(monkeypatch, wide):
    monkeypatch.setattr("grader.intake.statements.table", None)  # nobody asks it
    assert text_of(wide) == f"pass\n{wide}\n"


def test_many_functions_of_few_names_and_few_of_many_are_python():
    deep = "def clean(t):\n    return " + "lambda:" * 60 + "t"
    wide = f"def fit({','.join(f'a{i}' for i in range(10_000))}):\n    return lambda: a0"
    many = "".join(f"def f{i}(x):\n    return lambda y: x\n" for i in range(3_000))
    more = f"global N\nclass Table:\n{''.join(f' def f{i}(s):0{chr(10)}' for i in range(700))}"
    texts = f"def clean():\n    return {[f't{i}' for i in range(20_000)]}, {LAMBDAS}"
    for cell in (deep, wide, many, more, texts):
        assert not parse(Cell(1, cell)).broken


@pytest.mark.parametrize("terms", [400, 900])
def test_a_long_sum_is_python_wherever_it_stands(terms):
    long = " + ".join("1" * terms)
    method = f"class Table:\n    def push(self):\n        return {long}"
    assert text_of(method) == f"{method}\n"
    value = f"SUM = {long}\n{TABLE}\n    sum = SUM"
    assert text_of(value) == f"{value}\n"
    branches = "if True:\n    N = 0\n" + "".join(
        f"elif N == {i}:\n    pass\n" for i in range(terms)
    )
    assert text_of(branches, f"{TABLE}\n    n = N").startswith(branches)


# --- what is not written yet


@pytest.mark.parametrize(
    ("body", "stub"),
    [
        ("raise NotImplementedError()", True),
        ('"""What it does."""\n    # YOUR CODE HERE\n    raise NotImplementedError', True),
        ("super().__init__()\n    raise NotImplementedError()", True),
        ("for x in y:\n        raise NotImplementedError()\n    return x", True),
        ("def inner():\n        return 1\n    raise NotImplementedError()", True),
        ("if x:\n        return ''\n    # YOUR CODE HERE\n    raise NotImplementedError()", True),
        ("for x in y:\n        if x:\n            continue\n    raise NotImplementedError", True),
        ("if x:\n        return 1\n    raise NotImplementedError(x)", False),
        (
            "for x in y:\n        if x:\n            continue\n        raise NotImplementedError(x)",
            False,
        ),
        ("while x:\n        if x:\n            break\n        raise NotImplementedError(x)", False),
        ("yield x\n    raise NotImplementedError(x)", False),
        ("yield from x\n    with x:\n        raise NotImplementedError(x)", False),
        ("if x:\n        raise NotImplementedError(x)\n    return 1", False),
        ("def inner():\n        raise NotImplementedError\n    return inner", False),
        ('"""\n    raise NotImplementedError\n    """\n    return 1', False),
    ],
)
def test_a_stub_never_gets_past_its_error(body, stub):
    function = f"def clean(x, y):\n    {body}"
    (statement,) = parse(Cell(1, function)).statements
    assert (statement.is_stub, syntax.written_functions(function) == 0) == (
        stub,
        stub and "def inner" not in body,
    )


def test_a_newer_function_that_refuses_an_option_is_written():
    newer = "def clean(t, kind='a'):\n    if kind == 'a':\n        return t\n    raise NotImplementedError(kind)"
    assert text_of(CLEAN, newer) == f"{newer}\n"


# --- what is run


def test_statements_on_one_line_are_taken_one_by_one():
    assert text_of(
        "import torch; print(torch.cuda.get_device_name(0))",
        "import numpy as np; data = np.load('한.npy'); N = 3 ;  # of it",
        "M = '한'; K = [\n  M]; print(K); \\\n  L = 4  # both",
        "def clean(text):\n    return torch, np, N, K, L",
    ) == (
        "import torch\nimport numpy as np\nN = 3\nM = '한'\nK = [\n  M]\nL = 4  # both\n"
        "def clean(text):\n    return torch, np, N, K, L\n"
    )


def test_a_line_of_many_statements_costs_no_more_than_many_lines():
    assert len(parse(Cell(1, "a;" * 100_000)).statements) == 100_000


@pytest.mark.parametrize(
    ("table", "beside"),
    [
        (TABLE, "Table.more = 3"),
        (TABLE, "Table = register(Table)"),
        ("class Table:\n    ops = {}", "Table.ops['a'] = 3"),
        ("class Table:\n    ops = {}", "Table.ops.update({'a': 3})"),
        (
            "class Table:\n    ops = {}\n    @classmethod\n    def add(c, n, f):\n        c.ops[n] = f",
            "Table.add('neg', register(lambda x: -x))",
        ),
        (CLEAN, "clean.cache = {}\nclean.cache.update(a=1)"),
        (
            f"from functools import singledispatch\n@singledispatch\n{CLEAN}",
            "clean.register(int, lambda x: 'int')",
        ),
    ],
)
def test_what_a_cell_does_with_its_own_definition_counts(tmp_path, monkeypatch, table, beside):
    package = made("def register(c):\n    return c", f"{table}\n{beside}")
    assert f"\n{beside}\n" in package.files["text.py"].decode()
    assert package.notes == []
    imported(package, "text", tmp_path, monkeypatch)


def load(way, *more):
    """A cell that calls a method with such a body, and what else stands before its class."""
    body = way.replace("\n", "\n        ")
    method = f"{TABLE}\n    @staticmethod\n    def load(path):\n        {body}"
    return "\n".join(["import os, gzip", *more, method, "Table.load('train.txt')"])


@pytest.mark.parametrize(
    "way",
    [
        "return open(path)",
        "return open(path) if path else ''",
        "if path:\n    with open(path) as f:\n        return f.read()",
        "if path.endswith('.gz'):\n    return gzip.open(path)\nelse:\n    return open(path)",
        (
            "try:\n    return open(path, encoding='utf-8')\n"
            "except UnicodeDecodeError:\n    return open(path, encoding='cp949')"
        ),
        "try:\n    return open(path)\nfinally:\n    print('done')",
        "try:\n    return open(path)\nexcept OSError:\n    raise ValueError(path)",
        "try:\n    return open(path)\nexcept FileNotFoundError:\n    print(path)\n    exit()",
        "try:\n    return open(path)\nexcept OSError:\n    return open('other.txt')",
        "try:\n    n = 1\nexcept Exception:\n    pass\nelse:\n    return open(path)",
        "if not os.path.exists(path):\n    print('no file')\nreturn open(path)",
        "if os.path.exists('cache'):\n    return open('cache')\nreturn open(path)",
        "if path or os.path.exists(path):\n    return open(path)",
        "with Table() as t:\n    return open(path)",
        "try:\n    f = open(path)\nexcept OSError:\n    print('no file')\nreturn f.read()",
        "try:\n    f = open(path)\nexcept OSError:\n    pass\nfinally:\n    f.close()",
        "with suppress(OSError):\n    f = open(path)\nreturn f",
        "return np.load(path)",
        "return pathlib.Path(path).read_text()",
        "return lines(path)",
        "return Table.lines(input())",
    ],
)
def test_to_call_a_method_that_reads_a_file_is_to_try_it_out(way):
    cell = load(way, "def lines(path):\n    return rows(path)", "def rows(p):\n    return open(p)")
    assert "Table.load('" not in text_of(cell)
    assert said(cell) == [("changes_left_out", {"parts": "Table.load"})]


@pytest.mark.parametrize(
    "way",
    [
        "try:\n    return open(path)\nexcept OSError:\n    return ''",
        "try:\n    return open(path)\nexcept:\n    return ''",
        "try:\n    return open(path)\nexcept (UnicodeDecodeError, FileNotFoundError):\n    pass",
        "try:\n    return open(path)\nexcept ValueError:\n    raise\nexcept Exception as e:\n    print(e)",
        "try:\n    return lines(path)\nexcept IOError:\n    return ''",
        "if not os.path.exists(path):\n    return {}\nwith open(path) as f:\n    return f.read()",
        "if path is None or not os.path.isfile(path):\n    return {}\nreturn open(path)",
        "if path and os.path.isfile(path):\n    return open(path)",
        "if not path.exists():\n    return ''\nelse:\n    return open(path)",
        "return open(path) if path.is_file() else ''",
        "return '' if not path.is_file() else open(path)",
        "with suppress(OSError):\n    return open(path)",
        "f = ''\ntry:\n    f = open(path)\nexcept OSError:\n    pass\nreturn f",
        "try:\n    f = open(path)\nexcept OSError:\n    f = ''\nreturn f",
        "try:\n    f = open(path)\nexcept OSError:\n    return ''\nreturn f",
        "try:\n    f = open(path)\nexcept OSError:\n    print('no file')\nelse:\n    print(f)",
        "with contextlib.suppress(FileNotFoundError):\n    return open(path)",
        "for p in path:\n    if not os.path.exists(p):\n        continue\n    print(open(p))",
    ],
)
def test_to_call_a_method_that_does_without_the_file_is_set_up(way):
    cell = load(way, "def lines(path):\n    return open(path)")
    assert text_of(cell).endswith("\nTable.load('train.txt')\n")
    assert said(cell) == []


TABLE_LOAD = f"{TABLE}\n    @classmethod\n    def load(cls, path, input=0):\n        "


@pytest.mark.parametrize(
    "body",
    [
        "cls.rows = input",
        "for open in path:\n            cls.rows = open",
        "open = path.split()\n        cls.rows = open",
        "cls.rows = [input for input in path]",
        "cls.rows = (lambda open: open)(path)",
        "cls.input = cls.input_of(path)\n    input_of = len",
        "cls.kinds.append(path)\n    kinds = []",
        "path.strip().lower()",
        "cls.rows = lines\n    def lines(self):\n        return open('x')\nlines = 3",
        "cls.rows = json.load(io.StringIO(path))",
        "cls.rows = np.loadtxt(io.BytesIO(b'1 2'))",
    ],
)
def test_a_name_that_is_no_file_stops_no_set_up(body):
    log = "class Log:\n    def append(self, x):\n        open('log', 'a').write(x)\n"
    log += "    def strip(self):\n        return input()\n    lower = strip"
    cell = f"import io, json\nimport numpy as np\n{TABLE_LOAD}{body}\nTable.load('3')"
    assert text_of(log, cell).endswith("\nTable.load('3')\n")
    assert said(log, cell) == []


@pytest.mark.parametrize(
    "body",
    [
        "cls.rows = (lambda open: open)(open(path))",
        "cls.rows = [open for open in path], open(path)",
        "def inner():\n            return open(path)\n        cls.rows = inner()",
        "def inner(open):\n            return open\n        cls.rows = open(path)",
        "with open(path) as input:\n            cls.rows = input",
        "global open\n        open = open\n        cls.rows = open(path)",
        "cls.rows = cls.lines(path)",
        "cls.rows = Table.lines(path)",
        "cls.rows = super().read(path)",
        "cls.rows = cls.read(path)",
        "cls.rows = Base.read(path)",
        "cls.rows = rows(path)",
        "cls.rows = json.load(rows(path))",
        "cls.rows = np.loadtxt(path, io.StringIO())",
        "cls.rows = cls.more(path)",
        "cls.rows = cls.most(path)",
    ],
)
def test_what_reads_a_file_under_a_name_of_its_own_is_left_out(body):
    base = "class Base:\n    def read(p):\n        return open(p)\ndef rows(p):\n    return Base.read(p)"
    table = TABLE_LOAD.replace("Table", "Table(Base)", 1)
    lines = "    def lines(path):\n        return open(path)"
    more = "def more(path):\n    return open(path)\nTable.more = more"
    cell = f"{table}{body}\n{lines}\n{more}\nTable.most = lambda p: open(p)\nTable.load('3')"
    imports = "import io, json\nimport numpy as np"
    assert "\nTable.load('3')" not in text_of(base, imports, cell)
    assert said(base, imports, cell) == [("changes_left_out", {"parts": "Table.load"})]


def test_an_inner_class_does_not_see_the_outer_one():
    own = "class Table:\n    class Row:\n        n = 1\n        m = n\n"
    assert text_of("n = open('x')", own) == own
    takes = "n = 1\nclass Table:\n    n = 2\n    class Row:\n        m = n\n"
    assert text_of("n = 1", takes.partition("\n")[2]) == takes


def test_a_class_may_take_a_global_of_its_own_name():
    kept = "eps = 1e-8\nclass Table:\n    eps = eps\n    half = eps / 2\n"
    assert text_of("eps = 1e-8", "other = open('x')", kept.partition("\n")[2]) == kept
    for body in [
        "def __init__(self, c: C = None):\n        pass\n    def C(self):\n        pass",
        "def go(self, *c: C, d: C = 1) -> C:\n        pass\n    C = 3",
        "C: C = 3",
        "C += 1",
    ]:
        assert text_of("C = 1", f"class Table:\n    {body}").startswith("C = 1\n")
    own = "class Table:\n    other = 3\n    half = other / 2\n"
    assert text_of("other = open('x')", own) == own


# --- what nothing graded uses


@pytest.mark.parametrize(
    ("scratch", "harm"),
    [
        ("def try_it():\n    print(fit(['a']))", "fit (model.py)"),  # a circle
        ("def try_it():\n    print(data)", "data = open('missing.csv').read()"),
        ("def try_it():\n    import pandas", "pandas"),
        ("def try_it():\n    import json", ""),
    ],
)
def test_what_nothing_graded_uses_does_no_harm(tmp_path, monkeypatch, scratch, harm):
    fit = "def fit(texts):\n    return [clean(text) for text in texts]"
    cells = [f"{CLEAN}\n{scratch}", "data = open('missing.csv').read()", fit]
    package = made(*cells, allowed=["torch"])
    assert (scratch in package.files["text.py"].decode()) is not bool(harm)
    left_out = Message("unused_left_out", {"names": "try_it", "needed": harm})
    assert package.notes == ([left_out] if harm else [])
    assert imported(package, "text", tmp_path, monkeypatch).clean(" a ") == "a"


@pytest.mark.parametrize(
    ("cell", "name", "result"),
    [
        (
            (
                "import math\nOPS = {}\ndef op(f):\n    OPS[f.__name__] = f\n    return f\n"
                "@op\ndef gelu(x, c=math.sqrt(4)):\n    return c * x * TABLE\n"
                "TABLE = unknown(1)\ndef clean(name):\n    return OPS[name](1)"
            ),
            "gelu",
            2,
        ),
        (
            (
                "import re\nRE = re.compile('a')\ndef mode_a(t):\n    return RE.findall(t)\n"
                "def clean(t):\n    return globals()['mode_' + t](t)"
            ),
            "a",
            ["a"],
        ),
        (
            (
                "class Base:\n    kinds = {}\n    def __init_subclass__(cls):\n"
                "        Base.kinds[cls.__name__] = cls\nclass A(Base):\n    opts = unknown(3)\n"
                "def clean(t):\n    return Base.kinds[t].opts"
            ),
            "A",
            3,
        ),
        (
            (
                "from dataclasses import dataclass, field\n@dataclass\nclass Config:\n"
                "    sizes: list = field(default_factory=list)\n"
                "def clean(t):\n    return globals()[t]().sizes"
            ),
            "Config",
            [],
        ),
        (
            (
                "STOP = [w for w in unknown('a b').split()]\n"
                "def step_stop(t):\n    return t not in STOP\n"
                "def clean(t):\n    return globals()['step_' + 'stop'](t)"
            ),
            "c",
            True,
        ),
        (
            (
                "from collections import namedtuple\nclass P(namedtuple('P', 'x')):\n    pass\n"
                "def clean(t):\n    return globals()[t](3).x"
            ),
            "P",
            3,
        ),
    ],
)
def test_what_is_reached_by_another_way_than_its_name_is_there(
    tmp_path, monkeypatch, cell, name, result
):
    package = made("def unknown(x):\n    return x", cell)
    assert package.notes == []
    assert imported(package, "text", tmp_path, monkeypatch).clean(name) == result


PLOT = "def plot(losses):\n    plt.plot(losses)"


@pytest.mark.parametrize(
    "looks",
    [
        "class Table:\n    def __init__(self, rows):\n        self.__dict__.update(locals())",
        "class Table:\n    def __repr__(self):\n        return str(vars(self))",
        "def eval(x):\n    return x\ndef clean(t):\n    return eval(t)",
        "def clean(t):\n    return globals()['pl' + t]",
        "def clean(t):\n    return eval('pl' + t)",
        "def timed(f):\n    return f\n@timed\ndef clean(t):\n    return t\n@timed",
    ],
)
@pytest.mark.parametrize(
    ("before", "harm"),
    [
        ("import matplotlib.pyplot as plt", "matplotlib"),
        ("plt = open('train.csv').read()", "plt = open('train.csv').read()"),
        ("def read(p):\n    return open(p)\nplt = read('a')", "plt = read('a')"),
        ("plt = np.load('a.npy')", "plt = np.load('a.npy')"),
    ],
)
def test_by_text_nothing_comes_in_that_costs_the_module(looks, before, harm):
    package = made(before, f"{looks}\n{PLOT}", allowed=["torch"])
    assert PLOT not in package.files["text.py"].decode()
    assert package.notes == [Message("unused_left_out", {"names": "plot", "needed": harm})]


def test_a_class_that_reads_a_file_at_once_is_an_experiment():
    cell = f"{CLEAN}\nclass Config:\n    words = open('w.txt').read()"
    assert text_of(cell) == f"{CLEAN}\n"
    assert said(cell) == [("unused_left_out", {"names": "Config", "needed": "open"})]
    tried = f"{CLEAN}\nclass Config:\n    def load(self):\n        return open(sorted('w'))"
    assert text_of(tried) == f"{tried}\n"


def test_a_circle_does_not_come_in_by_text():
    demo = "def clean(t):\n    return globals()['de' + t]\ndef demo():\n    return fit"
    fit = "def fit(texts):\n    return clean(texts)"
    assert text_of(demo, fit) == demo.partition("\ndef demo")[0] + "\n"


@pytest.mark.parametrize(
    ("looks", "comes"),
    [
        ("eval(row)", False),
        ("eval('demo_' + t)", True),
        ("eval(t + '_it')", True),
        ("eval(f'demo_{t}(1)')", True),
        ("eval(f'{t}_it(1)')", True),
        ("eval(f'{t}mo_{t}')", True),
        ("eval('demo_%s(t)' % t)", True),
        ("eval('%(how)sit' % vars())", False),
        ("eval('demo_{}(t)'.format(t))", True),
        ("eval('{a}emo_{b}'.format(a=t, b=t))", True),
        ("eval('1 + demo_it(t)')", True),
        ("eval(t) if re.match(r'demo_\\w+', t) else 0", True),
        ("eval(t) if re.match('^demo_[a-z]+$', t) else 0", True),
        ("eval('dem' + t)", True),
        ("eval(t.replace('o', '0').replace('d', '').replace('it', ''))", False),
        ("eval('_'.join(t))", False),
        ("eval('tell the demos')", False),
        ("eval('dem of them')", False),
        ("globals()['demo_' + t]", True),
        ("globals()[t]", False),
        ("locals()[t]", False),
    ],
)
def test_what_computes_comes_in_where_a_text_may_name_it(looks, comes):
    cell = f"def clean(t):\n    return {looks}\ndef demo_it():\n    return MODEL"
    text = text_of("MODEL = train(100)", cell)
    assert ("MODEL = train(100)" in text, "demo_it" in text) == (comes, comes)


def test_a_text_in_what_comes_in_by_text_names_more():
    steps = "".join(f"def a_{n}(t):\n    return M{n}, globals()['a_{n + 1}']\n" for n in range(5))
    values = "\n".join(f"M{n} = train({n})" for n in range(5))
    assert "def a_4" in text_of(values, f"def clean(t):\n    return eval('a_0')\n{steps}")


def test_a_docstring_looks_nothing_up():
    cell = "def clean(t):\n    'demo'\n    return eval(t)\ndef demo():\n    return M"
    assert "demo()" not in text_of("M = train(1)", cell)


GO = f"{TABLE}\n    def go(self):\n        return fit(self)"


@pytest.mark.parametrize("first", ["text", "model"])
@pytest.mark.parametrize(
    ("cells", "probe", "result"),
    [
        (
            [
                "def clean(n):\n    return n and fit(n - 1)",
                "def fit(n):\n    return n and clean(n - 1)",
            ],
            "text.clean(3)",
            0,
        ),
        ([GO, "def fit(table: Table) -> int:\n    return table.rows"], "text.Table().go()", 3),
        (
            [
                f"{GO}\n    last: fit = None",
                "def fit(table: Table, *rest: Table):\n    return table.rows",
            ],
            "text.Table().go()",
            3,
        ),
        (
            [GO, "class fit(Table):\n    def __init__(self, other):\n        self.n = other.rows"],
            "text.Table().go().n",
            3,
        ),
        (
            ["def clean(t):\n    return fit(t)", "def fit(t, with_=clean):\n    return [t, with_]"],
            "text.clean(3) == [3, text.clean]",
            True,
        ),
        (
            [
                GO,
                "@Table\nclass fit:\n    pass",
                "class Table(Table):\n    def __init__(self, c):\n        pass",
            ],
            "type(model.fit) is text.Table",
            True,
        ),
    ],
)
def test_two_modules_may_need_each_other(tmp_path, monkeypatch, first, cells, probe, result):
    imported(made(*cells), first, tmp_path, monkeypatch)
    both = {name: importlib.import_module(f"package.{name}") for name in ("text", "model")}
    assert eval(probe, both) == result


@pytest.mark.parametrize("first", "abc")
def test_three_modules_may_need_each_other(tmp_path, monkeypatch, first):
    cells = [f"def {x}(n):\n    return n and {y}(n - 1)" for x, y in ("ab", "bc", "ca")]
    wanted = {f"{name}.py": [name] for name in "abc"}
    package = assemble([Cell(i, cell) for i, cell in enumerate(cells, 1)], wanted)
    module = imported(package, first, tmp_path, monkeypatch)
    assert getattr(module, first)(7) == 0


def imported(package, name, tmp_path, monkeypatch):
    """A module of it, as Python imports it."""
    for file, text in package.files.items():
        (tmp_path / "package").mkdir(exist_ok=True)
        (tmp_path / "package" / file).write_bytes(text)
    for module in [m for m in sys.modules if m.partition(".")[0] == "package"]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.syspath_prepend(tmp_path)
    return importlib.import_module(f"package.{name}")


# --- what is said


def test_a_change_of_another_attribute_costs_no_method_and_is_named():
    cells = [TABLE, f"{PUSH}\nTable.push = push", "Table.verbose = True; Table.rows += 1"]
    assert text_of(*cells) == f"{TABLE}\n{PUSH}\nTable.push = push\n"
    assert said(*cells) == [("changes_left_out", {"parts": "Table.verbose, Table.rows"})]
    assert said(TABLE, f"{PUSH}\nTable.push = push", "del Table.push") == [
        ("changes_left_out", {"parts": "Table.push"})
    ]


@pytest.mark.parametrize(
    ("change", "parts"),
    [
        ("@part_of(Table)\ndef a(self):\n    return data", "Table.a"),
        ("for n in range(3):\n    Table.n = n\n    print(Table.n)", "Table.n"),
        ("for n in 'ab':\n    setattr(Table, n, 1)", "Table.*"),
        ("Table.ops['neg'] = push; Table.rows[0].n = 1", "Table.ops, Table.rows"),
        ("clean.cache = {}; clean = part_of(clean)", "clean.cache, clean"),
        ("if __name__ == '__main__':\n    Table.verbose = True", ""),
        ("clean.clear(); Table.show(); print(Table.rows)", ""),
    ],
)
def test_what_is_left_out_of_a_function_or_class_is_named(change, parts):
    cells = [f"{CLEAN}\n{TABLE}", PART_OF, "data = open('x')", change]
    assert said(*cells) == ([("changes_left_out", {"parts": parts})] if parts else [])


@pytest.mark.parametrize("line", ["# right?", "x = 1  # right?", '"""Is it right?', "print('a?"])
def test_a_question_is_no_magic(line):
    broken = f"def clean(text):\n    {line}\n    return (text"
    assert said(broken) == []
    assert text_of(broken) == f"pass\n{broken}\n"


@pytest.mark.parametrize(
    "line",
    ["np.array?", "?np", "x[0].f??", "a = np.array?", "files = !ls", "clean('a b')?", "d['a']?"],
)
def test_a_question_to_jupyter_is_magic(line):
    assert said(f"{line}\n{CLEAN}") == [("magics", {"lines": line})]


# --- what would take minutes, were anything done twice


def work(function, *given):
    """How many lines of Python are run for it, in all."""
    count = 0

    def traced(*_):
        nonlocal count
        count += 1
        return traced

    before = sys.gettrace()
    sys.settrace(traced)
    try:
        function(*given)
    finally:
        sys.settrace(before)
    return count


def nested(line, depth):
    """A line in itself, over and over, and at the bottom much."""
    return "".join(f"{' ' * i}{line}\n" for i in range(1, depth)) + " " * depth + "a;" * 500


@pytest.mark.parametrize(
    "cell",
    [
        lambda depth: "class Table:\n" + nested("class C:", depth),
        lambda depth: "def clean(t):\n" + nested("for x in y:", depth),
        lambda depth: "def clean(t):\n" + nested("with x:", depth),
        lambda depth: f"{TABLE}\n def load():\n" + nested("if a:", depth) + "\nTable.load()",
    ],
)
def test_what_is_deep_is_looked_at_once(cell):
    assert work(text_of, cell(40)) < 2 * work(text_of, cell(3))


@pytest.mark.parametrize(
    "source",
    [
        lambda n: "d=1\n" * n + "".join(f"@d\ndef f{i}():0\n" for i in range(n)) + CLEAN,
        lambda n: "import d\n" * n + "".join(f"@d\ndef f{i}():0\n" for i in range(n)) + CLEAN,
        lambda n: "from a import *\n" * n + "".join(f"def f{i}():u{i}\n" for i in range(n)) + CLEAN,
        lambda n: (
            "".join(f"class A{i}:0\n" for i in range(n))
            + "".join(f"A{i}.x=" for i in range(n))
            + f"1\n{TABLE}"
        ),
        lambda n: f"{CLEAN}\nD=open('x')\n" + "".join(f"def f{i}():D\n" for i in range(n)),
        lambda n: (
            "class Table:\n" + "".join(f" def f{i}(s):0\n" for i in range(n)) + "Table.f0()\n" * n
        ),
    ],
)
def test_twice_as_much_is_twice_the_work(source):
    assert work(text_of, source(120)) < 3 * work(text_of, source(60))


def test_a_blank_line_is_read_once():
    assert parse(Cell(1, f"a = 1\n{' ' * 200_000}x$\n")).broken
    (statement,) = parse(Cell(1, "def f():\n" + "\n" * 100_000 + "    return 1")).statements
    assert not statement.is_stub
    assert syntax.written_functions("\n" * 200_000 + "x") == 0


def test_a_name_that_a_broken_cell_defines_is_looked_up_once():
    broken, right = "def clean(\n" * 20_000, "def clean():0\n" * 15_000
    assert text_of(broken, right).count("\n") == 1


def test_what_an_addition_needs_is_looked_at_once():
    n = 2_000
    chain = "".join(f"def g{i}(): return g{i + 1}()\n" for i in range(n))
    parts = "".join(f"Table.a{i} = lambda self: g0()\n" for i in range(n))
    own = "".join(f"D{i} = open('x')\nTable.a{i} = lambda self: (D{i}, g0())\n" for i in range(n))
    assert text_of(TABLE, f"{chain}def g{n}(): return D\nD = open('x')", parts) == f"{TABLE}\n"
    assert text_of(TABLE, f"{chain}def g{n}(): return 0", own) == f"{TABLE}\n"


@pytest.mark.parametrize("more", ["class Table(Table):0", "class Table(Table):0\nTable=Table"])
def test_a_class_that_goes_on_and_on_is_looked_at_once(more):
    lines = [more] * 10_000
    assert text_of("class Table:0", *["\n".join(lines)]) == "\n".join(["class Table:0", *lines, ""])
