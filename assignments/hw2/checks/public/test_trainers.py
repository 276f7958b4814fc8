"""Public checks of trainers.py (bonus)."""

import random

import torch

from grader.checking.expect import expect_equal, expect_tensor, expect_true

TOPICS = [[f"{name}{i}" for i in range(5)] for name in ("sea", "law", "ear")]


def planted(seed):
    """100 sentences of eight words; a word comes from all topics with probability 0.2."""
    draw, text = random.Random(seed), []
    everything = [word for topic in TOPICS for word in topic]
    for _ in range(100):
        own = draw.choice(TOPICS)
        text.append([draw.choice(everything if draw.random() < 0.2 else own) for _ in range(8)])
    return text


def expect_topics(tokens, vectors):
    expect_equal(
        sorted(tokens),
        sorted(word for topic in TOPICS for word in topic),
        {"en": "the sorted list of tokens", "ko": "정렬한 토큰 목록"},
    )
    expect_tensor(vectors, (15, 16), what="vectors")
    units = vectors / vectors.norm(dim=1, keepdim=True).clamp(min=1e-12)
    near = (units @ units.T).fill_diagonal_(-2).topk(3, dim=1).indices.tolist()
    hits = [tokens[i][:3] == tokens[j][:3] for i, row in enumerate(near) for j in row]
    share = sum(hits) / len(hits)
    expect_true(
        share >= 0.8,
        {
            "en": f"{share:.0%} of the neighbours share the word's topic; at least 80% must "
            "(chance level is 29%)",
            "ko": f"이웃 가운데 주제가 같은 단어가 {share:.0%}입니다. 80% 이상이어야 합니다"
            "(무작위라면 29%)",
        },
    )


def test_train_cbow_finds_topics(student):
    train = student.trainers.train_cbow
    expect_topics(*train(planted(1), dim=16, window=3, epochs=4, lr=0.05, batch_size=64))


def test_train_hierarchical_finds_topics(student):
    train = student.trainers.train_hierarchical
    expect_topics(*train(planted(2), dim=16, window=3, epochs=3, lr=0.05, batch_size=128))


def test_train_glove_finds_topics(student):
    expect_topics(*student.trainers.train_glove(planted(3), dim=16, window=3, epochs=40))


def test_train_subword_finds_topics(student):
    tokens, table = student.trainers.train_subword(
        planted(4), dim=16, window=3, epochs=3, lr=0.05, buckets=1000, batch_size=128
    )
    expect_tensor(table, (1000, 16), what={"en": "the table", "ko": "표"})
    vector = student.subword.subword_vector
    words = student.map(vector, [(student.subword.to_jamo(token), table) for token in tokens])
    expect_topics(tokens, torch.stack(words))
