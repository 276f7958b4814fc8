"""Hidden checks of neural.py (bonus). Words of random letters: only what is planted can be learnt."""

import numpy as np
import torch

from grader.checking.expect import expect_equal, expect_error, expect_type

LETTERS = list("bcdfgklm")


def some_word(draw, length=3):
    return "".join(draw.choice(LETTERS, length))


def tags_of(student, tagger, sentences):
    found = [list(tags) for tags in student.map(tagger.tag, [(words,) for words in sentences])]
    expect_equal(list(map(len, found)), list(map(len, sentences)), "the numbers of tags")
    return found


def share_right(student, tagger, sentences):
    found = tags_of(student, tagger, [[word for word, _ in s] for s in sentences])
    gold = [tag for s in sentences for _, tag in s]
    return sum(g == p for g, p in zip(gold, sum(found, []), strict=True)) / len(gold)  # noqa: RUF017


def words_of(sentences):
    return sorted({word for sentence in sentences for word, _ in sentence})


def test_neural_tagger_learns_endings_of_words_never_seen(student):
    expect_endings(student, np.random.default_rng(0), some_word, "ao")


def test_neural_tagger_learns_korean_endings(student):
    stems = list("가나라마바사자차카타")
    draw = np.random.default_rng(5)
    expect_endings(student, draw, lambda draw: "".join(draw.choice(stems, 2)), "는다")


def expect_endings(student, draw, stem, endings):
    """Sentences of twelve words; fresh words of random letters and the same endings."""

    def sentence():
        words = [stem(draw) + str(draw.choice(list(endings))) for _ in range(12)]
        return [(word, "NOUN" if word[-1] == endings[0] else "VERB") for word in words]

    learn, fresh = [sentence() for _ in range(24)], [sentence() for _ in range(10)]
    tagger = student.neural.BiLSTMTagger(words_of(learn), ["NOUN", "VERB"], 16, 8, 16)
    tagger.fit(learn, lr=2e-2)  # right taggers come to 100 %
    right = share_right(student, tagger, fresh)
    assert right >= 0.9, (
        f"the last letter decides the tag, but {right:.0%} of fresh words are right"
    )


def test_neural_tagger_sees_what_comes_next(student):
    expect_next(student, np.random.default_rng(1), ["p", "q"])


def test_neural_tagger_sees_which_of_three_comes_next(student):
    expect_next(student, np.random.default_rng(4), ["pa", "qa", "ra"])


def expect_next(student, draw, words):
    """Sentences of twelve words; each word's tag is the name of the next word."""

    def sentence():
        chosen = [str(draw.choice(words)) for _ in range(12)]
        after = [*chosen[1:], words[-1]]
        return [(word, then.upper()) for word, then in zip(chosen, after, strict=True)]

    learn, fresh = [sentence() for _ in range(24)], [sentence() for _ in range(10)]
    tagger = student.neural.BiLSTMTagger(words, [word.upper() for word in words], 16, 8, 16)
    tagger.fit(learn, lr=2e-2)  # right taggers come to 97 % and more
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
    tagger.fit([sentence(seen) for _ in range(60)], epochs=2)
    right = share_right(student, tagger, [sentence(words[1::2]) for _ in range(15)])
    assert right >= 0.8, f"the vectors tell the tag, but {right:.0%} of the words are right"


