"""hw5 on real text: German to English, by two LSTMs, the attention seq2seq or the Transformer.

Models, loss, schedule, batches, search and BLEU are the package's own. Pieces of words are shared
by both languages (`pieces`). Only the forward pass runs in bfloat16 when that is asked for: loss
and optimiser stay in float32. Tested is the epoch with the best validation loss.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from grader.errors import UsageError
from grader.training import datasets, pictures
from grader.training.loop import Line, finite
from grader.training.package import Package
from grader.training.pieces import BOS, EOS, PAD, Pieces
from grader.training.translation import Ids, attention, padded, translate

SPLITS = {"train": "train", "val": "val", "test": "test_2016_flickr"}
CLIP = 1.0
LOOKS = 20  # steps between two looks at the loss on a GPU: each waits for it
# chosen on the validation set: size, layers, dropout, rate (Transformer: of the schedule), tokens;
# of lstm, layers and dropout are those of the course's practice
DEFAULTS: dict[str, dict[str, Any]] = {
    "lstm": {"size": 512, "layers": 2, "dropout": 0.5, "lr": 1e-3, "max_tokens": 3000},
    "seq2seq": {"size": 512, "lr": 1e-3, "max_tokens": 3000},
    "transformer": {"size": 256, "layers": 3, "dropout": 0.2, "lr": 1.0, "max_tokens": 4096},
}


def read(place: Path) -> tuple[dict[str, tuple[list[str], list[str]]], list[Path]]:
    """German and English, lower-cased, line by line the same, of each split; and the files."""
    if not place.is_dir():
        raise UsageError("error.no_folder", folder=place)
    found, files = {}, []
    for split, stem in SPLITS.items():
        sides = []
        for language in ("de", "en"):
            path = datasets.one_file(place, f"{stem}.{language}")
            files.append(path)
            lines = datasets.text_of(path).rstrip("\n").split("\n")
            sides.append([line.strip().lower() for line in lines])
        german, english = sides
        if len(german) != len(english) or not all(map(all, zip(german, english, strict=False))):
            raise UsageError("error.train_bad_sides", file=place, split=split)
        found[split] = (german, english)
    return found, files


class Program:
    """A batch of similar length is a step; the last one of an epoch also validates."""

    assignment = "hw5"

    def __init__(
        self, package: Package, place: Path, settings: dict[str, Any], device: torch.device
    ) -> None:
        default = DEFAULTS[settings["model"]]
        settings = {k: default.get(k) if v is None else v for k, v in settings.items()}
        self._asked = {
            name: settings.pop(name) for name in ("beam", "penalty", "sentence", "test_size")
        }
        text, files = read(place)
        self.settings = {**settings, "data": datasets.digests(*files)}
        self._package, self._device, self._text = package, device, text
        try:
            self._pieces = Pieces.learn(
                [*text["train"][0], *text["train"][1]], settings["vocabulary"]
            )
        except ValueError as error:
            least = error.args[0]
            raise UsageError("error.train_least", option="--vocabulary", least=least) from None
        self._pairs, self._held = (self._encoded(split) for split in ("train", "val"))
        self._model = build(package, settings, len(self._pieces)).to(device)
        self._run = torch.compile(self._model, dynamic=True) if settings["compile"] else self._model
        self._adam = torch.optim.Adam(self._model.parameters(), betas=(0.9, 0.98), eps=1e-9)
        self._plan = [
            (epoch, batch, number == len(batches) - 1)
            for epoch in range(settings["epochs"])
            for batches in [self._batches(self._pairs, settings["seed"] + epoch)]
            for number, batch in enumerate(batches)
        ]
        self.total = len(self._plan)
        self._loss = torch.zeros((), device=device)  # over the epoch so far
        self._curves: dict[str, list[float]] = {"training": [], "validation": []}
        self._best: dict[str, Tensor] = {}

    def _encoded(self, split: str) -> list[tuple[Ids, Ids]]:
        encode = self._pieces.encode
        return [(encode(de), encode(en)) for de, en in zip(*self._text[split], strict=True)]

    def _batches(self, pairs: list[tuple[Ids, Ids]], seed: int) -> list[list[int]]:
        """By the longer side of each pair, so that neither source nor target overflows."""
        longest = [max(len(source), len(target) + 2) for source, target in pairs]
        found: list[list[int]] = self._package.training.length_batches(
            longest, self.settings["max_tokens"], seed
        )
        return found

    def step(self, number: int) -> Line | None:
        epoch, batch, last = self._plan[number]
        if number == 0 or self._plan[number - 1][2]:
            self._loss = torch.zeros_like(self._loss)
        self._model.train()
        # the later, the more the recurrent model must live with its own words (Bengio et al. 2015)
        teacher = 1.0 - 0.5 * epoch / max(self.settings["epochs"] - 1, 1)
        for group in self._adam.param_groups:
            group["lr"] = self._rate(number + 1)
        chosen = [self._pairs[i] for i in batch]
        loss = self._loss_of(chosen, (teacher, number), self.settings["smoothing"])
        self._adam.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self._model.parameters(), CLIP)
        self._adam.step()
        self._loss = self._loss + loss.detach() * _tokens(chosen)
        if self._device.type == "cpu" or number % LOOKS == 0 or last:
            finite(float(loss.detach()))
        return self._validate(epoch) if last else None

    def _rate(self, step: int) -> float:
        rate: float = self.settings["lr"]
        if _recurrent(self.settings):
            return rate
        schedule = self._package.training.noam_lr
        return rate * float(schedule(step, self.settings["size"], self.settings["warmup"]))

    def _loss_of(
        self, pairs: list[tuple[Ids, Ids]], taught: tuple[float, int], smoothing: float
    ) -> Tensor:
        src, lengths = padded([source for source, _ in pairs], self._device)
        tgt, _ = padded([[BOS, *target, EOS] for _, target in pairs], self._device)
        extra = taught if _recurrent(self.settings) else ()
        half = self.settings["amp"] == "bf16"
        with torch.autocast(self._device.type, torch.bfloat16, enabled=half):
            logits = self._run(src, lengths, tgt, *extra)[:, : tgt.shape[1] - 1]
        found: Tensor = self._package.training.label_smoothed_loss(
            logits.float().flatten(0, 1), tgt[:, 1:].flatten(), smoothing, PAD
        )
        return found

    @torch.no_grad()  # type: ignore[untyped-decorator]
    def _validate(self, epoch: int) -> Line:
        """Cross-entropy per token, nothing smoothed, each word read from the target."""
        self._model.eval()
        total = 0.0
        for batch in self._batches(self._held, 0):
            chosen = [self._held[i] for i in batch]
            total += float(self._loss_of(chosen, (1.0, 0), 0.0)) * _tokens(chosen)
        valid = finite(total / _tokens(self._held), "validation loss")
        training = finite(float(self._loss) / _tokens(self._pairs))
        if not self._curves["validation"] or valid < min(self._curves["validation"]):
            self._best = {name: w.clone() for name, w in self._model.state_dict().items()}
        self._curves["training"].append(training)
        self._curves["validation"].append(valid)
        figures = {"training": f"{training:.3f}", "valid": f"{valid:.3f}"}
        return Line.of("loss", epoch=epoch + 1, **figures)

    def state(self) -> dict[str, Any]:
        return {
            "model": self._model.state_dict(),
            "adam": self._adam.state_dict(),
            "loss": self._loss,
            "curves": self._curves,
            "best": self._best,
        }

    def restore(self, state: dict[str, Any]) -> None:
        self._model.load_state_dict(state["model"])
        self._adam.load_state_dict(state["adam"])
        self._loss, self._curves = state["loss"].to(self._device), state["curves"]
        self._best = {name: w.to(self._device) for name, w in state["best"].items()}

    def model(self) -> dict[str, Any]:
        pieces = {"names": self._pieces.names, "merges": [list(p) for p in self._pieces.merges]}
        return {**pieces, "weights": self._best}

    def results(self) -> dict[str, Any]:
        self._model.load_state_dict(self._best)
        german, english = (side[: self._asked["test_size"]] for side in self._text["test"])
        found: dict[str, Any] = {
            "pairs": len(self._pairs),
            "pieces": len(self._pieces),
            "parameters": sum(p.numel() for p in self._model.parameters()),
            "curves": self._curves,
        }
        beam, penalty = self._asked["beam"], self._asked["penalty"]
        by = {
            k: translate(self._package, self._model, self._pieces, german, k, penalty)
            for k in {1, beam}
        }
        for name, k in (("greedy", 1), ("beam", beam)):
            found[name] = {**self._score(by[k], english), "k": k, "examples": by[k][:5]}
        return found

    def _score(self, said: list[str], english: list[str]) -> dict[str, Any]:
        """The package's BLEU; beside it sacrebleu's of the same output, where it is installed.

        Both then cut words as sacrebleu's "13a" does; without sacrebleu words end at blanks.
        """
        bleu = self._package.training.bleu
        try:
            import sacrebleu
            from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a
        except ImportError:
            ours = bleu([line.split() for line in said], [[line.split()] for line in english])
            return {"bleu": float(ours), "words": "blanks"}
        cut = Tokenizer13a()  # type: ignore[no-untyped-call]
        ours = bleu([cut(line).split() for line in said], [[cut(line).split()] for line in english])
        metric = sacrebleu.BLEU(smooth_method="none")
        theirs = metric.corpus_score(said, [english]).score
        return {"bleu": float(ours), "words": "13a", "sacrebleu": theirs}

    def pictures(self) -> dict[str, str]:
        german = self._text["test"][0]
        sentence = german[self._asked["sentence"] % len(german)]
        drawn = {"curve.svg": pictures.curves("loss per token", self._curves)}
        if seen := attention(self._package, self._model, self._pieces, sentence):
            drawn["attention.svg"] = pictures.matrix("attention", *seen)
        return drawn


def build(package: Package, settings: dict[str, Any], words: int) -> nn.Module:
    """The package's model. Raises `UsageError` for sizes that it cannot have."""
    size, seed, layers = settings["size"], settings["seed"], settings["layers"]
    factor = 2 if _recurrent(settings) else settings["heads"]
    if size % 2 or size % factor:
        raise UsageError("error.train_multiple", option="--size", factor=factor)
    if settings["model"] == "seq2seq":
        s2s = package.seq2seq
        decoder = s2s.Decoder(words, size // 2, size, "general", seed=seed + 1)
        model: nn.Module = s2s.Seq2Seq(s2s.Encoder(words, size // 2, size, seed=seed), decoder)
        return model
    if settings["model"] == "lstm":
        lstm: nn.Module = package.lstm_seq2seq.LSTMSeq2Seq(
            words, words, size // 2, size, layers, settings["dropout"], seed
        )
        return lstm
    model = package.transformer.Transformer(
        words,
        words,
        size,
        heads=settings["heads"],
        layers=layers,
        d_ff=settings["d_ff"] or 2 * size,
        dropout=settings["dropout"],
        max_len=512,
        tie=True,
        norm="pre",
        seed=seed,
    )
    if settings["tie_all"]:
        _share_embeddings(model, (words, size))
    return model


def _recurrent(settings: dict[str, Any]) -> bool:
    """Whether the model reads its own words now and then while it is trained, at one rate."""
    return str(settings["model"]) != "transformer"


def _share_embeddings(model: nn.Module, shape: tuple[int, int]) -> None:
    """One matrix for source and target, since their pieces are the same; and so for the output.

    Raises `UsageError` where the model has no two embeddings of this shape.
    """
    weights = [module.weight for module in model.modules() if isinstance(module, nn.Embedding)]
    tables = [weight for weight in weights if weight.shape == shape]
    if len(tables) < 2:
        raise UsageError("error.train_not_tied", shape=str(shape))
    equal = {id(table) for table in tables}
    for module in model.modules():
        for name, parameter in list(module.named_parameters(recurse=False)):
            if id(parameter) in equal:
                setattr(module, name, tables[0])


def _tokens(pairs: list[tuple[Ids, Ids]]) -> int:
    """Words to be predicted, eos among them."""
    return sum(len(target) + 1 for _, target in pairs)


def told(metrics: dict[str, Any]) -> list[Line]:
    """BLEU, and a few translations."""
    scores = {name: f"{metrics[name]['bleu']:.2f}" for name in ("greedy", "beam")}
    examples = [Line.of("translation", text=text) for text in metrics["beam"]["examples"]]
    return [*examples, Line.of("bleu", **scores)]


def answer(
    package: Package, saved: dict[str, Any], text: str, options: dict[str, Any]
) -> list[str]:
    """Translate a German sentence."""
    pieces = Pieces(saved["names"], [(a, b) for a, b in saved["merges"]])
    model = build(package, saved["settings"], len(pieces))
    model.load_state_dict(saved["weights"])
    sentence = datasets.composed(text).lower()
    return (
        translate(package, model, pieces, [sentence], options["beam"], 1.0) if text.strip() else []
    )
