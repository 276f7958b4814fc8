"""What a student sees."""

import io
import json
import os
import pty
import re
import select
import shutil
import subprocess
import sys
import time
from dataclasses import replace

import pytest
from click.testing import CliRunner
from rich.cells import cell_len
from rich.console import Console

from grader.cli.main import main
from grader.course.folder import Course
from grader.records.record import ExerciseResult, Message
from grader.selfcheck.view import View
from tests.outcomes import check as outcome


@pytest.fixture
def check(course):
    folder = course / "work"

    def run(files, *options, lang="en", columns=200):
        folder.mkdir(exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
        call = ["--lang", lang, "--course", str(course), "check", "tiny", str(folder), *options]
        return CliRunner().invoke(main, call, env={"COLUMNS": str(columns)})

    return run


@pytest.fixture
def public(course):
    """Write other public checks into the same file."""
    path = course / "assignments" / "tiny" / "checks" / "public" / "test_sums.py"
    return lambda text: path.write_text(text, encoding="utf-8")


GREET = "def greet(name): return f'Hello {name}'\n"


def test_passed(check):
    done = check({"sums.py": "def add(a, b): return a + b", "words.py": GREET})
    assert done.exit_code == 0, done.output
    assert "✓ Numbers are added" in done.output
    # greet has hidden checks alone: nobody says yet whether it is right
    assert "add: right so far" in done.output
    assert "Functions that pass all their public checks: 1 of 2." in done.output
    assert "Points of those functions: 6 of 10." in done.output
    assert "depends on the hidden checks as well (2 in all)." in done.output


def test_failed_in_words_with_hint_and_next_step(check):
    done = check({"sums.py": "def add(a, b): return a - b", "words.py": GREET})
    assert done.exit_code == 1
    assert "add: not right yet on ordinary input" in done.output
    assert "Points of those functions: 0 of 10." in done.output
    assert "✗ Numbers are added" in done.output
    assert "assert -1 == 3" in done.output
    assert "Plus." in done.output
    assert "Next: fix 'Adding' in sums.py, then run: grader check tiny " in done.output
    assert "Traceback" not in done.output


def test_a_hint_is_not_broken_by_us(check, edit):
    """The terminal wraps it where it stands; a line of ours would begin at the left again."""
    hint = "Plus, and plus again, and once more, until nothing is left to be added."
    edit("assignments/tiny/exercises/adding.toml", '"Plus."', f'"{hint}"')
    done = check({"sums.py": "def add(a, b): return a - b", "words.py": GREET}, columns=40)
    assert f"        {hint}\n" in done.output


def test_unfinished_is_not_yet(check):
    done = check({"sums.py": "def add(a, b):\n    raise NotImplementedError()", "words.py": GREET})
    assert "○ not written yet" in done.output
    assert "NotImplementedError" not in done.output
    assert "Next: write 'Adding'" in done.output


def test_raised(check):
    done = check({"sums.py": "def add(a, b):\n    return a + c", "words.py": GREET})
    assert "NameError: name 'c' is not defined (tiny_package/sums.py, line 2)" in done.output
    assert "Plus." not in done.output  # it is about the value, and there was none


def test_an_attribute_that_is_not_there_is_no_matter_of_the_hint(check, public):
    public("def test_add_adds(student):\n    assert student.sums.Sum().total == 1\n")
    output = check({"sums.py": "class Sum: pass", "words.py": GREET}).output
    assert "✗ Numbers are added\n        The Sum object has no attribute total." in output
    assert "Plus." not in output


def test_a_forgotten_return_is_called_that_with_the_line_of_the_function(check):
    files = {"sums.py": "x = 1\n\ndef add(a, b):\n    a + b\n", "words.py": GREET}
    english = check(files).output
    assert "add returned None. Is a return missing? (tiny_package/sums.py, line 3)" in english
    korean = check(files, lang="ko").output
    assert "return을 빠뜨리지 않았나요? (tiny_package/sums.py 3행)" in korean


def test_none_from_a_method_is_placed_in_its_class(check, public):
    public("def test_add_adds(student):\n    assert student.sums.Sum().total(1) == 1\n")
    other = "class Other:\n    def total(self, a): return a\n\n"
    own = "class Sum:\n    def total(self, a):\n        a + 0\n"
    output = check({"sums.py": other + own, "words.py": GREET}).output
    assert "total returned None. Is a return missing? (tiny_package/sums.py, line 5)" in output


def test_none_where_an_error_was_wanted_is_not_called_a_forgotten_return(check, public):
    public(
        "from grader.checking.expect import expect_error\n\n\n"
        "def test_add_adds(student):\n"
        "    with expect_error(ValueError):\n        student.sums.add(1, 2)\n",
    )
    output = check({"sums.py": "def add(a, b): pass", "words.py": GREET}).output
    assert "ValueError was expected, but nothing was raised" in output
    assert "returned None" not in output


def test_what_blocks_a_whole_file_is_said_once(check, public, edit):
    saying = "assignments/tiny/exercises/saying.toml"
    edit(saying, 'file = "words.py"', 'file = "sums.py"')
    described = (
        '[[check]]\nid = "greet_exists"\ntitle = { en = "It is there", ko = "있습니다" }\n'
        'hint = { en = "Write it.", ko = "쓰세요." }\n\n'
    )
    edit(saying, '[[check]]\nid = "greet_greets"', f'{described}[[check]]\nid = "greet_greets"')
    public(
        "def test_add_adds(student):\n    assert student.sums.add(1, 2) == 3\n\n\n"
        "def test_greet_exists(student):\n    student.sums.greet\n",
    )
    stub = "class Table:\n    rows = {}\n    raise NotImplementedError\n"
    output = check({"sums.py": stub, "words.py": GREET}).output
    reason = "importing it raises NotImplementedError (tiny_package/sums.py, line 3)"
    assert output.count(reason) == 1
    assert output.count("○ the same reason as above") == 1
    broken = check({"sums.py": "1 / 0\n", "words.py": GREET}).output
    assert broken.count("sums.py could not be imported: ZeroDivisionError") == 1
    assert "Plus." not in broken


def test_a_self_check_blames_no_other_python(check):
    line = "try: pass\nexcept KeyError, ValueError: pass\n"
    output = check({"sums.py": line, "words.py": GREET}, "-k", "adding").output
    assert ("SyntaxError" in output) == (sys.version_info < (3, 14))
    assert "The grader runs Python" not in output


def test_a_function_under_another_name_is_named(check):
    output = check({"sums.py": "def sum_up(a, b): return a + b", "words.py": GREET}).output
    assert "○ add was not found in sums.py.\n" in output
    output = check({"sums.py": "def ad(a, b): return a + b", "words.py": GREET}).output
    assert "○ add was not found in sums.py. Similar names: ad." in output
    korean = check({"sums.py": "def ad(a, b): return a + b", "words.py": GREET}, lang="ko").output
    assert "비슷한 이름: ad." in korean


ADD_RETURNS_A_TUPLE = """from grader.checking.expect import expect_equal


def test_add_adds(student):
    expect_equal(student.sums.add(1, 2), (3,))
"""
WANTS_AN_ERROR = """from grader.checking.expect import expect_error


def refuses(function):
    with expect_error(ValueError):
        function(1, 2)


def test_add_adds(student):
    refuses(student.sums.add)
"""


@pytest.mark.parametrize(
    ("checks", "body", "hinted"),
    [
        (ADD_RETURNS_A_TUPLE, "return (4,)", True),
        (ADD_RETURNS_A_TUPLE, "return [3]", False),
        (ADD_RETURNS_A_TUPLE, "return None", False),
        (ADD_RETURNS_A_TUPLE, "raise SystemExit", False),
        (ADD_RETURNS_A_TUPLE, "return 1 / 0", False),
        (ADD_RETURNS_A_TUPLE, "return object()", False),
        (WANTS_AN_ERROR, "return 3", True),
        (WANTS_AN_ERROR, "raise KeyError", True),
    ],
)
def test_a_hint_is_shown_where_the_value_differs_or_an_error_is_wanted(
    check, public, checks, body, hinted
):
    public(checks)
    output = check({"sums.py": f"def add(a, b): {body}", "words.py": GREET}).output
    assert "✗ Numbers are added" in output
    assert ("Plus." in output) == hinted


@pytest.mark.parametrize(
    ("printed", "said"),
    [
        ("for i in range(12): print(i)", ""),
        ("for i in range(20): print(i)", "│ ... 8줄 더 있음"),
        ("for i in range(5000): print(i)", "│ ... 이후 출력은 생략했습니다"),
    ],
)
def test_of_lines_that_are_not_shown_the_true_number_is_said(check, printed, said):
    source = f"def add(a, b):\n    {printed}\n    return a + b"
    output = check({"sums.py": source, "words.py": GREET}, lang="ko").output
    assert said in output
    assert ("..." in output) == bool(said)


def test_from_the_folder_above_it_says_where_to_go(course, tmp_path, monkeypatch):
    main(["--course", str(course), "release", "tiny"], standalone_mode=False)
    home = tmp_path / "home"
    shutil.copytree(course / "student_template" / "tiny_package", home / "my homework")
    monkeypatch.chdir(home)
    done = CliRunner().invoke(main, ["--lang", "en", "check", "tiny"])
    assert done.exit_code == 2
    assert "cd 'my homework'" in done.output
    assert "grader check tiny" in done.output
    other = CliRunner().invoke(main, ["--lang", "en", "check", "huge"])
    assert "huge was not found in" in other.output
    assert "grader new course" not in other.output


def test_prints_stand_with_their_check_and_cannot_repaint(check):
    source = "def add(a, b):\n    print('adding', a, '\\x1b[2J')\n    return a + b"
    lines = check({"sums.py": source, "words.py": GREET}).output.splitlines()
    place = next(i for i, line in enumerate(lines) if "Numbers are added" in line)
    assert lines[place + 1].strip() == "│ adding 1 �[2J"


def test_a_course_in_korean_alone_speaks_korean_of_itself_under_any_lang(check, korean):
    done = check({"sums.py": "def add(a, b): return 0", "words.py": GREET}, lang="en")
    assert done.exit_code == 1, done.output
    assert "작은 과제" in done.output
    assert "✗ 수를 더합니다" in done.output
    assert "더하기." in done.output
    assert "Next: fix '더하기'" in done.output


def test_korean(check):
    done = check({"sums.py": "def add(a, b): return 0", "words.py": GREET}, lang="ko")
    assert "더하기" in done.output
    assert "다음 할 일" in done.output


def test_the_language_may_stand_behind_the_command(check, monkeypatch, tmp_path):
    done = check({"sums.py": "def add(a, b): return 0", "words.py": GREET}, "--lang", "ko")
    assert "다음 할 일" in done.output
    monkeypatch.chdir(tmp_path)
    for call in (["train", "hw1", "--lang", "ko"], ["train", "--lang", "ko", "hw1"]):
        assert "과제를 찾지 못했습니다" in CliRunner().invoke(main, call).output


@pytest.fixture
def view(course):
    """A view of the small assignment, and what it prints on a terminal 40 columns wide."""
    file = io.StringIO()
    console = Console(file=file, force_terminal=True, width=40, highlight=False, color_system=None)
    return View(Course.read(course).load("tiny"), "ko", [], console), file


def ended(exercise, *checks):
    return ExerciseResult(exercise, False, None, 0.0, 0.0, [], list(checks))


def test_on_a_terminal_lines_are_wrapped_with_their_indent(view):
    shown, file = view
    said = "이 함수는 평범한 입력에서 기대한 값과 다른 값을 반환했습니다. 부호를 다시 보세요."
    message = Message("assertion", {"text": said})
    add = replace(outcome("add1"), id="add_adds", message=message, output="가나다라 " * 12)
    shown.exercise(ended("adding", add))
    lines = file.getvalue().splitlines()
    assert all(cell_len(line) <= 40 for line in lines)
    start = next(i for i, line in enumerate(lines) if "이 함수는" in line)
    told = lines[start : next(i for i, line in enumerate(lines) if "더하기" in line and i > start)]
    assert len(told) > 1
    assert all(line.startswith("        ") for line in told)
    assert " ".join(line.strip() for line in told) == said
    printed = [line for line in lines if "가나다라" in line]
    assert len(printed) > 1
    assert all(line.startswith("        │ ") for line in printed)


def test_a_function_whose_checks_were_skipped_is_not_called_wrong(view):
    shown, file = view
    shown.exercise(ended("adding", replace(outcome("add1", outcome="skipped"), id="add_adds")))
    assert "add: 아직 점검하지 못했습니다" in file.getvalue()
    assert "틀립니다" not in file.getvalue()


def test_the_first_exercise_that_is_not_right_comes_next(view):
    shown, file = view
    unwritten = replace(outcome("add1", outcome="unanswered"), id="add_adds")
    wrong = replace(outcome("greet1"), id="greet_greets")
    shown.end([ended("saying", wrong), ended("adding", unwritten)], [])
    assert "'더하기' 코드를 작성한 뒤" in " ".join(file.getvalue().split())


def test_missing_and_misnamed_files_are_named(check):
    done = check({"Sums.py": "", "words.py": GREET})
    assert "Missing files: sums.py. Files with similar names: Sums.py." in done.output
    assert "Next: rename your file to exactly sums.py, then run:" in done.output


def test_a_templates_own_files_are_not_taken_for_a_misnamed_one(course, monkeypatch):
    main(["--course", str(course), "release", "tiny"], standalone_mode=False)
    folder = course / "student_template" / "tiny_package"
    (folder / "sums.py").rename(folder / "sums (1).py")
    (folder / "exercises" / "sums.md").touch()
    (folder / "tiny.en.ipynb").write_text("{}")
    monkeypatch.chdir(folder)
    done = CliRunner().invoke(main, ["--lang", "en", "check", "tiny"])
    assert "Files with similar names: sums (1).py." in done.output


def test_a_folder_that_was_named_is_named_again(check, course):
    output = check({"sums.py": "def add(a, b): return 0", "words.py": GREET}).output
    assert f"then run: grader check tiny {course / 'work'} -k adding" in output


def test_a_notebook_that_cannot_be_read_is_to_be_checked_again(check, course):
    (course / "my.ipynb").write_text("{'cells': []}")
    call = ["--lang", "ko", "--course", str(course), "check", "tiny", str(course / "my.ipynb")]
    output = CliRunner().invoke(main, call).output
    assert "다시 점검하세요" in output
    assert "제출" not in output


def test_one_exercise(check):
    done = check({"sums.py": "def add(a, b): return a + b", "words.py": "1/0"}, "-k", "adding")
    assert done.exit_code == 0
    unknown = check({}, "-k", "addign")
    assert (unknown.exit_code, "adding, saying" in unknown.output) == (2, True)


def test_json(check):
    done = check({"sums.py": "def add(a, b): return a + b", "words.py": GREET}, "--json")
    results = json.loads(done.output)
    assert results[0]["checks"][0]["outcome"] == "passed"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nowhere", "nowhere does not exist"),
        ("no.ipynb", "no.ipynb does not exist"),
        ("b.zip", "b.zip is an archive. Unpack it first"),
        ("sums.py", "Name the folder that it is in: grader check tiny ."),
    ],
)
def test_what_is_no_folder_is_told_by_what_it_is(course, tmp_path, monkeypatch, name, said):
    monkeypatch.chdir(tmp_path)
    for there in ("b.zip", "sums.py"):
        (tmp_path / there).touch()
    done = CliRunner().invoke(
        main, ["--lang", "en", "--course", str(course), "check", "tiny", name]
    )
    assert (done.exit_code, said in done.output) == (2, True), done.output


def test_watch_checks_again_on_save(check, course):
    check({"sums.py": "def add(a, b): return 0", "words.py": GREET})
    reader, writer = pty.openpty()
    command = [
        sys.executable,
        "-m",
        "grader",
        "--lang",
        "en",
        "--course",
        str(course),
        "check",
        "tiny",
    ]
    watching = subprocess.Popen(
        [*command, str(course / "work"), "--watch"], stdout=writer, stderr=writer
    )
    os.close(writer)
    try:
        assert "✗" in read_until(reader, "Waiting for you to save")
        (course / "work" / "sums.py").write_text("def add(a, b): return a + b  # mended")
        assert "✓" in read_until(reader, "Waiting for you to save")
    finally:
        watching.terminate()
        watching.wait()
        os.close(reader)


def read_until(fd, words, seconds=60):
    text, deadline = "", time.monotonic() + seconds
    while words not in text and time.monotonic() < deadline:
        if select.select([fd], [], [], 1)[0]:
            text += os.read(fd, 65536).decode("utf-8", "replace")
    assert words in text, text
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", text)
