"""Hidden checks of crf_tagger.py (bonus)."""

from itertools import pairwise

import numpy as np
import pytest
import torch

from grader.checking.expect import (
    expect_close,
    expect_equal,
    expect_error,
    expect_left_alone,
    expect_tensor,
    expect_type,
)

# ---- the best path ------------------------------------------------------------------------------


def some_scores(seed, steps, states):
    draw = torch.Generator().manual_seed(seed)
    shapes = (steps, states), (states, states)
    return tuple(torch.randn(s, generator=draw, dtype=torch.float64) for s in shapes)


def best_path(emissions, transitions):
    """By trying all: of equal paths the first when they are read from the end."""
    steps, states = emissions.shape
    paths = torch.from_numpy(np.indices((states,) * steps).reshape(steps, -1).T.copy()).flip(1)
    total = emissions[0, paths[:, 0]]
    for t in range(1, steps):
        total = total + emissions[t, paths[:, t]] + transitions[paths[:, t - 1], paths[:, t]]
    return paths[total.argmax()], float(total.max())


@pytest.mark.parametrize(("steps", "states"), [(2, 3), (4, 3), (6, 2), (3, 5)])
def test_crf_viterbi_finds_the_best_of_all_paths(student, steps, states):
    for seed in range(4):
        scores = some_scores(10 * steps + seed, steps, states)
        wanted, total = best_path(*scores)
        path, score = student.crf_tagger.crf_viterbi(*scores)
        expect_close(path, wanted, what="the best path")
        expect_close(score, total, what="the score of the best path")


def test_crf_viterbi_looks_ahead(student):
    # the best first tag leads nowhere: all that may follow it costs 50
    emissions = torch.tensor([[3.0, 2.0], [1.0, 0.0], [0.0, 1.0]], dtype=torch.float64)
    transitions = torch.tensor([[-50.0, -50.0], [0.0, 0.0]], dtype=torch.float64)
    path, score = student.crf_tagger.crf_viterbi(emissions, transitions)
    expect_close(path, [1, 1, 1], what="the best path")
    expect_close(score, 3.0, what="its score")


def test_crf_viterbi_of_one_word(student):
    path, score = student.crf_tagger.crf_viterbi(
        torch.tensor([[0.0, 2.0, 1.0]]), torch.full((3, 3), 9.0)
    )
    expect_close(path, [1], what="the path")
    expect_close(score, 2.0, what="its score")


def test_crf_viterbi_ties_go_to_the_smaller_tags(student):
    path, _ = student.crf_tagger.crf_viterbi(torch.zeros(4, 3), torch.zeros(3, 3))
    expect_close(path, [0, 0, 0, 0], what="the path where all are equal")
    # 0 1 and 1 0 are equal and the best: the one with the smaller last tag
    path, _ = student.crf_tagger.crf_viterbi(
        torch.zeros(2, 2), torch.tensor([[0.0, 1.0], [1.0, 0.0]])
    )
    expect_close(path, [1, 0], what="the path of two that are equal")


def test_crf_viterbi_stands_forbidden_transitions(student):
    transitions = torch.tensor([[-torch.inf, 0.0], [0.0, -torch.inf]], dtype=torch.float64)
    emissions = torch.tensor([[1.0, 0.0], [5.0, 0.0], [1.0, 0.0]], dtype=torch.float64)
    path, score = student.crf_tagger.crf_viterbi(emissions, transitions)
    expect_close(path, [1, 0, 1], what="the path")
    expect_close(score, 5.0, what="its score")


def test_crf_viterbi_gives_a_path_of_int64_and_a_float(student):
    for states in (2, 3):
        scores = some_scores(3, 4, states)
        pair = student.crf_tagger.crf_viterbi(*(s.float() for s in scores))
        expect_type(pair, tuple, "the pair")
        expect_tensor(pair[0], (4,), "int64", "the path")
        expect_type(pair[1], float, "the score")


def test_crf_viterbi_leaves_its_arguments_alone(student):
    expect_left_alone(student, student.crf_tagger.crf_viterbi, *some_scores(4, 4, 3))


def test_crf_viterbi_refuses_what_cannot_be(student):
    emissions, transitions = some_scores(5, 3, 2)
    for one, other in ((emissions[:0], transitions), (emissions, torch.zeros(3, 3))):
        with expect_error(ValueError, naming=("emissions", "transitions")):
            student.crf_tagger.crf_viterbi(one, other)


# ---- the tagger ---------------------------------------------------------------------------------


def tags_of(student, tagger, sentences):
    found = [list(tags) for tags in student.map(tagger.tag, [(words,) for words in sentences])]
    expect_equal(list(map(len, found)), list(map(len, sentences)), "the numbers of tags")
    return found


def alternating(names, lengths):
    """Every word is the same: only the tag before tells the next one. Half begin with each."""
    return [
        [("x", names[(start + t) % 2]) for t in range(length)]
        for length in lengths
        for start in (0, 1)
    ]


