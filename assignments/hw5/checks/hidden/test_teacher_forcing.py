"""Hidden checks of Seq2Seq in seq2seq.py: which word each step reads, and the decoding protocol."""

import math

import torch

from grader.checking.expect import expect_close, expect_error, expect_tensor

V, E, H, T = 11, 5, 6, 5
NEAR = {"rtol": 1e-4, "atol": 1e-5}
SRC, LENGTHS = torch.tensor([[4, 5, 6, 7], [3, 9, 2, 0], [8, 9, 0, 0]]), torch.tensor([4, 3, 2])
TGT = torch.tensor([[1, 3, 4, 5, 2], [1, 6, 7, 2, 0], [1, 8, 2, 0, 0]])


def scattered(module, seed, scale=0.5):
    """The module with noise added to its weights: every word read makes a difference."""
    generator = torch.Generator().manual_seed(seed)
    state = module.state_dict()
    for name, value in state.items():
        if value.is_floating_point() and value.ndim:
            state[name] = value + scale * torch.randn(value.shape, generator=generator)
    module.load_state_dict(state)
    return module


def parts(student, seed=1):
    encoder = scattered(student.seq2seq.Encoder(V, E, H, seed=seed), seed)
    return encoder, scattered(student.seq2seq.Decoder(V, E, H, seed=seed + 1), seed + 1)


def a_model(student, seed=1):
    return student.seq2seq.Seq2Seq(*parts(student, seed))


def stepped(student, model, tokens):
    """The log-probabilities of `advance` along tokens (B, T)."""
    state, found = student.keep(model.begin, [SRC, LENGTHS]), []
    # the state holds it all: what is begun meanwhile has no influence
    student.keep(model.begin, [SRC + 1, LENGTHS])
    for t in range(tokens.shape[1]):
        log_probs, state = student.keep(model.advance, [tokens[:, t], state], part=1)
        found.append(log_probs)
    return torch.stack(found, dim=1)


def test_logits_know_the_past_and_not_the_future(student):
    model = a_model(student)
    logits = model.forward(SRC, LENGTHS, TGT)
    expect_tensor(logits, (3, T - 1, V), "float32", "the logits")
    for j in range(1, T - 1):
        other = TGT.clone()
        other[:, j] = 9
        changed = model.forward(SRC, LENGTHS, other)
        expect_close(changed[:, :j], logits[:, :j], **NEAR, what="the logits before a changed word")
        gap = (changed[:, j] - logits[:, j]).abs().max(dim=1).values
        assert bool((gap > 1e-3).all()), f"position {j} must read tgt[:, {j}]"
    other = TGT.clone()
    other[:, -1] = 9
    changed = model.forward(SRC, LENGTHS, other)
    expect_close(changed, logits, **NEAR, what="the logits: the last word is read by none of them")


def test_teacher_forcing_is_the_default(student):
    model = a_model(student)
    plain, spelt_out = student.map(
        model.forward, [(SRC, LENGTHS, TGT), (SRC, LENGTHS, TGT, 1.0, 5)]
    )
    expect_close(plain, spelt_out, **NEAR, what="the logits")


def test_forward_equals_advance(student):
    model = a_model(student)
    logits = model.forward(SRC, LENGTHS, TGT)
    expected = torch.log_softmax(logits, dim=-1)
    expect_close(
        stepped(student, model, TGT[:, :-1]), expected, **NEAR, what="the steps of advance"
    )


def test_the_decoder_may_see_what_is_no_padding(student):
    """The model's steps are the student's own decoder's, with the encoder's outputs and our mask."""
    encoder, decoder = parts(student)
    logits = student.seq2seq.Seq2Seq(encoder, decoder).forward(SRC, LENGTHS, TGT)
    memory, final = encoder.forward(SRC, LENGTHS)
    mask = torch.tensor([[place < length for place in range(4)] for length in LENGTHS.tolist()])
    state = student.keep(decoder.initial_state, [final])
    for t in range(T - 1):
        step, state, _ = student.keep(decoder.step, [TGT[:, t], state, memory, mask], part=1)
        expect_close(logits[:, t], step, **NEAR, what=f"the logits of position {t}")


