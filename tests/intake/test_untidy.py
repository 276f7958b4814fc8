"""Hand-ins with more in them than was asked for: the rest costs nothing, and is not read."""

import io
import lzma
import stat
import struct
import tarfile
import zipfile
import zlib

import pytest

from grader.intake import archives, entries, tars, zips
from grader.intake.handin import Found
from grader.intake.read import read
from grader.records.record import Message
from tests.intake.layouts import FILES, intake, zipped

PACKAGE = "hw1_classification"
WANTED = ["text.py", "features.py"]
ALL = {f"{PACKAGE}/{name}": b"x = 1\n" for name in WANTED}
TOOLS = [".venv", "venv", "env", "ENV", ".git", "node_modules", "__pycache__", ".idea",
         ".ipynb_checkpoints", "mine/lib/python3.11/site-packages"]  # fmt: skip


def folder_of(root, files):
    for name, content in files.items():
        path = root / "kim" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return root / "kim"


def zip_of(root, files, method=zipfile.ZIP_DEFLATED):
    root.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(root / "kim.zip", "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return root / "kim.zip"


def tar_of(kind):
    def pack(root, files):
        root.mkdir(parents=True, exist_ok=True)
        with tarfile.open(root / f"kim.tar.{kind}", f"w:{kind}") as archive:
            for name, content in files.items():
                info = tarfile.TarInfo(name)
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
        return root / f"kim.tar.{kind}"

    return pack


PACKERS = {"folder": folder_of, "zip": zip_of, **{k: tar_of(k) for k in ("gz", "bz2", "xz")}}
packed = pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS)


def taken(path, wanted=WANTED):
    return read(Found("kim", path), PACKAGE, dict.fromkeys(wanted, ()), wanted)


def is_right(found):
    return (found.problem, set(found.files), found.notes) == (None, set(WANTED), [])


# --- more than was asked for


@packed
@pytest.mark.parametrize("tool", TOOLS)
def test_folders_of_tools_are_passed_over(tmp_path, pack, tool):
    below = {f"{PACKAGE}/{tool}/{PACKAGE}/{n}.py": b"" for n in ("text", "features", "x")}
    found = taken(pack(tmp_path, ALL | below))
    assert is_right(found)
    assert found.ignored == [f"{PACKAGE}/{tool}/"]


@packed
def test_a_virtual_environment_of_any_number_of_files(tmp_path, pack):
    venv = {f".venv/lib/m{number}.py": b"" for number in range(entries.MAX_SOURCES + 1)}
    assert is_right(taken(pack(tmp_path, ALL | venv)))


@packed
def test_data_of_any_number_of_files(tmp_path, pack):
    data = {f"data/{number}.txt": b"" for number in range(entries.MAX_SOURCES + 1)}
    assert is_right(taken(pack(tmp_path, ALL | data)))


@packed
def test_a_model_of_any_size(tmp_path, pack):
    model = {f"{PACKAGE}/a.pt": bytes(entries.MAX_BYTES + 1)}
    assert is_right(taken(pack(tmp_path, model | ALL)))


@packed
def test_a_package_of_the_students_named_env_is_no_environment(tmp_path, pack):
    own = {f"{PACKAGE}/env/__init__.py": b"", f"{PACKAGE}/env/grid.py": b""}
    strange = {f"{PACKAGE}/venv/pyvenv.cfg": b"", f"{PACKAGE}/env.py": b""}
    found = taken(pack(tmp_path, ALL | own | strange))
    assert set(found.files) == {*WANTED, "env/__init__.py", "env/grid.py", "env.py"}
    assert found.ignored == [f"{PACKAGE}/venv/"]


def link_in_a_zip(name, target=b"/usr/bin/python3"):
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info, target


@pytest.mark.parametrize("name", [".venv/bin/python", "venv/bin/python", "data/latest", "model.pt"])
def test_links_that_nobody_reads_cost_nothing(tmp_path, name):
    path = zip_of(tmp_path, ALL)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(*link_in_a_zip(name))
    assert is_right(taken(path))
    path = tar_of("gz")(tmp_path, ALL)
    with tarfile.open(tmp_path / "lee.tar", "w") as archive:
        link = tarfile.TarInfo(name)
        link.type, link.linkname = tarfile.SYMTYPE, "/usr/bin/python3"
        archive.addfile(link)
        for name, content in ALL.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    assert is_right(taken(tmp_path / "lee.tar"))


def test_a_link_that_would_be_read_is_refused_by_name(tmp_path):
    path = zip_of(tmp_path, {f"{PACKAGE}/features.py": b""})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(*link_in_a_zip(f"{PACKAGE}/text.py", b"/etc/passwd"))
    problem = Message("unsafe_archive", {"entry": f"{PACKAGE}/text.py"})
    assert taken(path).problem == problem


