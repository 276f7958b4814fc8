"""hw3's language model: the laws it must obey, and how close it comes to a source's own entropy."""

import math
import random

import pytest
import torch
import torch.nn.functional as F

from reference.hw3_language_model import data, model
from reference.hw3_language_model.ngram import NGram

torch.set_num_threads(1)  # so small are the matrices that threads cost more than they give
V = 5
KEEP = 0.85


def markov(n, seed):
    """n ids below 4: (the last two summed) mod 4 with probability .85, else one of the others."""
    rng = random.Random(seed)
    ids = [0, 1]
    while len(ids) < n:
        likely = (ids[-1] + ids[-2]) % 4
        ids.append(likely if rng.random() < KEEP else (likely + rng.randrange(1, 4)) % 4)
    return ids


def true_perplexity(ids):
    """Of the source itself on this very sample, from the third id on."""
    hits = sum(c == (a + b) % 4 for a, b, c in zip(ids, ids[1:], ids[2:], strict=False))
    n = len(ids) - 2
    return math.exp(-(hits * math.log(KEEP) + (n - hits) * math.log((1 - KEEP) / 3)) / n)


def some_ids(seed, *shape):
    return torch.randint(0, V, shape, generator=torch.Generator().manual_seed(seed))


def some_model(**options):
    """Weights three times their usual size: what comes back is far from uniform."""
    made = model.LSTMLanguageModel(V, 6, options.pop("hidden_size", 7), **options).double().eval()
    made.load_state_dict({name: 3 * weight for name, weight in made.state_dict().items()})
    return made


def close(got, wanted, rtol=1e-9):
    torch.testing.assert_close(torch.as_tensor(got), torch.as_tensor(wanted), rtol=rtol, atol=1e-10)
    return True


# ----------------------------------------------------------------------------------------- the laws


@pytest.mark.parametrize(
    "options", [{}, {"num_layers": 2}, {"hidden_size": 6, "tie_weights": True}]
)
def test_logits_are_embedding_lstm_and_output(options):
    made, ids = some_model(**options), some_ids(1, 4, 3)
    oracle = torch.nn.LSTM(6, made.lstm.hidden_size, made.lstm.num_layers).double()
    for layer, cell in enumerate(made.lstm.cells):
        for name, weight in cell.named_parameters():
            getattr(oracle, f"{name}_l{layer}").data.copy_(weight)
    hidden, final = oracle(F.embedding(ids, made.embedding.weight))
    logits, state = made(ids)
    assert close(logits, F.linear(hidden, made.output.weight, made.output.bias))
    assert close(state[0], final[0])
    assert close(state[1], final[1])


def test_the_future_changes_nothing_and_the_state_carries_the_past():
    made, ids = some_model(num_layers=2), some_ids(2, 6, 3)
    logits, final = made(ids)
    changed = ids.clone()
    changed[4] = (changed[4] + 1) % V
    assert torch.equal(made(changed)[0][:4], logits[:4])
    assert not torch.equal(made(changed)[0][4:], logits[4:])
    first, state = made(ids[:2])
    second, end = made(ids[2:], state)
    assert close(torch.cat([first, second]), logits)
    assert close(end[0], final[0])


def test_detach_cuts_the_graph():
    made, ids = some_model(), some_ids(3, 4, 2)
    _, state = made(ids)
    assert all(part.requires_grad for part in state)
    cut = model.detach(state)
    assert not any(part.requires_grad for part in cut)
    assert close(cut[0], state[0].detach())


def test_tied_weights_are_one_matrix():
    count = {
        tie: sum(p.numel() for p in model.LSTMLanguageModel(V, 6, 6, tie_weights=tie).parameters())
        for tie in (False, True)
    }
    assert count[False] - count[True] == V * 6
    with pytest.raises(ValueError, match=r"\bembed_size\b"):
        model.LSTMLanguageModel(V, 6, 7, tie_weights=True)
    with pytest.raises(ValueError, match=r"\bdropout\b"):
        model.LSTMLanguageModel(V, 6, 7, dropout=1.5)


@pytest.mark.parametrize("bptt", [1, 2, 7, 30])
@pytest.mark.parametrize("training", [True, False])
def test_evaluate_is_one_figure_whatever_the_window(bptt, training):
    made, rows = some_model(num_layers=2, dropout=0.5), some_ids(4, 13, 3)
    logits, _ = made(rows[:-1])
    wanted = F.cross_entropy(logits.flatten(0, 1), rows[1:].flatten()).exp().item()
    made.train(training)
    assert model.evaluate(made, rows, bptt) == pytest.approx(wanted, rel=1e-9)
    assert made.training == made.lstm.training == training
    assert all(p.grad is None for p in made.parameters())


def test_an_untrained_model_knows_nothing():
    for tie in (False, True):
        made = model.LSTMLanguageModel(50, 16, 16, tie_weights=tie)
        rows = torch.randint(0, 50, (100, 4), generator=torch.Generator().manual_seed(0))
        assert model.evaluate(made, rows, 20) == pytest.approx(50, rel=0.2)


def test_a_diverged_model_has_infinite_perplexity():
    made = some_model()
    made.load_state_dict({name: 1e6 * weight for name, weight in made.state_dict().items()})
    assert model.evaluate(made, some_ids(5, 9, 2), 4) == math.inf


