"""Hand-ins joined with a roster: nobody dropped, doubled or merged."""

import json

import pytest

from grader.cli.people import show_intake
from grader.course.roster import Person, Roster
from grader.errors import UsageError
from grader.intake.handin import Handin, Seen
from grader.intake.join import join
from grader.intake.people import Unclear
from grader.records import people
from grader.records.record import Message
from tests.intake.layouts import WANTED, below, counting, intake, write, zipped


def roster(*people):
    return Roster(tuple(people))


CLASS = roster(
    Person("2027001", "Kim, Minsu", "A", "Team One", {"canvas": "11", "email": "minsu@x.edu"}),
    Person("2027002", "홍길동", "A", "Team One", {"canvas": "12", "login": "hong"}),
    Person("2027003", "홍길동", "B", "", {"canvas": "13", "moodle": "41", "github": "gildong"}),
    Person("2027004", "Lee Jiwoo", "B", "", {"canvas": "14", "moodle": "42"}),
)


def by(found, student):
    return next(person for person in found.people if person.id == student)


def test_everybody_on_the_roster_is_there_once(tmp_path):
    write(tmp_path, {"kim_11_1_hw.zip": zipped(), "hong_12_2_hw.zip": zipped()})
    write(tmp_path, {"choi_99_3_hw.zip": zipped()})
    found = intake(tmp_path, CLASS)
    assert counting(found) == {
        "2027001": "kim_11_1_hw.zip",
        "2027002": "hong_12_2_hw.zip",
        "2027003": None,
        "2027004": None,
        "99": "choi_99_3_hw.zip",
    }
    assert [person.id for person in found.unknown] == ["99"]
    assert [person.id for person in found.missing] == ["2027003", "2027004"]
    assert (by(found, "2027001").name, by(found, "2027001").by) == ("Kim, Minsu", "canvas")


@pytest.mark.parametrize(
    ("folder", "student", "why"),
    [
        ("2027001", "2027001", "id"),
        ("hong", "2027002", "login"),
        ("GilDong", "2027003", "github"),
        ("minsu@x.edu", "2027001", "email"),
        ("minsu", "2027001", "part"),
        ("홍길동_2027003", "2027003", "part"),
        ("2027002 홍길동 (1)", "2027002", "part"),
        ("minsu kim", "2027001", "name"),
        ("Jiwoo Lee", "2027004", "name"),
        ("14", "2027004", "canvas"),
    ],
)
def test_a_folder_is_taken_for_somebody(tmp_path, folder, student, why):
    write(tmp_path, below(folder) | below("somebody"))
    found = intake(tmp_path, CLASS)
    assert counting(found)[student] == f"{folder}/"
    assert by(found, student).by == why


def test_a_document_called_like_somebody_on_the_roster_is_theirs(tmp_path):
    write(tmp_path, below("2027001") | {"2027001.pdf": "", "2027004.docx": "", "essay.docx": ""})
    found = intake(tmp_path, CLASS)
    assert counting(found)["2027001"] == "2027001/, 2027001.pdf"
    assert counting(found)["2027004"] == "2027004.docx"
    assert found.leftover == ("essay.docx",)


@pytest.mark.parametrize("packed", [True, False])
def test_a_name_that_two_people_have_may_be_eithers(tmp_path, packed):
    write(tmp_path, below("홍길동") if packed else {"홍길동.ipynb": "{}"})
    write(tmp_path, below("2027001"))
    found, name = intake(tmp_path, CLASS), "홍길동/" if packed else "홍길동.ipynb"
    assert found.unknown == []
    assert found.unclear == (Unclear(name, ("2027002", "2027003")),)
    assert ("홍길동" in counting(found)) == packed
    for student in ("2027002", "2027003"):
        assert counting(found)[student] is None
        assert by(found, student).found().problem.fields == {"found": name}
        assert [note.code for note in by(found, student).found().notes] == ["perhaps_handed_in"]
    assert found.to_json()["unclear"] == [{"found": name, "people": ["2027002", "2027003"]}]


