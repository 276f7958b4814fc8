"""Attacks that are no code but a way to hand in: archives, links, names, numbers.

Each function hands in one submission below `submitted`, as the student of its name.
"""

from __future__ import annotations

import io
import os
import stat
import tarfile
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.attacks.rows import HONEST, Attack

Files = dict[str, str]
Build = Callable[[Path, str, Files], None]


@dataclass(frozen=True)
class Package:
    """An attack, and the function that hands it in."""

    attack: Attack
    build: Build


PACKAGES: list[Package] = []


def attack(
    title: str, earns: float, reads: str, staff: str = "", **more: str
) -> Callable[[Build], Build]:
    """A row of the table: without a `check` the submission as a whole is refused."""

    def register(build: Build) -> Build:
        outcome = more.pop("outcome", "ungradable")
        row = Attack("packaging", build.__name__, title, earns, outcome, reads, staff, **more)
        PACKAGES.append(Package(row, build))
        return build

    return register


def taken(title: str, staff: str = "") -> Callable[[Build], Build]:
    """A row for what is simply graded, without what the attack added."""
    more = {"check": "guess_is_right", "outcome": "failed"}
    return attack(title, HONEST, "failed", staff or ", expected", **more)


def folder(submitted: Path, student: str, files: Files) -> Path:
    for name, text in files.items():
        path = submitted / student / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return submitted / student


def zipped(
    submitted: Path, student: str, entries: list[tuple[zipfile.ZipInfo | str, bytes]]
) -> None:
    with (
        warnings.catch_warnings(action="ignore"),  # of names that are there twice
        zipfile.ZipFile(submitted / f"{student}.zip", "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name, content in entries:
            archive.writestr(name, content)


def honest_entries(files: Files) -> list[tuple[zipfile.ZipInfo | str, bytes]]:
    return [(name, text.encode()) for name, text in files.items()]


def tarred(submitted: Path, student: str, files: Files, *more: tarfile.TarInfo) -> None:
    with tarfile.open(submitted / f"{student}.tar.gz", "w:gz") as archive:
        for name, text in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(text.encode())
            archive.addfile(info, io.BytesIO(text.encode()))
        for info in more:
            archive.addfile(info)


@attack("A zip with `../` in a name", 0, "unsafe_archive", "../")
def zip_slip(submitted: Path, student: str, files: Files) -> None:
    evil = ("../../course/assignments/attacked/checks/hidden/test_hidden.py", b"")
    zipped(submitted, student, [*honest_entries(files), evil])


@attack("A zip with an absolute name", 0, "unsafe_archive", "/tmp/left-behind")
def zip_absolute(submitted: Path, student: str, files: Files) -> None:
    zipped(submitted, student, [*honest_entries(files), ("/tmp/left-behind", b"x")])


@attack("A zip with backslashes and a drive letter", 0, "unsafe_archive", "C:")
def zip_backslashes(submitted: Path, student: str, files: Files) -> None:
    evil = zipfile.ZipInfo("x")
    evil.filename = "C:\\evil\\..\\vault.py"
    zipped(submitted, student, [*honest_entries(files), (evil, b"")])


@attack("A zip with a symbolic link to the hidden checks", 0, "unsafe_archive", "tensors.py")
def zip_link(submitted: Path, student: str, files: Files) -> None:
    link = zipfile.ZipInfo("tensors.py")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    rest = {name: text for name, text in files.items() if name != "tensors.py"}
    target = b"../course/assignments/attacked/checks/hidden/test_hidden.py"
    zipped(submitted, student, [*honest_entries(rest), (link, target)])


@attack("A zip of 100 kB that unpacks to 100 MB", 0, "too_large", "vault.py")
def zip_bomb(submitted: Path, student: str, files: Files) -> None:
    zipped(submitted, student, [*honest_entries(files | {"vault.py": "#" * 100_000_000})])


@attack("A zip whose entries lie over one another, each a bomb", 0, "unsafe_archive", "vault.py")
def zip_overlapping(submitted: Path, student: str, files: Files) -> None:
    path = submitted / f"{student}.zip"
    zipped(submitted, student, [("a.py", b"#" * 1_000_000), ("vault.py", b"#" * 1_000_000)])
    data = bytearray(path.read_bytes())
    # the second entry of the directory points at the first file
    second = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 4)
    data[second + 42 : second + 46] = bytes(4)
    path.write_bytes(bytes(data))


@attack("A zip within a zip within a zip", 0, "missing_files", "missing")
def zip_in_zip(submitted: Path, student: str, files: Files) -> None:
    data = b""
    for _ in range(3):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("inner.zip", data or b"PK")
        data = buffer.getvalue()
    (submitted / f"{student}.zip").write_bytes(data)


@attack("A zip of 100 000 empty files", 0, "too_many", "2000")
def zip_of_many(submitted: Path, student: str, files: Files) -> None:
    with zipfile.ZipFile(submitted / f"{student}.zip", "w") as archive:
        for number in range(100_000):
            archive.writestr(f"f{number}.py", b"")


@attack("A folder of 100 000 files", 0, "too_many", "2000")
def folder_of_many(submitted: Path, student: str, files: Files) -> None:
    place = folder(submitted, student, files)
    for number in range(100_000):
        os.close(os.open(place / f"f{number}.py", os.O_CREAT | os.O_WRONLY))


@attack("A zip with one file twice: which one counts?", 0, "ambiguous", "vault.py")
def zip_twice(submitted: Path, student: str, files: Files) -> None:
    first = zipfile.ZipInfo("vault.py")
    zipped(submitted, student, [*honest_entries(files), (first, b"def guess(q): return 2\n")])


@attack("Two files that differ by case alone", 0, "ambiguous", "vault.py")
def case_collision(submitted: Path, student: str, files: Files) -> None:
    tarred(submitted, student, files | {"Vault.py": files["vault.py"]})


@attack("Two files of one name in two forms of Unicode", 0, "ambiguous", "é.py")
def unicode_collision(submitted: Path, student: str, files: Files) -> None:
    tarred(submitted, student, files | {"\u00e9.py": "", "e\u0301.py": ""})


@attack("A file and a folder of one name", 0, "ambiguous", "vault.py")
def file_and_folder(submitted: Path, student: str, files: Files) -> None:
    zipped(submitted, student, [*honest_entries(files), ("vault.py/x.py", b"")])


@attack("A zip under a password", 0, "encrypted", "vault.py")
def zip_encrypted(submitted: Path, student: str, files: Files) -> None:
    zipped(submitted, student, honest_entries({"vault.py": files["vault.py"]}))
    path = submitted / f"{student}.zip"
    data = bytearray(path.read_bytes())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + place] |= 1
    path.write_bytes(bytes(data))


