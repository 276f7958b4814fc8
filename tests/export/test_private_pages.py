"""Feedback pages under names that nobody can guess."""

import csv
import re
import stat

import pytest
from click.testing import CliRunner

from grader.cli.main import main
from tests.report import example_class

FEW = ("kim_minjun", "script", "bidi", "formula")


@pytest.fixture
def out(tmp_path):
    records = {name: r for name, r in example_class.class_records().items() if name in FEW}
    example_class.write(tmp_path / "out", records)
    return tmp_path / "out"


def export(out, *options, code=0):
    result = CliRunner().invoke(main, ["export", "pages", str(out), "hw1", *options])
    assert result.exit_code == code, result.output
    folder = out / "export" / "hw1"
    pages = {path.name: path.read_text() for path in (folder / "pages").iterdir()}
    with (folder / "links.csv").open(newline="") as file:
        return pages, list(csv.DictReader(file))


def test_each_page_is_its_students(out):
    pages, links = export(out)
    for row in links:
        assert re.fullmatch(r"[0-9a-f]{32}\.html", row["page"])
        page = pages[row["page"]]
        assert f'href="{row["page"][:-5]}.ko.html"' in page
    mine = next(row for row in links if row["student"] == "kim_minjun")
    assert "<bdi>kim_minjun</bdi>" in pages[mine["page"]]
    assert len(pages) == 2 * len(FEW) + 1
    assert pages["index.html"] == ""


def test_links_stay_what_they_were_whatever_the_shell(out, monkeypatch):
    pages, links = export(out)
    monkeypatch.setenv("LC_ALL", "ko_KR.UTF-8")
    again = export(out)
    assert again[0].keys() == pages.keys() and again[1] == links
    assert all('<html lang="en">' in again[0][row["page"]] for row in links)
    korean, chosen = export(out, "--lang", "ko")  # other links to the same pages
    assert korean.keys() == pages.keys()
    assert all('<html lang="ko">' in korean[row["page"]] for row in chosen)
    (out / "records" / "hw1" / "kim_minjun.json").unlink()
    assert len(export(out)[0]) == len(pages) - 2


def test_what_differs_from_the_last_report_is_said(out):
    """Otherwise what was published would be taken back in the next upload, and nobody told."""

    def said(*call):
        result = CliRunner().invoke(main, [*call, "--lang", "en"])
        assert result.exit_code == 0, result.output
        return [line for line in result.stderr.splitlines() if "last report" in line]

    pages = "export", "pages", str(out), "hw1"
    report, inputs = ("report", str(out)), ("--published", "--with-inputs")
    assert said(*pages, "--published") == []  # there is no report yet
    assert said(*report) == said(*pages) == []
    assert "without --published" in said(*pages, "--published")[0]
    said(*report, "--published")
    assert said(*pages, "--published") == []
    assert "with --published, but this was not" in said(*pages)[0]
    assert "without --with-inputs" in said(*pages, *inputs)[0]
    said(*report, *inputs)
    assert said(*pages, *inputs) == []
    assert "with --with-inputs, but this was not" in said(*pages, "--published")[0]


def test_inputs_alone_are_refused_by_every_export_of_feedback(out):
    for command in ("pages", "canvas-feedback", "moodle-feedback"):
        call = ["export", command, str(out), "hw1", "--with-inputs", "--lang", "en"]
        result = CliRunner().invoke(main, call)
        assert (result.exit_code, "--published" in result.output) == (2, True)


def test_names_stay_and_tell_nothing(out, tmp_path):
    pages, _ = export(out)
    assert export(out)[0].keys() == pages.keys()
    assert not any(name in file for name in FEW for file in pages)
    other = tmp_path / "other"
    example_class.write(other, {"kim_minjun": example_class.class_records()["kim_minjun"]})
    assert export(other)[0].keys() & pages.keys() == {"index.html"}


def test_the_key_is_the_owners_alone_and_a_damaged_one_is_refused(out):
    export(out)
    key = out / "secret"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    key.write_text("")
    result = CliRunner().invoke(main, ["export", "pages", str(out), "hw1"])
    assert result.exit_code == 3
    assert "secret" in result.output


def test_whose_each_page_is_is_the_owners_to_read(out):
    export(out)
    assert stat.S_IMODE((out / "export" / "hw1" / "links.csv").stat().st_mode) == 0o600


def test_a_page_without_a_record_goes(out):
    pages, _ = export(out)
    (out / "records" / "hw1" / "kim_minjun.json").unlink()
    others = out / "export" / "hw1" / "pages" / f"{'0' * 32}.html"
    others.write_text("of another assignment")
    assert len(export(out)[0]) == len(pages) - 2 + 1


def test_a_folder_that_is_a_site_already_keeps_its_first_page(out):
    folder = out / "export" / "hw1" / "pages"
    folder.mkdir(parents=True)
    (folder / "index.html").write_text("welcome")
    assert export(out)[0]["index.html"] == "welcome"


def test_no_cell_of_the_table_runs(out):
    _, links = export(out)
    assert any(row["student"].startswith("'=HYPERLINK") for row in links)
    assert not any("\u202e" in cell for row in links for cell in row.values())
