"""Hidden checks of trainers.py (bonus): small corpora with known structure."""

import random

import torch

from grader.checking.expect import (
    expect_close,
    expect_equal,
    expect_error,
    expect_left_alone,
    expect_tensor,
    expect_type,
)

TOPICS = [
    line.split()
    for line in (
        "바다 파도 모래 갈매기 등대",
        "밥 국 김치 반찬 젓가락",
        "선생님 학교 숙제 교실 칠판",
    )
]
# What each needs to learn three topics of five words; a right one came to 100 % with four seeds.
ENOUGH = {
    "train_cbow": {"epochs": 4, "lr": 0.05, "batch_size": 64},
    "train_hierarchical": {"epochs": 3, "lr": 0.05, "batch_size": 128},
    "train_glove": {"epochs": 40, "lr": 0.05},
    "train_subword": {"epochs": 3, "lr": 0.05, "batch_size": 128, "buckets": 1000},
}
TINY = [["나", "비", "꽃", "나"], ["꽃", "비", "나"], ["해"], [], ["비", "꽃", "나", "달", "달"]]
SMALL = {"dim": 4, "window": 2, "epochs": 2}
# What is never learnt from may shrink a little: AdamW takes 0.01 lr of it away in each of 24 steps.
UNTOUCHED = {"rtol": 0, "atol": 5e-3}


def planted(seed, topics=TOPICS, sentences=100, length=8):
    """Sentences of one topic each; a word comes from all topics with probability 0.2."""
    draw, text = random.Random(seed), []
    everything = [word for topic in topics for word in topic]
    for _ in range(sentences):
        own = draw.choice(topics)
        text.append(
            [draw.choice(everything if draw.random() < 0.2 else own) for _ in range(length)]
        )
    return text


def trained(student, name, sentences, **settings):
    tokens, vectors = getattr(student.trainers, name)(sentences, **settings)
    assert torch.isfinite(vectors).all(), "the vectors must be finite"
    return tokens, vectors.float()


def share_of_own_topic(tokens, vectors, topics=TOPICS, k=3):
    topic = {word: number for number, words in enumerate(topics) for word in words}
    units = vectors / vectors.norm(dim=1, keepdim=True).clamp(min=1e-12)
    near = (units @ units.T).fill_diagonal_(-2).topk(k, dim=1).indices.tolist()
    hits = [topic[tokens[i]] == topic[tokens[j]] for i, row in enumerate(near) for j in row]
    return sum(hits) / len(hits)


def words_of(student, tokens, table):
    jamo = [student.subword.to_jamo(token) for token in tokens]
    return torch.stack(
        student.map(student.subword.subword_vector, [(word, table) for word in jamo])
    )


def finds_korean_topics(student, name, seed, more=()):
    sentences = [*planted(seed), *more]
    tokens, vectors = trained(student, name, sentences, dim=16, window=3, seed=seed, **ENOUGH[name])
    if name == "train_subword":
        vectors = words_of(student, tokens, vectors)
    words = {word for sentence in sentences for word in sentence}
    expect_equal(sorted(tokens), sorted(words), "the sorted list of tokens")
    expect_tensor(vectors, (len(words), 16), what="the vectors")
    topics = {word for topic in TOPICS for word in topic}
    rows = [row for row, token in enumerate(tokens) if token in topics]
    tokens, vectors = [tokens[row] for row in rows], vectors[rows]
    share = share_of_own_topic(tokens, vectors)
    assert share >= 0.8, (
        f"{share:.0%} of the neighbours share the word's topic; chance level is 29%"
    )


def obeys_min_count(student, name):
    tokens, vectors = trained(student, name, TINY, min_count=2, **SMALL)
    expect_equal(list(tokens), student.corpus.Vocabulary(TINY, 2).tokens, "the tokens")
    rows = 2000 if name == "train_subword" else len(tokens)
    expect_tensor(vectors, (rows, 4), what="the vectors")


def obeys_lr_and_epochs(student, name):
    sentences = planted(5, sentences=12)
    start = trained(student, name, sentences, dim=4, window=2, epochs=0)[1]
    same = trained(student, name, sentences, dim=4, window=2, epochs=2, lr=1e-9)[1]
    expect_close(same, start, rtol=0, atol=1e-5, what="the vectors after a rate of 1e-9")
    moved = trained(student, name, sentences, dim=4, window=2, epochs=2)[1]
    assert (moved - start).abs().max() > 1e-3, "two epochs must move the vectors"


