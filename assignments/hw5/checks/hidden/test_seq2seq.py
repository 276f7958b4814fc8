"""Hidden checks of Encoder and Decoder in seq2seq.py. A model is compared with itself: its weights
are its own business, what may influence what is not.
"""

import pytest
import torch

from grader.checking.expect import (
    expect_close,
    expect_equal,
    expect_error,
    expect_left_alone,
    expect_own_weights,
    expect_tensor,
)

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


def an_encoder(student, seed=1):
    return scattered(student.seq2seq.Encoder(V, E, H, seed), seed)


def encoded(encoder, src, lengths):
    return encoder.forward(src, torch.tensor(lengths))


def with_other_padding(student):
    """Outputs and final states of a batch, and those of the same with other ids in its padding."""
    garbage, encoder = SRC.clone(), an_encoder(student)
    garbage[0, 2:], garbage[2, 3:] = 7, 10
    return encoded(encoder, SRC, LENGTHS), encoded(encoder, garbage, LENGTHS)


def test_encoder_padding_changes_nothing(student):
    (outputs, _), (others, _) = with_other_padding(student)
    expect_tensor(outputs, (3, 5, H), what="the outputs")
    for row, length in enumerate(LENGTHS):
        now, then = others[row, :length], outputs[row, :length]
        expect_close(now, then, **NEAR, what="the outputs with other padding")


def test_final_does_not_see_the_padding(student):
    (_, final), (_, other) = with_other_padding(student)
    expect_tensor(final, (3, H), what="the final states")
    expect_close(other, final, **NEAR, what="the final states with other padding")


def together_and_alone(student):
    """What a batch gives, and what each of its sentences gives alone."""
    encoder = an_encoder(student)
    rows = [(SRC[row : row + 1, :length], [length]) for row, length in enumerate(LENGTHS)]
    return encoded(encoder, SRC, LENGTHS), [encoded(encoder, *row) for row in rows]


def test_encoder_batch_equals_one_by_one(student):
    (outputs, _), alone = together_and_alone(student)
    for row, length in enumerate(LENGTHS):
        one, what = alone[row][0], "the outputs of a sentence alone"
        expect_close(one[0], outputs[row, :length], **NEAR, what=what)


def test_final_of_a_batch_equals_one_by_one(student):
    (_, final), alone = together_and_alone(student)
    for row in range(3):
        what = "the final states of a sentence alone"
        expect_close(alone[row][1][0], final[row], **NEAR, what=what)


def test_encoder_forgets_what_it_read(student):
    encoder = an_encoder(student)
    outputs, final = encoded(encoder, SRC, LENGTHS)
    encoded(encoder, SRC.flip(0), LENGTHS[::-1])
    again, final_again = encoded(encoder, SRC, LENGTHS)
    for row, length in enumerate(LENGTHS):
        now, then = again[row, :length], outputs[row, :length]
        expect_close(now, then, **NEAR, what="the outputs of the same batch read again")
    expect_close(final_again, final, **NEAR, what="the final states of the same batch read again")


