"""Names as students write them: an id or a whole name in them says whose it is, or is told."""

import random

import pytest

from grader.course.roster import Person, Roster
from grader.intake.people import Unclear
from tests.intake.layouts import below, counting, intake, refusal, write, zipped

CLASS = Roster(
    (Person("2027001", "이영희"), Person("2027002", "김철수"), Person("2027003", "박민수"))
)
SHORT = Roster((Person("kim", "김철수"), Person("lee", "이영희"), Person("oh", "오세훈")))
LATIN = Roster((Person("kim", "Kim Minsu"), Person("lee", "Lee Jiwoo"), Person("oh", "Oh Sua")))
OTHERS = Roster((Person("oh8", "Oh Minsu"), Person("8oh", "Oh Groß"), Person("yi", "Yi Han")))
NUMBERS = Roster((Person("1", "이영희"), Person("2", "김철수"), Person("3", "박민수")))

CERTAIN = [
    *("2027003박민수", "박민수2027003", "2027003박민수최종", "컴공2027003", "s2027003", "hw1박민수"),
    *("박민수_최종", "최종_박민수", "박민수 hw1 제출", "hw1 박민수 제출", "박민수 hw1", "박민수_final"),
    *("박민수과제", "박민수과제1", "과제1박민수", "박민수 최종본 (1)", "박민수_과제_제출물", "박민수hw1"),
]  # fmt: skip
DOUBTFUL = ["박민수2", "박민수_2", "v2_박민수", "박민수 그림", "박민수의 과제"]


@pytest.mark.parametrize("name", CERTAIN)
@pytest.mark.parametrize("ending", ["", ".zip", ".ipynb"])
def test_a_name_that_says_whose_it_is(tmp_path, name, ending):
    write(tmp_path, below("2027001") if ending != ".ipynb" else {"2027001.ipynb": "{}"})
    write(tmp_path, {name + ending: zipped()} if ending else below(name))
    assert counting(intake(tmp_path, CLASS))["2027003"] == name + (ending or "/")


@pytest.mark.parametrize("name", DOUBTFUL)
@pytest.mark.parametrize("ending", ["", ".zip"])
def test_a_name_with_more_in_it_is_told(tmp_path, name, ending):
    write(tmp_path, below("2027001"))
    write(tmp_path, {name + ending: zipped()} if ending else below(name))
    taken = intake(tmp_path, CLASS)
    label = name + (ending or "/")
    assert taken.unclear == (Unclear(label, ("2027003",)),)
    assert taken.unknown == []
    (minsu,) = [person for person in taken.people if person.id == "2027003"]
    assert [note.code for note in minsu.found().notes] == ["perhaps_handed_in"]


@pytest.mark.parametrize("name", [*CERTAIN, *DOUBTFUL])
@pytest.mark.parametrize("folder", ["hw1", "class"])
def test_a_file_beside_a_class_that_may_be_somebodys_is_refused(tmp_path, name, folder):
    write(tmp_path, below(f"{folder}/2027001") | below(f"{folder}/2027002"))
    write(tmp_path, {f"{name}.ipynb": "{}"})
    assert refusal(tmp_path, CLASS).fields["beside"] == f"{name}.ipynb"


@pytest.mark.parametrize("name", CERTAIN)
def test_a_loose_file_among_folders_is_its_owners(tmp_path, name):
    write(tmp_path, below("2027001") | below("2027002") | {f"{name}.ipynb": "{}"})
    assert counting(intake(tmp_path, CLASS))["2027003"] == f"{name}.ipynb"


@pytest.mark.parametrize(
    ("name", "people"),
    [
        ("2027001김철수", ("2027001", "2027002")),
        ("김철수2027001_최종", ("2027001", "2027002")),
        ("김철수박민수", ("2027002", "2027003")),
        ("김철수_박민수", ("2027002", "2027003")),
        ("김철수, 박민수 최종", ("2027002", "2027003")),
        ("2027001, 2027002", ("2027001", "2027002")),
        ("20270012027002", ()),
        ("2027001김철수최종본", ("2027001", "2027002")),
        ("과제1_2027001김철수과제", ("2027001", "2027002")),
        ("2027001_김철수과제", ("2027001", "2027002")),
        ("2027001_김철수과제1", ("2027001", "2027002")),
        ("2027001_김철수제출", ("2027001", "2027002")),
        ("2027001_김철수님", ("2027001", "2027002")),
        ("2027001_이영희_김철수", ("2027001", "2027002")),
        ("2027001_이영희김철수", ("2027001", "2027002")),
        ("김철수과제_2027001", ("2027001", "2027002")),
    ],
)
def test_a_name_of_several_people_is_nobodys(tmp_path, name, people):
    write(tmp_path, {f"{name}.zip": zipped(), "2027003.zip": zipped()})
    taken = intake(tmp_path, CLASS)
    assert [one.people for one in taken.unclear] == ([people] if people else [])
    assert counting(taken) == {
        "2027001": None,
        "2027002": None,
        "2027003": "2027003.zip",
        name: f"{name}.zip",
    }


@pytest.mark.parametrize("name", ["최종훈", "최종훈_최종", "hw1최종훈"])
def test_a_name_that_begins_like_another_word(tmp_path, name):
    roster = Roster((Person("2027001", "최종훈"), Person("2027002", "제갈숙")))
    write(tmp_path, {f"{name}.zip": zipped(), "제갈숙_제출.zip": zipped()})
    found = counting(intake(tmp_path, roster))
    assert found == {"2027001": f"{name}.zip", "2027002": "제갈숙_제출.zip"}


