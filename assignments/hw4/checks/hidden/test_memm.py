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
    expect_left_alone,
    expect_type,
)

# ---- features -----------------------------------------------------------------------------------


def feature_sets(student, *calls):
    """The features of each call as sets."""
    return [set(features) for features in student.map(student.memm.features, list(calls))]


def expect_a_feature_of_its_own(student, fact, one, other, *without):
    """`one` and `other` have nothing but the fact in common: it is a feature that both have, and
    that those without it lack.
    """
    first, second, *others = feature_sets(student, one, other, *without)
    common = first & second
    for lacking in others:
        assert common - lacking, f"{fact} must be a feature that words without it do not have"


def at(word, before="VERB", first="was"):
    return [first, word], 1, before


def test_features_tell_the_word(student):
    same = at("hiking", "NOUN", "had")
    expect_a_feature_of_its_own(student, "the word", at("hiking"), same, at("biking"))


def test_features_tell_the_last_three_letters(student):
    without = at("hikeng"), at("fadeng", "NOUN", "had")
    same = at("fading", "NOUN", "had")
    expect_a_feature_of_its_own(student, "the ending", at("hiking"), same, *without)


def test_features_tell_the_capital(student):
    same, without = at("Mobbed", "NOUN", "had"), (at("hiking"), at("mobbed", "NOUN", "had"))
    expect_a_feature_of_its_own(student, "the capital", at("Hiking"), same, *without)


def test_features_tell_the_digit(student):
    same, without = at("mo7bed", "NOUN", "had"), (at("hikxng"), at("mobbed", "NOUN", "had"))
    expect_a_feature_of_its_own(student, "the digit", at("hik1ng"), same, *without)


def test_features_tell_the_previous_tag(student):
    same, without = at("mobbed", first="had"), (at("hiking", "NOUN"), at("hiking", "ADJ"))
    expect_a_feature_of_its_own(student, "the previous tag", at("hiking"), same, *without)


def test_features_tell_the_first_word(student):
    first, other = (["hiking", "a"], 0, None), (["mobbed", "b"], 0, None)
    without = (["a", "hiking"], 1, "VERB"), (["b", "mobbed"], 1, "NOUN")
    expect_a_feature_of_its_own(student, "the start of the sentence", first, other, *without)


def test_features_change_with_each_fact(student):
    pairs = [
        ("the word", at("hiking"), at("biking")),
        ("the ending", at("hiking"), at("hikers")),
        ("the capital", at("Hiking"), at("hiking")),
        ("the digit", at("hik1ng"), at("hikIng")),
        ("the previous tag", at("hiking"), at("hiking", "NOUN")),
    ]
    for fact, one, other in pairs:
        sets = feature_sets(student, one, other)
        assert sets[0] != sets[1], f"the features must encode {fact}"


def test_features_of_short_words(student):
    for word in ("a", "is", "7", "A", "가"):
        one, other = feature_sets(student, at(word), at("of"))
        assert one != other, "a short word has features of its own, too"


def test_features_tell_the_word_from_its_ending(student):
    # of a word of three letters both facts are the same letters, in two strings
    one, other = feature_sets(student, at("ing"), at("was"))
    assert len(one - other) >= 2, "a word and the same letters as an ending are different facts"


def test_features_look_at_the_first_letter_for_the_capital(student):
    capital, same = at("Mobbed", "NOUN", "had"), at("Hiking")
    expect_a_feature_of_its_own(student, "a capital at the start", capital, same, at("iPhone"))


def test_features_are_a_list_of_str(student):
    for call in (at("Hiking"), at("7"), (["Kim"], 0, None)):
        found = student.memm.features(*call)
        expect_type(found, list, "the features")
        for feature in found:
            expect_type(feature, str, "a feature")


def test_features_leave_their_arguments_alone(student):
    expect_left_alone(student, student.memm.features, ["was", "hiking"], 1, "VERB")


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
        expect_equal(len(step), 4, "the number of log-probabilities")
        expect_close(float(np.exp(step).sum()), 1.0, what="the sum of the probabilities")


def test_next_tags_are_a_float64_array(student):
    model = trained(student)
    for call in ((["Kim", "bit"], 1, "NAME"), (["Kim", "bit"], 0, None)):
        step = model.log_prob_next(*call)
        expect_array(step, (4,), "float64", "the log-probabilities")