def test_what_bears_two_ids_or_is_one_of_two_namesakes_may_be_eithers(tmp_path):
    write(tmp_path, {"2027001_2027004_team.zip": zipped(), "2027002.zip": zipped()})
    assert intake(tmp_path, CLASS).unclear == (
        Unclear("2027001_2027004_team.zip", ("2027001", "2027004")),
    )
    only = roster(Person("1", "홍길동"), Person("2", "홍길동"), Person("3", "Lee Jiwoo"))
    write(tmp_path / "m", below("홍길동_41_assignsubmission_file_"))
    write(tmp_path / "m", below("Lee Jiwoo_42_assignsubmission_file_"))
    unclear = intake(tmp_path / "m", only).unclear
    assert unclear == (Unclear("홍길동_41_assignsubmission_file_/", ("1", "2")),)


def test_what_is_left_over_with_the_id_of_who_has_nothing_is_told(tmp_path, capsys):
    """Beside a download, and in a form that nobody can grade."""
    write(tmp_path / "a", {f"n_{i}_{i}_hw.zip": zipped() for i in (11, 12, 14)})
    write(tmp_path / "a", {"2027001 too.zip": zipped(), "2027003_late.zip": zipped()})
    write(tmp_path / "b", below("2027001") | {"2027004_hw1.docx": "", "2027001 notes.pdf": ""})
    for place, found, student in (
        ("a", "2027003_late.zip", "2027003"),
        ("b", "2027004_hw1.docx", "2027004"),
    ):
        taken = intake(tmp_path / place, CLASS)
        assert taken.unclear == (Unclear(found, (student,), is_outside=True),)
        assert by(taken, student).perhaps == (found,)
        notes = (Message("left_outside", {"found": found}),)  # it is clear whose it is
        assert by(taken, student).found().notes == notes
        for lang, said in (
            ("en", f"{found} bears the id"),
            ("ko", f"{found}: 이름에 {student}의 학번"),
        ):
            show_intake(taken, lang)
            printed = capsys.readouterr().out
            assert said in printed
            assert "could belong" not in printed
            assert "수 있지만" not in printed


def test_what_is_unclear_is_said_before_grading(tmp_path, capsys):
    write(tmp_path, {"홍길동.zip": zipped(), "2027001.zip": zipped(), "choi.zip": zipped()})
    for lang, said in (
        ("en", "홍길동.zip could belong to 2027002 or 2027003"),
        ("ko", "홍길동.zip: 2027002 또는 2027003의 것일 수"),
    ):
        show_intake(intake(tmp_path, CLASS), lang)
        printed = capsys.readouterr().out
        assert said in printed
        assert printed.count("choi") == 3  # its line, and as nobody's on the roster
        assert printed.count("홍길동.zip") == 2


def test_two_folders_of_one_person_are_not_chosen_between(tmp_path):
    write(tmp_path, below("2027004") | below("Lee Jiwoo") | below("2027001"))
    assert counting(intake(tmp_path, CLASS))["2027004"] == ["2027004/", "Lee Jiwoo/"]


def test_an_lms_id_that_is_somebody_elses_id_merges_nobody(tmp_path):
    """Canvas user 2027001 is not the student 2027001."""
    write(tmp_path, {"choi_2027001_1_hw.zip": zipped()})
    found = intake(tmp_path, CLASS)
    assert counting(found)["2027001"] is None
    assert [person.id for person in found.unknown] == ["2027001 (choi_2027001_1_hw.zip)"]


def test_a_name_does_not_join_where_the_roster_has_the_lms_ids(tmp_path):
    write(tmp_path, {"leejiwoo_77_1_hw.zip": zipped()})
    found = intake(tmp_path, CLASS)
    assert counting(found)["2027004"] is None
    assert [person.id for person in found.unknown] == ["77"]


def test_canvas_numbers_in_a_name_are_read_with_the_roster(tmp_path):
    write(tmp_path, {"group_3_14_678_hw.zip": zipped(), "kim_11_679_hw.zip": zipped()})
    assert counting(intake(tmp_path, CLASS))["2027004"] == "group_3_14_678_hw.zip"


