"""hw5's reference at speed: a cache for the Transformer, and beam search for many sources at once."""

import random

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from grader.boundary.guest import devices
from reference.hw5_seq2seq import lstm_seq2seq, seq2seq, transformer
from reference.hw5_seq2seq.batched import beam_search_batch
from reference.hw5_seq2seq.cached import Cached
from reference.hw5_seq2seq.decode import beam_search, greedy

torch.set_num_threads(1)
BOS, EOS, SOURCE = 0, 1, 9
INF = float("inf")
KINDS = ("Seq2Seq", "LSTMSeq2Seq", "Transformer")


def a_model(kind, words, seed):
    """In float64: rows of a batch are rounded otherwise than alone, and must not tie by that."""
    if kind == "Seq2Seq":
        decoder = seq2seq.Decoder(words, 4, 6, seed=seed + 1)
        model = seq2seq.Seq2Seq(seq2seq.Encoder(SOURCE, 4, 6, seed), decoder)
    elif kind == "LSTMSeq2Seq":
        model = lstm_seq2seq.LSTMSeq2Seq(SOURCE, words, 4, 6, seed=seed)
    else:
        norm = transformer.NORMS[seed % 2]
        model = transformer.Transformer(SOURCE, words, 8, 2, 2, 16, 0.1, 12, norm=norm, seed=seed)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(1 + seed % 3)  # sure of itself, or not
    return model.double().eval()


def sources(draw):
    """src (B, S) with src_lengths (B,), in any order."""
    lengths = [draw.randint(1, 6) for _ in range(draw.randint(1, 6))]
    rows = [[draw.randrange(SOURCE) for _ in range(max(lengths))] for _ in lengths]
    return torch.tensor(rows), torch.tensor(lengths)


@pytest.mark.parametrize("k", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("kind", KINDS)
def test_a_batch_gives_what_its_sources_give_one_by_one(kind, k):
    found = []
    for seed in range(12):
        draw = random.Random(seed)
        model = a_model(kind, draw.choice([2, 3, 5, 9]), seed)
        src, lengths = sources(draw)
        limits, penalty = (BOS, EOS, draw.randint(1, 9), k), (0.0, 0.6, 1.0, 2.0)[seed % 4]
        reader = Cached(model) if kind == "Transformer" else model
        batch = beam_search_batch(reader, src, lengths, *limits, penalty)
        for row, (words, score) in enumerate(batch):
            alone = src[row : row + 1, : lengths[row]], lengths[row : row + 1]
            wanted = beam_search(model, *alone, *limits, penalty)[0]
            assert (words, score) == (wanted[0], pytest.approx(wanted[1], abs=1e-9))
            found.append(len(words))
    assert len(set(found)) > 3  # they end at different steps


@pytest.mark.parametrize("seed", range(4))
def test_the_cache_changes_no_number(seed):
    model, (src, lengths) = a_model("Transformer", 7, seed), sources(random.Random(seed))
    cached, draw = Cached(model), torch.Generator().manual_seed(seed)
    states = [which.begin(src, lengths) for which in (model, cached)]
    rows = len(src)
    for _ in range(5):
        words = torch.randint(7, (rows,), generator=draw)
        (wanted, states[0]), (got, states[1]) = (
            which.advance(words, state)
            for which, state in zip((model, cached), states, strict=True)
        )
        torch.testing.assert_close(got, wanted)
        chosen = torch.randint(rows, (rows + 1,), generator=draw)  # reordered, repeated, one more
        states, rows = (
            [w.select(s, chosen) for w, s in zip((model, cached), states, strict=True)],
            rows + 1,
        )
    assert greedy(cached, src, lengths, BOS, EOS, 8) == greedy(model, src, lengths, BOS, EOS, 8)


class Table:
    """The next word's log-probabilities (V, V) depend on the last word alone; no source is read."""

    def __init__(self, log_probs):
        self.log_probs = log_probs

    def begin(self, src, src_lengths):
        return None

    def advance(self, tokens, state):
        return self.log_probs[tokens], state

    def select(self, state, indices):
        return state


SRC, LENGTHS = torch.zeros(2, 3, dtype=torch.int64), torch.tensor([3, 1])


def test_a_source_goes_on_while_a_longer_hypothesis_can_still_overtake():
    # after bos: eos .5, a .5; after a: a .9, eos .1. By the mean per word the longest is the best
    chances = torch.tensor([[0.0, 0.5, 0.5], [0.0, 1.0, 0.0], [0.0, 0.1, 0.9]])
    table = Table(chances.double().log())
    for penalty, longest in ((0.0, 0), (1.0, 7)):
        for words, score in beam_search_batch(table, SRC, LENGTHS, BOS, EOS, 7, 2, penalty):
            one = beam_search(table, SRC[:1], LENGTHS[:1], BOS, EOS, 7, 2, penalty)[0]
            assert (words, score) == ([2] * longest, pytest.approx(one[1]))
            assert words == one[0]


def test_nothing_can_follow_and_no_beam():
    table = Table(torch.full((3, 3), -INF))
    assert beam_search_batch(table, SRC, LENGTHS, BOS, EOS, 4, 2) == [([], -INF)] * 2
    with pytest.raises(ValueError, match=r"\bk\b"):
        beam_search_batch(table, SRC, LENGTHS, BOS, EOS, 4, 0)


class Waits(TorchDispatchMode):
    """Counts what waits for a GPU: operators whose result the processor must know."""

    NAMES = ("nonzero", "_local_scalar_dense", "masked_select", "_unique2")

    def __init__(self):
        super().__init__()
        self.seen = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        name = func.overloadpacket.__name__
        self.seen += [name] if name in self.NAMES else []
        return func(*args, **(kwargs or {}))


def test_a_step_waits_for_the_device_once():
    reader, steps = Cached(a_model("Transformer", 7, 1)), []
    with Waits() as waits:
        read = reader.advance
        reader.advance = lambda *given: (steps.append(1), read(*given))[1]
        beam_search_batch(reader, SRC, LENGTHS, BOS, EOS, 9, 3)
    assert len(steps) > 3
    assert waits.seen == ["nonzero"] * len(steps)


def test_all_stays_on_the_device_of_the_source():
    """On the meta device, as far as one gets there: to the first number that is needed."""
    reader = Cached(a_model("Transformer", 7, 1).to("meta"))
    src, lengths = SRC.to("meta"), LENGTHS.to("meta")
    with devices._watched(), torch.no_grad():
        state = reader.select(reader.begin(src, lengths), lengths)
        for _ in range(2):
            log_probs, state = reader.advance(lengths, state)
        assert (log_probs.shape, log_probs.device.type) == ((2, 7), "meta")
        with pytest.raises(NotImplementedError, match="nonzero"):
            beam_search_batch(reader, src, lengths, BOS, EOS, 9, 3)
