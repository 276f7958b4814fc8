"""`grader train` and `grader try` on tiny texts: the reference, a student's package, and mishaps."""

import json
import os
import random
import re
import resource
import shutil
import string
import subprocess
import sys
import tomllib
import xml.etree.ElementTree as ET
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner

from grader.cli.main import main
from grader.course.folder import Course
from grader.errors import PlatformError, UsageError
from grader.i18n import translate
from grader.training import hw1, hw2, storage
from grader.training import package as packages
from grader.training.pieces import Pieces

ROOT = Path(__file__).parents[2]
COURSE = Course.find(ROOT)
FAST = {
    "hw1": "--epochs 6 --batch-size 16 --lr 0.3",
    "hw2": "--epochs 3 --dim 8 --window 2 --min-count 1 --t 1 --similarity {data}/pairs.txt",
    "hw3": "--epochs 2 --size 8 --layers 1 --batch-size 4 --bptt 6 --lr 4",
    "hw4": "",
    "hw5": "--epochs 2 --size 16 --layers 1 --heads 2 --vocabulary 60 --max-tokens 60 --beam 2",
}
KEPT = ["checkpoint.pt", "model.pt", "results.json"]
ASKED = {"hw1": "최고 영화", "hw2": "밥을", "hw3": "먹는다", "hw4": "새 책", "hw5": "der hund"}


@pytest.fixture(autouse=True, scope="module")
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)  # so small are the matrices that threads cost more than they give
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def texts(tmp_path_factory):
    """A folder of data for each homework."""
    place, draw = tmp_path_factory.mktemp("texts"), random.Random(0)

    def write(name, lines):
        path = place / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    for file, n in (("train", 60), ("test", 20)):
        said = [f"{i}\t이 영화 {('최악', '최고')[i % 2]} {i % 5}\t{i % 2}" for i in range(n)]
        write(f"hw1/ratings_{file}.txt", ["id\tdocument\tlabel", *said])
    objects = {"먹는다": "밥을", "마신다": "물을", "read": "books"}

    def sentences(n):
        return [f"{v} {objects[v]}" for v in draw.choices(list(objects), k=n)]

    write("hw2/train.txt", sentences(60))
    longer = (" ".join(sentences(3)) for _ in range(40))  # more than a window, and capitals
    write(
        "paragraphs/train.txt",
        [line.replace("read", draw.choice(["read", "Read"])) for line in longer],
    )
    write("hw2/pairs.txt", ["밥을\t물을\t7", "books\tread\t8", "밥을\tread\t1", "x\ty\t3"])
    for part, n in (("train", 80), ("valid", 20), ("test", 20)):
        write(f"hw3/wiki.{part}.tokens", sentences(n))
    for part in ("train", "dev", "test"):
        words = [("새", "DET"), ("책", "NOUN"), ("읽었다", "VERB")]
        rows = [f"{i}\t{w}\t_\t{t}\t_" for i, (w, t) in enumerate(words, 1)]
        write(f"hw4/x-ud-{part}.conllu", [*rows, "", *rows[:2], ""] * 4)
    for stem, n in (("train", 40), ("val", 6), ("test_2016_flickr", 4)):
        pairs = [
            draw.choice([("der hund .", "the dog ."), ("ein zug", "a train")]) for _ in range(n)
        ]
        for side, language in enumerate(("de", "en")):
            write(f"hw5/{stem}.{language}", [pair[side] for pair in pairs])
    return place


def grader(*words, lang="en"):
    done = CliRunner().invoke(main, ["--lang", lang, "--course", str(ROOT), *map(str, words)])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def train(name, texts, out, *more, package=None):
    """On the tiny text, with the reference or with `package`."""
    fast = FAST[name].format(data=texts / name).split()
    whose = ["--package", package or "reference"]
    where = ["--data", texts / name, "--out", out, "--device", "cpu"]
    return grader("train", name, *where, *whose, *fast, *more)


