"""Training hw5 on a tiny made-up language pair: reader, subwords, trainer, pictures, command line."""

import json
import math
import random
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import sacrebleu
import torch

from reference.hw5_seq2seq import charts, data, train, trainer, translate

torch.set_num_threads(1)
CPU = torch.device("cpu")
NOUNS = {"Hund": "dog", "Mann": "man", "Vogel": "bird", "Zug": "train"}
VERBS = {"sieht": "sees", "jagt": "hunts", "mag": "likes"}


def sentences(count, seed):
    """Pairs of lines: "Der alte Hund jagt den Vogel ." and "The old dog hunts the bird .", or so."""
    source, pairs = random.Random(seed), []
    for _ in range(count):
        one, two = source.choice(list(NOUNS)), source.choice(list(NOUNS))
        verb, old = source.choice(list(VERBS)), source.random() < 0.5
        german = f"Der {'alte ' if old else ''}{one} {verb} den {two} ."
        english = f"The {'old ' if old else ''}{NOUNS[one]} {VERBS[verb]} the {NOUNS[two]} ."
        pairs.append((german, english))
    return pairs


def write(folder, count=120):
    folder.mkdir(exist_ok=True)
    for number, stem in enumerate(data.SPLITS.values()):
        pairs = sentences(count if stem == "train" else 12, number)
        for side, language in enumerate(("de", "en")):
            text = "".join(f"{pair[side]}\n" for pair in pairs)
            (folder / f"{stem}.{language}").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return write(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def subwords(tiny):
    corpus = data.read(tiny, "train")
    return data.Subwords.train([*corpus.german, *corpus.english], 90)


def settings(model, **changes):
    options = {
        "model": model,
        "size": 32,
        "layers": 1,
        "dropout": 0.1,
        "epochs": 4,
        "max_tokens": 200,
        "lr": 1.0 if model == "transformer" else 5e-3,
        "warmup": 20,
        "smoothing": 0.1,
        "seed": 0,
        "amp": False,
        "compile": False,
        "device": CPU,
        **changes,
    }
    return trainer.Settings(**options)


# ---------------------------------------------------------------------------------------- data.py


def test_sentences_are_lower_cased_and_composed(tmp_path):
    folder = write(tmp_path / "x")
    for language in ("de", "en"):
        (folder / f"val.{language}").write_text("Zwei Ma\u0308nner \nEin Hund\n", encoding="utf-8")
    assert data.read(folder, "val").german == ["zwei männer", "ein hund"]


@pytest.mark.parametrize("text", [b"one line\n", b"one\n\nthree\n", "\xe4".encode("latin-1")])
def test_files_that_do_not_fit_are_named(tmp_path, text):
    folder = write(tmp_path / "x")
    (folder / "val.en").write_bytes(text)
    (folder / "val.de").write_text("eins\nzwei\ndrei\n", encoding="utf-8")
    with pytest.raises(data.DataMissing, match="val"):
        data.read(folder, "val")


def test_multi30k_is_looked_for_in_this_order(tmp_path, monkeypatch):
    here = tmp_path / "course"
    (here / "data").mkdir(parents=True)
    monkeypatch.chdir(here)
    monkeypatch.delenv("MULTI30K_DIR", raising=False)
    with pytest.raises(data.DataMissing, match="multi30k/dataset"):
        data.find("multi30k")
    (tmp_path / "shared" / "data").mkdir(parents=True)
    write(tmp_path / "shared" / "data" / "multi30k")
    assert data.find("multi30k") == Path("../shared/data/multi30k")
    write(here / "data" / "multi30k")
    assert data.find("multi30k") == Path("data/multi30k")
    monkeypatch.setenv("MULTI30K_DIR", str(write(tmp_path / "named")))
    assert data.find("multi30k") == tmp_path / "named"


def test_subwords_go_there_and_back(subwords):
    assert (data.PAD, data.BOS, data.EOS, data.UNK) == (0, 1, 2, 3)
    for line in ("der alte hund jagt den vogel .", "the dog likes the train ."):
        ids = subwords.encode(line)
        assert subwords.decode(ids) == line
        assert all(3 < i < len(subwords) for i in ids)
        assert "".join(subwords.pieces(ids)).replace("\u2581", " ").strip() == line
    assert data.UNK in subwords.encode("犬")
    again = data.Subwords(subwords.model)
    assert again.encode("der hund") == subwords.encode("der hund")


# ------------------------------------------------------------------------------------- trainer.py


@pytest.mark.parametrize("model", trainer.MODELS)
def test_what_is_resumed_goes_on_as_if_nothing_had_happened(tiny, subwords, tmp_path, model):
    pairs = train.encoded(data.read(tiny, "train"), subwords)
    whole = trainer.Trainer(settings(model), len(subwords))
    losses = []
    for _ in range(4):
        losses.append(whole.epoch(pairs, lambda: None))
        whole.history["training"].append(losses[-1])
    assert losses[-1] < losses[0] - 0.3

    torch.manual_seed(99)
    first = trainer.Trainer(settings(model), len(subwords))
    for _ in range(2):
        first.history["training"].append(first.epoch(pairs, lambda: None))
    first.save(tmp_path / "checkpoint.pt", "data", subwords.model)
    torch.manual_seed(77)
    second = trainer.Trainer(settings(model), len(subwords))
    found = trainer.load(tmp_path)
    assert bytes(found["subwords"].tolist()) == subwords.model
    second.resume(found, "data")
    for _ in range(2):
        second.history["training"].append(second.epoch(pairs, lambda: None))
    assert second.history["training"] == losses
    ours, theirs = second.model.state_dict(), whole.model.state_dict()
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)
    for wrong in (settings(model, size=16), settings(model, seed=5)):
        with pytest.raises(data.DataMissing, match="other settings"):
            trainer.Trainer(wrong, len(subwords)).resume(found, "data")
    with pytest.raises(data.DataMissing, match="other data"):
        second.resume(found, "others")


