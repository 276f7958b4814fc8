"""Reading labelled text in NSMC's own format.

NSMC (Naver sentiment movie corpus, Lucy Park 2016, CC0, the public GitHub repository e9t/nsmc) is two
files, `ratings_train.txt` and `ratings_test.txt`: UTF-8, a header, then `id<TAB>document<TAB>label`
with label 0 or 1. pandas wrote them: a document that contains a quotation mark is quoted and its
marks are doubled, so the csv module must read them. Some documents are empty.
"""

from __future__ import annotations

import csv
import os
import unicodedata
from dataclasses import dataclass
from pathlib import Path

FILES = ("ratings_train.txt", "ratings_test.txt")
HEADER = ["id", "document", "label"]


class DataMissing(Exception):
    """The data are not there, or are not what they should be; the text says what to do."""


@dataclass(frozen=True)
class Corpus:
    """Documents (NFC) and their labels, 0 or 1."""

    documents: list[str]
    labels: list[int]


def find(name: str) -> Path:
    """The folder of the data: `name` itself, or for "nsmc" the first of $NSMC_DIR, ./data/nsmc and
    ../shared/data/nsmc that contains both files. Raises `DataMissing`.
    """
    places = [Path(name)]
    if name == "nsmc":
        places = [Path("data/nsmc"), Path("../shared/data/nsmc")]
        if "NSMC_DIR" in os.environ:
            places.insert(0, Path(os.environ["NSMC_DIR"]))
    for folder in places:
        if all((folder / file).is_file() for file in FILES):
            return folder
    raise DataMissing(
        f"{' and '.join(FILES)} are not in {', '.join(map(str, places))}.\n"
        "NSMC is in the public GitHub repository e9t/nsmc: put its two files into a folder and name it\n"
        "with --data FOLDER, or set NSMC_DIR to it."
    )


def read(path: Path) -> Corpus:
    """Read one file. Raises `DataMissing` naming file and line where the format is not this."""
    documents: list[str] = []
    labels: list[int] = []
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.reader(file, delimiter="\t")
            if next(rows, None) != HEADER:
                raise DataMissing(f"{path}: the first line must be {' '.join(HEADER)}, with tabs")
            for row in rows:
                if len(row) != len(HEADER) or row[2] not in {"0", "1"}:
                    raise DataMissing(f"{path}, line {rows.line_num}: not id, document and label 0 or 1")
                documents.append(unicodedata.normalize("NFC", row[1]))
                labels.append(int(row[2]))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataMissing(f"{path}: {error}") from None
    if len(set(labels)) < 2:
        raise DataMissing(f"{path}: both labels must occur")
    return Corpus(documents, labels)
