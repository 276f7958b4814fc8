"""The reference of hw5, decode.py, against exhaustive search."""

import itertools
import math

import pytest
import torch

from reference.hw5_seq2seq import decode, seq2seq, transformer

torch.set_num_threads(1)
BOS, EOS, A, B = 0, 1, 2, 3
INF = float("inf")


def logs(rows):
    return torch.tensor(rows, dtype=torch.float64).log()


@pytest.fixture
def notes_table():
    """Step 1 from bos: a .6, b .4; step 2 from a: eos .4 a .3 b .3, from b: eos .9; step 3: eos."""
    table = torch.zeros(3, 4, 4, dtype=torch.float64)
    table[0, BOS] = torch.tensor([0, 0, 0.6, 0.4])
    table[1, A] = torch.tensor([0, 0.4, 0.3, 0.3])
    table[1, B] = torch.tensor([0, 0.9, 0.05, 0.05])
    table[2, :, EOS] = 1
    return table.log()


def exhaustive(table, penalty, k):
    """Every sequence that ends in eos or has T words, best first, ties to the smaller sequence."""
    T, V, _ = table.shape
    found = []
    for length in range(1, T + 1):
        for words in itertools.product(range(V), repeat=length):
            open_end = words[-1] != EOS
            if EOS in words[:-1] or (open_end and length < T):
                continue
            pairs = itertools.pairwise((BOS, *words))
            total = sum(float(table[t, a, b]) for t, (a, b) in enumerate(pairs))
            if total > -INF:
                hypothesis = list(words if open_end else words[:-1])
                found.append((-total / length**penalty, hypothesis))
    return [(words, -cost) for cost, words in sorted(found)[:k]]


def test_the_worked_example(notes_table):
    search = decode.beam_search_table
    assert search(notes_table, BOS, EOS, 1) == [([A], pytest.approx(math.log(0.24)))]
    best = search(notes_table, BOS, EOS, 2)[0]
    assert best == ([B], pytest.approx(math.log(0.36)))
    penalised = search(notes_table, BOS, EOS, 9, 1.0)
    assert [words for words, _ in penalised[:4]] == [[B], [A, A], [A, B], [A]]
    expected = [-0.510826, -0.571600, -0.571600, -0.713558]
    assert [score for _, score in penalised[:4]] == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("penalty", [0.0, 0.6, 1.0])
@pytest.mark.parametrize("seed", range(20))
def test_a_wide_beam_is_exhaustive(penalty, seed):
    generator = torch.Generator().manual_seed(seed)
    table = torch.randn(3, 4, 4, generator=generator, dtype=torch.float64).log_softmax(dim=-1)
    if seed % 2:  # some words cannot follow
        table[torch.rand(3, 4, 4, generator=generator) < 0.3] = -INF
    for k in (100, 5 if seed % 2 == 0 else 100):
        got = decode.beam_search_table(table, BOS, EOS, k, penalty)
        want = exhaustive(table, penalty, k)
        if k == 100:
            assert [words for words, _ in got] == [words for words, _ in want]
            assert [score for _, score in got] == pytest.approx([score for _, score in want])
        else:  # a narrow beam finds something, never better than the best
            assert len(got) <= k
            assert got[0][1] <= want[0][1] + 1e-12


def test_ties_go_to_the_smaller_sequence():
    table = torch.full((3, 5, 5), -INF, dtype=torch.float64)
    table[0, BOS, 2:] = math.log(1 / 3)
    table[1, :, 2:] = math.log(1 / 3)
    table[2, :, EOS] = 0.0
    for k in (1, 2, 4, 9):
        words = [words for words, _ in decode.beam_search_table(table, BOS, EOS, k)]
        assert words == [list(pair) for pair in itertools.product((2, 3, 4), repeat=2)][:k]


def test_cut_where_eos_never_comes():
    table = torch.full((4, 3, 3), -INF, dtype=torch.float64)
    table[:, :, 2] = math.log(0.5)
    ((words, score),) = decode.beam_search_table(table, BOS, EOS, 3, 1.0)
    assert words == [2, 2, 2, 2]
    assert score == pytest.approx(math.log(0.5))
    with pytest.raises(ValueError, match="k"):
        decode.beam_search_table(table, BOS, EOS, 0)


# ------------------------------------------------------------------------------- over a real model

V = 5


def models():
    recurrent = seq2seq.Seq2Seq(seq2seq.Encoder(9, 4, 6, 1), seq2seq.Decoder(V, 4, 6, seed=2))
    attending = transformer.Transformer(9, V, 8, 2, 1, 16, 0.0, 12, seed=3)
    for model in (recurrent, attending):
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.mul_(3)  # sure of itself, and different at every step
        model.eval()
    return [recurrent, attending]


SRC, LENGTHS = torch.tensor([[3, 4, 5, 6], [7, 8, 0, 0], [6, 3, 0, 0]]), torch.tensor([4, 2, 2])


def log_prob(model, src, lengths, words):
    state, total, last = model.begin(src, lengths), 0.0, BOS
    for word in words:
        log_probs, state = model.advance(torch.tensor([last]), state)
        total, last = total + float(log_probs[0, word]), word
    return total


@pytest.mark.parametrize("model", models(), ids=["Seq2Seq", "Transformer"])
@pytest.mark.parametrize("penalty", [0.0, 1.0])
def test_beam_search_over_a_model_is_exhaustive(model, penalty):
    found = []
    with torch.no_grad():
        for length in (1, 2, 3):
            for words in itertools.product(range(V), repeat=length):
                open_end = words[-1] != EOS
                if EOS in words[:-1] or (open_end and length < 3):
                    continue
                score = log_prob(model, SRC[:1], LENGTHS[:1], words) / length**penalty
                found.append((score, list(words if open_end else words[:-1])))
    found.sort(reverse=True)
    got = decode.beam_search(model, SRC[:1], LENGTHS[:1], BOS, EOS, 3, 200, penalty)
    assert [words for words, _ in got] == [words for _, words in found]
    # float32: near -30 one unit in the last place is 2e-6, and every step rounds a few times
    assert [score for _, score in got] == pytest.approx([score for score, _ in found], abs=5e-5)


@pytest.mark.parametrize("model", models(), ids=["Seq2Seq", "Transformer"])
def test_greedy_is_one_by_one_and_a_beam_of_one(model):
    batch = decode.greedy(model, SRC, LENGTHS, BOS, EOS, 7)
    for row, words in enumerate(batch):
        src, lengths = SRC[row : row + 1, : LENGTHS[row]], LENGTHS[row : row + 1]
        assert decode.greedy(model, src, lengths, BOS, EOS, 7) == [words]
        assert decode.beam_search(model, src, lengths, BOS, EOS, 7, 1)[0][0] == words
        last, state = BOS, model.begin(src, lengths)
        for word in [*words, EOS][:7]:
            log_probs, state = model.advance(torch.tensor([last]), state)
            last = int(log_probs.argmax())
            assert last == word
