"""Hidden checks of fit: what it does to a model, and that models learn to reverse.

The reversal language: strings of symbols 3, 4, ...; a target is its source read backwards. bos 1,
eos 2, pad 0. Test strings are drawn anew, and decoded here with the student's own advance.
"""

import copy
import math
import random
from collections import Counter

import torch

from grader.checking.expect import expect_equal, expect_error, expect_type

BOS, EOS, PAD = 1, 2, 0
IDS = {"bos": BOS, "eos": EOS, "pad": PAD}


def reversal(count, symbols, lengths, seed):
    """Pairs of a random string and its reverse; lengths: shortest and longest."""
    source = random.Random(seed)
    strings = [
        [source.randrange(3, 3 + symbols) for _ in range(source.randint(*lengths))]
        for _ in range(count)
    ]
    return [(string, string[::-1]) for string in strings]


def recurrent(student, vocab, embed, hidden, seed=1):
    encoder = student.seq2seq.Encoder(vocab, embed, hidden, seed=seed)
    decoder = student.seq2seq.Decoder(vocab, embed, hidden, seed=seed + 1)
    return encoder, decoder, student.seq2seq.Seq2Seq(encoder, decoder)


def padded(rows):
    lengths = torch.tensor([len(row) for row in rows])
    width = int(lengths.max())
    return torch.tensor([row + [PAD] * (width - len(row)) for row in rows]), lengths


def decoded(student, model, sources, steps):
    """The best next word again and again, by the student's advance, up to each row's eos."""
    src, lengths = padded(sources)
    state = student.keep(model.begin, [src, lengths])
    tokens, found = torch.full((len(sources),), BOS), []
    for _ in range(steps):
        log_probs, state = student.keep(model.advance, [tokens, state], part=1)
        tokens = log_probs.argmax(dim=-1)
        found.append(tokens)
    rows = torch.stack(found, dim=1).tolist()
    return [row[: row.index(EOS)] if EOS in row else row for row in rows]


def exact_match(student, model, pairs, steps):
    """Share of strings reversed without a mistake.

    fit adds eos: to the target. Who gave it to the source too reads it in decoding as well.
    """
    shares = []
    for end in ([], [EOS]):
        got = decoded(student, model, [source + end for source, _ in pairs], steps)
        shares.append(sum(g == t for g, (_, t) in zip(got, pairs, strict=True)) / len(pairs))
    return max(shares)


# Figures over 20 seeds stand in the message of the commit that brought them.


def test_seq2seq_learns_to_reverse(student):
    encoder, decoder, model = recurrent(student, 8, 16, 32)
    options = {"steps": 150, "batch_size": 32, "lr": 1e-2}
    student.training.fit(model, reversal(2000, 5, (3, 5), 1), **IDS, **options)
    model.eval()
    share = exact_match(student, model, reversal(300, 5, (3, 5), 7001), 7)
    assert share >= 0.5, "too few strings come out right"
    share = aligned(student, encoder, decoder, reversal(100, 5, (5, 5), 7002))
    assert share >= 0.6, "the weights must follow the source from its end to its beginning"


def aligned(student, encoder, decoder, pairs):
    """Share of steps that look at the place where their symbol stands.

    Whoever attends with the state of the step before looks one place aside, always: that is as good.
    """
    length = len(pairs[0][0])
    src, lengths = padded([source for source, _ in pairs])
    tgt, _ = padded([[BOS, *target] for _, target in pairs])
    memory, final = encoder.forward(src, lengths)
    state, mask = student.keep(decoder.initial_state, [final]), torch.ones_like(src).bool()
    offsets = Counter()
    for t in range(length):
        _, state, weights = student.keep(decoder.step, [tgt[:, t], state, memory, mask], part=1)
        offsets.update((weights.argmax(dim=-1) - (length - 1 - t)).tolist())
    return offsets.most_common(1)[0][1] / offsets.total()


def test_transformer_learns_to_reverse(student):
    model = student.transformer.Transformer(8, 8, 16, 2, 1, 64, dropout=0.0, max_len=16, seed=1)
    options = {"steps": 250, "batch_size": 64, "lr": 1e-2}
    student.training.fit(model, reversal(2000, 5, (4, 4), 3), **IDS, **options)
    model.eval()
    share = exact_match(student, model, reversal(300, 5, (4, 4), 7003), 6)
    assert share >= 0.5, "too few strings come out right"


def test_fit_trains_in_place(student):
    pairs = reversal(40, 6, (1, 5), 4)
    _, _, model = recurrent(student, 9, 8, 8)
    before = model.state_dict()
    losses = student.training.fit(model, pairs, steps=30, batch_size=8, lr=1e-2, **IDS)
    expect_type(losses, list)
    expect_equal(len(losses), 30, "the number of losses")
    assert sum(losses[-5:]) < sum(losses[:5]), "the loss must fall"
    after = model.state_dict()
    assert any(not torch.equal(before[name], after[name]) for name in before), "nothing was learnt"


