"""A mistake is named where its answers came back, and nothing is said where it is not certain."""

from dataclasses import replace

import pytest

from grader.boundary.channel import RawReply
from grader.boundary.endings import Ending
from grader.checking import traces
from grader.checking.conversation import Step
from grader.diagnosis.classes import ClassMistakes, over_runs
from grader.diagnosis.mistakes import ANSWERED, Mistake, Signature
from grader.diagnosis.rule import diagnose
from grader.records.outcome import Outcome
from grader.records.record import ExerciseResult, Message, Trace
from tests.outcomes import check
from tests.report import example_class

RIGHT = Trace("", Outcome.PASSED, ["q1", "q2"], ["one", "two"], ["f", "g"], "", telling=True)


def trace(*answers, case="", telling=True, asked=("q1", "q2"), forms=("f", "g"), first=""):
    count = len(answers)
    asked, forms = list(asked[:count]), list(forms[:count])
    return Trace(case, Outcome.FAILED, asked, list(answers), forms, first, telling)


def mistake(name, traces, of="f", right=RIGHT):
    """Of traces by case."""
    cases = {case: Signature.of(own, right) for case, own in traces.items()}
    return Mistake(name, [of], f"why {name}", {"en": f"tell {name}"}, cases=cases)


def exercise(traces, passes_with=()):
    """Checks of f, one for each trace, named f1, f2, ..."""
    checks = [
        replace(check(name, passes_with=passes_with), traces=[own]) for name, own in traces.items()
    ]
    return ExerciseResult("ex", False, None, 0.0, 0.0, [], checks)


def named(traces, mistakes, **settings):
    found = diagnose([exercise(traces, **settings)], mistakes)
    return [(one.mistake.name, one.certainty.value) for one in found]


TWO = {"f1": trace("one", "bad"), "f2": trace("wrong", "two")}


def test_the_same_answers_are_the_same_mistake():
    assert named(TWO, [mistake("m", TWO)]) == [("m", "named")]


def test_right_values_of_another_type_are_the_same_mistake():
    typed = {"f1": trace("one", "two", forms=("f", "h")), "f2": trace("one", forms=("h",))}
    known = [mistake("m", typed)]
    assert named(typed, known) == [("m", "named")]
    others = {"f1": trace("one", "two", forms=("f", "i")), "f2": trace("one", forms=("i",))}
    assert named(others, known) == []
    assert named({"f1": trace("one", "two"), "f2": trace("one")}, known) == []


def test_a_damaged_trace_without_answers_is_like_none():
    assert named({"f1": trace(), "f2": trace("wrong", "two")}, [mistake("m", TWO)]) == []


def test_the_same_failing_cases_with_other_answers_are_not():
    others = {"f1": trace("one", "worse"), "f2": trace("else", "two")}
    assert named(others, [mistake("m", TWO)]) == []


def test_another_ending_is_another_mistake():
    crashed = {case: replace(own, outcome=Outcome.RAISED) for case, own in TWO.items()}
    assert named(crashed, [mistake("m", TWO)]) == []


def test_two_loops_without_an_end_need_not_be_the_same_mistake():
    endless = {case: replace(own, outcome=Outcome.TIMEOUT) for case, own in TWO.items()}
    assert named(endless, [mistake("m", endless)]) == []
    made = ClassMistakes([])
    for record in records(("a", endless), ("b", endless)):
        made.add(record)
    assert made.shared() == []


def test_three_quarters_of_the_cases_are_enough_and_less_is_not():
    four = {f"f{n}": trace("one", f"bad {n}") for n in range(4)}
    known = mistake("m", four)
    assert named(four | {"f0": trace("one", "other")}, [known]) == [("m", "named")]
    fewer = {"f0": trace("one", "other"), "f1": trace("one", "other")}
    assert named(four | fewer, [known]) == []


def test_all_cases_of_the_mistake_must_fail():
    assert named({"f1": TWO["f1"]}, [mistake("m", TWO)]) == []


def test_where_more_fails_it_may_be_one_of_two_slips():
    more = TWO | {"f3": trace("x", "y")}
    assert named(more, [mistake("m", TWO)]) == [("m", "named")]


def test_one_case_is_enough_only_if_nothing_else_fails_and_its_answer_is_telling():
    one = {"f1": trace("one", "bad")}
    assert named(one, [mistake("m", one)]) == [("m", "named")]
    assert named(TWO, [mistake("m", one)]) == []
    lone = {"f1": trace("one", "bad", telling=False)}
    assert named(lone, [mistake("m", lone)]) == []


def test_the_name_of_an_error_alone_tells_nothing_whatever_was_right_before():
    raised = {"f1": replace(trace("one", "an error"), outcome=Outcome.RAISED)}
    assert named(raised, [mistake("m", raised)]) == []
    wrong_before = {"f1": replace(trace("bad", "an error"), outcome=Outcome.RAISED)}
    assert named(wrong_before, [mistake("m", wrong_before)]) == [("m", "named")]


def test_two_mistakes_with_the_same_answers_are_silence():
    assert named(TWO, [mistake("m", TWO), mistake("n", TWO)]) == []


def test_the_mistake_that_explains_more_wins():
    three = TWO | {"f3": trace("one", "bad")}
    assert named(three, [mistake("small", TWO), mistake("large", three)]) == [("large", "named")]


