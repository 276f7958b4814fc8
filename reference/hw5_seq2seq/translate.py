"""Translating a text with a trained model, scoring it, and seeing what the model attended to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from .data import BOS, EOS, Subwords
from .decode import beam_search, greedy
from .seq2seq import Seq2Seq
from .trainer import padded
from .training import bleu

BATCH = 64
MAX_LENGTH = 80


def translate(
    model: nn.Module,
    subwords: Subwords,
    sentences: list[str],
    device: torch.device,
    beam: int = 1,
    length_penalty: float = 1.0,
    tick: Callable[[int], None] = lambda _: None,
) -> list[str]:
    """The translations, in order: by greedy search in batches, or by a beam, sentence by sentence.

    `tick` is told how many sentences are done.
    """
    model.eval()
    sources = [subwords.encode(sentence) for sentence in sentences]
    found: list[list[int]] = [[] for _ in sources]
    if beam == 1:
        order = sorted(range(len(sources)), key=lambda i: len(sources[i]))
        for start in range(0, len(order), BATCH):
            chosen = order[start : start + BATCH]
            src, lengths = padded([sources[i] for i in chosen], device)
            for i, words in zip(chosen, greedy(model, src, lengths, BOS, EOS, MAX_LENGTH), strict=True):
                found[i] = words
            tick(len(chosen))
    else:
        for i, source in enumerate(sources):
            src, lengths = padded([source], device)
            best = beam_search(model, src, lengths, BOS, EOS, MAX_LENGTH, beam, length_penalty)
            found[i] = best[0][0] if best else []
            tick(1)
    return [subwords.decode(words) for words in found]


def score(hypotheses: list[str], references: list[str]) -> dict[str, Any]:
    """Our BLEU, and sacrebleu's of the same output with its signature, where it is installed.

    Both use sacrebleu's own tokenisation "13a"; without sacrebleu words end at spaces.
    """
    try:
        import sacrebleu
        from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a
    except ImportError:
        words = [line.split() for line in hypotheses]
        ours = bleu(words, [[line.split()] for line in references])
        return {"bleu": ours, "tokens": "blanks", "sacrebleu": None, "signature": None}
    cut = Tokenizer13a()
    ours = bleu([cut(h).split() for h in hypotheses], [[cut(r).split()] for r in references])
    metric = sacrebleu.BLEU(smooth_method="none")
    theirs = metric.corpus_score(hypotheses, [references]).score
    signature = str(metric.get_signature())
    return {"bleu": ours, "tokens": "13a", "sacrebleu": theirs, "signature": signature}


@torch.no_grad()
def attention(
    model: nn.Module, subwords: Subwords, sentence: str, device: torch.device
) -> tuple[list[str], list[str], list[list[float]]]:
    """Pieces of the source, pieces of its greedy translation, and a row of weights for each of these."""
    model.eval()
    source = subwords.encode(sentence)
    src, lengths = padded([source], device)
    (words,) = greedy(model, src, lengths, BOS, EOS, MAX_LENGTH)
    look = _of_seq2seq if isinstance(model, Seq2Seq) else _of_transformer
    weights = look(model, src, lengths, torch.tensor([[BOS, *words]], device=device))  # (T, S)
    shown = [*subwords.pieces(words), "</s>"]
    return subwords.pieces(source), shown, weights.float().cpu().tolist()


def _of_seq2seq(model: nn.Module, src: Tensor, lengths: Tensor, tgt: Tensor) -> Tensor:
    memory, final = model.encoder(src, lengths)
    state, mask, rows = model.decoder.initial_state(final), torch.ones_like(src).bool(), []
    for t in range(tgt.shape[1]):
        _, state, weights = model.decoder.step(tgt[:, t], state, memory, mask)
        rows.append(weights[0])
    return torch.stack(rows)  # (T, S)


def _of_transformer(model: nn.Module, src: Tensor, lengths: Tensor, tgt: Tensor) -> Tensor:
    """Cross-attention of the last layer, the mean over its heads."""
    seen: list[Tensor] = []
    layer = model.decoder[-1].cross_attn
    hook = layer.register_forward_hook(lambda _module, _given, result: seen.append(result[1]))
    model(src, lengths, tgt)
    hook.remove()
    return seen[0][0].mean(dim=0)  # (h, T, S) -> (T, S)
