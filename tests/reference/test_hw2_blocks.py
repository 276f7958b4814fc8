"""The fast engine of hw2's reference against the homework's own loss."""

import numpy as np
import torch
import torch.nn.functional as F

from reference.hw2_word2vec import blocks
from reference.hw2_word2vec.sampling import AliasSampler

# ---- steps --------------------------------------------------------------------------------------


def trainer(words=12, dim=5, t=1.0, tokens=64, window=3, seed=0):
    counts = torch.arange(words, 0, -1)
    keep = torch.full((words,), t, dtype=torch.float64)
    noise = AliasSampler(torch.full((words,), 1 / words, dtype=torch.float64))
    made = blocks.Trainer(counts, keep, noise, blocks.Windows(window, 4, seed, tokens), dim)
    generator = torch.Generator().manual_seed(seed)
    made.into.copy_(torch.randn(words, dim, generator=generator))
    made.out.copy_(torch.randn(words, dim, generator=generator))
    return made


def stretch(sentences, words=12, seed=0):
    draw = np.random.default_rng(seed)
    parts = [[*draw.integers(0, words, draw.integers(1, 15)), blocks.END] for _ in range(sentences)]
    return np.array([i for part in parts for i in part], dtype=np.int32)


def test_every_word_is_a_center_once():
    made, ids = trainer(), stretch(30)
    steps = list(made.steps(ids, 0))
    assert len(steps) > 2
    inner = [step.ids[3:-3][step.sentence[3:-3] >= 0] for step in steps]
    assert torch.cat(inner).tolist() == [i for i in ids.tolist() if i >= 0]
    for step in steps:
        assert step.ids.shape == step.sentence.shape == (64 + 6,)
        assert step.noise.shape == (64 // blocks.S, blocks.M)
        assert set(step.reach.tolist()) <= {1, 2, 3}


def test_a_step_is_the_gradient_of_the_homeworks_loss():
    made = trainer(words=300)  # so many that no row is hit too often
    step = next(iter(made.steps(stretch(20, words=300), 0)))
    into, out = (table.double().requires_grad_() for table in (made.into.clone(), made.out.clone()))
    loss = torch.zeros((), dtype=torch.float64)
    pairs = 0
    for i in range(64):
        p, block = i + 3, i // blocks.S
        u = into[step.ids[p]]
        for q in range(70):
            near = 0 < abs(p - q) <= int(step.reach[i])
            if near and step.sentence[p] == step.sentence[q] >= 0:
                pairs += 1
                loss = loss - F.logsigmoid(out[step.ids[q]] @ u)
                # each of the M shared negatives stands for K / M
                scores = out[step.noise[block]] @ u
                loss = loss - 4 / blocks.M * F.logsigmoid(-scores).sum()
    assert pairs > 100
    by_into, by_out = torch.autograd.grad(loss, [into, out])
    before = made.into.clone(), made.out.clone()
    made.train(step, lr=0.01)
    torch.testing.assert_close(made.into, before[0] - 0.01 * by_into.float())
    torch.testing.assert_close(made.out, before[1] - 0.01 * by_out.float())


def test_a_row_that_is_hit_very_often_moves_as_for_the_limit():
    # one sentence of one word: all hits fall on one row
    ids = np.zeros(64, dtype=np.int32)
    made = trainer()
    step = next(iter(made.steps(ids, 0)))
    before = made.into[0].clone()
    near = made._near(step)
    hits = float(near.sum())
    assert hits > blocks.LIMIT
    u = before.double()
    pull = (torch.sigmoid(made.out[0].double() @ u) - 1) * made.out[0].double() * float(near.sum())
    push = torch.zeros_like(u)
    for block, pairs in enumerate(near.sum(dim=(1, 2)).tolist()):
        for n in step.noise[block].tolist():
            row = made.out[n].double()
            push += torch.sigmoid(row @ u) * row * pairs * 4 / blocks.M
    made.train(step, lr=0.001)
    expected = -0.001 * (pull + push) * blocks.LIMIT / hits
    torch.testing.assert_close((made.into[0] - before).double(), expected, rtol=1e-3, atol=1e-5)


def test_subsampling_drops_words_before_windows_are_cut():
    made = trainer(t=0.25)
    ids = np.concatenate([np.arange(12, dtype=np.int32)] * 200)
    kept = sum(int((step.sentence[3:-3] >= 0).sum()) for step in made.steps(ids, 0))
    # five standard errors of 2,400 decisions
    assert abs(kept - 600) < 5 * (2400 * 0.25 * 0.75) ** 0.5
    assert list(trainer(t=0.0).steps(ids, 0)) == []
