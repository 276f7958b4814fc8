"""Hidden checks of pretraining.py (bonus)."""

import pytest
import torch
import torch.nn.functional as F

from grader.checking.expect import (
    expect_close,
    expect_equal,
    expect_error,
    expect_left_alone,
    expect_own_weights,
    expect_tensor,
    expect_type,
)


def normal(seed, *shape, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64).to(dtype)


# ---- the two losses -----------------------------------------------------------------------------


def some_labels(seed, vocab, *shape):
    generator = torch.Generator().manual_seed(seed)
    labels = torch.randint(vocab, shape, generator=generator)
    return labels.masked_fill(torch.rand(shape, generator=generator) < 0.6, -100)


def test_masked_word_loss_is_a_mean_over_the_masked(student):
    for seed in range(3):
        logits, labels = 3 * normal(seed, 3, 7, 5), some_labels(seed, 5, 3, 7)
        expected = F.cross_entropy(logits.flatten(0, 1), labels.flatten())
        expect_close(student.pretraining.masked_word_loss(logits, labels), expected)


def test_masked_word_loss_teaches_the_masked_alone(student):
    logits, labels = normal(4, 2, 6, 4), some_labels(5, 4, 2, 6)
    gradient = student.gradients(
        student.pretraining.masked_word_loss, [logits, labels]
    ).by_argument[0]
    chosen = labels != -100
    wanted = torch.softmax(logits, -1) - F.one_hot(labels.clamp(min=0), 4)
    wanted = wanted * chosen[..., None] / chosen.sum()
    expect_close(gradient, wanted, what="the gradient with respect to the logits")


def test_masked_word_loss_of_no_masked_word(student):
    value = student.pretraining.masked_word_loss(normal(6, 1, 3, 4), torch.full((1, 3), -100))
    expect_close(value, 0.0)


def test_masked_word_loss_stands_large_logits(student):
    logits = torch.tensor([[[1000.0, 0.0], [0.0, 1000.0]]])
    expect_close(student.pretraining.masked_word_loss(logits, torch.tensor([[0, 0]])), 500.0)


def test_masked_word_loss_keeps_dtype_and_arguments(student):
    for dtype, name in ((torch.float32, "float32"), (torch.float64, "float64")):
        arguments = normal(7, 2, 3, 4, dtype=dtype), some_labels(8, 4, 2, 3)
        expect_tensor(student.pretraining.masked_word_loss(*arguments), (), name)
        expect_left_alone(student, student.pretraining.masked_word_loss, *arguments)


def test_next_sentence_loss_is_a_cross_entropy(student):
    for seed in range(3):
        logits, is_next = 2 * normal(10 + seed, 6, 2), torch.arange(6) % 3 == seed
        expected = F.cross_entropy(logits, is_next.long())
        expect_close(student.pretraining.next_sentence_loss(logits, is_next), expected)


def test_next_sentence_loss_is_differentiable(student):
    logits, is_next = normal(13, 4, 2), torch.tensor([True, False, False, True])
    gradient = student.gradients(
        student.pretraining.next_sentence_loss, [logits, is_next]
    ).by_argument[0]
    wanted = (torch.softmax(logits, -1) - F.one_hot(is_next.long(), 2)) / 4
    expect_close(gradient, wanted, what="the gradient with respect to the logits")


def test_next_sentence_loss_stands_large_logits(student):
    value = student.pretraining.next_sentence_loss(
        torch.tensor([[1000.0, 0.0]]), torch.tensor([True])
    )
    expect_close(value, 1000.0)


def test_next_sentence_loss_keeps_dtype_and_arguments(student):
    for dtype, name in ((torch.float32, "float32"), (torch.float64, "float64")):
        arguments = normal(14, 3, 2, dtype=dtype), torch.tensor([True, False, True])
        expect_tensor(student.pretraining.next_sentence_loss(*arguments), (), name)
        expect_left_alone(student, student.pretraining.next_sentence_loss, *arguments)


def test_next_sentence_loss_refuses_another_number_of_answers(student):
    with expect_error(ValueError, naming="is_next"):
        student.pretraining.next_sentence_loss(normal(15, 3, 2), torch.tensor([True, False]))


# ---- the model ----------------------------------------------------------------------------------

IDS = torch.tensor([[1, 5, 6, 2, 7, 2], [1, 8, 2, 9, 2, 0]])
SEGMENTS = torch.tensor([[0, 0, 0, 0, 1, 1], [0, 0, 0, 1, 1, 0]])
LENGTHS = torch.tensor([6, 5])


def small(student, **options):
    return student.pretraining.BERT(12, 8, 2, 2, 16, 10, **options).eval()


def logits_of(model, ids=IDS, segments=SEGMENTS, lengths=LENGTHS):
    return [part.detach() for part in model(ids, segments, lengths)]


def differ(one, other):
    return not torch.allclose(one, other, rtol=1e-4, atol=1e-6)


def test_bert_has_the_right_shapes(student):
    model = small(student)
    words, follows = logits_of(model)
    expect_tensor(words, (2, 6, 12), what="the word logits")
    expect_tensor(follows, (2, 2), what="the next-sentence logits")
    expect_tensor(model.encode(IDS, SEGMENTS, LENGTHS), (2, 6, 8), what="the vectors")


