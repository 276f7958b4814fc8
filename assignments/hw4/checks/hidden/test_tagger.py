"""Hidden checks of train_tagger in evaluate.py: the student's own parts, put together."""

import numpy as np
import pytest

from grader.checking.expect import expect_equal, expect_error, expect_left_alone, expect_type

# Gate A: four tags in a cycle, each with words of its own and words that all may say.
PI = np.full(4, 0.25)
A = np.full((4, 4), 0.1) + 0.6 * np.eye(4)[[1, 2, 3, 0]]


def emissions(draw):
    """(4, 12): every tag prefers three words, and may say all the others."""
    table = draw.dirichlet(np.full(12, 0.6), 4)
    return 0.9 * table + 0.1 / 12


def own_sample(draw, B, length):
    tags = [int(draw.choice(4, p=PI))]
    while len(tags) < length:
        tags.append(int(draw.choice(4, p=A[tags[-1]])))
    return [(f"w{draw.choice(12, p=B[tag])}", f"T{tag}") for tag in tags]


def own_viterbi(B, words):
    """Tags by the model that made the text."""
    log_A = np.log(A)
    best, back = np.log(PI) + np.log(B[:, words[0]]), []
    for word in words[1:]:
        reach = best[:, None] + log_A
        back.append(reach.argmax(axis=0))
        best = reach.max(axis=0) + np.log(B[:, word])
    path = [int(best.argmax())]
    for came in reversed(back):
        path.append(int(came[path[-1]]))
    return [f"T{tag}" for tag in path[::-1]]


def tags_of(student, tagger, sentences):
    """Tags of each sentence, one for each word."""
    found = [list(tags) for tags in student.map(tagger.tag, [(words,) for words in sentences])]
    expect_equal(list(map(len, found)), list(map(len, sentences)), "the numbers of tags")
    return found


def test_tagger_is_nearly_as_good_as_the_true_model(student):
    draw = np.random.default_rng(3)
    B = emissions(draw)
    learn = [own_sample(draw, B, 20) for _ in range(300)]
    fresh = [own_sample(draw, B, 20) for _ in range(200)]
    tagger = student.evaluate.train_tagger(learn)
    words = [[word for word, _ in sentence] for sentence in fresh]
    found = tags_of(student, tagger, words)
    best = [own_viterbi(B, [int(word[1:]) for word in sentence]) for sentence in words]
    gold = [tag for sentence in fresh for _, tag in sentence]
    got, bar = (
        sum(g == p for g, p in zip(gold, sum(tags, []), strict=True)) / len(gold)  # noqa: RUF017
        for tags in (found, best)
    )
    # over 20 seeds the reference stays within 0.015 of the true model on the same sentences
    assert got > bar - 0.03, f"accuracy {got:.3f}; the true model has {bar:.3f} on these sentences"


# Words that occur once stand for their class, so each class is learnt from several.
SENTENCES = [
    [("the", "DET"), ("barking", "ADJ"), ("dog", "NOUN")],
    [("the", "DET"), ("crying", "ADJ"), ("dog", "NOUN")],
    [("the", "DET"), ("smiling", "ADJ"), ("dog", "NOUN")],
    [("dog", "NOUN"), ("12", "NUM")],
    [("dog", "NOUN"), ("7", "NUM")],
    [("dog", "NOUN"), ("1990", "NUM")],
]


def test_unknown_words_go_by_their_class(student):
    # nothing but the class tells: every sentence is a word, every tag as frequent as the others
    kinds = {
        "ADJ": ["barking", "crying", "smiling"],
        "NUM": ["12", "7", "1990"],
        "NAME": ["Kim", "Lee", "Park"],
        "ADV": ["slowly", "badly", "hardly"],
    }
    tagger = student.evaluate.train_tagger([[(w, tag)] for tag in kinds for w in kinds[tag]])
    found = tags_of(student, tagger, [["sleeping"], ["365"], ["Choi"], ["nicely"]])
    expect_equal(found, [["ADJ"], ["NUM"], ["NAME"], ["ADV"]], "the tags of unknown words")


def test_neighbours_decide_where_a_word_does_not(student):
    # "x" is D a little more often; what stands before it or after it tells
    learn = [[("a", "A"), ("x", "C")]] * 4 + [[("b", "B"), ("x", "D")]] * 5
    tagger = student.evaluate.train_tagger(learn)
    found = tags_of(student, tagger, [["a", "x"], ["b", "x"]])
    expect_equal(found, [["A", "C"], ["B", "D"]], "the tags by the word before")
    tagger = student.evaluate.train_tagger([sentence[::-1] for sentence in learn])
    found = tags_of(student, tagger, [["x", "a"], ["x", "b"]])
    expect_equal(found, [["C", "A"], ["D", "B"]], "the tags by the word after")


