"""The options of the commands that run a package on real text: `train`, `try`, `compare`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from grader.cli.common import Decorator, with_options
from grader.cli.paths import PathType
from grader.errors import UsageError

_count = click.IntRange(min=1)
_natural = click.IntRange(min=0)
_positive = click.FloatRange(min=0, min_open=True)
_share = click.FloatRange(min=0, max=1, max_open=True)


class _Only(click.Option):
    """An option that has an effect only beside `where`: a parameter, its values (none: any)."""

    def __init__(self, *names: Any, where: tuple[str, ...], **rest: Any) -> None:
        super().__init__(*names, **rest)
        self._where = where

    def refuse_idle(self, ctx: click.Context) -> None:
        """Raises `UsageError` where it was typed and would be ignored."""
        name, *values = self._where
        found = ctx.params[name]
        idle = found not in values if values else not found
        if idle and ctx.get_parameter_source(str(self.name)) is ParameterSource.COMMANDLINE:
            option = "" if name == "assignment" else f"--{name} "
            needed = f"{option}{'|'.join(values)}".strip()
            raise UsageError("error.train_only", option=self.opts[0], needed=needed)


def _option(name: str, text: str, where: tuple[str, ...] = (), **rest: Any) -> Decorator:
    only: dict[str, Any] = {"cls": _Only, "where": where} if where else {}
    return click.option(name, help=text, show_default=True, **only, **rest)


def _number(
    name: str,
    default: float | None,
    text: str,
    kind: click.IntRange | click.FloatRange = _count,
    where: tuple[str, ...] = (),
) -> Decorator:
    return _option(name, text, where, type=kind, default=default)


def _flag(name: str, text: str, where: tuple[str, ...] = ()) -> Decorator:
    return _option(name, text, where, is_flag=True)


def _choice(name: str, choices: tuple[str, ...], text: str) -> Decorator:
    """One of some words, the first unless somebody says another."""
    return _option(name, text, type=click.Choice(choices), default=choices[0])


def refuse_idle(ctx: click.Context) -> None:
    """Raises `UsageError` for an option that was typed and would be ignored."""
    for option in ctx.command.params:
        if isinstance(option, _Only):
            option.refuse_idle(ctx)


_JUDGED, _HMM, _ATTENDING = ("similarity",), ("model", "hmm"), ("model", "transformer")
_LAYERED, _SEEING = (*_ATTENDING, "lstm"), (*_ATTENDING, "seq2seq")
_HW3, _HW5 = ("assignment", "hw3"), ("assignment", "hw5")


_DATA = "A name, a file or a folder. / 데이터 이름, 파일, 폴더 가운데 하나."
_SEED = "Seed of the random numbers. / 난수 시드."
_EPOCHS = "Passes over the data. / 에폭 수."
_DIM = "Dimensions of a word vector. / 단어 벡터의 차원."
_MIN_COUNT = "Words that appear less often are rare. / 이보다 적게 나온 단어는 드문 단어로 봅니다."
_BATCH_SIZE = "Size of a batch. / 배치 크기."
_DROPOUT = "Share that is dropped. / 드롭아웃 비율."


def _common(data: str, epochs: int | None = None, lr: float | None = None) -> Decorator:
    """The options that all five have; the last two where there are such things."""
    options = [
        _option("--data", _DATA, default=data),
        _option(
            "--package",
            "Whose code (default: yours if you are in its folder; in a course the reference). / "
            "사용할 패키지(기본값: 패키지 폴더에서는 그 패키지, 수업 폴더에서는 모범 답안).",
            metavar="reference|FOLDER",
        ),
        _option(
            "--out",
            "Folder for the model, results.json and pictures (default: out/train/NAME). / "
            "모델, results.json, 그림을 저장할 폴더(기본값: out/train/NAME).",
            type=PathType(path_type=Path, file_okay=False),
        ),
        _flag(
            "--resume",
            "Go on from the checkpoint in --out. / --out에 있는 체크포인트에서 이어서 학습합니다.",
        ),
        _choice(
            "--device",
            ("auto", "cpu", "cuda"),
            "Where to compute; auto: on a GPU if there is one. / "
            "계산할 장치. auto는 GPU가 있으면 GPU를 씁니다.",
        ),
        _number("--seed", 0, _SEED, _natural),
    ]
    if epochs is not None:
        options.append(_number("--epochs", epochs, _EPOCHS))
    if lr is not None:
        options.append(_number("--lr", lr, "Learning rate. / 학습률.", _positive))
    return with_options(options)


_MACHINE = with_options(
    (
        _choice("--amp", ("off", "bf16"), "Mixed precision. / 혼합 정밀도."),
        _flag("--compile", "Compile by torch.compile. / torch.compile로 컴파일합니다."),
    )
)

hw1_options = with_options(
    (
        _common("nsmc", 6, 0.03),
        _choice(
            "--features",
            ("characters", "words"),
            "What a document is cut into. / 문서를 나누는 단위.",
        ),
        _number("--batch-size", 512, _BATCH_SIZE),
    )
)

hw2_options = with_options(
    (
        _common("wikitext2", 5, 0.025),
        _number("--dim", 100, _DIM),
        _number(
            "--window",
            5,
            "Words on each side of the center. / 중심 단어의 양쪽에서 각각 볼 단어 수(윈도 크기).",
        ),
        _number(
            "--negatives",
            5,
            "Negative samples for each pair. / 단어 쌍마다 뽑을 네거티브 표본 수.",
        ),
        _number("--min-count", 5, _MIN_COUNT),
        _number("--t", 1e-3, "Threshold of subsampling. / 서브샘플링의 기준값.", _positive),
        _flag("--lower", "Lower-case the text. / 텍스트를 소문자로 바꿉니다."),
        _choice(
            "--rare",
            ("drop", "unk"),
            "Rare words; unk: all of them become one word. / "
            "드문 단어의 처리 방법. drop이면 빼고, unk면 모두 한 단어로 바꿉니다.",
        ),
        _option(
            "--similarity",
            "Word pairs: wordsim353, or a file like it. / "
            "유사도 평가 데이터: wordsim353이나 형식이 같은 파일.",
            metavar="NAME|FILE",
        ),
        _option(
            "--analogies",
            "Analogies: analogy, or a file like it. / "
            "유추 평가 데이터: analogy나 형식이 같은 파일.",
            metavar="NAME|FILE",
        ),
        _flag(
            "--gensim",
            "With --similarity: train with gensim, too. / "
            "--similarity와 함께 쓰면 gensim으로도 학습해 비교합니다.",
            _JUDGED,
        ),
    )
)

hw3_options = with_options(
    (
        _common("wikitext2", 40, 20.0),
        _number(
            "--size",
            650,
            "Size of embeddings and hidden states. / 임베딩과 은닉 상태의 크기.",
        ),
        _number("--layers", 2, "Layers of the LSTM. / LSTM의 층 수."),
        _number("--dropout", 0.5, _DROPOUT, _share),
        _flag(
            "--tied",
            "One matrix for embedding and output. / 임베딩과 출력층이 가중치를 공유합니다.",
        ),
        _number("--batch-size", 20, _BATCH_SIZE),
        _number(
            "--bptt",
            35,
            "Steps that gradients go back. / 기울기를 거슬러 전파할 단계 수.",
        ),
        _number(
            "--clip",
            0.25,
            "Largest norm of the gradients. / 기울기 노름의 상한.",
            _positive,
        ),
        _choice("--optimiser", ("sgd", "adam"), "Optimiser. / 옵티마이저."),
        _flag("--characters", "Read characters, not words. / 단어가 아니라 문자 단위로 읽습니다."),
        _MACHINE,
    )
)

hw4_options = with_options(
    (
        _common("ud_english_ewt"),
        _choice(
            "--model",
            ("hmm", "trigrams"),
            "Tagger: the homework's, or one of trigrams. / "
            "품사 태거. hmm은 과제의 태거, trigrams는 트라이그램 태거입니다.",
        ),
        _number(
            "--min-count",
            2,
            "hmm: rarer words become their class. / hmm: 이보다 적게 나온 단어는 범주로 바꿉니다.",
            where=_HMM,
        ),
    )
)

hw5_options = with_options(
    (
        _common("multi30k", 15),
        _choice(
            "--model",
            ("transformer", "lstm", "seq2seq"),
            "lstm: two LSTMs; seq2seq: attention. / "
            "lstm은 LSTM 두 개, seq2seq는 어텐션을 쓰는 모델입니다.",
        ),
        _number("--size", None, "d_model, or the hidden size. / d_model 또는 은닉 상태의 크기."),
        _number(
            "--layers",
            None,
            "Layers on each side. / 인코더와 디코더 각각의 층 수.",
            where=_LAYERED,
        ),
        _number(
            "--heads",
            8,
            "Transformer: heads of attention. / 트랜스포머: 어텐션 헤드 수.",
            where=_ATTENDING,
        ),
        _number(
            "--d-ff",
            None,
            "Transformer: width of the feed-forward part; default: twice the size. / "
            "트랜스포머: 피드포워드 층의 폭(기본값: --size의 두 배).",
            where=_ATTENDING,
        ),
        _number("--dropout", None, _DROPOUT, _share, _LAYERED),
        _number("--smoothing", 0.1, "Smoothing of the labels. / 레이블 평활화의 크기.", _share),
        _flag(
            "--tie-all",
            "Transformer: one matrix for all embeddings. / "
            "트랜스포머: 모든 임베딩이 가중치를 공유합니다.",
            _ATTENDING,
        ),
        _number(
            "--vocabulary",
            8000,
            "Number of pieces, both languages. / 두 언어를 합친 부분 단어의 수.",
        ),
        _number(
            "--max-tokens",
            None,
            "Largest batch: sentences x longest. / 배치 크기의 상한(문장 수 x 최대 길이).",
        ),
        _number(
            "--lr",
            None,
            "Learning rate; Transformer: a factor of the schedule. / "
            "학습률. 트랜스포머에서는 학습률 일정에 곱하는 값입니다.",
            _positive,
        ),
        _number(
            "--warmup",
            1000,
            "Transformer: steps of rising rate. / 트랜스포머: 학습률을 올리는 스텝 수.",
            where=_ATTENDING,
        ),
        _number("--beam", 5, "Hypotheses that are kept. / 빔에 남기는 가설 수."),
        _number(
            "--penalty",
            1.0,
            "Penalty on short translations. / 짧은 번역을 불리하게 하는 정도.",
            click.FloatRange(min=0),
        ),
        _number(
            "--sentence",
            0,
            "Number of the sentence of the attention map. / 어텐션 그림을 그릴 문장의 번호.",
            _natural,
            _SEEING,
        ),
        _number(
            "--test-size",
            None,
            "Test this many sentences (default: all). / 테스트할 문장 수(기본값: 전부).",
        ),
        _MACHINE,
    )
)

_PACKAGE = _option(
    "--package",
    "Whose code, as in `grader train`. / 사용할 패키지(`grader train`과 같음).",
    metavar="reference|FOLDER",
)

try_options = with_options(
    (
        _PACKAGE,
        _number("--length", 40, "hw3: words to write. / hw3: 이어서 쓸 단어 수.", where=_HW3),
        _number(
            "--temperature",
            1.0,
            "hw3: the higher, the more varied. / hw3: 높을수록 다양한 단어를 고릅니다.",
            click.FloatRange(min=0),
            _HW3,
        ),
        _number("--seed", 0, "hw3: seed of the random numbers. / hw3: 난수 시드.", _natural, _HW3),
        _number("--beam", 5, "hw5: hypotheses kept. / hw5: 빔에 남기는 가설 수.", where=_HW5),
    )
)

compare_options = with_options(
    (
        _option("--data", _DATA, default="wikitext2"),
        _option(
            "--similarity",
            "Word pairs to evaluate with. / 유사도 평가 데이터의 이름이나 파일.",
            default="wordsim353",
        ),
        _PACKAGE,
        _number("--words", 100_000, "Words of the text to read. / 텍스트에서 읽을 단어 수."),
        _number("--dim", 50, _DIM),
        _number(
            "--epochs",
            3,
            "Passes over the data; GloVe has its own. / 에폭 수(GloVe는 따로 정해져 있음).",
        ),
        _number("--min-count", 5, _MIN_COUNT),
        _number("--seed", 0, _SEED, _natural),
    )
)