def handed_in(name, folder):
    """What a student who solved everything has: the graded files, none of the reference's others."""
    assignment = COURSE.load(name)
    made = folder / "나의 과제"
    made.mkdir()
    for file, path in assignment.reference_paths().items():
        shutil.copy(path, made / file)
    return made


def weights(out):
    return torch.load(out / "model.pt", weights_only=True)


def equal(one, other):
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(equal(one[k], other[k]) for k in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(equal, one, other))
    return torch.equal(one, other) if isinstance(one, torch.Tensor) else one == other


@pytest.mark.parametrize("name", FAST)
@pytest.mark.parametrize("whose", ["reference", "student"])
def test_anybodys_package_trains_and_answers(name, whose, texts, tmp_path):
    package = None if whose == "reference" else handed_in(name, tmp_path)
    out = tmp_path / "out"
    done = train(name, texts, out, package=package)
    assert done.exit_code == 0, done.output
    assert "\x1b" not in done.output  # plain lines where there is no terminal
    result = json.loads((out / "results.json").read_text(encoding="utf-8"))
    assert (result["assignment"], result["status"]) == (name, "finished")
    drawn = sorted(out.glob("*.svg"))
    assert drawn
    for picture in drawn:
        assert ET.fromstring(picture.read_text(encoding="utf-8")).tag.endswith("svg")
    said = grader("try", name, out, ASKED[name], "--package", package or "reference")
    assert said.exit_code == 0, said.output
    assert said.output.strip()


def test_what_is_learnt_is_right(texts, tmp_path):
    for name in ("hw1", "hw4"):
        train(name, texts, tmp_path / name)
    assert grader("try", "hw1", tmp_path / "hw1", "최고").output.startswith("positive")
    assert (
        grader("try", "hw4", tmp_path / "hw4", "새 책 읽었다").output
        == "새/DET 책/NOUN 읽었다/VERB\n"
    )


def test_the_trigram_tagger_is_trained_and_kept(texts, tmp_path):
    assert train("hw4", texts, tmp_path, "--model", "trigrams").exit_code == 0
    assert grader("try", "hw4", tmp_path, "새 책 읽었다").output == "새/DET 책/NOUN 읽었다/VERB\n"


@pytest.mark.parametrize("model", ["transformer --layers 1 --heads 2", "seq2seq", "lstm"])
def test_many_sources_at_once_are_translated_as_one_by_one(model, texts, tmp_path):
    """The reference searches a batch, over a cache; a student's own beam takes a source at a time."""
    fast = "--epochs 3 --size 16 --vocabulary 60 --max-tokens 60 --beam 3 --test-size 2".split()
    where = ["--model", *model.split(), "--data", texts / "hw5", "--device", "cpu"]
    found = []
    for package in ("reference", handed_in("hw5", tmp_path)):
        out = tmp_path / str(len(found))
        done = grader("train", "hw5", *where, *fast, "--out", out, "--package", package)
        assert done.exit_code == 0, done.output
        metrics = json.loads((out / "results.json").read_text(encoding="utf-8"))["metrics"]
        said = grader("try", "hw5", out, "der hund .", "--beam", "4", "--package", package)
        found.append((metrics["beam"], metrics["greedy"], said.output))
    assert found[0] == found[1]
    assert found[0][2].strip()


def test_a_bonus_that_was_left_out_is_named(texts, tmp_path):
    package = handed_in("hw5", tmp_path)
    (package / "lstm_seq2seq.py").write_text('"""Nothing here."""\n', encoding="utf-8")
    where = ["--model", "lstm", "--data", texts / "hw5", "--out", tmp_path / "out"]
    done = grader("train", "hw5", *where, "--vocabulary", "60", "--package", package)
    assert done.exit_code == 2
    assert "lstm_seq2seq.py has no LSTMSeq2Seq, and training needs it." in done.output


