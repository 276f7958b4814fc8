"""Whose a hand-in is: nobody's name, nor that of a file, makes one person's work another's."""

import tracemalloc

import pytest

from grader.cli.people import show_intake
from grader.course.roster import Person, Roster
from grader.intake.people import Intake, Unclear
from tests.intake.layouts import below, counting, intake, write, zipped

NAMED = Roster(
    (Person("2027001", "이영희"), Person("2027002", "김철수"), Person("2027003", "Park Minsu"))
)
CANVAS = Roster(
    (
        Person("s1", "Kim", "", "Team 1", {"canvas": "12345"}),
        Person("s2", "Lee", "", "Team 1", {"canvas": "12346"}),
        Person("s3", "Park", "", "Team 2", {"canvas": "12347"}),
    )
)
MOODLE = Roster(
    (
        Person("s1", "Kim Minsu", ids={"moodle": "123457"}),
        Person("s2", "Lee Jiwoo", ids={"moodle": "123458"}),
    )
)
KIMS = "Kim Minsu_123457_assignsubmission_file_"
LEES = "Lee Jiwoo_123458_assignsubmission_file_"


# --- an id and a name that contradict each other ---


@pytest.mark.parametrize(
    "name",
    [
        *("2027001_김철수", "김철수 2027001", "hw1_2027001-김철수 (1)", "2027001_김철수_final"),
        *("2027001_김철수_1", "2027001_2차_김철수", "2027001_김철수_text", "컴공_2027001_김철수"),
        *("2027001_이영희_김철수", "2027001 김철수 이영희"),
    ],
)
@pytest.mark.parametrize("ending", [".zip", ".ipynb"])
def test_an_id_with_the_name_of_somebody_else_may_be_eithers(tmp_path, name, ending):
    write(tmp_path, {name + ending: zipped(), "2027003.zip": zipped()})
    taken = intake(tmp_path, NAMED)
    assert taken.unclear == (Unclear(name + ending, ("2027001", "2027002")),)
    assert taken.unknown == []
    people = {person.id: person for person in taken.people}
    for student in ("2027001", "2027002"):
        assert people[student].found().problem.fields == {"found": name + ending}


def test_a_wrong_id_doubles_nobody(tmp_path):
    write(tmp_path, {"2027001_이영희.zip": zipped(), "2027001_김철수.zip": zipped()})
    taken = intake(tmp_path, NAMED)
    assert counting(taken)["2027001"] == "2027001_이영희.zip"
    assert [one.people for one in taken.unclear] == [("2027001", "2027002")]
    (chulsu,) = [person for person in taken.people if person.id == "2027002"]
    assert chulsu.perhaps == ("2027001_김철수.zip",)


@pytest.mark.parametrize(
    "rest", ["이영희", "hw1", "영희", "final", "Minsu", "김철", "Park_and_Minsu"]
)
def test_an_id_beside_nobody_elses_name_counts(tmp_path, rest):
    write(tmp_path, {f"2027001_{rest}.zip": zipped(), "2027003.zip": zipped()})
    assert counting(intake(tmp_path, NAMED))["2027001"] == f"2027001_{rest}.zip"


@pytest.mark.parametrize("name", ["Kim Minsu", "minsu_kim", "hw1_Kim_Minsu_2", "Kim_hw1_Minsu"])
def test_an_id_with_the_name_as_somebody_else_writes_theirs_may_be_eithers(tmp_path, name):
    """김민수 writes his own as Kim Minsu: nothing tells that from a number that is mistyped."""
    people = Roster((Person("2027001", "김민수"), Person("2027002", "Kim Minsu")))
    write(tmp_path, {f"2027001_{name}.zip": zipped(), "2027002.zip": zipped()})
    taken = intake(tmp_path, people)
    assert taken.unclear == (Unclear(f"2027001_{name}.zip", ("2027001", "2027002")),)


