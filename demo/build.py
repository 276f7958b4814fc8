"""`python -m demo.build hw1 [OUT]`: build the demo class of a homework, by default in `out/classes/hw1`.

The same recipes and reference always make the same bytes.
"""

from __future__ import annotations

import argparse
import gzip
import importlib
import io
import pkgutil
import posixpath
import tarfile
import zipfile
from pathlib import Path

from demo import classes
from demo.recipes import Files, Recipe, without_markers
from grader.authoring.candidates import candidates
from grader.course.assignment import Assignment
from grader.course.folder import Course
from grader.errors import GraderError

ROOT = Path(__file__).parent.parent
DATE = (2026, 3, 2, 9, 0, 0)
SUFFIX = {"folder": "", "slip": ".zip", "half": ".zip", "docx": "/homework.docx"}


def members(name: str) -> Files:
    """Every file of the class, by its path in the class's folder."""
    proof = candidates(Course.find(ROOT).load(name), full=True)
    starts = {candidate.label: candidate.files for candidate in proof}
    found: Files = {}
    for recipe in class_of(name):
        start = _solved(starts[recipe.start])
        files = {
            posixpath.normpath(posixpath.join(recipe.folder, file)): content
            for file, content in recipe.files(start).items()
        }
        if recipe.pack == "folder":
            found |= {f"{recipe.student}/{file}": content for file, content in files.items()}
        else:
            suffix = SUFFIX.get(recipe.pack, f".{recipe.pack}")
            found[recipe.student + suffix] = _packed(recipe.pack, files)
    return found


def solved(assignment: Assignment) -> Files:
    """The reference as a student would have written it."""
    return _solved(assignment.reference_files())


def class_of(name: str) -> list[Recipe]:
    """The students of an assignment."""
    return list(importlib.import_module(f"demo.classes.{name}").CLASS)


def main() -> None:
    """Build one class in a new folder: nothing that is already there is touched."""
    parser = argparse.ArgumentParser(prog="python -m demo.build", description="Build a demo class.")
    names = sorted(module.name for module in pkgutil.iter_modules(classes.__path__))
    parser.add_argument("homework", choices=names)
    parser.add_argument("out", nargs="?", type=Path, help="by default out/classes/HOMEWORK")
    options = parser.parse_args()
    out = options.out or Path("out", "classes", options.homework)
    try:
        files = members(options.homework)
        out.mkdir(parents=True)
        for name, content in files.items():
            path = out / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as stream:  # some disks take Text.py for text.py: lose neither
                stream.write(content)
    except GraderError as error:
        parser.error(str(error))
    except OSError as error:
        reason = f"cannot write {error.filename}: {error.strerror}"
        parser.error(f"{reason}; make room there or name another folder")
    print(out)


def _solved(files: Files) -> Files:
    return {file: without_markers(content) for file, content in files.items()}


def _packed(kind: str, files: Files) -> bytes:
    if kind == "tar.gz":
        return _tar(files)
    if kind == "docx":
        return b"PK\x03\x04 not a program but an essay"
    if kind == "slip":
        files = {**files, "../../../outside.py": b"print('outside')\n"}
    content = _zip(files)
    return content[: len(content) // 2] if kind == "half" else content


def _zip(files: Files) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, DATE), content)
    return buffer.getvalue()


def _tar(files: Files) -> bytes:
    buffer = io.BytesIO()
    # mtime 0: tarfile's own compression writes the time of day
    with (
        gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w") as archive,
    ):
        for name, content in sorted(files.items()):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


if __name__ == "__main__":
    main()