@attack("A zip whose directory says another size than there is", 0, "broken_archive", "reason")
def zip_that_lies(submitted: Path, student: str, files: Files) -> None:
    zipped(submitted, student, honest_entries(files))
    path = submitted / f"{student}.zip"
    data = bytearray(path.read_bytes())
    start = data.index(b"PK\x01\x02")
    data[start + 24 : start + 28] = (5).to_bytes(4, "little")
    path.write_bytes(bytes(data))


@attack("A tar with a symbolic link", 0, "unsafe_archive", "link.py")
def tar_link(submitted: Path, student: str, files: Files) -> None:
    link = tarfile.TarInfo("link.py")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    tarred(submitted, student, files, link)


@attack("A tar with a hard link", 0, "unsafe_archive", "link.py")
def tar_hard_link(submitted: Path, student: str, files: Files) -> None:
    link = tarfile.TarInfo("link.py")
    link.type, link.linkname = tarfile.LNKTYPE, "../a-neighbour/total.py"
    tarred(submitted, student, files, link)


@attack("A tar with a device file", 0, "unsafe_archive", "disk.py")
def tar_device(submitted: Path, student: str, files: Files) -> None:
    device = tarfile.TarInfo("disk.py")
    device.type, device.devmajor, device.devminor = tarfile.BLKTYPE, 8, 0
    tarred(submitted, student, files, device)


@attack(
    "A tar with a negative size, on which `tarfile` goes in circles", 0, "broken_archive", "reason"
)
def tar_negative_size(submitted: Path, student: str, files: Files) -> None:
    info = tarfile.TarInfo("vault.py")
    block = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    block[124:136] = b"\xff" * 11 + b"\xf0"
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block[:512])
    (submitted / f"{student}.tar").write_bytes(bytes(block) + bytes(1024))