def test_the_start_of_a_sentence_tells(student):
    # A and B say "w" equally often; a sentence begins with A, but for the very first
    learn = [[("w", "B"), ("w", "A")], *[[("w", "A"), ("w", "B")]] * 9]
    tagger = student.evaluate.train_tagger(learn)
    expect_equal(tags_of(student, tagger, [["w"]]), [["A"]], "the tag of a first word")


def test_rare_words_stand_for_their_class_in_training(student):
    # every sentence is a word, both tags as frequent: of four words in -ing three are adjectives,
    # and "boring", which occurred once, is no better known than the others
    words = {"ADJ": ["barking", "crying", "smiling"], "NOUN": ["boring", "12", "7"]}
    tagger = student.evaluate.train_tagger([[(w, tag)] for tag in words for w in words[tag]])
    expect_equal(tags_of(student, tagger, [["boring"]]), [["ADJ"]], "the tags")


def test_words_that_occur_often_enough_are_known(student):
    # every sentence is a word, both tags as frequent: all other words in -ing are adjectives, but
    # "king" occurs three times, and always as a noun
    words = {
        "ADJ": ["barking", "crying", "smiling", "sleeping", "running", "singing"],
        "NOUN": ["king", "king", "king", "cat", "sun", "map"],
    }
    learn = [[(w, tag)] for tag in words for w in words[tag]]
    tagger = student.evaluate.train_tagger(learn, min_count=3)
    expect_equal(tags_of(student, tagger, [["king"]]), [["NOUN"]], "the tags")


def test_min_count_moves_the_border(student):
    # "king" twice as a name: known from 2 on, one of many -ing words from 3 on
    pair = [[("saw", "V"), ("king", "NAME")]] * 2
    others = [
        [("saw", "V"), (word, "ADJ")]
        for word in ("sing1ing", "ringing", "bringing", "lying", "dying", "tying")
    ]
    for min_count, expected in ((2, ["V", "NAME"]), (3, ["V", "ADJ"])):
        tagger = student.evaluate.train_tagger([*pair, *others[1:]], min_count=min_count)
        found = tags_of(student, tagger, [["saw", "king"]])
        expect_equal(found, [expected], f"the tags with min_count {min_count}")


def test_taggers_have_nothing_in_common(student):
    one = student.evaluate.train_tagger([[("a", "A")], [("b", "B")]] * 2)
    other = student.evaluate.train_tagger([[("b", "X"), ("A", "Y"), ("a", "Z")]] * 2)
    found = tags_of(student, one, [["a"], ["b"]])
    expect_equal(found, [["A"], ["B"]], "the tags of the first tagger")
    expect_equal(
        tags_of(student, other, [["b", "A", "a"]]), [["X", "Y", "Z"]], "those of the other"
    )


def test_min_count_counts_words_in_all_sentences(student):
    # twice in one sentence, or once as each of two tags: twice is twice
    others = [[("saw", "V"), (word, "ADJ")] for word in ("ringing", "bringing", "lying", "dying")]
    once = [[("king", "NAME"), ("saw", "V"), ("king", "NAME")]]
    tagger = student.evaluate.train_tagger([*others, *once])
    expect_equal(tags_of(student, tagger, [["saw", "king"]]), [["V", "NAME"]], "the tags")
    two = [[("saw", "V"), ("king", "NAME")], [("king", "NOUN"), ("saw", "V")]]
    tagger = student.evaluate.train_tagger([*others, *two])
    expect_equal(tags_of(student, tagger, [["saw", "king"]]), [["V", "NAME"]], "the tags")


def test_a_class_never_seen_is_unknown(student):
    tagger = student.evaluate.train_tagger(SENTENCES)
    found = tags_of(student, tagger, [["the", "Xy-z", "dog"], ["한글"], ["the", "barking"]])
    assert all(tag in {"DET", "ADJ", "NOUN", "NUM"} for tags in found for tag in tags)
    expect_equal(found[2], ["DET", "ADJ"], "the tags")
    # rare words without a class of their own are <unk> in training, and all of them are X
    rare = [[("dog", "X")], [("cat", "X")], [("pig", "X")], *[[("the", "Y")], [("a", "Y")]] * 3]
    tagger = student.evaluate.train_tagger(rare)
    expect_equal(tags_of(student, tagger, [["9"], ["한글"]]), [["X"], ["X"]], "the tags")
    # <unk> exists though all rare words have a class: it tells nothing, so the frequent tag wins
    for x, y in ("ab", "ba"):
        learn = [[(x, "X")]] * 3 + [[(y, "Y")]] * 6 + [[("9", "Y")]]
        tagger = student.evaluate.train_tagger(learn)
        expect_equal(tags_of(student, tagger, [["Zed"]]), [["Y"]], "the tags of a class not seen")


