"""Vectors against people's judgement: WordSim-353's and word2vec's question files.

WordSim-353 (Finkelstein et al. 2002) has one pair per line, `word<TAB>word<TAB>score`. The
analogies of word2vec (`questions-words.txt`, Mikolov et al. 2013) are four words per line under
`: section`. The scores are those of the homework's `spearman` and `analogy`; many analogies go in
one product.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from .evaluate import spearman

QUESTIONS = 512  # of one product
FREQUENT = 30_000  # candidates for an answer, as word2vec's own program takes them


@dataclass(frozen=True)
class Agreement:
    """Spearman's correlation, or the fraction of right answers, and over how many of how many."""

    score: float
    known: int
    asked: int


def similarity(path: Path, tokens: list[str], vectors: Tensor) -> Agreement:
    """Spearman of cosines and people's scores over the pairs whose words are both known.

    Upper case counts only where the vocabulary has it. Raises ValueError naming file and line for
    any other form, or if fewer than two pairs are known.
    """
    ids = {token: i for i, token in enumerate(tokens)}
    units = F.normalize(vectors)
    cosines, scores, asked = [], [], 0
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        fields = line.split("\t")
        try:
            one, other, score = *(_known(word, ids) for word in fields[:2]), float(fields[2])
        except (IndexError, ValueError):
            if number == 1:  # some copies have a header
                continue
            raise ValueError(f"{path}, line {number}: not word, word and score, with tabs") from None
        asked += 1
        if one is not None and other is not None:
            cosines.append(float(units[one] @ units[other]))
            scores.append(score)
    if len(scores) < 2:
        raise ValueError(f"{path}: the vocabulary knows {len(scores)} of {asked} pairs")
    return Agreement(spearman(cosines, scores), len(scores), asked)


def analogies(path: Path, tokens: list[str], vectors: Tensor) -> dict[str, Agreement]:
    """For each section: how many questions a b c d are answered with d, by cosine to b - a + c."""
    ids = {token: i for i, token in enumerate(tokens[:FREQUENT])}
    units = F.normalize(vectors[:FREQUENT])  # (V, d)
    found: dict[str, Agreement] = {}
    for section, questions in _sections(path).items():
        rows = [[_known(word, ids) for word in question] for question in questions]
        known = [row for row in rows if None not in row]
        right = 0
        for part in torch.tensor(known, dtype=torch.int64, device=units.device).reshape(-1, 4).split(QUESTIONS):
            a, b, c, d = part.unbind(dim=1)  # (Q,) each
            scores = (units[b] - units[a] + units[c]) @ units.T  # (Q, d) x (d, V) -> (Q, V)
            scores.scatter_(1, part[:, :3], -torch.inf)  # never a, b or c
            right += int((scores.argmax(dim=1) == d).sum())
        found[section] = Agreement(right / len(known) if known else 0.0, len(known), len(rows))
    return found


def _sections(path: Path) -> dict[str, list[list[str]]]:
    sections: dict[str, list[list[str]]] = {}
    name = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith(":"):
            name = line[1:].strip()
        elif line.strip():
            words = line.split()
            if len(words) != 4:
                raise ValueError(f"{path}: '{line}' is not a question of four words")
            sections.setdefault(name, []).append(words)
    return sections


def _known(word: str, ids: dict[str, int]) -> int | None:
    return ids.get(word, ids.get(word.lower()))
