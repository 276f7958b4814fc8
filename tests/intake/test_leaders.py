"""Teams that are called after a member: what bears that name is the team's, or one person's."""

import random
from dataclasses import replace

import pytest

from grader.cli.people import show_intake
from grader.course.roster import Person, Roster
from grader.i18n import translate
from grader.intake.handin import is_of_another
from grader.intake.people import Unclear
from tests.intake.layouts import WANTED, below, counting, intake, write, zipped

BY_LOGIN = Roster(
    tuple(
        Person(one, name, team=team, ids={"github": login})
        for one, name, team, login in (
            ("2027001", "김민수", "minsu", "minsu"),
            ("2027002", "이지우", "minsu", "jiwoo"),
            ("2027003", "정하늘", "haneul", "haneul"),
            ("2027004", "최유나", "haneul", "yuna"),
        )
    )
)
BY_NAME = Roster(
    (
        Person("2027001", "김민수", team="김민수", ids={"canvas": "11", "moodle": "21"}),
        Person("2027002", "이영희", team="김민수", ids={"canvas": "12", "moodle": "22"}),
        Person("2027003", "박지훈", team="박지훈", ids={"canvas": "13", "moodle": "23"}),
        Person("2027004", "최유나", team="박지훈", ids={"canvas": "14", "moodle": "24"}),
    )
)
ROSTERS = (
    (BY_LOGIN, ("minsu", "jiwoo", "haneul", "yuna")),
    (BY_NAME, ("김민수", "이영희", "박지훈", "최유나")),
)
CALLED = ["{}", "hw1_{}", "{}_최종"]


@pytest.fixture(params=ROSTERS, ids=["login", "name"])
def teams(request):
    """A roster of two teams that are called after their first, and what members are called."""
    return request.param


@pytest.mark.parametrize("called", CALLED)
@pytest.mark.parametrize("ending", ["", ".zip", ".ipynb"])
def test_where_nobody_hands_in_alone_it_is_the_teams_and_said_to_be_a_guess(
    tmp_path, capsys, teams, called, ending
):
    roster, (minsu, _, haneul, _) = teams
    one, other = (f"{called.format(name)}{ending or '/'}" for name in (minsu, haneul))
    for label in (one, other):
        write(tmp_path, below(label[:-1]) if not ending else {label: zipped()})
    taken = intake(tmp_path, roster)
    assert list(counting(taken).values()) == [one, one, other, other]
    assert {person.by for person in taken.people} == {"leader"}
    for lang, said in {"en": "was taken for the whole team's", "ko": "조 전체의 제출물로"}.items():
        show_intake(taken, lang)
        assert said in capsys.readouterr().out


@pytest.mark.parametrize("called", CALLED)
@pytest.mark.parametrize("ending", ["", ".zip", ".ipynb"])
def test_where_a_member_hands_in_alone_the_leaders_is_one_persons_in_that_team(
    tmp_path, capsys, teams, called, ending
):
    roster, (minsu, _, haneul, yuna) = teams
    labels = [f"{called.format(name)}{ending or '/'}" for name in (minsu, haneul, yuna)]
    for label in labels:
        write(tmp_path, below(label[:-1]) if not ending else {label: zipped()})
    taken = intake(tmp_path, roster)
    assert list(counting(taken).values()) == [labels[0], *labels]
    assert [person.by == "leader" for person in taken.people] == [True, True, False, False]
    assert (taken.unclear, taken.alone) == ((), ("2027004",))
    for lang in ("en", "ko"):  # it may be everybody's own after all
        show_intake(taken, lang)
        assert translate("intake.leaders_alone", lang, names="2027004") in capsys.readouterr().out


def test_who_of_a_team_of_three_has_nothing_is_told(tmp_path):
    mates = [Person(one, team="kim") for one in ("kim", "lee", "park")]
    write(tmp_path, below("kim") | below("lee") | below("oh"))
    taken = intake(tmp_path, Roster((*mates, Person("oh", team="oh"), Person("yi", team="oh"))))
    expected = {"kim": "kim/", "lee": "lee/", "park": None, "oh": "oh/", "yi": "oh/"}
    assert counting(taken) == expected
    assert taken.unclear == (Unclear("kim/", ("park",), owner="kim"),)


def test_a_member_who_hands_in_for_the_leader_takes_nothing_from_another_team(tmp_path, teams):
    roster, (minsu, _, _, yuna) = teams
    write(tmp_path, below(minsu) | below(yuna))
    found = list(counting(intake(tmp_path, roster)).values())
    assert found == [f"{minsu}/", f"{minsu}/", None, f"{yuna}/"]


