"""Bulk downloads of Canvas, Moodle and Gradescope, unpacked and as they came."""

import unicodedata
from dataclasses import replace

import pytest

from grader.course.roster import Person, Roster
from grader.errors import UsageError
from grader.intake.read import read
from grader.records.record import Message
from tests.intake.layouts import (
    ALL,
    FILES,
    PACKAGE,
    WANTED,
    below,
    counting,
    intake,
    write,
    zipped,
)


@pytest.fixture(params=["unpacked", "zipped", "unpacked one level down", "zipped in a folder"])
def download(request, tmp_path):
    """Lays a download out in one of the ways in which it lies on a disk."""

    def lay(files):
        if request.param == "unpacked":
            return write(tmp_path / "download", files)
        if request.param == "zipped":
            return write(tmp_path, {"submissions.zip": zipped(files)}) / "submissions.zip"
        if request.param == "unpacked one level down":
            write(tmp_path / "download" / "CS101-HW1-4711", files)
            return tmp_path / "download"
        return write(tmp_path / "download", {"submissions.zip": zipped(files)})

    return lay


def readings(path, **request):
    return {
        person.id: read(person.found(), PACKAGE, dict.fromkeys(FILES, ()), FILES)
        for person in intake(path, **request).people
    }


# --- Canvas


def test_canvas(download):
    path = download(
        {
            "kimminsu_LATE_12345_678910_hw.zip": zipped(),
            "leejiwoo_12346_678900_hw.zip": zipped({"text.py": "old"}),
            "leejiwoo_12346_678911_hw-1.zip": zipped(),
            unicodedata.normalize("NFD", "홍길동_12347_678912_hw-2.zip"): zipped(),
            "jung_12352_678918_report.pdf": "%PDF-1.4",
            "jung_12352_678919_hw.zip": zipped(),
            "han_12353_678920_report.txt": "my report",
            "choi_12349_678915_hw.ipynb": "{}",
            "rename.py": "",
        }
    )
    found = intake(path)
    assert (found.source, len(found.people)) == ("canvas", 7 - 1)
    assert "rename.py" in found.leftover
    people = {person.id: person for person in found.people}
    assert people["12347"].name == "홍길동"
    assert people["12346"].counts.label == "leejiwoo_12346_678911_hw-1.zip"
    assert people["12346"].counts.attempt == 2
    read_ = readings(path)
    for user in ("12345", "12346", "12347", "12352"):
        assert read_[user].files == dict.fromkeys(FILES, b"x = 1\n"), user
    assert Message("marked_late") in read_["12345"].notes
    assert Message("documents", {"found": "report.pdf"}) in read_["12352"].notes
    assert read_["12353"].problem.code == "missing_files_only"
    assert "report.txt" in read_["12353"].notes[0].fields["found"]
    assert read_["12349"].problem.fields["file"] == "hw.ipynb"


def test_canvas_loose_files_of_one_attempt_are_read_together(tmp_path):
    loose = {f"kim_1_{10 + i}_{name}": "x = 1\n" for i, name in enumerate(FILES)}
    again = {f"kim_1_2{i}_{name[:-3]}-1.py": "x = 2\n" for i, name in enumerate(FILES)}
    write(tmp_path, loose | again | {"lee_2_30_hw.zip": zipped()})
    assert readings(tmp_path)["1"].files == dict.fromkeys(FILES, b"x = 2\n")
    assert readings(write(tmp_path / "b", loose))["1"].files == dict.fromkeys(FILES, b"x = 1\n")


CANVAS_ATTEMPTS = {
    # what one user handed in -> the files of the attempt that counts
    "resubmitted": (["900_hw.zip", "911_hw-1.zip"], ["911_hw-1.zip"]),
    "by number, not by name": (["911_hw.zip", "900_hw-1.zip"], ["911_hw.zip"]),
    "three times": (["1_hw.zip", "2_hw-1.zip", "3_hw-2.zip"], ["3_hw-2.zip"]),
    "ten times": (["9_hw-9.zip", "10_hw-10.zip"], ["10_hw-10.zip"]),
    "a copy handed in again": (["1_hw.zip", "2_hw-1-2.zip"], ["2_hw-1-2.zip"]),
    "renamed by a browser": (["1_hw.zip", "2_hw (1).zip"], ["2_hw (1).zip"]),
    "two files at once": (["1_hw.zip", "2_report.pdf"], ["1_hw.zip", "2_report.pdf"]),
    "two files twice": (
        ["1_a.py", "2_b.py", "3_a-1.py", "4_b-1.py"],
        ["3_a-1.py", "4_b-1.py"],
    ),
    "a name that ends in a number": (
        ["1_hw-1.zip", "2_report.pdf"],
        ["1_hw-1.zip", "2_report.pdf"],
    ),
}