def test_bilstm_crf_learns_which_tag_follows(student):
    names = ["가", "나"]
    tagger = student.crf_tagger.BiLSTMCRF(["x"], names, 4, 4)
    tagger.fit(alternating(names, [3, 4, 5]) * 3, epochs=4, lr=0.05)
    for tags in tags_of(student, tagger, [["x"] * length for length in (3, 4, 5)]):
        assert all(a != b for a, b in pairwise(tags)), (
            "in training a tag never follows itself, but it does in what is tagged"
        )


def test_bilstm_crf_learns_the_words(student):
    draw = np.random.default_rng(0)
    tags = {f"w{n}": f"T{n % 3}" for n in range(9)}
    learn = [[(w, tags[w]) for w in draw.choice(list(tags), 4).tolist()] for _ in range(30)]
    tagger = student.crf_tagger.BiLSTMCRF(list(tags), ["T0", "T1", "T2"], 8, 8)
    tagger.fit(learn, epochs=3, lr=0.03)
    asked = [draw.choice(list(tags), 4).tolist() for _ in range(10)]
    found = sum(tags_of(student, tagger, asked), [])  # noqa: RUF017
    gold = [tags[word] for sentence in asked for word in sentence]
    right = sum(g == p for g, p in zip(gold, found, strict=True))
    assert right >= 36, f"the word decides the tag, but {right} of 40 words are right"


def test_bilstm_crf_tags_the_best_sequence_of_its_own_scores(student):
    tagger = student.crf_tagger.BiLSTMCRF(["a", "b"], ["X", "Y", "Z"], 4, 4)
    transitions = torch.tensor([[-9.0, 9.0, 0.0], [0.0, -9.0, 9.0], [9.0, 0.0, -9.0]])
    tagger.load_state_dict({"transitions": transitions}, strict=False)
    words = ["a", "b", "b", "a", "c"]
    emissions = tagger.emissions(words)
    expect_tensor(emissions, (5, 3), what="the emissions")
    path, _ = best_path(emissions.detach().double(), transitions.double())
    expect_equal(list(tagger.tag(words)), ["XYZ"[state] for state in path], "the tags")


def test_bilstm_crf_uses_both_sides(student):
    tagger = student.crf_tagger.BiLSTMCRF(["a", "b", "c"], ["X", "Y"], 4, 4)
    one, other, third = (tagger.emissions(list(s)).detach() for s in ("abcc", "bbcc", "abca"))
    assert not torch.allclose(one[1:3], other[1:3]), "the word before must have an influence"
    assert not torch.allclose(one[1:3], third[1:3]), "the word after must have an influence"


def test_bilstm_crf_tags_whatever_the_words(student):
    tagger = student.crf_tagger.BiLSTMCRF(["새", "강"], ["NOUN", "VERB"], 4, 4)
    for tags in tags_of(student, tagger, [["새"], ["처음", "보는", "말"], ["Ω", "x" * 40], []]):
        assert set(tags) <= {"NOUN", "VERB"}, "tag returned something that is not a tag"


def test_bilstm_crf_returns_itself_and_lists_of_str(student):
    tagger = student.crf_tagger.BiLSTMCRF(["a"], ["X", "Y"], 4, 4)
    again = tagger.fit([[("a", "X")]] * 3, epochs=1)
    tags = again.tag(["a", "a"])
    expect_type(tags, list, "the tags")
    for tag in tags:
        expect_type(tag, str, "a tag")
    expect_equal(tagger.tag(["a", "a"]), tags, "the tags of the tagger itself")


def test_bilstm_crf_depends_on_its_seeds_alone(student):
    learn = alternating(["X", "Y"], [2, 3])
    found = []
    for state, seed in ((1, 5), (2, 5), (2, 6)):
        student.generators(seed=state)
        tagger = student.crf_tagger.BiLSTMCRF(["x"], ["X", "Y"], 4, 4, seed=seed)
        tagger.fit(learn, epochs=1, seed=1)
        found.append(tagger.emissions(["x", "x"]).detach())
    expect_close(found[1], found[0], rtol=1e-3, atol=1e-5, what="the emissions with the same seeds")
    assert not torch.allclose(found[2], found[0]), "a different seed must give other weights"


def test_bilstm_crf_leaves_the_sentences_alone(student):
    before = student.generators(of_torch=False)  # a module may draw from torch's
    sentences = [[("a", "X"), ("b", "Y")], [("b", "Y")], [("a", "X")]]
    arguments = [["a", "b"], ["X", "Y"], 4, 4]
    _, after = student.with_arguments(student.crf_tagger.BiLSTMCRF, *arguments)
    expect_equal(after, arguments, "the arguments of the constructor after the call")
    tagger = student.crf_tagger.BiLSTMCRF(*arguments)
    _, after = student.with_arguments(tagger.fit, sentences, 1)
    expect_equal(after[0], sentences, "the sentences after fit")
    _, after = student.with_arguments(tagger.tag, ["b", "a"])
    expect_equal(after[0], ["b", "a"], "the words after tag")
    generators = student.generators(of_torch=False)
    expect_equal(generators, before, "the global generators of random and NumPy")


def test_bilstm_crf_refuses_tags_of_others(student):
    with expect_error(ValueError, naming="sentences"):
        student.crf_tagger.BiLSTMCRF(["a"], ["X"], 4, 4).fit([[("a", "Z")]])
