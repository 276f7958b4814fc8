"""The reference of hw5: training.py, bert.py, copy_task.py, extensions.py."""

import copy
import math
import random
from collections import Counter

import pytest
import sacrebleu
import torch
from torch.nn import functional as F

from reference.hw5_seq2seq import (
    bert,
    copy_task,
    decode,
    extensions,
    seq2seq,
    training,
    transformer,
)

torch.set_num_threads(1)
PAD, BOS, EOS = 0, 1, 2


def normal(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed + sum(shape))
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


def reversal(count, seed, symbols=6, lengths=(2, 5)):
    source = random.Random(seed)
    words = [
        [source.randrange(3, 3 + symbols) for _ in range(source.randint(*lengths))]
        for _ in range(count)
    ]
    return [(word, word[::-1]) for word in words]


# ------------------------------------------------------------------------------------------- loss


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 1.0])
def test_smoothed_loss_equals_torchs(smoothing):
    logits = normal(7, 5).requires_grad_()
    targets = torch.tensor([1, 0, 4, 3, 0, 2, 1])
    loss = training.label_smoothed_loss(logits, targets, smoothing, PAD)
    expected = F.cross_entropy(logits, targets, ignore_index=PAD, label_smoothing=smoothing)
    torch.testing.assert_close(loss, expected)
    (mine,), (theirs,) = torch.autograd.grad(loss, logits), torch.autograd.grad(expected, logits)
    torch.testing.assert_close(mine, theirs)


def test_smoothed_loss_of_the_handout_and_of_padding_alone():
    logits = torch.tensor([[2.0, 1, 0, 0, 0]], dtype=torch.float64)
    loss = training.label_smoothed_loss(logits, torch.tensor([0]), 0.1, 4)
    assert loss.item() == pytest.approx(0.713172, abs=1e-6)
    logits = logits.requires_grad_()
    loss = training.label_smoothed_loss(logits, torch.tensor([4]), 0.1, 4)
    assert loss.item() == 0.0
    loss.backward()
    assert (logits.grad == 0).all()
    with pytest.raises(ValueError, match="smoothing"):
        training.label_smoothed_loss(logits, torch.tensor([0]), 1.1, 4)


def test_the_schedule_of_the_paper():
    figures = [training.noam_lr(step, 512, 4000) for step in (1, 4000, 8000)]
    assert figures == pytest.approx([1.746928e-7, 6.987712e-4, 4.941059e-4], rel=1e-6)
    rates = [training.noam_lr(step, 64, 10) for step in range(1, 40)]
    assert rates.index(max(rates)) == 9
    assert rates[:10] == sorted(rates[:10])
    assert rates[9:] == sorted(rates[9:], reverse=True)


# ----------------------------------------------------------------------------------------- batches


@pytest.mark.parametrize("seed", range(5))
def test_batches_hold_every_index_and_no_more_than_they_may(seed):
    source = random.Random(seed)
    lengths = [source.randint(1, 60) for _ in range(400)]
    batches = training.length_batches(lengths, 50, seed)
    assert sorted(i for batch in batches for i in batch) == list(range(400))
    sizes = [len(batch) * max(lengths[i] for i in batch) for batch in batches]
    assert all(size <= 50 or len(batch) == 1 for size, batch in zip(sizes, batches, strict=True))
    assert sum(sizes) < 1.05 * sum(lengths)
    assert batches == training.length_batches(lengths, 50, seed)
    assert batches != training.length_batches(lengths, 50, seed + 1)


# ------------------------------------------------------------------------------------------- BLEU


def corpus(seed, references=1):
    """Sentences over ten words that share much: some n-grams of every order match."""
    source = random.Random(seed)
    words = "abcdefghij"
    hypotheses, answers = [], []
    for _ in range(12):
        sentence = [source.choice(words) for _ in range(source.randint(4, 14))]
        hypotheses.append(sentence)
        choices = []
        for _ in range(references):
            kept = [w if source.random() < 0.85 else source.choice(words) for w in sentence]
            choices.append(kept[: len(kept) - source.randint(0, 2)] + kept[: source.randint(0, 2)])
        answers.append(choices)
    return hypotheses, answers


def theirs(hypotheses, references, max_n=4, smooth=False):
    """Sacrebleu over words as they are."""
    metric = sacrebleu.BLEU(
        tokenize="none",
        force=True,
        max_ngram_order=max_n,
        smooth_method="add-k" if smooth else "none",
        smooth_value=1 if smooth else None,
    )
    streams = [list(column) for column in zip(*references, strict=True)]
    streams = [[" ".join(words) for words in stream] for stream in streams]
    return metric.corpus_score([" ".join(words) for words in hypotheses], streams).score


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("smooth", [False, True])
def test_bleu_equals_sacrebleu(seed, smooth):
    for references in (1, 2, 3):
        for max_n in (2, 4):
            data = corpus(seed, references)
            score = training.bleu(*data, max_n=max_n, smooth=smooth)
            assert score == pytest.approx(theirs(*data, max_n, smooth), abs=1e-9)