@pytest.mark.parametrize("case", CANVAS_ATTEMPTS)
def test_canvas_attempts(tmp_path, case):
    files, counts = CANVAS_ATTEMPTS[case]
    write(tmp_path, {f"kim_77_{name}": "" for name in files})
    (person,) = intake(tmp_path).people
    assert person.counts.label.split(", ") == [f"kim_77_{name}" for name in counts]
    assert not person.is_double


def test_canvas_the_first_attempt_counts_where_the_course_says_so(tmp_path):
    write(tmp_path, {"kim_7_1_hw.zip": zipped(), "kim_7_2_hw-1.zip": zipped()})
    found = intake(tmp_path, attempts="first")
    assert counting(found) == {"7": "kim_7_1_hw.zip"}
    aside = Message("other_attempts", {"found": "kim_7_2_hw-1.zip"})
    assert aside in found.people[0].found().notes


def test_canvas_a_file_of_the_assignments_own_name_is_no_second_attempt(tmp_path):
    write(tmp_path, {"kim_7_1_part-1.py": "", "kim_7_2_part-2.py": ""})
    both = replace(WANTED, files=("part-1.py", "part-2.py"))
    assert counting(intake(tmp_path, wanted=both)) == {"7": "kim_7_1_part-1.py, kim_7_2_part-2.py"}


@pytest.mark.parametrize(
    ("name", "user", "person", "late"),
    [
        ("kim_late_12_34_hw.zip", "12", "kim", True),
        ("kim_LATE_LATE_12_34_hw.zip", "12", "kim_LATE", True),
        ("lateef_12_34_hw.zip", "12", "lateef", False),
        ("LATE_anon_12_34_hw.zip", "12", "LATE_anon", False),
        ("kim_12_34_2024_1_hw.zip", "12", "kim", False),
        ("team3_12_34_hw (1).zip", "12", "team3", False),
        ("o'brien-smith_12_34_hw v1.0.zip", "12", "o'brien-smith", False),
        ("kim_12_text.html", "12", "kim", False),
    ],
)
def test_canvas_names(tmp_path, name, user, person, late):
    write(tmp_path, {name: ""})
    found = intake(tmp_path, source="canvas")
    (taken,) = found.people
    assert (taken.id, taken.name, taken.handins[0].late) == (user, person, late)


def test_what_only_looks_like_canvas_is_merged_by_nobody(tmp_path):
    write(tmp_path, {"kim_2027_1_hw.zip": zipped(), "lee_2027_1_hw.zip": zipped()})
    found = intake(tmp_path)
    assert (found.source, len(found.people)) == ("folders", 2)


def test_canvas_where_somebody_changed_their_name(tmp_path):
    files = {f"kim_{n}_{n}0_hw.zip": zipped() for n in range(1, 9)}
    write(tmp_path, files | {"lee_8_81_hw-1.zip": zipped()})
    found = intake(tmp_path)
    assert (found.source, len(found.people)) == ("canvas", 8)
    assert counting(found)["8"] == "lee_8_81_hw-1.zip"


def test_canvas_of_one_student(tmp_path):
    write(tmp_path, {"kim_12345_678_hw.zip": zipped()})
    assert counting(intake(tmp_path)) == {"12345": "kim_12345_678_hw.zip"}


# --- Moodle


def moodle(name, end="_"):
    return f"{name}_assignsubmission_file{end}"


