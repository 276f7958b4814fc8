"""The training program of hw2's reference, on tiny generated data."""

import json
import random
import struct
import unicodedata

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from reference.hw2_word2vec import blocks, judge, textstream, train, vector_files
from reference.hw2_word2vec.corpus import Vocabulary
from reference.hw2_word2vec.evaluate import analogy, spearman
from reference.hw2_word2vec.sampling import AliasSampler

TOPICS = [[f"{name}{i}" for i in range(6)] for name in ("바다", "법", "귀", "fig")]


@pytest.fixture
def corpus(tmp_path):
    """A text of planted topics, a sentence a line."""
    draw = random.Random(0)
    lines = []
    for _ in range(1500):
        own = draw.choice(TOPICS)
        lines.append(" ".join(draw.choice(own) for _ in range(8)))
    path = tmp_path / "corpus.txt"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


# ---- reading ------------------------------------------------------------------------------------


def test_blocks_of_the_file_cut_no_word_and_no_letter(tmp_path):
    draw = random.Random(1)
    words = ["나비", "강아지", "x", "café", "𝔘", "긴" * 50]
    lines = [[draw.choice(words) for _ in range(draw.randrange(30))] for _ in range(12_000)]
    path = tmp_path / "text"
    path.write_text("\n".join(" ".join(line) for line in lines), encoding="utf-8")
    size = path.stat().st_size
    assert size > 3 * textstream.BLOCK
    told = []
    read = list(textstream.sentences(path, told.append))
    assert read == [line for line in lines if line]
    assert sum(told) == size


@pytest.mark.parametrize("words", [999, 1000, 1001, 2000, 400_000])
def test_a_long_line_is_cut_as_word2vec_does(tmp_path, words):
    path = tmp_path / "text8"
    path.write_text(" ".join(f"w{i % 97}" for i in range(words)), encoding="utf-8")
    read = list(textstream.sentences(path))
    assert [len(sentence) for sentence in read[:-1]] == [1000] * (len(read) - 1)
    assert [word for sentence in read for word in sentence] == [f"w{i % 97}" for i in range(words)]


def test_decomposed_hangul_is_the_same_word(tmp_path):
    path = tmp_path / "text"
    path.write_text("한글 " + unicodedata.normalize("NFD", "한글"), encoding="utf-8")
    assert list(textstream.sentences(path)) == [["한글", "한글"]]


@pytest.mark.parametrize("content", [b"caf\xe9 au lait", None])
def test_what_cannot_be_read_is_said(tmp_path, content):
    path = tmp_path / "text"
    if content:
        path.write_bytes(content)
    with pytest.raises(textstream.CorpusUnreadable, match="UTF-8"):
        list(textstream.sentences(path))


def test_ids_on_the_disk(tmp_path):
    path, target = tmp_path / "text", tmp_path / "ids"
    path.write_text("b a b\n\nc\nb a\n", encoding="utf-8")
    vocabulary = Vocabulary(textstream.sentences(path), 2)
    assert textstream.write_ids(path, vocabulary, target, lambda _: None) == 5
    assert textstream.read_ids(target).tolist() == [0, 1, 0, -1, -1, 0, 1, -1]


# ---- steps --------------------------------------------------------------------------------------


def trainer(words=12, dim=5, t=1.0, tokens=64, window=3, seed=0):
    counts = torch.arange(words, 0, -1)
    keep = torch.full((words,), t, dtype=torch.float64)
    noise = AliasSampler(torch.full((words,), 1 / words, dtype=torch.float64))
    made = blocks.Trainer(counts, keep, noise, blocks.Windows(window, 4, seed, tokens), dim)
    generator = torch.Generator().manual_seed(seed)
    made.into.copy_(torch.randn(words, dim, generator=generator))
    made.out.copy_(torch.randn(words, dim, generator=generator))
    return made


def stretch(sentences, words=12, seed=0):
    draw = np.random.default_rng(seed)
    parts = [
        [*draw.integers(0, words, draw.integers(1, 15)), textstream.END] for _ in range(sentences)
    ]
    return np.array([i for part in parts for i in part], dtype=np.int32)