def test_bleu_by_hand():
    def one(hypothesis, *references, **options):
        return training.bleu([hypothesis.split()], [[r.split() for r in references]], **options)

    assert one("a b c d e f g h", "a b c d x f g h") == pytest.approx(50.0)
    assert one("a b c d e f", "a b c d e f g h") == pytest.approx(100 * math.exp(1 - 8 / 6))
    assert one("the the the the the the the", "the cat is on the mat") == 0.0
    assert one("the the the the the the the", "the cat is on the mat", max_n=1) == pytest.approx(
        200 / 7
    )
    # references of 3 and 5 words are as close to 4: the shorter counts, no brevity penalty
    assert one("a b c d", "a b c d e", "a b c", max_n=1) == pytest.approx(100.0)
    assert training.bleu([[]], [[["a"]]]) == 0.0


# -------------------------------------------------------------------------------------------- fit


def two_models(seed=0, size=9):
    recurrent = seq2seq.Seq2Seq(
        seq2seq.Encoder(size, 16, 32, seed), seq2seq.Decoder(size, 16, 32, seed=seed + 1)
    )
    return recurrent, transformer.Transformer(size, size, 32, 4, 1, 64, 0.0, 16, seed=seed)


@pytest.mark.parametrize("which", [0, 1], ids=["Seq2Seq", "Transformer"])
def test_fit_learns_to_reverse(which):
    model = two_models()[which]
    pairs = reversal(2000, 1)
    before = copy.deepcopy(pairs[:50])
    steps, lr = ((200, 1e-2), (300, 5e-3))[which]
    losses = training.fit(
        model, pairs, bos=BOS, eos=EOS, pad=PAD, steps=steps, batch_size=32, lr=lr
    )
    assert pairs[:50] == before
    assert len(losses) == steps
    # before anything is learnt the words are guessed: between evenly and somewhat off
    assert math.log(9) - 0.5 < losses[0] < math.log(9) + 1.0
    test = reversal(200, 2)
    src, lengths = training._padded([source for source, _ in test], PAD)
    model.eval()
    got = decode.greedy(model, src, lengths, BOS, EOS, 8)
    right = sum(words == target for words, (_, target) in zip(got, test, strict=True))
    assert right / 200 > 0.95


def test_fit_depends_on_its_seed_alone():
    losses, weights = [], []
    for seed, state in ((0, 1), (0, 2), (1, 1)):
        model = two_models()[0]
        torch.manual_seed(state)
        random.seed(state)
        losses.append(
            training.fit(
                model,
                reversal(100, 1),
                bos=BOS,
                eos=EOS,
                pad=PAD,
                steps=4,
                batch_size=8,
                lr=1e-2,
                seed=seed,
            )
        )
        weights.append(model.state_dict())
    assert losses[0] == losses[1] != losses[2]
    assert all(torch.equal(weights[0][name], weights[1][name]) for name in weights[0])


def test_fit_counts_tokens_and_not_padding():
    """Two pairs in one batch: the loss is the mean over the words of both, eos with them."""
    model = two_models()[0]
    pairs = [([3, 4, 5, 6], [6, 5, 4, 3]), ([7], [7])]
    sums, tokens = 0.0, 0
    for source, target in pairs:
        tgt = torch.tensor([[BOS, *target, EOS]])
        logits = model(torch.tensor([source]), torch.tensor([len(source)]), tgt)
        sums += F.cross_entropy(logits[0], tgt[0, 1:], reduction="sum").item()
        tokens += len(target) + 1
    options = {"bos": BOS, "eos": EOS, "pad": PAD, "steps": 1, "lr": 1e-3}
    assert training.fit(model, pairs, **options) == [pytest.approx(sums / tokens, rel=1e-5)]
    with pytest.raises(ValueError, match="pairs"):
        training.fit(model, [], **options)


# ---------------------------------------------------------------------------------------- bert.py


def test_wordpiece_takes_the_longest_from_the_left():
    vocab = ["play", "pl", "##ing", "##in", "##g", "un", "##aff", "##able", "서울", "##역", "##에"]
    assert bert.wordpiece("playing", vocab) == ["play", "##ing"]
    assert bert.wordpiece("unaffable", vocab) == ["un", "##aff", "##able"]
    assert bert.wordpiece("서울역에", vocab) == ["서울", "##역", "##에"]
    assert bert.wordpiece("played", vocab) == ["[UNK]"]
    assert bert.wordpiece("ing", vocab) == ["[UNK]"]


def test_pack_cuts_the_longer_from_its_end():
    assert bert.pack([5, 6], [7], 1, 2, 9) == ([1, 5, 6, 2, 7, 2], [0, 0, 0, 0, 1, 1])
    assert bert.pack([5, 6, 7], None, 1, 2, 4) == ([1, 5, 6, 2], [0, 0, 0, 0])
    a, b = [10, 11, 12, 13, 14], [20, 21, 22]
    assert bert.pack(a, b, 1, 2, 9)[0] == [1, 10, 11, 12, 2, 20, 21, 22, 2]
    assert bert.pack(a, b, 1, 2, 8)[0] == [1, 10, 11, 12, 2, 20, 21, 2]
    assert (a, b) == ([10, 11, 12, 13, 14], [20, 21, 22])


