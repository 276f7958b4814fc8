"""Translating with a model of hw5, and the attention that one translation pays."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from grader.training.package import Package
from grader.training.pieces import BOS, EOS, PAD, Pieces

BATCH, LONGEST = 64, 80  # sentences that are translated at once, words of a translation

Ids = list[int]


def padded(rows: list[Ids], device: torch.device) -> tuple[Tensor, Tensor]:
    """Ids side by side (B, S), filled up with PAD, and how many each row has (B,)."""
    lengths = torch.tensor(list(map(len, rows)))
    ids = nn.utils.rnn.pad_sequence([torch.tensor(row) for row in rows], True, PAD)
    return ids.to(device), lengths.to(device)


def translate(
    package: Package,
    model: nn.Module,
    pieces: Pieces,
    sentences: list[str],
    beam: int,
    penalty: float,
) -> list[str]:
    """Translations in order, sentences of similar length at once: greedy, or by a beam."""
    model.eval()
    device = _device_of(model)
    sources = [pieces.encode(sentence) or [EOS] for sentence in sentences]
    order = sorted(range(len(sources)), key=lambda i: len(sources[i]))
    found: list[Ids] = [[] for _ in sources]
    for start in range(0, len(order), BATCH):
        chosen = order[start : start + BATCH]
        src, lengths = padded([sources[i] for i in chosen], device)
        said = _searched(package, model, src, lengths, beam, penalty)
        for i, words in zip(chosen, said, strict=True):
            found[i] = words
    return [pieces.decode(words) for words in found]


def _searched(
    package: Package, model: Any, src: Tensor, lengths: Tensor, beam: int, penalty: float
) -> list[Ids]:
    """The words of each row of src (B, S), by the package's own search.

    The homework's `beam_search` is for one source. A search for many would be its solution, which
    students must not find here: the reference has one beside it, and a cache for its Transformer.
    """
    limits = (BOS, EOS, LONGEST)
    cached = _is(model, "Transformer") and package.has("cached")
    reader = package.cached.Cached(model) if cached else model
    if beam == 1:
        greedy: list[Ids] = package.decode.greedy(reader, src, lengths, *limits)
        return greedy
    if package.has("batched"):
        search = package.batched.beam_search_batch
        return [words for words, _ in search(reader, src, lengths, *limits, beam, penalty)]
    said = []
    for row, length in enumerate(lengths.tolist()):
        alone = src[row : row + 1, :length], lengths[row : row + 1]
        best = package.decode.beam_search(model, *alone, *limits, beam, penalty)
        said.append(best[0][0] if best else [])
    return said


def _is(model: nn.Module, name: str) -> bool:
    """Whether the model is the package's class of this name, or one made from it."""
    return any(kind.__name__ == name for kind in type(model).__mro__)


@torch.no_grad()  # type: ignore[untyped-decorator]
def attention(
    package: Package, model: nn.Module, pieces: Pieces, sentence: str
) -> tuple[list[str], list[str], list[list[float]]] | None:
    """Pieces of a greedy translation, pieces of its source, and the weights of each row.

    None where the model has no attention that could be seen.
    """
    if _is(model, "LSTMSeq2Seq"):
        return None
    model.eval()
    device = _device_of(model)
    source = pieces.encode(sentence)
    src, lengths = padded([source], device)
    (said,) = _searched(package, model, src, lengths, 1, 0.0)
    tgt = torch.tensor([[BOS, *said]], device=device)
    seen = _of_transformer if _is(model, "Transformer") else _of_seq2seq
    weights = seen(model, src, lengths, tgt)
    if weights is None:
        return None
    rows = [*pieces.shown(said), "</s>"]
    return rows, pieces.shown(source), weights.float().cpu().tolist()


def _of_seq2seq(model: Any, src: Tensor, lengths: Tensor, tgt: Tensor) -> Tensor | None:
    """(T, S): what each step of the decoder looked at."""
    memory, final = model.encoder(src, lengths)
    state, mask, rows = model.decoder.initial_state(final), torch.ones_like(src).bool(), []
    for t in range(tgt.shape[1]):
        _, state, weights = model.decoder.step(tgt[:, t], state, memory, mask)
        rows.append(weights[0])
    return torch.stack(rows)


def _device_of(model: nn.Module) -> torch.device:
    return next(iter(model.parameters())).device


def _of_transformer(model: Any, src: Tensor, lengths: Tensor, tgt: Tensor) -> Tensor | None:
    """(T, S): cross-attention of the last layer, the mean over its heads."""
    layers = [m for name, m in model.named_modules() if name.endswith("cross_attn")]
    if not layers:
        return None
    seen: list[Tensor] = []
    hook = layers[-1].register_forward_hook(lambda _module, _given, said: seen.append(said[1]))
    model(src, lengths, tgt)
    hook.remove()
    return seen[0][0].mean(dim=0)