def changed(path, name, offset, form, value):
    """A field of a name's central header overwritten."""
    data = bytearray(path.read_bytes())
    at = data.rindex(name.encode()) - 46
    assert data[at : at + 4] == b"PK\x01\x02"
    struct.pack_into(form, data, at + offset, value)
    path.write_bytes(bytes(data))
    return path


@pytest.mark.parametrize(
    ("offset", "form", "value", "code"),
    [
        (8, "<H", 1, "encrypted"),
        (10, "<H", 97, "unsupported"),
        (24, "<L", 1 << 30, "broken_archive"),
        (20, "<L", 1 << 30, "unsafe_archive"),  # it lies over the next
        (42, "<L", 0, "unsafe_archive"),
    ],
    ids=["password", "method", "size", "packed size", "overlap"],
)
def test_what_is_wrong_with_a_file_matters_where_it_is_read(tmp_path, offset, form, value, code):
    for name in ("a.bin", ".venv/a.py"):
        path = zip_of(tmp_path, {f"{PACKAGE}/0.txt": b"0"} | ALL | {name: b"y"})
        assert is_right(taken(changed(path, name, offset, form, value)))
    path = zip_of(tmp_path, {f"{PACKAGE}/0.txt": b"0"} | ALL)
    assert taken(changed(path, f"{PACKAGE}/text.py", offset, form, value)).problem.code == code


@packed
def test_the_source_itself_is_bounded_as_ever(tmp_path, pack):
    huge = {f"{PACKAGE}/huge.py": bytes(entries.MAX_BYTES + 1)}
    problem = Message("too_large", {"entry": f"{PACKAGE}/huge.py"})
    assert taken(pack(tmp_path, ALL | huge)).problem == problem
    many = {f"m{number}.py": b"" for number in range(entries.MAX_SOURCES)}
    found = taken(pack(tmp_path / "b", ALL | many))
    assert found.problem == Message("too_many", {"limit": str(entries.MAX_SOURCES)})


# --- as students pack


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, zipfile.ZIP_STORED])
def test_every_method_of_zipfile_is_read(tmp_path, method):
    noise = bytes(range(256)) * 4096
    found = taken(zip_of(tmp_path, ALL | {f"{PACKAGE}/a.py": noise}, method))
    assert found.files["a.py"] == noise
    assert found.problem is None


def test_powershell_packs_with_backslashes(tmp_path):
    files = {name.replace("/", "\\"): content for name, content in ALL.items()}
    found = taken(zip_of(tmp_path, files | {".venv\\Lib\\a.py": b"", f"{PACKAGE}\\sub\\": b""}))
    assert is_right(found)
    assert found.ignored == [".venv/"]


def test_a_zip_of_more_than_65535_names_and_one_that_says_zip64(tmp_path):
    path = tmp_path / "kim.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(70_000):
            archive.writestr(f".git/objects/{number}", b"")
        for name, content in ALL.items():
            with archive.open(name, "w", force_zip64=True) as file:
                file.write(content)
    assert is_right(taken(path))


def test_one_file_where_one_is_wanted(tmp_path):
    note = Message("taken_for", {"file": "text (1).py", "wanted": "text.py"})
    (tmp_path / "text (1).py").write_bytes(b"x = 2\n")
    found = taken(tmp_path / "text (1).py", ["text.py"])
    assert (found.files, found.notes) == ({"text.py": b"x = 2\n"}, [note])
    found = taken(zip_of(tmp_path, {"text (1).py": b"x = 2\n"}), ["text.py"])
    assert (found.files, found.notes) == ({"text.py": b"x = 2\n"}, [note])
    (tmp_path / "text.py").write_bytes(b"x = 2\n")
    found = taken(tmp_path / "text.py", ["text.py"])
    assert (found.files, found.notes) == ({"text.py": b"x = 2\n"}, [])
    (tmp_path / "TEXT.PY").write_bytes(b"x = 2\n")
    assert taken(tmp_path / "TEXT.PY", ["text.py"]).files == {"text.py": b"x = 2\n"}
    for beside in ("SETUP.PY", "TEST_HW.PY", "__INIT__.PY", "OLD.PY"):  # Python would not find it
        found = taken(zip_of(tmp_path, {"hw.py": b"x = 2\n", beside: b""}), ["text.py"])
        assert (found.problem, found.files) == (None, {"text.py": b"x = 2\n"})
    # which of two, or for which of two, nobody can tell
    found = taken(zip_of(tmp_path, {"a.py": b"", "b.py": b""}), ["text.py"])
    assert found.problem.code == "missing_files_only"
    assert taken(tmp_path / "text (1).py").problem.code == "missing_files"