def test_next_tags_leave_their_arguments_alone(student):
    expect_left_alone(student, trained(student).log_prob_next, ["Kim", "bit"], 1, "NAME")


def test_next_tags_come_in_the_order_of_tags(student):
    words = ["Kim", "bit", "3", "dogs"]
    gold = ["NAME", "VERB", "NUM", "NOUN"]
    for tags in (TAGS, TAGS[::-1]):
        model = trained(student, tags)
        for i, tag in enumerate(gold):
            step = model.log_prob_next(words, i, gold[i - 1] if i else None)
            expect_equal(tags[int(np.argmax(step))], tag, f"the most probable tag of {words[i]}")


def test_unseen_features_weigh_nothing(student):
    model = trained(student)
    calls = [([word, "bit"], 0, None) for word in ("zzzz", "vvvv", "xxxx")]
    first, *others = student.map(model.log_prob_next, calls)
    for other in others:
        expect_close(other, first, what="the log-probabilities of another word never seen")


def expect_best(student, model, tags, words):
    """Beside the sum of the student's own log-probabilities over every sequence of tags."""
    size, length = len(tags), len(words)
    calls = [(words, i, tag) for i in range(1, length) for tag in tags] + [(words, 0, None)]
    steps = student.map(model.log_prob_next, calls)
    sums = {}
    for path in itertools.product(range(size), repeat=length):
        later = [steps[size * (i - 1) + path[i - 1]][path[i]] for i in range(1, length)]
        sums[path] = float(steps[-1][path[0]] + sum(later))
    decoded = list(model.decode(words))
    expect_equal(len(decoded), length, "the number of tags")
    assert all(tag in tags for tag in decoded), "decode returned something that is not a tag"
    got = sums[tuple(tags.index(tag) for tag in decoded)]
    assert got > max(sums.values()) - 1e-9, "another sequence has a larger sum"


def test_decode_finds_the_best_sequence(student):
    model = trained(student, epochs=3, lr=0.1)
    for words in (["saw", "dogs"], ["dogs", "saw", "Kim"], ["Lee", "saw", "saw", "9"]):
        expect_best(student, model, TAGS, words)


def test_decode_looks_back(student):
    """A comes first a little more often than B, but nobody knows what follows it."""
    tags = ["A", "B", "C", "D", "E"]
    for half in (10, 11, 12):
        sentences = [[("x", "A"), ("y", "C")], [("x", "A"), ("y", "D")]] * half
        sentences += [[("x", "B"), ("y", "E")]] * (38 - 2 * half)
        model = trained(student, tags, sentences, epochs=20, lr=0.05)
        expect_best(student, model, tags, ["x", "y"])


def test_decode_starts_without_a_previous_tag(student):
    """A comes first, and B always follows it: no word has a say."""
    draw = np.random.default_rng(8)

    def some_words():
        return ["".join(draw.choice(list("bcdfghjklm"), 6)) for _ in range(2)]

    sentences = [list(zip(some_words(), "AB", strict=True)) for _ in range(20)]
    for tags in (["A", "B"], ["B", "A"]):
        model = trained(student, tags, sentences)
        for _ in range(3):
            expect_best(student, model, tags, some_words())


def test_decode_returns_a_list_of_str(student):
    model = trained(student)
    for words in (["saw"], ["Kim", "bit", "7"]):
        decoded = model.decode(words)
        expect_type(decoded, list, "the tags")
        for tag in decoded:
            expect_type(tag, str, "a tag")


def test_decode_of_one_word(student):
    model = trained(student)
    for word in ("saw", "Kim", "unheard", "7"):
        expect_best(student, model, TAGS, [word])


def test_decode_leaves_its_arguments_alone(student):
    expect_left_alone(student, trained(student).decode, ["Kim", "saw", "dogs"])


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
        expect_equal(list(tags), ["C", "A", "B"], "the tags of three words never seen")


