"""What a number or a letter says: whose a folder of the class is, and in a hand-in nothing."""

import pytest

from grader.course.roster import Person, Roster
from tests.intake.layouts import below, counting, intake, people, refusal, write, zipped

IDS = tuple(f"202700{n}" for n in range(1, 7))
OTHERS = {name: text for one in IDS if one != IDS[2] for name, text in below(one).items()}
TEAMS = Roster(tuple(Person(one, team=str(n // 2 + 1)) for n, one in enumerate(IDS)))
LETTERS = Roster(tuple(Person(one, team="AB"[n % 2]) for n, one in enumerate(IDS)))
MOODLE = Roster(tuple(Person(one, ids={"moodle": str(n)}) for n, one in enumerate(IDS, 1)))
NUMBERS = Roster(tuple(Person(str(n), team=str((n + 1) // 2)) for n in range(1, 7)))
SHORT = Roster((Person("kim"), Person("lee"), Person("oh")))
BOOKS = {"kim.ipynb": "{}", "lee.ipynb": "{}", "oh.ipynb": "{}"}


def folders(*names, of=""):
    return {path: text for name in names for path, text in below(of + name).items()}


# --- in somebody's hand-in


@pytest.fixture(
    params=[
        *((roster, ("1", "2")) for roster in (TEAMS, MOODLE)),
        *((TEAMS, (f"{task}-1", f"{task}-2")) for task in ("과제1", "hw1")),
        (TEAMS, ("1. 코드", "2. 보고서")),
        (LETTERS, ("a", "b")),
    ],
    ids=lambda param: param[1][0],
)
def problems(request):
    """A roster, and problems whose names are on it."""
    return request.param


@pytest.mark.parametrize("ending", ["", ".zip"])
def test_problems_of_one_student_are_that_students(tmp_path, problems, ending):
    roster, names = problems
    inside = folders(*names)
    own = {f"{IDS[2]}.zip": zipped(inside)} if ending else below(IDS[2], inside)
    label = IDS[2] + (ending or "/")
    alone = write(tmp_path / "alone", own)
    assert counting(intake(alone, roster))[IDS[2]] == label
    assert people(alone / f"{IDS[2]}{ending}", roster) == {IDS[2]}
    found = counting(intake(write(tmp_path / "among", own | OTHERS), roster))
    assert found == {one: f"{one}/" for one in IDS} | {IDS[2]: label}


def test_problems_in_nbgraders_layout(tmp_path, problems):
    roster, names = problems
    write(tmp_path, below("submitted", {f"{IDS[0]}/hw1/text.py": "", "../gradebook.db": ""}))
    write(tmp_path, folders(*names, of=f"submitted/{IDS[2]}/hw1/"))
    found = counting(intake(tmp_path, roster))
    assert (found[IDS[0]], found[IDS[2]]) == (f"{IDS[0]}/hw1/", f"{IDS[2]}/hw1/")


@pytest.mark.parametrize("count", [1, 2])
def test_problems_of_a_stranger_are_the_strangers(tmp_path, problems, count):
    roster, names = problems
    write(tmp_path, OTHERS | folders(*names[:count], of="guest/"))
    assert counting(intake(tmp_path, roster))["guest"] == "guest/"


def test_problems_called_like_ids_in_files(tmp_path):
    roster = Roster(tuple(Person(f"p{n}") for n in range(1, 7)))
    books = zipped({"p1.ipynb": "{}", "p2.ipynb": "{}"})
    write(tmp_path, {"p3.zip": books, "p4.zip": zipped()})
    assert counting(intake(tmp_path, roster))["p3"] == "p3.zip"
    assert people(tmp_path / "p3.zip", roster) == {"p3"}


def test_a_zip_with_problems_is_no_copy_of_what_lies_beside_it(tmp_path):
    write(tmp_path, dict.fromkeys(("1.zip", "2.zip", "3.zip"), zipped()))
    write(tmp_path, {"4.zip": zipped(folders("1", "2"))})
    assert refusal(tmp_path, NUMBERS).code == "error.sections"
    assert counting(intake(tmp_path, NUMBERS, layout="student"))["4"] == "4.zip"


THREE = Roster(tuple(Person(str(100 + n), team="AB"[n % 2]) for n in range(1, 7)))
JO = Roster(tuple(Person(str(100 + n), team=f"{n % 2 + 1}조") for n in range(1, 7)))


@pytest.mark.parametrize(("roster", "names"), [(THREE, ("a", "b")), (JO, ("1조", "2조"))])
@pytest.mark.parametrize("ending", ["", ".zip"])
def test_problems_called_like_teams_of_whom_a_number_of_three_digits_names(
    tmp_path, roster, names, ending
):
    inside = folders(*names)
    write(tmp_path, {"101.zip": zipped(inside)} if ending else below("101", inside))
    own = f"101{ending or '/'}"
    assert counting(intake(tmp_path / f"101{ending}", roster)) == {"101": own}
    assert counting(intake(tmp_path, roster))["101"] == own
    write(tmp_path, folders("102", "103"))
    assert counting(intake(tmp_path, roster))["101"] == own


# --- where a short name may be a section's, or a week's


@pytest.mark.parametrize("roster", [TEAMS, MOODLE])
def test_a_section_called_like_a_team_is_not_the_teams(tmp_path, roster):
    write(tmp_path, below(f"1/{IDS[2]}") | below(f"2/{IDS[0]}") | below(f"2/{IDS[1]}"))
    assert refusal(tmp_path, roster).fields["found"] == "2/ (2), 1/ (1)"
    found = counting(intake(tmp_path, roster, layout="section/student"))
    assert (found[IDS[0]], found[IDS[2]]) == (f"2/{IDS[0]}/", f"1/{IDS[2]}/")


@pytest.mark.parametrize("first", ["{}", "10{}"])
@pytest.mark.parametrize("ending", ["", ".zip"])
def test_a_section_called_like_an_id_is_not_that_persons(tmp_path, first, ending):
    ids = [first.format(n) for n in range(1, 7)]
    roster = Roster(tuple(map(Person, ids)))
    sections = {ids[0]: folders(ids[2]), ids[1]: folders(ids[3], ids[4])}
    for name, inside in sections.items():
        write(tmp_path, {f"{name}.zip": zipped(inside)} if ending else below(name, inside))
    found = counting(intake(tmp_path, roster, layout="section/student"))
    assert (found[ids[0]], found[ids[2]]) == (None, f"{ids[0]}{ending}/{ids[2]}/")


def test_a_hand_in_beside_the_sections_may_hold_anothers(tmp_path):
    write(tmp_path, folders(*IDS[:2], of="A/") | below(f"{IDS[2]}/{IDS[3]}_ref"))
    found = counting(intake(tmp_path, TEAMS, layout="section/student"))
    assert (found[IDS[2]], found[IDS[3]]) == (f"{IDS[2]}/", None)


@pytest.mark.parametrize("names", [("1", "2", "4"), ("1조", "2조")])
def test_a_week_called_like_an_id_is_the_class(tmp_path, names):
    roster = Roster(tuple(Person(str(n), team=f"{(n + 1) // 2}조") for n in range(1, 7)))
    write(tmp_path, folders(*names, of="3/") | {"3.zip": zipped(folders(*names))})
    for place in ("3", "3.zip"):
        assert counting(intake(tmp_path / place, roster))["2"] is not None


@pytest.mark.parametrize("team", ["Team {}", "{}조", "{}"])
@pytest.mark.parametrize("ids", [("kim", "lee", "oh"), ("101", "102", "103")])
@pytest.mark.parametrize("ending", ["", ".zip"])
def test_no_member_has_the_hand_in_of_another_by_a_short_id(tmp_path, team, ids, ending):
    roster = Roster(tuple(Person(one, team=team.format(n // 2 + 1)) for n, one in enumerate(ids)))
    own = team.format(1)
    for one in ids[:2]:
        write(tmp_path, {f"{own}/{one}.zip": zipped()} if ending else below(f"{own}/{one}"))
    write(tmp_path, below(team.format(2)))
    assert refusal(tmp_path, roster).code == "error.sections"


@pytest.mark.parametrize("first", ["{}", "10{}"])
@pytest.mark.parametrize("names", [(3,), (3, 4)])
@pytest.mark.parametrize("ending", ["", ".zip"])
def test_who_is_late_is_known_by_a_short_id(tmp_path, first, names, ending):
    roster = Roster(tuple(Person(first.format(n)) for n in range(1, 7)))
    late = folders(*map(first.format, names))
    write(tmp_path, folders(first.format(1), first.format(2)))
    write(tmp_path, {"late.zip": zipped(late)} if ending else below("late", late))
    refused = refusal(tmp_path, roster)
    assert refused.fields["found"] == f"late{ending or '/'} ({len(names)})"
    found = counting(intake(tmp_path, roster, layout="section/student"))
    assert found[first.format(3)] == f"late{ending}/{first.format(3)}/"
    assert found[first.format(1)] == f"{first.format(1)}/"


def test_teams_with_other_files_beside_somebodys_versions(tmp_path):
    write(tmp_path, {f"{n}/main.py": "" for n in (1, 2, 3)} | folders("v1", "v2", of="choi/"))
    assert people(tmp_path, TEAMS) == {*IDS, "choi"}


# --- loose files


def test_files_called_like_short_ids_are_a_class(tmp_path):
    write(tmp_path / "c", {"week1.zip": zipped(BOOKS)})
    write(tmp_path / "d", below("week1", BOOKS))
    expected = {"kim": "kim.ipynb", "lee": "lee.ipynb", "oh": "oh.ipynb"}
    for place in ("c", "c/week1.zip", "d"):
        assert counting(intake(tmp_path / place, SHORT)) == expected
    write(tmp_path / "c", {"yi.zip": zipped()})
    assert refusal(tmp_path / "c", SHORT).fields["found"] == "week1.zip (3)"