LONGER = Roster(
    (
        Person("2027001", "김민수연"),
        Person("2027002", "김민수"),
        Person("2027003", "Kim Min Su"),
        Person("2027004", "Min Su"),
        Person("2027005", "김민수"),
    )
)


@pytest.mark.parametrize(
    "name",
    [
        *("2027001_김민수연", "2027001김민수연최종본", "2027001_김민수연님", "2027002_김민수"),
        *(
            "2027002_김민수의 과제",
            "2027002_김민수연습",
            "2027003_Kim Min Su",
            "2027003 Su Kim Min",
        ),
        "2027005_김민수_final",
    ],
)
def test_the_owners_name_says_nothing_of_whose_name_is_like_it(tmp_path, name):
    write(tmp_path, {f"{name}.zip": zipped(), "2027004.zip": zipped()})
    assert counting(intake(tmp_path, LONGER))[name[:7]] == f"{name}.zip"


@pytest.mark.parametrize("name", ["2027002_김민수연", "2027001_김민수", "2027001_김민수연_김민수"])
def test_a_longer_or_shorter_name_is_somebody_elses(tmp_path, name):
    write(tmp_path, {f"{name}.zip": zipped(), "2027004.zip": zipped()})
    assert counting(intake(tmp_path, LONGER))[name[:7]] is None


# --- short ids


@pytest.mark.parametrize(
    ("roster", "name", "owner"),
    [
        *((NUMBERS, name, "1") for name in ("1_이영희", "이영희_1", "1이영희", "hw1_1_이영희")),
        *((SHORT, name, "lee") for name in ("lee_이영희", "lee 이영희 제출", "이영희(lee)")),
        *(
            (LATIN, name, "lee")
            for name in ("lee_Lee Jiwoo", "hw1 Jiwoo Lee (lee)", "Lee Jiwoo lee")
        ),
        *((OTHERS, name, "oh8") for name in ("Oh Minsu_oh8", "oh8 Minsu Oh", "Minsu Oh_oh8")),
        *((OTHERS, name, "8oh") for name in ("8oh_Groß Oh", "Oh Groß 8oh", "8oh")),
        *((LATIN, name, "kim") for name in ("kim_Minsu Kim", "kim-Kim, Minsu", "Kim Minsu_kim")),
    ],
)
def test_a_short_id_beside_its_owners_name(tmp_path, roster, name, owner):
    write(tmp_path, {f"{name}.zip": zipped(), f"{roster.people[2].id}.zip": zipped()})
    assert counting(intake(tmp_path, roster))[owner] == f"{name}.zip"


@pytest.mark.parametrize(
    ("roster", "name", "people"),
    [
        (NUMBERS, "2_이영희", {"1", "2"}),
        (NUMBERS, "9_이영희", {"1"}),
        (SHORT, "kim_이영희", {"kim", "lee"}),
        (SHORT, "kim_plots", {"kim"}),
        (LATIN, "kim_Lee Jiwoo", {"kim", "lee"}),
        (LATIN, "lee_Lee Jiwoo_2", {"lee"}),
    ],
)
def test_a_short_id_beside_another_name_is_told(tmp_path, roster, name, people):
    write(tmp_path, {f"{name}.zip": zipped(), f"{roster.people[2].id}.zip": zipped()})
    assert [set(one.people) for one in intake(tmp_path, roster).unclear] == [people]


@pytest.mark.parametrize("name", ["hw1_{}", "hw_{}", "과제_{}", "과제1_{}", "assignment {}"])
def test_a_number_of_three_digits_is_no_number_of_a_homework(tmp_path, name):
    roster = Roster(tuple(map(Person, ("101", "102", "103"))))
    names = {one: f"{name.format(one)}.zip" for one in ("101", "102", "103")}
    write(tmp_path, dict.fromkeys(names.values(), zipped()))
    assert counting(intake(tmp_path, roster)) == names


# --- everybody


@pytest.mark.parametrize("seed", range(40))
def test_nobody_with_an_id_loses_what_bears_it_and_nothing_vanishes(tmp_path, seed):
    chance = random.Random(seed)
    first, last, mid = "김이박최정", "수희호진아", "민서지영현"
    names = chance.sample([a + b + c for a in first for b in mid for c in last], 8)
    teams = [chance.choice([name, "1조", str(n % 3), ""]) for n, name in enumerate(names)]
    roster = Roster(
        tuple(
            Person(str(2027001 + n), name, team=team)
            for n, (name, team) in enumerate(zip(names, teams, strict=True))
        )
    )
    forms = ["{id}", "{id}_{name}", "{name}{id}", "{id}{name}_최종", "hw1_{id}", "{id} 과제1 (1)"]
    own = {p.id: chance.choice(forms).format(id=p.id, name=p.name) for p in roster.people[:6]}
    endings = {one: chance.choice(["", ".zip"]) for one in own}
    extras = ["{name}", "{name}_최종", "{name}2", "{id}_plots.ipynb", "{name}.pdf", "{id}{name}"]
    late = chance.choice(extras).format(id=roster.people[7].id, name=names[7])
    late += "" if "." in late else chance.choice([".zip", ".ipynb"])
    for one, name in own.items():
        write(tmp_path, {f"{name}.zip": zipped()} if endings[one] else below(name))
    write(tmp_path, {late: zipped(), "demo.ipynb": "{}"})
    taken = intake(tmp_path, roster)
    found = counting(taken)
    for one, name in own.items():
        label = name + (endings[one] or "/")
        assert found[one] == label or label in found[one], (one, teams)
    seen = {h.label for person in taken.people for h in person.handins} | {*taken.leftover}
    seen |= {label for person in taken.people for label in person.aside}
    assert seen >= {late, "demo.ipynb"}
