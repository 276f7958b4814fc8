"""A class laid out for JPlag and Dolos; Dolos itself reads it where it is installed."""

import csv
import io
import json
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from grader.cli.main import main
from tests.intake.layouts import write

NOT_PROVEN = (
    "NOT PROVEN: that Dolos reads what `grader export similarity` writes. Missing: {missing}. "
    "Install: npm install -g @dodona/dolos-lib"
)
LIBRARY = Path("@dodona", "dolos-lib")
SHARED = "".join(f"def shared_{i}(a, b):\n    return a * {i} + max(a, b)\n\n\n" for i in range(12))
COPIED = "".join(
    f"    for k in range({i}, len(a)):\n        if a[k] > b:\n            a[k] -= b ** {i}\n"
    for i in range(2, 14)
)
OWN = "    total = [pow(x, 3) for x in (a, b)]\n    while total and total[-1] % 7:\n        total.pop()\n"
SCRIPT = """
import { Dolos } from "@dodona/dolos-lib";
const report = await new Dolos({ language: "python" }).analyzePaths([process.argv[2]]);
const pairs = report.allPairs().map(p => [
  p.leftFile.extra.id, p.rightFile.extra.id, p.similarity, p.leftFile.extra.labels]);
console.log(JSON.stringify(pairs));
"""


def sums(body=""):
    return f"{SHARED}def add(a, b):\n{body}    return a + b\n"


@pytest.fixture
def laid_out(course, tmp_path):
    """Two who share their code, one with their own, one with the template, one unreadable."""
    write(course / "student_template/tiny_package", {"sums.py": sums(), "words.py": "x = 1\n"})
    bodies = {"kim": COPIED, "lee": f"    # mine\n{COPIED}", "홍길동": OWN, "=park": ""}
    for student, body in bodies.items():
        write(tmp_path / "class" / student, {"sums.py": sums(body), "words.py": "x = 1\n"})
    write(tmp_path / "class" / "choi", {"sums.zip": b"PK broken"})
    roster = tmp_path / "roster.csv"
    names = [*bodies, "choi"]
    roster.write_text("id,name,section\n" + "".join(f"{n},Name of {n},A\n" for n in names))
    folder = tmp_path / "similarity"
    call = ["--course", course, "export", "similarity", tmp_path / "class", "tiny", "-o", folder]
    result = CliRunner().invoke(main, [*map(str, call), "--roster", str(roster)])
    assert result.exit_code == 0, result.output
    return folder, result.output


def test_jplag_gets_a_folder_for_each_student_and_the_template(laid_out):
    folder, said = laid_out
    submissions = folder / "jplag" / "submissions"
    names = {path.name for path in submissions.iterdir()}
    assert len(names) == 4 and {"kim", "lee", "홍길동"} < names
    assert (submissions / "kim" / "sums.py").read_text() == sums(COPIED)
    assert (folder / "jplag" / "template" / "sums.py").read_text() == sums()
    assert f"-bc {folder / 'jplag' / 'template'}" in said
    assert "choi" in said


def test_dolos_gets_a_file_for_each_student_and_no_name(laid_out):
    data = (laid_out[0] / "dolos.zip").read_bytes()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        raw = archive.read("info.csv")
        rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8"))))
        files = {row["filename"] for row in rows}
        assert files == set(archive.namelist()) - {"info.csv"}
        assert sum(row["ignored"] == "true" for row in rows) == 1
        content = archive.read("submissions/kim.py").decode()
    assert not raw.startswith(b"\xef\xbb\xbf")
    assert b"Name of" not in raw
    assert {row["labels"] for row in rows} == {"", "A"}
    assert COPIED in content and "x = 1" in content
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())


def test_nothing_is_written_over(laid_out, course, tmp_path):
    call = [
        "--course",
        course,
        "export",
        "similarity",
        tmp_path / "class",
        "tiny",
        "-o",
        laid_out[0],
    ]
    result = CliRunner().invoke(main, list(map(str, call)))
    assert result.exit_code == 2
    assert "not empty" in result.output


def test_records_hold_no_code(course, tmp_path):
    write(tmp_path / "out", {"records/tiny": None, "assignments/tiny.json": "{}"})
    call = [
        "--course",
        course,
        "export",
        "similarity",
        tmp_path / "out",
        "tiny",
        "-o",
        tmp_path / "s",
    ]
    result = CliRunner().invoke(main, list(map(str, call)))
    assert result.exit_code == 2
    assert "records, which contain no code" in result.output


@pytest.fixture(scope="session")
def node_modules():
    """The folder that holds Dolos. Skips with a reason that says what stays unproven."""
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.skip(NOT_PROVEN.format(missing="node, npm"))
    found = subprocess.run(["npm", "root", "-g"], capture_output=True, text=True, check=True)
    places = [*os.environ.get("NODE_PATH", "").split(os.pathsep), found.stdout.strip()]
    for place in filter(None, places):
        if (Path(place) / LIBRARY).is_dir():
            return Path(place)
    pytest.skip(NOT_PROVEN.format(missing="@dodona/dolos-lib"))


def test_dolos_finds_who_copied_and_forgives_the_template(laid_out, node_modules, tmp_path):
    (tmp_path / "node_modules").symlink_to(node_modules)
    script = tmp_path / "compare.mjs"
    script.write_text(SCRIPT)
    run = ["node", str(script), str(laid_out[0] / "dolos.zip")]
    said = subprocess.run(run, capture_output=True, text=True, check=True, cwd=tmp_path)
    pairs = json.loads(said.stdout)
    alike = {frozenset((a, b)): similarity for a, b, similarity, _ in pairs}
    assert len(pairs) == 6 and {label for *_, label in pairs} == {"A"}
    assert alike.pop(frozenset(("kim", "lee"))) > 0.7
    assert max(alike.values()) < 0.2
