"""The written files: layout, languages, structure, and nothing hostile in them."""

import json
import re
import tomllib
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from html.parser import HTMLParser
from importlib.resources import files
from itertools import pairwise

import pytest

from grader.errors import PlatformError, UsageError
from grader.export import files as exported
from grader.export.files import FILES
from grader.records import assignment_snapshot, decisions, store
from grader.records.decisions import Decision, Decisions
from grader.records.outcome import Outcome
from grader.records.record import Counterexample, Message, Record, Shown, Status
from grader.report.build import build
from tests.report import example_class

STUDENTS = ("oh_jimin", "script", "50% #1?", "bidi", "empty", "template", "platform", "김민수")
ALL = ["report/hw1/index{}.html", *(f"feedback/{s}/hw1/feedback{{}}.html" for s in STUDENTS)]


class Outline(HTMLParser):
    """Tags with their attributes, in order."""

    def __init__(self, text):
        super().__init__()
        self.tags = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


def written(out):
    """Path -> content of all that follows from the records."""
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for folder in ("report", "feedback", "scores")
        for path in (out / folder).rglob("*")
        if path.is_file() and path.name != "made.json"
    }


@pytest.fixture(params=[(page, lang) for page in ALL for lang in ("en", "ko")], ids=str)
def page(request, report):
    name, lang = request.param
    path = report / name.format("" if lang == "en" else ".ko")
    return lang, path.read_text(encoding="utf-8")


def test_page_has_its_language_and_a_link_to_the_other(page):
    lang, text = page
    outline = Outline(text)
    assert outline.all("html")[0]["lang"] == lang
    links = [link for link in outline.all("a") if "hreflang" in link]
    assert [link["hreflang"] for link in links] == [{"en": "ko", "ko": "en"}[lang]]


def test_a_course_in_one_language_has_its_pages_alone(tmp_path):
    out = tmp_path / "out"
    example_class.write(out)
    build(out, "en")
    path = out / "assignments" / "hw1.json"
    described = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(_korean({**described, "languages": ["ko"]})), encoding="utf-8")
    build(out, "en", FILES)
    for page in ALL:
        assert not (out / page.format(".ko")).exists()  # of the earlier report
        outline = Outline((out / page.format("")).read_text(encoding="utf-8"))
        assert outline.all("html")[0]["lang"] == "ko"
        assert [link for link in outline.all("a") if "hreflang" in link] == []


def _korean(data):
    """The same data without its English texts."""
    if isinstance(data, dict):
        return {key: _korean(value) for key, value in data.items() if key != "en"}
    return [_korean(item) for item in data] if isinstance(data, list) else data


def test_page_loads_nothing_and_runs_only_our_script(page):
    outline = Outline(page[1])
    policy = next(m["content"] for m in outline.all("meta") if "http-equiv" in m)
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    tags = {tag for tag, _ in outline.tags}
    assert not tags & {"img", "iframe", "object", "embed", "form", "base"}
    assert all(set(script) == set() for script in outline.all("script"))
    assert len(outline.all("script")) == ("class-page" in page[1].split("<body", 1)[1][:40])
    assert not [a for _, a in outline.tags if any(n.startswith("on") or n == "style" for n in a)]
    assert [link["href"] for link in outline.all("link")] == ["data:,"]
    assert not [a for a in outline.all("a") if ":" in a["href"]]


