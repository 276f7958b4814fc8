"""What a student may read, and what not."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction

import pytest

from grader.course.exercise import Kind
from grader.i18n import translate
from grader.records import assignment_snapshot, decisions
from grader.records.assignment_snapshot import DescribedCheck
from grader.records.decisions import Decision, Decisions
from grader.records.outcome import Outcome
from grader.records.record import Message
from grader.report import feedback, formatting, pages
from grader.report.build import build
from grader.report.moment import Moment, is_shown
from grader.report.page_cache import PageCache
from grader.scoring.decided import decided
from grader.scoring.points import NOT_WHOLE, SHARE, score, totals
from tests.report import example_class

DUE = "2026-03-20T23:59:00+09:00"
BEFORE = datetime(2026, 3, 20, 14, 58, tzinfo=UTC)
AFTER = datetime(2026, 3, 20, 15, 0, tzinfo=UTC)


@pytest.fixture
def described(report):
    return assignment_snapshot.load(report / "assignments" / "hw1.json")


@pytest.mark.parametrize(
    ("show", "before", "after", "published"),
    [
        ("always", True, True, True),
        ("after_due", False, True, True),
        ("after_publication", False, False, True),
        ("never", False, False, False),
    ],
)
def test_when_a_result_is_shown(show, before, after, published):
    check = DescribedCheck("c", "f", Kind.CORE, {}, {}, public=False, show=show)
    assert is_shown(check, DUE, Moment(BEFORE, published=False)) == before
    assert is_shown(check, DUE, Moment(AFTER, published=False)) == after
    assert is_shown(check, DUE, Moment(BEFORE, published=True)) == published


@pytest.mark.parametrize(
    ("due", "shown"),
    [
        (None, False),  # nothing to wait for but the publication
        ("2026-03-20T14:57:00+00:00", True),
        ("2026-03-20T14:59:00+00:00", False),
        ("2026-03-20T23:57:00+09:00", True),  # wherever the machine stands
        ("2026-03-20T14:57:00-05:00", False),
    ],
)
def test_due_dates(due, shown):
    check = DescribedCheck("c", "f", Kind.CORE, {}, {}, public=False, show="after_due")
    assert is_shown(check, due, Moment(BEFORE, published=False)) == shown


@pytest.mark.parametrize("published", [False, True])
def test_a_page_from_the_cache_is_ones_own(described, published):
    """Whatever is told of a check: results that differ in one field alone have two pages."""
    cache, moment = PageCache(), Moment(BEFORE, published=published)
    kim = example_class.class_records()["hong_gildong"]
    hidden = next(c for e in kim.exercises for c in e.checks if not c.public)
    own = {"outcome": Outcome.CRASHED, "message": Message("crashed_hidden"), "cases": 99}
    own |= {"cases_passed": 7, "passes_with": ["clean"], "kind": Kind.MANNERS, "of": "nobody"}
    records = [kim]
    for name, value in own.items():
        exercises = [
            replace(e, checks=[replace(c, **{name: value}) if c is hidden else c for c in e.checks])
            for e in kim.exercises
        ]
        records.append(replace(kim, exercises=exercises))
    for record in (*records, *example_class.class_records().values()):
        of = described, record, "en", moment
        assert feedback.context(*of, cache=cache) == feedback.context(*of)


def test_a_hidden_check_gives_neither_detail_nor_output(described):
    record = _all_failed(example_class.class_records()["script"])
    data = feedback.context(described, record, "en", Moment(AFTER, published=True))
    checks = [check for exercise in data["exercises"] for check in exercise["checks"]]
    hidden = [check for check in checks if not check["public"]]
    public = [check for check in checks if check["public"]]
    assert hidden
    assert all(check["detail"] == check["output"] == "" for check in hidden)
    assert all(check["hint"] for check in hidden)
    assert all(check["detail"] == "DETAIL" and check["output"] == "OUTPUT" for check in public)


def test_what_is_kept_back_cannot_be_worked_out_from_the_sums(described):
    """`grid_search_first_best` waits for the publication: passing or failing it shows nothing."""
    record = example_class.class_records()["hong_gildong"]  # everything is right
    pages = []
    for outcome in ("passed", "failed"):
        changed = _with_outcomes(record, {"grid_search_first_best": outcome})
        pages.append(feedback.context(described, changed, "en", Moment(AFTER, published=False)))
    assert pages[0] == pages[1]
    assert pages[0]["kept_back"] == 3  # what grid_search is worth
    assert pages[0]["total"] == {"points": 97, "possible": 97, "share": 1}
    selection = _named(pages[0]["exercises"], "id", "selection")
    assert [f["kept_back"] for f in selection["functions"]] == [0, 0, 3]
    assert [f["points"] for f in selection["functions"]] == [2, 2, None]
    assert [f["standing"] for f in selection["functions"]] == ["right", "right", ""]


def test_what_counts_only_by_a_function_that_is_kept_back_is_kept_back_too(described):
    """Else its points would tell that the hidden check of the other was failed."""
    record = example_class.class_records()["hong_gildong"]
    pages = []
    for outcome in ("passed", "failed"):
        changed = _with_outcomes(
            record,
            {
                "grid_search_first_best": outcome,
                "split_sizes": "failed",
                "folds_cover_once": "failed",
            },
            passes_with={"split_sizes": ["grid_search"], "folds_cover_once": ["split"]},
        )
        pages.append(feedback.context(described, changed, "en", Moment(AFTER, published=False)))
    assert pages[0] == pages[1]
    assert pages[0]["kept_back"] == 7  # split counts by grid_search, folds by split


def test_a_function_says_how_it_stands_and_what_it_earned(described):
    record = _with_outcomes(
        example_class.class_records()["hong_gildong"],
        {
            "clean_is_idempotent": "failed",  # edge of clean
            "nb_float_counts": "raised",  # manners of NaiveBayes.fit, 10 points
            "vocabulary_order": "failed",  # core of Vocabulary, its only check
            "tfidf_two_documents": "unanswered",
            "tfidf_rows_have_length_one": "unanswered",
            "tfidf_keeps_fitted_idf": "unanswered",
        },
    )
    data = feedback.context(described, record, "en", Moment(AFTER, published=True))
    functions = [f for exercise in data["exercises"] for f in exercise["functions"]]
    told = {f["name"]: (f["standing"], f["points"], f["possible"]) for f in functions}
    assert told["clean"] == ("edge", 1.6, 2)
    assert told["NaiveBayes.fit"] == ("manners", 9, 10)
    assert told["Vocabulary"] == ("core", 0, 3)
    assert told["Tfidf"] == ("unanswered", 0, 7)
    assert told["BagOfWords"] == ("right", 5, 5)
    for function in functions:
        assert {check["of"] for check in function["checks"]} == {function["name"]}


def test_a_check_that_counts_names_who_has_paid_and_nobody_else(described):
    record = _counted(public=True)
    data = feedback.context(described, record, "en", Moment(AFTER, published=True))
    bag = _named(_named(data["exercises"], "id", "vocabulary")["functions"], "name", "BagOfWords")
    assert (bag["points"], bag["standing"]) == (5, "right")
    assert [check["right_once"] for check in bag["checks"]] == [["Vocabulary"], []]


@pytest.mark.parametrize(
    ("public", "english", "korean"),
    [
        (True, "right once Vocabulary is right.", "Vocabulary만 고치면 맞습니다."),
        # what a hidden check called may be chosen by its inputs
        (False, "right once the functions it calls are right.", "호출하는 함수를 고치면 맞습니다."),
    ],
)
def test_only_a_public_check_that_counts_names_functions(public, english, korean, tmp_path):
    example_class.write(tmp_path, {"a": _counted(public=public)})
    build(tmp_path, "en", published=True)
    folder = tmp_path / "feedback" / "a" / "hw1"
    assert english in (folder / "feedback.html").read_text(encoding="utf-8")
    assert korean in (folder / "feedback.ko.html").read_text(encoding="utf-8")


def test_of_a_hidden_check_no_number_of_cases_is_told(described):
    told = {
        check["public"]: check["cases"]
        for exercise in feedback.context(
            described,
            example_class.class_records()["hong_gildong"],
            "en",
            Moment(AFTER, published=True),
        )["exercises"]
        for check in exercise["checks"]
    }
    assert told[True] >= 1
    assert told[False] == 0


def test_after_publication_the_total_is_the_records(described):
    record = example_class.class_records()["oh_jimin"]
    data = feedback.context(described, record, "en", Moment(BEFORE, published=True))
    assert data["total"]["points"] == record.points
    assert data["extra"]["points"] == record.extra_points
    assert data["kept_back"] == 0


def test_the_page_begins_with_functions_that_are_not_right(described):
    """In the assignment's order; what is right, what counts and what is not written is no card."""
    record = _with_outcomes(
        example_class.class_records()["hong_gildong"],
        {
            "clean_is_idempotent": "failed",
            "vocabulary_order": "failed",
            "unknown_words_are_counted": "failed",  # counts: Vocabulary has paid
            "gradient_numerical": "timeout",
            "tfidf_two_documents": "unanswered",
            "tfidf_rows_have_length_one": "unanswered",
            "tfidf_keeps_fitted_idf": "skipped",  # what it needs is not written
        },
        passes_with={"unknown_words_are_counted": ["Vocabulary"]},
    )
    data = feedback.context(described, record, "en", Moment(AFTER, published=True))
    told = {
        entry["function"]["name"]: [check["title"] for check in entry["function"]["failing"]]
        for entry in data["mend"]
    }
    assert told == {
        "clean": ["Cleaning twice changes nothing more"],
        "Vocabulary": ["Frequent words come first, ties by code point"],
        "gradient": ["Gradient equals differences in every entry"],
    }
    assert [f["name"] for e in data["unwritten"] for f in e["unwritten"]] == ["Tfidf"]
    assert data["blocked"] == {}


