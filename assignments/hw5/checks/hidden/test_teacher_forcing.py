"""Hidden checks of Seq2Seq in seq2seq.py: which word each step reads, and the decoding protocol."""

import math

import torch

from grader.checking.expect import expect_close, expect_equal, expect_error, expect_tensor

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


def decoded(student, encoder, decoder, reads):
    """Logits (B, T, V) of the student's own decoder with the encoder's outputs and our mask.

    `reads(t, logits)` are the words read at step t, given the logits of the steps before.
    """
    memory, final = encoder.forward(SRC, LENGTHS)
    mask = torch.tensor([[place < length for place in range(4)] for length in LENGTHS.tolist()])
    state, found = student.keep(decoder.initial_state, [final]), []
    for t in range(T - 1):
        given = [reads(t, found), state, memory, mask]
        logits, state, _ = student.keep(decoder.step, given, part=1)
        found.append(logits)
    return torch.stack(found, dim=1)


def taught(t, _):
    """With a teacher the words of the target are read."""
    return TGT[:, t]


def own(t, logits):
    """Without one, after bos, the best word of the step before."""
    return TGT[:, 0] if t == 0 else logits[-1].argmax(dim=-1)


def stepped(student, model, tokens):
    """The log-probabilities of `advance` along tokens (B, T)."""
    state, found = student.keep(model.begin, [SRC, LENGTHS]), []
    for t in range(tokens.shape[1]):
        log_probs, state = student.keep(model.advance, [tokens[:, t], state], part=1)
        expect_tensor(log_probs, (len(tokens), V), what="the log-probabilities of a step")
        found.append(log_probs)
    return torch.stack(found, dim=1)


# ---- forward with a teacher -----------------------------------------------------------------------


def test_logits_know_the_past_and_not_the_future(student):
    model = a_model(student)
    logits = model.forward(SRC, LENGTHS, TGT, teacher_forcing=1.0)
    expect_tensor(logits, (3, T - 1, V), what="the logits")
    for j in range(1, T - 1):
        other = TGT.clone()
        other[:, j] = 9
        changed = model.forward(SRC, LENGTHS, other, teacher_forcing=1.0)
        expect_close(changed[:, :j], logits[:, :j], **NEAR, what="the logits before a changed word")
        gap = (changed[:, j] - logits[:, j]).abs().max(dim=1).values
        assert bool((gap > 1e-3).all()), f"position {j} must read tgt[:, {j}]"
    other = TGT.clone()
    other[:, -1] = 9
    changed = model.forward(SRC, LENGTHS, other, teacher_forcing=1.0)
    expect_close(changed, logits, **NEAR, what="the logits: the last word is read by none of them")


def test_forward_takes_the_steps_of_the_decoder(student):
    encoder, decoder = parts(student)
    whole = torch.tensor([4, 4, 4])
    model = student.seq2seq.Seq2Seq(encoder, decoder)
    logits = model.forward(SRC, whole, TGT, teacher_forcing=1.0)
    memory, final = encoder.forward(SRC, whole)
    state = student.keep(decoder.initial_state, [final])
    for t in range(T - 1):
        given = [TGT[:, t], state, memory, torch.ones(3, 4, dtype=torch.bool)]
        step, state, _ = student.keep(decoder.step, given, part=1)
        expect_close(logits[:, t], step, **NEAR, what=f"the logits of position {t}")


def test_the_decoder_may_see_what_is_no_padding(student):
    encoder, decoder = parts(student)
    model = student.seq2seq.Seq2Seq(encoder, decoder)
    logits = model.forward(SRC, LENGTHS, TGT, teacher_forcing=1.0)
    expected = decoded(student, encoder, decoder, taught)
    expect_close(logits, expected, **NEAR, what="the logits")


def test_seq2seq_is_float32(student):
    model = a_model(student)
    expect_tensor(model.forward(SRC, LENGTHS, TGT), (3, T - 1, V), "float32", "the logits")


def test_seq2seq_leaves_everything_alone(student):
    model = a_model(student)
    before = student.generators()
    given = [SRC, LENGTHS, TGT, 1.0, 3]
    _, after = student.with_arguments(model.forward, *given)
    expect_equal(after, given, "the arguments after the call")
    expect_equal(student.generators(), before, "the state of the global generators")


# ---- teacher forcing ------------------------------------------------------------------------------


def test_teacher_forcing_is_the_default(student):
    model = a_model(student)
    calls = [(SRC, LENGTHS, TGT), (SRC, LENGTHS, TGT, 1.0, 5)]
    plain, spelt_out = student.map(model.forward, calls)
    expect_tensor(plain, (3, T - 1, V), what="the logits")
    expect_close(plain, spelt_out, **NEAR, what="the logits")


def test_without_a_teacher_it_reads_its_own_words(student):
    encoder, decoder = parts(student)
    model = student.seq2seq.Seq2Seq(encoder, decoder)
    other = torch.cat([TGT[:, :1], torch.full((3, T - 1), 9)], dim=1)
    calls = [(SRC, LENGTHS, TGT, 0.0), (SRC, LENGTHS, other, 0.0)]
    free, unread = student.map(model.forward, calls)
    expected = decoded(student, encoder, decoder, own)
    expect_close(free, expected, **NEAR, what="the logits when each step reads the last argmax")
    expect_close(unread, free, **NEAR, what="the logits with a different target")


