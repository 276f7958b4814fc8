"""What a self-check leaves for a CI service: every line of it may be read by a machine."""

import json
import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner
from markdown_it import MarkdownIt

from grader.cli.main import main
from grader.course.exercise import Function
from grader.diagnosis.mistakes import FILE, Mistake, Signature, dump, whole
from grader.export import github
from grader.export.junit import self_check
from grader.records.outcome import Outcome
from grader.records.record import CheckResult, ExerciseResult, Message

GREET = "def greet(name): return f'Hello {name}'\n"
# Everything that a student prints or raises tries to be a command.
COMMANDS = "::error::a\\n  ::add-mask::b\\n\\u3000::set-env name=c::d\\n x ##[error]e ##vso[f]"
HOSTILE = f"""


def add(a, b):
    print("{COMMANDS}")
    raise ValueError("{COMMANDS}")
"""


@pytest.fixture
def check(course, monkeypatch):
    monkeypatch.setenv("GITHUB_WORKSPACE", str(course))
    folder = course / "work"

    def run(sums, *options, lang="en"):
        folder.mkdir(exist_ok=True)
        (folder / "sums.py").write_text(sums)
        (folder / "words.py").write_text(GREET)
        call = ["--lang", lang, "--course", str(course), "check", "tiny", str(folder)]
        return CliRunner().invoke(main, [*call, *map(str, options)])

    return run


def commands(output):
    """Lines that GitHub's runner takes for commands (actions/runner, ActionCommand.cs)."""
    lines = re.split("\r\n|\r|\n", output)
    return [line for line in lines if line.strip().startswith("::") or "##[" in line]