def test_half_precision_and_compilation_are_options(tiny, subwords):
    pairs = train.encoded(data.read(tiny, "train"), subwords)[:20]
    full = trainer.Trainer(settings("transformer", dropout=0.0), len(subwords))
    half = trainer.Trainer(settings("transformer", dropout=0.0, amp=True), len(subwords))
    loss = half.epoch(pairs, lambda: None)
    # bfloat16 keeps eight bits: the two agree to a per cent or so
    assert loss == pytest.approx(full.epoch(pairs, lambda: None), rel=0.05)
    assert all(parameter.dtype == torch.float32 for parameter in half.model.parameters())


def test_validation_is_the_plain_cross_entropy(tiny, subwords):
    pairs = train.encoded(data.read(tiny, "val"), subwords)
    made = trainer.Trainer(settings("transformer"), len(subwords))
    made.model.eval()
    total = count = 0.0
    for source, target in pairs:
        tgt = torch.tensor([[data.BOS, *target, data.EOS]])
        logits = made.model(torch.tensor([source]), torch.tensor([len(source)]), tgt)[0, :-1]
        total += torch.nn.functional.cross_entropy(logits, tgt[0, 1:], reduction="sum").item()
        count += len(target) + 1
    assert made.validation_loss(pairs) == pytest.approx(total / count, rel=1e-5)


# ----------------------------------------------------------------------------------- translate.py


def test_our_score_is_sacrebleus():
    hypotheses = ["the old dog hunts the bird.", "a man, who sees the train!", "it's the dog"]
    references = ["the old dog hunts a bird.", "a man who sees the train!", "it's a dog"]
    found = translate.score(hypotheses, references)
    theirs = sacrebleu.corpus_bleu(hypotheses, [references], smooth_method="none").score
    assert found["bleu"] == pytest.approx(theirs, abs=1e-9)
    assert found["sacrebleu"] == pytest.approx(theirs, abs=1e-9)
    assert "tok:13a" in found["signature"]


