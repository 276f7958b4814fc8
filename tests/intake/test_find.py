"""Folders and archives of a class: who is in them, and what is refused."""

import os
import tarfile
import unicodedata
from dataclasses import replace

import pytest

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
    refusal,
    write,
    zipped,
)


def people(path, **request):
    return counting(intake(path, **request))


def taken(path, student, **request):
    """One student's hand-in, read."""
    person = next(p for p in intake(path, **request).people if p.id == student)
    return read(person.found(), PACKAGE, dict.fromkeys(FILES, ()), FILES)


# --- nbgrader


def test_nbgraders_layout(tmp_path):
    write(tmp_path, below("lee/hw1") | below("kim/hw1") | below("kim/hw2"))
    write(tmp_path, {"kim/hw1/timestamp.txt": "2026-11-21", "kim/hw1/.DS_Store": "", "a.csv": ""})
    found = intake(tmp_path)
    assert found.source == "nbgrader"
    assert counting(found) == {"kim": "kim/hw1/", "lee": "lee/hw1/"}
    assert found.leftover == ("a.csv",)
    assert set(taken(tmp_path, "kim").files) == set(FILES)


def test_nbgraders_layout_with_an_archive(tmp_path):
    write(tmp_path, {"kim/hw1/mine.zip": zipped(), "kim/hw1/timestamp.txt": ""})
    write(tmp_path, below("lee/hw1"))
    found = taken(tmp_path, "kim")
    assert set(found.files) == set(FILES)
    assert found.source == "kim/hw1/mine.zip"


@pytest.mark.parametrize("other", ["hw2", "hw9"])
def test_who_has_a_folder_for_another_assignment_only_handed_in_nothing(tmp_path, other):
    """text.py of hw2 is no submission of hw1."""
    write(tmp_path, below("kim/hw1") | below(f"lee/{other}") | below("oh/hw1"))
    assert people(tmp_path)["lee"] is None
    assert taken(tmp_path, "lee").problem == Message("nothing_handed_in")


def test_a_number_is_a_number_however_it_is_written(tmp_path):
    write(tmp_path, below("kim/hw01") | below("lee/HW1") | below("oh/hw1") | below("yi/hw02"))
    assert counting(intake(tmp_path)) == {
        "kim": "kim/hw01/",
        "lee": "lee/HW1/",
        "oh": "oh/hw1/",
        "yi": None,
    }
    assert set(taken(tmp_path, "kim").files) == set(FILES)


def test_a_folder_for_no_assignment_of_the_course_is_told(tmp_path):
    write(tmp_path, below("kim/hw1") | below("lee/hw11") | below("oh/hw2"))
    found = intake(tmp_path)
    assert (counting(found)["lee"], counting(found)["oh"]) == (None, None)
    assert found.leftover == ("lee/hw11/",)


def test_a_folder_of_one_student_changes_nothing_for_another(tmp_path):
    write(tmp_path, below("eve/hw1") | below("kim/my homework"))
    assert set(taken(tmp_path, "kim").files) == set(FILES)


def test_in_nbgraders_layout_files_may_stand_in_the_students_folder(tmp_path):
    write(tmp_path, below("kim/hw1") | below("lee") | below(f"oh/{PACKAGE}"))
    write(tmp_path, {"yi/mine.zip": zipped()})
    for student in ("lee", "oh", "yi"):
        assert set(taken(tmp_path, student).files) == set(FILES)


def test_in_nbgraders_layout_the_assignments_folder_comes_first(tmp_path):
    write(tmp_path, below("kim/hw1") | {"kim/text.py": "old"} | below("lee/hw1"))
    assert people(tmp_path)["kim"] == "kim/hw1/"


# --- folders and archives


def test_a_folder_of_folders(tmp_path):
    write(tmp_path, below("kim") | below(f"lee.j/{PACKAGE}") | below("oh/a/b"))
    write(tmp_path, {"empty.md": None})
    assert set(people(tmp_path)) == {"empty.md", "kim", "lee.j", "oh"}
    for student in ("kim", "lee.j", "oh"):
        assert set(taken(tmp_path, student).files) == set(FILES)


def test_a_folder_of_archives(tmp_path):
    names = ("a.zip", "b.tar.gz", "c.TGZ", "d.tar", "e.f.zip", "g.rar", "h.7z", "i.egg")
    write(tmp_path, dict.fromkeys(names, zipped()))
    assert set(people(tmp_path)) == {"a", "b", "c", "d", "e.f", "g", "h", "i"}