def obeys(student, name, *options):
    """That 1 for one of these options, all else alike, gives other vectors."""
    sentences = planted(6, sentences=40)
    settings = {**ENOUGH[name], "dim": 4, "window": 3, "seed": 1}
    usual = trained(student, name, sentences, **settings)[1]
    for option in options:
        other = trained(student, name, sentences, **{**settings, option: 1})[1]
        # rounding changes less than 1e-5; to learn, some numbers must move by more than 0.01
        moved = float((other - usual).abs().max())
        assert moved > 1e-4, f"{option} = 1 must give vectors other than the usual {option}"


def depends_on_its_seed_alone(student, name):
    found = []
    for state, seed in ((1, 5), (2, 5), (2, 6)):
        before = student.generators(seed=state)
        found.append(trained(student, name, TINY, seed=seed, **SMALL)[1])
        expect_equal(student.generators(), before, "the global random generators after the call")
    expect_close(found[1], found[0], rtol=0, atol=1e-4, what="the vectors with the same seed")
    assert (found[2] - found[0]).abs().max() > 1e-3, "a different seed must give others"


def returns_tokens_and_float32(student, name):
    result = getattr(student.trainers, name)(TINY, **SMALL)
    expect_type(result, tuple)
    expect_type(result[0], list, "the tokens")
    expect_tensor(result[1], dtype="float32", what="the vectors")
    _, vectors = student.keep(getattr(student.trainers, name), [TINY, 4, 2], 1)
    expect_equal(vectors.requires_grad, False, "requires_grad of the vectors")


def leaves_the_sentences_alone(student, name):
    expect_left_alone(student, getattr(student.trainers, name), TINY, 4, 2)


def mean_cosine(tokens, vectors, some, others):
    units = vectors / vectors.norm(dim=1, keepdim=True).clamp(min=1e-12)
    one, other = (units[[tokens.index(word) for word in words]] for words in (some, others))
    return float((one @ other.T).mean())


def refuses_no_words(student, name):
    for sentences, min_count in (([], 1), ([[]], 1), (TINY, 9)):
        with expect_error(ValueError, naming="sentences"):
            getattr(student.trainers, name)(sentences, min_count=min_count)


def stands_words_without_context(student, name):
    tokens, vectors = trained(student, name, [["해"], ["달"], ["해"]], dim=4, window=2, epochs=1)
    expect_equal(list(tokens), ["해", "달"], "the tokens")
    expect_equal(vectors.shape[1], 4, "the width of the vectors")


# ---- each of the four by each of these


def test_train_cbow_finds_korean_topics(student):
    finds_korean_topics(student, "train_cbow", 11)


def test_train_cbow_obeys_min_count(student):
    obeys_min_count(student, "train_cbow")


def test_train_cbow_obeys_lr_and_epochs(student):
    obeys_lr_and_epochs(student, "train_cbow")


def test_train_cbow_obeys_window_and_negatives(student):
    obeys(student, "train_cbow", "window", "negatives")


def test_train_cbow_stands_words_without_context(student):
    stands_words_without_context(student, "train_cbow")


def test_train_cbow_depends_on_its_seed_alone(student):
    depends_on_its_seed_alone(student, "train_cbow")


def test_train_cbow_returns_tokens_and_float32(student):
    returns_tokens_and_float32(student, "train_cbow")


def test_train_cbow_leaves_the_sentences_alone(student):
    leaves_the_sentences_alone(student, "train_cbow")


def test_train_cbow_refuses_no_words(student):
    refuses_no_words(student, "train_cbow")