@pytest.mark.parametrize(
    ("people", "owner"),
    [
        ({"1": ("Kim Minsu", ""), "2": ("Lee", "@b.edu"), "3": ("Park", "@c.edu")}, "1"),
        ({"1": ("Kim Minsung", "@a.edu"), "2": ("Kim Minsu", "")}, "1"),
    ],
    ids=["a name beside a login of two", "a login that is a name"],
)
def test_the_first_answer_that_names_one_person_holds(tmp_path, people, owner):
    rows = [
        Person(f"202700{n}", name, ids={"email": f"minsukim{mail}"} if mail else {})
        for n, (name, mail) in people.items()
    ]
    write(tmp_path, {"minsukim.zip": zipped(), "2027002.zip": zipped()})
    assert counting(intake(tmp_path, Roster(tuple(rows))))[f"202700{owner}"] == "minsukim.zip"


def test_gradescopes_number_and_address_of_two_people_may_be_eithers(tmp_path):
    people = Roster(
        (Person("1", "Kim", ids={"email": "kim@x"}), Person("2", "Lee", ids={"email": "lee@x"}))
    )
    metadata = "\n".join(
        f"submission_{n}:\n  :submitters:\n  - :name: N\n    :sid: '{sid}'\n    :email: {email}"
        for n, sid, email in ((1, "1", "lee@x"), (2, "", "kim@x"))
    )
    write(tmp_path, {"submission_metadata.yml": metadata})
    write(tmp_path, below("submission_1") | below("submission_2"))
    taken = intake(tmp_path, people)
    assert taken.unclear == (Unclear("submission_1/", ("1", "2")),)
    assert (counting(taken)["1"], counting(taken)["2"]) == ("submission_2/", None)


# --- an id and a team of one name ---