def test_what_lies_about_is_nobody_and_is_told(tmp_path):
    names = ["README", "README.md", "grades.csv", "notes.txt", ".DS_Store", "expected.json",
             "Thumbs.db", "desktop.ini", "rename.py", "essay.docx", "demo.ipynb"]  # fmt: skip
    write(tmp_path, dict.fromkeys(names, "") | below("kim") | below("lee"))
    write(tmp_path, {"__MACOSX/kim.zip": "", ".git/config": ""})
    found = intake(tmp_path)
    assert set(counting(found)) == {"kim", "lee"}
    assert set(found.leftover) == {*names, "__MACOSX/", ".git/"}


@pytest.mark.parametrize("template", [PACKAGE, "hw1", "template"])
def test_a_template_beside_the_students_is_nobody(tmp_path, template):
    write(tmp_path, below(template) | below("kim") | {"lee.zip": zipped(), "text.py": ""})
    found = intake(tmp_path)
    assert counting(found) == {"kim": "kim/", "lee": "lee.zip"}
    assert found.leftover == (f"{template}/", "text.py")
    write(tmp_path / "b", {f"{template}.zip": zipped(), "kim.zip": zipped(), "lee.zip": zipped()})
    assert set(people(tmp_path / "b")) == {"kim", "lee"}


@pytest.mark.parametrize("beside", [below(PACKAGE), ALL], ids=["package", "files"])
def test_one_person_and_a_template_or_one_person(tmp_path, beside):
    write(tmp_path, beside | {"kim.zip": zipped()})
    refused = refusal(tmp_path)
    assert refused.code == "error.one_or_many"
    assert "kim.zip" in refused.fields["found"]
    assert people(tmp_path, layout="student") == {"kim": "kim.zip"}
    assert list(people(tmp_path, layout="submission")) == [tmp_path.name]


def test_a_document_called_like_a_student_is_that_students(tmp_path):
    write(tmp_path, below("kim") | below("lee") | {"kim.pdf": "%PDF", "oh.pdf": "%PDF"})
    found = intake(tmp_path)
    assert counting(found)["kim"] == "kim/, kim.pdf"
    assert found.leftover == ("oh.pdf",)
    kim = taken(tmp_path, "kim")
    assert set(kim.files) == set(FILES)
    assert Message("documents", {"found": "kim.pdf"}) in kim.notes


def test_two_hand_ins_of_one_student_concern_that_student_alone(tmp_path):
    write(tmp_path, {"dora.zip": zipped()} | below("dora") | below("emil"))
    assert people(tmp_path) == {"dora": ["dora/", "dora.zip"], "emil": "emil/"}
    assert taken(tmp_path, "dora").problem == Message("doubled", {"found": "dora/, dora.zip"})
    assert taken(tmp_path, "emil").problem is None


def test_names_that_look_the_same_are_one_student(tmp_path):
    write(tmp_path, below("김") | below(unicodedata.normalize("NFD", "김")) | below("lee"))
    assert people(tmp_path)["김"] == ["김/", "김/"]


def test_names_that_cannot_be_shown_stay_apart(tmp_path):
    for name in ("a\x1b[2J", "a\u202e", " ", os.fsdecode(b"\xb1\xe8")):
        write(tmp_path / name, ALL)
    assert set(people(tmp_path)) == {"a%1B[2J", "a%E2%80%AE", "%20", "%ED%B2%B1%ED%B3%A8"}


def test_a_symlinked_student_is_found_and_refused(tmp_path):
    secret = write(tmp_path / "elsewhere", ALL | below("hw1"))
    folder = write(tmp_path / "class", below("kim/hw1") | {"yi": None})
    (folder / "lee.j").symlink_to(secret)
    (folder / "oh.zip").symlink_to(write(tmp_path, {"oh.zip": zipped()}) / "oh.zip")
    (folder / "yi" / "hw1").symlink_to(secret)
    for student, name in (("lee.j", "lee.j"), ("oh", "oh.zip"), ("yi", "hw1")):
        refused = taken(folder, student)
        assert refused.problem == Message("unsafe_archive", {"entry": name})
        assert refused.files == {}


