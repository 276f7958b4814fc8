"""Hidden checks of memm.py. The oracle writes out all paths."""

import itertools
import math

import numpy as np
import pytest

from grader.checking.expect import (
    expect_array,
    expect_close,
    expect_equal,
    expect_error,
    expect_type,
)

# ---- features -----------------------------------------------------------------------------------


def feature_sets(student, *calls):
    """The features of each call as sets, their types checked."""
    found = student.map(student.memm.features, list(calls))
    for features in found:
        expect_type(features, list, "the features")
        for feature in features:
            expect_type(feature, str, "a feature")
    return [set(features) for features in found]


@pytest.mark.parametrize(
    ("fact", "words", "others"),
    [
        ("the word", ["was", "hiking"], ["was", "biking"]),
        ("its last three letters", ["was", "hiking"], ["was", "hikers"]),
        ("whether it begins with a capital", ["was", "Hiking"], ["was", "hiking"]),
        ("whether it has a digit", ["was", "hik1ng"], ["was", "hikIng"]),
    ],
)
def test_features_tell(student, fact, words, others):
    one, other = feature_sets(student, (words, 1, "VERB"), (others, 1, "VERB"))
    assert one != other, f"the features must encode {fact}"


def test_features_tell_the_previous_tag(student):
    sets = feature_sets(student, *((["a", "b"], 1, tag) for tag in ("VERB", "NOUN")))
    assert sets[0] != sets[1], "the features must encode the previous tag"
    first, later = feature_sets(student, (["b", "b"], 0, None), (["b", "b"], 1, "VERB"))
    assert first != later, "the features must say that there is no previous tag"


# ---- MEMM ---------------------------------------------------------------------------------------

# two runs of the same code may round differently, and training adds to it
AGAIN = {"rtol": 1e-5, "atol": 1e-7}

TAGS = ["VERB", "NAME", "NOUN", "NUM"]
SENTENCES = [
    [("Kim", "NAME"), ("saw", "VERB"), ("3", "NUM"), ("dogs", "NOUN")],
    [("dogs", "NOUN"), ("bit", "VERB"), ("Lee", "NAME")],
    [("saw", "NOUN"), ("bit", "VERB"), ("12", "NUM"), ("cats", "NOUN")],
    [("Lee", "NAME"), ("bit", "VERB"), ("cats", "NOUN")],
]


def trained(student, tags=TAGS, sentences=SENTENCES, l2=0.0, **how):
    model = student.memm.MEMM(tags, l2)
    model.fit(sentences, **how)
    return model


def test_next_tags_are_normalised(student):
    model = trained(student)
    words = ["Kim", "bit", "unheard", "7"]
    calls = [(words, i, tag) for i in range(1, 4) for tag in TAGS] + [(words, 0, None)]
    for step in student.map(model.log_prob_next, calls):
        expect_array(step, (4,), "float64", "the log-probabilities")
        expect_close(float(np.exp(step).sum()), 1.0, what="the sum of the probabilities")


def test_next_tags_come_in_the_order_of_tags(student):
    words = ["Kim", "bit", "3", "dogs"]
    gold = ["NAME", "VERB", "NUM", "NOUN"]
    for tags in (TAGS, TAGS[::-1]):
        model = trained(student, tags)
        for i, tag in enumerate(gold):
            step = model.log_prob_next(words, i, gold[i - 1] if i else None)
            expect_array(step, (4,), "float64", "the log-probabilities")
            expect_equal(tags[int(step.argmax())], tag, f"the most probable tag of {words[i]}")


def expect_best(student, model, tags, words):
    """Beside the sum of the student's own log-probabilities over every sequence of tags."""
    size, length = len(tags), len(words)
    calls = [(words, i, tag) for i in range(1, length) for tag in tags] + [(words, 0, None)]
    steps = student.map(model.log_prob_next, calls)
    for step in steps:
        expect_array(step, (size,), "float64", "the log-probabilities")
    sums = {}
    for path in itertools.product(range(size), repeat=length):
        later = [steps[size * (i - 1) + path[i - 1]][path[i]] for i in range(1, length)]
        sums[path] = float(steps[-1][path[0]] + sum(later))
    decoded = model.decode(words)
    expect_type(decoded, list, "the tags")
    expect_equal(len(decoded), length, "the number of tags")
    assert all(tag in tags for tag in decoded), "decode returned something that is not a tag"
    got = sums[tuple(tags.index(tag) for tag in decoded)]
    assert got > max(sums.values()) - 1e-9, "another sequence has a larger sum"