def test_a_mistake_that_explains_less_than_half_of_what_fails_is_not_named():
    """It may be part of a larger one that nobody has described."""
    others = {f"f{n}": trace("x", f"y {n}") for n in (3, 4)}
    assert named(TWO | others, [mistake("m", TWO)]) == [("m", "named")]
    more = others | {"f5": trace("x", "z")}
    assert named(TWO | more, [mistake("m", TWO)]) == []
    # two together may
    second = mistake("n", others)
    assert named(TWO | more, [mistake("m", TWO), second]) == [("m", "named"), ("n", "named")]


def test_most_answers_alike_is_likely_but_two_at_least():
    four = {f"f{n}": trace("one", f"bad {n}") for n in range(4)}
    known = mistake("m", four)
    assert named({case: four[case] for case in ("f0", "f1", "f2")}, [known]) == [("m", "likely")]
    assert named({case: four[case] for case in ("f0", "f1")}, [known]) == []


def test_after_the_right_questions_the_last_answer_alone_is_enough():
    """The state before it may be of the student's own form, and so never equal."""
    known = mistake("m", {"f1": trace("one", "bad")})
    assert named({"f1": trace("own", "bad")}, [known]) == [("m", "named")]
    assert named({"f1": trace("own", "bad", asked=("q1", "other"))}, [known]) == []


def test_an_answer_that_is_right_says_nothing():
    """The check then failed by what it worked out itself."""
    known = mistake("m", {"f1": trace("one", "two"), "f2": trace("one", "two")})
    assert named({"f1": trace("one", "two"), "f2": trace("one", "two")}, [known]) == []


def test_of_a_compound_answer_the_first_array_is_enough():
    right = replace(RIGHT, first="right array")
    known = mistake("m", {"f1": trace("one", "bad", first="array")}, right=right)
    assert named({"f1": trace("one", "other", first="array")}, [known]) == [("m", "named")]
    same = mistake("m", {"f1": trace("one", "bad", first="right array")}, right=right)
    assert named({"f1": trace("one", "other", first="right array")}, [same]) == []


def test_what_passes_with_the_functions_it_calls_is_not_this_functions_mistake():
    assert named(TWO, [mistake("m", TWO)], passes_with=["g"]) == []


def test_a_mistake_of_another_function_is_not_looked_at():
    assert named(TWO, [mistake("m", TWO, of="g")]) == []


def records(*students):
    some = next(iter(example_class.class_records().values()))
    return [replace(some, student=name, exercises=[exercise(own)]) for name, own in students]


def test_a_class_by_mistake_and_the_rest_by_equal_answers():
    other = {"f1": trace("one", "new")}
    class_of = [("a", TWO), ("b", TWO), ("c", other), ("d", other), ("e", {"f1": trace("x", "y")})]
    parts = [ClassMistakes([mistake("m", TWO)]) for _ in range(2)]
    for number, record in enumerate(records(*class_of)):
        parts[number % 2].add(record)
    parts[0].merge(parts[1])
    [known], [shared] = parts[0].known(), parts[0].shared()
    assert (known.mistake.name, sorted(known.students)) == ("m", ["a", "b"])
    assert (shared.mistake, sorted(shared.students)) == (None, ["c", "d"])
    assert parts[0].unexplained == 3


def ended(outcome, *before):
    """A case whose last question brought no reply, as `checking.traces` notes it."""
    said = [Step(("m", "f"), RawReply.of("value", answer, [])) for answer in before]
    ending = Ending(outcome, Message("import_failed"), "for some reason")
    return traces.trace("", outcome, [*said, Step(("m", "f"), ending)])


@pytest.mark.parametrize("outcome", sorted(ANSWERED | {Outcome.TIMEOUT, Outcome.CRASHED}))
def test_what_brought_no_reply_is_no_wrong_answer(outcome):
    """A SyntaxError and an input() at the top of a file have nothing in common."""
    silent = {"f1": ended(outcome), "f2": ended(outcome, 7)}
    known = mistake("m", {name: replace(own, outcome=outcome) for name, own in silent.items()})
    made = ClassMistakes([known])
    for record in records(("a", silent), ("b", silent)):
        made.add(record)
    assert (made.known(), made.shared(), made.unexplained) == ([], [], 0)
    partly = {"f1": ended(outcome), "f2": trace("one", "new")}
    for record in records(("c", partly), ("d", partly)):
        made.add(record)
    assert [group.students for group in made.shared()] == [["c", "d"]]


def test_over_the_runs_of_a_term():
    """Known mistakes first; of a wrong answer that nobody has described two must share it once."""
    own, shared = {"f1": trace("one", "own")}, {"f1": trace("one", "shared")}
    runs = [
        (("a", TWO), ("b", TWO), ("c", shared), ("d", shared), ("e", own)),
        (("a", TWO), ("c", shared), ("e", own)),
        (("b", own),),
    ]
    made = []
    for run in runs:
        made.append(ClassMistakes([mistake("m", TWO)]))
        for record in records(*run):
            made[-1].add(record)
    found = [(g.mistake and g.mistake.name, g.students, counts) for g, counts in over_runs(made)]
    assert found == [("m", [], [2, 1, 0]), (None, [], [2, 1, 0])]
    [(group, counts)] = over_runs(made[:1])[:1]
    assert (group.students, counts) == (["a", "b"], [2])
