"""Beam search over a batch against sentence by sentence: sentences per processor second.

`python -m bench.translate [--sentences N] [--beam K] [--model transformer|seq2seq] [--device cuda]`

A model of the training program's size with random weights, sentences of different lengths, and
translations of at most `LONGEST` words. What is measured: the homework's `beam_search`, one by one;
the same over the reference's cache; and its search for a batch. In turn, so that a drifting machine
is fair to all. All must find the same translations. On a GPU the seconds are those of the clock.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from bench.figures import Figure, run
from reference.hw5_seq2seq.batched import beam_search_batch
from reference.hw5_seq2seq.cached import Cached
from reference.hw5_seq2seq.decode import beam_search
from reference.hw5_seq2seq.seq2seq import Decoder, Encoder, Seq2Seq
from reference.hw5_seq2seq.transformer import Transformer

BOS, EOS, WORDS, LONGEST, BATCH, ROUNDS = 1, 2, 8000, 20, 64, 3

Search = Callable[[Tensor, Tensor], list[list[int]]]


def models(kind: str, device: torch.device) -> tuple[object, object]:
    """The model, and the form of it that the program's search reads."""
    if kind == "seq2seq":
        decoder = Decoder(WORDS, 256, 512, "general", seed=1)
        model = Seq2Seq(Encoder(WORDS, 256, 512), decoder).to(device).eval()
        return model, model
    sizes = {"d_model": 256, "heads": 8, "layers": 3, "d_ff": 512, "tie": True, "norm": "pre"}
    attending = Transformer(WORDS, WORDS, **sizes).to(device).eval()
    return attending, Cached(attending)


def searches(kind: str, k: int, device: torch.device) -> dict[str, Search]:
    """Name -> from src (B, S) and its lengths (B,) to the best translation of each row."""
    limits = (BOS, EOS, LONGEST, k, 1.0)
    model, reader = models(kind, device)

    def one_by_one(model: object) -> Search:
        def search(src: Tensor, lengths: Tensor) -> list[list[int]]:
            rows = enumerate(lengths.tolist())
            alone = ((src[i : i + 1, :n], lengths[i : i + 1]) for i, n in rows)
            return [beam_search(model, *row, *limits)[0][0] for row in alone]

        return search

    def at_once(src: Tensor, lengths: Tensor) -> list[list[int]]:
        return [words for words, _ in beam_search_batch(reader, src, lengths, *limits)]

    found = {"one by one": one_by_one(model)}
    if reader is not model:
        found["one by one, with a cache"] = one_by_one(reader)
    return {**found, "a batch": at_once}


def measure(options: argparse.Namespace) -> Iterator[Figure]:
    """Sentences a second of each, and the last against the first."""
    torch.set_num_threads(1)
    device = torch.device(options.device)
    clock = time.perf_counter if device.type == "cuda" else time.process_time
    draw = torch.Generator().manual_seed(0)
    lengths = torch.randint(5, 20, (options.sentences,), generator=draw).sort().values.to(device)
    src = torch.randint(4, WORDS, (options.sentences, 19), generator=draw).to(device)
    contestants = searches(options.model, options.beam, device)
    best: dict[str, float] = {}
    for _ in range(ROUNDS):
        said = {}
        for name, search in contestants.items():
            begun = clock()
            said[name] = [
                words
                for rows, long in zip(src.split(BATCH), lengths.split(BATCH), strict=True)
                for words in search(rows[:, : int(long.max())], long)
            ]
            best[name] = min(best.get(name, float("inf")), clock() - begun)
        first, *others = said.values()
        same = min(sum(map(list.__eq__, first, other)) for other in others)
    for name, seconds in best.items():
        yield Figure(f"{options.model}: {name}", options.sentences / seconds, "/s")
    alone, *_, batch = best.values()
    yield Figure(f"{options.model}: a batch is so many times as fast", alone / batch, "x", 2, True)
    yield Figure(f"{options.model}: share of equal translations", same / len(first))


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sentences", type=int, default=64)
    parser.add_argument("--beam", type=int, default=5)
    parser.add_argument("--model", choices=("transformer", "seq2seq"), default="transformer")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    run(measure, parser)


if __name__ == "__main__":
    main()