def test_five_ways_to_word_vectors_are_compared(texts, tmp_path):
    asked = ["--data", texts / "hw2", "--similarity", texts / "hw2" / "pairs.txt"]
    fast = "--words 60 --dim 8 --epochs 2 --min-count 1".split()
    for package in ("reference", handed_in("hw2", tmp_path)):
        done = grader("compare", *asked, *fast, "--package", package)
        assert done.exit_code == 0, done.output
        names = ["SGNS", "CBOW", "hierarchical", "GloVe", "FastText", "FastText, any"]
        lines = done.output.splitlines()[1:]
        assert all(line.startswith(name) for line, name in zip(lines, names, strict=True)), lines
        # of the four pairs one has words that do not occur in the text
        assert [re.search(r"[01]\.\d+ +(\d+) ", line)[1] for line in lines] == [*"33333", "4"]
        assert all(line.split()[-1] != line.split(":")[0] for line in lines)
    assert grader("compare", *asked, *fast[:2], "--min-count", "99").exit_code != 0


DEADLY = """
from .solved import *
from . import solved
calls = 0
def detach(state):
    global calls
    calls += 1
    if calls == 9:
        import os, signal
        os.kill(os.getpid(), signal.SIGKILL)
    return solved.detach(state)
"""


def test_a_run_that_was_killed_ends_with_the_same_weights(texts, tmp_path):
    """kill -9 in the middle of an epoch, by the package itself; dropout draws in every step."""
    package, more = handed_in("hw3", tmp_path), ("--dropout", "0.3")
    train("hw3", texts, tmp_path / "whole", *more, package=package)
    healthy = (package / "model.py").read_text(encoding="utf-8")
    (package / "solved.py").write_text(healthy, encoding="utf-8")
    (package / "model.py").write_text(DEADLY, encoding="utf-8")
    words = [*FAST["hw3"].split(), *more, "--package", package, "--data", texts / "hw3"]
    command = [sys.executable, "-m", "grader", "train", "hw3", *words, "--out", tmp_path / "torn"]
    variables = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, check=False)
    assert done.returncode == -9
    at = torch.load(tmp_path / "torn" / "checkpoint.pt", weights_only=True)["done"]
    assert 0 < at < 9
    (package / "model.py").write_text(healthy, encoding="utf-8")
    resumed = train("hw3", texts, tmp_path / "torn", *more, "--resume", package=package)
    assert resumed.exit_code == 0, resumed.output
    assert equal(weights(tmp_path / "torn"), weights(tmp_path / "whole"))


@pytest.mark.parametrize("name", FAST)
def test_every_program_goes_on_from_any_step(name, texts, tmp_path, monkeypatch):
    from grader.training import loop

    assert train(name, texts, tmp_path / "whole").exit_code == 0
    real = loop.seed_all

    def stop(seed, number):
        if number == 2:
            raise KeyboardInterrupt
        real(seed, number)

    with monkeypatch.context() as patched:
        patched.setattr(loop, "seed_all", stop)
        patched.setattr(loop, "SHARE", 0)  # a checkpoint after every step
        assert train(name, texts, tmp_path / "torn").exit_code == 130
    assert train(name, texts, tmp_path / "torn", "--resume").exit_code == 0
    assert equal(weights(tmp_path / "torn"), weights(tmp_path / "whole"))


def test_a_run_that_diverges_says_so_at_once(texts, tmp_path):
    done = train("hw3", texts, tmp_path, "--lr", "1e30", "--clip", "1e30")
    assert done.exit_code == 1
    assert "diverged" in done.output
    result = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert result["status"] == "diverged"


@pytest.mark.parametrize(
    ("name", "more", "said"),
    [
        ("hw3", ["--dropout", "1.5"], "--dropout"),
        ("hw3", ["--batch-size", "9999"], "--batch-size"),
        ("hw5", ["--size", "100", "--heads", "8"], "multiple of 8"),
        ("hw5", ["--vocabulary", "5"], "--vocabulary"),
        ("hw2", ["--min-count", "9999"], "--min-count"),
        ("hw1", ["--epochs", "0"], "--epochs"),
    ],
)
def test_what_cannot_be_used_is_a_sentence(name, more, said, texts, tmp_path):
    done = train(name, texts, tmp_path, *more)
    assert done.exit_code == 2
    assert said in done.output


