"""Hidden checks of train. Bars come from the source that the ids are drawn from."""

import math
import random

import torch
import torch.nn.functional as F

from grader.checking.expect import expect_close, expect_equal, expect_type

KEEP = 0.85
TINY = {"embed_size": 6, "hidden_size": 8, "bptt": 5, "batch_size": 4, "epochs": 2}


def markov(n, seed):
    """n ids below 4: (the last two summed) mod 4 with probability .85, else one of the others."""
    rng = random.Random(seed)
    ids = [0, 1]
    while len(ids) < n:
        likely = (ids[-1] + ids[-2]) % 4
        ids.append(likely if rng.random() < KEEP else (likely + rng.randrange(1, 4)) % 4)
    return torch.tensor(ids)


def true_nll(ids):
    """Of the source itself on this very sample, per id, from the third on."""
    hits = int((ids[2:] == (ids[1:-1] + ids[:-2]) % 4).sum())
    n = len(ids) - 2
    return -(hits * math.log(KEEP) + (n - hits) * math.log((1 - KEEP) / 3)) / n


def own_nll(model, ids):
    """Of the student's model, by its own logits, read as one column."""
    model.eval()
    logits, _ = model(ids[:-1, None])
    return F.cross_entropy(logits[1:, 0].double(), ids[2:]).item()


def test_train_comes_close_to_the_entropy_of_the_source(student):
    # 20,000 ids, all arguments as they are by default; the best perplexity is 1.7995 in the mean,
    # a model of single words or of pairs stays at 4
    model, perplexities = student.model.train(markov(20_000, 40), 4)
    expect_equal(len(perplexities), 3, "the number of perplexities")
    test = markov(4_000, 50)
    ratio = math.exp(own_nll(model, test) - true_nll(test))
    assert ratio < 1.05, f"the perplexity is {ratio:.4f} times the best possible one"


def test_train_reports_the_held_out_perplexity(student):
    # one up, mod 4, with probability .9 in the first nine tenths and .5 in the last one
    rng, ids = random.Random(60), [0]
    while len(ids) < 2_000:
        step = 1 if rng.random() < (0.9 if len(ids) < 1_800 else 0.5) else rng.randrange(2, 5)
        ids.append((ids[-1] + step) % 4)
    ids = torch.tensor(ids)
    model, perplexities = student.model.train(ids, 4, **TINY, lr=0.03)
    # how the last tenth is batched is free: 5 % for the first ids of its columns
    expect_close(
        perplexities[-1],
        math.exp(own_nll(model, ids[1_800:])),
        rtol=0.05,
        what="the last perplexity, against your model's logits on the last tenth",
    )


def test_train_gives_one_float_for_each_epoch(student):
    ids = markov(300, 61)
    for epochs in (1, 3):
        _, perplexities = student.model.train(ids, 4, **{**TINY, "epochs": epochs})
        expect_type(perplexities, list, "the perplexities")
        expect_equal([type(p) for p in perplexities], [float] * epochs, "their types")


def test_train_does_not_learn_from_the_last_tenth(student):
    ids = markov(400, 62)
    other = ids.clone()
    other[360:] = torch.randint(0, 4, (40,), generator=torch.Generator().manual_seed(0))
    one, _ = student.model.train(ids, 4, **TINY)
    two, _ = student.model.train(other, 4, **TINY)
    expect_equal(two.state_dict(), one.state_dict(), "the weights, another last tenth held out")


def test_train_learns_from_the_first_nine_tenths(student):
    ids = markov(400, 63)
    one = student.model.train(ids, 4, **TINY)[0].state_dict()
    for start in (0, 160, 280):
        changed = ids.clone()
        changed[start : start + 40] = (changed[start : start + 40] + 1) % 4
        other = student.model.train(changed, 4, **TINY)[0].state_dict()
        same = all(torch.equal(other[name], one[name]) for name in one)
        assert not same, f"the ids from {start} on make no difference to what is learnt"


def test_train_learns_nothing_at_rate_zero(student):
    ids = markov(400, 64)
    _, perplexities = student.model.train(ids, 4, **{**TINY, "epochs": 3}, lr=0.0)
    expect_close(perplexities, [perplexities[0]] * 3, what="the perplexities with lr = 0")
    assert 3 < perplexities[0] < 5, "four words, none of them learnt"


def test_train_clips_the_gradient(student):
    # clipped so far no step is left, whichever the optimiser
    ids = markov(400, 65)
    _, still = student.model.train(ids, 4, **TINY, lr=0.0)
    _, clipped = student.model.train(ids, 4, **TINY, clip=1e-30)
    expect_close(clipped, still, rtol=1e-2, what="the perplexities with the gradient clipped away")
    _, free = student.model.train(torch.tensor([0, 1, 2, 3] * 100), 4, **TINY, lr=0.03)
    assert free[-1] < 0.8 * still[-1], "with the usual clip something must be learnt"


def test_train_depends_on_its_seed_alone(student):
    ids, options = markov(400, 66), {**TINY, "num_layers": 2, "dropout": 0.3}
    student.generators(seed=1)
    one, first = student.model.train(ids, 4, **options, seed=3)
    student.generators(seed=2)
    two, second = student.model.train(ids, 4, **options, seed=3)
    expect_equal(second, first, "the perplexities with the same seed")
    expect_equal(two.state_dict(), one.state_dict(), "the weights with the same seed")
    _, third = student.model.train(ids, 4, **options, seed=4)
    assert third != first, "another seed must give another model"


def size_of(model):
    return sum(weight.numel() for weight in model.state_dict().values())


def test_train_obeys_its_sizes(student):
    ids = markov(120, 67)
    options = {**TINY, "epochs": 1}
    base = size_of(student.model.train(ids, 4, **options)[0])
    for change in ({"embed_size": 9}, {"hidden_size": 11}, {"num_layers": 2}):
        other = size_of(student.model.train(ids, 4, **{**options, **change})[0])
        assert other > base, f"{change} must make a larger model"
    assert size_of(student.model.train(ids, 7, **options)[0]) > base, "so must a larger vocab_size"


def test_train_obeys_its_options(student):
    ids = markov(400, 68)
    base = student.model.train(ids, 4, **TINY)[1]
    for change in ({"bptt": 9}, {"batch_size": 9}, {"lr": 1e-3}, {"clip": 1e-3}, {"dropout": 0.5}):
        other = student.model.train(ids, 4, **{**TINY, **change})[1]
        assert other != base, f"{change} must make a difference"


def test_train_makes_the_model_better(student):
    # which of four ids follows is certain: the best perplexity is 1
    ids = torch.tensor([0, 1, 2, 3] * 120)
    _, perplexities = student.model.train(ids, 4, **{**TINY, "epochs": 5}, lr=0.03)
    assert perplexities[-1] < 1.3, f"what is certain is learnt to {perplexities[-1]:.3f} only"
    assert perplexities[-1] < perplexities[0], "training must lower the perplexity"


def test_train_leaves_its_ids_alone(student):
    ids = markov(200, 69)
    _, after = student.with_arguments(student.model.train, ids, 4, **{**TINY, "epochs": 1})
    expect_equal(after[0], ids, "ids after the call")
