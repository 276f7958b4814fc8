"""Scores and comments into Moodle's worksheet: our cells only, joined by ids only."""

import json
import re

import pytest
from click.testing import CliRunner

from grader.cli.main import main
from tests.export import consumers, odd_class

# PHP itself writes a file that it cannot read where a name ends in a backslash
EVERYBODY = [(n.removesuffix("\\"), *ids) for n, *ids in odd_class.people()]
KOREAN = ["식별자", "성명", "ID number", "이메일 주소", "상태", "성적", "최대 성적", "바뀔 수 있음"]
KOREAN += ["마지막 수정됨(제출)", "온라인 텍스트", "마지막 수정됨(성적)", "피드백 코멘트"]


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """OUT of the odd class, and its scores by participant."""
    folder = tmp_path_factory.mktemp("moodle")
    sheet = folder / "worksheet.csv"
    sheet.write_bytes(odd_class.worksheet(EVERYBODY))
    download = odd_class.moodle_download(folder / "submissions", EVERYBODY)
    return folder / "out", odd_class.graded(folder / "out", download, sheet, EVERYBODY)


def filled(graded, tmp_path, data, *options, lang="en", code=0):
    sheet, target = tmp_path / "sheet.csv", tmp_path / "filled.csv"
    sheet.write_bytes(data)
    call = [
        *(["--lang", lang] if lang else []),
        "export",
        "moodle",
        str(graded[0]),
        "hw1",
        str(sheet),
        "-o",
        str(target),
    ]
    result = CliRunner().invoke(main, [*call, *options])
    assert result.exit_code == code, result.output
    return target.read_bytes() if target.exists() else None, result.output


def test_names_of_the_worksheet_are_whole(graded):
    names = [p["name"] for p in json.loads((graded[0] / "roster.json").read_text())["people"]]
    assert {"Back\\slash, Choi", 'Quote\\"d, Back', "홍길동", "🎉 Party, 박"} < set(names)
    assert len(names) == 300


@pytest.mark.parametrize(
    ("form", "word"),
    [
        ({}, "Participant "),
        ({"end": "\r\n", "start": "\ufeff"}, "Participant "),
        ({"word": "참가자", "head": KOREAN}, "참가자"),
    ],
    ids=["english", "crlf and bom", "korean"],
)
def test_300_people_come_back(graded, tmp_path, form, word):
    before = odd_class.worksheet(EVERYBODY, **form)
    after, said = filled(graded, tmp_path, before)
    assert "300" in said
    read = consumers.moodle(after, word=word)
    assert len(read) == 300
    for _, user, _, _ in EVERYBODY:
        points, comment = read[str(user)]
        assert points == pytest.approx(graded[1][str(user)] + 0.5, abs=0.005)
        assert re.match(r"<div class='grader-\w+'><p>Naive Bayes", comment)


def test_no_other_byte_changes(graded, tmp_path):
    before = odd_class.worksheet(EVERYBODY)
    after, _ = filled(graded, tmp_path, before)
    own = rb"^(\"Participant \d+\".*?Submitted for grading - \",)([\d.]*)(,100\.00,.*?,-,)(.*?)$"
    rows = [re.findall(own, data, re.MULTILINE | re.DOTALL) for data in (before, after)]
    assert len(rows[0]) == len(rows[1]) == 300
    assert [(a, c) for a, _, c, _ in rows[0]] == [(a, c) for a, _, c, _ in rows[1]]
    assert re.sub(own, b"", before, flags=re.MULTILINE | re.DOTALL) == re.sub(
        own, b"", after, flags=re.MULTILINE | re.DOTALL
    )


def test_comments_are_html_that_a_reader_sees_as_it_was_meant(graded, tmp_path):
    after, _ = filled(graded, tmp_path, odd_class.worksheet(EVERYBODY[:2]), lang="ko")
    comment = consumers.moodle(after)["50000"][1]
    assert "텍스트 정리와 나누기" in comment
    assert not {'"', "\\", "\n"} & set(comment)


def test_students_read_the_languages_of_the_course_whatever_the_shell(
    graded, tmp_path, monkeypatch
):
    path = graded[0] / "assignments" / "hw1.json"
    before = path.read_text("utf-8")
    of_the_course = {**json.loads(before), "languages": ["ko", "en"]}
    path.write_text(json.dumps(of_the_course, ensure_ascii=False), "utf-8")
    titles = "텍스트 정리와 나누기", "Cleaning and splitting text"
    try:
        for shell in ("en_US.UTF-8", "ko_KR.UTF-8"):
            monkeypatch.setenv("LC_ALL", shell)
            sheet = odd_class.worksheet(EVERYBODY[:2])
            comment = consumers.moodle(filled(graded, tmp_path, sheet, lang=None)[0])["50000"][1]
            assert -1 < comment.find(titles[0]) < comment.find(titles[1])
            comment = consumers.moodle(filled(graded, tmp_path, sheet, lang="en")[0])["50000"][1]
            assert [title in comment for title in titles] == [False, True]
    finally:
        path.write_text(before, "utf-8")


def test_a_comment_of_a_person_stays_and_ours_is_replaced(graded, tmp_path):
    once, _ = filled(graded, tmp_path, odd_class.worksheet(EVERYBODY[:2]))
    again, said = filled(graded, tmp_path, once, lang="ko")
    assert "사람이 쓴 의견" not in said
    assert "텍스트 정리와 나누기".encode() in again
    touched = once.replace(b"</ul></div>", b"<li>Well done!</li></ul></div>", 1)
    kept, said = filled(graded, tmp_path, touched, lang="en")
    assert kept == touched
    assert "A person wrote a comment" in said


def test_a_score_above_the_maximum_is_not_written(graded, tmp_path):
    data = odd_class.worksheet(EVERYBODY[:3]).replace(b"100.00", b"0.10")
    after, said = filled(graded, tmp_path, data)
    assert after == data
    assert "Moodle's maximum" in said


def test_a_grade_that_is_locked_is_said(graded, tmp_path):
    data = odd_class.worksheet(EVERYBODY[:3]).replace(b",Yes,", b",No,", 1)
    after, said = filled(graded, tmp_path, data)
    assert consumers.moodle(after)["50000"][0] is None
    assert after.count(b"grader-") == 2
    assert "Locked in Moodle" in said


def test_a_participant_that_moodle_would_misread_is_not_joined(graded, tmp_path):
    """`Participant50000` without its blank is 0000 to Moodle."""
    data = odd_class.worksheet(EVERYBODY[:2], word="Participant")
    after, said = filled(graded, tmp_path, data)
    assert after == data
    assert "row 2:" in said


def test_without_a_participant_number_the_university_knows(graded, tmp_path):
    data = odd_class.worksheet([("Somebody", 1, "20270001", "")] * 2)
    after, said = filled(graded, tmp_path, data)
    assert said.count("Somebody") == 1  # the first has no number there
    assert sorted(str(points) for points, _ in consumers.moodle(after).values()) != ["None"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ((b"Identifier", b"Number"), "not a grading worksheet"),
        ((b",Yes,", b","), "row 2 has 11 cells, the header has 12"),
        ((b'"<p>', b"<p>"), "row 2"),
        ((b'"Maximum grade"', b"Scale"), "by a scale, not by points"),
    ],
    ids=["header", "ragged", "quote", "scale"],
)
def test_what_moodle_would_refuse_is_refused(graded, tmp_path, change, says):
    data = odd_class.worksheet(EVERYBODY[:2]).replace(*change, 1)
    assert says in filled(graded, tmp_path, data, code=2)[1]