@pytest.mark.parametrize("name", ["teamone_11_1_hw.zip", "Team One_7_assignsubmission_file_"])
def test_the_hand_in_of_a_team_counts_for_each_member(tmp_path, name):
    write(tmp_path, {name: zipped()} if name.endswith(".zip") else below(name))
    found = counting(intake(tmp_path, CLASS))
    assert found["2027001"] == found["2027002"]
    assert found["2027001"].startswith(name)
    assert found["2027003"] is None


def test_a_single_hand_in_says_nothing_of_the_others(tmp_path):
    write(tmp_path, below("2027001"))
    assert list(counting(intake(tmp_path / "2027001", CLASS))) == ["2027001"]


def test_the_whole_of_it_as_plain_data(tmp_path):
    write(tmp_path, {"kim_LATE_11_1_hw.zip": zipped(), "kim_11_2_hw-1.zip": zipped(), "a.py": ""})
    data = intake(tmp_path, CLASS).to_json()
    assert (data["source"], data["leftover"]) == ("canvas", ["a.py"])
    kim = data["people"][0]
    assert (kim["id"], kim["name"], kim["by"], kim["status"]) == (
        "2027001",
        "Kim, Minsu",
        "canvas",
        "handed_in",
    )
    assert [(h["attempt"], h["late"], h["counts"]) for h in kim["handins"]] == [
        (1, True, False),
        (2, False, True),
    ]
    assert [person["status"] for person in data["people"][1:]] == ["missing"] * 3


@pytest.mark.parametrize(
    ("key", "student", "why"),
    [
        ("hw1_Lee Jiwoo", "2027004", "name"),
        ("Lee_Jiwoo_hw1_classification", "2027004", "name"),
        ("Lee Jiwoo-HW1 (1)", "2027004", "name"),
        ("과제1_Lee Jiwoo", "2027004", "name"),
        ("homework 1 - Lee Jiwoo", "2027004", "name"),
        ("hw1-gildong", "2027003", "part"),
    ],
)
def test_what_it_was_for_is_no_part_of_a_name(tmp_path, key, student, why):
    write(tmp_path, {f"{key}.zip": zipped(), "somebody.zip": zipped()})
    found = intake(tmp_path, CLASS)
    assert counting(found)[student] == f"{key}.zip"
    assert by(found, student).by == why


def test_who_is_called_like_the_assignment_is_nobody_on_the_roster(tmp_path):
    """Nor is an empty name the one person's whose id of a kind is unknown."""
    write(tmp_path, {"hw.zip": zipped(), "homework1.zip": zipped()})
    assert [person.id for person in intake(tmp_path, CLASS).unknown] == ["homework1", "hw"]


def test_numbers_of_an_lms_are_kept_for_the_way_back(tmp_path):
    write(tmp_path, {"kim_11_1_hw.zip": zipped(), "choi_99_3_hw.zip": zipped()})
    people = {person["id"]: person for person in intake(tmp_path, CLASS).to_json()["people"]}
    assert people["2027001"]["ids"] == {"canvas": "11", "email": "minsu@x.edu"}
    assert people["2027003"]["ids"]["moodle"] == "41"  # of the roster: nothing came
    assert people["99"]["ids"] == {"canvas": "99"}
    assert people["2027001"]["handins"][0]["files"] == ["kim_11_1_hw.zip"]


def test_the_number_of_a_team_is_no_members(tmp_path):
    write(
        tmp_path,
        below("Team One_77_assignsubmission_file_") | below("Lee_42_assignsubmission_file_"),
    )
    found = intake(tmp_path, CLASS)
    assert by(found, "2027001").by == "team"
    assert "moodle" not in by(found, "2027001").ids
    assert by(found, "2027004").ids["moodle"] == "42"


def test_a_roster_of_ids_alone_takes_no_name_away(tmp_path):
    only = roster(Person("1", ids={"moodle": "42"}), Person("2", team="Team One"))
    folders = ("Lee Jiwoo_42_assignsubmission_file_", "Team One_77_assignsubmission_file_")
    write(tmp_path / "in", below(folders[0]) | below(folders[1]))
    found = intake(tmp_path / "in", only)
    assert [by(found, student).name for student in "12"] == ["Lee Jiwoo", ""]
    for path, data in (("intake/hw1.json", found), ("roster.json", only)):
        write(tmp_path, {path: json.dumps(data.to_json())})
    assert people.load(tmp_path, "hw1").name("1") == "Lee Jiwoo"