def test_decode_finds_the_best_sequence(student):
    model = trained(student, epochs=3, lr=0.1)
    for words in (["saw"], ["dogs", "saw", "Kim"], ["Lee", "saw", "saw", "9"]):
        expect_best(student, model, TAGS, words)


def test_decode_looks_back(student):
    """A comes first a little more often than B, but nobody knows what follows it."""
    tags = ["A", "B", "C", "D", "E"]
    for half in (10, 11, 12):
        sentences = [[("x", "A"), ("y", "C")], [("x", "A"), ("y", "D")]] * half
        sentences += [[("x", "B"), ("y", "E")]] * (38 - 2 * half)
        model = trained(student, tags, sentences, epochs=20, lr=0.05)
        expect_best(student, model, tags, ["x", "y"])


def own_rule(draw, sentences, name, letters="bcdfghjklm"):
    """Words of five random letters; one fact decides the tag, and nothing else does."""
    made = []
    for _ in range(sentences):
        sentence, before = [], None
        for _ in range(5):
            word = "".join(draw.choice(list(letters), 5))
            chosen = bool(draw.integers(2))
            if name == "capital":
                word = word.capitalize() if chosen else word
            elif name == "ending":
                word = word[:3] + ("nal" if chosen else "tal")
            elif name == "digit":
                word = word[:2] + "7" + word[2:] if chosen else word
            else:
                chosen = before == "B" or before is None
            before = "A" if chosen else "B"
            sentence.append((word, before))
        made.append(sentence)
    return made


@pytest.mark.parametrize("name", ["capital", "ending", "digit", "previous tag"])
def test_fit_learns_what_a_single_fact_tells(student, name):
    """Words never seen in training: only the fact itself can tell."""
    draw = np.random.default_rng(5)
    model = trained(student, ["A", "B"], own_rule(draw, 12, name, "bcdfg"))
    fresh = own_rule(draw, 20, name, "hjklm")
    decoded = student.map(model.decode, [([word for word, _ in s],) for s in fresh])
    gold = [[tag for _, tag in sentence] for sentence in fresh]
    for tags in decoded:
        expect_type(tags, list, "the tags")
    right = sum(
        g == p
        for one, other in zip(gold, decoded, strict=True)
        for g, p in zip(one, other, strict=True)
    )
    assert right >= 95, f"the {name} decides the tag, but of 100 fresh words {right} are right"


def test_fit_gives_the_first_word_no_previous_tag(student):
    """A sentence begins with C, whatever ended the one before; after A comes B, or nothing."""
    draw = np.random.default_rng(7)

    def sentence(tags):
        return [("".join(draw.choice(list("bcdfghjklm"), 6)), tag) for tag in tags]

    model = trained(student, ["A", "B", "C"], [sentence(t) for t in ["CA", "CAB", "CA"] * 6])
    fresh = [[word for word, _ in sentence("CAB")] for _ in range(5)]
    for tags in student.map(model.decode, [(words,) for words in fresh]):
        expect_equal(tags, ["C", "A", "B"], "the tags of three words never seen")


def test_fit_goes_on_for_all_epochs(student):
    words, gold = ["Kim", "saw", "3", "dogs"], ["NAME", "VERB", "NUM", "NOUN"]
    sure = []
    for epochs in (1, 20):
        model = trained(student, epochs=epochs, lr=0.1)
        steps = [model.log_prob_next(words, i, gold[i - 1] if i else None) for i in range(4)]
        for step in steps:
            expect_array(step, (4,), "float64", "the log-probabilities")
        sure.append(sum(float(step[TAGS.index(g)]) for step, g in zip(steps, gold, strict=True)))
    # some 5 nats at the start, some 1 or 2 after 20 epochs
    assert sure[1] > sure[0] + 0.2, "more epochs must make a training sentence more probable"