def test_why_a_whole_file_was_not_run_is_said_once_for_all_its_exercises(described, tmp_path):
    record = example_class.class_records()["hong_gildong"]
    reason = Message(
        "import_failed",
        {"file": "features.py", "error": "NameError", "text": "name 'x'", "where": "line 3"},
    )

    def blocked(exercise):
        checks = [replace(c, outcome=Outcome.RAISED, message=reason) for c in exercise.checks]
        return replace(exercise, checks=checks)

    exercises = [blocked(e) if e.id in {"vocabulary", "tfidf"} else e for e in record.exercises]
    record = replace(record, exercises=score(example_class.exercises(), exercises))
    data = feedback.context(described, record, "en", Moment(AFTER, published=True))
    [(said, found)] = data["blocked"].items()
    assert said.startswith("features.py could not be imported: NameError: name 'x'")
    assert [exercise["id"] for exercise in found] == ["vocabulary", "tfidf"]
    assert data["mend"] == []
    example_class.write(tmp_path, {"a": record})
    build(tmp_path, "en", published=True)
    page = tmp_path / "feedback" / "a" / "hw1" / "feedback.html"
    assert page.read_text(encoding="utf-8").count("could not be imported") == 1


def test_a_general_message_hides_no_hint(described):
    """Of hidden checks that all failed: each says the same, and each hints at something else."""
    record = _with_outcomes(
        example_class.class_records()["hong_gildong"],
        {
            "metrics_by_hand": "failed",
            "macro_f1_is_a_mean": "failed",
            "absent_class_counts_zero": "failed",
        },
    )
    data = feedback.context(described, record, "en", Moment(AFTER, published=True))
    [entry] = data["mend"]
    assert all(check["hint"] for check in entry["function"]["failing"])


