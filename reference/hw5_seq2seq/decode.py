"""Finding a good sentence under a model that gives the next word's probability.

Greedy search takes the best next word. Beam search keeps the k best beginnings (Lowerre 1976); for
translation: Sutskever, Vinyals & Le (2014), section 3.2. A sum of log-probabilities decreases with
every word, so long sentences need help: here ln p / length^length_penalty.

`model` is a `Seq2Seq` or a `Transformer`: begin, advance and select, see seq2seq.py.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

Hypothesis = tuple[list[int], float]

### BEGIN SOLUTION
# Open beams and the rows of the step before that they come from -> log-probabilities (K, V).
Step = Callable[[list[tuple[int, ...]], list[int]], Tensor]
### END SOLUTION


@torch.no_grad()
def greedy(
    model, src: Tensor, src_lengths: Tensor, bos: int, eos: int, max_length: int
) -> list[list[int]]:
    """The best next word again and again, for each row of src (B, S) with src_lengths (B,).

    At most max_length words per row; each row ends at its own eos. The bos at the start and the eos
    at the end are not returned.
    """
    ### BEGIN SOLUTION
    state = model.begin(src, src_lengths)
    tokens = torch.full((src.shape[0],), bos, dtype=torch.int64, device=src.device)
    written, running = [[] for _ in range(src.shape[0])], [True] * src.shape[0]
    for _ in range(max_length):
        log_probs, state = model.advance(tokens, state)
        tokens = log_probs.argmax(dim=-1)  # (B,)
        for row, token in enumerate(tokens.tolist()):
            running[row] = running[row] and token != eos
            if running[row]:
                written[row].append(token)
        if not any(running):
            break
    return written
    ### END SOLUTION


@torch.no_grad()
def beam_search(
    model,  # either of two classes
    src: Tensor,
    src_lengths: Tensor,
    bos: int,
    eos: int,
    max_length: int,
    k: int,
    length_penalty: float = 0.0,
) -> list[tuple[list[int], float]]:
    """At most k hypotheses with their scores, best first, for one source src (1, S).

    Each step keeps the k most probable continuations of all hypotheses still open; those that end
    in eos are finished. After max_length steps the open ones compete as they are.

        score = ln p / length^length_penalty      length counts the words, and eos where there is one

    The words come without the bos at the start and the eos at the end. Ties go to the smaller
    sequence of words. k = 1 without penalty is greedy search.
    Raises ValueError naming k below 1.
    """
    ### BEGIN SOLUTION
    state = model.begin(src, src_lengths)

    def step(beams: list[tuple[int, ...]], parents: list[int]) -> Tensor:
        nonlocal state
        state = model.select(state, torch.tensor(parents, device=src.device))
        last = torch.tensor([beam[-1] if beam else bos for beam in beams], device=src.device)
        log_probs, state = model.advance(last, state)
        return log_probs

    return _search(step, eos, max_length, k, length_penalty)
    ### END SOLUTION


def beam_search_table(
    log_probs: Tensor, bos: int, eos: int, k: int, length_penalty: float = 0.0
) -> list[tuple[list[int], float]]:
    """As `beam_search`, over a table instead of a model: log_probs (T, V, V) [step, last, next].

    At step 0 the last word is bos. T steps at most. -inf marks a word that cannot follow.
    Raises ValueError naming k below 1.
    """

    ### BEGIN SOLUTION
    def step(beams: list[tuple[int, ...]], _: list[int]) -> Tensor:
        depth = len(beams[0])
        return log_probs[depth, [beam[-1] if beam else bos for beam in beams]]

    return _search(step, eos, log_probs.shape[0], k, length_penalty)
    ### END SOLUTION


### BEGIN SOLUTION
def _search(
    step: Step, eos: int, max_length: int, k: int, length_penalty: float
) -> list[Hypothesis]:
    """Beam search over `step`. A beam is its words so far; all open beams have the same length."""
    if k < 1:
        raise ValueError("k must be at least 1")
    beams: list[tuple[int, ...]] = [()]
    totals, parents = [0.0], [0]
    done: list[tuple[float, list[int]]] = []  # minus the score, words: sorts as it must
    for length in range(1, max_length + 1):
        before = torch.tensor(totals, dtype=torch.float64).unsqueeze(1)
        table = before + step(beams, parents).double().cpu()  # (K, V)
        # whatever ties with the k-th best stays: words decide between equal totals
        worst = table.flatten().topk(min(k, table.numel())).values[-1]
        rows, tokens = torch.where((table >= worst) & (table > float("-inf")))
        costs = (-table[rows, tokens]).tolist()
        candidates = sorted(
            (cost, (*beams[row], token), row)
            for cost, row, token in zip(costs, rows.tolist(), tokens.tolist(), strict=True)
        )[:k]
        done += [
            (cost / length**length_penalty, list(words[:-1]))
            for cost, words, _ in candidates
            if words[-1] == eos
        ]
        still = [candidate for candidate in candidates if candidate[1][-1] != eos]
        beams = [words for _, words, _ in still]
        totals, parents = [-cost for cost, _, _ in still], [row for _, _, row in still]
        if not beams:
            break
    cut = len(beams[0]) if beams else 1
    done += [(-total / cut**length_penalty, list(words)) for words, total in zip(beams, totals, strict=True)]
    return [(words, -cost) for cost, words in sorted(done)[:k]]
### END SOLUTION