def read_words(student, model, taught):
    """The words read when step t is taught where taught[t - 1]: (B, T-1), and the logits.

    Found with forward at teacher forcing 1: own words are what it says at the step before.
    """
    words = TGT[:, :1]
    for choice in (*taught, None):
        # what follows is not read yet, so anything may stand there
        whole = torch.cat([words, TGT[:, words.shape[1] :]], dim=1)
        logits = model.forward(SRC, LENGTHS, whole)
        if choice is not None:
            own = logits[:, words.shape[1] - 1].argmax(dim=-1)
            following = TGT[:, words.shape[1]] if choice else own
            words = torch.cat([words, following[:, None]], dim=1)
    return logits


def test_without_a_teacher_it_reads_its_own_words(student):
    model = a_model(student)
    free = model.forward(SRC, LENGTHS, TGT, 0.0)
    expected = read_words(student, model, [False] * (T - 2))
    expect_close(free, expected, **NEAR, what="the logits when each step reads the last argmax")
    other = torch.cat([TGT[:, :1], torch.full((3, T - 1), 9)], dim=1)
    unread = model.forward(SRC, LENGTHS, other, 0.0)
    expect_close(unread, free, **NEAR, what="the logits with a different target")


def which_coins(logits, ways):
    """The ways of falling (tuples of bools) that give these logits for the whole batch."""
    return [w for w, right in ways.items() if bool((logits - right).abs().max() < 1e-3)]


def test_one_coin_a_step_for_the_whole_batch(student):
    model = a_model(student)
    coins = [(a, b, c) for a in (True, False) for b in (True, False) for c in (True, False)]
    ways = {coin: read_words(student, model, coin) for coin in coins}
    seeds = range(40)
    found = student.map(model.forward, [(SRC, LENGTHS, TGT, 0.75, seed) for seed in seeds])
    taught = []
    for logits in found:
        fallen = which_coins(logits, ways)
        assert len(fallen) == 1, "each step is teacher-forced, or not, for all rows of the batch"
        taught += fallen[0]
    # 120 coins of 0.75: the share's standard deviation is sqrt(.75 * .25 / 120) = 0.04
    share = sum(taught) / len(taught)
    assert abs(share - 0.75) < 5 * math.sqrt(0.75 * 0.25 / len(taught)), (
        "a step reads the target with probability teacher_forcing"
    )
    # all three alike is seen with probability .44 a sentence, in 40 sentences never
    alike = [len(set(taught[i : i + 3])) == 1 for i in range(0, len(taught), 3)]
    assert not all(alike), "each step has its own coin"


def test_coins_depend_on_the_seed_alone(student):
    model = a_model(student)

    def logits(seed, state):
        student.generators(seed=state)
        return model.forward(SRC, LENGTHS, TGT, 0.5, seed)

    for seed in range(4):
        expect_close(logits(seed, 1), logits(seed, 2), **NEAR, what="the logits, same seed")


def test_log_probabilities_are_normalised(student):
    model = a_model(student)
    log_probs = stepped(student, model, TGT[:, :2])
    expect_tensor(log_probs, (3, 2, V), "float32", "the log-probabilities")
    expect_close(log_probs.exp().sum(dim=-1), torch.ones(3, 2), what="the sum of probabilities")


def test_select_reorders_and_repeats_rows(student):
    model = a_model(student)
    plain = stepped(student, model, TGT[:, :3])
    rows = [2, 0, 2, 1]
    state = student.keep(model.begin, [SRC, LENGTHS])
    _, state = student.keep(model.advance, [TGT[:, 0], state], part=1)
    state = student.keep(model.select, [state, torch.tensor(rows)])
    for t in (1, 2):
        log_probs, state = student.keep(model.advance, [TGT[rows, t], state], part=1)
        expect_close(log_probs, plain[rows, t], **NEAR, what="the rows in a different order")


def test_seq2seq_refuses_what_is_no_probability(student):
    model = a_model(student)
    for value in (-0.1, 1.1):
        with expect_error(ValueError, naming="teacher_forcing"):
            model.forward(SRC, LENGTHS, TGT, value)