def test_korean_words_go_by_their_last_syllable(student):
    # both orders occur equally often: only the particles tell
    learn = [
        [("나는", "PRON"), ("집에서", "ADV"), ("잔다", "VERB")],
        [("산에서", "ADV"), ("너는", "PRON"), ("논다", "VERB")],
        [("우리는", "PRON"), ("강에서", "ADV"), ("본다", "VERB")],
        [("들에서", "ADV"), ("저는", "PRON"), ("간다", "VERB")],
    ]
    tagger = student.evaluate.train_tagger(learn)
    found = tags_of(
        student, tagger, [["그대는", "학교에서", "배운다"], ["밭에서", "누구는", "뛴다"]]
    )
    expect_equal(found, [["PRON", "ADV", "VERB"], ["ADV", "PRON", "VERB"]], "the tags")


def test_words_are_compared_as_they_are_written(student):
    learn = [[("May", "NAME"), ("ran", "V")], [("may", "AUX"), ("run", "V")]] * 2
    tagger = student.evaluate.train_tagger(learn)
    found = tags_of(student, tagger, [["May", "ran"], ["may", "run"]])
    expect_equal(found, [["NAME", "V"], ["AUX", "V"]], "the tags")


def test_alpha_is_used(student):
    # "w" was B three times and A twice, of 3 and of 100 tags: 3 against 2 when alpha is small; a
    # large one favours the frequent tag, (105 / 115) 7 against (8 / 18) 8
    learn = [[("o", "A")]] * 98 + [[("w", "A")]] * 2 + [[("w", "B")]] * 3
    for alpha, expected in ((0.1, "B"), (5.0, "A")):
        tagger = student.evaluate.train_tagger(learn, alpha=alpha)
        found = tags_of(student, tagger, [["w"]])
        expect_equal(found, [[expected]], f"the tags with alpha = {alpha}")


def test_tagger_has_the_defaults_of_the_handout(student):
    # at alpha 1 the frequent tag would win; "once" is rare at min_count 2 and not at 1
    learn = [[("o", "A")]] * 98 + [[("w", "A")]] * 2 + [[("w", "B")]] * 3
    tagger = student.evaluate.train_tagger(learn)
    expect_equal(tags_of(student, tagger, [["w"]]), [["B"]], "the tags with the default of alpha")
    learn = [
        [("ringing", "N")],
        [("ringing", "N")],
        [("king", "V")],
        [("lying", "V")],
        [("o", "N")],
    ]
    tagger = student.evaluate.train_tagger(learn)
    expect_equal(tags_of(student, tagger, [["sing"]]), [["V"]], "the tags of an unknown word")
    expect_equal(tags_of(student, tagger, [["ringing"]]), [["N"]], "the tags of a word seen twice")


def test_no_words_have_no_tags(student):
    tags = student.evaluate.train_tagger(SENTENCES).tag([])
    expect_equal(list(tags), [], "the tags for no words")


def test_tags_are_a_list_of_str(student):
    tagger = student.evaluate.train_tagger(SENTENCES)
    for words in (["the", "sleeping", "dog"], ["365"], []):
        tags = tagger.tag(words)
        expect_type(tags, list, "the tags")
        for tag in tags:
            expect_type(tag, str, "a tag")


def test_train_tagger_leaves_its_arguments_alone(student):
    expect_left_alone(student, student.evaluate.train_tagger, SENTENCES, 0.1, 2)


def test_tagger_leaves_its_words_alone(student):
    tagger = student.evaluate.train_tagger(SENTENCES)
    expect_left_alone(student, tagger.tag, ["the", "sleeping", "dog"])


@pytest.mark.parametrize("nothing", [[], [[]], [[], []]])
def test_tagger_refuses_sentences_without_words(student, nothing):
    with expect_error(ValueError, naming="sentences"):
        student.evaluate.train_tagger(nothing)


def test_tagger_refuses_a_negative_alpha(student):
    with expect_error(ValueError, naming="alpha"):
        student.evaluate.train_tagger([[("a", "A")]], -0.1)