@pytest.mark.parametrize("name", ["kim", "kim.zip"])
def test_a_fifo_in_place_of_a_submission_is_not_opened(tmp_path, name):
    os.mkfifo(tmp_path / name)
    write(tmp_path, below("lee"))
    assert taken(tmp_path, "kim").problem.code == "unsupported"


def test_notebooks_alone_are_a_person_each_and_named(tmp_path):
    write(tmp_path, {"kim.ipynb": "{}", "lee.ipynb": "{}", "collect.py": ""})
    found = intake(tmp_path)
    assert set(counting(found)) == {"kim", "lee"}
    assert found.leftover == ("collect.py",)
    assert taken(tmp_path, "kim").problem.fields["file"] == "kim.ipynb"


def test_a_notebook_beside_a_stub_is_named(tmp_path):
    write(tmp_path, below("kim", ALL | {"hw1.ipynb": "{}"}) | below("lee"))
    assert [(n.code, n.fields["file"]) for n in taken(tmp_path, "kim").notes] == [
        ("notebook_broken", "hw1.ipynb")
    ]


def test_a_python_file_is_a_person_where_one_file_is_wanted(tmp_path):
    write(tmp_path, {"kim.py": "", "lee.py": ""})
    one = replace(WANTED, files=("text.py",))
    assert set(people(tmp_path, wanted=one)) == {"kim", "lee"}
    assert refusal(tmp_path).code == "error.no_handin"


# --- which folder is the class


@pytest.mark.parametrize("outer", ["submissions", "submitted", PACKAGE, "hw1", "2027 spring"])
def test_a_class_in_a_folder_is_found_a_level_down(tmp_path, outer):
    write(tmp_path, below(f"{outer}/kim") | below(f"{outer}/lee") | {"roster.csv": "id\n"})
    found = intake(tmp_path)
    assert set(counting(found)) == {"kim", "lee"}
    assert (found.where, found.leftover) == (f"{outer}/", ("roster.csv",))


def test_a_class_in_a_folder_called_like_the_package(tmp_path):
    write(tmp_path / PACKAGE, below("kim") | below("lee"))
    assert set(people(tmp_path / PACKAGE)) == {"kim", "lee"}


def test_a_class_of_one_in_a_folder(tmp_path):
    write(tmp_path / "a", below("submissions/kim"))
    assert people(tmp_path / "a") == {"kim": "kim/"}
    write(
        tmp_path / "b", below("hw1-submissions/hw1-kim") | {"hw1-submissions/hw1-kim/.git/HEAD": ""}
    )
    assert people(tmp_path / "b") == {"kim": "hw1-kim/"}


@pytest.mark.parametrize(
    ("files", "student"),
    [
        ({"kim.zip": zipped()}, "kim"),
        (below("kim"), "kim"),
        (below("submissions/kim"), "kim"),
        (below(PACKAGE), "submissions"),
        (ALL, "submissions"),
    ],
)
def test_a_zip_of_a_class_of_one(tmp_path, files, student):
    write(tmp_path, {"submissions.zip": zipped(files)})
    assert set(people(tmp_path / "submissions.zip")) == {student}


def test_an_nbgrader_course(tmp_path):
    write(tmp_path, below("source/hw1") | below("release/hw1") | {"gradebook.db": ""})
    write(tmp_path, below("submitted/kim/hw1") | below("submitted/lee/hw1"))
    write(tmp_path, below("autograded/kim/hw1") | below("autograded/lee/hw1"))
    found = intake(tmp_path)
    assert counting(found) == {"kim": "kim/hw1/", "lee": "lee/hw1/"}
    assert set(found.leftover) == {"source/", "release/", "autograded/", "gradebook.db"}


@pytest.mark.parametrize(
    ("own", "other"), [("hw1.zip", "hw2.zip"), ("hw1-submissions", "hw2-submissions")]
)
def test_a_download_for_each_assignment(tmp_path, own, other):
    for name, student in ((own, "kim"), (other, "oh")):
        files = dict.fromkeys((f"{student}.zip", "lee.zip"), zipped())
        write(tmp_path, {name: zipped(files)} if name.endswith(".zip") else below(name, files))
    found = intake(tmp_path)
    assert set(counting(found)) == {"kim", "lee"}
    assert [name.strip("/") for name in found.leftover] == [other]