def test_clones_of_one_person_each(tmp_path):
    for name in ("minsu", "haneul", "yuna"):
        write(tmp_path, below(f"hw1-{name}") | {f"hw1-{name}/.git/HEAD": ""})
    found = counting(intake(tmp_path, BY_LOGIN))
    assert list(found.values()) == ["hw1-minsu/", "hw1-minsu/", "hw1-haneul/", "hw1-yuna/"]


@pytest.mark.parametrize("names", [("{0}_{1}", "{0} {1}"), ("{1}_{0}", "{0}{1}")])
def test_an_id_beside_the_name_changes_nothing(tmp_path, names):
    first, second = (
        name.format(one, own) + ".zip"
        for name, one, own in zip(names, ("2027001", "2027003"), ("김민수", "박지훈"), strict=True)
    )
    write(tmp_path, {first: zipped(), second: zipped()})
    assert list(counting(intake(tmp_path, BY_NAME)).values()) == [first, first, second, second]
    write(tmp_path, {"2027002_이영희.zip": zipped()})
    found = list(counting(intake(tmp_path, BY_NAME)).values())
    assert found == [first, "2027002_이영희.zip", second, second]


def test_an_id_alone_is_one_persons(tmp_path):
    write(tmp_path, {"2027001.zip": zipped(), "2027003.zip": zipped()})
    found = counting(intake(tmp_path, BY_NAME))
    assert list(found.values()) == ["2027001.zip", None, "2027003.zip", None]


def test_the_id_of_one_member_beside_the_name_of_another_may_be_eithers(tmp_path):
    write(tmp_path, {"2027002_김민수.zip": zipped(), "2027003.zip": zipped()})
    taken = intake(tmp_path, BY_NAME)
    assert taken.unclear == (Unclear("2027002_김민수.zip", ("2027002", "2027001")),)


@pytest.mark.parametrize("name", ["{name}_{canvas}_9{canvas}_hw.zip", "{name}_{moodle}_assignsubmission_file_/hw.zip"])  # fmt: skip
def test_a_download_in_which_a_member_hands_in_alone(tmp_path, name):
    files = [name.format(name=person.name, **person.ids) for person in BY_NAME.people]
    write(tmp_path, {file: zipped() for file in files if "최유나" not in file})
    labels = [file.removesuffix("hw.zip") if "/" in file else file for file in files]
    taken = intake(tmp_path, BY_NAME)
    assert list(counting(taken).values()) == [*labels[:3], labels[2]]


def test_a_download_of_a_team_that_another_member_handed_in(tmp_path):
    write(tmp_path, {"김민수_12_900_hw.zip": zipped(), "최유나_14_901_hw.zip": zipped()})
    found = list(counting(intake(tmp_path, BY_NAME)).values())
    assert found == [*["김민수_12_900_hw.zip"] * 2, None, "최유나_14_901_hw.zip"]


# --- what is no hand-in of one alone


@pytest.mark.parametrize("beside", ["jiwoo.pdf", "jiwoo_plots.ipynb"])
@pytest.mark.parametrize("team", ["minsu", "Team 1"])
def test_a_file_beside_a_teams_hand_in_is_put_aside(tmp_path, beside, team):
    roster = Roster((Person("minsu", team=team), Person("jiwoo", team=team), Person("yi")))
    write(tmp_path, below(team) | below("yi") | {beside: "{}"})
    taken = intake(tmp_path, roster)
    assert counting(taken) == {"minsu": f"{team}/", "jiwoo": f"{team}/", "yi": "yi/"}
    assert taken.leftover == (beside,)
    (jiwoo,) = [person for person in taken.people if person.id == "jiwoo"]
    assert "left_aside" in [note.code for note in jiwoo.found().notes]


@pytest.mark.parametrize("name", ["{1}", "hw1_{1}", "{1}_최종", "2027002_{1}", "2027002"])
def test_a_notebook_called_like_a_member_and_nothing_else_is_a_hand_in(tmp_path, teams, name):
    roster, called = teams
    own = f"{name.format(*called)}.ipynb"
    write(tmp_path, below(called[0]) | below(called[2]) | {own: "{}"})
    taken = intake(tmp_path, roster)
    assert list(counting(taken).values()) == [f"{called[0]}/", own, *[f"{called[2]}/"] * 2]