def test_two_numbers_for_one_person_are_none(tmp_path):
    only = roster(Person("1", "Kim Minsu"), Person("2", "Lee Jiwoo"))
    write(tmp_path, {"kimminsu_11_1_hw.zip": zipped(), "minsukim_12_2_hw.zip": zipped()})
    assert by(intake(tmp_path, only), "1").ids == {}


def test_what_an_lms_calls_somebody_is_in_order():
    """Or else the order changed with each run, and with it the file of the intake."""
    kinds = ["sis", "moodle", "login", "id", "github", "email", "canvas"]
    handin = Handin("kim", "kim/", None, ids=dict.fromkeys(kinds, "1"))
    (kim,) = join(Seen("folders", "", [handin], []), None, "last", WANTED).people
    assert list(kim.ids) == kinds[::-1]


@pytest.mark.parametrize("ending", ["ipynb", "py"])
@pytest.mark.parametrize("beside", [{"2027001_kim.zip": zipped()}, below("2027001")])
def test_a_loose_file_is_matched_as_an_archive_is(tmp_path, ending, beside):
    """Whoever else hands in a zip or a folder, and whatever the teacher has lying about."""
    teachers = {f"{name}.{ending}" for name in ("check", "hw1", "demo")} | {"README.md", "a.csv"}
    names = ("hw1_gildong", "Lee Jiwoo - hw1", "2027002_홍길동_hw1.ko")
    write(tmp_path, beside | {f"{name}.{ending}": "{}" for name in names})
    write(tmp_path, dict.fromkeys(teachers, ""))
    found = intake(tmp_path, CLASS)
    assert {person: label for person, label in counting(found).items() if person != "2027001"} == {
        "2027002": f"2027002_홍길동_hw1.ko.{ending}",
        "2027003": f"hw1_gildong.{ending}",
        "2027004": f"Lee Jiwoo - hw1.{ending}",
    }
    assert set(found.leftover) == teachers


def test_a_loose_file_beside_what_its_owner_packed(tmp_path):
    """It was looked at by its owner, or forgotten: what is packed is the hand-in, and graded."""
    write(tmp_path, {"2027001.zip": zipped(), "2027001.ipynb": "{}", "2027001 again.ipynb": "{}"})
    write(tmp_path, {"2027003.ipynb": "{}", "2027003.pdf": "", "2027004.zip": zipped()})
    taken = intake(tmp_path, CLASS)
    assert counting(taken)["2027001"] == "2027001.zip, 2027001.ipynb"
    assert counting(taken)["2027003"] == "2027003.ipynb, 2027003.pdf"
    assert (taken.leftover, taken.unclear) == (("2027001 again.ipynb",), ())
    note = Message("left_aside", {"found": "2027001 again.ipynb"})
    assert note in by(taken, "2027001").found().notes


@pytest.mark.parametrize(
    ("packed", "loose"),
    [
        ({"2027001.zip": zipped()}, "2027001_eda.ipynb"),
        ({"2027001.zip": zipped()}, "2027001_essay.pdf"),
        (below("2027001"), "hw1_2027001.ipynb"),
        (below("submitted/2027001/hw1") | {"gradebook.db": ""}, "submitted/2027001_extra.ipynb"),
        (below("hw1-gildong") | {"hw1-gildong/.git/x": ""}, "hw1-gildong.ipynb"),
        (below("Team One"), "2027001_mine.ipynb"),
    ],
)
def test_a_loose_file_takes_nobody_their_hand_in(tmp_path, packed, loose):
    write(tmp_path, packed | {loose: "{}"})
    taken = intake(tmp_path, CLASS)
    assert {person.status for person in taken.people} == {"handed_in", "missing"}
    assert loose.removeprefix("submitted/") in taken.leftover


