"""Hidden checks of sampling from the language model.

Judged by the laws of the model's own logits. Its weights are made three times as large, so that no
law is nearly uniform.
"""

import math

import pytest
import torch
import torch.nn.functional as F

from grader.checking.expect import expect_close, expect_equal, expect_error, expect_type

V, E, H = 11, 5, 7


def sharp(student, factor=3.0):
    model = student.model.LSTMLanguageModel(V, E, H).double()
    model.eval()
    weights = {
        name: factor * weight if weight.is_floating_point() else weight
        for name, weight in model.state_dict().items()
    }
    model.load_state_dict(weights)
    return model


def draws(student, model, prefix, temperature, top_k=None, runs=100, length=5):
    """(length, runs) new ids, a column for each seed.

    Many short texts, not one long one: who reads all of it anew for each id is right too.
    """
    calls = [(model, prefix, length, temperature, top_k, seed) for seed in range(runs)]
    texts = student.map(student.model.generate, calls)
    expect_equal([len(text) for text in texts], [length] * runs, "the numbers of new ids")
    return torch.tensor(texts).t()


def at_once(model, prefix, new):
    """(length, runs, V): the logits that each of the new ids was to be drawn from."""
    begin = torch.tensor(prefix)[:, None].expand(-1, new.shape[1])
    return model(torch.cat([begin, new[:-1]]))[0][len(prefix) - 1 :].double()


def in_steps(model, prefix, new):
    """The same, each new id read by itself with the state carried over."""
    logits, state = model(torch.tensor(prefix)[:, None].expand(-1, new.shape[1]))
    rows = [logits[-1]]
    for row in new[:-1]:
        logits, state = model(row[None], state)
        rows.append(logits[-1])
    return torch.stack(rows).double()


def by_either_reading(judge):
    """Both readings agree in a right model; where they do not, that costs points there, not here."""
    try:
        judge(at_once)
    except AssertionError as fault:
        try:
            judge(in_steps)
        except AssertionError:
            raise fault from None


def laws(logits, temperature, top_k=None):
    """(length, runs, V): the probabilities by these logits."""
    if top_k:
        worst = logits.sort(dim=-1, descending=True).values[..., top_k - 1 : top_k]
        logits = torch.where(logits < worst, -math.inf, logits)
    return torch.softmax(logits / temperature, dim=-1)


def greedy_is_right(student, prefixes, length, factor=3.0):
    model = sharp(student, factor)
    calls = [(model, prefix, length, 0) for prefix in prefixes]
    found = student.map(student.model.generate, calls)

    def judge(read):
        for prefix, new in zip(prefixes, found, strict=True):
            wanted = read(model, prefix, torch.tensor(new)[:, None])[:, 0].argmax(dim=1).tolist()
            expect_close(new, wanted, what=f"what follows {prefix}, by your own logits")

    by_either_reading(judge)


def test_generate_greedily_takes_the_most_probable(student):
    greedy_is_right(student, [[3], [5]], 20)


def test_generate_greedily_after_several_ids(student):
    greedy_is_right(student, [[1, 2, 5, 8], [4, 4]], 20)


def test_generate_reads_the_whole_prefix(student):
    greedy_is_right(student, [[first, 2, 2] for first in range(V)], 12, 4.0)


@pytest.mark.parametrize("length", [1, 7])
def test_generate_returns_the_new_ids_only(student, length):
    new = student.model.generate(sharp(student), [4, 4, 4], length, seed=2)
    expect_close(len(new), length, what="the number of new ids")
    assert all(0 <= int(i) < V for i in new), "each new id is an id below V"


def test_generate_of_no_length_is_empty(student):
    for temperature in (0, 1.0):
        new = student.model.generate(sharp(student), [4, 4], 0, temperature)
        expect_close(len(new), 0, what="the number of new ids")


def test_generate_gives_python_ints(student):
    for temperature in (0, 1.0):
        new = student.model.generate(sharp(student), [4, 4], 5, temperature, seed=2)
        expect_type(new, list, "the result")
        expect_equal([type(i) for i in new], [int] * 5, "the types of the new ids")


def test_generate_with_top_k_1_is_greedy(student):
    model, prefix = sharp(student), [3, 1]
    calls = [(model, prefix, 20, temperature, 1, 4) for temperature in (0.5, 1.0, 5.0)]
    found = student.map(student.model.generate, calls)

    def judge(read):
        for (_, _, _, temperature, *_), new in zip(calls, found, strict=True):
            wanted = read(model, prefix, torch.tensor(new)[:, None])[:, 0].argmax(dim=1).tolist()
            expect_close(new, wanted, what=f"top_k 1 at temperature {temperature}")

    by_either_reading(judge)