def test_every_word_is_a_center_once():
    made, ids = trainer(), stretch(30)
    steps = list(made.steps(ids, 0))
    assert len(steps) > 2
    inner = [step.ids[3:-3][step.sentence[3:-3] >= 0] for step in steps]
    assert torch.cat(inner).tolist() == [i for i in ids.tolist() if i >= 0]
    for step in steps:
        assert step.ids.shape == step.sentence.shape == (64 + 6,)
        assert step.noise.shape == (64 // blocks.S, blocks.M)
        assert set(step.reach.tolist()) <= {1, 2, 3}


def test_a_step_is_the_gradient_of_the_homeworks_loss():
    made = trainer(words=300)  # so many that no row is hit too often
    step = next(iter(made.steps(stretch(20, words=300), 0)))
    into, out = (table.double().requires_grad_() for table in (made.into.clone(), made.out.clone()))
    loss = torch.zeros((), dtype=torch.float64)
    pairs = 0
    for i in range(64):
        p, block = i + 3, i // blocks.S
        u = into[step.ids[p]]
        for q in range(70):
            near = 0 < abs(p - q) <= int(step.reach[i])
            if near and step.sentence[p] == step.sentence[q] >= 0:
                pairs += 1
                loss = loss - F.logsigmoid(out[step.ids[q]] @ u)
                # each of the M shared negatives stands for K / M
                scores = out[step.noise[block]] @ u
                loss = loss - 4 / blocks.M * F.logsigmoid(-scores).sum()
    assert pairs > 100
    by_into, by_out = torch.autograd.grad(loss, [into, out])
    before = made.into.clone(), made.out.clone()
    made.train(step, lr=0.01)
    torch.testing.assert_close(made.into, before[0] - 0.01 * by_into.float())
    torch.testing.assert_close(made.out, before[1] - 0.01 * by_out.float())


def test_a_row_that_is_hit_very_often_moves_as_for_the_limit():
    # one sentence of one word: all hits fall on one row
    ids = np.zeros(64, dtype=np.int32)
    made = trainer()
    step = next(iter(made.steps(ids, 0)))
    before = made.into[0].clone()
    near = made._near(step)
    hits = float(near.sum())
    assert hits > blocks.LIMIT
    u = before.double()
    pull = (torch.sigmoid(made.out[0].double() @ u) - 1) * made.out[0].double() * float(near.sum())
    push = torch.zeros_like(u)
    for block, pairs in enumerate(near.sum(dim=(1, 2)).tolist()):
        for n in step.noise[block].tolist():
            row = made.out[n].double()
            push += torch.sigmoid(row @ u) * row * pairs * 4 / blocks.M
    made.train(step, lr=0.001)
    expected = -0.001 * (pull + push) * blocks.LIMIT / hits
    torch.testing.assert_close((made.into[0] - before).double(), expected, rtol=1e-3, atol=1e-5)


def test_subsampling_drops_words_before_windows_are_cut():
    made = trainer(t=0.25)
    ids = np.concatenate([np.arange(12, dtype=np.int32)] * 200)
    kept = sum(int((step.sentence[3:-3] >= 0).sum()) for step in made.steps(ids, 0))
    # five standard errors of 2,400 decisions
    assert abs(kept - 600) < 5 * (2400 * 0.25 * 0.75) ** 0.5
    assert list(trainer(t=0.0).steps(ids, 0)) == []


# ---- files --------------------------------------------------------------------------------------


def test_both_formats_hold_the_vectors(tmp_path):
    tokens = ["나비", "a", "꽃<b>"]
    vectors = torch.randn(3, 4, generator=torch.Generator().manual_seed(0))
    vector_files.write_text(tmp_path / "v.txt", tokens, vectors)
    assert vector_files.read_text(tmp_path / "v.txt")[0] == tokens
    assert torch.equal(vector_files.read_text(tmp_path / "v.txt")[1], vectors)
    vector_files.write_binary(tmp_path / "v.bin", tokens, vectors)
    content = (tmp_path / "v.bin").read_bytes()
    head, content = content.split(b"\n", 1)
    assert head == b"3 4"
    for token, row in zip(tokens, vectors.tolist(), strict=True):
        word, content = content.split(b" ", 1)
        assert word.decode() == token
        assert struct.unpack("<4f", content[:16]) == tuple(row)
        assert content[16:17] == b"\n"
        content = content[17:]
    assert content == b""


def test_similarity_is_spearman_over_known_pairs(tmp_path):
    tokens = ["cat", "dog", "car", "비"]
    vectors = torch.tensor([[1.0, 0.0], [0.9, 0.3], [0.0, 1.0], [0.5, 0.5]])
    path = tmp_path / "pairs"
    path.write_text(
        "Word 1\tWord 2\tHuman\nCat\tdog\t8.5\ncat\tcar\t2\ndog\t비\t5\nmoon\tcat\t9\n",
        encoding="utf-8",
    )
    units = F.normalize(vectors)
    cosines = [float(units[a] @ units[b]) for a, b in [(0, 1), (0, 2), (1, 3)]]
    assert judge.similarity(path, tokens, vectors) == judge.Agreement(
        spearman(cosines, [8.5, 2, 5]), 3, 4
    )
    path.write_text("cat\tdog\t1\ncat dog 3\n", encoding="utf-8")
    with pytest.raises(ValueError, match="line 2"):
        judge.similarity(path, tokens, vectors)
    path.write_text("a\tb\t1\nb\tc\t1\n", encoding="utf-8")
    with pytest.raises(ValueError, match="0 of 2"):
        judge.similarity(path, tokens, vectors)


def test_analogies_are_those_of_the_homework(tmp_path):
    tokens = [f"w{i}" for i in range(30)]
    vectors = torch.randn(30, 4, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    draw = random.Random(0)
    questions = [draw.sample(tokens, 3) for _ in range(700)]
    right = [analogy(tokens, vectors, *q)[0] for q in questions]
    # every other one is asked with its right answer
    lines = [
        " ".join([*q, r if i % 2 else q[0]])
        for i, (q, r) in enumerate(zip(questions, right, strict=True))
    ]
    path = tmp_path / "questions"
    path.write_text(": one\n" + "\n".join(lines) + "\n: none\nw1 w2 w3 x\n", encoding="utf-8")
    found = judge.analogies(path, tokens, vectors)
    assert found == {"one": judge.Agreement(0.5, 700, 700), "none": judge.Agreement(0.0, 0, 1)}
    path.write_text(": one\na b c\n", encoding="utf-8")
    with pytest.raises(ValueError, match="four words"):
        judge.analogies(path, tokens, vectors)


# ---- the program --------------------------------------------------------------------------------


def run(corpus, out, *more):
    settings = ["--dim", "16", "--epochs", "6", "--t", "1", "--tokens", "128"]
    return train.main(
        ["--data", str(corpus), "--out", str(out), "--device", "cpu", *settings, *more]
    )


def test_it_finds_planted_topics_and_writes_everything(corpus, tmp_path, capsys):
    out = tmp_path / "out"
    pairs = tmp_path / "pairs.tsv"
    rows = [
        (TOPICS[0][0], TOPICS[0][1], 9),
        (TOPICS[0][2], TOPICS[1][3], 1),
        (TOPICS[2][0], TOPICS[2][5], 8),
    ]
    pairs.write_text("".join(f"{a}\t{b}\t{s}\n" for a, b, s in rows), encoding="utf-8")
    assert run(corpus, out, "--similarity", str(pairs)) == 0
    tokens, vectors = vector_files.read_text(out / "vectors.txt")
    units = F.normalize(vectors)
    near = (units @ units.T).fill_diagonal_(-2).topk(5, dim=1).indices.tolist()
    topic = {word: number for number, topic in enumerate(TOPICS) for word in topic}
    own = [topic[tokens[i]] == topic[tokens[j]] for i, row in enumerate(near) for j in row]
    assert sum(own) / len(own) > 0.95
    result = json.loads((out / "result.json").read_text(encoding="utf-8"))
    assert result["words"] == 12_000
    assert result["vocabulary"] == 24
    assert result["words_per_second"] > 0
    assert result["similarity"]["known"] == 3
    assert result["similarity"]["score"] > 0.4
    assert all(
        topic[word] == topic[other]
        for word, near in result["neighbours"].items()
        for other, _ in near
    )
    assert "Spearman, pairs.tsv" in capsys.readouterr().out
    assert (out / "vectors.bin").stat().st_size > 24 * 16 * 4


def test_the_same_seed_gives_the_same_vectors(corpus, tmp_path):
    for name, seed in [("one", "5"), ("same", "5"), ("other", "6")]:
        assert run(corpus, tmp_path / name, "--seed", seed) == 0
    one, same, other = (
        (tmp_path / name / "vectors.txt").read_bytes() for name in ("one", "same", "other")
    )
    assert one == same
    assert one != other


def test_an_interrupted_run_ends_as_if_it_had_not_been(corpus, tmp_path, monkeypatch):
    assert run(corpus, tmp_path / "whole") == 0
    save = train.Checkpoint.save

    def save_and_stop(self, tables, done):
        save(self, tables, done)
        if done == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(train.Checkpoint, "save", save_and_stop)
        with pytest.raises(KeyboardInterrupt):
            run(corpus, tmp_path / "parts")
    assert not (tmp_path / "parts" / "vectors.txt").exists()
    assert run(corpus, tmp_path / "parts", "--resume") == 0
    whole, parts = ((tmp_path / name / "vectors.txt").read_bytes() for name in ("whole", "parts"))
    assert whole == parts


def test_a_checkpoint_of_other_settings_is_refused(corpus, tmp_path, capsys):
    assert run(corpus, tmp_path / "out") == 0
    assert run(corpus, tmp_path / "out", "--resume", "--dim", "8") == 2
    assert "other settings" in capsys.readouterr().err


def test_what_cannot_be_used_is_said(corpus, tmp_path, capsys):
    assert run(tmp_path / "nowhere", tmp_path / "out") == 2
    assert "nowhere" in capsys.readouterr().err
    assert run(corpus, tmp_path / "out", "--min-count", "100000") == 2
    assert "--min-count" in capsys.readouterr().err
    if not torch.cuda.is_available():
        assert run(corpus, tmp_path / "out", "--device", "cuda") == 2
        assert "--device cpu" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        run(corpus, tmp_path / "out", "--epochs", "0")
    assert "at least 1" in capsys.readouterr().err
