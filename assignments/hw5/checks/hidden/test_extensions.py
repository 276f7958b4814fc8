"""Hidden checks of copy_task.py and extensions.py."""

import random

import pytest
import torch
from torch.nn import functional as F

from grader.checking.expect import expect_close, expect_equal, expect_left_alone, expect_tensor

BOS, EOS = 1, 2


def normal(*shape, seed=0, dtype=torch.float64):
    generator = torch.Generator().manual_seed(1000 * seed + sum(shape))
    return torch.randn(*shape, generator=generator, dtype=torch.float64).to(dtype)


DTYPES = {torch.float32: "float32", torch.float64: "float64"}
# a step in float32 on the way (6e-8 relative) is no wrong formula; dtypes are asked apart
NEAR = {"rtol": 1e-5, "atol": 1e-6}


# ---- the copy task --------------------------------------------------------------------------------


def reversed_share(student, model, vocab, length, count=200):
    """Share of new strings that the model, by its own advance, writes backwards and ends."""
    source = random.Random(7004)
    strings = [[source.randrange(3, vocab) for _ in range(length)] for _ in range(count)]
    lengths = torch.full((count,), length)
    state = student.keep(model.begin, [torch.tensor(strings), lengths])
    tokens, written = torch.full((count,), BOS), []
    for _ in range(length + 1):
        log_probs, state = student.keep(model.advance, [tokens, state], part=1)
        tokens = log_probs.argmax(dim=-1)
        written.append(tokens)
    rows = torch.stack(written, dim=1).tolist()
    return sum(row == [*s[::-1], EOS] for row, s in zip(rows, strings, strict=True)) / count


def test_train_reverse_learns(student):
    model = student.copy_task.train_reverse(vocab=8, length=3, steps=80, seed=1)
    model.eval()
    # seven right solutions reach 0.88 and more with two seeds each; who repeats what it reads has a fifth
    assert reversed_share(student, model, 8, 3) >= 0.5, "too few new strings are right"


def test_train_reverse_depends_on_its_seed(student):
    def first(seed):
        model = student.copy_task.train_reverse(vocab=6, length=3, steps=3, seed=seed)
        model.eval()
        state = student.keep(model.begin, [torch.tensor([[3, 4, 5]]), torch.tensor([3])])
        return student.keep(model.advance, [torch.tensor([BOS]), state], part=1)[0]

    one = first(0)
    expect_close(first(0), one, rtol=0, atol=1e-3, what="the first word with the same seed")
    assert bool((first(1) - one).abs().max() > 3e-3), "a different seed must give a different model"


def test_train_reverse_leaves_the_generators_alone(student):
    before = student.generators(of_torch=False)  # a module's constructor may draw from torch's
    student.copy_task.train_reverse(vocab=6, length=3, steps=2, seed=1)
    generators = student.generators(of_torch=False)
    expect_equal(generators, before, "the global generators of random and NumPy")


# ---- BERT's embeddings ----------------------------------------------------------------------------

V, P, D = 9, 6, 4
IDS, SEGMENTS = (
    torch.tensor([[1, 2, 3, 1], [8, 0, 1, 5]]),
    torch.tensor([[0, 0, 1, 1], [0, 1, 1, 1]]),
)


def tables(seed, dtype=torch.float64):
    return [normal(n, D, seed=seed, dtype=dtype) for n in (V, 2, P)]


def test_bert_embeddings_are_a_sum_of_three(student):
    token, segment, position = tables(1)
    out = student.extensions.bert_embeddings(IDS, SEGMENTS, token, segment, position)
    expect_tensor(out, (2, 4, D), what="the embeddings")
    expected = F.embedding(IDS, token) + F.embedding(SEGMENTS, segment) + position[None, :4]
    expect_close(out, expected, what="the embeddings")


def test_a_segment_moves_an_embedding(student):
    token, segment, position = tables(2)
    other = SEGMENTS.clone()
    other[0, 1] = 1
    before, after = student.map(
        student.extensions.bert_embeddings,
        [(IDS, s, token, segment, position) for s in (SEGMENTS, other)],
    )
    moved = torch.zeros(2, 4, D, dtype=torch.float64)
    moved[0, 1] = segment[1] - segment[0]
    expect_close(after - before, moved, atol=1e-9, what="what the other segment changes")


def test_bert_embeddings_have_the_right_gradients(student):
    given = tables(3)
    toward = normal(2, 4, D, seed=4)
    function = student.extensions.bert_embeddings
    gradients = student.gradients(function, [IDS, SEGMENTS, *given], [toward]).by_argument
    leaves = [table.clone().requires_grad_() for table in given]
    out = F.embedding(IDS, leaves[0]) + F.embedding(SEGMENTS, leaves[1]) + leaves[2][None, :4]
    expected = torch.autograd.grad(out, leaves, toward)
    for name, gradient, right in zip(
        ("token", "segment", "position"), gradients, expected, strict=True
    ):
        expect_close(gradient, right, **NEAR, what=f"the gradient with respect to {name}")


def test_bert_embeddings_keep_the_dtype(student):
    for dtype, name in DTYPES.items():
        out = student.extensions.bert_embeddings(IDS, SEGMENTS, *tables(5, dtype))
        expect_tensor(out, (2, 4, D), name, "the embeddings")


def test_bert_embeddings_leave_everything_alone(student):
    expect_left_alone(student, student.extensions.bert_embeddings, IDS, SEGMENTS, *tables(6))


# ---- reversed sources -----------------------------------------------------------------------------