@pytest.mark.parametrize(
    "files",
    [below("submitted/kim/hw1"), {"submitted/kim/hw1/notes.txt": ""}, below("submitted/kim/hw2")],
)
def test_an_nbgrader_course_of_one_student(tmp_path, files):
    write(tmp_path, below("source/hw1") | below("release/hw1") | files)
    found = intake(tmp_path)
    assert set(counting(found)) == {"kim"}
    assert found.leftover == ("release/", "source/")


def test_a_folder_for_each_assignment_with_students_in_it(tmp_path):
    write(tmp_path, below("hw1/kim") | below("hw1/lee") | below("hw2/kim") | below("hw2/lee"))
    found = intake(tmp_path)
    assert (found.where, set(counting(found))) == ("hw1/", {"kim", "lee"})


def test_sections_are_refused_with_the_command_that_works(tmp_path):
    write(tmp_path, below("A/kim") | below("A/lee") | below("B/oh"))
    refused = refusal(tmp_path)
    assert refused.code == "error.sections"
    assert refused.fields["found"] == "A/ (2), B/ (1)"
    assert refused.fields["command"].endswith("--layout section/student")
    found = intake(tmp_path, layout="section/student")
    assert counting(found) == {"kim": "A/kim/", "lee": "A/lee/", "oh": "B/oh/"}


def test_sections_of_archives_are_refused(tmp_path):
    write(tmp_path, dict.fromkeys(("A/kim.zip", "A/lee.zip", "B/oh.zip", "B/yi.zip"), zipped()))
    assert refusal(tmp_path).code == "error.sections"
    bulk = {
        "A.zip": zipped(below("kim") | below("lee")),
        "B.zip": zipped(below("oh") | below("yi")),
    }
    assert refusal(write(tmp_path / "b", bulk)).code == "error.sections"


def test_the_command_that_works_keeps_the_roster(tmp_path):
    write(tmp_path, below("A/kim") | below("A/lee") | below("B/oh"))
    fields = refusal(tmp_path, roster_file=tmp_path / "my class.csv").fields
    for command in ("command", "one", "other"):
        assert f"--roster '{tmp_path}/my class.csv'" in fields[command]


CANVAS_A = {"kim_11_1_hw.zip": zipped(), "lee_12_2_hw.zip": zipped()}
CANVAS_B = {"oh_13_3_hw.zip": zipped(), "yi_14_4_hw.zip": zipped()}


@pytest.mark.parametrize(
    "files",
    [
        {"A.zip": zipped(CANVAS_A), "B.zip": zipped(CANVAS_B)},
        {"A/submissions.zip": zipped(CANVAS_A), "B/submissions.zip": zipped(CANVAS_B)},
        below("A", CANVAS_A) | below("B", CANVAS_B),
        below("A/submissions", CANVAS_A) | below("B", CANVAS_B),
    ],
)
def test_a_download_for_each_section(tmp_path, files):
    write(tmp_path, files | {"notes.txt": ""})
    assert refusal(tmp_path).code == "error.sections"
    found = intake(tmp_path, layout="section/student")
    assert (found.source, [person.id for person in found.people]) == (
        "canvas",
        ["11", "12", "13", "14"],
    )
    assert found.leftover == ("notes.txt",)


def test_a_zip_for_each_section(tmp_path):
    bulk = {
        "A.zip": zipped(below("A/kim") | below("A/lee")),
        "B.zip": zipped(dict.fromkeys(("oh.zip", "yi.zip"), zipped())),
        "oh late.zip": zipped(),
        "notes.txt": "",
    }
    found = intake(write(tmp_path, bulk), layout="section/student")
    assert counting(found) == {
        "kim": "A.zip/kim/",
        "lee": "A.zip/lee/",
        "oh": "B.zip/oh.zip",
        "yi": "B.zip/yi.zip",
        "oh late": "oh late.zip",
    }
    assert found.leftover == ("notes.txt",)


@pytest.mark.parametrize("late", ["late", "late.zip"])
def test_who_handed_in_again_late_is_not_passed_over(tmp_path, late):
    again = dict.fromkeys(("kim.zip", "lee.zip"), zipped())
    more = {f"{name}.zip": zipped() for name in ("oh", "yi", "jo")}
    write(tmp_path, again | more)
    write(tmp_path, {late: zipped(again)} if late.endswith(".zip") else below(late, again))
    assert refusal(tmp_path).code == "error.sections"
    found = people(tmp_path, layout="section/student")
    assert set(found) == {"kim", "lee", "oh", "yi", "jo"}
    assert found["kim"] == [f"{late}/kim.zip", "kim.zip"]


