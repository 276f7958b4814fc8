"""Hidden checks of sentiment.py (bonus)."""

import numpy as np
import pytest
import torch

from grader.checking.expect import expect_close, expect_equal, expect_tensor

IDS = torch.tensor([[1, 2, 3, 4, 5], [5, 4, 3, 0, 0], [2, 0, 0, 0, 0]])
LENGTHS = torch.tensor([5, 3, 1])


def ready(student, *sizes, **options):
    model = student.sentiment.SentimentClassifier(*sizes, **options)
    return model.eval()


def logits_of(model, ids=IDS, lengths=LENGTHS):
    return model(ids, lengths).detach()


@pytest.mark.parametrize(
    ("vocab", "dim", "hidden", "classes", "layers"),
    [(11, 3, 4, 3, 1), (11, 3, 4, 2, 2), (20, 6, 5, 4, 3)],
)
def test_sentiment_has_the_weights_it_needs(student, vocab, dim, hidden, classes, layers):
    state = student.sentiment.SentimentClassifier(vocab, dim, hidden, classes, layers).state_dict()
    widths = [dim] + [2 * hidden] * (layers - 1)
    lstm = sum(2 * 4 * hidden * (width + hidden + 2) for width in widths)
    expected = vocab * dim + lstm + 2 * hidden * classes + classes
    expect_equal(sum(t.numel() for t in state.values()), expected, "the number of weights")


def test_sentiment_padding_has_no_influence(student):
    model = ready(student, 9, 4, 4)
    whole = logits_of(model)
    expect_tensor(whole, (3, 2), what="the logits")
    padded = IDS.masked_fill(IDS == 0, 7)
    expect_close(logits_of(model, padded), whole, what="the logits with other padding")
    # the shortest text first: packing may not ask for an order
    turned = logits_of(model, IDS.flip(0), LENGTHS.flip(0))
    expect_close(turned.flip(0), whole, what="the logits with the texts in another order")
    for row, length in enumerate(LENGTHS.tolist()):
        alone = logits_of(model, IDS[row : row + 1, :length], LENGTHS[row : row + 1])
        expect_close(alone[0], whole[row], what="the logits of a text by itself")
    assert not torch.allclose(whole[0], whole[1]), "other words must give other logits"


def test_sentiment_reads_every_word_in_order(student):
    model = ready(student, 9, 4, 8)
    one = logits_of(model, IDS[:1], LENGTHS[:1])
    for place in range(5):
        ids = IDS[:1].clone()
        ids[0, place] = 8
        changed = logits_of(model, ids, LENGTHS[:1])
        assert not torch.allclose(changed, one), f"the word at place {place} must have an influence"
    swapped = logits_of(model, IDS[:1, [0, 2, 1, 3, 4]], LENGTHS[:1])
    assert not torch.allclose(swapped, one), "the order of the words must have an influence"


def test_sentiment_learns_a_negation(student):
    """Trained by us, through its gradients: 3 after 1 is good, 3 after 2 is not, and so on."""
    draw = np.random.default_rng(2)

    def texts(count):
        ids = draw.integers(5, 9, (count, 6))
        label = draw.integers(0, 2, (count, 2))  # which of 1, 2 stands first; which of 3, 4 second
        place = draw.integers(0, 5, count)
        rows = np.arange(count)
        ids[rows, place], ids[rows, place + 1] = 1 + label[:, 0], 3 + label[:, 1]
        return torch.from_numpy(ids), torch.from_numpy(label[:, 0] ^ label[:, 1])

    model = student.sentiment.SentimentClassifier(9, 8, 8, dropout=0.0)
    state = {name: tensor.detach() for name, tensor in model.state_dict().items()}
    mean, square = ({n: torch.zeros_like(t) for n, t in state.items()} for _ in range(2))
    lengths = torch.full((32,), 6)
    for step in range(1, 61):
        ids, label = texts(32)
        push = (torch.softmax(model(ids, lengths).detach(), 1) - torch.eye(2)[label]) / 32
        (gradients,) = student.gradients(
            model.forward, [ids, lengths], [push], [model]
        ).by_parameter
        for name, gradient in gradients.items():
            mean[name] = 0.9 * mean[name] + 0.1 * gradient
            square[name] = 0.99 * square[name] + 0.01 * gradient**2
            size = mean[name] / (1 - 0.9**step)
            root = (square[name] / (1 - 0.99**step)).sqrt() + 1e-8
            state[name] = state[name] - 0.03 * size / root
        model.load_state_dict(state)
    ids, label = texts(200)
    right = (logits_of(model, ids, torch.full((200,), 6)).argmax(dim=1) == label).float().mean()
    assert right >= 0.9, f"two words decide, but {right:.0%} of fresh texts are right"


def test_sentiment_learns_with_every_weight(student):
    # a state of the backward direction that has read one word depends on no recurrent weight
    model = ready(student, 9, 4, 4)
    push = torch.tensor([[1.0, -1.0], [-1.0, 1.0], [1.0, -1.0]])
    (gradients,) = student.gradients(model.forward, [IDS, LENGTHS], [push], [model]).by_parameter
    for name in model.state_dict():
        got = gradients.get(name)
        assert got is not None and got.abs().max() > 0, f"{name} must get a gradient"


def test_sentiment_drops_in_training_alone(student):
    model = student.sentiment.SentimentClassifier(9, 4, 16)
    model.train()
    one, other = (model(IDS, LENGTHS).detach() for _ in range(2))
    assert not torch.allclose(one, other), "in training two calls must drop different units"
    model.eval()
    one, other = (logits_of(model) for _ in range(2))
    expect_close(one, other, what="the logits of two calls in evaluation mode")


def test_sentiment_does_not_drop_when_told_so(student):
    model = student.sentiment.SentimentClassifier(9, 4, 4, dropout=0.0)
    model.train()
    one, other = (model(IDS, LENGTHS).detach() for _ in range(2))
    expect_close(one, other, what="the logits of two calls without dropout")


def test_sentiment_depends_on_its_seed_alone(student):
    states = []
    for state, seed in ((1, 5), (2, 5), (2, 6)):
        student.generators(seed=state)
        model = student.sentiment.SentimentClassifier(9, 4, 4, seed=seed)
        states.append(model.state_dict())
    for name, weight in states[0].items():
        expect_close(states[1][name], weight, what=f"{name} with the same seed")
    assert any(not torch.equal(states[2][n], w) for n, w in states[0].items()), (
        "a different seed must give other weights"
    )


def test_sentiment_leaves_its_arguments_alone(student):
    model = ready(student, 9, 4, 4)
    _, after = student.with_arguments(model, IDS, LENGTHS)
    expect_equal(after, [IDS, LENGTHS], "ids and lengths after the call")
    expect_tensor(model(IDS, LENGTHS), (3, 2), "float32", "the logits")