def test_encoder_final_is_both_ends_of_the_outputs(student):
    outputs, final = encoded(an_encoder(student), SRC, LENGTHS)
    expect_tensor(final, (3, H), what="the final states")
    for row, length in enumerate(LENGTHS):
        last, first = outputs[row, length - 1, : H // 2], outputs[row, 0, H // 2 :]
        expect_close(final[row, : H // 2], last, **NEAR, what="the forward half of final")
        expect_close(final[row, H // 2 :], first, **NEAR, what="the backward half of final")


def test_encoder_reads_in_both_directions(student):
    encoder, whole = an_encoder(student), SRC[1:2]
    outputs, _ = encoded(encoder, whole, [5])
    other = whole.clone()
    other[0, 4] = 3
    changed, _ = encoded(encoder, other, [5])
    now, then = changed[0, 0, : H // 2], outputs[0, 0, : H // 2]
    expect_close(now, then, **NEAR, what="the forward half of the first word")
    assert differ(changed[0, 0, H // 2 :], outputs[0, 0, H // 2 :]), (
        "the backward half must depend on the last word"
    )
    other = whole.clone()
    other[0, 0] = 3
    changed, _ = encoded(encoder, other, [5])
    assert differ(changed[0, 4, : H // 2], outputs[0, 4, : H // 2]), (
        "the forward half of the last word must depend on the first one"
    )
    now, then = changed[0, 4, H // 2 :], outputs[0, 4, H // 2 :]
    expect_close(now, then, **NEAR, what="the backward half of the last word")


def test_encoder_outputs_are_as_wide_as_the_source(student):
    # the longest sentence of this batch does not fill it
    encoder = an_encoder(student)
    outputs, _ = encoded(encoder, SRC[[0, 2]], [2, 3])
    expect_tensor(outputs, (2, 5, H), what="the outputs")
    whole, _ = encoded(encoder, SRC, LENGTHS)
    expect_close(outputs[0, :2], whole[0, :2], **NEAR, what="the outputs of the first sentence")


def test_encoder_reads_a_single_word(student):
    encoder = an_encoder(student)
    for src, lengths in (([[4], [7]], [1, 1]), ([[4, 0, 0], [7, 8, 9]], [1, 3])):
        outputs, final = encoded(encoder, torch.tensor(src), lengths)
        expect_close(final[0], outputs[0, 0], **NEAR, what="the final state of a single word")


def test_encoder_is_float32(student):
    outputs, final = encoded(student.seq2seq.Encoder(V, E, H), SRC, LENGTHS)
    expect_tensor(outputs, (3, 5, H), "float32", "the outputs")
    expect_tensor(final, (3, H), "float32", "the final states")


def test_encoder_leaves_everything_alone(student):
    expect_left_alone(student, an_encoder(student).forward, SRC, torch.tensor(LENGTHS))


def test_encoder_weights_depend_on_the_seed_alone(student):
    def final(seed, state):
        student.generators(seed=state)
        return encoded(student.seq2seq.Encoder(V, E, H, seed), SRC, LENGTHS)[1]

    one = final(3, 1)
    expect_close(final(3, 2), one, **NEAR, what="the final states with the same seed")
    assert bool((final(4, 1) - one).abs().max() > 1e-6), (
        "a different seed must give different weights"
    )


def test_encoder_parts_have_their_own_weights(student):
    expect_own_weights(student.seq2seq.Encoder(V, E, H, seed=5))


def test_encoder_refuses_an_odd_hidden(student):
    with expect_error(ValueError, naming="hidden"):
        student.seq2seq.Encoder(V, E, 7)


# ---- decoder --------------------------------------------------------------------------------------

KINDS = ["dot", "general", "additive"]
MASK = torch.tensor([[1, 1, 1, 1], [1, 1, 0, 0], [1, 0, 1, 0]]).bool()
MEMORY, FINAL = normal(3, 4, H, seed=1), normal(3, H, seed=2)
TOKENS = [[1, 2, 3], [4, 5, 6]]


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
    for _, weights in steps(student, decoder, TOKENS, [MEMORY, MEMORY]):
        expect_tensor(weights, (3, 4), what="the weights")
        expect_close(weights.sum(dim=1), [1.0] * 3, what="the sum of the weights")
        expect_close(weights[~MASK], [0.0] * 4, atol=0, what="the weights where masked")
        assert bool((weights >= 0).all()), "a weight is negative"
        assert differ(weights[0], torch.full((4,), 0.25)), "the weights must depend on the keys"


@pytest.mark.parametrize("kind", KINDS)
def test_decoder_does_not_see_masked_memory(student, kind):
    decoder = a_decoder(student, attention=kind)
    other = torch.where(MASK[:, :, None], MEMORY, 3 * normal(3, 4, H, seed=4))
    plain = steps(student, decoder, TOKENS, [MEMORY, MEMORY])
    changed = steps(student, decoder, TOKENS, [other, other])
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
    together = steps(student, decoder, TOKENS, [MEMORY, MEMORY])
    for row in range(3):
        one = slice(row, row + 1)
        tokens = [token[one] for token in TOKENS]
        alone = steps(student, decoder, tokens, [MEMORY[one]] * 2, FINAL[one], MASK[one])
        for (logits, weights), (all_logits, all_weights) in zip(alone, together, strict=True):
            expect_close(logits[0], all_logits[row], **NEAR, what="the logits of a row alone")
            expect_close(weights[0], all_weights[row], **NEAR, what="the weights of a row alone")


def test_decoder_reads_the_only_position_it_may(student):
    decoder, other = a_decoder(student), MEMORY.clone()
    mask = torch.tensor([[False, True, False, False]] * 3)
    other[:, 1] += normal(3, H, seed=10)
    found = [steps(student, decoder, TOKENS[:1], [m], mask=mask)[0] for m in (MEMORY, other)]
    # the weights are 1 there in any case: what is read is the memory itself
    (logits, _), (others, _) = found
    gap = (others - logits).abs().max(dim=1).values
    assert bool((gap > 1e-3).all()), "the logits must depend on what is read there"


def test_decoder_reads_the_token(student):
    decoder = a_decoder(student)
    ((one, _),) = steps(student, decoder, [[1, 2, 3]], [MEMORY])
    ((other, _),) = steps(student, decoder, [[7, 8, 9]], [MEMORY])
    gap = (one - other).abs().max(dim=1).values
    assert bool((gap > 1e-3).all()), "the logits must depend on the token"


def test_decoder_remembers_what_it_read(student):
    decoder = a_decoder(student)
    one = steps(student, decoder, [[1, 2, 3], [4, 5, 6]], [MEMORY, MEMORY])
    other = steps(student, decoder, [[7, 8, 9], [4, 5, 6]], [MEMORY, MEMORY])
    assert differ(one[1][0], other[1][0]), "the logits must depend on the tokens before"


def without_feeding(student, tokens):
    """Logits of each step. What was read before can only have come by way of the hidden state."""
    decoder = a_decoder(student, input_feeding=False)
    return [logits for logits, _ in steps(student, decoder, tokens, [MEMORY] * len(tokens))]


def test_decoder_remembers_without_input_feeding(student):
    first = [[1, 2, 3], [7, 8, 9]]
    one, other = (without_feeding(student, [tokens, [4, 5, 6]]) for tokens in first)
    assert differ(one[1], other[1]), "without input feeding, too, earlier tokens must count"


def test_decoder_state_moves_on(student):
    # the same token again and again: only the state can tell the steps apart
    one, two, three = without_feeding(student, [[1, 2, 3]] * 3)
    assert differ(one, two), "a second step with the same token must see another state"
    assert differ(two, three), "a third step with the same token must see another state"


def test_decoder_keeps_two_sentences_apart(student):
    """The state holds it all: two sentences in turn come out as one after the other."""
    decoder = a_decoder(student)
    sentences = (([1, 2, 3], [4, 5, 6]), ([7, 8, 9], [4, 5, 6]))
    plain = [steps(student, decoder, words, [MEMORY, MEMORY]) for words in sentences]
    states = [student.keep(decoder.initial_state, [FINAL]) for _ in sentences]
    for t in (0, 1):
        for i, words in enumerate(sentences):
            given = [torch.tensor(words[t]), states[i], MEMORY, MASK]
            logits, states[i], _ = student.keep(decoder.step, given, part=1)
            expect_close(logits, plain[i][t][0], **NEAR, what="the logits of two sentences in turn")


def test_decoder_begins_with_what_the_encoder_found(student):
    decoder = a_decoder(student)
    ((one, _),) = steps(student, decoder, [[1, 2, 3]], [MEMORY])
    ((other, _),) = steps(student, decoder, [[1, 2, 3]], [MEMORY], final=normal(3, H, seed=6))
    assert differ(one, other), "the first state must depend on the encoder's final states"


def second_steps(student, kind, *, feeding):
    """The logits of a second step, whose first step saw one memory or another.

    Only what the first step saw differs; the second reads the same token and memory.
    """
    decoder = a_decoder(student, attention=kind, input_feeding=feeding)
    seen = MEMORY + normal(3, 4, H, seed=7)
    return [steps(student, decoder, TOKENS, [first, MEMORY])[1][0] for first in (MEMORY, seen)]


@pytest.mark.parametrize("kind", KINDS)
def test_input_feeding_passes_the_attentional_vector_on(student, kind):
    one, other = second_steps(student, kind, feeding=True)
    assert differ(one, other), "with input feeding the last attentional vector is read"


@pytest.mark.parametrize("kind", KINDS)
def test_without_input_feeding_nothing_is_passed_on(student, kind):
    one, other = second_steps(student, kind, feeding=False)
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


@pytest.mark.parametrize("kind", ["dot", "general"])
def test_dot_and_general_scores_are_linear_in_the_memory(student, kind):
    assert curvature(student, kind) < 2e-3, f"{kind} scores are a linear function of the key"


def test_additive_scores_bend_in_the_memory(student):
    # a tanh bends: about 0.5 here
    assert curvature(student, "additive") > 0.02, (
        "additive scores are no linear function of the key"
    )


def used_numbers(student, kind):
    """How many numbers among the parameters have an influence on the logits."""
    encoder = student.seq2seq.Encoder(V, E, H, seed=1)
    decoder = student.seq2seq.Decoder(V, E, H, attention=kind, seed=2)
    model = student.seq2seq.Seq2Seq(encoder, decoder)
    given = [torch.tensor([[4, 5, 6]]), torch.tensor([3]), torch.tensor([[1, 3, 4, 2]])]
    found = student.gradients(model.forward, given, [normal(1, 3, V, seed=9)], [decoder])
    return sum(g.numel() for g in found.by_parameter[0].values() if bool((g != 0).any()))


def test_general_attention_has_a_matrix_of_its_own(student):
    more = used_numbers(student, "general") - used_numbers(student, "dot")
    assert more >= H * H, "general attention learns W, which dot attention has not"


def expect_same_steps(student, plain, spelt_out):
    """Two decoders of the same weights say the same."""
    both = [student.seq2seq.Decoder(V, E, H, seed=3, **options) for options in (plain, spelt_out)]
    both[1].load_state_dict(both[0].state_dict())
    one, other = (steps(student, decoder, TOKENS, [MEMORY, MEMORY]) for decoder in both)
    for (logits, weights), (others, other_weights) in zip(one, other, strict=True):
        expect_close(others, logits, **NEAR, what="the logits with the default spelt out")
        expect_close(other_weights, weights, **NEAR, what="the weights with the default spelt out")


def test_decoder_attends_by_dot_by_default(student):
    expect_same_steps(student, {}, {"attention": "dot"})


def test_decoder_feeds_by_default(student):
    expect_same_steps(student, {"attention": "dot"}, {"attention": "dot", "input_feeding": True})


def test_decoder_is_float32(student):
    decoder = student.seq2seq.Decoder(V, E, H, seed=3)
    for logits, weights in steps(student, decoder, TOKENS, [MEMORY, MEMORY]):
        expect_tensor(logits, (3, V), "float32", "the logits")
        expect_tensor(weights, (3, 4), "float32", "the weights")


def test_decoder_leaves_everything_alone(student):
    decoder = a_decoder(student)
    expect_left_alone(student, decoder.initial_state, FINAL)
    state, before = student.keep(decoder.initial_state, [FINAL]), student.generators()
    token = torch.tensor(TOKENS[0])
    _, after = student.with_arguments(decoder.step, token, state, MEMORY, MASK)
    expect_equal([after[0], *after[2:]], [token, MEMORY, MASK], "the arguments after the call")
    expect_equal(student.generators(), before, "the state of the global generators")


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


@pytest.mark.parametrize("kind", KINDS)
def test_decoder_parts_have_their_own_weights(student, kind):
    expect_own_weights(student.seq2seq.Decoder(V, E, H, attention=kind, seed=5))


def test_decoder_refuses_an_unknown_attention(student):
    with expect_error(ValueError, naming="attention"):
        student.seq2seq.Decoder(V, E, H, attention="cosine")