def test_fit_reaches_all_of_its_training_set(student):
    draw = np.random.default_rng(6)
    sentences = own_rule(draw, 15, "capital")
    model = trained(student, ["A", "B"], sentences)
    decoded = student.map(model.decode, [([word for word, _ in s],) for s in sentences])
    expect_equal(
        decoded, [[tag for _, tag in s] for s in sentences], "the tags of the training set"
    )


def test_a_larger_l2_is_less_sure(student):
    words, sure = ["Kim", "saw", "3", "dogs"], []
    for l2 in (0.0, 0.1, 0.5):
        model = trained(student, l2=l2, lr=0.2)
        step = model.log_prob_next(words, 0, None)
        expect_array(step, (4,), "float64", "the log-probabilities")
        sure.append(float(step.max()))
    assert sure[0] > sure[1] > sure[2], "with a larger l2 the probabilities must be flatter"


def test_fit_returns_the_model_and_starts_afresh(student):
    words = ["Kim", "saw", "dogs"]
    once = trained(student).log_prob_next(words, 1, "NAME")
    model = trained(student, sentences=SENTENCES[:2])
    again = model.fit(SENTENCES)
    for fitted in (again, model):
        step = fitted.log_prob_next(words, 1, "NAME")
        expect_close(step, once, **AGAIN, what="the log-probabilities after a second fit")


def test_fit_depends_on_its_seed_alone(student):
    words = ["Kim", "saw", "dogs"]
    for seed in (4, 0):
        student.generators(seed=1)
        one = trained(student, epochs=3, seed=seed).log_prob_next(words, 1, "NAME")
        student.generators(seed=2)
        other = trained(student, epochs=3, seed=seed).log_prob_next(words, 1, "NAME")
        expect_close(other, one, **AGAIN, what=f"the log-probabilities with seed {seed} again")


def test_fit_leaves_its_arguments_alone(student):
    sentences = [list(sentence) for sentence in SENTENCES]
    model = student.memm.MEMM(TAGS)
    _, after = student.with_arguments(model.fit, sentences, 2)
    expect_equal(after[0], SENTENCES, "the sentences after the call")


def test_memm_refuses_what_cannot_be(student):
    with expect_error(ValueError, naming="l2"):
        student.memm.MEMM(["A"], -0.1).fit([[("a", "A")]])
    with expect_error(ValueError, naming="sentences"):
        student.memm.MEMM(["A", "B"]).fit([[("a", "A"), ("b", "C")]])


# ---- locally_normalised and globally_normalised -------------------------------------------------


def some_scores(seed, steps, states):
    return np.random.default_rng(seed).normal(0, 1.5, (steps, states, states))


def path_sums(scores):
    """All paths, and the sum of the scores along each."""
    steps, states, _ = scores.shape
    paths = np.indices((states,) * steps).reshape(steps, -1).T
    total = scores[0, 0, paths[:, 0]]
    for t in range(1, steps):
        total = total + scores[t, paths[:, t - 1], paths[:, t]]
    return paths, total


def log_softmax(scores):
    shifted = scores - scores.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def own_local(scores):
    paths, total = path_sums(log_softmax(scores))
    return paths[total.argmax()].tolist(), float(total.max())


def own_global(scores):
    paths, total = path_sums(scores)
    top = total.max()
    return paths[total.argmax()].tolist(), float(-math.log(np.exp(total - top).sum()))


def expect_path(result, expected, what):
    expect_type(result, tuple, what)
    expect_equal(len(result), 2, f"the number of parts of {what}")
    path, log_prob = result
    expect_array(path, (len(expected[0]),), "int64", f"the path of {what}")
    expect_type(log_prob, float, f"the log-probability of {what}")
    expect_equal(path.tolist(), expected[0], f"the path of {what}")
    expect_close(log_prob, expected[1], what=f"the log-probability of {what}")


SIZES = [(steps, states) for steps in (1, 2, 3, 5) for states in (1, 2, 3, 4)]
SCORES = [some_scores(seed, *size) for seed, size in enumerate(SIZES)]


def test_local_is_a_softmax_at_each_step(student):
    got = student.map(student.memm.locally_normalised, [(scores,) for scores in SCORES])
    for scores, result in zip(SCORES, got, strict=True):
        expect_path(result, own_local(scores), "locally_normalised")