def test_headings_are_in_order_and_ids_are_unique(page):
    outline = Outline(page[1])
    levels = [int(tag[1]) for tag, _ in outline.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    ids = [attributes["id"] for _, attributes in outline.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    labelled = [a[n] for _, a in outline.tags for n in ("aria-labelledby", "for") if n in a]
    assert set(labelled) <= set(ids)
    targets = [a["href"][1:] for a in outline.all("a") if a["href"].startswith("#")]
    assert set(targets) <= set(ids)


def test_no_unseen_character_reaches_a_page(page):
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", page[1])


def test_student_text_is_text(report):
    text = (report / "feedback" / "script" / "hw1" / "feedback.html").read_text(encoding="utf-8")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "{{ 7*7 }}" in text
    assert "alert(3)&lt;/script&gt;⟨U+001B⟩[2J⟨U+202E⟩" in text


def test_feedback_holds_no_detail_or_output_of_hidden_checks(report):
    for path in (report / "feedback").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        for *_, checks in example_class.EXERCISES:
            for check in checks[1:]:
                assert f"DETAIL of {check[0]}" not in text
                assert f"OUTPUT of {check[0]}" not in text
    text = (report / "feedback" / "script" / "hw1" / "feedback.html").read_text(encoding="utf-8")
    assert "OUTPUT of clean_replaces_tags_by_blanks" in text


def test_the_class_page_names_who_has_no_score_and_why(report):
    text = (report / "report" / "hw1" / "index.html").read_text(encoding="utf-8")
    ungradable, missing = re.findall(r'<div class="banner \w+">(.*?)</div>', text, re.DOTALL)
    assert "Could not be graded:" in ungradable
    assert "han_empty" in ungradable
    assert "text.py is not in the submission." in ungradable
    assert "Handed in nothing:" in missing
    assert "yang_absent" in missing


def test_the_hardest_checks_and_the_costliest_functions_come_first(report):
    text = (report / "report" / "hw1" / "index.html").read_text(encoding="utf-8")
    checks = text.partition('id="table-checks"')[2].partition("</table>")[0]
    difficulty = re.findall(r'<td class="with-bar" data-number="([0-9.]*)"', checks)
    assert difficulty == sorted(difficulty, key=float)
    functions = text.partition('id="table-functions"')[2].partition("</table>")[0]
    lost = [
        float(possible) - float(mean)
        for mean, possible in re.findall(r'data-number="[0-9.]+">([0-9.]+) / ([0-9.]+)<', functions)
    ]
    assert len(lost) == sum(len(functions) for _, _, functions, *_ in example_class.EXERCISES)
    assert all(one >= next_one - 0.02 for one, next_one in pairwise(lost))  # they are rounded


def test_only_losses_are_coloured(report):
    text = (report / "report" / "hw1" / "index.html").read_text(encoding="utf-8")
    [row] = re.findall(r'<tr class="graded" data-search="hong_gildong.*?</tr>', text, re.DOTALL)
    assert 'class="cell"' in row
    assert "loss-" not in row
    assert set(re.findall(r"loss-(\d)\"", text)) == set("1234")


def test_broken_record_is_marked(report):
    text = (report / "report" / "hw1" / "index.html").read_text(encoding="utf-8")
    assert "1 record needs regrading." in text
    assert len(re.findall(r'<tr class="broken"', text)) == 1
    own = (report / "feedback" / "platform" / "hw1" / "feedback.html").read_text(encoding="utf-8")
    assert "needs regrading" in own


def test_every_link_of_the_class_page_leads_to_a_file(report):
    from urllib.parse import unquote

    page = report / "report" / "hw1" / "index.html"
    links = [a["href"] for a in Outline(page.read_text(encoding="utf-8")).all("a")]
    outside = [link for link in links if not link.startswith("#")]
    assert len(outside) == len(example_class.class_records()) + len(["language"]) + 3
    for link in outside:
        assert (page.parent / unquote(link)).is_file()


def test_pages_keep_their_names_whoever_makes_them(tmp_path):
    """Links were sent out: neither a shell nor `--lang` decides what a name leads to."""
    example_class.write(tmp_path, {"a": example_class.class_records()["oh_jimin"]})
    english, korean = build(tmp_path, "en"), build(tmp_path, "ko")
    for folder, stem in (("report/hw1", "index"), ("feedback/a/hw1", "feedback")):
        names = {"en": f"{stem}.html", "ko": f"{stem}.ko.html"}
        assert {p.name for p in (tmp_path / folder).glob("*.html")} == set(names.values())
        for lang, name in names.items():
            assert f'<html lang="{lang}">' in (tmp_path / folder / name).read_text("utf-8")
    # a person opens the page in their own language
    assert [opened[0].name for opened in (english, korean)] == ["index.html", "index.ko.html"]
    assert all(path.exists() for path in korean)


def test_a_second_report_is_the_same(report, tmp_path):
    example_class.write(tmp_path / "again")
    build(tmp_path / "again", "en", exported.files(with_junit=True))
    assert written(tmp_path / "again") == written(report)


def test_nothing_graded_is_said(tmp_path):
    with pytest.raises(UsageError, match="grader grade"):
        build(tmp_path, "en")


def test_a_class_without_any_score_still_has_a_report(tmp_path):
    example_class.write(tmp_path, {"p": example_class.class_records()["platform"]})
    build(tmp_path, "en")
    text = (tmp_path / "report" / "hw1" / "index.html").read_text(encoding="utf-8")
    assert "needs regrading" in text


@pytest.mark.parametrize(
    ("own", "said", "not_said"),
    [
        (["raised"], ["corrected first", "grades everybody again"], ["internal error", "missing."]),
        (["died"], ["had an internal error there", "only what is missing"], ["corrected first"]),
        (
            ["raised", "died"],
            ["corrected first", "In the other records the grader had", "grades everybody again"],
            ["only what is missing"],
        ),
    ],
)
def test_why_records_need_regrading_and_what_that_takes(tmp_path, own, said, not_said):
    raised = example_class.class_records()["platform"]
    died = replace(
        raised, student="died", exercises=[], problem=Message("broken"), extra_points=None
    )
    example_class.write(tmp_path, {n: {"raised": raised, "died": died}[n] for n in own})
    build(tmp_path, "en")
    text = (tmp_path / "report" / "hw1" / "index.html").read_text(encoding="utf-8")
    banner = text.partition('<p class="banner ours">')[2].partition("</p>")[0]
    assert [sentence for sentence in said if sentence not in banner] == []
    assert [sentence for sentence in not_said if sentence in banner] == []


def test_a_record_of_older_checks_is_shown_and_warned_of(tmp_path):
    old = example_class.class_records()["oh_jimin"].to_json()
    old["checks_sha256"] = "e" * 64
    old["exercises"][0]["checks"][1]["id"] = "a_check_that_is_gone"
    chosen = {
        "old": Record.from_json(old),
        "new": example_class.class_records()["hong_gildong"],
    }
    example_class.write(tmp_path, chosen)
    build(tmp_path, "en", published=True)
    text = (tmp_path / "report" / "hw1" / "index.html").read_text(encoding="utf-8")
    assert "Not all of these scores were given with the same checks" in text
    own = (tmp_path / "feedback" / "old" / "hw1" / "feedback.html").read_text(encoding="utf-8")
    assert "a_check_that_is_gone" in own


def test_a_decision_about_somebody_of_whom_nothing_ran_is_no_mixture(tmp_path):
    records = example_class.class_records()
    example_class.write(tmp_path, {"a": records["hong_gildong"], "b": records["empty"]})
    by_hand = [Decision("clean", "clean", 1.0, 0.0, "")]
    decisions.save(tmp_path, Decisions("", {"hw1": {records["empty"].student: by_hand}}))
    build(tmp_path, "en")
    text = (tmp_path / "report" / "hw1" / "index.html").read_text(encoding="utf-8")
    assert "Not all of these scores were given with the same checks" not in text


def test_what_is_stored_of_an_assignment(tiny):
    """Points are worked out again when these bytes are others, and `grader merge` compares them."""
    data = assignment_snapshot.describe(tiny)
    data["exercises"] = data["exercises"][:1]
    assert json.dumps(data, ensure_ascii=False) == (
        '{"id": "tiny", "package": "tiny_package", "title": {"en": "Tiny", "ko": "작은 과제"}, '
        '"languages": ["en", "ko"], "due": null, "possible": 10.0, "extra_possible": 0, '
        '"exercises": [{"id": "adding", "title": {"en": "Adding", "ko": "더하기"}, '
        '"file": "sums.py", "points": 6.0, "extra": false, '
        '"functions": [{"name": "add", "points": 6.0}], "checks": ['
        '{"id": "add_adds", "of": "add", "kind": "core", '
        '"title": {"en": "Numbers are added", "ko": "수를 더합니다"}, '
        '"hint": {"en": "Plus.", "ko": "더하기."}, "public": true, "show": "always", '
        '"wants_error": false}, '
        '{"id": "add_adds_arrays", "of": "add", "kind": "edge", '
        '"title": {"en": "Arrays are added", "ko": "배열을 더합니다"}, '
        '"hint": {"en": "Plus again.", "ko": "다시 더하기."}, "public": false, "show": "always", '
        '"wants_error": false}]}], "timezone": null}'
    )


def test_describe_and_load_are_inverse(tiny, tmp_path):
    path = tmp_path / "tiny.json"
    data = assignment_snapshot.describe(tiny)
    path.write_text(json.dumps(data), encoding="utf-8")
    loaded = assignment_snapshot.load(path)
    assert loaded == assignment_snapshot.Snapshot.of(tiny)
    assert loaded.possible == tiny.possible
    assert [e.id for e in loaded.exercises] == [e.id for e in tiny.exercises]
    for exercise, own in zip(tiny.exercises, loaded.exercises, strict=True):
        for check, described in zip(exercise.checks, own.checks, strict=True):
            assert vars(described).items() <= vars(check).items()


def _class_page(tmp_path, change=lambda described: None):
    """The made-up class's page in both languages, of an assignment that is described otherwise."""
    example_class.write(tmp_path)
    path = tmp_path / "assignments" / "hw1.json"
    described = json.loads(path.read_text(encoding="utf-8"))
    change(described)
    path.write_text(json.dumps(described), encoding="utf-8")
    build(tmp_path, "en")
    folder = tmp_path / "report" / "hw1"
    return [(folder / name).read_text("utf-8") for name in ("index.html", "index.ko.html")]


def test_the_class_page_says_who_handed_in_and_what_the_mean_counts(tmp_path):
    english, korean = _class_page(tmp_path)
    records = example_class.class_records().values()
    statuses = Counter(record.status for record in records)
    assert statuses[Status.MISSING] == 1
    handed_in = len(records) - 1
    assert f"<dt>Handed in</dt><dd>{handed_in}</dd>" in english
    assert f"<dt>제출</dt><dd>{handed_in}</dd>" in korean
    scored = handed_in - statuses[Status.BROKEN]
    assert f"cover the {scored} submissions with a score" in english
    assert f"점수가 있는 제출물 {scored}개로 계산했습니다" in korean


def test_checks_of_one_title_are_told_apart_on_the_class_page(tmp_path):
    def change(described):
        for check in described["exercises"][0]["checks"][:3]:  # two of `clean`, one of `tokenize`
            check["title"] = {"en": "Worked example", "ko": "예제"}

    for page, title in zip(_class_page(tmp_path, change), ("Worked example", "예제"), strict=True):
        for name in ("tokenize", "clean_replaces_tags_by_blanks", "clean_is_idempotent"):
            assert f'<th scope="row">{title} <code>{name}</code></th>' in page
        assert f'<th scope="row">{title}</th>' not in page
    assert (
        'scope="row">At most one ending is stripped</th>' in _class_page(tmp_path / "as-it-is")[0]
    )


def test_times_are_those_of_the_course(tmp_path):
    example_class.write(tmp_path)
    path = tmp_path / "assignments" / "hw1.json"
    described = json.loads(path.read_text(encoding="utf-8"))
    record = store.read(tmp_path / "records" / "hw1" / "oh_jimin.json")
    assert record.started.endswith("+00:00")
    feedback = tmp_path / "feedback" / "oh_jimin" / "hw1" / "feedback.html"
    for zone, hours, name in ((None, 0, "UTC"), ("Asia/Seoul", 9, "KST"), ("No/Where", 0, "UTC")):
        path.write_text(json.dumps(described | {"timezone": zone}), encoding="utf-8")
        build(tmp_path, "en")
        there = datetime.fromisoformat(record.started) + timedelta(hours=hours)
        said = f"{there:%Y-%m-%d %H:%M} {name}"
        assert said in feedback.read_text(encoding="utf-8")
        page = (tmp_path / "report" / "hw1" / "index.html").read_text(encoding="utf-8")
        assert page.count(f" {name} to ") == 1


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"exercises": 3}', '{"exercises": [{"id": "x"}]}']
)
def test_a_damaged_catalogue_is_said(tmp_path, text):
    path = tmp_path / "bad.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PlatformError, match=r"bad\.json"):
        assignment_snapshot.load(path)