def test_generate_draws_among_the_top_k_only(student):
    model, prefix = sharp(student), [3]
    new = draws(student, model, prefix, 3.0, 3, runs=30)

    def judge(read):
        p = laws(read(model, prefix, new), 3.0, 3)
        chances = p.gather(2, new[..., None])
        assert (chances > 0).all(), "an id was drawn that is not among the top_k most probable"
        ranks = set((p > chances).sum(dim=2).flatten().tolist())
        expect_equal(ranks, {0, 1, 2}, "the ranks that occur with top_k 3 at a high temperature")

    by_either_reading(judge)


def draws_follow(student, temperature, top_k=None):
    model, prefix = sharp(student), [1, 2]
    new = draws(student, model, prefix, temperature, top_k)
    by_either_reading(lambda read: follows(laws(read(model, prefix, new), temperature, top_k), new))


def test_generate_follows_its_probabilities(student):
    draws_follow(student, 1.0)


def test_generate_at_a_low_temperature(student):
    draws_follow(student, 0.4)


def test_generate_at_a_high_temperature(student):
    draws_follow(student, 2.5)


def test_generate_follows_the_top_k(student):
    draws_follow(student, 1.0, 3)


def test_generate_with_a_top_k_above_V(student):
    model, prefix = sharp(student), [1, 2]
    found = []
    for top_k in (V, V + 1, 10 * V):
        student.generators(seed=6)  # who draws from the global one pays for that elsewhere
        found.append(student.model.generate(model, prefix, 12, 1.0, top_k, 6))
        expect_close(found[-1], found[0], what=f"the ids with top_k {top_k}, against those with V")


def follows(p, new):
    """Judge ids new (length, runs) by the probabilities p (length, runs, V) of each."""
    p, new = p.flatten(0, 1), new.flatten()
    hits = F.one_hot(new, V).double()
    # given the past the differences of hits and chances have mean 0 and are uncorrelated:
    # their sum over all draws stays within five standard deviations
    sigma = (p * (1 - p)).sum(dim=0).sqrt()
    off = ((hits - p).sum(dim=0).abs() - 5 * sigma - 1e-9).max()
    assert off <= 0, "some id occurs far more or less often than its probability says"
    # and the differences of surprise and entropy: a law too flat or too sharp shows here
    logs = torch.where(p > 0, p.log(), 0)
    mean = -(p * logs).sum(dim=1)
    spread = ((p * logs**2).sum(dim=1) - mean**2).sum().sqrt()
    surprise = -p.gather(1, new[:, None]).squeeze(1).log()
    off = float((surprise - mean).sum().abs() - 5 * spread)
    assert off <= 0, "the ids drawn are far more or far less probable than they should be"


def test_generate_draws_each_id_anew(student):
    model, prefix = sharp(student), [1, 2]
    new = draws(student, model, prefix, 1.0)

    def judge(read):
        # so do those of "the same id once more" and its chance: who draws all ids by the same
        # random number shows here
        p = laws(read(model, prefix, new), 1.0)
        stays = p[1:].gather(2, new[:-1, :, None]).flatten()
        sigma = float((stays * (1 - stays)).sum().sqrt())
        hits = (new[1:] == new[:-1]).flatten().double()
        off = float((hits - stays).sum().abs() - 5 * sigma)
        assert off <= 1e-9, "the ids of one text are not drawn independently of each other"

    by_either_reading(judge)


def test_generate_has_the_promised_defaults(student):
    model = sharp(student)
    plain = student.model.generate(model, [2, 5], 30)
    named = student.model.generate(model, [2, 5], 30, 1.0, None, 0)
    expect_equal(plain, named, "the ids without options, against those with all defaults")


def test_generate_depends_on_its_seed_alone(student):
    model = sharp(student)
    student.generators(seed=1)
    one = ids_of(student.model.generate(model, [2], 30, 1.5, seed=3))
    before = student.generators(seed=2)
    two = ids_of(student.model.generate(model, [2], 30, 1.5, seed=3))
    expect_equal(two, one, "with the same seed")
    expect_equal(student.generators(), before, "the global random generators after the call")
    other = ids_of(student.model.generate(model, [2], 30, 1.5, seed=4))
    assert other != one, "a different seed must draw different ids"


def ids_of(new):
    return [int(i) for i in new]


def test_generate_changes_nothing(student):
    model = sharp(student)
    weights = model.state_dict()
    _, after = student.with_arguments(student.model.generate, model, [2, 3], 5, 1.0)
    expect_equal(after[1], [2, 3], "the prefix after the call")
    expect_equal(model.state_dict(), weights, "the weights after the call")


def test_generate_refuses_an_impossible_top_k(student):
    model = sharp(student)
    for top_k in (0, -1):
        for temperature in (0, 1.0):
            with expect_error(ValueError, naming="top_k"):
                student.model.generate(model, [1], 3, temperature, top_k)