def test_neural_tagger_tells_words_by_their_vectors_alone(student):
    """Of two kinds of words that look alike to the letters, the vectors tell which is which."""
    draw = np.random.default_rng(6)
    words = sorted({some_word(draw, 6) for _ in range(60)})
    vectors = torch.from_numpy(draw.choice([-1.0, 1.0], (len(words), 1)) * np.ones((1, 8))).float()
    kinds = {word: bool(vector[0] > 0) for word, vector in zip(words, vectors, strict=True)}
    seen = words[: len(words) // 2]

    def sentence(among):
        chosen = [str(draw.choice(among)) for _ in range(8)]
        return [(word, "X" if kinds[word] else "Y") for word in chosen]

    tagger = student.neural.BiLSTMTagger(words, ["X", "Y"], 8, 4, 8, vectors)
    tagger.fit([sentence(seen) for _ in range(60)], epochs=2)
    right = share_right(student, tagger, [sentence(words[len(seen) :]) for _ in range(15)])
    assert right >= 0.8, f"the vectors tell the tag, but {right:.0%} of the words are right"


def test_neural_tagger_leaves_the_pretrained_vectors_alone(student):
    vectors = torch.arange(6.0).reshape(2, 3)
    arguments = [["a", "b"], ["X", "Y"], 3, 4, 4, vectors]
    _, after = student.with_arguments(student.neural.BiLSTMTagger, *arguments)
    expect_equal(after, arguments, "the arguments after the call")


def test_neural_tagger_trains_its_own_copy(student):
    # a tensor that lives there: a parameter of another tagger. Training must not reach it
    other = student.neural.BiLSTMTagger(["a", "b"], ["X", "Y"], 3, 4, 4)
    name, values = next((n, t) for n, t in other.state_dict().items() if t.ndim == 2)
    rows, width = values.shape
    vectors = student.keep(student.keep(other.get_parameter, [name]).detach, [])
    words = [f"w{i}" for i in range(rows)]
    tagger = student.neural.BiLSTMTagger(words, ["X", "Y"], width, 4, 4, vectors)
    tagger.fit([[(word, "X") for word in words]], 2, 0.1)
    expect_equal(other.state_dict()[name], values, "the vectors passed in, after training")


def test_neural_tagger_leaves_the_sentences_alone(student):
    before = student.generators(of_torch=False)  # a module may draw from torch's
    tagger = student.neural.BiLSTMTagger(["a", "b"], ["X", "Y"], 3, 4, 4)
    sentences = [[("a", "X"), ("b", "Y")], [("b", "Y")], [("a", "X")]]
    _, after = student.with_arguments(tagger.fit, sentences, 2, 0.1)
    expect_equal(after[0], sentences, "the sentences after fit")
    _, after = student.with_arguments(tagger.tag, ["b", "a"])
    expect_equal(after[0], ["b", "a"], "the words after tag")
    generators = student.generators(of_torch=False)
    expect_equal(generators, before, "the global generators of random and NumPy")


def test_neural_tags_are_a_list_of_str(student):
    tagger = student.neural.BiLSTMTagger(["a", "b"], ["X", "Y"], 3, 4, 4)
    for words in (["a"], ["b", "b", "a"]):
        tags = tagger.tag(words)
        expect_type(tags, list, "the tags")
        for tag in tags:
            expect_type(tag, str, "a tag")


def many_tags(student):
    """A tagger with so many tags that any change of its weights changes some; sentences to tag."""
    draw = np.random.default_rng(3)
    names = [f"T{n}" for n in range(40)]
    learn = [[(some_word(draw), str(draw.choice(names))) for _ in range(4)] for _ in range(10)]
    asked = [[word for word, _ in sentence] for sentence in learn]
    return student.neural.BiLSTMTagger(words_of(learn), names, 4, 4, 4, seed=7), learn, asked


def changed(one, other):
    """How many tags differ. Rounding may decide where two scores are equal but for the last bits."""
    pairs = zip(sum(one, []), sum(other, []), strict=True)  # noqa: RUF017
    return sum(a != b for a, b in pairs)


def test_neural_tagger_makes_as_many_epochs_as_it_is_told(student):
    tagger, learn, asked = many_tags(student)
    before = tags_of(student, tagger, asked)
    tagger.fit(learn, epochs=0)
    assert changed(before, tags_of(student, tagger, asked)) <= 1, "no epoch must change nothing"
    tagger.fit(learn, epochs=3)
    assert changed(before, tags_of(student, tagger, asked)) > 1, (
        "three epochs must change something"
    )


def test_neural_tagger_uses_its_learning_rate(student):
    tagger, learn, asked = many_tags(student)
    before = tags_of(student, tagger, asked)
    tagger.fit(learn, epochs=2, lr=1e-9)
    assert changed(before, tags_of(student, tagger, asked)) <= 1, (
        "a rate of 1e-9 must change nothing"
    )


def test_neural_tagger_says_the_same_twice(student):
    tagger, learn, asked = many_tags(student)
    for epochs in (0, 2):
        tagger.fit(learn, epochs=epochs)
        once, again = (tags_of(student, tagger, asked) for _ in range(2))
        assert changed(once, again) <= 1, "two calls of tag must give the same tags"


def test_neural_tagger_has_the_defaults_of_the_handout(student):
    found = []
    for how in ({}, {"epochs": 5, "lr": 1e-2, "seed": 0}):
        tagger, learn, asked = many_tags(student)
        student.generators(seed=1)
        tagger.fit(learn, **how)
        found.append(tags_of(student, tagger, asked))
    assert changed(*found) <= 1, "the defaults of fit must be epochs=5, lr=1e-2, seed=0"


def test_neural_tagger_tags_whatever_the_words(student):
    tagger = student.neural.BiLSTMTagger(["새", "강"], ["NOUN", "VERB"], 4, 4, 4)
    # letters never seen, too; the module also works before fit
    sentences = [["새"], ["처음", "보는", "말", "2026"], ["Ω", "x" * 40]]
    for tags in tags_of(student, tagger, sentences):
        assert set(tags) <= {"NOUN", "VERB"}, "tag returned something that is not a tag"


def test_neural_tagger_depends_on_its_seeds_alone(student):
    draw = np.random.default_rng(3)
    # so many tags that two taggers drawn apart hardly agree, before or after training
    names = [f"T{n}" for n in range(40)]
    learn = [[(some_word(draw), str(draw.choice(names))) for _ in range(4)] for _ in range(10)]
    asked = [[word for word, _ in sentence] for sentence in learn]
    for seed in (5, 0):
        found = []
        for state in (1, 2):
            student.generators(seed=state)
            tagger = student.neural.BiLSTMTagger(words_of(learn), names, 4, 4, 4, seed=seed)
            untrained = tags_of(student, tagger, asked)
            tagger.fit(learn, epochs=2, seed=seed + 1)
            found.append([*untrained, *tags_of(student, tagger, asked)])
        others = changed(*found)
        assert others <= 1, f"with the same seeds {others} of 80 words get a different tag"


def test_neural_tagger_depends_on_its_seed(student):
    names = [f"T{n}" for n in range(40)]
    found = []
    for seed in (1, 2):
        student.generators(seed=1)
        tagger = student.neural.BiLSTMTagger(["a", "b", "c"], names, 4, 4, 4, seed=seed)
        found.append(
            tags_of(student, tagger, [["a", "b", "c"], ["c", "a"], ["b"], ["c", "c", "b"]])
        )
    assert changed(*found) > 1, "different seeds must give different weights"


def test_neural_tagger_fit_returns_the_tagger(student):
    tagger = student.neural.BiLSTMTagger(["a"], ["X", "Y"], 4, 4, 4)
    again = tagger.fit([[("a", "X")]] * 3, epochs=2)
    expect_equal(again.tag(["a"]), tagger.tag(["a"]), "the tags of what fit returned")


def test_neural_tagger_refuses_vectors_of_another_shape(student):
    for shape in ((3, 4), (2, 3), (4, 2)):
        with expect_error(ValueError, naming="pretrained"):
            tagger = student.neural.BiLSTMTagger(["a", "b"], ["X"], 4, 4, 4, torch.zeros(*shape))
            tagger.fit([[("a", "X")]], epochs=1)


def test_neural_tagger_refuses_tags_of_others(student):
    with expect_error(ValueError, naming="sentences"):
        student.neural.BiLSTMTagger(["a"], ["X"], 4, 4, 4).fit([[("a", "Z")]])