def test_a_function_that_is_not_there_is_named_with_the_file_that_lacks_it(described):
    record = example_class.class_records()["hong_gildong"]
    message = Message("missing", {"name": "metrics", "file": "evaluation.py"})

    def without(exercise):
        if exercise.id != "metrics":
            return exercise
        checks = [replace(c, outcome=Outcome.UNANSWERED, message=message) for c in exercise.checks]
        return replace(exercise, checks=checks)

    exercises = score(example_class.exercises(), [without(e) for e in record.exercises])
    data = feedback.context(
        described, replace(record, exercises=exercises), "en", Moment(AFTER, published=True)
    )
    [exercise] = data["unwritten"]
    assert exercise["unwritten"][0]["missing"] == "metrics was not found in evaluation.py."


def test_what_the_check_found_is_not_said_twice(described):
    text = {"text.en": "the result is 5, expected 8", "text.ko": "결과: 8이어야 하는데 5입니다"}
    record = example_class.class_records()["hong_gildong"]
    details = {
        "Unmet: the result is 5, expected 8": "",
        "Unmet: another case": "Unmet: another case",
    }
    for detail, shown in details.items():
        changed = _with_outcomes(record, {"loss_by_hand": "failed"})
        exercises = [
            replace(
                e,
                checks=[
                    replace(c, message=Message("assertion", text), detail=detail, cases=1)
                    if c.id == "loss_by_hand"
                    else c
                    for c in e.checks
                ],
            )
            for e in changed.exercises
        ]
        changed = replace(changed, exercises=exercises)
        data = feedback.context(described, changed, "ko", Moment(AFTER, published=True))
        [check] = data["mend"][0]["function"]["failing"]
        assert check["detail"] == shown