def test_moodle(download):
    path = download(
        {
            f"{moodle('Kim Minsu_123457')}/hw.zip": zipped(),
            "Kim Minsu_123457_assignsubmission_onlinetext_/onlinetext.html": "<p>see zip</p>",
            f"{moodle('홍길동_123456')}/hw.zip": zipped(),
            f"{moodle('홍길동_123459')}/hw.zip": zipped({"text.py": ""}),
            **below(moodle("O'Brien Ann-Marie_123458", end="")),
            f"{moodle('Group A-Lee J. Park_123460')}/{PACKAGE}/text.py": "",
            "Choi_123461_assignsubmission_onlinetext/onlinetext.html": "<p>none</p>",
        }
    )
    found = intake(path)
    assert found.source == "moodle"
    names = {person.id: person.name for person in found.people}
    assert names == {
        "123456": "홍길동",
        "123457": "Kim Minsu",
        "123458": "O'Brien Ann-Marie",
        "123459": "홍길동",
        "123460": "Group A-Lee J. Park",
        "123461": "Choi",
    }
    read_ = readings(path)
    assert {n for n, r in read_.items() if set(r.files) == set(FILES)} == {
        "123456",
        "123457",
        "123458",
    }
    assert Message("documents", {"found": "onlinetext.html"}) in read_["123457"].notes
    assert read_["123461"].problem.code == "missing_files_only"


@pytest.mark.parametrize("between", ["/", ""])
def test_two_zips_of_one_moodle_student(tmp_path, between):
    kim, lee = "Kim_1_assignsubmission_file_", "Lee_2_assignsubmission_file_"
    write(tmp_path, {f"{kim}{between}{name}.zip": zipped() for name in "ab"})
    write(tmp_path, {f"{lee}{between}a.zip": zipped()})
    read_ = readings(tmp_path)
    assert read_["1"].problem == Message("several_archives", {"found": "a.zip, b.zip"})
    assert read_["2"].problem is None


def test_moodle_without_folders_and_blind(tmp_path):
    write(tmp_path, {"Participant_9_assignsubmission_file_hw.zip": zipped()})
    write(tmp_path, {"Participant_9_assignsubmission_onlinetext_onlinetext.html": ""})
    found = intake(tmp_path)
    assert [(p.id, p.name, len(p.handins)) for p in found.people] == [("9", "", 1)]
    assert set(readings(tmp_path)["9"].files) == set(FILES)


def test_moodles_download_of_one_group(tmp_path):
    people = ("조 1-김민수_1", "조 1-이지우_2", "조 1-Ann-Marie_3")
    write(tmp_path, {f"{name}_assignsubmission_file_/hw.zip": zipped() for name in people})
    assert {p.id: p.name for p in intake(tmp_path).people} == {
        "1": "김민수",
        "2": "이지우",
        "3": "Ann-Marie",
    }
    listed = Roster((Person("a", "김민수"), Person("b", "이지우"), Person("c", "Ann-Marie")))
    assert [(p.id, p.by) for p in intake(tmp_path, listed).people] == [
        ("a", "name"),
        ("b", "name"),
        ("c", "name"),
    ]


@pytest.mark.parametrize("blind", ["Participant", "참가자"])
def test_moodle_blind_in_the_languages_of_a_course(tmp_path, blind):
    names = [f"{blind}_{number}_assignsubmission_file_" for number in (1, 2)]
    write(tmp_path, {f"{name}/hw.zip": zipped() for name in names})
    assert [(p.id, p.name) for p in intake(tmp_path).people] == [("1", ""), ("2", "")]


def test_one_folder_of_moodles_in_a_class_of_folders_drops_nobody(tmp_path):
    write(tmp_path, below("kim") | below("lee") | below(moodle("Oh_5")))
    assert len(intake(tmp_path).people) == 3


# --- Gradescope

METADATA = """---
submission_1:
  :submitters:
  - :name: Kim Minsu
    :sid: '0123'
    :email: kim@x.edu
  :created_at: 2027-03-01 10:00:00.000000000 Z
  :score: 3.0
  :results: !ruby/object:ActiveSupport::HashWithIndifferentAccess
    tests: []
submission_2:
  :submitters:
  - :name: 홍길동
    :sid: 0124
    :email: hong@x.edu
  - :name: Lee
    :sid:
    :email: lee@x.edu
  :created_at: 2027-03-02 10:00:00.000000000 Z
submission_3:
  :submitters:
  - :name: Kim Minsu
    :sid: '0123'
    :email: kim@x.edu
  :created_at: 2027-03-03 10:00:00.000000000 Z
"""