# --- which folder


@pytest.mark.parametrize(
    "copy",
    [
        "build/lib/",
        "dist/",
        "old/",
        "hw1_old/",
        "복사본/",
        "hw1 - 복사본/",
        "Copy of hw1/",
        "backup/",
    ],
)
def test_a_copy_does_not_count_for_the_package(tmp_path, copy):
    old = {f"{copy}{name}": b"old" for name in ALL} | {f"a/{PACKAGE}/text.py": b"new"}
    found = taken(zip_of(tmp_path, old | {f"a/{PACKAGE}/features.py": b"new"}))
    assert found.files["text.py"] == b"new"
    fields = {"folder": f"a/{PACKAGE}/", "others": f"{copy}{PACKAGE}/"}
    assert Message("several_folders", fields) in found.notes
    # alone, it is what was handed in
    assert taken(zip_of(tmp_path, {f"{copy}{name}": b"old" for name in ALL})).problem is None


def test_of_two_folders_with_equal_right_one_is_named(tmp_path):
    files = {f"{part}/{name}": part.encode() for part in ("b", "a") for name in WANTED}
    found = taken(zip_of(tmp_path, files))
    assert found.files["text.py"] == b"a"
    assert Message("several_folders", {"folder": "a/", "others": "b/"}) in found.notes


# --- encodings


KOREAN = "# 한글 주석\nx = 1\n"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (KOREAN.encode("cp949"), "cp949"),
        ("x = '똠방각하'\n".encode("cp949"), "cp949"),
        (b"x = 1\n" * 5 + KOREAN.encode("cp949"), "cp949"),
        (b"# \xff\xff\xff\n", "not_utf8"),
        (("# -*- coding: cp949 -*-\n" + KOREAN).encode("cp949"), ""),
        (("# -*- coding: utf-8 -*-\n" + KOREAN).encode("cp949"), "cp949"),
        (b"# -*- coding: no-such-thing -*-\nx = 1\n", ""),
        (KOREAN.encode(), ""),
        (KOREAN.encode("utf-8-sig"), ""),
    ],
)
def test_what_python_cannot_decode_is_noted(tmp_path, content, code):
    found = taken(zip_of(tmp_path, ALL | {f"{PACKAGE}/text.py": content}))
    assert found.notes == ([Message(code, {"file": "text.py"})] if code else [])
    assert found.files["text.py"] == content


# --- bounds


def test_names_are_counted_before_they_are_parsed(tmp_path, monkeypatch):
    path = zip_of(tmp_path, ALL | {f".git/{number}": b"" for number in range(2_000)})
    monkeypatch.setattr(zips, "MAX_ENTRIES", 1_000)
    monkeypatch.setattr(zipfile, "ZipInfo", None)  # one would be made for each name
    assert taken(path).problem == Message("too_many", {"limit": "1000"})


def test_a_directory_that_fills_the_file_is_not_read(tmp_path, monkeypatch):
    path = zip_of(tmp_path, ALL | {"." + "a" * 60_000: b"", "." + "b" * 60_000: b""})
    monkeypatch.setattr(zips, "MAX_DIRECTORY", 100_000)
    assert taken(path).problem.code == "too_many"


@pytest.mark.parametrize("kind", ["gz", "bz2", "xz"])
def test_a_packed_tar_is_passed_through_up_to_a_limit(tmp_path, monkeypatch, kind):
    monkeypatch.setattr(tars, "MAX_UNPACKED", dict.fromkeys(tars.MAX_UNPACKED, 8 << 20))
    path = tar_of(kind)(tmp_path, ALL | {"model.pt": bytes(8 << 20)})
    fields = {"entry": path.name, "limit": "8 MB"}
    assert taken(path).problem == Message("archive_too_large", fields)


def test_an_archive_in_an_archive_is_unpacked_up_to_a_limit(tmp_path, monkeypatch):
    inner = zip_of(tmp_path / "inner", ALL | {"a.pt": bytes(8 << 20)}, zipfile.ZIP_STORED)
    monkeypatch.setattr(archives, "MAX_INNER", 1 << 20)
    found = taken(zip_of(tmp_path, {"hw.zip": inner.read_bytes()}, zipfile.ZIP_STORED))
    assert found.problem == Message("archive_too_large", {"entry": "hw.zip", "limit": "1 MB"})


