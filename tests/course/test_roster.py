"""Rosters as universities, LMSs and spreadsheets write them."""

import pytest

from grader.course.roster import Person, load
from grader.errors import UsageError


@pytest.fixture
def roster(tmp_path):
    def read(text, encoding="utf-8"):
        path = tmp_path / "roster.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return load(path)

    return read


CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,HW1 (3)\n"
    "Manual Posting,,,,,\n"
    "    Points Possible,,,,,100\n"
    '"Kim, Minsu",12345,s1,minsu,A,87.5\n'
    '홍길동,12346,s2,hong,"A and B",\n'
    '"Student, Test",99,,x,A,\n'
)


def test_canvas_gradebook(roster):
    assert roster(CANVAS, "utf-8-sig").people == (
        Person("12345", "Kim, Minsu", "A", "", {"canvas": "12345", "sis": "s1", "login": "minsu"}),
        Person("12346", "홍길동", "A and B", "", {"canvas": "12346", "sis": "s2", "login": "hong"}),
    )


MOODLE = "Identifier,Full name,ID number,Email address,Status,Grade\n"


def test_moodle_worksheet(roster):
    (kim, hong) = roster(
        f'{MOODLE}Participant 1041,"Kim, Minsu",20271,k@x,,\n참가자1042,홍길동,20272,h@x,,\n'
    ).people
    assert (kim.id, kim.ids) == ("20271", {"moodle": "1041", "email": "k@x"})
    assert (hong.id, hong.ids["moodle"]) == ("20272", "1042")