# ----------------------------------------------------------------------------------------- training

TINY = {"embed_size": 6, "hidden_size": 8, "bptt": 5, "batch_size": 4, "epochs": 2}


def test_training_depends_on_its_seed_alone():
    ids = torch.tensor(markov(400, 1))
    options = {**TINY, "num_layers": 2, "dropout": 0.4}
    torch.manual_seed(1)
    state = torch.get_rng_state()
    one, first = model.train(ids, 4, **options, seed=3)
    assert torch.equal(torch.get_rng_state(), state)  # and leaves the global generator alone
    torch.manual_seed(2)
    other, second = model.train(ids, 4, **options, seed=3)
    assert first == second
    assert len(first) == 2
    for name, weight in one.state_dict().items():
        assert torch.equal(weight, other.state_dict()[name])
    assert model.train(ids, 4, **options, seed=4)[1] != first


def test_the_last_tenth_is_held_out():
    ids = torch.tensor(markov(400, 2))
    made, found = model.train(ids, 4, **TINY)
    assert model.evaluate(made, ids[360:, None], 7) == pytest.approx(found[-1])
    noise = ids.clone()
    noise[360:] = torch.randint(0, 4, (40,), generator=torch.Generator().manual_seed(0))
    again, _ = model.train(noise, 4, **TINY)
    for name, weight in made.state_dict().items():
        assert torch.equal(weight, again.state_dict()[name])


def test_nothing_is_learnt_without_rate_or_beyond_the_clip():
    ids = torch.tensor(markov(400, 3))
    start, later = model.train(ids, 4, **TINY, lr=0.0)[1]
    assert start == later
    assert model.train(ids, 4, **TINY, clip=1e-30)[1] == pytest.approx([start, start], rel=1e-3)
    assert model.train(ids, 4, **TINY)[1][-1] < 0.97 * start


@pytest.mark.parametrize("seed", [0, 1])
def test_training_comes_close_to_the_entropy_of_the_source(seed):
    ids = markov(20_000, 10 + seed)
    made, found = model.train(torch.tensor(ids), 4, seed=seed)
    test = markov(10_000, 20 + seed)
    best = true_perplexity(test)
    assert best == pytest.approx(1.7995, rel=0.03)
    reached = model.evaluate(made, data.batchify(torch.tensor(test), 10), 500)
    assert reached / best < 1.03
    assert found[-1] / true_perplexity(ids[18_000:]) < 1.03


def test_counting_needs_a_trigram_for_the_same_source():
    sentence, test = ([str(i) for i in markov(n, n)] for n in (20_000, 10_000))
    best = true_perplexity(list(map(int, test)))
    ratio = {n: NGram(n).fit([sentence]).perplexity([test]) / best for n in (1, 2, 3, 4)}
    assert min(ratio[1], ratio[2]) > 2.1
    assert ratio[3] < 1.01
    assert ratio[4] < 1.02


# --------------------------------------------------------------------------------------- generation


def conditionals(made, prefix, new, temperature, top_k=None):
    """(length, V): the probabilities each new id was to be drawn from."""
    logits = made(torch.tensor(prefix + new[:-1])[:, None])[0][len(prefix) - 1 :, 0].detach()
    if top_k:
        worst = logits.sort(dim=1, descending=True).values[:, top_k - 1 : top_k]
        logits = torch.where(logits < worst, -math.inf, logits)
    return torch.softmax(logits / temperature, dim=1)


@pytest.mark.parametrize(
    ("temperature", "top_k"), [(1.0, None), (0.5, None), (2.0, None), (1.5, 2)]
)
def test_new_ids_follow_their_probabilities(temperature, top_k):
    made, prefix, n = some_model(), [1, 2], 2000
    new = model.generate(made, prefix, n, temperature, top_k, seed=1)
    assert len(new) == n
    p = conditionals(made, prefix, new, temperature, top_k)
    hits = F.one_hot(torch.tensor(new), V).double()
    # the differences of each id's hits and chances are uncorrelated: 5 sigma of their sum
    sigma = (p * (1 - p)).sum(dim=0).sqrt()
    assert ((hits - p).sum(dim=0).abs() <= 5 * sigma).all()
    # and so are the surprises: a flatter or sharper law is seen here
    surprise = -p.gather(1, torch.tensor(new)[:, None]).squeeze(1).log()
    logs = torch.where(p > 0, p.log(), 0)
    mean = -(p * logs).sum(dim=1)
    spread = ((p * logs**2).sum(dim=1) - mean**2).sum().sqrt()
    assert (surprise - mean).sum().abs() <= 5 * spread


def test_greedy_and_seeds():
    made, prefix = some_model(), [3]
    greedy = model.generate(made, prefix, 30, temperature=0)
    assert greedy == conditionals(made, prefix, greedy, 1.0).argmax(dim=1).tolist()
    assert model.generate(made, prefix, 30, 5.0, top_k=1, seed=9) == greedy
    torch.manual_seed(1)
    one = model.generate(made, prefix, 30, seed=1)
    torch.manual_seed(2)
    assert model.generate(made, prefix, 30, seed=1) == one
    assert model.generate(made, prefix, 30, seed=2) != one
    assert model.generate(made, prefix, 0) == []
    with pytest.raises(ValueError, match=r"\btop_k\b"):
        model.generate(made, prefix, 3, top_k=0)