def test_students_beside_a_folder_of_late_ones(tmp_path):
    write(tmp_path, below("kim") | {"lee.zip": zipped()} | below("late/oh") | below("late/yi"))
    assert set(people(tmp_path, layout="section/student")) == {"kim", "lee", "oh", "yi"}


def test_a_section_of_one_student_with_two_versions_is_one_student(tmp_path):
    write(tmp_path, below("A/kim/v1") | below("A/kim/v2") | below("B/oh"))
    assert set(people(tmp_path, layout="section/student")) == {"kim", "oh"}


def test_no_sections_where_some_are_asked_for(tmp_path):
    write(tmp_path, below("kim") | below("lee"))
    assert refusal(tmp_path, layout="section/student").code == "error.no_sections"


def test_a_zip_of_sections_has_no_path_to_one_of_them(tmp_path):
    write(tmp_path, {"c.zip": zipped(below("A/kim") | below("A/lee") | below("B/oh"))})
    for place in (tmp_path, tmp_path / "c.zip"):
        refused = refusal(place)
        assert refused.code == "error.sections_in_zip"
        assert f"{tmp_path}/c.zip " in refused.fields["command"]


def test_who_is_in_two_sections_of_a_download_is_doubled(tmp_path):
    write(tmp_path, below("A", CANVAS_A) | below("B", CANVAS_B | {"kim_11_1_hw.zip": zipped()}))
    found = intake(tmp_path, layout="section/student")
    assert counting(found)["11"] == ["A/kim_11_1_hw.zip", "B/kim_11_1_hw.zip"]


def test_one_student_in_two_sections_is_doubled(tmp_path):
    write(tmp_path, below("A/kim") | below("A/lee") | below("B/kim") | below("B/oh"))
    assert people(tmp_path, layout="section/student")["kim"] == ["A/kim/", "B/kim/"]


def test_a_class_beside_a_late_hand_in_never_becomes_one_student(tmp_path):
    write(tmp_path, below("class/kim") | below("class/lee") | {"oh.zip": zipped()})
    assert refusal(tmp_path).fields["found"] == "class/ (2)"


def test_sections_a_level_down_are_refused_with_the_right_folder(tmp_path):
    write(tmp_path, below("2027/A/kim") | below("2027/A/lee") | below("2027/B/oh"))
    command = refusal(tmp_path).fields["command"]
    assert f"{tmp_path}/2027 " in command
    assert set(people(tmp_path / "2027", layout="section/student")) == {"kim", "lee", "oh"}
    zip_ = write(tmp_path, {"c.zip": zipped(below("c/A/kim") | below("c/A/lee") | below("c/B/oh"))})
    assert set(people(zip_ / "c.zip", layout="section/student")) == {"kim", "lee", "oh"}


def test_a_download_beside_what_was_unpacked_from_it_is_nobody(tmp_path):
    bulk = zipped(below("kim") | below("lee"))
    write(tmp_path, below("kim") | below("lee") | {"class.zip": bulk})
    found = intake(tmp_path)
    assert (set(counting(found)), found.leftover) == ({"kim", "lee"}, ("class.zip",))


@pytest.mark.parametrize("files", [CANVAS_A, below("kim") | below("lee")])
def test_a_download_beside_the_folder_that_it_was_unpacked_into(tmp_path, files):
    write(tmp_path, below("class", files) | {"class.zip": zipped(files)})
    found = intake(tmp_path)
    assert (len(found.people), found.where, found.leftover) == (2, "class/", ("class.zip",))


def test_a_download_with_other_people_in_it_is_not_passed_over(tmp_path):
    write(tmp_path, below("class", CANVAS_A) | {"class.zip": zipped(CANVAS_B)})
    assert refusal(tmp_path).code == "error.sections"


def test_a_copy_by_the_browser_is_no_other_person(tmp_path):
    write(tmp_path, {"kim.zip": zipped(), "kim (1).zip": zipped(), "lee.zip": zipped()})
    assert people(tmp_path)["kim"] == ["kim (1).zip", "kim.zip"]
    write(tmp_path / "b", {"kim (1).zip": zipped(), "lee.zip": zipped()})
    assert set(people(tmp_path / "b")) == {"kim (1)", "lee"}