def test_a_folder_of_another_assignment_is_no_hand_in_beside_a_loose_file(tmp_path):
    write(tmp_path, below("2027001/hw2") | below("2027002/hw1") | {"2027001_k.ipynb": "{}"})
    assert counting(intake(tmp_path, CLASS))["2027001"] == "2027001_k.ipynb"


@pytest.mark.parametrize("other", ["2027001.zip", "2027001_hw1.ipynb"])
@pytest.mark.parametrize(
    ("files", "label"),
    [
        (("2027003_k.ipynb", "2027003_k.py"), "2027003_k.ipynb, 2027003_k.py"),
        (("2027003_k.ipynb", "2027003_helpers.py"), "2027003_k.ipynb, 2027003_helpers.py"),
        (("2027003_text.py", "2027003_network.py"), "2027003_network.py, 2027003_text.py"),
        (("2027003.docx", "2027003_k.ipynb"), "2027003_k.ipynb, 2027003.docx"),
        (("2027003_a.ipynb", "2027003_b.ipynb"), ["2027003_a.ipynb", "2027003_b.ipynb"]),
    ],
)
def test_loose_files_of_one_person_are_read_alike_whatever_others_do(tmp_path, other, files, label):
    write(tmp_path, dict.fromkeys(files, "{}") | {other: zipped()})
    taken = intake(tmp_path, CLASS)
    assert counting(taken)["2027003"] == label
    if isinstance(label, str):
        parts = by(taken, "2027003").found().node.children
        assert sorted(part.name for part in parts) == sorted(files)


def test_a_file_of_a_team_is_theirs_who_have_nothing_else(tmp_path):
    write(tmp_path, {"2027001.zip": zipped(), "Team One.ipynb": "{}"})
    taken = intake(tmp_path, CLASS)
    assert counting(taken)["2027001"] == "2027001.zip"
    assert counting(taken)["2027002"] == "Team One.ipynb"
    assert taken.leftover == ()


def test_a_document_of_one_person_hides_nobodys_notebook(tmp_path):
    write(tmp_path, {"2027004.docx": "", "2027001_kim.ipynb": "{}", "gildong.py": ""})
    found = counting(intake(tmp_path, CLASS))
    assert found["2027004"] == "2027004.docx"
    assert found["2027001"] == "2027001_kim.ipynb"
    assert found["2027003"] == "gildong.py"


def test_loose_files_in_sections(tmp_path):
    write(tmp_path, {"A/2027001.zip": zipped(), "A/2027002_hw1.ipynb": "{}", "A/demo.ipynb": "{}"})
    write(tmp_path, {"B/2027003.zip": zipped(), "2027004_late.ipynb": "{}"})
    found = intake(tmp_path, CLASS, layout="section/student")
    assert counting(found)["2027002"] == "A/2027002_hw1.ipynb"
    assert counting(found)["2027004"] == "2027004_late.ipynb"
    assert found.leftover == ("A/demo.ipynb",)


def test_a_teachers_number_is_no_student_and_no_team(tmp_path):
    only = roster(
        *(Person(str(i), team=str(i + 4)) for i in range(1, 4)), Person("kim", "박민"), Person("x")
    )
    files = ("1.ipynb", "hw1 2.ipynb", "5.ipynb", "kim.ipynb", "hw1_박민.ipynb")
    write(tmp_path, {"1.zip": zipped(), "x.zip": zipped()} | dict.fromkeys(files, "{}"))
    taken = intake(tmp_path, only)
    assert counting(taken) == {
        "1": "1.zip, 1.ipynb",
        "2": None,
        "3": None,
        "kim": "kim.ipynb",  # called like the id, and nothing more
        "x": "x.zip",
    }
    assert taken.leftover == ("5.ipynb", "hw1 2.ipynb", "hw1_박민.ipynb")
    assert [one.people for one in taken.unclear] == [("2",)]  # told, but taken for nobody's


def test_a_short_id_is_known_whatever_a_classmate_hands_in(tmp_path):
    short = roster(Person("kim"), Person("a1"), Person("choi"))
    write(tmp_path, {"kim.ipynb": "{}", "a1.ipynb": "{}", "choi.zip": zipped()})
    found = counting(intake(tmp_path, short))
    assert found == {"kim": "kim.ipynb", "a1": "a1.ipynb", "choi": "choi.zip"}