def test_a_broken_record_has_no_total(described):
    record = example_class.class_records()["platform"]
    data = feedback.context(described, record, "en", Moment(AFTER, published=True))
    assert data["total"]["points"] is None
    assert data["exercises"][0]["points"] is None


def test_a_code_of_a_newer_grader_becomes_a_general_sentence(described):
    record = example_class.class_records()["oh_jimin"]
    record = replace(record, notes=[Message("from_the_future", {"x": "1"})])
    for lang in ("en", "ko"):
        data = feedback.context(described, record, lang, Moment(AFTER, published=True))
        assert "from_the_future" in data["notes"][0]


def _all_failed(record):
    def failed(check):
        return replace(
            check,
            outcome=Outcome.FAILED,
            detail="DETAIL",
            output="OUTPUT",
            message=None,
        )

    exercises = [replace(e, checks=[failed(check) for check in e.checks]) for e in record.exercises]
    return replace(record, exercises=exercises)


def _with_outcomes(record, outcomes, passes_with=None):
    """The record with other outcomes of some checks, and the points that follow."""

    def changed(check):
        outcome = Outcome(outcomes.get(check.id, check.outcome))
        return replace(check, outcome=outcome, passes_with=(passes_with or {}).get(check.id, []))

    unscored = [replace(e, checks=[changed(c) for c in e.checks]) for e in record.exercises]
    exercises = score(example_class.exercises(), unscored)
    points, extra_points = totals(exercises)
    return replace(record, exercises=exercises, points=points, extra_points=extra_points)


def _counted(*, public):
    """A record in which one check of BagOfWords failed and counts: Vocabulary has paid."""
    counts = "unknown_words_are_counted"
    record = _with_outcomes(
        example_class.class_records()["hong_gildong"],
        {"vocabulary_order": "failed", counts: "failed"},
        passes_with={counts: ["Vocabulary", "clean"]},
    )
    exercises = [
        replace(e, checks=[replace(c, public=public) if c.id == counts else c for c in e.checks])
        for e in record.exercises
    ]
    return replace(record, exercises=exercises)


def _named(entries, key, value):
    return next(entry for entry in entries if entry[key] == value)


@pytest.mark.parametrize(
    ("points", "extra", "lang", "said"),
    [
        (1.25, 0.0, "en", "those that the teaching staff gave"),
        (1.25, 0.0, "ko", "채점자가 직접 매긴"),
        (None, 0.5, "en", "those that the teaching staff gave"),
        (None, 0.0, "en", "it gets 0 points"),  # a comment alone gives none
    ],
)
def test_points_by_hand_where_nothing_could_be_graded(described, points, extra, lang, said):
    by_hand = [Decision("clean", "clean", points, extra, "well tried")]
    record = decided(described, example_class.class_records()["empty"], by_hand)
    shown = feedback.context(
        described, record, lang, Moment(AFTER, published=True), decisions=by_hand
    )
    page = pages.render("feedback.html.j2", lang, [], shown)
    assert said in page
    assert ("it gets 0 points" in page) == (said == "it gets 0 points")


def test_what_we_could_not_grade_is_nothing_to_mend(described):
    record = example_class.class_records()["platform"]
    broken = next(c for e in record.exercises for c in e.checks if c.outcome == Outcome.BROKEN)
    of = described, record, "en", Moment(AFTER, published=True)
    data = feedback.context(*of)
    functions = [f for exercise in data["exercises"] for f in exercise["functions"]]
    assert _named(functions, "name", broken.of)["standing"] == "broken"
    assert broken.of not in [entry["function"]["name"] for entry in data["mend"]]
    for lang, said in (("en", "not graded"), ("ko", "채점하지 못했습니다")):
        page = pages.render("feedback.html.j2", lang, [], feedback.context(*of[:2], lang, of[3]))
        assert f'<code>{broken.of}</code> <span class="stands">{said}</span>' in page
        assert "Nothing to fix" not in page