def test_a_class_of_odd_hand_ins_in_a_folder(tmp_path):
    write(tmp_path, below("submissions/kim", {"Text.py": ""}) | {"submissions/lee/a.txt": ""})
    assert set(people(tmp_path)) == {"kim", "lee"}


@pytest.mark.parametrize("files", [below("kim") | below("lee"), {"kim.zip": "", "lee.zip": ""}])
def test_a_tar_of_a_class_is_refused(tmp_path, files):
    with tarfile.open(tmp_path / "class.tar.gz", "w:gz") as archive:
        archive.add(write(tmp_path / "class", files), "class")
    assert refusal(tmp_path / "class.tar.gz").code == "error.unpack_first"


def test_an_empty_place_in_another_section_doubles_nobody(tmp_path):
    write(tmp_path, below("A/kim/hw1") | below("A/lee/hw1") | below("B/kim/hw2"))
    write(tmp_path, {"A/oh/hw2/a.py": "", "B/oh/hw2/a.py": ""})
    found = people(tmp_path, layout="section/student")
    assert found == {"kim": "A/kim/hw1/", "lee": "A/lee/hw1/", "oh": None}


def test_a_student_with_two_versions_stops_nobody(tmp_path):
    write(tmp_path, below("eve/v1") | below("eve/v2") | below("kim") | below("lee"))
    assert set(people(tmp_path)) == {"eve", "kim", "lee"}
    assert set(taken(tmp_path, "eve").files) == set(FILES)


def test_a_folder_too_low_is_refused_where_its_name_is_nobodys(tmp_path):
    write(tmp_path, below("kim/hw1") | below(f"lee/{PACKAGE}"))
    for inner in (tmp_path / "kim" / "hw1", tmp_path / "lee" / PACKAGE):
        refused = refusal(inner)
        assert refused.code == "error.too_low"
        assert str(inner.parent) in refused.fields["command"]


def test_one_hand_in_given_directly(tmp_path):
    write(tmp_path, {"kim.zip": zipped()} | below("lee") | below(f"oh/{PACKAGE}"))
    write(tmp_path, below("yi/hw1") | below("yi/hw2") | below("jo", ALL | {"a/b.py": ""}))
    for name, student in (
        ("kim.zip", "kim"),
        ("lee", "lee"),
        ("oh", "oh"),
        ("yi", "yi"),
        ("jo", "jo"),
    ):
        found = intake(tmp_path / name)
        assert (found.source, list(counting(found))) == ("submission", [student])
        assert set(taken(tmp_path / name, student).files) >= set(FILES)


def test_a_folder_that_is_nested_without_end_stops_nobody(tmp_path):
    write(tmp_path, below("kim") | below("lee"))
    here = os.getcwd()
    for name, depth in (("hw1", 400), ("x" * 200, 40)):
        os.mkdir(tmp_path / name[:9])
        os.chdir(tmp_path / name[:9])
        for _ in range(depth):  # by short steps, further than any path reaches
            os.mkdir(name)
            os.chdir(name)
        os.chdir(here)
    assert {"kim", "lee", "xxxxxxxxx"} <= set(people(tmp_path))
    deep = {f"{'a/' * 30_000}{n}.py": "" for n in range(40)} | below("hw1/" * 39)
    write(tmp_path, {"eve.zip": zipped(deep)})
    assert "eve" in people(tmp_path)
    assert list(people(tmp_path / "eve.zip")) == ["eve"]


def test_a_folder_without_anybody_is_refused(tmp_path):
    write(tmp_path, {"notes.txt": "", "collect.py": ""})
    refused = refusal(tmp_path)
    assert (refused.code, refused.fields["found"]) == ("error.no_handin", "collect.py, notes.txt")


# --- a class that is still zipped


@pytest.mark.parametrize("outer", ["", "hw1/", "class/hw1/", f"{PACKAGE}/"])
def test_a_zip_of_a_class(tmp_path, outer):
    inner = {f"{outer}kim/{name}": "x = 1\n" for name in FILES} | {f"{outer}홍 길동.zip": zipped()}
    (tmp_path / "class.zip").write_bytes(zipped(inner))
    found = people(tmp_path / "class.zip")
    assert found == {"kim": "kim/", "홍 길동": "홍 길동.zip"}
    for student in found:
        assert set(taken(tmp_path / "class.zip", student).files) == set(FILES)