def with_a_mind_of_its_own(student):
    """A model whose best word is never the target's, and its logits with a teacher."""
    for seed in range(1, 60):
        encoder, decoder = parts(student, seed)
        logits = decoded(student, encoder, decoder, taught)
        if not bool((logits[:, :-1].argmax(dim=-1) == TGT[:, 1:-1]).any()):
            return student.seq2seq.Seq2Seq(encoder, decoder), logits
    raise AssertionError("the decoder's best words are the target's, whatever its weights")


def first_untaught(student):
    """For forty seeds at 0.75: the step at which each row first left the target (T - 1: never)."""
    model, right = with_a_mind_of_its_own(student)
    calls = [(SRC, LENGTHS, TGT, 0.75, seed) for seed in range(40)]
    found = []
    for logits in student.map(model.forward, calls):
        expect_tensor(logits, (3, T - 1, V), what="the logits")
        left = (logits - right).abs().max(dim=-1).values > 1e-3  # (B, T-1)
        found.append([row.index(True) if True in row else T - 1 for row in left.tolist()])
    return found


def test_one_draw_a_step_for_the_whole_batch(student):
    for rows in first_untaught(student):
        assert len(set(rows)) == 1, "each step is teacher-forced, or not, for all rows of the batch"


def test_each_step_has_its_own_draw(student):
    firsts = {rows[0] for rows in first_untaught(student)}
    # one draw for all steps would leave the target at the first of them, or never
    assert firsts & {2, 3}, "each step has its own draw"


def test_a_step_is_taught_with_the_given_probability(student):
    firsts = [rows[0] for rows in first_untaught(student)]
    kept, left = sum(first - 1 for first in firsts), sum(first < T - 1 for first in firsts)
    # about 92 draws of 0.75: the share's standard deviation is 0.045
    share = kept / (kept + left)
    assert abs(share - 0.75) < 5 * math.sqrt(0.75 * 0.25 / (kept + left)), (
        "a step reads the target with probability teacher_forcing"
    )


def test_coins_depend_on_the_seed_alone(student):
    model, _ = with_a_mind_of_its_own(student)

    def logits(state):
        student.generators(seed=state)
        return student.map(model.forward, [(SRC, LENGTHS, TGT, 0.5, seed) for seed in range(12)])

    one = logits(1)
    for ours, again in zip(one, logits(2), strict=True):
        expect_close(again, ours, **NEAR, what="the logits with the same seed")
    # twelve seeds that draw three times alike: once in 8 ** 11
    assert any(bool((other - one[0]).abs().max() > 1e-3) for other in one[1:]), (
        "a different seed must give different draws"
    )


def test_the_draws_leave_the_global_generators_alone(student):
    model, before = a_model(student), student.generators()
    model.forward(SRC, LENGTHS, TGT, 0.5, 3)
    expect_equal(student.generators(), before, "the state of the global generators")


def test_seq2seq_refuses_what_is_no_probability(student):
    model = a_model(student)
    for value in (-0.1, 1.1):
        with expect_error(ValueError, naming="teacher_forcing"):
            model.forward(SRC, LENGTHS, TGT, value)


# ---- begin, advance, select -----------------------------------------------------------------------


def test_advance_equals_the_decoder(student):
    encoder, decoder = parts(student)
    found = stepped(student, student.seq2seq.Seq2Seq(encoder, decoder), TGT[:, :-1])
    expected = decoded(student, encoder, decoder, taught)
    expect_close(
        found.log_softmax(dim=-1), expected.log_softmax(dim=-1), **NEAR, what="the steps of advance"
    )


def test_log_probabilities_are_normalised(student):
    log_probs = stepped(student, a_model(student), TGT[:, :2])
    expect_tensor(log_probs, (3, 2, V), what="the log-probabilities")
    expect_close(log_probs.exp().sum(dim=-1), torch.ones(3, 2), what="the sum of probabilities")


def test_forward_equals_advance(student):
    model = a_model(student)
    logits = model.forward(SRC, LENGTHS, TGT, teacher_forcing=1.0)
    found = stepped(student, model, TGT[:, :-1])
    expect_close(found, torch.log_softmax(logits, dim=-1), **NEAR, what="the steps of advance")


def test_two_sources_may_be_begun_in_turn(student):
    """The state holds it all: what is begun meanwhile has no influence."""
    model = a_model(student)
    plain = stepped(student, model, TGT[:, :2])
    state = student.keep(model.begin, [SRC, LENGTHS])
    student.keep(model.begin, [SRC + 1, LENGTHS])
    for t in (0, 1):
        log_probs, state = student.keep(model.advance, [TGT[:, t], state], part=1)
        expect_close(log_probs, plain[:, t], **NEAR, what="the rows of the source begun first")


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


def test_seq2seq_search_leaves_everything_alone(student):
    model, before = a_model(student), student.generators()
    _, after = student.with_arguments(model.begin, SRC, LENGTHS)
    expect_equal(after, [SRC, LENGTHS], "the arguments of begin after the call")
    state, rows = student.keep(model.begin, [SRC, LENGTHS]), torch.tensor([2, 0])
    _, after = student.with_arguments(model.advance, TGT[:, 0].contiguous(), state)
    expect_equal(after[0], TGT[:, 0].contiguous(), "the tokens after the call")
    _, after = student.with_arguments(model.select, state, rows)
    expect_equal(after[1], rows, "the indices after the call")
    expect_equal(student.generators(), before, "the state of the global generators")