def unescaped(text):
    for escaped, meant in {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%"}.items():
        text = text.replace(escaped, meant)
    return text


def test_an_annotation_at_the_line_that_raised(check):
    done = check(HOSTILE, "--annotate")
    assert done.exit_code == 1
    [command] = commands(done.output)
    properties, message = re.fullmatch("::error (.*?)::(.*)", command).groups()
    given = dict(part.split("=") for part in properties.split(","))
    assert {name: unescaped(value) for name, value in given.items()} == {
        "file": "work/sums.py",
        "line": "6",
        "title": "add: Numbers are added",
    }
    assert "ValueError: ::error::a\n  ::add-mask::b" in unescaped(message)


def test_a_wrong_value_is_annotated_where_the_function_begins(check):
    [command] = commands(check("x = 1\n\ndef add(a, b):\n    return 0\n", "--annotate").output)
    assert command.startswith("::error file=work/sums.py,line=3,")


def test_what_is_not_written_yet_is_a_notice(check):
    [command] = commands(check("def add(a, b): raise NotImplementedError", "--annotate").output)
    assert command.startswith("::notice file=work/sums.py,line=1,")


def test_what_is_right_is_not_annotated(check):
    done = check("def add(a, b): return a + b", "--annotate")
    assert (done.exit_code, commands(done.output)) == (0, [])


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_nothing_a_student_prints_is_a_command(check, options):
    done = check(HOSTILE, *options)
    assert commands(done.output) == []
    assert "##vso[" not in done.output
    if options:
        [result] = json.loads(done.output)
        assert "##[error]e" in result["checks"][0]["output"]


BROKEN = "def add(a, b): return a + b"


@pytest.fixture
def broken(course):
    """Its one public check of `add` raises an error itself."""
    path = course / "assignments" / "tiny" / "checks" / "public" / "test_sums.py"
    whole = path.read_text(encoding="utf-8")
    head, mark, tail = whole.partition("    assert student.sums.add(1, 2) == 3")
    assert mark
    path.write_text(f"{head}    assert nothing\n{tail}", encoding="utf-8")


def test_a_broken_check_is_no_error_of_the_students(check, broken, tmp_path):
    path = tmp_path / "summary.md"
    done = check(BROKEN, "--annotate", "--summary", path)
    [command] = commands(done.output)
    assert command.startswith("::notice file=work/sums.py,line=1,")
    assert "internal error" in command
    text = path.read_text()
    assert "❔ <code>add</code>" in text
    assert "❌" not in text


def test_what_fails_is_annotated_before_what_is_broken(tiny):
    raised = result()
    one = raised.checks[0]
    both = [replace(one, outcome=Outcome.BROKEN, message=Message("broken")), one]
    [line] = github.at_lines(tiny, [replace(raised, checks=both)], {}, {}, "en")
    assert line.startswith("::error ")
    assert "internal error" not in line


@pytest.mark.parametrize(
    ("lang", "said"),
    [("en", "tell the teaching staff"), ("ko", "담당 교수나 조교에게 알려 주세요")],
)
def test_a_broken_check_is_nothing_to_do_next(check, broken, lang, said):
    last = check(BROKEN, lang=lang).output.splitlines()[-1]
    assert said in last


def test_a_file_that_cannot_be_parsed_is_annotated_at_its_error(check):
    [command] = commands(check("\n\ndef add(a, b)\n    return 0\n", "--annotate").output)
    assert command.startswith("::error file=work/sums.py,line=3,")


def test_the_summary_is_appended_and_renders(check, tmp_path):
    path = tmp_path / "summary.md"
    path.write_text("what an earlier command said\n\n")
    check(HOSTILE, "--summary", path)
    text = path.read_text()
    assert text.startswith("what an earlier command said\n")
    page = MarkdownIt("commonmark").enable("table").render(text)
    assert "<td>0/1</td>" in page
    assert "0 of 1 public check passed." in page
    assert "ValueError: ::error::a" in page


def test_a_function_of_hidden_checks_alone_has_a_row(tiny):
    adding = tiny.exercises[0]
    functions = (*adding.functions, Function("carry", 2))
    course = replace(tiny, exercises=(replace(adding, functions=functions),))
    assert "| 0/0 | hidden checks only |" in github.summary(course, [result()], "en")


def test_the_summary_says_only_what_public_checks_say(check, tmp_path):
    check("def add(a, b): return a + b", "--summary", tmp_path / "summary.md")
    text = (tmp_path / "summary.md").read_text()
    assert "Arrays" not in text
    assert "A greeting" not in text


def test_the_summary_names_a_known_mistake(check, course):
    wrong = "def add(a, b): return 'x'"
    [own] = json.loads(check(wrong, "--json").output)[0]["checks"]
    [trace] = own["traces"]
    signature = Signature(Outcome.FAILED, whole(trace["answers"]), telling=trace["telling"])
    tell = {"en": "Is it <a> *number*?", "ko": "숫자인가요?"}
    known = Mistake("text", ["add"], "", tell, cases={own["id"]: signature})
    (course / "assignments" / "tiny" / FILE).write_text(dump([known]))
    check(wrong, "--summary", course / "summary.md")
    page = MarkdownIt("commonmark").enable("table").render((course / "summary.md").read_text())
    said = "<p><code>add</code> This looks familiar: Is it &lt;a&gt; *number*?</p>"
    assert said in page


def result(name="adding", **more):
    given = {"id": "add_adds", "of": "add", "kind": "core", "public": True, "seconds": 0.5}
    given |= {"outcome": Outcome.FAILED, "cases": 1, "cases_passed": 0, "passes_with": []}
    own = CheckResult(**{**given, "message": Message("assertion", {"text": "no"}), **more})
    return ExerciseResult(name, False, None, 6, 0.5, [], [own])


def test_a_summary_holds_no_markup_of_a_students(tiny):
    evil = "</pre></details><script>x</script> | `a` [b](c) *d*\n\n# e"
    hostile = result(output=evil, message=Message("assertion", {"text": evil}))
    page = MarkdownIt("commonmark").enable("table").render(github.summary(tiny, [hostile], "en"))
    assert not re.findall("<(?:script|em|strong|a|h1|h2)", page)
    assert page.count("</pre>") == page.count("</details>") == 1


def test_a_summary_ends_before_githubs_limit(tiny):
    [adding] = [e for e in tiny.exercises if e.id == "adding"]
    checks = tuple(replace(adding.checks[0], id=f"check_{i}") for i in range(300))
    large = replace(tiny, exercises=(replace(adding, checks=checks),))
    [one] = result(output="가" * 4000).checks
    results = [replace(result(), checks=[replace(one, id=check.id) for check in checks])]
    for room in (github.MAX_SUMMARY, 5000, 300, 10, 0, -7):
        text = github.summary(large, results, "ko", room)
        assert len(text.encode()) <= max(room, 0)
        assert text.count("<details>") == text.count("</details>")
    assert "나머지는 싣지 못했습니다" in github.summary(large, results, "ko")


def test_junit(check, tmp_path):
    path = tmp_path / "self-check.xml"
    check(HOSTILE, "--junit", path)
    [suite] = ET.parse(path).getroot()
    [case] = suite
    assert suite.attrib | {"time": ""} == {
        "name": "tiny",
        "tests": "1",
        "failures": "1",
        "errors": "0",
        "skipped": "0",
        "time": "",
    }
    assert (case.get("classname"), case.get("name")) == ("tiny.adding", "add_adds")
    assert case[0].tag == "failure"


def test_junit_of_characters_that_xml_has_not():
    text = self_check("tiny", [result(detail="\x00\x1b\ud800 & <b>")], "en")
    assert ET.fromstring(text).find(".//failure").text == " & <b>"


def test_json_stays_json(check):
    done = check("", "--json", "--annotate")
    assert (done.exit_code, "--annotate" in done.output) == (2, True)


def test_a_file_that_cannot_be_written(check, tmp_path):
    done = check("", "--summary", tmp_path / "no" / "such" / "folder.md")
    assert (done.exit_code, "cannot be written" in done.output) == (2, True)
