"""Training hw1 on text: the reader, the sparse products, both models and the command line."""

import csv
import hashlib
import json
import math
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch

from reference.hw1_classification import data, sparse, train
from reference.hw1_classification.features import TfIdf
from reference.hw1_classification.logistic_regression import gradient
from reference.hw1_classification.naive_bayes import NaiveBayes

ROOT = Path(__file__).parents[2]
NSMC = ROOT.parent / "shared" / "data" / "nsmc"
CPU = torch.device("cpu")


def write(path, rows):
    """As pandas writes: a field with a quotation mark is quoted, its marks doubled."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        writer.writerow(data.HEADER)
        writer.writerows(rows)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """Forty reviews; the last syllables of the second word tell the label."""
    folder = tmp_path_factory.mktemp("tiny")
    words = {0: ["지루해요", "최악"], 1: ["재밌어요", "최고"]}
    rows = [(str(i), f"이 영화 {words[i % 2][i // 2 % 2]} {i % 7}", i % 2) for i in range(40)]
    write(folder / "ratings_train.txt", [*rows, ("40", "", 0), ("41", '"명작" 최고', 1)])
    write(folder / "ratings_test.txt", [("1", "정말 최고", 1), ("2", "정말 최악", 0), ("3", "", 1)])
    return folder


# ---------------------------------------------------------------------------------------- data.py


def test_the_reader_undoes_what_pandas_did(tmp_path):
    path = tmp_path / "ratings_train.txt"
    raw = 'id\tdocument\tlabel\n1\t"그 ""명작"" 맞다"\t1\n2\t\t0\n3\t별점, 0.5  점\t0\n4\t\u1112\u1161\u11ab\t1\n'
    path.write_text(raw, encoding="utf-8")
    corpus = data.read(path)
    assert corpus.documents == ['그 "명작" 맞다', "", "별점, 0.5  점", "한"]
    assert corpus.labels == [1, 0, 0, 1]


@pytest.mark.parametrize(
    ("raw", "where"),
    [
        (b"", "first line"),
        (b"id,document,label\n1,x,1\n2,y,0\n", "first line"),
        (b"id\tdocument\tlabel\n1\tx\t1\n2\ty\t2\n", "line 3"),
        (b"id\tdocument\tlabel\n1\tx\n", "line 2"),
        (b"id\tdocument\tlabel\n1\tx\t1\n", "both labels"),
        ("id\tdocument\tlabel\n1\t영화\t1\n".encode("euc-kr"), "utf-8"),
    ],
)
def test_another_format_is_named_with_its_file(tmp_path, raw, where):
    path = tmp_path / "ratings_test.txt"
    path.write_bytes(raw)
    with pytest.raises(data.DataMissing) as caught:
        data.read(path)
    assert str(path) in str(caught.value)
    assert where in str(caught.value)


def test_nsmc_is_looked_for_in_this_order(tmp_path, monkeypatch):
    here, named = tmp_path / "course", tmp_path / "named"
    places = [tmp_path / "shared/data/nsmc", here / "data/nsmc", named]
    here.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setenv("NSMC_DIR", str(named))
    with pytest.raises(data.DataMissing, match="e9t/nsmc"):
        data.find("nsmc")
    for place in places:  # each is preferred to those before
        place.mkdir(parents=True)
        (place / "ratings_train.txt").touch()
        with pytest.raises(data.DataMissing):
            data.find(str(place))  # one file of two
        (place / "ratings_test.txt").touch()
        assert data.find("nsmc").resolve() == place.resolve()
        assert data.find(str(place)) == place


# -------------------------------------------------------------------------------------- sparse.py


def test_character_ngrams_stay_inside_words():
    got = Counter(sparse.character_ngrams("Ab  가"))
    assert got == Counter([*" ab  가 ", " a", "ab", "b ", " 가", "가 ", " ab", "ab ", " 가 "])
    assert list(sparse.words(" Ab  가\t")) == ["ab", "가"]


def dense(matrix):
    full = torch.zeros(matrix.shape)
    for row, column, value in zip(matrix.rows, matrix.columns, matrix.values, strict=True):
        full[row, column] += value
    return full


@pytest.fixture
def counts():
    """(6, 5) of small counts; document 2 is empty, word 4 stands in one document only."""
    full = np.random.default_rng(0).poisson(0.8, (6, 5))
    full[2] = 0
    full[:, 4] = [0, 3, 0, 0, 0, 0]
    texts = [" ".join("abcde"[v] for v in range(5) for _ in range(row[v])) for row in full]
    made = sparse.Counts(sparse.words, 1).fit(texts).transform(texts)
    assert torch.equal(dense(made), torch.tensor(full, dtype=torch.float32))
    return full, made


def test_min_count_counts_documents_and_unknown_features_count_nothing():
    chosen = sparse.Counts(sparse.words, 2).fit(["b b b", "a c", "c a a"])
    assert len(chosen) == 2
    assert dense(chosen.transform(["c c b new", "", "a"])).tolist() == [[0, 2], [0, 0], [1, 0]]
    nothing = chosen.transform(["new", ""])
    assert nothing.times(torch.ones(2)).tolist() == [0, 0]


def test_sparse_products_and_rows_are_the_dense_ones(counts):
    full, matrix = torch.tensor(counts[0], dtype=torch.float32), counts[1]
    generator = torch.Generator().manual_seed(1)
    w, e = torch.randn(5, generator=generator), torch.randn(6, generator=generator)
    torch.testing.assert_close(matrix.times(w), full @ w)
    torch.testing.assert_close(matrix.transposed_times(e), full.T @ e)
    for chosen in ([5, 2, 0], [3], [2], [1, 1, 4]):
        assert torch.equal(dense(matrix.select(torch.tensor(chosen))), full[chosen])


def test_sub_linear_tf_idf_against_the_dense_one(counts):
    full, matrix = counts
    weighted = sparse.SublinearTfIdf().fit(matrix).transform(matrix)
    damped = np.where(full > 0, 1 + np.log(np.maximum(full, 1)), 0)
    wanted = TfIdf().fit(full).transform(damped)
    np.testing.assert_allclose(dense(weighted).numpy(), wanted, rtol=1e-5, atol=1e-7)


# --------------------------------------------------------------------------------------- train.py


def test_naive_bayes_is_the_homeworks(counts):
    full, matrix = counts
    labels = np.array([0, 1, 1, 0, 1, 1])
    prior, table = train.naive_bayes(matrix, torch.tensor(labels), alpha=0.5)
    model = NaiveBayes(0.5).fit(full, labels)
    np.testing.assert_allclose(prior.numpy(), model.class_log_prior_, rtol=1e-5)
    np.testing.assert_allclose(table.numpy(), model.feature_log_prob_, rtol=1e-5)
    guess = train.naive_bayes_predict(prior, table, matrix)
    assert guess.tolist() == model.predict(full).tolist()


@pytest.mark.parametrize("batch_size", [6, 99])
def test_logistic_regression_ends_where_the_homeworks_gradient_is_0(counts, batch_size):
    full, matrix = torch.tensor(counts[0], dtype=torch.float32), counts[1]
    y = torch.tensor([0.0, 1.0, 1.0, 0.0, 1.0, 0.0])
    settings = train.Settings(CPU, epochs=400, batch_size=batch_size, lr=0.05, seed=0)
    w, b = train.logistic_regression(matrix, y, 0.1, settings)
    by_w, by_b = gradient(w, b, full, y, l2=0.1)
    start, _ = gradient(0 * w, 0 * b, full, y)
    assert start.norm() > 0.1
    assert math.hypot(by_w.norm(), by_b) < 1e-3


def test_logistic_regression_depends_on_the_seed_alone(counts):
    y = torch.tensor([0.0, 1.0, 1.0, 0.0, 1.0, 0.0])

    def weights(seed):
        settings = train.Settings(CPU, epochs=2, batch_size=2, lr=0.1, seed=seed)
        return train.logistic_regression(counts[1], y, 0.0, settings)[0].tolist()

    assert weights(1) == weights(1)
    torch.rand(1)
    assert weights(1) == weights(1)
    assert weights(1) != weights(2)


@pytest.mark.parametrize("features", ["characters", "words"])
def test_the_command_line_reports_and_writes(tiny, tmp_path, monkeypatch, capsys, features):
    monkeypatch.setenv("NSMC_DIR", str(tiny))
    out = tmp_path / "deep" / "out"
    call = ["--features", features, "--device", "cpu", "--out", str(out), "--seed", "3"]
    call += ["--epochs", "30", "--batch-size", "8"]
    assert train.main(call) == 0
    printed = capsys.readouterr()
    assert "42 + 3 documents" in printed.out
    assert "\x1b" not in printed.out  # quiet lines where there is no terminal
    result = json.loads((out / "result.json").read_text(encoding="utf-8"))
    for name in ("naive_bayes", "logistic_regression"):
        figures = result[name]
        # the two known reviews are told apart; the empty one may be called either
        assert figures["confusion"] in ([[1, 0], [0, 2]], [[1, 0], [1, 1]])
        right = figures["confusion"][0][0] + figures["confusion"][1][1]
        assert figures["accuracy"] == pytest.approx(right / 3)
        assert f"{figures['accuracy']:.4f}" in printed.out
    assert (result["seed"], result["epochs"], result["device"]) == (3, 30, "cpu")
    assert len(result["validation"]) == 5
    best = max(result["validation"].values())
    assert result["validation"][f"{result['l2']:g}"] == best
    for name, digest in result["data"].items():
        assert digest == hashlib.sha256((tiny / name).read_bytes()).hexdigest()
    first = (result["logistic_regression"], result["validation"])
    assert train.main(call) == 0
    again = json.loads((out / "result.json").read_text(encoding="utf-8"))
    assert (again["logistic_regression"], again["validation"]) == first


def test_the_features_are_chosen_on_the_training_set(tiny):
    settings = train.Settings(CPU, epochs=1, batch_size=8, lr=0.1, seed=0)
    result = train.run(tiny, "words", settings, train.Console(quiet=True))
    texts = [set(text.split()) for text in data.read(tiny / "ratings_train.txt").documents]
    held = Counter(word for words in texts for word in words)
    assert result["features"] == {
        "kind": "words",
        "count": sum(count >= 2 for count in held.values()),
    }


def test_missing_data_are_a_sentence_not_a_traceback(tmp_path):
    """A real process in a folder without data."""
    command = [sys.executable, "-m", "reference.hw1_classification.train", "--data", "nsmc"]
    environment = {"PYTHONPATH": str(ROOT), "PATH": ""}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    for hint in ("e9t/nsmc", "--data", "NSMC_DIR"):
        assert hint in done.stderr


def test_rare_features_only_are_a_sentence(tmp_path, capsys):
    for file in data.FILES:
        write(tmp_path / file, [("1", "가", 0), ("2", "나", 1)])
    assert train.main(["--data", str(tmp_path), "--features", "words", "--device", "cpu"]) == 2
    assert "no feature" in capsys.readouterr().err


def test_a_file_in_the_way_of_the_results_is_found_before_the_work(tiny, tmp_path, capsys):
    blocked = tmp_path / "out"
    blocked.touch()
    assert train.main(["--data", str(tiny), "--device", "cpu", "--out", str(blocked)]) == 2
    said = capsys.readouterr()
    assert str(blocked) in said.err
    assert "documents" not in said.out


@pytest.mark.parametrize("option", ["--epochs", "--batch-size"])
def test_zero_steps_are_refused(option, capsys):
    with pytest.raises(SystemExit) as caught:
        train.main([option, "0"])
    assert caught.value.code == 2
    assert option in capsys.readouterr().err


@pytest.mark.skipif(not NSMC.is_dir(), reason="NSMC is not beside the repository")
def test_the_traps_of_nsmc():
    """5 + 3 empty documents, 623 with quotation marks, half of the labels positive (SOURCE.md)."""
    learn, test = (data.read(NSMC / file) for file in data.FILES)
    assert (len(learn.documents), len(test.documents)) == (150_000, 50_000)
    assert (learn.documents.count(""), test.documents.count("")) == (5, 3)
    assert sum('"' in text for text in learn.documents) == 623
    assert round(sum(learn.labels) / 150_000, 4) == 0.4988
    assert round(sum(test.labels) / 50_000, 4) == 0.5035


@pytest.mark.skipif(not NSMC.is_dir(), reason="NSMC is not beside the repository")
def test_a_slice_of_nsmc_is_learnt(tmp_path):
    for file, n in zip(data.FILES, (4000, 2000), strict=True):
        lines = (NSMC / file).read_text(encoding="utf-8").split("\n")[: n + 1]
        (tmp_path / file).write_text("\n".join(lines) + "\n", encoding="utf-8")
    settings = train.Settings(CPU, epochs=6, batch_size=256, lr=0.06, seed=0)
    result = train.run(tmp_path, "characters", settings, train.Console(quiet=True))
    # guessing gets 0.5 with a spread of 0.011; 0.7 is 18 spreads above
    assert result["naive_bayes"]["accuracy"] > 0.7
    assert result["logistic_regression"]["accuracy"] > 0.7


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_cuda_learns_what_the_cpu_learns(counts):
    y = torch.tensor([0.0, 1.0, 1.0, 0.0, 1.0, 0.0])
    found = []
    for device in (CPU, torch.device("cuda")):
        settings = train.Settings(device, epochs=5, batch_size=2, lr=0.05, seed=0)
        found.append(
            train.logistic_regression(counts[1].to(device), y.to(device), 0.1, settings)[0].cpu()
        )
    torch.testing.assert_close(found[1], found[0], rtol=1e-3, atol=1e-5)