IDLE = [
    ("train hw2 --gensim", "--gensim", "--similarity"),
    ("train hw4 --model trigrams --min-count 3", "--min-count", "--model hmm"),
    ("train hw5 --model seq2seq --heads 8", "--heads", "--model transformer"),
    ("train hw5 --model seq2seq --layers 2", "--layers", "--model transformer|lstm"),
    ("train hw5 --model seq2seq --d-ff 64", "--d-ff", "--model transformer"),
    ("train hw5 --model seq2seq --dropout 0.2", "--dropout", "--model transformer|lstm"),
    ("train hw5 --model lstm --heads 8", "--heads", "--model transformer"),
    ("train hw5 --model lstm --sentence 3", "--sentence", "--model transformer|seq2seq"),
    ("train hw5 --model seq2seq --tie-all", "--tie-all", "--model transformer"),
    ("train hw5 --model seq2seq --warmup 9", "--warmup", "--model transformer"),
    ("try hw1 model.pt --beam 3", "--beam", "hw5"),
    ("try hw5 model.pt --length 3", "--length", "hw3"),
]


@pytest.mark.parametrize(("typed", "option", "needed"), IDLE)
def test_an_option_that_would_be_ignored_is_refused(typed, option, needed, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for lang, said in (("en", f"{option} has no effect here: it is for {needed}."), ("ko", option)):
        done = grader(*typed.split(), lang=lang)
        assert done.exit_code == 2
        assert said in done.output
        assert needed in done.output
    assert not list(tmp_path.iterdir())


# Of each homework a short run, and what is changed about it. hw2 and hw3 have two engines: the
# reference's and the one for students' packages.
EFFECTS = {
    "hw1": ("--epochs 1 --batch-size 32 --lr 0.3", ["--lr 0.2", "--features words", "--seed 1"]),
    "hw2": (
        "--epochs 2 --dim 8 --window 2 --min-count 1 --t 1",
        [
            *("--epochs 1", "--lr 0.05", "--dim 6", "--window 1", "--negatives 2", "--seed 1"),
            *("--t 0.01", "--lower", "--min-count 30", "--min-count 30 --rare unk"),
        ],
    ),
    "hw3": (
        "--epochs 1 --size 8 --layers 1 --batch-size 8 --bptt 6 --lr 4",
        [
            *("--epochs 2", "--lr 2", "--size 6", "--layers 2", "--dropout 0.1", "--tied"),
            *("--batch-size 3", "--bptt 4", "--clip 0.1", "--optimiser adam", "--characters"),
            *("--amp bf16", "--seed 1"),
        ],
    ),
    "hw4": ("", ["--min-count 9"]),
    "hw5": (
        "--epochs 1 --size 16 --layers 1 --heads 2 --vocabulary 60 --test-size 1 --beam 1",
        [
            *("--epochs 2", "--lr 0.5", "--size 8", "--layers 2", "--heads 4", "--d-ff 8"),
            *("--dropout 0.4", "--smoothing 0.3", "--tie-all", "--vocabulary 30"),
            *("--max-tokens 40", "--warmup 9", "--amp bf16", "--seed 1"),
        ],
    ),
}


@pytest.mark.parametrize(
    ("name", "whose"),
    [*((name, "reference") for name in EFFECTS), ("hw2", "student"), ("hw3", "student")],
)
def test_every_option_has_an_effect(name, whose, texts, tmp_path):
    package = (
        COURSE.load(name).reference_folder() if whose == "reference" else handed_in(name, tmp_path)
    )
    short, changes = EFFECTS[name]

    def run(out, more):
        data = texts / ("paragraphs" if name == "hw2" else name)
        where = ["--data", data, "--package", package, "--device", "cpu", "--out", out]
        done = grader("train", name, *where, *short.split(), *more.split())
        assert done.exit_code == 0, done.output
        return weights(out)

    without = run(tmp_path / "base", "")
    for number, more in enumerate(changes):
        changed = run(tmp_path / str(number), more)
        del changed["settings"]
        assert not equal(changed, {key: without[key] for key in changed}), more


def test_tables_that_cannot_be_one_are_not_tied(texts, tmp_path):
    package = handed_in("hw5", tmp_path)
    source = (package / "transformer.py").read_text(encoding="utf-8")
    another = "self.src_embedding = nn.Embedding(src_vocab"
    assert source.count(another) == 1
    (package / "transformer.py").write_text(source.replace(another, f"{another} + 1"))
    for lang, said in (("en", "two nn.Embedding modules of shape (41, 16)"), ("ko", "(41, 16)인")):
        where = ["--data", texts / "hw5", "--out", tmp_path / "out", "--package", package]
        done = grader("train", "hw5", *where, *FAST["hw5"].split(), "--tie-all", lang=lang)
        assert done.exit_code == 2
        assert said in done.output


# 4 messages leave none for the test; of 6, five are for training, whose tenth rounds to nothing
@pytest.mark.parametrize(("name", "lines"), [("hw1", 4), ("hw1", 6), ("hw3", 4)])
def test_a_text_too_small_to_be_cut_is_a_sentence(name, lines, tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("ham\tfree money now\nspam\tfree money now\n" * (lines // 2))
    for lang, said in (("en", "too little text"), ("ko", "너무 적어")):
        where = ["--data", path, "--out", tmp_path / "out", "--package", "reference"]
        done = grader("train", name, *where, "--device", "cpu", lang=lang)
        assert done.exit_code == 2, done.output
        assert said in done.output


@pytest.mark.parametrize(("words", "more"), [(6, ["--dim", "1"]), (31, [])])
def test_vectors_that_no_map_can_show_are_kept(words, more, tmp_path):
    """Of 31 words one is left behind the most frequent ones, which say nothing on a map."""
    path, out = tmp_path / "text.txt", tmp_path / "out"
    path.write_text("\n".join(f"{name} " * 3 for name in string.printable[10 : 10 + words]))
    fast = "--epochs 1 --dim 8 --window 2 --min-count 1 --t 1".split()
    where = ["--data", path, "--out", out, "--package", "reference", "--device", "cpu"]
    done = grader("train", "hw2", *where, *fast, *more)
    assert done.exit_code == 0, done.output
    assert sorted(file.name for file in out.iterdir()) == KEPT
    assert grader("try", "hw2", out, "a", "--package", "reference").output.strip()


def test_a_picture_that_cannot_be_written_costs_nothing_else(texts, tmp_path):
    (tmp_path / "map.svg").mkdir()
    for resume in ([], ["--resume"]):
        done = train("hw2", texts, tmp_path, *resume)
        assert done.exit_code == 3
        assert "map.svg cannot be written" in done.output
        assert sorted(file.name for file in tmp_path.iterdir() if file.is_file()) == KEPT
        assert json.loads((tmp_path / "results.json").read_text())["status"] == "finished"
        (tmp_path / "results.json").unlink()
        (tmp_path / "model.pt").unlink()


@pytest.mark.parametrize("sign", ["\x85", "\u2028", "\x0b", "\x0c"])
def test_a_line_ends_where_editors_end_it(sign, tmp_path):
    """`str.splitlines` would cut at these signs, which occur in messages."""
    said, path = f"free{sign} money", tmp_path / "text.txt"
    path.write_text(f"ham\t{said}\nspam\tb\n" * 3, encoding="utf-8")
    corpus = hw1.read(path)
    assert corpus.training[0] == [said, "b", said, "b", "b"]
    for part in ("train", "test"):
        rows = f"id\tdocument\tlabel\n1\t{said}\t0\n2\tb\t1\n"
        (tmp_path / f"ratings_{part}.txt").write_text(rows, encoding="utf-8")
    assert hw1.read(tmp_path).test == ([said, "b"], [0, 1])
    path.write_text(f"a{sign}\tb\t3\n", encoding="utf-8")
    assert hw2.scored_pairs(path) == [(f"a{sign}", "b", 3.0)]
    path.write_text(f"a{sign} b\nc\n", encoding="utf-8")
    assert hw2.sentences(path, lower=False) == [["a", "b"], ["c"]]


def test_data_that_is_missing_is_named_with_its_source(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADER_DATA", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    done = grader("train", "hw4", "--package", "reference", "--out", tmp_path / "out", lang="ko")
    assert done.exit_code == 2
    assert "UD_English-EWT" in done.output
    assert "받아" in done.output


@pytest.mark.parametrize("kind", ["torn", "text", "other", "bare", "odd", "code"])
def test_a_damaged_file_is_refused_and_nothing_in_it_runs(kind, texts, tmp_path):
    train("hw3", texts, tmp_path)
    path = tmp_path / "checkpoint.pt"
    whole = path.read_bytes()
    if kind == "torn":
        path.write_bytes(whole[: len(whole) // 2])
    elif kind == "text":
        path.write_text("hello")
    elif kind == "other":
        torch.save({"assignment": "hw5", "settings": {}}, path)
    elif kind == "bare":
        torch.save({"assignment": "hw3"}, path)
    elif kind == "odd":
        torch.save({"assignment": "hw3", "settings": []}, path)
    else:
        torch.save({"assignment": "hw3", "state": Deadly(str(tmp_path / "ran"))}, path)
    done = train("hw3", texts, tmp_path, "--resume")
    assert done.exit_code == 2
    assert "checkpoint.pt" in done.output
    assert not (tmp_path / "ran").exists()


@contextmanager
def room(size):
    """No file can grow beyond `size` bytes."""
    allowed = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, allowed[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, allowed)


# one tensor beyond the limit, some that reach it together, and one that leaves too little for the
# end of the archive: torch fails at another place each time
@pytest.mark.parametrize("sizes", [[100_000], [3000] * 9, [12_300]])
def test_a_checkpoint_without_room_leaves_the_one_before(sizes, tmp_path):
    path = tmp_path / "checkpoint.pt"
    storage.save(path, {"assignment": "hw3", "done": 1})
    with room(50_000), pytest.raises(PlatformError) as told:
        storage.save(path, {"assignment": "hw3", "state": [torch.zeros(n) for n in sizes]})
    assert told.value.code == "error.cannot_write"
    assert told.value.fields == {"file": str(path), "reason": "File too large"}
    assert list(tmp_path.iterdir()) == [path]
    assert storage.load(path, "hw3")["done"] == 1


def test_a_run_without_room_for_its_checkpoint_says_so(texts, tmp_path):
    with room(50_000):
        done = train("hw3", texts, tmp_path, "--size", "64")
    assert done.exit_code == 3
    assert "checkpoint.pt cannot be written: File too large." in done.output


class Deadly:
    """Unpickled, it makes a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (Path(self.path),)


def test_other_settings_do_not_go_on_from_a_checkpoint(texts, tmp_path):
    train("hw3", texts, tmp_path)
    done = train("hw3", texts, tmp_path, "--resume", "--seed", "5")
    assert done.exit_code == 2
    assert "(seed)" in done.output


def test_what_is_not_written_yet_is_named(texts, tmp_path):
    template = COURSE.template(COURSE.load("hw3"))
    done = train("hw3", texts, tmp_path / "new" / "out", package=template)
    assert done.exit_code == 2
    assert re.search(r"\w\.__init__ in data.py", done.output)
    assert not (tmp_path / "new").exists()  # nothing came into it


@pytest.mark.parametrize(("lang", "said"), [("en", "hw1 was not found in"), ("ko", "hw1 과제를")])
def test_in_another_homeworks_folder_a_student_is_told_where_to_go(
    lang, said, tmp_path, monkeypatch
):
    shutil.copytree(COURSE.template(COURSE.load("hw3")), tmp_path / "hw3_language_model")
    monkeypatch.chdir(tmp_path / "hw3_language_model")
    done = CliRunner().invoke(main, ["--lang", lang, "train", "hw1"])
    assert (done.exit_code, said in done.output) == (2, True), done.output
    assert "course" not in done.output
    assert not (tmp_path / "hw3_language_model" / "out").exists()


@pytest.mark.parametrize(
    ("name", "file", "content", "said"),
    [
        ("hw1", "SMSSpamCollection", "ham\tx\nnone\n", "2행은 ham 또는 spam"),
        ("hw2", "pairs.txt", "a\tb\t1\na b 1\n", "2행은 단어, 단어, 점수를"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_in_korean_too(name, file, content, said, tmp_path):
    (tmp_path / file).write_text(content)
    read = {"hw1": lambda p: hw1.read(p), "hw2": lambda p: hw2.scored_pairs(p)}[name]
    with pytest.raises(UsageError) as caught:
        read(tmp_path / file)
    assert said in translate(caught.value.code, "ko", **caught.value.fields)


def test_an_error_of_the_students_names_its_line(texts, tmp_path):
    package = handed_in("hw3", tmp_path)
    source = (package / "model.py").read_text(encoding="utf-8")
    (package / "model.py").write_text(source + "\ndef detach(state):\n    return state[7]\n")
    done = train("hw3", texts, tmp_path / "out", package=package)
    assert done.exit_code == 1
    assert f"model.py, line {len(source.splitlines()) + 3} (detach): IndexError" in done.output


def test_the_students_own_folder_is_the_default(tmp_path, monkeypatch):
    shutil.copytree(COURSE.template(COURSE.load("hw3")), tmp_path / "hw3_language_model")
    monkeypatch.chdir(tmp_path / "hw3_language_model")
    assert packages.find("hw3", None, None) == tmp_path / "hw3_language_model"
    monkeypatch.chdir(ROOT)
    assert packages.find("hw3", None, None) == ROOT / "reference" / "hw3_language_model"


def test_pieces_give_the_text_back():
    lines = ["der hund, der läuft", "나는 학교에 간다.", "a  b"] * 3
    pieces = Pieces.learn(lines, 40)
    assert len(pieces) <= 40
    for line in lines:
        assert pieces.decode(pieces.encode(line)) == " ".join(line.split())
    assert Pieces(pieces.names, pieces.merges).encode(lines[0]) == pieces.encode(lines[0])
    assert pieces.encode("ж") == [pieces.names.index("\u2581"), 3]


def test_every_sentence_about_training_is_said():
    room = ROOT / "grader" / "training"
    files = [*room.glob("*.py"), ROOT / "grader" / "cli" / "training.py"]
    source = "".join(path.read_text(encoding="utf-8") for path in files)
    said = set(re.findall(r'"(?:train\.)?(\w+)"', source)) | {f"try_{name}" for name in FAST}
    told = (ROOT / "grader" / "locale" / "en" / "train.toml").read_text(encoding="utf-8")
    assert tomllib.loads(told).keys() - said == set()


def test_no_line_of_a_solution_is_in_the_programs():
    """Students get this room with their zip."""
    from grader.authoring.markers import strip

    given = set()
    for path in (ROOT / "grader" / "training").glob("*.py"):
        given |= {line.strip() for line in path.read_text(encoding="utf-8").splitlines()}
    for name in FAST:
        assignment = COURSE.load(name)
        for path in assignment.reference_paths().values():
            _, lines = strip(path.read_text(encoding="utf-8"), path)
            told = {line.strip() for line in lines if len(line.strip()) > 40} & given
            assert told == set(), f"{path.name}: {told}"