def expect_reversed(student, ids, lengths):
    out = student.extensions.reverse_source(torch.tensor(ids), torch.tensor(lengths))
    expect_tensor(out, (len(ids), len(ids[0])), what="the reversed rows")
    expected = [row[:n][::-1] + row[n:] for row, n in zip(ids, lengths, strict=True)]
    expect_close(out, expected, what="the reversed rows")


def test_reverse_source_leaves_the_padding_behind(student):
    expect_reversed(student, [[3, 4, 5, 9, 0], [6, 7, 8, 9, 3], [4, 6, 1, 2, 0]], [3, 5, 2])


def test_reverse_source_of_full_rows(student):
    expect_reversed(student, [[3, 4, 5, 9], [6, 7, 8, 3]], [4, 4])


def test_reverse_source_of_a_single_word(student):
    expect_reversed(student, [[4, 0, 0], [5, 6, 7]], [1, 3])
    expect_reversed(student, [[4]], [1])


def test_reverse_source_gives_int64(student):
    ids = torch.tensor([[3, 4, 5, 0], [6, 7, 8, 9]])
    out = student.extensions.reverse_source(ids, torch.tensor([3, 4]))
    expect_tensor(out, (2, 4), "int64", "the reversed rows")


def test_reverse_source_leaves_everything_alone(student):
    ids, lengths = torch.tensor([[3, 4, 5, 0], [6, 7, 8, 9]]), torch.tensor([3, 4])
    expect_left_alone(student, student.extensions.reverse_source, ids, lengths)


def test_reverse_source_twice_is_nothing(student):
    ids, lengths = torch.arange(28).reshape(4, 7), torch.tensor([7, 7, 7, 7])
    once = student.extensions.reverse_source(ids, lengths)
    assert not torch.equal(once, ids), "some ids must change"
    twice = student.extensions.reverse_source(once, lengths)
    expect_close(twice, ids, what="the rows reversed twice")


# ---- distillation ---------------------------------------------------------------------------------


def own_distillation(student_logits, teacher, targets, T, alpha):
    p, q = torch.softmax(teacher / T, -1), torch.log_softmax(student_logits / T, -1)
    soft = F.kl_div(q, p, reduction="batchmean")
    return alpha * T * T * soft + (1 - alpha) * F.cross_entropy(student_logits, targets)


def expect_distillation(student, T, alpha):
    one, teacher = normal(6, 5, seed=1), 2 * normal(6, 5, seed=2)
    targets = torch.arange(6) % 5
    loss = student.extensions.distillation_loss(one, teacher, targets, T, alpha)
    expect_tensor(loss, (), what="the loss")
    expect_close(loss, own_distillation(one, teacher, targets, T, alpha), what="the loss")


@pytest.mark.parametrize(("T", "alpha"), [(1.0, 0.5), (3.0, 0.7)])
def test_distillation_equals_the_formula(student, T, alpha):
    expect_distillation(student, T, alpha)


@pytest.mark.parametrize(("T", "alpha"), [(2.0, 1.0), (4.0, 0.0)])
def test_distillation_of_one_part_alone(student, T, alpha):
    expect_distillation(student, T, alpha)


def test_distillation_keeps_the_dtype(student):
    for dtype, name in DTYPES.items():
        one, teacher = (normal(6, 5, seed=seed, dtype=dtype) for seed in (5, 6))
        targets = torch.arange(6) % 5
        loss = student.extensions.distillation_loss(one, teacher, targets, 2.0, 0.5)
        expect_tensor(loss, (), name, "the loss")


def test_distillation_leaves_everything_alone(student):
    given = [normal(6, 5, seed=7), normal(6, 5, seed=8), torch.arange(6) % 5, 2.0, 0.5]
    expect_left_alone(student, student.extensions.distillation_loss, *given)


def test_distillation_has_the_right_gradient(student):
    one, teacher, targets = normal(6, 5, seed=3), 2 * normal(6, 5, seed=4), torch.arange(6) % 5
    arguments = [one, teacher, targets, 3.0, 0.6]
    gradients = student.gradients(student.extensions.distillation_loss, arguments).by_argument
    leaf = one.clone().requires_grad_()
    (expected,) = torch.autograd.grad(own_distillation(leaf, teacher, targets, 3.0, 0.6), leaf)
    expect_close(gradients[0], expected, **NEAR, what="the gradient with respect to student")


# ---- counting parameters --------------------------------------------------------------------------


SIZES = [(8, 2, 1, 16, 11, 13), (8, 4, 1, 16, 11, 13), (12, 3, 2, 20, 9, 7), (6, 1, 3, 5, 8, 8)]


def expect_own_count(student, sizes, *, tie):
    """What the function says is what the student's own model has."""
    d, heads, layers, ff, src, tgt = sizes
    count = student.extensions.transformer_parameters(*sizes, tie)
    model = student.transformer.Transformer(
        src, tgt, d, heads, layers, ff, dropout=0.0, max_len=8, tie=tie
    )
    given = [torch.tensor([[3, 4]]), torch.tensor([2]), torch.tensor([[1, 3]])]
    found = student.gradients(model.forward, given, [torch.ones(1, 2, tgt)], [model])
    own = sum(gradient.numel() for gradient in found.by_parameter[0].values())
    expect_equal(int(count), own, f"the number of parameters for {(*sizes, tie)}")


def test_transformer_parameters_count_your_own(student):
    for sizes in SIZES:
        expect_own_count(student, sizes, tie=False)


def test_transformer_parameters_count_a_tied_table_once(student):
    for sizes in SIZES:
        expect_own_count(student, sizes, tie=True)