def _page(described, record, lang, moment):
    shown = feedback.context(described, record, lang, moment)
    return pages.render("feedback.html.j2", lang, [], shown)


NOT_YOURS = {
    "en": "It is not your fault; the check will be",
    "ko": "여러분의 잘못이 아니며, 다시 채점됩니다",
}


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_a_broken_check_is_told_though_its_function_is_kept_back(described, lang):
    record = example_class.class_records()["hong_gildong"]
    broken, other = next(
        own
        for e in record.exercises
        for f in e.functions
        if len(own := e.checks_of(f.name)) == 2 and own[0].public
    )
    entries = [
        replace(e, checks=[replace(c, show="never") if c.id == other.id else c for c in e.checks])
        for e in described.exercises
    ]
    described = replace(described, exercises=entries)
    changed = _with_outcomes(record, {broken.id: "broken"})
    exercises = [
        replace(e, checks=[
            replace(c, message=Message("broken")) if c.id == broken.id else c for c in e.checks
        ])
        for e in changed.exercises
    ]  # fmt: skip
    before = Moment(BEFORE, published=False)
    page = _page(described, replace(changed, exercises=exercises), lang, before)
    assert NOT_YOURS[lang] in page
    assert translate("report.feedback.all_right", lang) not in page
    assert translate("report.feedback.all_right", lang) in _page(described, record, lang, before)


def test_what_fails_beside_a_broken_check_is_still_to_mend(described):
    record = example_class.class_records()["hong_gildong"]
    own = next(
        checks
        for e in record.exercises
        for f in e.functions
        if len(checks := e.checks_of(f.name)) > 1
    )
    changed = _with_outcomes(record, {own[0].id: "broken", own[1].id: "failed"})
    data = feedback.context(described, changed, "en", Moment(AFTER, published=True))
    [part] = data["mend"]
    assert [check["id"] for check in part["function"]["failing"]] == [own[1].id]
    assert part["function"]["standing"] == "broken"


@pytest.mark.parametrize(
    ("lang", "said", "broken"),
    [
        ("en", "points from the teaching staff", "not graded"),
        ("ko", "채점자가 정한 점수", "채점하지 못했습니다"),
    ],
)
def test_a_function_whose_points_a_person_set_is_not_called_ungraded(described, lang, said, broken):
    of = "clean"
    record = example_class.class_records()["platform"]
    by_hand = [Decision(of, of, 2.0, 0.0, "")]
    after = Moment(AFTER, published=True)
    assert f'<code>{of}</code> <span class="stands">{broken}<' in _page(
        described, record, lang, after
    )
    page = _page(described, decided(described, record, by_hand), lang, after)
    assert f'<code>{of}</code> <span class="stands">{said}<' in page


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_the_page_says_how_points_come_about(report, lang):
    """Whoever asks "why 3.2 of 4" has the page, and not our documentation."""
    name = {"en": "feedback.html", "ko": "feedback.ko.html"}[lang]
    page = (report / "feedback" / "script" / "hw1" / name).read_text("utf-8")
    [rule] = re.findall('<details class="rule">.*?</details>', page, re.DOTALL)
    for number in (*SHARE.values(), NOT_WHOLE * Fraction(3, 4)):
        assert f"{float(100 * number):g} %" in rule
    assert formatting.rule(lang) in rule


def test_the_class_page_has_a_column_of_points_by_hand_where_there_are_some(tmp_path):
    records = example_class.class_records()
    example_class.write(tmp_path, {"a": records["hong_gildong"], "b": records["empty"]})
    table = tmp_path / "report" / "hw1" / "index.html"
    build(tmp_path, "en")
    assert "Not graded by checks" not in table.read_text(encoding="utf-8")
    by_hand = [Decision("clean", "clean", 1.0, 0.0, "")]
    decisions.save(tmp_path, Decisions("", {"hw1": {records["empty"].student: by_hand}}))
    build(tmp_path, "en")
    assert "Not graded by checks" in table.read_text(encoding="utf-8")