@attack("A link to another student's folder", 0, "unsafe_archive", "packaging-link_to_a_neighbour")
def link_to_a_neighbour(submitted: Path, student: str, files: Files) -> None:
    (submitted / student).symlink_to(submitted / "a-neighbour")


@attack(
    "Links to the reference instead of files",
    14,
    "missing_file",
    "vault.py",
    check="guess_is_right",
    outcome="unanswered",
)
def link_to_the_reference(submitted: Path, student: str, files: Files) -> None:
    place = folder(submitted, student, files)
    (place / "vault.py").unlink()
    (place / "vault.py").symlink_to(submitted.parent / "course/reference/attacked/vault.py")


@attack(
    "A pipe instead of a file: whoever reads it waits for ever",
    14,
    "missing_file",
    "vault.py",
    check="guess_is_right",
    outcome="unanswered",
)
def named_pipe(submitted: Path, student: str, files: Files) -> None:
    place = folder(submitted, student, files)
    (place / "vault.py").unlink()
    os.mkfifo(place / "vault.py")


@taken("Folders nested a hundred deep, and links in circles")
def deep_folders(submitted: Path, student: str, files: Files) -> None:
    place = folder(submitted, student, files)
    (place / "circle").symlink_to(place)
    deep = place
    for _ in range(100):
        deep = deep / "d"
    deep.mkdir(parents=True)


@taken("Compiled files, libraries and eggs beside the source")
def compiled_files(submitted: Path, student: str, files: Files) -> None:
    place = folder(submitted, student, files)
    (place / "__pycache__").mkdir()
    for name in (
        "vault.so",
        "vault.pyd",
        "vault.pyc",
        "__pycache__/vault.cpython-311.pyc",
        "x.egg-link",
    ):
        (place / name).write_bytes(b"\x7fELF")


@taken("A folder of the assignment's name within, as if the whole class were nbgrader's")
def changes_the_layout(submitted: Path, student: str, files: Files) -> None:
    folder(submitted, student, files)
    folder(submitted, f"{student}/attacked", files)


@taken(
    "Another student wraps the files in a folder; the attack above must not cost that one anything"
)
def wrapped_neighbour(submitted: Path, student: str, files: Files) -> None:
    folder(submitted, f"{student}/my homework", files)


@taken("A name that a spreadsheet runs as a formula")
def formula(submitted: Path, student: str, files: Files) -> None:
    folder(submitted, student, files)


@taken("A name that a terminal and a CI log would obey")
def commands(submitted: Path, student: str, files: Files) -> None:
    folder(submitted, student, files)


@taken("A name of HTML")
def html(submitted: Path, student: str, files: Files) -> None:
    folder(submitted, student, files)


@attack(
    "Source nested so deep that a parser gives up",
    14,
    "import_failed",
    "nest",
    check="guess_is_right",
    outcome="raised",
)
def deep_source(submitted: Path, student: str, files: Files) -> None:
    folder(submitted, student, files | {"vault.py": "x = " + "(" * 50_000 + ")" * 50_000})


@attack(
    "Source with NUL bytes", 14, "import_failed", "null", check="guess_is_right", outcome="raised"
)
def null_bytes(submitted: Path, student: str, files: Files) -> None:
    folder(submitted, student, files | {"vault.py": "x = 1\0\n"})


HUGE = "x = [\n" + "    (1, 2.5, 'a'),\n" * 100_000 + "]\n"


@attack(
    "So much source that searching it takes all memory",
    0,
    "memory",
    check="forward_is_right",
    outcome="memory",
)
def huge_source(submitted: Path, student: str, files: Files) -> None:
    body = files["recurrent.py"].replace(
        "state = torch.zeros(len(U))", "state = torch.nn.Parameter(torch.zeros(len(U))).data"
    )
    folder(submitted, student, files | {"recurrent.py": body + HUGE})


@attack(
    "Attribute chains on which a search takes a square of its time",
    HONEST,
    "failed",
    "",
    check="guess_is_right",
    outcome="failed",
)
def slow_source(submitted: Path, student: str, files: Files) -> None:
    chain = "def never():\n    " + "torch" + ".a" * 400 + "\n"
    body = files["recurrent.py"] + "".join(chain.replace("never", f"never{i}") for i in range(400))
    folder(submitted, student, files | {"recurrent.py": body})