def test_lzma_takes_no_more_memory_than_is_read(tmp_path):
    """A dictionary of 4 GB, of which the decoder would take the memory before the first byte."""
    coder = {"id": lzma.FILTER_LZMA1, "dict_size": 1 << 16}
    body = lzma.compress(b"x = 1\n", lzma.FORMAT_RAW, filters=[coder])
    body = b"\x05\x00\x05\x00\x5d\xff\xff\xff\xff" + body
    path = zip_of(tmp_path, {"text.py": body, "features.py": b""}, zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02")
    struct.pack_into("<H", data, at + 10, zipfile.ZIP_LZMA)
    struct.pack_into("<L", data, at + 16, zlib.crc32(b"x = 1\n"))
    struct.pack_into("<L", data, at + 24, 6)
    path.write_bytes(bytes(data))
    seen = []
    original = lzma.LZMADecompressor
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lzma, "LZMADecompressor", lambda *a, **k: seen.append(k) or original(*a, **k))
        assert taken(path).files["text.py"] == b"x = 1\n"
    assert seen[0]["filters"][0]["dict_size"] <= entries.MAX_BYTES + entries.CHUNK


def test_a_wrong_checksum_of_what_we_unpack_ourselves(tmp_path):
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        path = zip_of(tmp_path, ALL, method)
        changed(path, f"{PACKAGE}/text.py", 16, "<L", 1)
        assert taken(path).problem.code == "broken_archive"


def test_an_xz_that_asks_for_all_memory(tmp_path):
    coder = {"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 256 << 20}
    path = tar_of("xz")(tmp_path, ALL)
    tar = lzma.decompress(path.read_bytes())
    path.write_bytes(lzma.compress(tar, filters=[coder]))
    assert taken(path).problem.code == "broken_archive"


@packed
def test_names_that_differ_by_case_or_by_the_form_of_unicode(tmp_path, pack):
    for one, other in (("É.py", "é.py"), ("\u00e9.py", "e\u0301.py")):
        files = {f"{PACKAGE}/{name}": b"" for name in (one, other)}
        root = tmp_path / str(len(one) + len(other))
        root.mkdir()
        assert taken(pack(root, ALL | files)).problem.code == "ambiguous"
        data = {f"data/{name}.txt": b"" for name in (one, other)}
        assert is_right(taken(pack(root / "b", ALL | data)))


@packed
def test_a_file_and_a_folder_of_one_name(tmp_path, pack):
    if pack is folder_of:
        pytest.skip("a file system has none")
    files = ALL | {f"{PACKAGE}/text.py/inner.py": b""}
    problem = Message("ambiguous", {"entry": f"{PACKAGE}/text.py"})
    assert taken(pack(tmp_path, files)).problem == problem


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_one_file_twice(tmp_path):
    path = zip_of(tmp_path, ALL | {"data.txt": b""})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("data.txt", b"")
    assert is_right(taken(path))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(f"{PACKAGE}/text.py", b"x = 2\n")
    assert taken(path).problem == Message("ambiguous", {"entry": f"{PACKAGE}/text.py"})


def test_a_third_archive_costs_what_the_second_may(tmp_path):
    """A zip that would unpack to zips without end: only two are opened."""
    data = zip_of(tmp_path, ALL).read_bytes()
    for _ in range(30):
        data = zip_of(tmp_path, {"in.zip": data}).read_bytes()
    found = taken(tmp_path / "kim.zip")
    assert found.problem.code == "missing_files"
    assert found.source == "kim.zip/in.zip"


def test_a_file_that_python_would_not_find_hides_no_zip(tmp_path):
    inner = zip_of(tmp_path, ALL).read_bytes()
    assert is_right(taken(zip_of(tmp_path, {"hw.zip": inner, "OLD.PY": b""})))


@pytest.mark.parametrize(
    ("offset", "form", "value", "code"),
    [
        (16, "<L", 0, "broken_archive"),  # another checksum
        (42, "<L", 7, "broken_archive"),  # it begins elsewhere
        (8, "<H", 1, "encrypted"),
        (10, "<H", 9, "unsupported"),  # Deflate64, of Windows
    ],
    ids=["checksum", "offset", "password", "method"],
)
def test_what_is_wrong_with_an_archive_in_a_class_is_its_owners(
    tmp_path, offset, form, value, code
):
    path = zip_of(tmp_path, {f"{name}.zip": zipped() for name in ("kim", "lee", "park")})
    people = intake(changed(path, "lee.zip", offset, form, value)).people
    assert {
        person.id: (problem := read(person.found(), PACKAGE, FILES, FILES).problem) and problem.code
        for person in people
    } == {"kim": None, "lee": code, "park": None}