def test_bert_padding_has_no_influence(student):
    model = small(student)
    words, follows = logits_of(model)
    assert differ(words[0, :5], words[1, :5]), "other words must give other logits"
    other = IDS.clone()
    other[1, 5] = 11
    again, same = logits_of(model, other)
    expect_close(again[1, :5], words[1, :5], what="the word logits with other padding")
    expect_close(same, follows, what="the next-sentence logits with other padding")
    alone, follows_alone = logits_of(model, IDS[1:, :5], SEGMENTS[1:, :5], LENGTHS[1:])
    expect_close(alone[0], words[1, :5], what="the word logits of an input by itself")
    expect_close(follows_alone[0], follows[1], what="the next-sentence logits of it by itself")


def test_bert_looks_to_both_sides(student):
    words, follows = logits_of(small(student))
    for place in range(1, 6):
        ids = IDS.clone()
        ids[0, place] = 10
        changed, other = logits_of(small(student), ids)
        for seen in {1, 4} - {place}:
            assert differ(changed[0, seen], words[0, seen]), (
                f"the word at place {place} must have an influence on place {seen}"
            )
        assert differ(other[0], follows[0]), f"[CLS] must see the word at place {place}"


def test_bert_knows_segments_and_positions(student):
    words, _ = logits_of(small(student))
    changed, _ = logits_of(small(student), segments=1 - SEGMENTS)
    assert differ(changed[0], words[0]), "the segments must have an influence"
    # attention alone sees a set: without positions the logits would only change their places
    swapped, _ = logits_of(small(student), IDS[:, [0, 2, 1, 3, 4, 5]])
    assert differ(swapped[0, [0, 2, 1, 3, 4, 5]], words[0]), "the positions must have an influence"


def test_bert_vectors_are_contextual(student):
    # the same word twice, in the same place, among other words
    ids = torch.tensor([[1, 5, 7, 2], [1, 5, 8, 2]])
    vectors = small(student).encode(ids, torch.zeros_like(ids), torch.tensor([4, 4])).detach()
    assert differ(vectors[0, 1], vectors[1, 1]), (
        "a word's vector must depend on the words around it"
    )


def test_bert_learns_a_masked_word(student):
    """Trained by us, through its gradients: the hidden word is that of the other end."""
    generator = torch.Generator().manual_seed(3)

    def inputs(count):
        ends = torch.randint(4, 8, (count,), generator=generator)
        middle = torch.randint(4, 8, (count,), generator=generator)
        mask = torch.full((count,), 3)
        return torch.stack([torch.ones_like(ends), mask, middle, ends], dim=1), ends

    model = student.pretraining.BERT(8, 16, 2, 1, 16, 4)
    state = {name: tensor.detach() for name, tensor in model.state_dict().items()}
    mean, square = ({n: torch.zeros_like(t) for n, t in state.items()} for _ in range(2))
    segments, lengths = torch.zeros(32, 4, dtype=torch.int64), torch.full((32,), 4)
    for step in range(1, 41):
        ids, ends = inputs(32)
        words, follows = model(ids, segments, lengths)
        push = torch.zeros_like(words.detach())
        push[:, 1] = (torch.softmax(words[:, 1].detach(), -1) - F.one_hot(ends, 8)) / 32
        (gradients,) = student.gradients(
            model.forward, [ids, segments, lengths], [push, torch.zeros_like(follows)], [model]
        ).by_parameter
        for name, gradient in gradients.items():
            if gradient is None:
                continue
            mean[name] = 0.9 * mean[name] + 0.1 * gradient
            square[name] = 0.99 * square[name] + 0.01 * gradient**2
            root = (square[name] / (1 - 0.99**step)).sqrt() + 1e-8
            state[name] = state[name] - 0.02 * mean[name] / (1 - 0.9**step) / root
        model.load_state_dict(state)
    ids, ends = inputs(32)
    right = (model(ids, segments, lengths)[0][:, 1].detach().argmax(-1) == ends).float().mean()
    assert right >= 0.9, f"the last word tells the hidden one, but {right:.0%} are right"


def test_bert_depends_on_its_seed_alone(student):
    states = []
    for state, seed in ((1, 5), (2, 5), (2, 6)):
        student.generators(seed=state)
        states.append(small(student, seed=seed).state_dict())
    for name, weight in states[0].items():
        expect_close(states[1][name], weight, what=f"{name} with the same seed")
    assert any(not torch.equal(states[2][n], w) for n, w in states[0].items()), (
        "a different seed must give other weights"
    )


def test_bert_parts_have_their_own_weights(student):
    expect_own_weights(small(student, seed=5))


def test_bert_leaves_its_arguments_alone(student):
    model = small(student)
    _, after = student.with_arguments(model, IDS, SEGMENTS, LENGTHS)
    expect_equal(after, [IDS, SEGMENTS, LENGTHS], "the arguments after the call")
    pair = model(IDS, SEGMENTS, LENGTHS)
    expect_type(pair, tuple, "the pair")
    for part in pair:
        expect_tensor(part, dtype="float32", what="the logits")


# ---- its size -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [((100, 2, 4, 6), 948), ((100, 3, 4, 6), 1192), ((100, 2, 8, 6), 2696)],
)
def test_bert_parameters_of_other_sizes(student, sizes, expected):
    # the second has one layer more: 4 * 20 + (4 * 16 + 16 + 16 * 4 + 4) + 2 * 8 = 244
    expect_close(student.pretraining.bert_parameters(*sizes), expected)


def test_bert_parameters_of_the_published_sizes(student):
    expect_close(student.pretraining.bert_parameters(30_522, 24, 1024), 335_141_888, atol=0.5)
    expect_close(student.pretraining.bert_parameters(30_522, 6, 768, 512), 66_955_008, atol=0.5)


def test_bert_parameters_is_an_int(student):
    expect_type(student.pretraining.bert_parameters(50, 2, 16, 20), int, "the number")
