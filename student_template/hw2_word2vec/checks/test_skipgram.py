"""Public checks of skipgram.py."""

import math
import random

import pytest
import torch

from grader.checking.expect import (
    expect_close,
    expect_equal,
    expect_tensor,
    expect_true,
    expect_type,
)


def double(*values):
    return torch.tensor(values, dtype=torch.float64)


# one pair, one negative: v.u = 0 and n.u = 1
PAIR = double([1, 0]), double([0, 1]), double([[1, 0]])
# a batch of two with K = 1: this pair, and one of zeros
BATCH = tuple(torch.cat([part, torch.zeros_like(part)]) for part in PAIR)


def planted(seed, topics, sentences=500, length=10):
    """Sentences of one topic each; a word comes from all topics with probability 0.2."""
    draw = random.Random(seed)
    everything = [word for topic in topics for word in topic]
    text = []
    for _ in range(sentences):
        own = draw.choice(topics)
        text.append(
            [draw.choice(everything if draw.random() < 0.2 else own) for _ in range(length)]
        )
    return text


def share_of_own_topic(tokens, vectors, topics, k=7):
    """Of the k nearest of each word by cosine: how many are of its own topic."""
    topic = {word: number for number, words in enumerate(topics) for word in words}
    units = vectors / vectors.norm(dim=1, keepdim=True).clamp(min=1e-12)
    near = (units @ units.T).fill_diagonal_(-2).topk(k, dim=1).indices.tolist()
    hits = [topic[tokens[i]] == topic[tokens[j]] for i, row in enumerate(near) for j in row]
    return sum(hits) / len(hits)


def test_sgns_loss_worked_example(student):
    value = student.skipgram.sgns_loss(*BATCH)
    wanted = (math.log(2) + math.log(1 + math.e) + 2 * math.log(2)) / 2
    expect_close(
        value,
        wanted,
        rtol=1e-4,
        what={"en": "the loss of the batch of two", "ko": "예제가 2개인 배치의 손실"},
    )


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_loss_keeps_the_dtype(student, dtype):
    value = student.skipgram.sgns_loss(*(part.to(getattr(torch, dtype)) for part in BATCH))
    wanted = (math.log(2) + math.log(1 + math.e) + 2 * math.log(2)) / 2
    what = {"en": "the loss of the batch of two", "ko": "예제가 2개인 배치의 손실"}
    expect_tensor(value, (), dtype, what)
    expect_close(value, wanted, what=what)


def test_sgns_gradients_worked_example(student):
    result = student.skipgram.sgns_gradients(*PAIR)
    expect_equal(len(result), 3, {"en": "the number of gradients", "ko": "기울기의 수"})
    pushed = 1 / (1 + math.exp(-1))
    names = ("center", "context", "negatives")
    expected = ([[pushed, -0.5]], [[-0.5, 0]], [[[pushed, 0]]])
    for name, got, wanted in zip(names, result, expected, strict=True):
        what = {"en": f"the gradient with respect to {name}", "ko": f"{name}에 대한 기울기"}
        expect_close(got, wanted, rtol=1e-4, atol=1e-6, what=what)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_gradients_are_a_tuple_and_keep_the_dtype(student, dtype):
    result = student.skipgram.sgns_gradients(*(part.to(getattr(torch, dtype)) for part in PAIR))
    expect_type(result, tuple, {"en": "the result", "ko": "결과"})
    pushed = 1 / (1 + math.exp(-1))
    names = ("center", "context", "negatives")
    expected = ([[pushed, -0.5]], [[-0.5, 0]], [[[pushed, 0]]])
    for name, got, wanted, part in zip(names, result, expected, PAIR, strict=True):
        what = {"en": f"the gradient with respect to {name}", "ko": f"{name}에 대한 기울기"}
        expect_tensor(got, tuple(part.shape), dtype, what)
        expect_close(got, wanted, what=what)


TABLES = ("in_embed.weight", "out_embed.weight")


def test_model_worked_example(student):
    state = student.skipgram.SkipGram(5, 4, seed=1).state_dict()
    for name in TABLES:
        expect_tensor(state.get(name), (5, 4), what=name)
    # dim is 4: within 0.5/4, and zero
    expect_true(
        state[TABLES[0]].abs().max() <= 0.125 + 1e-6,
        {
            "en": "in_embed must start within 0.5/dim of 0",
            "ko": "in_embed의 초깃값은 -0.5/dim과 0.5/dim 사이여야 합니다",
        },
    )
    expect_close(
        state[TABLES[1]],
        torch.zeros(5, 4),
        what={"en": f"{TABLES[1]} at the start", "ko": f"초기 {TABLES[1]}"},
    )


def test_model_forward_worked_example(student):
    model = student.skipgram.SkipGram(5, 4, seed=1)
    tables = torch.full((5, 4), 0.1), torch.zeros(5, 4)
    model.load_state_dict(dict(zip(TABLES, tables, strict=True)), strict=False)
    ids = torch.tensor([0, 1]), torch.tensor([2, 3]), torch.tensor([[4, 4, 0], [1, 2, 3]])
    # the out-vectors are zero, so every score is 0 and the loss is 4 ln 2; here your own decides
    zeros = torch.zeros(2, 4), torch.zeros(2, 4), torch.zeros(2, 3, 4)
    own = student.skipgram.sgns_loss(*zeros)
    loss, what = (
        model.forward(*ids),
        {"en": "the loss of a model at its start", "ko": "초기 모델의 손실"},
    )
    expect_tensor(loss, (), what=what)
    expect_close(loss, own, rtol=1e-4, what=what)


def test_train_finds_planted_topics(student):
    topics = [[f"{name}{i}" for i in range(8)] for name in ("sea", "law", "ear", "fig", "ink")]
    tokens, vectors = student.skipgram.train(
        planted(1, topics), dim=50, window=5, negatives=5, epochs=3, t=1.0, seed=0
    )
    expect_equal(
        sorted(tokens),
        sorted(word for topic in topics for word in topic),
        {"en": "the sorted list of tokens", "ko": "정렬한 토큰 목록"},
    )
    expect_tensor(vectors, (40, 50), what="vectors")
    share = share_of_own_topic(tokens, vectors, topics)
    expect_true(
        share >= 0.8,
        {
            "en": f"{share:.0%} of the neighbours share the word's topic; at least 80% must "
            "(chance level is 18%)",
            "ko": f"이웃 가운데 주제가 같은 단어가 {share:.0%}입니다. 80% 이상이어야 합니다"
            "(무작위라면 18%)",
        },
    )
