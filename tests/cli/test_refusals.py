"""What is typed wrong is refused in the person's language, click's own refusals too."""

import click
import pytest
from click.testing import CliRunner

from grader.cli.commands import Command, Group
from grader.cli.main import main
from grader.cli.paths import PathType

REFUSED = [
    ("check", "Missing argument 'ASSIGNMENT'.", "'ASSIGNMENT' 인자가 빠졌습니다."),
    ("merge .", "Missing option '-o' / '--out'.", "'-o' / '--out' 옵션이 빠졌습니다."),
    ("--course .", "Missing command.", "명령이 빠졌습니다."),
    ("check a b --zzz", "No such option '--zzz'.", "--zzz 옵션은 없습니다."),
    ("check a -z", "No such option '-z'.", "-z 옵션은 없습니다."),
    ("check a --jso", "No such option '--jso'. Did you mean --json?",
     "--jso 옵션은 없습니다. 비슷한 옵션: --json."),
    ("zzz", "No such command 'zzz'.", "zzz 명령은 없습니다."),
    ("new zzz", "No such command 'zzz'.", "zzz 명령은 없습니다."),
    ("-- --zzz", "No such command '--zzz'.", "--zzz 명령은 없습니다."),
    ("chek", "No such command 'chek'. Did you mean check?",
     "chek 명령은 없습니다. 비슷한 명령: check."),
    ("check a -k", "Option '-k' needs a value.", "-k 옵션 뒤에 값을 써야 합니다."),
    ("check a --json=b", "Option '--json' does not take a value.",
     "--json 옵션에는 값을 쓰지 않습니다."),
    ("check a b c", "Unexpected argument: c", "필요 없는 인자가 1개 있습니다: c"),
    ("check a b c d", "Unexpected arguments: c d", "필요 없는 인자가 2개 있습니다: c d"),
    ("check a --lang zz", "Invalid value for '--lang': choose from en, ko.",
     "'--lang' 값이 올바르지 않습니다. 쓸 수 있는 값: en, ko."),
    ("verify a -j zero", "Invalid value for '-j' / '--jobs': use a whole number, at least 1 and at most 64.",
     "'-j' / '--jobs' 값은 1 이상 64 이하의 정수여야 합니다."),
    ("train hw3 --dropout 1", "Invalid value for '--dropout': use a number, at least 0 and less than 1.",
     "'--dropout' 값은 0 이상 1 미만의 수여야 합니다."),
    ("train hw3 --lr zero", "Invalid value for '--lr': use a number, greater than 0.",
     "'--lr' 값은 0 초과의 수여야 합니다."),
    ("grade a zzz", "Invalid value for 'SUBMISSIONS': 'zzz' does not exist.",
     "'SUBMISSIONS' 값이 올바르지 않습니다. 'zzz' 파일이나 폴더가 없습니다."),
    ("merge -o b . zzz", "Invalid value for 'OUT...': 'zzz' does not exist.",
     "'OUT...' 값이 올바르지 않습니다. 'zzz' 파일이나 폴더가 없습니다."),
    ("--course zzz new", "Invalid value for '--course': 'zzz' does not exist.",
     "'--course' 값이 올바르지 않습니다. 'zzz' 파일이나 폴더가 없습니다."),
    ("report file", "Invalid value for 'OUT': 'file' is a file. Name a folder.",
     "'OUT' 값이 올바르지 않습니다. 'file'은 파일입니다. 폴더를 지정하세요."),
    ("check a --junit .", "Invalid value for '--junit': '.' is a folder. Name a file.",
     "'--junit' 값이 올바르지 않습니다. '.'은 폴더입니다. 파일을 지정하세요."),
]  # fmt: skip
AROUND = {
    "en": ("Usage: grader ", "Try 'grader {}--help' for help.", "", "Error: "),
    "ko": ("사용법: grader ", "도움말: grader {}--help", "", "오류: "),
}


def run(*args, **env):
    return CliRunner().invoke(main, args, prog_name="grader", env={"LC_ALL": "C.UTF-8", **env})


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize(("typed", "english", "korean"), REFUSED, ids=[row[0] for row in REFUSED])
def test_a_refusal_is_in_the_persons_language(tmp_path, monkeypatch, typed, english, korean, lang):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    done = run("--lang", lang, *typed.split())
    usage, hint, blank, sentence = done.output.splitlines()
    want = AROUND[lang]
    command = usage.removeprefix(want[0]).partition("[OPTIONS]")[0]
    assert usage.startswith(want[0])
    assert (hint, blank) == (want[1].format(command), want[2])
    assert sentence == want[3] + {"en": english, "ko": korean}[lang]
    assert done.exit_code == 2


@pytest.mark.parametrize(
    "args", ["--lang=ko --zzz", "--zzz --lang ko", "check --zzz --lang=ko", "new zzz --lang ko"]
)
def test_the_language_is_known_wherever_it_stands(args):
    assert "오류: " in run(*args.split()).output
    assert "오류: " in run(*args.split()[:2], LC_ALL="ko_KR.UTF-8").output


def test_the_headings_of_the_help_are_in_the_persons_language():
    english, korean = (run("--lang", lang, "new", "--help").output for lang in ("en", "ko"))
    for en, ko in (("Usage: ", "사용법: "), ("\nOptions:\n", "\n옵션:\n"), ("\nCommands:\n", "\n명령:\n")):  # fmt: skip
        assert (en in english, ko in korean, en in korean) == (True, True, False)
    assert run(LC_ALL="ko_KR.UTF-8").output.startswith("사용법: ")


def commands(command):
    yield command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            yield from commands(command.get_command(context, name))


@pytest.mark.parametrize("command", [*commands(main)], ids=lambda command: command.name)
def test_no_command_and_no_type_is_one_whose_refusals_only_click_can_say(command):
    assert isinstance(command, Command | Group)
    said = (click.Choice, click.IntRange, click.FloatRange, PathType)
    types = [param.type for param in command.params if not isinstance(param.type, said)]
    assert {kind.name for kind in types} <= {"text", "boolean"}  # which take every value, or none