def test_fit_goes_on_for_all_epochs(student):
    words, gold = ["Kim", "saw", "3", "dogs"], ["NAME", "VERB", "NUM", "NOUN"]
    sure = []
    for epochs in (1, 20):
        model = trained(student, epochs=epochs, lr=0.1)
        steps = [model.log_prob_next(words, i, gold[i - 1] if i else None) for i in range(4)]
        sure.append(sum(float(step[TAGS.index(g)]) for step, g in zip(steps, gold, strict=True)))
    # some 5 nats at the start, some 1 or 2 after 20 epochs
    assert sure[1] > sure[0] + 0.2, "more epochs must make a training sentence more probable"


def test_fit_reaches_all_of_its_training_set(student):
    draw = np.random.default_rng(6)
    sentences = own_rule(draw, 15, "capital")
    model = trained(student, ["A", "B"], sentences)
    decoded = student.map(model.decode, [([word for word, _ in s],) for s in sentences])
    got = [list(tags) for tags in decoded]
    gold = [[tag for _, tag in sentence] for sentence in sentences]
    expect_equal(got, gold, "the tags of the training set")


def test_a_larger_l2_is_less_sure(student):
    words, sure = ["Kim", "saw", "3", "dogs"], []
    for l2 in (0.0, 0.1, 0.5):
        model = trained(student, l2=l2, lr=0.2)
        step = model.log_prob_next(words, 0, None)
        sure.append(float(np.max(step)))
    assert sure[0] > sure[1] > sure[2], "with a larger l2 the probabilities must be flatter"


def test_fit_starts_afresh(student):
    words, found = ["Kim", "saw", "dogs"], []
    for first in ([], [SENTENCES[:2]], [SENTENCES, SENTENCES[1:]]):
        student.generators(seed=1)
        model = student.memm.MEMM(TAGS)
        for sentences in first:
            model.fit(sentences, seed=3)
        student.generators(seed=1)
        model.fit(SENTENCES, seed=3)
        found.append(model.log_prob_next(words, 1, "NAME"))
    for again in found[1:]:
        expect_close(again, found[0], **AGAIN, what="the log-probabilities after another fit")


def test_fit_returns_the_model(student):
    model = student.memm.MEMM(TAGS)
    fitted = model.fit(SENTENCES)
    words = ["Kim", "saw", "dogs"]
    step, again = (each.log_prob_next(words, 1, "NAME") for each in (model, fitted))
    expect_close(again, step, what="the log-probabilities of what fit returned")


def test_fit_has_the_defaults_of_the_handout(student):
    words, found = ["Kim", "saw", "dogs"], []
    for l2, how in (((), {}), ((0.0,), {"epochs": 20, "lr": 0.5, "seed": 0})):
        student.generators(seed=1)
        model = student.memm.MEMM(TAGS, *l2)
        model.fit(SENTENCES, **how)
        found.append(model.log_prob_next(words, 1, "NAME"))
    expect_close(found[0], found[1], **AGAIN, what="the log-probabilities with nothing else given")


def test_fit_depends_on_its_seed_alone(student):
    words = ["Kim", "saw", "dogs"]
    for seed in (4, 0):
        student.generators(seed=1)
        one = trained(student, epochs=3, seed=seed).log_prob_next(words, 1, "NAME")
        student.generators(seed=2)
        other = trained(student, epochs=3, seed=seed).log_prob_next(words, 1, "NAME")
        expect_close(other, one, **AGAIN, what=f"the log-probabilities with seed {seed} again")


def test_fit_leaves_its_arguments_alone(student):
    expect_left_alone(student, student.memm.MEMM(TAGS).fit, SENTENCES, 2)


def test_memm_leaves_its_tags_alone(student):
    expect_left_alone(student, student.memm.MEMM, TAGS, 0.1)


def test_memm_refuses_a_negative_l2(student):
    for l2 in (-0.1, -2.0):
        with expect_error(ValueError, naming="l2"):
            student.memm.MEMM(["A"], l2).fit([[("a", "A")]])


def test_fit_refuses_tags_of_others(student):
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
    """Path and log-probability, as numbers."""
    path, log_prob = result
    expect_close(path, expected[0], what=f"the path of {what}")
    expect_close(log_prob, expected[1], what=f"the log-probability of {what}")


SIZES = [(steps, states) for steps in (2, 3, 4, 5) for states in (2, 3, 4)]
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