def test_moodle_worksheet_where_some_have_no_number(roster):
    people = roster(
        f"{MOODLE}Participant 1041,Kim,,k@x,,\nParticipant 1042,Lee,20272,l@x,,\n"
    ).people
    assert [person.id for person in people] == ["1041", "1042"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
@pytest.mark.parametrize("delimiter", ",;\t|")
def test_encodings_and_delimiters(roster, encoding, delimiter):
    rows = ["학번,이름,분반,조,이메일", "2027001,홍길동,1,가,h@x", "2027002,홍길동,2,나,i@x"]
    first, second = roster("\r\n".join(rows).replace(",", delimiter), encoding).people
    assert first == Person("2027001", "홍길동", "1", "가", {"email": "h@x"})
    assert second.id == "2027002"


def test_titles_above_the_header_and_names_in_two_columns(roster):
    people = roster(
        "2027 봄 자연어처리\n\n번호,성,이름,학번\n1,홍,길동,7\n\n,,,\n2,Kim,Min,8\n"
    ).people
    assert [(person.id, person.name) for person in people] == [("7", "홍길동"), ("8", "Min Kim")]


def test_a_column_student_alone_is_the_id(roster):
    assert [person.id for person in roster("student,total\nkim,3\n").people] == ["kim"]


def test_only_addresses(roster):
    (person,) = roster("Name,E-mail\nKim,kim@x.edu\n").people
    assert (person.id, person.name) == ("kim@x.edu", "Kim")


REFUSED = {
    # the file -> the code and what it says
    "id,name\n1,Kim\n,Lee\n": ("error.roster_cell", {"row": "3", "column": "id"}),
    "학번,이름\n1,Kim\n2,Lee\n1,Oh\n": (
        "error.roster_twice",
        {"row": "4", "first": "2", "id": "1"},
    ),
    "Student,ID,Section\nKim,1.2E+04,A\n": (
        "error.roster_digits",
        {"row": "2", "column": "ID", "found": "1.2E+04"},
    ),
    "foo,bar\n1,2\n": ("error.roster_columns", {"row": "1", "found": "foo, bar"}),
    "name,section\nKim,A\n": ("error.roster_columns", {"found": "name, section"}),
    "id,name\n": ("error.roster_empty", {}),
    "": ("error.roster_empty", {}),
    "PK\x03\x04": ("error.roster_no_csv", {}),
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_wrong_is_told_with_row_and_column(roster, text):
    code, fields = REFUSED[text]
    with pytest.raises(UsageError) as caught:
        roster(text)
    assert caught.value.code == code
    assert caught.value.fields["file"].endswith("roster.csv")
    assert caught.value.fields.items() >= fields.items()


def test_what_is_no_text_is_no_csv(roster):
    with pytest.raises(UsageError) as caught:
        roster(b"\xff\x81\x00\x99")
    assert caught.value.code == "error.roster_no_csv"


def test_a_name_that_repaints_the_screen_does_not(roster):
    assert roster("id,name\n1,a\x1b[2Jb\n").people[0].name == "a [2Jb"


def test_a_person_is_found_by_name_in_any_order(roster):
    found = roster('id,name\n1,"Kim, Min-su"\n2,홍길동\n3,홍길동\n')
    assert [person.id for person in found.named("minsu kim")] == ["1"]
    assert [person.id for person in found.named("홍 길동")] == ["2", "3"]
    assert found.named("") == []


@pytest.mark.parametrize(
    ("text", "row"), [('1,"Kim\n2,Lee\n', 2), ('1,"Kim\n2,"Lee\n', 2), ('1,Kim\n2,"Lee" J\n', 3)]
)
def test_a_quote_without_end_swallows_nobody(roster, text, row):
    with pytest.raises(UsageError) as caught:
        roster(f"id,name\n{text}3,Park\n")
    assert caught.value.code == "error.roster_quote"
    assert caught.value.fields["row"] == str(row)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\n\n"])
def test_ends_of_lines(roster, end):
    people = roster(end.join(["id,name", "1,Kim", '2,"Lee, J"', ""])).people
    assert [(person.id, person.name) for person in people] == [("1", "Kim"), ("2", "Lee, J")]


@pytest.mark.parametrize(
    ("titles", "kinds"),
    [
        ("Student ID (학번),Name (이름),E-mail (이메일)", {"email"}),
        ("학번/Student ID,이름/Name,Email", {"email"}),
        ("학번（ID）,성명*,메일", {"email"}),
    ],
)
def test_titles_in_two_languages(roster, titles, kinds):
    (person,) = roster(f"{titles}\n2027001,Kim,k@x\n").people
    assert (person.id, person.name, set(person.ids)) == ("2027001", "Kim", kinds)


def test_the_only_column_of_ours_is_found_behind_any_delimiter(roster):
    assert roster("학번 (ID)\t비고\n1\tx\n").people == (Person("1"),)


def test_an_assignment_of_canvas_is_no_column_of_ours(roster):
    (person,) = roster("Student,ID,Section,Team (991)\nKim,7,A,10\n").people
    assert (person.id, person.team) == ("7", "")


@pytest.mark.parametrize(
    ("cell", "student"), [("'0012", "0012"), ('"=""0012"""', "0012"), ("2027001.0", "2027001")]
)
def test_what_a_spreadsheet_made_of_an_id(roster, cell, student):
    assert [person.id for person in roster(f"id,name\n{cell},Kim\n").people] == [student]


def test_staff_and_totals_are_no_students(roster):
    people = roster(
        "Name,SID,Email,Role\nKim,1,k@x,Student\nAn,,a@x,Instructor\nOh,,o@x,TA\n"
        'Yi,2,y@x,"TA, Student"\nNo,3,n@x,\nTotal,3,,\n'
    ).people
    assert [person.id for person in people] == ["1", "2", "3"]
    assert [person.id for person in roster("학번,이름\n1,가\n총원,1\n").people] == ["1"]


def test_github_classrooms_roster(roster):
    people = roster(
        '"identifier","github_username","github_id","name"\n'
        '"kim@x.kr","kimgh","991",""\n"Lee Jiwoo","","",""\n'
    ).people
    assert [(p.id, p.ids) for p in people] == [("kim@x.kr", {"github": "kimgh"}), ("Lee Jiwoo", {})]


def test_somebody_in_several_teams(roster):
    found = roster('id,Groups\n1,"Team 1, Section A"\n2,Team 1\n3,Team 12\n')
    assert [person.id for person in found.team("team 1")] == ["1", "2"]
