"""Submissions as students really hand them in: found, named and read, on real files."""

import io
import os
import tarfile
import unicodedata
import zipfile
from pathlib import Path

import pytest

from grader.i18n import LANGUAGES, say, translate
from grader.intake import entries, package
from grader.intake.handin import Found
from grader.intake.names import record_name
from grader.intake.read import read
from grader.records.record import Message

PACKAGE = "hw1_classification"
WANTED = ["text.py", "features.py", "network.py"]
ALL = dict.fromkeys(WANTED, "x = 1\n")


def write(root, files):
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def zipped(files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def tarred(files, mode="w:gz"):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            data = content.encode() if isinstance(content, str) else content
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def below(folder, files):
    return {f"{folder}/{name}": content for name, content in files.items()}


def taken(path, required=WANTED):
    return read(Found("kim", path), PACKAGE, dict.fromkeys(WANTED, ()), required)


def taken_from(root, files):
    """A folder with these files, read."""
    return taken(write(root / "kim", files))


# --- the package and its files


@pytest.mark.parametrize(
    "folder", ["", PACKAGE, f"hw1/{PACKAGE}", "wrapper", f"김민수 (1)/과제/{PACKAGE}"]
)
@pytest.mark.parametrize("pack", [None, zipped, tarred], ids=["folder", "zip", "tar.gz"])
def test_the_package_is_found_at_any_depth(tmp_path, folder, pack):
    files = below(folder, ALL) if folder else ALL
    if pack is None:
        found = taken_from(tmp_path, files)
    else:
        found = taken(write(tmp_path, {"kim.zip": pack(files)}) / "kim.zip")
    assert found.files == dict.fromkeys(WANTED, b"x = 1\n")
    assert found.problem is None
    plain = folder in {"", PACKAGE}
    assert found.notes == ([] if plain else [Message("wrapper_folder", {"folder": f"{folder}/"})])


def test_the_root_is_where_most_files_are_then_the_shallowest_then_the_package(tmp_path):
    most = taken_from(tmp_path / "1", {"text.py": "old", "a/text.py": "new", "a/network.py": ""})
    assert most.files["text.py"] == b"new"
    shallow = taken_from(tmp_path / "2", {"text.py": "new", f"{PACKAGE}/text.py": "old"})
    assert shallow.files["text.py"] == b"new"
    named = taken_from(tmp_path / "3", {"a/text.py": "old", f"{PACKAGE}/text.py": "new"})
    assert named.files["text.py"] == b"new"
    first = taken_from(tmp_path / "4", {"b/text.py": "old", "a/text.py": "new"})
    assert first.files["text.py"] == b"new"


def test_macos_leftovers_are_no_package(tmp_path):
    resource = {f"__MACOSX/{PACKAGE}/._{name}": "\0" for name in WANTED}
    copies = below(f"__MACOSX/{PACKAGE}", ALL)
    files = {f"{PACKAGE}/text.py": ""} | resource | copies
    found = taken(write(tmp_path, {"kim.zip": zipped(files)}) / "kim.zip", ["text.py"])
    assert set(found.files) == {"text.py"}
    assert found.ignored == ["__MACOSX/"]
    assert found.notes == []


HELPERS = {"__init__.py": "", "mine.py": "", "helpers/__init__.py": "", "helpers/도움.py": ""}
UNTAKEN = ["conftest.py", "sitecustomize.py", "usercustomize.py", "setup.py", "test_text.py",
           "helpers/conftest.py", "checks/a.py", "tests/a.py", "helpers/tests/a.py",
           "old copy/a.py", "a-b.py", "1a.py", "data.csv", "fast.so", "a.pyc"]  # fmt: skip
TOOLS = ["__pycache__/text.cpython-311.pyc", ".git/hooks/a.py", ".venv/lib/a.py"]


@pytest.mark.parametrize("pack", [None, zipped], ids=["folder", "zip"])
def test_helpers_are_taken_and_the_rest_is_listed(tmp_path, pack):
    files = below(PACKAGE, ALL | HELPERS | dict.fromkeys([*UNTAKEN, *TOOLS], ""))
    files["grader/__init__.py"] = ""
    if pack is None:
        found = taken_from(tmp_path, files)
    else:
        found = taken(write(tmp_path, {"kim.zip": pack(files)}) / "kim.zip")
    assert set(found.files) == set(WANTED) | set(HELPERS)
    folders = {f"{PACKAGE}/{name.split('/')[0]}/" for name in TOOLS}
    untaken = {f"{PACKAGE}/{name}" for name in UNTAKEN}
    assert set(found.ignored) == untaken | folders | {"grader/__init__.py"}


def test_a_virtual_environment_does_not_count(tmp_path):
    files = {f".venv/lib/m{number}.py": "" for number in range(entries.MAX_SOURCES + 1)}
    assert taken_from(tmp_path, ALL | files).problem is None


def test_ignored_names_are_capped_and_cannot_repaint(tmp_path):
    found = taken_from(tmp_path, ALL | {f"{number:03}.txt": "" for number in range(200)})
    assert len(found.ignored) == package.MAX_LISTED
    found = taken_from(tmp_path / "b", ALL | {"a\x1b]0;\u202e" + "b" * 200: ""})
    assert found.ignored[0].isprintable()
    assert len(found.ignored[0]) == 120


def test_content_is_kept_byte_for_byte(tmp_path):
    odd = b"\xef\xbb\xbf# \xb1\xe8\r\nx = 1\r"
    assert taken_from(tmp_path, ALL | {"text.py": odd}).files["text.py"] == odd


@pytest.mark.parametrize(
    "content", [b"\xff\xfe\x01\xac", b"\xfe\xff\xac\x01", b"x = 1\0"], ids=["le", "be", "nul"]
)
def test_what_is_no_utf8_is_noted(tmp_path, content):
    found = taken_from(tmp_path, ALL | {"text.py": content})
    assert found.notes == [Message("not_utf8", {"file": "text.py"})]
    assert found.files["text.py"] == content


# --- what is missing


def missing(names, found=None):
    if found is None:
        return Message("missing_files_only", {"missing": ", ".join(names)})
    return Message("missing_files", {"missing": ", ".join(names), "found": found})


def test_a_sentence_on_what_is_missing_names_nothing_similar_where_nothing_is():
    for lang in ("en", "ko"):
        alone, similar = missing(["text.py"]), missing(["text.py"], "Text.py")
        said = say(alone.code, alone.fields, lang)
        assert said.endswith("text.py.")
        assert say(similar.code, similar.fields, lang).startswith(said)


def test_several_archives_are_not_chosen_between(tmp_path):
    for name, files in (("kim", ["b.zip", "a.tar.gz"]), ("lee", ["x/a.zip", "x/b.zip", "x/n.txt"])):
        found = taken(write(tmp_path / name, dict.fromkeys(files, zipped({"text.py": ""}))))
        archives = ", ".join(sorted(files)[:2])
        assert found.problem == Message("several_archives", {"found": archives})
    mixed = {"a.zip": zipped({}), "b.zip": zipped({}), "mine.py": ""}
    assert taken(write(tmp_path / "oh", mixed)).problem == missing(WANTED, "a.zip, b.zip")


@pytest.mark.parametrize(
    "near",
    ["Network.py", "network.py.txt", "network (1).py", "net-work.py", "netwrok.py", "old/network.py"],
)  # fmt: skip
def test_a_missing_file_is_a_note_with_what_was_probably_meant(tmp_path, near):
    found = taken_from(tmp_path, {"text.py": "", "features.py": "", near: "", "other.py": ""})
    assert found.problem is None
    assert found.notes == [missing(["network.py"], near)]


def test_what_is_not_required_is_not_missing(tmp_path):
    path = write(tmp_path / "kim", {"text.py": ""})
    assert taken(path, required=["text.py"]).notes == []
    assert taken(path, required=["text.py", "features.py"]).notes == [missing(["features.py"])]


def test_none_of_the_files_is_a_problem(tmp_path):
    found = taken_from(tmp_path, {"Text.py": "", "mine.py": ""})
    assert found.problem == missing(WANTED, "Text.py")
    assert (found.files, found.notes) == ({}, [])
    assert found.ignored == ["Text.py", "mine.py"]


def test_a_templates_own_files_are_not_what_was_meant(tmp_path):
    own = ["checks/test_text.py", "exercises/text.toml", "text.en.ipynb"]
    files = dict.fromkeys(("Features.py", "model.py", *own[:2]), "")
    assert taken_from(tmp_path / "a", files).problem == missing(WANTED, "Features.py")
    files = dict.fromkeys(("features.py", "network.py", "Text.py", *own), "")
    found = taken_from(tmp_path / "b", files)
    assert missing(["text.py"], "Text.py") in found.notes


@pytest.mark.parametrize(
    "files",
    [{}, {".DS_Store": ""}, {"__MACOSX/text.py": ""}, {"kim.zip": b""}, {"kim.zip": zipped({})}],
    ids=["nothing", "hidden", "macos", "no bytes", "no entries"],
)
def test_nothing_at_all_is_empty(tmp_path, files):
    (tmp_path / "kim").mkdir()
    assert taken_from(tmp_path, files).problem == Message("empty")


def test_a_folder_that_begins_with_a_dot_is_named(tmp_path):
    found = taken_from(tmp_path, {".hw1/text.py": "", ".git/config": "", "__pycache__/a.pyc": ""})
    assert found.problem == Message("hidden_folder", {"found": ".hw1/"})


@pytest.mark.parametrize("clone", [{".git/config": ""}, {"hw1/.git/config": "", ".gitignore": ""}])
def test_a_clone_without_files_is_an_empty_repository(tmp_path, clone):
    assert taken_from(tmp_path, clone).problem == Message("empty_repository")
    packed = write(tmp_path, {"lee.zip": zipped(clone)}) / "lee.zip"
    assert taken(packed).problem == Message("empty_repository")
    for lang in LANGUAGES:  # in a zip of .git/ alone there may be commits: nothing says it is empty
        said = translate("message.empty_repository", lang)
        assert ".git/" in said
        assert not any(word in said for word in ("is empty", "비어"))


def test_a_folder_in_place_of_a_file(tmp_path):
    found = taken_from(tmp_path, {"text.py": "", "features.py": "", "network.py/a.txt": ""})
    assert found.notes == [missing(["network.py"])]


@pytest.mark.parametrize("inner", ["hw.zip", "과제/hw.zip", "data/hw.tar.gz"])
@pytest.mark.parametrize("pack", [None, zipped, tarred], ids=["folder", "zip", "tar.gz"])
def test_an_archive_in_an_archive_is_opened(tmp_path, pack, inner):
    files = {inner: (zipped if inner.endswith("zip") else tarred)(below(PACKAGE, ALL))}
    if pack is None:
        found = taken_from(tmp_path, files)
    else:
        found = taken(write(tmp_path, {"kim.zip": pack(files)}) / "kim.zip")
    assert set(found.files) == set(WANTED)
    assert found.source == f"{'kim.zip' if pack else 'kim'}/{inner}"


def test_a_third_archive_in_a_row_stays_closed(tmp_path):
    second = zipped({"third.zip": zipped(ALL)})
    path = write(tmp_path, {"kim.zip": zipped({"second.zip": second})}) / "kim.zip"
    assert taken(path).problem == missing(WANTED, "third.zip")


def test_an_archive_beside_misnamed_files_stays_closed(tmp_path):
    found = taken_from(tmp_path, {"Text.py": "", "data.zip": zipped({"a.csv": ""})})
    assert found.problem == missing(WANTED, "Text.py, data.zip")


def test_a_file_that_is_there_is_no_hint(tmp_path):
    path = write(tmp_path / "kim", {"networks.py": ""})
    wanted = ["network.py", "networks.py"]
    assert read(Found("kim", path), PACKAGE, dict.fromkeys(wanted, ()), wanted).notes == [
        missing(["network.py"])
    ]


def test_an_archive_beside_the_files_is_ignored(tmp_path):
    found = taken_from(tmp_path, ALL | {"old.zip": zipped({"text.py": "old"})})
    assert found.files["text.py"] == b"x = 1\n"
    assert found.ignored == ["old.zip"]


# --- what must not be read


def test_links_and_fifos_in_a_folder_are_left_alone(tmp_path):
    secret = write(tmp_path, {"secret.py": "password"}) / "secret.py"
    path = write(tmp_path / "kim", {"text.py": "", "features.py": ""})
    (path / "network.py").symlink_to(secret)
    (path / "helper.py").symlink_to(secret)
    (path / "sub").symlink_to(tmp_path)
    os.mkfifo(path / "pipe.py")
    os.link(secret, path / "hard.py")  # a file of the student's as good as any
    found = taken(path)
    assert set(found.files) == {"text.py", "features.py", "hard.py"}
    assert found.ignored == ["helper.py", "network.py", "pipe.py", "sub"]
    note = Message("unsafe_archive", {"entry": "network.py"})
    assert found.notes == [missing(["network.py"]), note]


def test_only_links_is_a_problem_that_names_one(tmp_path):
    path = write(tmp_path / "kim", {})
    path.mkdir()
    (path / "text.py").symlink_to("/etc/passwd")
    assert taken(path).problem == Message("unsafe_archive", {"entry": "text.py"})


@pytest.mark.parametrize(
    ("name", "kind"), [("hw1.rar", "RAR"), ("hw1.7z", "7z"), ("과제.ALZ", "ALZ"), ("a.egg", "EGG")]
)
def test_archives_that_we_do_not_open_are_named(tmp_path, name, kind):
    problem = Message("other_archive", {"entry": name, "kind": kind})
    assert taken(write(tmp_path, {name: b"?"}) / name).problem == problem
    assert taken_from(tmp_path, {name: b"?", "report.pdf": ""}).problem == problem
    path = write(tmp_path, {"lee.zip": zipped({name: b"?"})}) / "lee.zip"
    assert taken(path).problem == problem


@pytest.mark.parametrize(("start", "kind"), [(b"Rar!\x1a\x07", "RAR"), (b"7z\xbc\xaf'\x1c", "7z")])
def test_renaming_does_not_make_a_zip_of_it(tmp_path, start, kind):
    path = write(tmp_path, {"kim.zip": start + bytes(600)}) / "kim.zip"
    assert taken(path).problem == Message("other_archive", {"entry": "kim.zip", "kind": kind})


def test_other_formats_are_named(tmp_path):
    path = write(tmp_path, {"kim.docx": b"PK"}) / "kim.docx"
    fields = {"entry": "kim.docx", "allowed": ", ".join(entries.SUFFIXES)}
    assert taken(path).problem == Message("unsupported", fields)


def test_a_submission_that_is_not_there_is_empty(tmp_path):
    assert taken(tmp_path / "nobody").problem == Message("empty")


@pytest.mark.parametrize("pack", [None, zipped], ids=["folder", "zip"])
def test_files_that_differ_by_case_alone_are_ambiguous(tmp_path, pack):
    files = ALL | {"Text.py": "y = 2\n"}
    if pack is None:
        found = taken_from(tmp_path, files)
    else:
        found = taken(write(tmp_path, {"kim.zip": pack(files)}) / "kim.zip")
    assert found.problem == Message("ambiguous", {"entry": "text.py"})
    # not taken, they may
    assert taken_from(tmp_path / "b", ALL | {"a.txt": "", "A.txt": ""}).problem is None


def test_budgets_of_a_folder(tmp_path):
    many = {f"m{number}.py": "" for number in range(package.MAX_FILES - len(WANTED))}
    assert len(taken_from(tmp_path / "1", ALL | many).files) == package.MAX_FILES
    found = taken_from(tmp_path / "1", {"one_more.py": ""})
    assert found.problem == Message("too_many", {"limit": "200"})
    with (write(tmp_path / "2", ALL) / "text.py").open("wb") as file:
        file.truncate(entries.MAX_BYTES + 1)
    assert taken(tmp_path / "2").problem == Message("too_large", {"entry": "text.py"})
    with (write(tmp_path / "3", ALL) / "data.bin").open("wb") as file:
        file.truncate(entries.MAX_BYTES + 1)
    assert taken(tmp_path / "3").problem is None  # what is not taken is not read


def test_an_unsafe_archive_gives_nothing(tmp_path):
    path = write(tmp_path, {"kim.zip": zipped(ALL | {"../../evil.py": ""})}) / "kim.zip"
    found = taken(path)
    assert found.problem == Message("unsafe_archive", {"entry": "../../evil.py"})
    assert found.files == {}
    assert not (tmp_path.parent / "evil.py").exists()


def test_nothing_says_where_on_the_machine(tmp_path):
    path = write(tmp_path, {"kim.zip": b"PK broken", "lee.tar": b"broken"} | below("oh", ALL))
    for name in ("kim.zip", "lee.tar", "oh"):
        assert str(tmp_path) not in repr(taken(path / name))


# --- hashes and record names


def test_the_hash_is_that_of_the_files_however_they_came(tmp_path):
    folder = taken_from(tmp_path, ALL | {"notes.txt": "x"})
    packed = taken(write(tmp_path, {"lee.zip": zipped(below(PACKAGE, ALL))}) / "lee.zip")
    assert folder.sha256 == packed.sha256
    assert len(folder.sha256) == 64


def test_the_hash_changes_with_a_name_a_content_or_a_border(tmp_path):
    makes = [ALL, ALL | {"a.py": ""}, ALL | {"text.py": "x = 2\n"}, ALL | {"b.py": ""},
             ALL | {"a.py": "b.py\0"}, ALL | {"a.py": "", "b.py": ""}]  # fmt: skip
    hashes = {taken_from(tmp_path / str(i), files).sha256 for i, files in enumerate(makes)}
    assert len(hashes) == len(makes)


def test_what_could_not_be_read_has_a_hash_of_its_own(tmp_path):
    hashes = set()
    hashes.add(taken_from(tmp_path / "a", {"Text.py": ""}).sha256)
    hashes.add(taken_from(tmp_path / "b", {".hidden": ""}).sha256)
    for content in (b"PK broken", b"PK also broken", b"", zipped({"Text.py": ""})):
        hashes.add(taken(write(tmp_path, {"kim.zip": content}) / "kim.zip").sha256)
    assert len(hashes) == 6 - 1  # nothing in a folder is nothing in an archive


@pytest.mark.parametrize(
    "student", ["kim", "kim_minsu-2026.1@snu.ac.kr", "a+b", "김민수", "kim minsu", "é", "ญา"]
)
def test_a_plain_name_stays(student):
    assert record_name(student) == student


ODD = ["", ".", "..", ".hidden", "a/b", "../../etc/passwd", "a\\b", "a\0b", "a\nb", "C:evil", "*",
       "=cmd()", "Kim", "KIM", "a%2Fb", "\udcb1", "\ud800", "a" * 151, "a" * 152, "김" * 60,
       "김" * 61, "./..", "con/", "💥", "a~b", "straße"]  # fmt: skip


def test_any_other_name_becomes_a_safe_one_of_its_own():
    stems = [record_name(student) for student in [*ODD, "kim", "a", "%2E"]]
    assert len({stem.casefold() for stem in stems}) == len(stems)
    for stem in stems:
        assert 0 < len(stem.encode()) <= 150
        assert not stem.startswith(".")
        assert not set(stem) & set('/\\\0\n:*?"<>|')
        assert unicodedata.is_normalized("NFC", stem)


def test_record_names_are_files_beside_each_other(tmp_path):
    for student in ODD:
        path = tmp_path / f"{record_name(student)}.json"
        with path.open("x") as file:
            file.write("{}")
        assert path.parent == tmp_path
    assert len(list(tmp_path.glob("*.json"))) == len(ODD)


def test_one_name_in_two_spellings_is_one_record():
    assert record_name(unicodedata.normalize("NFD", "김é")) == record_name("김é")


def test_what_is_told_has_words_in_both_languages():
    import tomllib

    import grader

    codes = {"empty", "missing_files", "several_archives", "unsafe_archive", "broken_archive", "too_large", "too_many",
             "unsupported", "encrypted", "ambiguous", "not_utf8", "wrapper_folder",
             "cp949", "taken_for", "several_folders", "other_archive", "archive_too_large"}  # fmt: skip
    for lang in ("en", "ko"):
        file = Path(grader.__file__).parent / "locale" / lang / "message.toml"
        assert codes <= set(tomllib.loads(file.read_text(encoding="utf-8"))), lang