def raised_scores():
    """Scores, and the same with a constant on one row."""
    scores = some_scores(40, 4, 3)
    raised = scores.copy()
    raised[2, 1] += 3.0
    return scores, raised


def test_a_constant_on_one_row_does_not_move_local(student):
    scores, raised = raised_scores()
    for each in (scores, raised):
        result = student.memm.locally_normalised(each)
        expect_path(result, own_local(scores), "locally_normalised, one row raised")


def test_a_constant_on_one_row_moves_global(student):
    for each in raised_scores():
        result = student.memm.globally_normalised(each)
        expect_path(result, own_global(each), "globally_normalised, one row raised")


def other_first_rows():
    """Scores, and the same with others where nobody may look: behind row 0 of the first step."""
    scores = some_scores(41, 3, 3)
    other = scores.copy()
    other[0, 1:] = 9.0
    return scores, other


def test_local_looks_at_row_0_of_the_first_step(student):
    scores, other = other_first_rows()
    expect_path(student.memm.locally_normalised(other), own_local(scores), "locally_normalised")


def test_global_looks_at_row_0_of_the_first_step(student):
    scores, other = other_first_rows()
    expect_path(student.memm.globally_normalised(other), own_global(scores), "globally_normalised")


@pytest.mark.parametrize("size", [(1, 4), (1, 1), (3, 1)])
def test_local_of_one_step_and_of_one_tag(student, size):
    scores = some_scores(42, *size)
    expect_path(student.memm.locally_normalised(scores), own_local(scores), "locally_normalised")


@pytest.mark.parametrize("size", [(1, 4), (1, 1), (3, 1)])
def test_global_of_one_step_and_of_one_tag(student, size):
    scores = some_scores(42, *size)
    expect_path(student.memm.globally_normalised(scores), own_global(scores), "globally_normalised")


def test_local_stands_scores_of_a_thousand(student):
    scores = some_scores(43, 4, 3) * 1000
    expect_path(student.memm.locally_normalised(scores), own_local(scores), "locally_normalised")


def test_global_stands_scores_of_a_thousand(student):
    scores = some_scores(43, 4, 3) * 1000
    expect_path(student.memm.globally_normalised(scores), own_global(scores), "globally_normalised")


def expect_ties_as_in_viterbi(function):
    # every path has the same score; then two that may be exchanged
    exchange = np.log(np.array([[[1.0, 1], [1, 1]], [[1, 4], [4, 1]], [[1, 4], [4, 1]]]))
    cases = (np.zeros((3, 4, 4)), [0, 0, 0]), (exchange, [0, 1, 0]), (exchange[:2], [1, 0])
    for scores, expected in cases:
        path, _ = function(scores)
        expect_close(path, expected, what="the path where paths are equal")


def test_local_breaks_ties_as_viterbi(student):
    expect_ties_as_in_viterbi(student.memm.locally_normalised)


def test_global_breaks_ties_as_viterbi(student):
    expect_ties_as_in_viterbi(student.memm.globally_normalised)


def expect_types(result):
    expect_type(result, tuple, "the result")
    expect_array(result[0], (3,), "int64", "the path")
    expect_type(result[1], float, "the log-probability")


def test_local_returns_an_array_and_a_float(student):
    expect_types(student.memm.locally_normalised(some_scores(44, 3, 4)))


def test_global_returns_an_array_and_a_float(student):
    expect_types(student.memm.globally_normalised(some_scores(44, 3, 4)))


def test_local_leaves_its_argument_alone(student):
    expect_left_alone(student, student.memm.locally_normalised, some_scores(44, 3, 4))


def test_global_leaves_its_argument_alone(student):
    expect_left_alone(student, student.memm.globally_normalised, some_scores(44, 3, 4))


SHAPES = [(0, 2, 2), (3, 2, 4), (3, 2), (2, 3, 2, 2)]


@pytest.mark.parametrize("shape", SHAPES)
def test_local_refuses_scores_of_another_shape(student, shape):
    with expect_error(ValueError, naming="scores"):
        student.memm.locally_normalised(np.zeros(shape))


@pytest.mark.parametrize("shape", SHAPES)
def test_global_refuses_scores_of_another_shape(student, shape):
    with expect_error(ValueError, naming="scores"):
        student.memm.globally_normalised(np.zeros(shape))
