"""Hidden checks of neural.py (bonus). Words of random letters: only what is planted can be learnt."""

import numpy as np
import torch

from grader.checking.expect import expect_equal, expect_error, expect_type

LETTERS = list("bcdfgklm")


def some_word(draw, length=3):
    return "".join(draw.choice(LETTERS, length))


def tags_of(student, tagger, sentences):
    found = student.map(tagger.tag, [(words,) for words in sentences])
    for words, tags in zip(sentences, found, strict=True):
        expect_type(tags, list, "the tags")
        expect_equal(len(tags), len(words), "the number of tags")
        for tag in tags:
            expect_type(tag, str, "a tag")
    return found


def share_right(student, tagger, sentences):
    found = tags_of(student, tagger, [[word for word, _ in s] for s in sentences])
    gold = [tag for s in sentences for _, tag in s]
    return sum(g == p for g, p in zip(gold, sum(found, []), strict=True)) / len(gold)  # noqa: RUF017


def words_of(sentences):
    return sorted({word for sentence in sentences for word, _ in sentence})


def test_neural_tagger_learns_endings_of_words_never_seen(student):
    draw = np.random.default_rng(0)

    def sentence():
        words = [some_word(draw) + str(draw.choice(["a", "o"])) for _ in range(8)]
        return [(word, "NOUN" if word[-1] == "a" else "VERB") for word in words]

    learn, fresh = [sentence() for _ in range(40)], [sentence() for _ in range(15)]
    tagger = student.neural.BiLSTMTagger(words_of(learn), ["NOUN", "VERB"], 16, 8, 16)
    tagger.fit(learn)
    right = share_right(student, tagger, fresh)
    assert right >= 0.9, (
        f"the last letter decides the tag, but {right:.0%} of fresh words are right"
    )


def test_neural_tagger_sees_what_comes_next(student):
    draw = np.random.default_rng(1)

    def sentence():
        words = [str(draw.choice(["p", "q"])) for _ in range(8)]
        return [
            (word, "P" if after == "p" else "Q")
            for word, after in zip(words, [*words[1:], "q"], strict=True)
        ]

    learn, fresh = [sentence() for _ in range(40)], [sentence() for _ in range(15)]
    tagger = student.neural.BiLSTMTagger(["p", "q"], ["P", "Q"], 16, 8, 16)
    tagger.fit(learn)
    right = share_right(student, tagger, fresh)
    assert right >= 0.9, f"the next word decides the tag, but {right:.0%} of the words are right"


def test_neural_tagger_learns_from_pretrained_vectors(student):
    """Half of the words never occur in training; their vectors tell which kind they are."""
    draw = np.random.default_rng(2)
    words = sorted({some_word(draw, 5) for _ in range(80)})
    kinds = {word: bool(draw.integers(2)) for word in words}
    noise = torch.from_numpy(draw.normal(0, 0.1, (len(words), 8))).float()
    vectors = noise + torch.tensor([[1.0 if kinds[word] else -1.0] for word in words])
    seen = words[::2]

    def sentence(among):
        chosen = [str(draw.choice(among)) for _ in range(8)]
        return [(word, "X" if kinds[word] else "Y") for word in chosen]

    tagger = student.neural.BiLSTMTagger(words, ["X", "Y"], 8, 4, 8, vectors)
    tagger.fit([sentence(seen) for _ in range(40)], epochs=2)
    right = share_right(student, tagger, [sentence(words[1::2]) for _ in range(15)])
    assert right >= 0.8, f"the vectors tell the tag, but {right:.0%} of the words are right"


def test_neural_tagger_leaves_the_pretrained_vectors_alone(student):
    vectors = torch.arange(6.0).reshape(2, 3)
    tags, words = ["X", "Y"], ["a", "b"]
    tagger = student.neural.BiLSTMTagger(words, tags, 3, 4, 4, vectors)
    sentences = [[("a", "X"), ("b", "Y")], [("b", "Y")], [("a", "X")]]
    _, after = student.with_arguments(tagger.fit, sentences, 2, 0.1)
    expect_equal(after[0], sentences, "the sentences after fit")
    _, after = student.with_arguments(student.neural.BiLSTMTagger, words, tags, 3, 4, 4, vectors)
    expect_equal(after, [words, tags, 3, 4, 4, vectors], "the arguments after the call")


def test_neural_tagger_tags_whatever_the_words(student):
    tagger = student.neural.BiLSTMTagger(["새", "강"], ["NOUN", "VERB"], 4, 4, 4)
    sentences = [["새"], ["처음", "보는", "말", "2026"], ["Ω", "x" * 40]]
    for tags in tags_of(student, tagger, sentences):
        assert set(tags) <= {"NOUN", "VERB"}, "tag returned something that is not a tag"


def test_neural_tagger_depends_on_its_seeds_alone(student):
    draw = np.random.default_rng(3)
    # so many tags that two taggers drawn apart hardly agree, before or after training
    names = [f"T{n}" for n in range(40)]
    learn = [[(some_word(draw), str(draw.choice(names))) for _ in range(4)] for _ in range(10)]
    fresh = [[some_word(draw) for _ in range(5)] for _ in range(12)]
    for seed in (5, 0):
        found = []
        for state in (1, 2):
            student.generators(seed=state)
            tagger = student.neural.BiLSTMTagger(words_of(learn), names, 4, 4, 4, seed=seed)
            untrained = tags_of(student, tagger, fresh)
            tagger.fit(learn, epochs=2, seed=seed + 1)
            found.append([*untrained, *tags_of(student, tagger, fresh)])
            found.append([*untrained, *tags_of(student, tagger, fresh)])
        for tags in found[1:]:
            pairs = zip(sum(tags, []), sum(found[0], []), strict=True)  # noqa: RUF017
            others = sum(one != other for one, other in pairs)
            # rounding may decide where two scores are equal but for their last bits
            assert others <= 1, f"with the same seeds {others} of 120 words get a different tag"


def test_neural_tagger_fit_returns_the_tagger(student):
    tagger = student.neural.BiLSTMTagger(["a"], ["X", "Y"], 4, 4, 4)
    again = tagger.fit([[("a", "X")]] * 3, epochs=2)
    expect_equal(again.tag(["a"]), tagger.tag(["a"]), "the tags of what fit returned")


def test_neural_tagger_refuses_what_cannot_be(student):
    with expect_error(ValueError, naming="pretrained"):
        student.neural.BiLSTMTagger(["a", "b"], ["X"], 4, 4, 4, torch.zeros(3, 4))
    with expect_error(ValueError, naming="sentences"):
        student.neural.BiLSTMTagger(["a"], ["X"], 4, 4, 4).fit([[("a", "Z")]])