def test_masking_has_the_shares_of_the_paper():
    ids = torch.randint(5, 1000, (400, 500), generator=torch.Generator().manual_seed(0))
    special = torch.rand(400, 500, generator=torch.Generator().manual_seed(1)) < 0.1
    inputs, labels = bert.mask_tokens(ids, special, 1000, 4, seed=3)
    chosen = labels != -100
    open_ = int((~special).sum())
    assert not (chosen & special).any()
    assert abs(int(chosen.sum()) / open_ - 0.15) < 5 * math.sqrt(0.15 * 0.85 / open_)
    assert torch.equal(labels[chosen], ids[chosen])
    assert torch.equal(inputs[~chosen], ids[~chosen])
    n = int(chosen.sum())
    masked = int((inputs[chosen] == 4).sum()) / n
    kept = int((inputs[chosen] == ids[chosen]).sum()) / n
    assert abs(masked - (0.8 + 0.1 / 1000)) < 5 * math.sqrt(0.8 * 0.2 / n)
    assert abs(kept - (0.1 + 0.1 / 1000)) < 5 * math.sqrt(0.1 * 0.9 / n)
    strangers = inputs[chosen][(inputs[chosen] != 4) & (inputs[chosen] != ids[chosen])]
    assert 0 <= int(strangers.min())
    assert int(strangers.max()) < 1000
    with pytest.raises(ValueError, match="p"):
        bert.mask_tokens(ids, special, 1000, 4, seed=3, p=1.5)


def test_next_sentences_are_next_half_of_the_time():
    documents = [
        [[10_000 * d + s, 7] for s in range(length)]
        for d, length in enumerate([500, 1, 700, 0, 300])
    ]
    where = {tuple(s): (d, i) for d, text in enumerate(documents) for i, s in enumerate(text)}
    pairs = bert.next_sentence_pairs([[list(s) for s in text] for text in documents], 5)
    firsts = [s for text in documents for s in text[:-1]]
    documents_of = [d for d, text in enumerate(documents) for _ in text[:-1]]
    assert [first for first, _, _ in pairs] == firsts
    for d, (first, second, is_next) in zip(documents_of, pairs, strict=True):
        if is_next:
            assert second == documents[d][documents[d].index(first) + 1]
        else:
            assert where[tuple(second)][0] != d
    share = Counter(is_next for _, _, is_next in pairs)[True] / len(pairs)
    assert abs(share - 0.5) < 5 * math.sqrt(0.25 / len(pairs))


# ------------------------------------------------------------------------------ the bonus exercises


def test_the_copy_task_is_learnt():
    model = copy_task.train_reverse(vocab=8, length=4, steps=250, seed=1)
    test = reversal(200, 9, symbols=5, lengths=(4, 4))
    src = torch.tensor([source for source, _ in test])
    model.eval()
    got = decode.greedy(model, src, torch.full((200,), 4), BOS, EOS, 6)
    assert sum(words == target for words, (_, target) in zip(got, test, strict=True)) > 190


def test_bert_embeddings_are_three_rows():
    token, segment, position = normal(9, 4), normal(2, 4), normal(6, 4)
    ids, segments = torch.tensor([[1, 2, 3], [8, 0, 1]]), torch.tensor([[0, 0, 1], [0, 1, 1]])
    out = extensions.bert_embeddings(ids, segments, token, segment, position)
    for b in range(2):
        for t in range(3):
            expected = token[ids[b, t]] + segment[segments[b, t]] + position[t]
            torch.testing.assert_close(out[b, t], expected)


def test_reversed_sources():
    ids = torch.tensor([[3, 4, 5, 0, 0], [6, 7, 8, 9, 3], [4, 0, 0, 0, 0]])
    lengths = torch.tensor([3, 5, 1])
    once = extensions.reverse_source(ids, lengths)
    assert once.tolist() == [[5, 4, 3, 0, 0], [3, 9, 8, 7, 6], [4, 0, 0, 0, 0]]
    assert torch.equal(extensions.reverse_source(once, lengths), ids)


def test_distillation():
    student, teacher = normal(6, 4).requires_grad_(), normal(6, 4, seed=1)
    targets = torch.tensor([0, 1, 2, 3, 0, 1])
    T, alpha = 3.0, 0.7
    p, q = (teacher / T).softmax(-1), (student / T).softmax(-1)
    kl = (p * (p / q).log()).sum() / 6
    expected = alpha * T * T * kl + (1 - alpha) * F.cross_entropy(student, targets)
    loss = extensions.distillation_loss(student, teacher, targets, T, alpha)
    torch.testing.assert_close(loss, expected)


@pytest.mark.parametrize("tie", [False, True])
@pytest.mark.parametrize("sizes", [(8, 2, 1, 16, 11, 13), (12, 3, 2, 20, 9, 7)])
def test_the_size_of_a_transformer(sizes, tie):
    d, heads, layers, ff, src, tgt = sizes
    model = transformer.Transformer(src, tgt, d, heads, layers, ff, tie=tie)
    count = sum(parameter.numel() for parameter in model.parameters())
    assert extensions.transformer_parameters(*sizes, tie) == count