def test_gradescope(download):
    path = download(
        {
            "submission_metadata.yml": METADATA,
            **below("submission_1", {"text.py": "old"}),
            **below("submission_2"),
            **below("submission_3"),
            **below("submission_9"),
        }
    )
    found = intake(path)
    assert found.source == "gradescope"
    assert counting(found) == {
        "0123": "submission_3/",
        "0124": "submission_2/",
        "lee@x.edu": "submission_2/",
        "submission_9": "submission_9/",
    }
    assert {p.name for p in found.people} >= {"Kim Minsu", "홍길동", "Lee"}
    assert set(readings(path)["lee@x.edu"].files) == set(FILES)


@pytest.mark.parametrize(
    "text",
    [
        "[1, 2]",
        "a: [",
        "[" * 100_000,
        "- " * 100_000,
        "a: &x [*x]\n",
        "\x00",
        "!!python/object/apply:os.system ['false']",
    ],
)
def test_gradescope_metadata_that_is_damaged(tmp_path, text):
    write(tmp_path, {"submission_metadata.yml": text} | below("submission_1"))
    try:
        found = intake(tmp_path)
    except UsageError as error:
        assert error.code == "error.metadata"
    else:
        assert list(counting(found)) == ["submission_1"]


def test_two_people_who_typed_one_student_number_stay_two(tmp_path):
    metadata = METADATA.replace("0124", "'0123'")
    write(tmp_path, {"submission_metadata.yml": metadata} | below("submission_2"))
    assert set(counting(intake(tmp_path))) == {"kim@x.edu", "hong@x.edu", "lee@x.edu"}


@pytest.mark.parametrize(("there", "counts"), [((), None), ((2,), "submission_2/")])
def test_a_submission_that_is_not_in_the_export_doubles_nobody(tmp_path, there, counts):
    """Of one person under two addresses; the export has the folders `there`."""
    metadata = METADATA.replace("hong@x.edu", "0123@x.edu").replace("0124", "")
    write(tmp_path, {"submission_metadata.yml": metadata, "submission_7/a.py": ""})
    for number in there:
        write(tmp_path, below(f"submission_{number}"))
    roster = Roster((Person("0123", "Kim", ids={"email": "0123@x.edu"}),))
    [kim] = [person for person in intake(tmp_path, roster).people if person.id == "0123"]
    assert kim.status == ("handed_in" if counts else "missing")
    assert kim.found().source == (counts or "")


# --- what is said


def test_a_source_that_is_not_there_is_refused(tmp_path):
    write(tmp_path, below("kim") | below("lee"))
    with pytest.raises(UsageError) as caught:
        intake(tmp_path, source="canvas")
    assert (caught.value.code, caught.value.fields["found"]) == ("error.not_source", "kim/, lee/")


def test_a_source_that_is_named_is_looked_for_a_level_down(tmp_path):
    write(tmp_path, {"a/kim_1_2_hw.zip": zipped(ALL), "notes.txt": ""})
    found = intake(tmp_path, source="canvas")
    assert (counting(found), found.leftover) == ({"1": "kim_1_2_hw.zip"}, ("notes.txt",))


def test_what_macos_leaves_beside_a_download_is_nobodys_attempt(tmp_path):
    write(
        tmp_path / "canvas", {"kim_7_8_hw.zip": zipped(), "._kim_7_8_hw.zip": "", "Thumbs.db": ""}
    )
    write(tmp_path / "moodle", {"Kim_7_assignsubmission_file_hw.zip": zipped()})
    write(tmp_path / "moodle", {"._Kim_7_assignsubmission_file_hw.zip": "", "Thumbs.db": ""})
    for source in ("canvas", "moodle"):
        found = intake(tmp_path / source)
        assert (found.source, len(found.people), len(found.leftover)) == (source, 1, 2)
        assert len(found.people[0].handins) == 1
        assert found.people[0].name.lower() == "kim"


def test_canvas_a_module_that_is_handed_in_again_keeps_its_name(tmp_path):
    """`from .utils import f` works with what Canvas calls utils-1.py."""
    files = {"kim_7_8_text-1.py": "x = 1\n", "kim_7_9_utils-1.py": "", "kim_7_10___init__-1.py": ""}
    write(tmp_path, files)
    assert set(readings(tmp_path)["7"].files) == {"text.py", "utils.py", "__init__.py"}


# --- Brightspace

AM, PM = "Mar 3, 2027 1105 AM", "Mar 3, 2027 1201 PM"