def test_global_is_a_softmax_over_all_paths(student):
    got = student.map(student.memm.globally_normalised, [(scores,) for scores in SCORES])
    for scores, result in zip(SCORES, got, strict=True):
        expect_path(result, own_global(scores), "globally_normalised")


def old_man():
    """Scores of "the old man the boat"; tags DET ADJ NOUN VERB."""
    pi = np.array([0.7, 0.1, 0.15, 0.05])
    step = np.array(
        [
            [0.05, 0.3, 0.6, 0.05],
            [0.05, 0.1, 0.8, 0.05],
            [0.02, 0.04, 0.34, 0.6],
            [0.5, 0.2, 0.2, 0.1],
        ]
    )
    say = np.full((4, 4), 1e-4)
    say[0, 0], say[1, 1], say[2, 1:], say[3, 2] = 0.6, 0.1, [0.03, 0.02, 0.01], 0.01
    words = [0, 1, 2, 0, 3]
    return np.log(
        np.stack([(step if t else pi[None] + 0 * step) * say[:, w] for t, w in enumerate(words)])
    )


def test_local_takes_the_garden_path(student):
    expected = [0, 1, 2, 0, 2], own_local(old_man())[1]
    expect_path(student.memm.locally_normalised(old_man()), expected, "locally_normalised")


def test_global_reads_the_sentence_right(student):
    expected = [0, 2, 3, 0, 2], own_global(old_man())[1]
    expect_path(student.memm.globally_normalised(old_man()), expected, "globally_normalised")


def test_a_constant_on_one_row_moves_global_alone(student):
    scores = some_scores(40, 4, 3)
    raised = scores.copy()
    raised[2, 1] += 3.0
    for each in (scores, raised):
        result = student.memm.locally_normalised(each)
        expect_path(result, own_local(scores), "locally_normalised, one row raised")
    result = student.memm.globally_normalised(raised)
    expect_path(result, own_global(raised), "globally_normalised, one row raised")


def test_only_row_0_counts_at_the_first_step(student):
    scores = some_scores(41, 3, 3)
    other = scores.copy()
    other[0, 1:] = 9.0
    result = student.memm.locally_normalised(other)
    expect_path(result, own_local(scores), "locally_normalised")
    result = student.memm.globally_normalised(other)
    expect_path(result, own_global(scores), "globally_normalised")


def test_both_agree_on_one_step(student):
    scores = some_scores(42, 1, 4)
    for name in ("locally_normalised", "globally_normalised"):
        expect_path(getattr(student.memm, name)(scores), own_local(scores), name)


def test_both_stand_scores_of_a_thousand(student):
    scores = some_scores(43, 4, 3) * 1000
    expect_path(student.memm.locally_normalised(scores), own_local(scores), "locally_normalised")
    expect_path(student.memm.globally_normalised(scores), own_global(scores), "globally_normalised")


def test_both_break_ties_as_viterbi(student):
    # every path has the same score; then two that may be exchanged
    exchange = np.log(np.array([[[1.0, 1], [1, 1]], [[1, 4], [4, 1]], [[1, 4], [4, 1]]]))
    for name in ("locally_normalised", "globally_normalised"):
        for scores, expected in ((np.zeros((3, 4, 4)), [0, 0, 0]), (exchange, [0, 1, 0])):
            path, _ = getattr(student.memm, name)(scores)
            expect_equal(path.tolist(), expected, f"the path of {name} where paths are equal")
        path, _ = getattr(student.memm, name)(exchange[:2])
        expect_equal(path.tolist(), [1, 0], f"the path of {name} where paths are equal")


def test_both_leave_their_argument_alone(student):
    scores = some_scores(44, 3, 4)
    for name in ("locally_normalised", "globally_normalised"):
        _, (after,) = student.with_arguments(getattr(student.memm, name), scores)
        expect_equal(after.tolist(), scores.tolist(), f"the scores after {name}")


@pytest.mark.parametrize("shape", [(0, 2, 2), (3, 2, 4), (3, 2)])
def test_both_refuse_scores_of_another_shape(student, shape):
    for name in ("locally_normalised", "globally_normalised"):
        with expect_error(ValueError, naming="scores"):
            getattr(student.memm, name)(np.zeros(shape))