def test_both_languages_have_the_same_sentences_and_fields():
    english, korean = (_sentences(lang) for lang in ("en", "ko"))
    assert english.keys() == korean.keys()
    for key, sentence in english.items():
        assert set(re.findall(r"{\w+}", sentence)) == set(re.findall(r"{\w+}", korean[key])), key


def _sentences(lang):
    file = files("grader").joinpath("locale", lang, "report.toml")
    flat = {}
    for key, value in tomllib.loads(file.read_text(encoding="utf-8")).items():
        for inner, sentence in value.items() if isinstance(value, dict) else [("", value)]:
            flat[key, inner] = sentence
    return flat


def test_a_report_with_inputs_says_where_there_are_none(tmp_path):
    """They are in the records only where `grader verify` had written answers before."""
    records = example_class.class_records()
    failing = records["oh_jimin"]
    asked = Counterexample(["add(1)"], Shown("2", []), Shown("3", []))
    own = failing.exercises[0]
    checks = [replace(own.checks[0], outcome=Outcome.FAILED, counterexample=asked)]
    whole = replace(own, checks=[*checks, *own.checks[1:]])
    with_input = replace(failing, exercises=[whole, *failing.exercises[1:]])
    for name, record, wanted, said in (
        ("without", failing, True, ["report.no_inputs"]),
        ("unasked", failing, False, []),
        ("with", with_input, True, []),
    ):
        told = []
        example_class.write(tmp_path / name, {"oh_jimin": record})
        build(
            tmp_path / name,
            "en",
            published=True,
            with_inputs=wanted,
            warn=lambda _, code, told=told: told.append(code),
        )
        assert told == said


def test_an_earlier_grader_did_not_say_whether_a_check_wants_an_error(tiny, tmp_path):
    data = assignment_snapshot.describe(tiny)
    for exercise in data["exercises"]:
        for check in exercise["checks"]:
            del check["wants_error"]
    (tmp_path / "tiny.json").write_text(json.dumps(data), encoding="utf-8")
    checks = [
        c for e in assignment_snapshot.load(tmp_path / "tiny.json").exercises for c in e.checks
    ]
    assert checks
    assert not any(check.wants_error for check in checks)