def test_train_cbow_padding_counts_nothing(student):
    # The most and the least frequent word stand alone: no context holds them. Short sentences have
    # fewer contexts than the window has places, and what fills these up must not be learnt from.
    pieces = [["비", "꽃"], ["꽃", "나", "비"], ["나", "달"], ["달", "비", "나", "꽃"]] * 4
    sentences = pieces + [["해"]] * 40 + [["별"]]
    settings = {"dim": 6, "window": 3, "lr": 0.05, "batch_size": 16}
    tokens, start = trained(student, "train_cbow", sentences, epochs=0, **settings)
    _, vectors = trained(student, "train_cbow", sentences, epochs=4, **settings)
    rows = [tokens.index(word) for word in ("해", "별")]
    what = "the vectors of two words that are nobody's context"
    expect_close(vectors[rows], start[rows], **UNTOUCHED, what=what)
    # Without them the first and the last id are contexts, too, and no padding: with Adam, Adagrad,
    # RMSprop and SGD every word moved by 0.5 and more.
    _, start = trained(student, "train_cbow", pieces, epochs=0, **settings)
    _, vectors = trained(student, "train_cbow", pieces, epochs=4, **settings)
    moved = (vectors - start).norm(dim=1)
    assert (moved > 0.02).all(), "the vector of every word that is a context must learn"


def test_train_hierarchical_finds_korean_topics(student):
    # A word that stands alone, more frequent than all others together, has a path of the root
    # only, and to the others the root says the same: what parts the topics is further down.
    # Adam, Adagrad, RMSprop and SGD came to 93 % and more with three seeds, as without that word.
    finds_korean_topics(student, "train_hierarchical", 12, more=[["그"]] * 900)


def unequal_paths(seed):
    """Two topics of two words, which never meet, and rare words that stand alone.

    Counted as here, the root parts one topic from the other; below the second, the rare words make
    paths of up to 12 nodes, while those of the topics have 2 or 3.
    """
    draw, topics = random.Random(seed), (["산", "숲"], ["배", "섬"])
    text = [[draw.choice(topics[n % 2]) for _ in range(10)] for n in range(24)]
    counts = {"산": 140, "숲": 140, "배": 145, "섬": 100}
    counts |= {f"드문{n}": count for n, count in enumerate((1, 1, 2, 3, 5, 8, 13, 21, 34))}
    met = [word for sentence in text for word in sentence]
    alone = [[word] for word, count in counts.items() for _ in range(count - met.count(word))]
    return text + alone, topics


def test_train_hierarchical_padding_counts_nothing(student):
    # The root alone tells the topics apart, with opposite signs: with Adam, Adagrad and SGD from
    # zero nodes five seeds came to cosines below -0.9, RMSprop below -0.7, nodes and words that
    # start at random with deviation 1 below -0.1. Nine padded steps draw all words of the topics
    # to one side of the padding's node: 0.49 and more.
    sentences, topics = unequal_paths(3)
    settings = {"dim": 8, "window": 3, "epochs": 4, "lr": 0.05, "batch_size": 64, "seed": 3}
    tokens, vectors = trained(student, "train_hierarchical", sentences, **settings)
    cosine = mean_cosine(tokens, vectors, *topics)
    assert cosine < 0.25, (
        f"words of two topics have the cosine {cosine:.2f}; steps that are no part of a path count"
    )


def test_train_hierarchical_obeys_min_count(student):
    obeys_min_count(student, "train_hierarchical")


def test_train_hierarchical_obeys_lr_and_epochs(student):
    obeys_lr_and_epochs(student, "train_hierarchical")


def test_train_hierarchical_obeys_window(student):
    obeys(student, "train_hierarchical", "window")


def test_train_hierarchical_stands_words_without_context(student):
    stands_words_without_context(student, "train_hierarchical")


def test_train_hierarchical_depends_on_its_seed_alone(student):
    depends_on_its_seed_alone(student, "train_hierarchical")


def test_train_hierarchical_returns_tokens_and_float32(student):
    returns_tokens_and_float32(student, "train_hierarchical")


def test_train_hierarchical_leaves_the_sentences_alone(student):
    leaves_the_sentences_alone(student, "train_hierarchical")


def test_train_hierarchical_refuses_no_words(student):
    refuses_no_words(student, "train_hierarchical")


def test_train_glove_finds_korean_topics(student):
    finds_korean_topics(student, "train_glove", 13)


