"""One class in which everybody but a few attacks; it is graded once for all tests."""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from grader.boundary.requirements import refuse_weak_jail
from grader.errors import GraderError
from grader.records import store
from grader.records.record import Record
from tests.attacks.packaging import PACKAGES
from tests.attacks.rows import HERE, corpus

REPOSITORY = HERE.parent.parent
PR_SET_CHILD_SUBREAPER = 36
NEIGHBOURS = 8

collect_ignore = ["course", "corpus"]


@dataclass
class Graded:
    """What came of the class."""

    root: Path
    output: str
    exit_code: int
    records: dict[str, Record]
    neighbours: list[str]
    token: str
    heard: list[str]
    orphans: list[str]
    changed: list[str] = field(default_factory=list)

    @property
    def out(self) -> Path:
        return self.root / "out"


@pytest.fixture(scope="session")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """The class of attackers, graded by the command line as a teacher would."""
    try:
        refuse_weak_jail()
    except GraderError as error:  # and no attack is let loose
        pytest.skip(f"NOT PROVEN: {error}")
    root = tmp_path_factory.mktemp("attacked")
    token = secrets.token_hex(8)
    shutil.copytree(HERE / "course", root / "course")
    with _listeners(root, token) as listeners:
        neighbours = _hand_in(root, listeners.places | {"TOKEN": token})
        (root / "out").mkdir()
        (root / "out" / "notes.txt").write_text("PLANTED-beside-the-records")
        before = _snapshot(root)
        others = set(_children(os.getpid()))  # of tests before
        # what a guest leaves behind comes to this process, and is seen
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        grade = _grader(root, "grade", "attacked", "submitted", "-o", "out", "-j", "2")
        report = _grader(root, "report", "--junit", "out")
        orphans = [
            about for pid in _children(os.getpid()) if pid not in others and (about := _about(pid))
        ]
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)
        heard = listeners.heard()
    shutil.rmtree(root / "submitted" / "packaging-folder_of_many")
    read = map(store.read, (root / "out" / "records" / "attacked").glob("*.json"))
    found = {record.student: record for record in read}
    return Graded(
        root=root,
        output=grade.stdout + report.stdout,
        exit_code=grade.returncode or report.returncode,
        records=found,
        neighbours=neighbours,
        token=token,
        heard=heard,
        orphans=orphans,
        changed=_differences(before, _snapshot(root)),
    )


def _grader(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "grader", "--lang", "en", "--course", "course", *arguments]
    return subprocess.run(
        command,
        cwd=root,
        env={**os.environ, "GRADER_SECRET": "PLANTED-in-the-environment"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
        check=False,
    )


def _hand_in(root: Path, places: dict[str, str]) -> list[str]:
    """Write the submissions. Returns the names of the honest students."""
    submitted = root / "submitted"
    honest = {path.name: path.read_text() for path in sorted((HERE / "honest").glob("*.py"))}
    places |= {
        "COURSE": str(root / "course"),
        "OUT": str(root / "out"),
        "NEIGHBOUR": str(submitted / "a-neighbour"),
        "REPOSITORY": str(REPOSITORY),
    }
    acts = (HERE / "acts.py").read_text()
    for name, value in places.items():
        acts = acts.replace(f"@{name}@", value)
    everybody = corpus()
    for attack in everybody:
        files = {**honest, "acts.py": acts, attack.file: attack.source, **attack.also}
        if attack.family == "follow_through":
            del files["acts.py"]  # it looks behind calls itself, and so would nothing be followed
        _write(submitted / attack.student, files)
    for package in PACKAGES:
        package.build(submitted, package.attack.student, honest)
    step = max(1, len(everybody) // NEIGHBOURS)
    # between the attackers, so that each of them is graded beside and after some
    names = ["a-neighbour", *(f"{a.student}-neighbour" for a in everybody[::step])]
    for name in names:
        secret = "# PLANTED-in-a-submission\n"
        _write(submitted / name, {**honest, "total.py": honest["total.py"] + secret})
    return names


def _write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


class _Listeners:
    """Somebody listens on every kind of socket that this machine has."""

    def __init__(self, root: Path, token: str) -> None:
        self.places: dict[str, str] = {}
        self._sockets: dict[str, socket.socket] = {}
        self._add("TCP", socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0))
        self._add("UDP", socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0))
        self._add("UNIX", socket.AF_UNIX, socket.SOCK_STREAM, str(root / "socket"))
        self._add("ABSTRACT", socket.AF_UNIX, socket.SOCK_STREAM, f"\0{token}")

    def _add(self, name: str, family: int, kind: int, address: tuple[str, int] | str) -> None:
        listener = socket.socket(family, kind)
        listener.bind(address)
        if kind == socket.SOCK_STREAM:
            listener.listen()
        listener.setblocking(False)
        self._sockets[name] = listener
        own = listener.getsockname()
        self.places[name] = str(own[1]) if family == socket.AF_INET else str(address).lstrip("\0")

    def heard(self) -> list[str]:
        """The sockets at which something arrived."""
        found = []
        for name, listener in self._sockets.items():
            with contextlib.suppress(BlockingIOError):
                if listener.type == socket.SOCK_STREAM:
                    listener.accept()[0].close()
                else:
                    listener.recv(1)
                found.append(name)
        return found

    def close(self) -> None:
        for listener in self._sockets.values():
            listener.close()


@contextlib.contextmanager
def _listeners(root: Path, token: str) -> Iterator[_Listeners]:
    listeners = _Listeners(root, token)
    try:
        yield listeners
    finally:
        listeners.close()


def _snapshot(root: Path) -> dict[str, tuple[object, ...]]:
    """Every file that no student may change, with its rights and its age."""
    found: dict[str, tuple[object, ...]] = {}
    for folder in ("course", *(f"submitted/{name}" for name in os.listdir(root / "submitted"))):
        if folder.endswith("folder_of_many"):
            continue  # 100 000 files
        for path in sorted((root / folder).rglob("*")):
            about = path.lstat()
            content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
            found[str(path)] = (about.st_mode, about.st_uid, about.st_mtime_ns, content)
    return found


def _differences(
    before: dict[str, tuple[object, ...]], after: dict[str, tuple[object, ...]]
) -> list[str]:
    names = sorted(before.keys() | after.keys())
    return [name for name in names if before.get(name) != after.get(name)]


def _children(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            yield int(child)
            yield from _children(int(child))


def _about(pid: int) -> str:
    """What runs in a process; "" when it has ended."""
    with contextlib.suppress(OSError):
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        if state != "Z":
            return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ") + state
    return ""
