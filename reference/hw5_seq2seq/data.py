"""Multi30k's German and English captions, and a vocabulary of subwords for both.

Multi30k (Elliott et al. 2016) is in the public GitHub repository multi30k/dataset, data/task1/raw:
one sentence per line, line by line the same in both languages. Its README gives the data for
non-commercial research and education. The subwords are SentencePiece's (Kudo & Richardson 2018).
"""

from __future__ import annotations

import hashlib
import io
import os
import unicodedata
from dataclasses import dataclass
from pathlib import Path

PAD, BOS, EOS, UNK = 0, 1, 2, 3
SPLITS = {"train": "train", "val": "val", "test": "test_2016_flickr"}
FILES = tuple(f"{stem}.{language}" for stem in SPLITS.values() for language in ("de", "en"))


class DataMissing(Exception):
    """Something is not there, or is not what it should be; the text says what to do."""


@dataclass(frozen=True)
class Corpus:
    """Sentences of one split: German, and line by line the English."""

    german: list[str]
    english: list[str]


def find(name: str) -> Path:
    """The folder of the data: `name` itself, or for "multi30k" the first of $MULTI30K_DIR,
    ./data/multi30k and ../shared/data/multi30k that contains all files. Raises `DataMissing`.
    """
    places = [Path(name)]
    if name == "multi30k":
        places = [Path("data/multi30k"), Path("../shared/data/multi30k")]
        if "MULTI30K_DIR" in os.environ:
            places.insert(0, Path(os.environ["MULTI30K_DIR"]))
    for folder in places:
        if all((folder / file).is_file() for file in FILES):
            return folder
    raise DataMissing(
        f"{', '.join(FILES)} are not in {', '.join(map(str, places))}.\n"
        "Multi30k is in the public GitHub repository multi30k/dataset, folder data/task1/raw: unpack these\n"
        "files into a folder and name it with --data FOLDER, or set MULTI30K_DIR to it."
    )


def read(folder: Path, split: str) -> Corpus:
    """The sentences of "train", "val" or "test", NFC and lower-cased. Raises `DataMissing`."""
    sides = []
    for language in ("de", "en"):
        path = folder / f"{SPLITS[split]}.{language}"
        try:
            text = unicodedata.normalize("NFC", path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise DataMissing(f"{path}: {error}") from None
        sides.append([line.strip().lower() for line in text.rstrip("\n").split("\n")])
    german, english = sides
    if len(german) != len(english) or not all(map(all, zip(german, english, strict=False))):
        raise DataMissing(f"{folder}: the {split} files must have as many lines, and none empty")
    return Corpus(german, english)


def fingerprint(folder: Path) -> str:
    """One SHA-256 over all files, for the result and for a checkpoint."""
    digest = hashlib.sha256()
    for file in FILES:
        digest.update(hashlib.sha256((folder / file).read_bytes()).digest())
    return digest.hexdigest()


class Subwords:
    """Text to ids and back, over subwords of both languages. Ids 0 to 3 are pad, bos, eos, unk."""

    def __init__(self, model: bytes) -> None:
        self.model = model  # SentencePiece's own file, to be kept with a checkpoint
        self._processor = _sentencepiece().SentencePieceProcessor(model_proto=model)

    @classmethod
    def train(cls, sentences: list[str], size: int) -> Subwords:
        """Byte-pair encoding (Sennrich et al. 2016) with `size` pieces, or as many as there can be."""
        written = io.BytesIO()
        _sentencepiece().SentencePieceTrainer.train(
            sentence_iterator=iter(sentences),
            model_writer=written,
            vocab_size=size,
            model_type="bpe",
            character_coverage=1.0,
            hard_vocab_limit=False,
            pad_id=PAD,
            bos_id=BOS,
            eos_id=EOS,
            unk_id=UNK,
            num_threads=1,  # the same pieces in every run
            minloglevel=2,
        )
        return cls(written.getvalue())

    def __len__(self) -> int:
        return self._processor.get_piece_size()

    def encode(self, sentence: str) -> list[int]:
        """Ids without bos and eos."""
        return self._processor.encode(sentence)

    def decode(self, ids: list[int]) -> str:
        """The text again."""
        return self._processor.decode(ids)

    def pieces(self, ids: list[int]) -> list[str]:
        """How the ids are written; a piece that begins a word begins with U+2581."""
        return [self._processor.id_to_piece(i) for i in ids]


def _sentencepiece():  # a module
    try:
        import sentencepiece
    except ImportError:
        raise DataMissing("Subwords need the package sentencepiece: pip install sentencepiece") from None
    return sentencepiece