def test_train_glove_counts_by_distance(student):
    """Two texts with the same counts and the same harmonic table, and other tables if flat."""
    both = [["물", "불", "흙"]]
    near = [["물", "불"], ["물", "불"], ["물", "흙"], ["불", "흙"], ["불", "흙"]]
    far = [["물", "불", "흙"], ["물", "불", "흙"], ["물"], ["불"], ["불"], ["흙"]]
    settings = {"dim": 4, "window": 2, "epochs": 40, "seed": 1}
    tokens, one = trained(student, "train_glove", both + near, **settings)
    again, other = trained(student, "train_glove", both + far, **settings)
    expect_equal(list(again), list(tokens), "the tokens of two texts with the same counts")
    what = "the vectors from two neighbours at distance 2 instead of one at distance 1"
    expect_close(other, one, rtol=0, atol=1e-2, what=what)


def test_train_glove_obeys_min_count(student):
    obeys_min_count(student, "train_glove")


def test_train_glove_obeys_lr_and_epochs(student):
    obeys_lr_and_epochs(student, "train_glove")


def test_train_glove_obeys_window(student):
    obeys(student, "train_glove", "window")


def test_train_glove_stands_words_without_context(student):
    stands_words_without_context(student, "train_glove")


def test_train_glove_depends_on_its_seed_alone(student):
    depends_on_its_seed_alone(student, "train_glove")


def test_train_glove_returns_tokens_and_float32(student):
    returns_tokens_and_float32(student, "train_glove")


def test_train_glove_leaves_the_sentences_alone(student):
    leaves_the_sentences_alone(student, "train_glove")


def test_train_glove_refuses_no_words(student):
    refuses_no_words(student, "train_glove")


def test_train_subword_finds_korean_topics(student):
    finds_korean_topics(student, "train_subword", 14)


def test_train_subword_knows_words_it_has_never_seen(student):
    """Stems with endings; one ending is kept from training, and the stem must tell the topic."""
    stems = [("바다", "파도", "모래"), ("김치", "반찬", "젓갈"), ("학교", "숙제", "교실")]
    topics = [[stem + end for stem in row for end in ("가", "를", "에서", "는")] for row in stems]
    tokens, table = trained(
        student,
        "train_subword",
        planted(15, topics),
        dim=16,
        window=3,
        seed=1,
        **ENOUGH["train_subword"],
    )
    known, unseen = (
        words_of(student, tokens, table),
        words_of(student, [s + "도" for r in stems for s in r], table),
    )
    units = known / known.norm(dim=1, keepdim=True)
    centers = torch.stack([units[[token in row for token in tokens]].mean(dim=0) for row in topics])
    found = torch.cosine_similarity(unseen.unsqueeze(1), centers, dim=2).argmax(dim=1)
    right = int((found == torch.arange(9) // 3).sum())
    assert right >= 7, f"of 9 words never seen, {right} are nearest to the topic of their stem"


def test_train_subword_learns_its_pieces_alone(student):
    """Rows of which no word has a piece keep their start: rows 0, 1 and 299 are among them, with
    which short words may have been filled up."""
    sentences = [["나", "학교에서", "꽃"], ["비", "꽃", "나"], ["학교에서", "비"]] * 6
    settings = {"dim": 4, "window": 2, "lr": 0.05, "batch_size": 16, "buckets": 300}
    tokens, start = trained(student, "train_subword", sentences, epochs=0, **settings)
    _, table = trained(student, "train_subword", sentences, epochs=4, **settings)
    expect_tensor(table, (300, 4), what="the table")
    without = words_of(student, tokens, torch.eye(300)).sum(dim=0) == 0
    what = "the rows of which no word has a piece"
    expect_close(table[without], start[without], **UNTOUCHED, what=what)


def test_train_subword_obeys_min_count(student):
    obeys_min_count(student, "train_subword")


def test_train_subword_obeys_lr_and_epochs(student):
    obeys_lr_and_epochs(student, "train_subword")


def test_train_subword_obeys_window_and_negatives(student):
    obeys(student, "train_subword", "window", "negatives")


def test_train_subword_stands_words_without_context(student):
    stands_words_without_context(student, "train_subword")


def test_train_subword_depends_on_its_seed_alone(student):
    depends_on_its_seed_alone(student, "train_subword")


def test_train_subword_returns_tokens_and_float32(student):
    returns_tokens_and_float32(student, "train_subword")


def test_train_subword_leaves_the_sentences_alone(student):
    leaves_the_sentences_alone(student, "train_subword")


def test_train_subword_refuses_no_words(student):
    refuses_no_words(student, "train_subword")