@pytest.mark.parametrize("ending", ["", ".zip"])
def test_an_id_comes_before_a_team(tmp_path, ending):
    for n in "1234":
        write(tmp_path, {f"{n}.zip": zipped()} if ending else below(n))
    roster = Roster(tuple(Person(str(n), team=str((n + 1) // 2)) for n in range(1, 7)))
    found = counting(intake(tmp_path, roster))
    assert found == {n: n + (ending or "/") for n in "1234"} | {"5": None, "6": None}


LEADERS = Roster(
    (
        *(Person(one, team="kim") for one in ("kim", "lee", "choi")),
        *(Person(str(n), team="ohs", ids={"github": one}) for n, one in ((1, "ohs"), (2, "yi"))),
    )
)


@pytest.mark.parametrize("prefix", ["", "hw1-"])
@pytest.mark.parametrize("ending", ["", ".zip"])
def test_a_team_may_be_called_after_a_member(tmp_path, prefix, ending):
    for name in ("kim", "ohs"):
        own = f"{prefix}{name}"
        write(tmp_path, {f"{own}.zip": zipped()} if ending else below(own))
        write(tmp_path, {f"{own}/.git/HEAD": ""} if prefix and not ending else {})
    taken = intake(tmp_path, LEADERS)
    kims, ohs = (f"{prefix}{name}{ending or '/'}" for name in ("kim", "ohs"))
    assert counting(taken) == {"kim": kims, "lee": kims, "choi": kims, "1": ohs, "2": ohs}
    assert {person.by for person in taken.people} == {"leader"}


def test_members_who_hand_in_alone(tmp_path):
    write(tmp_path, below("kim") | below("lee") | below("ohs") | below("yi"))
    taken = intake(tmp_path, LEADERS)
    expected = {"kim": "kim/", "lee": "lee/", "choi": None, "1": "ohs/", "2": "yi/"}
    assert counting(taken) == expected
    assert taken.unclear == (Unclear("kim/", ("choi",), owner="kim"),)
    (choi,) = taken.missing
    assert [note.code for note in choi.found().notes] == ["perhaps_handed_in"]


@pytest.mark.parametrize("team", ["1", "kim"])
def test_nobody_whose_team_is_called_like_an_id_is_missing_in_silence(tmp_path, capsys, team):
    """The number is an id before it is a team's; and so is a name of a member of another team."""
    teams = {"1": team, "2": team} if team == "1" else {"kim": "lee", "lee": "oh", "oh": team}
    write(tmp_path, below(team) | below("9"))
    roster = Roster(tuple(Person(one, team=name) for one, name in teams.items()))
    taken = intake(tmp_path, roster)
    other = next(one for one, name in teams.items() if name == team and one != team)
    assert counting(taken)[team] == f"{team}/"
    assert taken.unclear == (Unclear(f"{team}/", (other,), owner=team),)
    show_intake(taken, "en")
    said = capsys.readouterr().out
    assert f"{team}/ counts for {team} alone" in said
    assert f"{other} handed in nothing" in said


def test_an_empty_place_of_a_team_is_said_of_nobody(tmp_path):
    write(tmp_path, below("kim/hw2") | below("ohs/hw1"))
    taken = intake(tmp_path, LEADERS)
    assert {person.id for person in taken.missing} == {"kim", "lee", "choi"}
    assert taken.unclear == ()


@pytest.mark.parametrize("team", ["{}조", "Team {}"])
@pytest.mark.parametrize("task", ["hw1", "과제1"])
def test_a_team_beside_the_name_of_the_assignment(tmp_path, team, task):
    roster = Roster(tuple(Person(one, team=team.format(n)) for n, one in enumerate(("kim", "lee"))))
    write(tmp_path, {f"{task}_{team.format(n)}.zip": zipped() for n in range(2)})
    found = counting(intake(tmp_path, roster))
    assert found == {one: f"{task}_{team.format(n)}.zip" for n, one in enumerate(("kim", "lee"))}


def test_a_number_beside_the_name_of_the_assignment_may_be_a_problem(tmp_path):
    roster = Roster((Person("2027001", team="1"), Person("2027002", team="1"), Person("2027003")))
    write(tmp_path, {"hw1_1.zip": zipped(), "2027001.zip": zipped()})
    taken = intake(tmp_path, roster)
    assert counting(taken)["2027001"] == "2027001.zip"
    assert taken.unclear == (Unclear("hw1_1.zip", ("2027001", "2027002")),)


def test_a_number_of_an_lms_that_is_a_teams_may_be_eithers(tmp_path):
    roster = Roster(
        (
            Person("2027001", team="2", ids={"moodle": "1"}),
            Person("2027002", team="1", ids={"moodle": "2"}),
        )
    )
    write(tmp_path, below("1") | below("2027001"))
    taken = intake(tmp_path, roster)
    assert taken.unclear == (Unclear("1/", ("2027001", "2027002")),)
    assert counting(taken)["2027001"] == "2027001/"


# --- a name that looks like what an LMS writes ---


@pytest.mark.parametrize("roster", [None, MOODLE])
@pytest.mark.parametrize("odd", [f"{KIMS}x_123458_assignsubmission_file_hw.zip", f"{LEES}_{KIMS}a"])
def test_moodles_name_with_two_numbers_is_nobodys(tmp_path, roster, odd):
    write(tmp_path, {f"{LEES}hw.zip": zipped(), odd: zipped()})
    taken = intake(tmp_path, roster)
    assert [label for label in counting(taken).values() if label] == [f"{LEES}hw.zip"]
    assert taken.leftover == (odd,)
    told = [(one.found, set(one.people)) for one in taken.unclear]
    assert told == ([] if roster is None else [(odd, {"s1", "s2"})])


def test_moodles_name_from_an_earlier_download_is_told(tmp_path):
    odd = f"{KIMS}Kim Minsu_99_assignsubmission_file_hw.zip"
    write(tmp_path, {f"{LEES}hw.zip": zipped(), odd: zipped()})
    assert intake(tmp_path, MOODLE).unclear == (Unclear(odd, ("s1",), is_outside=True),)


def test_moodles_name_with_two_numbers_is_told_beside_what_counts(tmp_path):
    odd = f"{KIMS}x_123458_assignsubmission_file_hw.zip"
    write(tmp_path, dict.fromkeys([odd, f"{KIMS}hw.zip", f"{LEES}hw.zip"], zipped()))
    assert intake(tmp_path, MOODLE).unclear == (Unclear(odd, ("s1", "s2")),)


def test_moodles_name_with_the_same_number_twice_is_its_owners(tmp_path):
    """What came back with feedback, and is handed in again."""
    write(tmp_path, {f"{LEES}hw.zip": zipped(), f"{KIMS}{KIMS}hw.zip": zipped()})
    assert counting(intake(tmp_path, MOODLE))["s1"] == f"{KIMS}{KIMS}hw.zip"


@pytest.mark.parametrize("roster", [None, CANVAS])
@pytest.mark.parametrize(
    "file", ["x_late_12346_text.html", "12346_text.html", "12346_9_hw.zip", "x_12346_9_hw.zip"]
)
def test_a_file_called_like_canvas_own_stays_its_owners(tmp_path, roster, file):
    write(tmp_path, {"kim_12345_1_hw.zip": zipped(), f"kim_12345_2_{file}": zipped()})
    write(tmp_path, {"lee_12346_3_hw.zip": zipped()})
    handins = {person.name: person.handins for person in intake(tmp_path, roster).people}
    files = [name for handin in handins.get("Kim", handins.get("kim")) for name in handin.files]
    assert sorted(files) == ["kim_12345_1_hw.zip", f"kim_12345_2_{file}"]


@pytest.mark.parametrize("roster", [None, CANVAS])
@pytest.mark.parametrize("file", ["1_hw.zip", "9_hw.zip", "text.html"])
def test_who_is_called_like_somebodys_canvas_number_stays_themselves(tmp_path, roster, file):
    """Lee has another name elsewhere in the download."""
    names = ["lee_12346_3_hw.zip", "park_12347_2_hw.zip", f"kim_12346_12345_{file}"]
    write(tmp_path, dict.fromkeys(names, zipped()))
    taken = intake(tmp_path, roster)
    assert sorted(label for label in counting(taken).values() if label) == sorted(names)


@pytest.mark.parametrize("late", ["", "late_"])
def test_a_stranger_called_like_somebodys_canvas_number_is_a_stranger(tmp_path, late):
    odd = f"kim_{late}12346_99999_8_hw.zip"
    write(
        tmp_path, {"lee_12346_3_hw.zip": zipped(), odd: zipped(), "park_12347_2_hw.zip": zipped()}
    )
    taken = intake(tmp_path, CANVAS)
    assert counting(taken)["s2"] == "lee_12346_3_hw.zip"
    assert [person.id for person in taken.unknown] == ["99999"]


def test_two_who_may_both_be_one_canvas_user_are_left_over(tmp_path):
    odd = ["kim_12346_12345_1_hw.zip", "lee_12346_3_1_hw.zip"]
    write(tmp_path, dict.fromkeys([*odd, "park_12347_4_hw.zip"], zipped()))
    taken = intake(tmp_path)
    assert (list(counting(taken)), taken.leftover) == (["12347"], tuple(odd))


SMALL = Roster(
    tuple(
        Person(id_, name, ids={"canvas": canvas})
        for id_, name, canvas in (("s1", "Kim", "101"), ("s2", "Lee", "102"), ("s3", "Park", "150"))
    )
)


@pytest.mark.parametrize(
    ("files", "count"),
    [
        (["kim_101_150_2027001_hw1.zip"], 1),
        (["kim_101_140_1_hw.zip", "kim_101_150_1_hw-1.zip"], 2),
        (["kim_101_149_text.py", "kim_101_150_1_features.py"], 1),
    ],
)
@pytest.mark.parametrize("park", [[], ["park_150_161_hw.zip"]])
def test_an_attachment_with_somebodys_number_is_theirs_whose_name_it_bears(
    tmp_path, files, count, park
):
    write(tmp_path, dict.fromkeys([*files, *park, "lee_102_160_hw.zip"], zipped()))
    taken = intake(tmp_path, SMALL)
    (kim,) = [person for person in taken.people if person.id == "s1"]
    assert len(kim.handins) == count
    assert [name for handin in kim.handins for name in handin.files] == files


def test_an_attachment_with_the_number_of_one_who_has_another_name_is_not_theirs(tmp_path):
    odd = "auditor_999_150_2027001_hw1.zip"
    write(tmp_path, {odd: zipped(), "park_150_161_hw.zip": zipped()})
    taken = intake(tmp_path, SMALL)
    assert counting(taken)["s3"] == "park_150_161_hw.zip"
    assert counting(taken)["999"] == odd


def test_where_no_name_tells_it_may_be_eithers(tmp_path):
    odd = "kms_101_150_2027001_hw1.zip"
    write(tmp_path, {odd: zipped(), "lee_102_160_hw.zip": zipped()})
    taken = intake(tmp_path, SMALL)
    assert (taken.leftover, taken.unclear) == ((odd,), (Unclear(odd, ("s1", "s3")),))


def test_only_canvas_own_numbers_are_users(tmp_path):
    people = Roster((Person("150", "Park"), Person("101", "Kim Minsu")))
    name = "kimminsu_9001_150_2027001_hw1.zip"
    write(tmp_path, {name: zipped(), "park_9002_160_hw.zip": zipped()})
    assert counting(intake(tmp_path, people))["101"] == name


@pytest.mark.parametrize("file", ["text.html", "678_text.html", "678_hw.zip"])
def test_a_group_with_a_number_is_read_with_the_roster(tmp_path, file):
    name = f"group_3_12345_{file}"
    write(tmp_path, {name: zipped(), "lee_12346_3_hw.zip": zipped()})
    assert counting(intake(tmp_path, CANVAS))["s1"] == name


def test_who_is_called_like_a_team_stays_who_their_number_says(tmp_path):
    files = ["kim_12345_1_hw.zip", "lee_12346_2_hw.zip", "team1_12347_3_hw.zip"]
    write(tmp_path, dict.fromkeys(files, zipped()))
    assert list(counting(intake(tmp_path, CANVAS)).values()) == files


def test_a_long_name_costs_nothing(tmp_path):
    odd = "a" + "_1" * 10_000 + "_x.zip"
    write(tmp_path, {"kim.zip": zipped(), "lee.zip": zipped({odd: "", "text.py": ""})})
    tracemalloc.start()
    assert set(counting(intake(tmp_path))) == {"kim", "lee"}
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20 << 20  # each number its own reading: 190 MB


# --- what all names in a download of Moodle's have in front ---


def moodles(*names):
    folders = [f"{name}_{n}_assignsubmission_file_" for n, name in enumerate(names, 1)]
    return {name: file for folder in folders for name, file in below(folder).items()}


def test_a_part_of_peoples_names_is_no_group(tmp_path):
    names = ("Min-ji Kim", "Min-ho Lee", "Ji Kim")
    people = Roster(tuple(Person(f"s{n}", name) for n, name in enumerate(names, 1)))
    write(tmp_path, moodles("Min-ji Kim", "Min-ho Lee"))
    taken = intake(tmp_path, people)
    assert counting(taken)["s2"].startswith("Min-ho Lee")
    assert counting(taken)["s3"] is None
    assert [one.people for one in taken.unclear] == [("s3", "s1")]


def test_one_name_that_is_somebodys_with_the_group_costs_only_its_own(tmp_path):
    names = ("Amin Lee", "Min Lee", "Jiwoo Park", "Sua Choi")
    people = Roster(tuple(Person(f"s{n}", name) for n, name in enumerate(names, 1)))
    write(tmp_path, moodles("A-Min Lee", "A-Jiwoo Park", "A-Sua Choi"))
    taken = intake(tmp_path, people)
    assert [person.status for person in taken.people if person.id in {"s3", "s4"}] == [
        "handed_in",
        "handed_in",
    ]
    assert [one.people for one in taken.unclear] == [("s2", "s1")]


def test_a_group_is_cut_from_the_names_of_the_roster(tmp_path):
    people = Roster((Person("s1", "Min-ji Kim"), Person("s2", "Min-ho Lee")))
    write(tmp_path, moodles("Group A-Min-ji Kim", "Group A-Min-ho Lee"))
    assert [person.status for person in intake(tmp_path, people).people] == ["handed_in"] * 2


# --- what staff are told to do about it ---


@pytest.mark.parametrize(
    ("source", "advice"),
    [
        ("folders", {"en": "Rename it to one student's id", "ko": "한 사람의 학번만"}),
        ("canvas", {"en": "Add the LMS's ids to the roster", "ko": "명단에 LMS의 ID를"}),
        ("moodle", {"en": "Add the LMS's ids to the roster", "ko": "명단에 LMS의 ID를"}),
        ("gradescope", {"en": "Correct the student id", "ko": "이메일 주소를 바로잡고"}),
    ],
)
def test_what_is_unclear_is_mended_where_its_name_comes_from(source, advice, capsys):
    one = Unclear("x.zip", ("1", "2"))
    for lang, said in advice.items():
        show_intake(Intake("hw1", source, "x", "last", (), ("x.zip",), (one,)), lang)
        printed = capsys.readouterr().out
        assert said in printed
        assert all(name in printed for name in ("x.zip", "1", "2"))
