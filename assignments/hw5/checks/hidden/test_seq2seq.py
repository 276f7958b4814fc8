"""Hidden checks of Encoder and Decoder in seq2seq.py. A model is compared with itself: its weights
are its own business, what may influence what is not.
"""

import pytest
import torch

from grader.checking.expect import expect_close, expect_error, expect_tensor

V, E, H = 11, 5, 6  # all different
# float32 through some hundred operations: honest orders of summation differ by about 1e-6
NEAR = {"rtol": 1e-4, "atol": 1e-5}


def normal(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def differ(one, other):
    """True when two tensors differ by more than rounding could make them."""
    return one.shape != other.shape or bool((one - other).abs().max() > 1e-3)


def scattered(module, seed, scale=0.5):
    """The module with noise added to its weights: nothing is zero or symmetric by initialisation."""
    generator = torch.Generator().manual_seed(seed)
    state = module.state_dict()
    for name, value in state.items():
        if value.is_floating_point() and value.ndim:
            state[name] = value + scale * torch.randn(value.shape, generator=generator)
    module.load_state_dict(state)
    return module


# ---- encoder --------------------------------------------------------------------------------------

SRC, LENGTHS = torch.tensor([[8, 9, 0, 0, 0], [4, 5, 6, 7, 10], [3, 9, 2, 0, 0]]), [2, 5, 3]


def encoded(student, src, lengths, seed=1):
    encoder = scattered(student.seq2seq.Encoder(V, E, H, seed), seed)
    return encoder.forward(src, torch.tensor(lengths))


def test_encoder_padding_changes_nothing(student):
    encoder = scattered(student.seq2seq.Encoder(V, E, H, 1), 1)
    outputs, final = encoder.forward(SRC, torch.tensor(LENGTHS))
    expect_tensor(outputs, (3, 5, H), what="the outputs")
    garbage = SRC.clone()
    garbage[0, 2:], garbage[2, 3:] = 7, 10
    # the same encoder: what it read before has no influence either
    other_outputs, other_final = encoder.forward(garbage, torch.tensor(LENGTHS))
    for row, length in enumerate(LENGTHS):
        now, then = other_outputs[row, :length], outputs[row, :length]
        expect_close(now, then, **NEAR, what="the outputs with other padding")
    expect_close(other_final, final, **NEAR, what="the final states with other padding")


def test_encoder_batch_equals_one_by_one(student):
    outputs, final = encoded(student, SRC, LENGTHS)
    for row, length in enumerate(LENGTHS):
        alone, alone_final = encoded(student, SRC[row : row + 1, :length], [length])
        expect_close(
            alone[0], outputs[row, :length], **NEAR, what="the outputs of a sentence alone"
        )
        expect_close(alone_final[0], final[row], **NEAR, what="its final states")


def test_encoder_final_is_both_ends_of_the_outputs(student):
    outputs, final = encoded(student, SRC, LENGTHS)
    expect_tensor(final, (3, H), what="the final states")
    for row, length in enumerate(LENGTHS):
        last, first = outputs[row, length - 1, : H // 2], outputs[row, 0, H // 2 :]
        expect_close(final[row, : H // 2], last, **NEAR, what="the forward half of final")
        expect_close(final[row, H // 2 :], first, **NEAR, what="the backward half of final")


def test_encoder_reads_in_both_directions(student):
    outputs, _ = encoded(student, SRC[1:2], [5])
    other = SRC[1:2].clone()
    other[0, 4] = 3
    changed, _ = encoded(student, other, [5])
    forward, backward = outputs[0, 0, : H // 2], outputs[0, 0, H // 2 :]
    expect_close(
        changed[0, 0, : H // 2], forward, **NEAR, what="the forward half of the first word"
    )
    assert differ(changed[0, 0, H // 2 :], backward), (
        "the backward half must depend on the last word"
    )
    other = SRC[1:2].clone()
    other[0, 0] = 3
    changed, _ = encoded(student, other, [5])
    assert differ(changed[0, 4, : H // 2], outputs[0, 4, : H // 2]), (
        "the forward half of the last word must depend on the first one"
    )
    expect_close(
        changed[0, 4, H // 2 :],
        outputs[0, 4, H // 2 :],
        **NEAR,
        what="the backward half of the last",
    )


def test_encoder_outputs_are_as_wide_as_the_source(student):
    # the longest sentence of this batch does not fill it
    outputs, final = encoded(student, SRC[[0, 2]], [2, 3])
    expect_tensor(outputs, (2, 5, H), "float32", "the outputs")
    whole, whole_final = encoded(student, SRC, LENGTHS)
    expect_close(outputs[0, :2], whole[0, :2], **NEAR, what="the outputs of the first sentence")
    expect_close(final, whole_final[[0, 2]], **NEAR, what="the final states")


def test_encoder_reads_a_single_word(student):
    outputs, final = encoded(student, torch.tensor([[4], [7]]), [1, 1])
    expect_tensor(outputs, (2, 1, H), "float32", "the outputs")
    expect_close(final, outputs[:, 0], **NEAR, what="the final states of sentences of one word")


def test_encoder_weights_depend_on_the_seed_alone(student):
    def outputs(seed, state):
        student.generators(seed=state)
        return student.seq2seq.Encoder(V, E, H, seed).forward(SRC, torch.tensor(LENGTHS))[1]

    one = outputs(3, 1)
    expect_close(outputs(3, 2), one, **NEAR, what="the final states with the same seed")
    assert bool((outputs(4, 1) - one).abs().max() > 1e-6), (
        "a different seed must give different weights"
    )


def test_encoder_refuses_an_odd_hidden(student):
    with expect_error(ValueError, naming="hidden"):
        student.seq2seq.Encoder(V, E, 7)


# ---- decoder --------------------------------------------------------------------------------------

KINDS = ["dot", "general", "additive"]
MASK = torch.tensor([[1, 1, 1, 1], [1, 1, 0, 0], [1, 0, 0, 0]]).bool()
MEMORY, FINAL = normal(3, 4, H, seed=1), normal(3, H, seed=2)


def steps(student, decoder, tokens, memories, final=FINAL, mask=MASK):
    """Logits and weights of each step; the state stays with the student."""
    state, found = student.keep(decoder.initial_state, [final]), []
    for token, memory in zip(tokens, memories, strict=True):
        given = [torch.tensor(token), state, memory, mask]
        logits, state, weights = student.keep(decoder.step, given, part=1)
        found.append((logits, weights))
    return found


def a_decoder(student, seed=1, **options):
    return scattered(student.seq2seq.Decoder(V, E, H, seed=seed, **options), seed)


@pytest.mark.parametrize("kind", KINDS)
def test_decoder_weights_are_a_distribution(student, kind):
    decoder = a_decoder(student, attention=kind)
    for logits, weights in steps(student, decoder, [[1, 2, 3], [4, 5, 6]], [MEMORY, MEMORY]):
        expect_tensor(logits, (3, V), "float32", "the logits")
        expect_tensor(weights, (3, 4), "float32", "the weights")
        expect_close(weights.sum(dim=1), [1.0] * 3, what="the sum of the weights")
        expect_close(weights[~MASK], [0.0] * 5, atol=0, what="the weights where masked")
        assert bool((weights >= 0).all()), "a weight is negative"
        assert differ(weights[0], torch.full((4,), 0.25)), "the weights must depend on the keys"


@pytest.mark.parametrize("kind", KINDS)
def test_decoder_does_not_see_masked_memory(student, kind):
    decoder = a_decoder(student, attention=kind)
    tokens = [[1, 2, 3], [4, 5, 6]]
    other = torch.where(MASK[:, :, None], MEMORY, 3 * normal(3, 4, H, seed=4))
    plain = steps(student, decoder, tokens, [MEMORY, MEMORY])
    changed = steps(student, decoder, tokens, [other, other])
    for (logits, _), (others, _) in zip(plain, changed, strict=True):
        expect_close(others, logits, **NEAR, what="the logits with other memory where masked")


def test_decoder_sees_the_rest_of_the_memory(student):
    decoder = a_decoder(student)
    ((logits, _),) = steps(student, decoder, [[1, 2, 3]], [MEMORY])
    ((others, _),) = steps(student, decoder, [[1, 2, 3]], [MEMORY + normal(3, 4, H, seed=5)])
    assert differ(others, logits), "the logits must depend on the memory"


@pytest.mark.parametrize("kind", KINDS)
def test_decoder_batch_equals_one_by_one(student, kind):
    decoder = a_decoder(student, attention=kind)
    tokens = [[1, 2, 3], [4, 5, 6]]
    together = steps(student, decoder, tokens, [MEMORY, MEMORY])
    for row in range(3):
        one = slice(row, row + 1)
        alone = steps(
            student, decoder, [t[one] for t in tokens], [MEMORY[one]] * 2, FINAL[one], MASK[one]
        )
        for (logits, weights), (all_logits, all_weights) in zip(alone, together, strict=True):
            expect_close(logits[0], all_logits[row], **NEAR, what="the logits of a row alone")
            expect_close(weights[0], all_weights[row], **NEAR, what="the weights of a row alone")


def test_decoder_remembers_what_it_read(student):
    decoder = a_decoder(student)
    one = steps(student, decoder, [[1, 2, 3], [4, 5, 6]], [MEMORY, MEMORY])
    other = steps(student, decoder, [[7, 8, 9], [4, 5, 6]], [MEMORY, MEMORY])
    assert differ(one[0][0], other[0][0]), "the logits must depend on the token"
    assert differ(one[1][0], other[1][0]), "the logits must depend on the tokens before"
    # the state holds it all: two sentences in turn come out as one after the other
    states = [student.keep(decoder.initial_state, [FINAL]) for _ in (one, other)]
    sentences = (([1, 2, 3], [4, 5, 6]), ([7, 8, 9], [4, 5, 6]))
    for t in (0, 1):
        for i, (plain, tokens) in enumerate(zip((one, other), sentences, strict=True)):
            given = [torch.tensor(tokens[t]), states[i], MEMORY, MASK]
            logits, states[i], _ = student.keep(decoder.step, given, part=1)
            expect_close(logits, plain[t][0], **NEAR, what="the logits of two sentences in turn")


def test_decoder_begins_with_what_the_encoder_found(student):
    decoder = a_decoder(student)
    ((one, _),) = steps(student, decoder, [[1, 2, 3]], [MEMORY])
    ((other, _),) = steps(student, decoder, [[1, 2, 3]], [MEMORY], final=normal(3, H, seed=6))
    assert differ(one, other), "the first state must depend on the encoder's final states"


@pytest.mark.parametrize("kind", KINDS)
def test_input_feeding_passes_the_attentional_vector_on(student, kind):
    """Only what the first step saw differs; the second reads the same token and memory."""
    seen, tokens = MEMORY + normal(3, 4, H, seed=7), [[1, 2, 3], [4, 5, 6]]
    for feeding in (True, False):
        decoder = a_decoder(student, attention=kind, input_feeding=feeding)
        one = steps(student, decoder, tokens, [MEMORY, MEMORY])[1][0]
        other = steps(student, decoder, tokens, [seen, MEMORY])[1][0]
        if feeding:
            assert differ(one, other), "with input feeding the last attentional vector is read"
        else:
            expect_close(other, one, **NEAR, what="the logits without input feeding")


def curvature(student, kind):
    """How far ln weight is from a straight line in the key: key 2 stands midway between 0 and 1."""
    memory = 3 * normal(3, 3, H, seed=8)
    memory[:, 2] = (memory[:, 0] + memory[:, 1]) / 2
    decoder = a_decoder(student, attention=kind)
    everything = torch.ones(3, 3, dtype=torch.bool)
    ((_, weights),) = steps(student, decoder, [[1, 2, 3]], [memory], mask=everything)
    logs = weights.log()
    return float((logs[:, 2] - (logs[:, 0] + logs[:, 1]) / 2).abs().max())


@pytest.mark.parametrize("kind", KINDS)
def test_decoder_scores_by_the_chosen_attention(student, kind):
    bend = curvature(student, kind)
    if kind == "additive":  # a tanh bends: about 0.5 here
        assert bend > 0.02, "additive scores are not a linear function of the key"
    else:
        assert bend < 2e-3, f"{kind} scores are a linear function of the key"


def test_decoder_attends_by_dot_and_feeds_by_default(student):
    plain = student.seq2seq.Decoder(V, E, H, seed=3)
    spelt_out = student.seq2seq.Decoder(V, E, H, attention="dot", input_feeding=True, seed=3)
    tokens = [[1, 2, 3], [4, 5, 6]]
    one = steps(student, plain, tokens, [MEMORY, MEMORY])
    other = steps(student, spelt_out, tokens, [MEMORY, MEMORY])
    for (logits, weights), (others, other_weights) in zip(one, other, strict=True):
        expect_close(others, logits, **NEAR, what="the logits with the defaults spelt out")
        expect_close(other_weights, weights, **NEAR, what="the weights with the defaults spelt out")


def test_decoder_weights_depend_on_the_seed_alone(student):
    def logits(seed, state):
        student.generators(seed=state)
        decoder = student.seq2seq.Decoder(V, E, H, attention="general", seed=seed)
        return steps(student, decoder, [[1, 2, 3]], [MEMORY])[0][0]

    one = logits(3, 1)
    expect_close(logits(3, 2), one, **NEAR, what="the logits with the same seed")
    assert bool((logits(4, 1) - one).abs().max() > 1e-6), (
        "a different seed must give different weights"
    )


def test_decoder_refuses_an_unknown_attention(student):
    with expect_error(ValueError, naming="attention"):
        student.seq2seq.Decoder(V, E, H, attention="cosine")