def test_a_zip_of_a_class_in_a_folder(tmp_path):
    write(tmp_path, {"bulk.zip": zipped(below("kim") | below("lee")), "roster.csv": "id\n"})
    found = intake(tmp_path)
    assert (found.where, set(counting(found))) == ("bulk.zip", {"kim", "lee"})
    assert found.leftover == ("roster.csv",)


def test_names_in_a_zip_of_korean_windows(tmp_path):
    """It writes CP949 and says nothing of it; the names are as long as their stand-ins."""
    raw = zipped({"AAAAAA.zip": zipped(), "BBBBBB.zip": zipped()})
    raw = raw.replace(b"AAAAAA", "홍길동".encode("cp949"))
    (tmp_path / "class.zip").write_bytes(raw.replace(b"BBBBBB", "김민수".encode("cp949")))
    assert set(people(tmp_path / "class.zip")) == {"홍길동", "김민수"}


def test_a_name_that_climbs_out_of_the_zip_is_nobodys(tmp_path):
    inner = below("kim") | below("lee") | {"../../evil.zip": zipped(), "a/../b.zip": zipped()}
    (tmp_path / "class.zip").write_bytes(zipped(inner))
    found = intake(tmp_path / "class.zip", layout="student")
    assert {"kim", "lee"} <= set(counting(found))
    assert all("/" not in person.id or ".." in person.id for person in found.people)


# --- a class that cannot be looked into never becomes one student


CLASS_ZIP = zipped(below("kim") | below("lee"))


@pytest.mark.parametrize("inner", [CLASS_ZIP, zipped(CANVAS_A)])
@pytest.mark.parametrize("path", ["", "outer.zip"])
def test_a_class_in_a_zip_in_a_zip_is_refused(tmp_path, inner, path):
    write(tmp_path, {"outer.zip": zipped({"submissions.zip": inner})})
    assert refusal(tmp_path / path).code == "error.unpack_first"


@pytest.mark.parametrize("data", [CLASS_ZIP[:-30], b"", zipped({}), b"Rar!\x1a\x07\x00"])
def test_an_archive_that_cannot_be_opened_may_be_a_class(tmp_path, data):
    write(tmp_path, {"d/submissions.zip": data, "d/.DS_Store": ""})
    for place in (tmp_path, tmp_path / "d", tmp_path / "d" / "submissions.zip"):
        refused = refusal(place)
        assert refused.code == "error.not_opened"
        assert f"{tmp_path}/d/submissions.zip " in refused.fields["command"]
    given = tmp_path / "d" / "submissions.zip"
    assert list(people(given, layout="submission")) == ["submissions"]


def test_a_broken_archive_among_others_is_its_owners(tmp_path):
    write(tmp_path, {"kim.zip": CLASS_ZIP[:-30], "submissions.zip": b"", "lee.zip": zipped()})
    assert set(people(tmp_path)) == {"kim", "lee", "submissions"}
    write(tmp_path / "one", {"kim.zip": b"PK\x03\x04"})
    assert set(people(tmp_path / "one")) == {"kim"}


# --- names


@pytest.mark.parametrize(
    "copy",
    [
        "kim (1)",
        "kim(2)",
        "kim - Copy",
        "kim - Copy (2)",
        "kim copy 2",
        "kim - 복사본",
        "kim 복사본",
    ],
)
def test_a_copy_by_a_system_is_no_other_person(tmp_path, copy):
    write(tmp_path, {"kim.zip": zipped(), f"{copy}.zip": zipped(), "copy.zip": zipped()})
    assert people(tmp_path)["kim"] == sorted([f"{copy}.zip", "kim.zip"])


def test_a_name_with_two_endings_is_one_name(tmp_path):
    write(tmp_path, dict.fromkeys(("kim.zip.zip", "lee.tar.gz.zip", "oh.7z.rar"), zipped()))
    assert set(people(tmp_path)) == {"kim", "lee", "oh"}


def test_folders_of_a_system_are_nobody(tmp_path):
    names = ("$RECYCLE.BIN", "System Volume Information", "@eaDir", "lost+found", "__MACOSX")
    found = intake(write(tmp_path, below("kim") | {f"{name}/a.txt": "" for name in names}))
    assert (set(counting(found)), len(found.leftover)) == ({"kim"}, len(names))
