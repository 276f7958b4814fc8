"""The shape of the house: imports run downwards, rooms stay small, words exist in both languages."""

import ast
import re
import string
import subprocess
import sys
import tomllib

import pytest

from tests.house import ORDER, PACKAGE, PICTURE, ROOT, arrows, imports, modules, rooms, svg

GUEST_MAY = {"grader.boundary.wire", "grader.boundary.replies"}
ONE_ROOM = {  # a foreign library -> the rooms that know it
    "click": ["grader.cli."],
    "pytest": ["grader.checking."],
    "jinja2": ["grader.report.", "grader.authoring."],
    "rich": ["grader.cli.", "grader.selfcheck."],
    "sqlalchemy": ["grader.export.gradebook."],
    "nbgrader": ["grader.export.gradebook."],
    "dask": ["grader.grading.engines."],
    "distributed": ["grader.grading.engines."],
}


def is_empty_room(path):
    """A package's `__init__` that says what the room is for, and nothing else."""
    return path.name == "__init__.py" and len(ast.parse(path.read_text(encoding="utf-8")).body) <= 1


def test_every_module_has_its_place_in_the_order():
    found = [
        name for name, path in modules().items() if name == "grader" or not is_empty_room(path)
    ]
    assert sorted(found) == sorted(ORDER)


def test_imports_run_downwards():
    place = {module: number for number, module in enumerate(ORDER)}
    wrong = [
        f"{module} imports {imported}"
        for module, path in modules().items()
        for imported in imports(path)
        if imported in place and place[imported] >= place[module]
    ]
    assert wrong == []


def test_an_upward_import_inside_a_function_would_be_seen(tmp_path):
    file = tmp_path / "m.py"
    file.write_text("def f():\n    from grader.cli import main\n    import grader.grading.batch\n")
    assert set(imports(file)) == {"grader.cli.main", "grader.grading.batch"}


def test_the_picture_of_the_rooms_is_current():
    """`python -m tests.house` draws it anew."""
    names = list(rooms())
    assert [a for a in arrows() if names.index(a[0]) > names.index(a[1])] == []
    assert PICTURE.read_text(encoding="utf-8") == svg()


def test_a_guest_imports_nothing_of_ours_but_wire_and_replies():
    for module, path in modules().items():
        if module.startswith("grader.boundary.guest."):
            ours = {name for name in imports(path) if name.startswith("grader")}
            strange = {
                n for n in ours if n not in GUEST_MAY and not n.startswith("grader.boundary.guest.")
            }
            assert strange == set(), module


def test_importing_the_launcher_loads_nothing_of_the_trusted_side():
    code = "import sys, grader.boundary.guest.launcher; print(*sorted(m for m in sys.modules if m.startswith('grader')))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    strange = [m for m in loaded if not m.startswith(("grader.boundary.guest", *GUEST_MAY))]
    assert strange == ["grader", "grader.boundary"]


@pytest.mark.parametrize("library", ONE_ROOM)
def test_a_foreign_library_has_one_room(library):
    for module, path in modules().items():
        if library in {name.partition(".")[0] for name in imports(path)}:
            assert any(module == room or module.startswith(room) for room in ONE_ROOM[library]), (
                module
            )


def test_help_is_quick_because_heavy_libraries_wait():
    code = "import sys, grader.cli.main; print([m for m in ('torch', 'numpy', 'pytest', 'jinja2', 'rich') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_rooms_stay_small():
    for module, path in modules().items():
        text = path.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= 400, module
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                assert node.end_lineno - node.lineno < 60, f"{module}.{node.name}"


def flat(table, prefix=""):
    for key, value in table.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def catalogue(lang):
    return {
        f"{path.stem}.{key}": text
        for path in sorted((PACKAGE / "locale" / lang).glob("*.toml"))
        for key, text in flat(tomllib.loads(path.read_text(encoding="utf-8")))
    }


def fields(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_say_the_same_with_the_same_fields():
    en, ko = catalogue("en"), catalogue("ko")
    assert sorted(en) == sorted(ko)
    assert [code for code in en if fields(en[code]) != fields(ko[code])] == []
    untranslated = [
        code for code, text in ko.items() if text == en[code] and re.search("[a-z] [a-z]", text)
    ]
    assert [code for code in untranslated if not en[code].startswith("pip ")] == []


def test_every_error_that_is_raised_has_its_sentence():
    known = catalogue("en")
    for module, path in modules().items():
        for code in re.findall(r'"(error\.[a-z_0-9]+)"', path.read_text(encoding="utf-8")):
            assert code in known, f"{module}: {code}"


def test_no_path_of_a_machine_and_no_registry_host_is_committed():
    files = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    pattern = re.compile(
        r"(?<![\w.])/(work|root|farm|home)/\w|pypi\.org/simple|files\.pythonhosted|download\.pytorch"
    )
    for name in files:
        path = ROOT / name
        if path.suffix in {".py", ".md", ".toml", ".txt", ".cfg", ".yml", ""} and path.is_file():
            found = pattern.search(path.read_text(encoding="utf-8", errors="replace"))
            assert found is None or name == "tests/test_layout.py", f"{name}: {found}"