def test_of_several_notebooks_the_one_called_like_its_owner_counts(tmp_path):
    files = ("2027001.ipynb", "2027001_scratch.ipynb", "2027001_helpers.py", "2027002.ipynb")
    write(tmp_path, dict.fromkeys(files, "{}"))
    taken = intake(tmp_path, CLASS)
    assert counting(taken)["2027001"] == "2027001.ipynb, 2027001_helpers.py"
    assert taken.leftover == ("2027001_scratch.ipynb",)


def test_a_class_in_a_folder_called_like_somebody_is_refused(tmp_path):
    ids = [f"20270{n}" for n in range(1, 5)]
    everybody = roster(Person("2026"), *map(Person, ids), Person("202709"))
    write(tmp_path, {f"2026_fall/{i}.zip": zipped() for i in ids} | {"202709.ipynb": "{}"})
    with pytest.raises(UsageError):
        intake(tmp_path, everybody)


def test_a_file_that_may_be_two_peoples_keeps_its_name_beside_a_document(tmp_path):
    write(tmp_path, {"홍길동.ipynb": "{}", "홍길동.pdf": "", "2027001.zip": zipped()})
    found = "홍길동.ipynb, 홍길동.pdf"
    assert intake(tmp_path, CLASS).unclear == (Unclear(found, ("2027002", "2027003")),)


@pytest.mark.parametrize("loose", ["2027002_h.ipynb", "Lee Jiwoo_hw1.py"])
@pytest.mark.parametrize("folder", ["2027001_kim", "gildong"])
def test_two_archives_of_one_student_are_no_class_beside_loose_files(tmp_path, folder, loose):
    write(tmp_path, {f"{folder}/2027001.zip": zipped(), f"{folder}/b.zip": zipped(), loose: "{}"})
    found = counting(intake(tmp_path, CLASS))
    assert {label for label in found.values() if label} == {f"{folder}/", loose}


def test_a_class_is_gone_down_to_where_nobody_of_the_roster_lies_beside_it(tmp_path):
    """It may be one student's, with others' ids in it: that is refused."""
    write(tmp_path, {f"kim/{i}.zip": zipped() for i in (2027001, 2027002)})
    write(tmp_path, {"check.ipynb": "{}"})
    assert counting(intake(tmp_path, CLASS))["2027002"] == "2027002.zip"
    write(tmp_path, {"2027003_h.ipynb": "{}"})
    with pytest.raises(UsageError) as caught:
        intake(tmp_path, CLASS)
    assert caught.value.code == "error.sections"


@pytest.mark.parametrize("name", ["hw1", "submissions", "hw1-submissions"])
def test_a_folder_called_like_a_class_is_gone_down_to_as_any_other(tmp_path, name):
    """It may be one student's, who called it so: then it would take the place of the class."""
    write(tmp_path, below(f"{name}/2027001") | below(f"{name}/2027002"))
    write(tmp_path, {"check.ipynb": "{}"})
    assert counting(intake(tmp_path, CLASS))["2027002"] == "2027002/"
    write(tmp_path, {"2027004.ipynb": "{}"})
    with pytest.raises(UsageError) as caught:
        intake(tmp_path, CLASS)
    assert caught.value.code == "error.sections"
    found = counting(intake(tmp_path, CLASS, layout="section/student"))
    assert (found["2027002"], found["2027004"]) == (f"{name}/2027002/", "2027004.ipynb")


def test_of_what_may_be_somebodys_each_has_its_note(tmp_path):
    write(tmp_path, {"홍길동.ipynb": "{}", "2027002_hw1.docx": "", "2027001.zip": zipped()})
    found = by(intake(tmp_path, CLASS), "2027002").found()
    assert found.notes == (
        Message("perhaps_handed_in", {"found": "홍길동.ipynb"}),
        Message("left_outside", {"found": "2027002_hw1.docx"}),
    )
    assert found.problem.fields == {"found": "2027002_hw1.docx, 홍길동.ipynb"}
