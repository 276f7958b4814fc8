"""Whom the roster knows is looked up, however many there are and whatever they hand in."""

from itertools import combinations

from grader.course.roster import Person, Roster
from grader.intake import persons
from grader.intake.find import find
from grader.intake.request import Request
from tests.intake.layouts import WANTED, below, write, zipped


class Counted(tuple):
    """People, and how often somebody went through all of them."""

    __slots__ = ()
    rounds = 0

    def __iter__(self):
        Counted.rounds += 1
        return super().__iter__()


def test_the_roster_is_not_gone_through_for_every_file(tmp_path):
    roster = Roster(Counted(Person(f"20270{n:02}", name=f"Student {n}") for n in range(9)))
    files = {f"p{i}.py": "" for i in range(200)}
    write(tmp_path, {"2027001.zip": zipped(files)} | below("2027002") | below("2027003"))
    Counted.rounds = 0
    find(tmp_path, WANTED, Request(tmp_path / "out", roster=roster))
    assert Counted.rounds < 20


def test_thousands_of_names_with_several_ids_are_not_all_compared(tmp_path, monkeypatch):
    compared = []
    monkeypatch.setattr(
        persons, "combinations", lambda known, size: compared.append(len(known)) or ()
    )
    roster = Roster(tuple(Person(f"20270{n:02}") for n in range(20)))
    groups = combinations((person.id for person in roster.people[1:]), 3)
    books = {f"{'_'.join(['2027000', *group])}.ipynb": "{}" for group in groups}
    write(tmp_path, {"2027000.zip": zipped(books)} | below("2027001") | below("2027002"))
    find(tmp_path, WANTED, Request(tmp_path / "out", roster=roster))
    assert len(books) == 969
    assert max(compared) == 500