def test_a_document_called_like_a_short_id_is_nobodys_hand_in(tmp_path):
    roster = Roster((Person("kim", team="kim"), Person("lee", team="kim"), Person("oh")))
    write(tmp_path, below("kim") | below("oh") | {"lee.pdf": "%PDF"})
    taken = intake(tmp_path, roster)
    assert counting(taken) == {"kim": "kim/", "lee": "kim/", "oh": "oh/"}
    assert taken.leftover == ("lee.pdf",)


def test_an_empty_place_of_a_member_is_no_hand_in(tmp_path):
    roster = Roster(
        tuple(
            Person(one, team=team) for one, team in (("kim", "kim"), ("lee", "kim"), ("oh", "oh"))
        )
    )
    write(tmp_path, below("kim/hw1") | below("lee/hw2") | below("oh/hw1"))
    taken = intake(tmp_path, roster)
    assert counting(taken) == {"kim": "kim/hw1/", "lee": "kim/hw1/", "oh": "oh/hw1/"}


@pytest.mark.parametrize(
    ("place", "files"),
    [
        ("{1}/", {"{1}": None}),
        ("{1}/", {"{1}/peer.pdf": "%PDF"}),
        ("{1}/", {"{1}/.ipynb_checkpoints/a.ipynb": "{}"}),
        ("{1}_hw2.zip", {"{1}_hw2.zip": zipped()}),
        ("hw02_{1}/", below("hw02_{1}")),
        ("{1}_hw2.ipynb", {"{1}_hw2.ipynb": "{}"}),
    ],
)
@pytest.mark.parametrize("ending", ["/", ".zip", ".ipynb"])
def test_a_place_without_code_takes_nothing_from_anybody(tmp_path, teams, place, files, ending):
    roster, called = teams
    own = place.format(*called)
    write(tmp_path, {name.format(*called): content for name, content in files.items()})
    for leader in (called[0], called[2]):
        name = f"{leader}{ending}"
        write(tmp_path, below(leader) if ending == "/" else {name: zipped()})
    taken = intake(tmp_path, roster)
    assert {person.status for person in taken.people} == {"handed_in"}
    assert {person.by for person in taken.people} == {"leader"}
    assert list(counting(taken).values()) == [f"{called[n]}{ending}" for n in (0, 0, 2, 2)]
    assert (taken.people[1].aside, taken.leftover) == ((own,), (own,))


@pytest.mark.parametrize(
    ("leader", "own"),
    [
        ("{name}_{moodle}_assignsubmission_file_/hw.zip", "{name}_{moodle}_assignsubmission_onlinetext_/onlinetext.html"),
        ("{name}_{canvas}_9{canvas}_hw.zip", "{name}_{canvas}_text.html"),
    ],
)  # fmt: skip
def test_a_text_that_a_member_typed_is_no_hand_in(tmp_path, leader, own):
    first, second, third, _ = BY_NAME.people
    names = [leader.format(name=one.name, **one.ids) for one in (first, third)]
    typed = own.format(name=second.name, **second.ids)
    write(tmp_path, {name: zipped() for name in names} | {typed: "as my team"})
    taken = intake(tmp_path, BY_NAME)
    labels = [name.removesuffix("hw.zip") if "/" in name else name for name in names]
    assert list(counting(taken).values()) == [labels[0]] * 2 + [labels[1]] * 2
    assert taken.people[1].ids == second.ids  # and none of the leader's
    assert "left_aside" in [note.code for note in taken.people[1].found().notes]


@pytest.mark.parametrize("files", [{"lee/hw1": None}, {"lee/hw1/feedback.html": "x"}])
def test_a_place_without_code_in_nbgraders_folder(tmp_path, files):
    roster = Roster(
        (
            *(Person(o, team="kim") for o in ("kim", "lee")),
            *(Person(o, team="oh") for o in ("oh", "yi")),
        )
    )
    write(tmp_path, below("kim/hw1") | below("oh/hw1") | files)
    expected = {"kim": "kim/hw1/", "lee": "kim/hw1/", "oh": "oh/hw1/", "yi": "oh/hw1/"}
    assert counting(intake(tmp_path, roster)) == expected