def brightspace(user, name, when, files=ALL):
    return below(f"{user}-678910 - {name} - {when}", files)


def test_brightspace(download):
    kim = brightspace(12, "Kim - Lee Minsu", AM) | brightspace(12, "Kim - Lee Minsu", PM)
    hong = {"13-678910 - 홍길동 - Dec 31, 2026 0900 PM/hw.zip": zipped()}
    found = intake(download(kim | hong | {"index.html": "<p>"}))
    assert (found.source, found.leftover) == ("brightspace", ("index.html",))
    assert {person.id: person.name for person in found.people} == {
        "12": "Kim - Lee Minsu",
        "13": "홍길동",
    }
    assert counting(found)["12"] == f"12-678910 - Kim - Lee Minsu - {PM}/"
    first = f"12-678910 - Kim - Lee Minsu - {AM}/"
    assert Message("other_attempts", {"found": first}) in found.people[0].found().notes


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("Mar 3, 2027 1201 AM", "Mar 3, 2027 0105 AM"),
        ("Mar 3, 2027 1159 AM", "Mar 3, 2027 1201 PM"),
        ("Sep 30, 2026 1159 PM", "Oct 1, 2026 1201 AM"),
        ("December 31, 2026 1:05 PM", "January 1, 2027 1:04 PM"),
        ("Mar 9, 2027 1:05 PM", "Mar 10, 2027 1:05 PM"),
    ],
)
def test_brightspaces_latest_counts(tmp_path, first, last):
    write(tmp_path, brightspace(12, "Kim", last) | brightspace(12, "Kim", first))
    assert counting(intake(tmp_path)) == {"12": f"12-678910 - Kim - {last}/"}


def test_brightspaces_date_that_we_cannot_read_makes_nothing_the_last(tmp_path):
    for when in ("2027년 3월 3일 오후 1105", PM):
        write(tmp_path, brightspace(12, "Kim", when))
    write(tmp_path, brightspace(13, "Lee", PM))
    taken = intake(tmp_path)
    assert [person.status for person in taken.people] == ["doubled", "handed_in"]


def test_brightspace_without_folders(tmp_path):
    names = [f"12-678910 - Kim - {PM} - {name}" for name in ("a - b.py", "hw1.ipynb")]
    write(tmp_path, dict.fromkeys([*names, f"13-678910 - Lee - {PM} - hw1.ipynb"], "{}"))
    found = intake(tmp_path)
    assert counting(found)["12"] == ", ".join(names)
    assert [name for name, _ in found.people[0].counts.place.parts] == ["a - b.py", "hw1.ipynb"]


def test_brightspaces_people_are_known_by_name(tmp_path):
    people = (Person("a", "홍길동"), Person("b", "홍길동"), Person("c", "Kim Minsu"))
    write(tmp_path, brightspace(12, "Minsu Kim", PM) | brightspace(13, "홍길동", PM))
    write(tmp_path, brightspace(14, "홍길동", PM) | below("b"))
    taken = intake(tmp_path, Roster(people))
    assert (counting(taken)["b"], counting(taken)["a"]) == ("b/", None)
    assert counting(taken)["c"] == f"12-678910 - Minsu Kim - {PM}/"
    assert len(taken.unclear) == 2


def test_brightspaces_names_come_in_both_orders(tmp_path):
    names = {
        "a": ("김철수", "철수 김"),
        "b": ("Lee Ji Woo", "Ji Woo Lee"),
        "c": ("남궁수", "수 남궁"),
    }
    roster = Roster(tuple(Person(one, name) for one, (name, _) in names.items()))
    for user, (_, shown) in enumerate(names.values(), 10):
        write(tmp_path, brightspace(user, shown, PM))
    taken = intake(tmp_path, roster)
    assert [(person.id, person.by) for person in taken.people] == [(one, "name") for one in "abc"]


def test_brightspaces_name_in_the_other_order_is_nobodys_where_two_have_it(tmp_path):
    roster = Roster((Person("a", "김철수"), Person("b", "김철수"), Person("c", "수김철")))
    write(tmp_path, brightspace(12, "철수 김", PM) | brightspace(13, "철 수김", PM))
    taken = intake(tmp_path, roster)
    assert [set(one.people) for one in taken.unclear] == [{"a", "b"}]
    assert counting(taken)["c"] == f"13-678910 - 철 수김 - {PM}/"
