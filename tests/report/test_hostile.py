"""Text of students cannot repaint, reorder, calculate or break a file."""

from xml.etree import ElementTree as ET

import pytest

from grader.report import escape


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text, 한글, émigré 👩‍💻", "plain text, 한글, émigré 👩‍💻"),
        ("a\tb\nc\r\nd", "a\tb\nc\nd"),
        ("\x1b[2J", "⟨U+001B⟩[2J"),
        ("\u202ecod.exe", "⟨U+202E⟩cod.exe"),
        ("zero\u200bwidth\ufeff", "zero⟨U+200B⟩width⟨U+FEFF⟩"),
        ("\u3164", "⟨U+3164⟩"),  # a name that looks empty
        ("half \ud800", "half ⟨U+D800⟩"),
        ("\u2066\u2069\x00\x7f\x9b", "⟨U+2066⟩⟨U+2069⟩⟨U+0000⟩⟨U+007F⟩⟨U+009B⟩"),
        ("\U000e0041", "⟨U+E0041⟩"),
    ],
)
def test_unseen_characters_are_named(text, shown):
    assert escape.visible(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        *("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1＋1", "＋1", "－1", "＠SUM(A1)"),
        *(" =1", "\u3000＝1", "\u200b=1", "\ufeff\u00a0@A1", "\n=1"),
    ],
)
def test_a_formula_becomes_text(text):
    assert escape.cell(text) == f"'{escape.visible(text)}"


@pytest.mark.parametrize("value", [-1.5, 0, "김민수", "a=b", ""])
def test_other_cells_stay_as_they_are(value):
    assert escape.cell(value) is value


def test_no_score_is_an_empty_cell():
    assert escape.cell(None) == ""


def test_every_character_that_is_left_may_stand_in_xml():
    text = "".join(map(chr, [*range(0x300), 0xD800, 0xDFFF, 0xFFFE, 0xFFFF, 0x1F600]))
    element = ET.Element("e")
    element.text = escape.xml(text)
    parsed = ET.fromstring(ET.tostring(element))
    assert parsed.text.endswith("\U0001f600")
    assert escape.xml("a\x00b\ud800c\uffff") == "abc"


def test_what_turns_text_around_is_named_in_xml():
    assert escape.xml("a\u202eb\u2066c\u200fd") == "a⟨U+202E⟩b⟨U+2066⟩c⟨U+200F⟩d"
