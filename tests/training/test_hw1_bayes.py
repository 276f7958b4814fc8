"""`grader train hw1` classifies by a few columns at a time as naive Bayes does by all of them."""

import random
from pathlib import Path

import numpy as np
import pytest
import torch

from grader.training import hw1
from grader.training import package as packages

SETTINGS = {"features": "characters", "batch_size": 16, "epochs": 1, "lr": 0.1, "seed": 0}


@pytest.mark.parametrize("rows", [1, 7, 100])
def test_batches_of_columns_give_the_classes_of_all_columns(rows, tmp_path, monkeypatch):
    draw = random.Random(3)
    for file, n in (("train", 40), ("test", 60)):
        texts = ("".join(draw.choices("가나다라 ", k=12)) for _ in range(n))
        said = [f"{i}\t.{text}\t{int(draw.random() < 0.7)}" for i, text in enumerate(texts)]
        path = tmp_path / f"ratings_{file}.txt"
        path.write_text("\n".join(["id\tdocument\tlabel", *said]) + "\n", encoding="utf-8")
    reference = packages.load("hw1", "reference", Path(__file__).parents[2])
    program = hw1.Program(reference, tmp_path, SETTINGS, torch.device("cpu"))
    counts, test = program._counts, program._test_counts

    def whole(sparse):
        matrix = np.zeros((len(sparse), len(program._vocabulary)), np.int64)
        for row in range(len(sparse)):
            part = slice(sparse.starts[row], sparse.starts[row + 1])
            matrix[row, sparse.columns[part]] = sparse.values[part]
        return matrix

    model = reference.naive_bayes.NaiveBayes().fit(whole(counts), program._y)
    monkeypatch.setattr(hw1, "ROWS", rows)
    found, wanted = program._naive_bayes(), model.predict(whole(test))
    assert set(wanted.tolist()) == {0, 1}
    assert found.tolist() == wanted.tolist()
