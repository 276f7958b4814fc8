"""What is said of a check that did not pass, and to whom."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import grader
from grader.boundary.endings import Ending, StudentRaised
from grader.checking.outcomes import HUSHED, classify
from grader.records.outcome import Outcome, Owner
from grader.records.record import Message

LOCALE = Path(grader.__file__).parent / "locale" / "en" / "message.toml"
CODES = sorted(tomllib.loads(LOCALE.read_text(encoding="utf-8")))
NAMES = ["name", "where", "text", "error", "builtin", "file", "line", "seconds", "signal", "kind"]
ENDINGS = st.builds(
    lambda kind, outcome, code, fields, detail: kind(outcome, Message(code, fields), detail),
    st.sampled_from([Ending, StudentRaised]),
    st.sampled_from(sorted(HUSHED)),
    st.sampled_from(CODES),
    st.dictionaries(st.sampled_from(NAMES), st.text()),
    st.text(),
)


def hidden(error, *, met_hidden=True):
    return classify(error, answers=1, asked=True, public=False, met_hidden=met_hidden)


@given(ENDINGS)
def test_however_a_hidden_check_ends_its_outcome_is_all_that_is_said(ending):
    assert hidden(ending).message == Message(HUSHED[ending.outcome])


@given(st.text())
def test_no_word_of_a_hidden_assertion_is_said(text):
    assert hidden(AssertionError(text)).message == Message("failed")
    assert hidden(AssertionError(text), met_hidden=False).message == Message("failed")


def test_every_way_in_which_a_students_code_can_end_a_check_has_its_sentence():
    theirs = {outcome for outcome in Outcome if outcome.owner == Owner.STUDENT}
    assert theirs - HUSHED.keys() == {Outcome.PASSED, Outcome.FORBIDDEN}
    assert set(HUSHED.values()) <= set(CODES)


@pytest.mark.parametrize(
    ("public", "met_hidden"),
    [(True, False), (False, False)],
    ids=["public", "before any hidden input"],
)
def test_what_no_hidden_input_can_have_chosen_is_said_in_full(public, met_hidden):
    message = Message("import_failed", {"file": "m.py", "text": "no y", "where": "m.py, line 3"})
    ending = Ending(Outcome.RAISED, message, "traceback")
    judged = classify(ending, answers=0, asked=True, public=public, met_hidden=met_hidden)
    assert judged.message == message


@given(st.dictionaries(st.sampled_from(NAMES), st.text()))
def test_of_a_forbidden_name_a_hidden_check_tells_the_rule_alone(fields):
    fields |= {"rule": "torch.nn", "instead.en": "Write it yourself."}
    ending = Ending(Outcome.FORBIDDEN, Message("forbidden", fields))
    ours = {"rule": "torch.nn", "instead.en": "Write it yourself."}
    assert hidden(ending).message == Message("forbidden_hidden", ours)
    package = {**fields, "rule": "", "allowed": "numpy"}
    ending = Ending(Outcome.FORBIDDEN, Message("forbidden_package", package))
    assert hidden(ending).message.code == "forbidden_package_hidden"
    assert hidden(ending).message.fields.keys() == {"allowed", "instead.en"}


def test_staff_read_everything():
    assert hidden(AssertionError("5 is not 8")).detail == "AssertionError: 5 is not 8"
    ending = Ending(
        Outcome.CRASHED, Message("killed", {"signal": "9", "name": "SIGKILL"}), "m.py, line 3"
    )
    assert hidden(ending).detail.startswith("Your program was stopped by signal 9 (SIGKILL).")
    assert hidden(ending).detail.endswith("m.py, line 3")