def test_a_place_without_code_counts_where_the_leader_has_none_either(tmp_path):
    roster = Roster((Person("kim", team="kim"), Person("lee", team="kim"), Person("oh")))
    write(tmp_path, below("kim/hw2") | {"lee/hw1/peer.pdf": "%PDF"} | below("oh/hw1"))
    assert counting(intake(tmp_path, roster)) == {"kim": None, "lee": "lee/hw1/", "oh": "oh/hw1/"}
    write(tmp_path, {"kim/hw1/peer.pdf": "%PDF"})  # which of them is the team's, nothing tells
    assert counting(intake(tmp_path, roster))["lee"] == ["kim/hw1/", "lee/hw1/"]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        *(("lee_hw2", True), ("hw02이영희", True), ("lee_hw2_lstm", True), ("hw12-lee", True)),
        *(("lee_hw1", False), ("lee", False), ("hw20_lee", False), ("lee_hw1_hw2", False)),
    ],
)
def test_what_is_called_like_another_assignment(key, expected):
    wanted = replace(WANTED, others=("hw2", "hw2_lstm", "hw12"))
    assert is_of_another(key, wanted) is expected
    assert not is_of_another(
        "lee_hw2_lstm", replace(wanted, assignment="hw2_lstm", others=("hw2",))
    )


@pytest.mark.parametrize("seed", range(20))
def test_what_one_hands_in_changes_nothing_of_other_teams_and_nobody_loses_it(tmp_path, seed):
    chance = random.Random(seed)
    names = chance.sample([a + b for a in "김이박최정" for b in ("민서", "지호", "수아")], 9)
    teams = [names[n - n % 3] for n in range(9)]  # of three, called after the first
    people = [Person(f"202701{n}", names[n], team=teams[n]) for n in range(9)]
    roster = Roster(tuple(people))
    write(tmp_path, {f"{leader}.zip": zipped() for leader in set(teams)})
    before = counting(intake(tmp_path, roster))
    who = chance.randrange(9)
    form = chance.choice(
        ["{1}", "{0}", "{0}_{1}", "{1}{0}최종", "hw1_{1}", "hw2 {1}", "{1}의 과제"]
    )
    own = form.format(people[who].id, names[who])
    own += chance.choice([".zip", ".ipynb", ".pdf", "/peer.pdf", "/text.py"])
    write(tmp_path, {own: zipped()})
    taken = intake(tmp_path, roster)
    after = counting(taken)
    assert {one.id for one in people if before[one.id] != after.get(one.id)} <= {
        one.id for one in people if one.team == teams[who]
    }
    seen = {label for one in taken.people for h in one.handins for label in h.label.split(", ")}
    label = own.replace("/peer.pdf", "/").replace("/text.py", "/")
    assert {*(f"{leader}.zip" for leader in set(teams)), label} <= seen | {*taken.leftover}
    if who % 3 and label in str(after[people[who].id]):  # then it is not the team's as well
        assert "hw2" not in own
        assert ".pdf" not in own


# --- a number of a team and of an LMS


@pytest.mark.parametrize("name", ["1", "hw1_1", "과제1_1", "hw1-1"])
def test_a_number_that_is_two_things_is_nobodys(tmp_path, name):
    roster = Roster(
        (
            Person("2027001", team="2", ids={"moodle": "1"}),
            Person("2027002", team="1", ids={"moodle": "2"}),
            Person("2027003", team="1", ids={"moodle": "3"}),
        )
    )
    write(tmp_path, {f"{name}.zip": zipped(), "2027003.zip": zipped()})
    taken = intake(tmp_path, roster)
    assert taken.unclear == (Unclear(f"{name}.zip", ("2027001", "2027002", "2027003")),)
    assert (counting(taken)["2027001"], counting(taken)["2027003"]) == (None, "2027003.zip")


# --- two readings of a name in Moodle's download of a group


@pytest.mark.parametrize("names", [("Min Lee", "A-Min Lee"), ("Team", "A-Team")])
def test_what_may_be_either_of_two_teams_is_nobodys(tmp_path, names):
    leaders = [Person(str(n), name, team=name) for n, name in enumerate(names, 1)]
    mates = [Person(str(n), f"M{n}", team=name) for n, name in enumerate(names, 3)]
    roster = Roster((*leaders, *mates, Person("5", "Oh Sua")))
    labels = [f"A-{name}_{n}_assignsubmission_file_/" for n, name in ((8, names[0]), (9, "Oh Sua"))]
    write(tmp_path, {f"{label}hw.zip": zipped() for label in labels})
    taken = intake(tmp_path, roster)
    assert [counting(taken)[one] for one in "12345"] == [None] * 4 + [labels[1]]
    assert [set(one.people) for one in taken.unclear] == [set("1234")]
