"""Training hw3 on text: the reader, the fused LSTM, checkpoints and the command line."""

import json
import random
import xml.etree.ElementTree as ET

import pytest
import torch

from reference.hw3_language_model import corpus, train
from reference.hw3_language_model.cells import LSTM
from reference.hw3_language_model.curve import learning_curve
from reference.hw3_language_model.fused import FusedLSTM

torch.set_num_threads(1)  # so small are the matrices that threads cost more than they give
TINY = ["--device", "cpu", "--size", "12", "--layers", "2", "--dropout", "0.1", "--batch-size", "4"]
TINY += ["--bptt", "6", "--lr", "4", "--seed", "3"]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """Sentences in which the verb tells the object: half of the words can be known."""
    folder = tmp_path_factory.mktemp("tiny")
    rng = random.Random(1)
    objects = {"먹는다": "밥을", "마신다": "물을", "read": "books"}
    for part, n in (("train", 300), ("valid", 40), ("test", 40)):
        lines = [f" {v} {objects[v]} <unk> " for v in rng.choices(list(objects), k=n)]
        text = "".join(f"{line}\n" for line in ["", *lines])
        (folder / f"wiki.{part}.tokens").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("layers", [1, 3])
def test_the_fused_lstm_is_the_plain_one(layers):
    draw = torch.Generator().manual_seed(1)

    def normal(*shape):
        values = torch.randn(*shape, generator=draw, dtype=torch.float64)
        return values.requires_grad_()

    x, state = normal(6, 3, 4), (normal(layers, 3, 5), normal(layers, 3, 5))
    weights = [normal(6, 3, 5).detach(), *(normal(layers, 3, 5).detach() for _ in "hc")]
    found = []
    for kind in (LSTM, FusedLSTM):
        module = kind(4, 5, layers, seed=2).double()
        output, (h, c) = module(x, state)
        loss = sum((p * w).sum() for p, w in zip((output, h, c), weights, strict=True))
        inputs = [x, *state, *module.parameters()]
        found.append([output, h, c, *torch.autograd.grad(loss, inputs), module(x)[0]])
    for got, wanted in zip(*found, strict=True):
        torch.testing.assert_close(got, wanted, rtol=1e-9, atol=1e-11)


def test_the_fused_lstm_leaves_padding_and_directions_to_the_plain_one():
    x, lengths = torch.randn(4, 2, 3), torch.tensor([4, 2])
    for both in (False, True):
        fused, plain = (k(3, 5, bidirectional=both, seed=1) for k in (FusedLSTM, LSTM))
        assert torch.equal(fused(x, None, lengths)[0], plain(x, None, lengths)[0])


def test_the_reader_takes_a_folder_or_a_file(tiny, tmp_path):
    text = corpus.read(tiny)
    assert text.vocabulary.tokens[:2] == ["<unk>", "<eos>"]
    assert len(text.vocabulary) == 8
    assert text.parts["train"][0] == 1  # the empty first line
    assert len(text.parts["train"]) == 301 + 3 * 300
    one = tmp_path / "one.txt"
    one.write_text("".join(f"w{i} x\n" for i in range(20)), encoding="utf-8")
    cut = corpus.read(one)
    assert [len(cut.parts[part]) for part in corpus.PARTS] == [48, 6, 6]
    assert cut.parts["valid"].tolist()[0] == 0  # w16 was never seen in training


@pytest.mark.parametrize("content", [None, b"", "한".encode("euc-kr")])
def test_unusable_text_is_a_sentence(tmp_path, capsys, content):
    place = tmp_path / "text.txt"
    if content is not None:
        place.write_bytes(content)
    assert train.main(["--data", str(place)]) == 2
    assert str(place) in capsys.readouterr().err