@pytest.mark.parametrize("model", trainer.MODELS)
def test_translations_come_in_order_and_show_where_they_looked(subwords, model):
    torch.manual_seed(0)
    made = trainer.Trainer(settings(model), len(subwords)).model
    lines = ["der hund jagt den alten mann .", "der zug .", "der vogel sieht den hund ."]
    together = translate.translate(made, subwords, lines, CPU)
    assert together == [translate.translate(made, subwords, [line], CPU)[0] for line in lines]
    assert translate.translate(made, subwords, lines, CPU, beam=2) != []
    source, target, weights = translate.attention(made, subwords, lines[0], CPU)
    assert "".join(source).replace("\u2581", " ").strip() == lines[0]
    assert len(weights) == len(target)
    for row in weights:
        assert len(row) == len(source)
        assert math.isclose(sum(row), 1.0, abs_tol=1e-5)


# -------------------------------------------------------------------------------------- charts.py


def test_pictures_are_well_formed_and_escape_their_words():
    curve = charts.curves({"training": [3.0, 2.0, 1.5], "<b>": [3.1]}, "loss & more")
    root = ET.fromstring(curve)
    assert root.tag.endswith("svg")
    assert "loss & more" in "".join(root.itertext())
    lines = [node for node in root.iter() if node.tag.endswith("polyline")]
    assert [len(line.get("points").split()) for line in lines] == [3, 1]
    heights = [float(point.split(",")[1]) for point in lines[0].get("points").split()]
    assert heights == sorted(heights)  # a falling loss goes down, and y grows downwards
    picture = ET.fromstring(charts.attention_map(["<s>", "나는"], ["I"], [[0.25, 0.75]]))
    shades = [node.get("fill-opacity") for node in picture.iter() if node.get("fill-opacity")]
    assert shades == ["0.250", "0.750"]


# --------------------------------------------------------------------------------------- train.py


@pytest.mark.parametrize("model", trainer.MODELS)
def test_the_command_line_trains_resumes_and_writes(tiny, tmp_path, model, capsys):
    out = tmp_path / "out"
    size = ["--size", "32", "--vocabulary", "90", "--max-tokens", "200", "--warmup", "20"]
    common = [
        "--data",
        str(tiny),
        "--model",
        model,
        "--device",
        "cpu",
        "--out",
        str(out),
        "--beam",
        "2",
    ]
    assert train.main([*common, *size, "--layers", "1", "--epochs", "1"]) == 0
    more = ["--epochs", "2", "--resume", str(out)]
    assert train.main([*common, *size, "--layers", "1", *more]) == 0
    result = json.loads((out / "result.json").read_text(encoding="utf-8"))
    assert len(result["history"]["training"]) == len(result["history"]["validation"]) == 2
    for name in ("greedy", "beam"):
        found = result["metrics"][name]
        assert found["bleu"] == pytest.approx(found["sacrebleu"], abs=1e-9)
        assert len((out / f"test.{name}.en").read_text(encoding="utf-8").splitlines()) == 12
    for picture in ("curve.svg", "attention.svg"):
        ET.fromstring((out / picture).read_text(encoding="utf-8"))
    assert "BLEU" in capsys.readouterr().out


def test_the_transformer_learns_the_tiny_language(tiny, subwords):
    """Enough epochs, and most of the test sentences come out word for word."""
    pairs = train.encoded(data.read(tiny, "train"), subwords)
    made = trainer.Trainer(settings("transformer", epochs=40, dropout=0.0), len(subwords))
    for _ in range(40):
        made.history["training"].append(made.epoch(pairs, lambda: None))
    test = data.read(tiny, "test")
    found = translate.translate(made.model, subwords, test.german, CPU)
    assert sum(f == e for f, e in zip(found, test.english, strict=True)) >= 9


def test_what_cannot_be_used_is_said_and_ends_with_two(tiny, tmp_path, capsys):
    assert train.main(["--data", str(tmp_path / "nothing"), "--device", "cpu"]) == 2
    assert "multi30k/dataset" in capsys.readouterr().err
    assert train.main(["--data", str(tiny), "--device", "cpu", "--resume", str(tmp_path)]) == 2
    assert "checkpoint.pt" in capsys.readouterr().err
    if not torch.cuda.is_available():
        assert train.main(["--data", str(tiny), "--device", "cuda"]) == 2
        assert "CUDA" in capsys.readouterr().err