def test_fit_trains_a_transformer_too(student):
    pairs = reversal(40, 6, (1, 5), 5)
    model = student.transformer.Transformer(9, 9, 8, 2, 1, 16, dropout=0.0, max_len=16, seed=2)
    losses = student.training.fit(model, pairs, steps=30, batch_size=8, lr=1e-2, **IDS)
    expect_equal(len(losses), 30, "the number of losses")
    assert sum(losses[-5:]) < sum(losses[:5]), "the loss must fall"


def test_fit_losses_are_per_token(student):
    # an untrained model of 60 words guesses: the loss of a word is near ln 60, of a sentence is not
    _, _, model = recurrent(student, 60, 4, 4)
    pairs = reversal(32, 57, (1, 8), 6)
    (loss,) = student.training.fit(model, pairs, steps=1, batch_size=32, lr=1e-4, **IDS)
    expect_type(loss, float, "a loss")
    assert 0.7 * math.log(60) < loss < 1.6 * math.log(60), "a loss is a mean over words"


def scattered(module, seed):
    """The module with noise on its weights: some words are far likelier than others."""
    generator, state = torch.Generator().manual_seed(seed), module.state_dict()
    for name, value in state.items():
        if value.is_floating_point() and value.ndim:
            state[name] = value + torch.randn(value.shape, generator=generator)
    module.load_state_dict(state)
    return module


def mean_loss(student, model, pairs, end, *, padding):
    """-ln p of a target's words by the student's advance, with the padding or without it."""
    src, lengths = padded([source + end for source, _ in pairs])
    tgt, _ = padded([[BOS, *target, EOS] for _, target in pairs])
    state, total, count = student.keep(model.begin, [src, lengths]), 0.0, 0
    for t in range(tgt.shape[1] - 1):
        log_probs, state = student.keep(model.advance, [tgt[:, t], state], part=1)
        log_probs = torch.log_softmax(log_probs, dim=-1)  # in case it was forgotten there
        kept = torch.ones(len(pairs), dtype=torch.bool) if padding else tgt[:, t + 1] != PAD
        total -= float(log_probs.gather(1, tgt[:, t + 1, None])[kept].sum())
        count += int(kept.sum())
    return total / count


def test_fit_does_not_count_padding(student):
    """Nine places of ten are padding, and to this model padding is a surprise, or none at all."""
    pairs = [([3], [4])] * 9 + [([3, 4, 5, 6, 7, 8] * 3, [8, 7, 6, 5, 4, 3] * 3)]
    for seed in range(30):
        encoder, decoder, model = recurrent(student, 9, 8, 8)
        scattered(encoder, seed), scattered(decoder, seed + 100)
        right = mean_loss(student, model, pairs, [], padding=False)
        # of some thirty models the first will do with which the two means are far apart
        if abs(mean_loss(student, model, pairs, [], padding=True) - right) > 1.0:
            break
    accepted = [right, mean_loss(student, model, pairs, [EOS], padding=False)]
    (loss,) = student.training.fit(model, pairs, steps=1, batch_size=10, lr=1e-6, **IDS)
    # a smoothed loss, which fit may use, is off by a tenth or two
    assert min(abs(loss - value) for value in accepted) < 0.5, "a loss is a mean without padding"


def test_fit_leaves_the_pairs_alone(student):
    pairs = reversal(12, 6, (1, 5), 7)
    _, _, model = recurrent(student, 9, 8, 8)
    args = copy.deepcopy(pairs)
    _, after = student.with_arguments(
        student.training.fit, model, args, steps=2, batch_size=4, lr=1e-2, **IDS
    )
    expect_equal(after[1], pairs, "the pairs after the call")


def test_fit_depends_on_its_seed_alone(student):
    pairs = reversal(60, 6, (1, 5), 8)
    _, _, model = recurrent(student, 9, 8, 8)
    untrained = model.state_dict()

    def losses(seed, state):
        model.load_state_dict(untrained)
        student.generators(seed=state)
        options = {"steps": 4, "batch_size": 8, "lr": 1e-2, "seed": seed}
        return student.training.fit(model, pairs, **IDS, **options)

    one = losses(0, 1)
    expect_equal(losses(0, 2), one, "the losses with the same seed")
    assert losses(1, 1) != one, "another seed must give other batches"


def test_fit_takes_fewer_pairs_than_a_batch(student):
    _, _, model = recurrent(student, 9, 8, 8)
    losses = student.training.fit(model, reversal(3, 6, (2, 4), 9), steps=2, lr=1e-2, **IDS)
    expect_equal(len(losses), 2, "the number of losses")


def test_fit_refuses_an_empty_batch(student):
    _, _, model = recurrent(student, 9, 8, 8)
    pairs = reversal(4, 6, (2, 4), 10)
    with expect_error(ValueError, naming="batch_size"):
        student.training.fit(model, pairs, steps=1, batch_size=0, lr=1e-2, **IDS)