def test_the_command_line_reports_and_writes(tiny, tmp_path, capsys):
    out = tmp_path / "deep" / "out"
    assert train.main(["--data", str(tiny), "--out", str(out), "--epochs", "4", *TINY]) == 0
    printed = capsys.readouterr().out
    assert "\x1b" not in printed  # quiet lines where there is no terminal
    result = json.loads((out / "result.json").read_text(encoding="utf-8"))
    figures = result["metrics"]
    # of four tokens one is uncertain between three: 3^(1/4) = 1.32 is the best perplexity
    assert 1.3 < figures["test_perplexity"] < 1.7
    assert f"{figures['test_perplexity']:.2f}" in printed
    assert [len(curve) for curve in result["curves"].values()] == [4, 4]
    assert figures["valid_perplexity"] == pytest.approx(min(result["curves"]["valid"]))
    assert list(result["samples"]) == ["0.7", "1", "1.3"]
    known = set(corpus.read(tiny).vocabulary.tokens)
    assert all(set(text.split()) <= known for text in result["samples"].values())
    assert set(result["data"]["sha256"]) == {f"wiki.{part}.tokens" for part in corpus.PARTS}
    assert result["tokens_per_second"] > 0
    ET.fromstring((out / "curve.svg").read_text(encoding="utf-8"))


def test_a_run_that_was_stopped_ends_as_one_that_was_not(tiny, tmp_path):
    call = ["--data", str(tiny), *TINY, "--out"]
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    assert train.main([*call, str(whole), "--epochs", "3"]) == 0
    assert train.main([*call, str(parts), "--epochs", "1"]) == 0
    assert train.main([*call, str(parts), "--epochs", "3", "--resume"]) == 0
    one, other = (json.loads((p / "result.json").read_text("utf-8")) for p in (whole, parts))
    for name in ("metrics", "curves", "samples"):
        assert one[name] == other[name]


def test_a_checkpoint_of_another_run_is_refused(tiny, tmp_path, capsys):
    call = ["--data", str(tiny), *TINY, "--epochs", "1", "--out", str(tmp_path)]
    assert train.main([*call, "--resume"]) == 2
    assert "checkpoint.pt" in capsys.readouterr().err
    assert train.main(call) == 0
    assert train.main([*call, "--resume", "--clip", "1"]) == 2
    assert "other settings" in capsys.readouterr().err


def test_mixed_precision_learns_the_same_text(tiny, tmp_path):
    call = ["--data", str(tiny), *TINY, "--epochs", "3", "--amp", "bf16", "--tied"]
    assert train.main([*call, "--out", str(tmp_path)]) == 0
    result = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))
    assert result["metrics"]["test_perplexity"] < 2


def test_the_rate_falls_where_nothing_is_won(tiny):
    settings = train.Settings(4, 1, 0.0, False, 2, 4, 6, 0.0, 1.0, 0, "off", False)
    trainer = train.Trainer(corpus.read(tiny), settings, torch.device("cpu"))
    trainer.lr = 8.0
    trainer.finish_epoch(5.0)
    assert trainer.lr == 8
    trainer.finish_epoch(5.0)  # the same weights, the same perplexity
    assert trainer.lr == 2


def test_the_curve_is_a_picture_of_all_values():
    picture = learning_curve("a <b>", {"train": [9.0, 3.0], "valid": [8.0, float("inf")]})
    root = ET.fromstring(picture)
    lines = [e for e in root.iter() if e.tag.endswith("polyline")]
    assert [len(line.get("points").split()) for line in lines] == [2, 1]
    assert "a <b>" in [e.text for e in root.iter()]


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_cuda_computes_what_the_cpu_computes():
    x = torch.randn(5, 3, 4, generator=torch.Generator().manual_seed(0))
    for kind in (LSTM, FusedLSTM):
        module = kind(4, 6, 2, seed=1)
        wanted = module(x)[0]
        got = module.cuda()(x.cuda())[0].cpu()
        torch.testing.assert_close(got, wanted, rtol=1e-3, atol=1e-5)
