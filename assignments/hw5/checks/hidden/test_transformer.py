"""Hidden checks of Transformer: what may influence what, positions, scale, tying, the protocol.

How a student names the parts is free: a model is compared with itself, and an embedding table is
found by its shape.
"""

import math

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

SOURCES, TARGETS, D, HEADS, LAYERS, FF, MAX = 11, 13, 8, 2, 2, 20, 16
# float32 through two layers: honest orders of summation differ by about 1e-6
NEAR = {"rtol": 1e-4, "atol": 2e-5}
SRC, LENGTHS = torch.tensor([[4, 5, 6, 7, 3], [8, 9, 0, 0, 0]]), torch.tensor([5, 2])
MASK = torch.tensor([[True] * 5, [True, True, False, False, False]])
TGT = torch.tensor([[1, 3, 4, 9], [1, 6, 7, 2]])


def a_model(student, **options):
    options = {"dropout": 0.0, "max_len": MAX, "seed": 1, **options}
    return student.transformer.Transformer(SOURCES, TARGETS, D, HEADS, LAYERS, FF, **options)


def differ(one, other):
    return one.shape != other.shape or bool((one - other).abs().max() > 1e-3)


def stepped(student, model, tokens, rows=None):
    """Log-probabilities of `advance` along tokens (B, T); after the first word `rows` are selected."""
    state, found = student.keep(model.begin, [SRC, LENGTHS]), []
    for t in range(tokens.shape[1]):
        if rows is not None and t == 1:
            state = student.keep(model.select, [state, torch.tensor(rows)])
            tokens = tokens[rows]
        log_probs, state = student.keep(model.advance, [tokens[:, t], state], part=1)
        found.append(log_probs)
    return found


@pytest.mark.parametrize("norm", ["post", "pre"])
def test_transformer_does_not_see_the_future(student, norm):
    model = a_model(student, norm=norm)
    logits = model.forward(SRC, LENGTHS, TGT)
    expect_tensor(logits, (2, 4, TARGETS), what="the logits")
    for j in range(1, 4):
        other = TGT.clone()
        other[:, j:] = 10
        changed = model.forward(SRC, LENGTHS, other)
        expect_close(changed[:, :j], logits[:, :j], **NEAR, what="the logits before a changed word")
        assert differ(changed[:, j], logits[:, j]), "position t must see tgt[:, t]"


@pytest.mark.parametrize("norm", ["post", "pre"])
def test_transformer_does_not_see_the_padding(student, norm):
    model = a_model(student, norm=norm)
    logits = model.forward(SRC, LENGTHS, TGT)
    garbage = SRC.clone()
    garbage[1, 2:] = 10
    changed = model.forward(garbage, LENGTHS, TGT)
    expect_close(changed, logits, **NEAR, what="the logits with other padding")


def test_transformer_batch_equals_one_by_one(student):
    model = a_model(student)
    logits = model.forward(SRC, LENGTHS, TGT)
    for row, length in enumerate(LENGTHS.tolist()):
        one = slice(row, row + 1)
        alone = model.forward(SRC[one, :length], LENGTHS[one], TGT[one])
        expect_close(alone, logits[one], **NEAR, what="the logits of a sentence alone")


def test_transformer_reads_the_source(student):
    model = a_model(student)
    logits = model.forward(SRC, LENGTHS, TGT)
    other = SRC.clone()
    other[:, 1] = 10
    assert differ(model.forward(other, LENGTHS, TGT), logits), "the source must have an influence"


def expect_decode_of_encode(student, lengths, mask):
    model = a_model(student)
    logits = model.decode(TGT, model.encode(SRC, mask), mask)
    expect_tensor(logits, (2, 4, TARGETS), what="the logits")
    expect_close(model.forward(SRC, lengths, TGT), logits, **NEAR, what="what forward returns")


def test_forward_is_decode_of_encode(student):
    expect_decode_of_encode(student, torch.tensor([5, 5]), torch.ones(2, 5, dtype=torch.bool))


def test_forward_masks_by_the_lengths(student):
    expect_decode_of_encode(student, LENGTHS, MASK)


def some_memory(student):
    return a_model(student), torch.randn(2, 5, D, generator=torch.Generator().manual_seed(3))


def test_decode_looks_at_the_memory_where_it_may(student):
    model, memory = some_memory(student)
    logits = model.decode(TGT, memory, MASK)
    other = torch.where(MASK[:, :, None], memory, memory.roll(1, 0) + 3.0)
    expect_close(model.decode(TGT, other, MASK), logits, **NEAR, what="with other masked memory")


def test_decode_reads_the_memory(student):
    model, memory = some_memory(student)
    one, other = student.map(
        model.decode, [(TGT, m, MASK) for m in (memory, memory + 1.5 * memory.roll(1, -1))]
    )
    assert differ(one, other), "the memory must have an influence"


def test_encode_does_not_see_the_padding(student):
    model, garbage = a_model(student), SRC.clone()
    garbage[1, 2:] = 10
    one, other = student.map(model.encode, [(SRC, MASK), (garbage, MASK)])
    expect_close(other[1, :2], one[1, :2], **NEAR, what="the memory with other padding")
    expect_close(other[0], one[0], **NEAR, what="the memory of a sentence without padding")
    # the mask tells what is padding, not the id
    src, mask = torch.tensor([[4, 0, 5]]), torch.ones(1, 3, dtype=torch.bool)
    one = model.encode(src, mask)
    with_table(model, SOURCES, {0: RAMP})
    other = model.encode(src, mask)
    for place in (0, 2):
        assert differ(other[0, place], one[0, place]), "a word that is not masked has an influence"


def test_order_matters_to_the_encoder(student):
    model, mask = a_model(student), torch.ones(1, 3, dtype=torch.bool)
    one = model.encode(torch.tensor([[4, 5, 6]]), mask)
    other = model.encode(torch.tensor([[6, 4, 5]]), mask)
    # without positions the memory would only change places
    assert differ(other[0, [1, 2, 0]], one[0]), "positions must be added to the source"


def with_table(model, rows, changes):
    """Overwrite lines of the embedding with this many rows, found by its shape."""
    state = model.state_dict()
    names = [name for name, value in state.items() if tuple(value.shape) == (rows, D)]
    assert names, f"there must be an embedding table of shape {(rows, D)}"
    for name in names:
        state[name] = state[name].clone()
        for row, line in changes.items():
            state[name][row] = line
    model.load_state_dict(state)


RAMP = torch.linspace(-2.0, 2.0, D)  # a word vector unlike any that was drawn


def test_decode_sees_every_word(student):
    """Whatever its id: other numbers in its line of the table change all that comes after it."""
    for word in (0, 1, 2, 12):
        model, memory = some_memory(student)
        tgt = torch.tensor([[5, word, 4, 9], [3, word, 7, 6]])
        one = model.decode(tgt, memory, MASK)
        expect_tensor(one, (2, 4, TARGETS), what="the logits")
        with_table(model, TARGETS, {word: RAMP})
        other = model.decode(tgt, memory, MASK)
        for t in (2, 3):
            # the output layer may hold a line of this shape too: the word's own logit
            told = differ(other[:, t, 3:12], one[:, t, 3:12])
            assert told, "position t sees every word up to its own, whatever its id"


def same_input_at_two_places(student):
    """Word 3 at place 0 and word 4 at place 1 go in as the same vector:

    0 sqrt(D) + position(0)  =  (position(0) - position(1)) / sqrt(D) * sqrt(D) + position(1)

    The positions are the student's own: whether they are right is asked elsewhere.
    """
    table = student.transformer.positional_encoding(2, D)
    expect_tensor(table, (2, D), what="the positional encoding")
    assert differ(table[0], table[1]), "the two positions are told apart"
    return {3: torch.zeros(D), 4: (table[0] - table[1]).float() / math.sqrt(D)}


def test_source_embeddings_are_scaled_and_have_positions(student):
    model = a_model(student)
    with_table(model, SOURCES, same_input_at_two_places(student))
    memory = model.encode(torch.tensor([[3, 4]]), torch.ones(1, 2, dtype=torch.bool))
    expect_close(memory[0, 1], memory[0, 0], **NEAR, what="the memory of a vector that comes twice")
    swapped = model.encode(torch.tensor([[4, 3]]), torch.ones(1, 2, dtype=torch.bool))
    assert differ(swapped[0, 0], swapped[0, 1]), "words are told apart"


def test_target_embeddings_are_scaled_and_have_positions(student):
    model = a_model(student)
    with_table(model, TARGETS, same_input_at_two_places(student))
    logits = model.forward(SRC[:1], LENGTHS[:1], torch.tensor([[3, 4]]))
    expect_close(logits[0, 1], logits[0, 0], **NEAR, what="the logits of a vector that comes twice")
    swapped = model.forward(SRC[:1], LENGTHS[:1], torch.tensor([[4, 3]]))
    assert differ(swapped[0, 0], swapped[0, 1]), "words are told apart"


def test_transformer_is_float32(student):
    model = a_model(student)
    expect_tensor(model.forward(SRC, LENGTHS, TGT), (2, 4, TARGETS), "float32", "the logits")
    memory = model.encode(SRC, MASK)
    expect_tensor(memory, (2, 5, D), "float32", "the memory")
    logits = model.decode(TGT, memory, MASK)
    expect_tensor(logits, (2, 4, TARGETS), "float32", "the logits of decode")


def test_encode_leaves_everything_alone(student):
    expect_left_alone(student, a_model(student).encode, SRC, MASK)


def test_decode_leaves_everything_alone(student):
    model, memory = some_memory(student)
    expect_left_alone(student, model.decode, TGT, memory, MASK)


def test_transformer_leaves_everything_alone(student):
    expect_left_alone(student, a_model(student).forward, SRC, LENGTHS, TGT)


# ---- begin, advance, select -----------------------------------------------------------------------


def test_transformer_advance_equals_forward(student):
    model = a_model(student)
    expected = torch.log_softmax(model.forward(SRC, LENGTHS, TGT), dim=-1)
    for t, log_probs in enumerate(stepped(student, model, TGT)):
        expect_tensor(log_probs, (2, TARGETS), what="the log-probabilities")
        found = torch.log_softmax(log_probs, dim=-1)
        expect_close(found, expected[:, t], **NEAR, what=f"step {t} of advance")


def test_transformer_log_probabilities_are_normalised(student):
    for log_probs in stepped(student, a_model(student), TGT[:, :2]):
        total = log_probs.exp().sum(dim=-1)
        expect_close(total, torch.ones(2), what="the sum of probabilities")


def test_transformer_select_reorders_and_repeats_rows(student):
    model = a_model(student)
    plain, rows = stepped(student, model, TGT), [1, 1, 0]
    picked = stepped(student, model, TGT, rows)
    for t in (1, 2, 3):
        expect_close(picked[t], plain[t][rows], **NEAR, what="the rows in a different order")


def test_transformer_begins_two_sources_in_turn(student):
    """The state holds it all: what is begun meanwhile has no influence."""
    model = a_model(student)
    plain = stepped(student, model, TGT[:, :3])
    state = student.keep(model.begin, [SRC, LENGTHS])
    other = student.keep(model.begin, [SRC + 1, LENGTHS])
    for t in range(3):
        log_probs, state = student.keep(model.advance, [TGT[:, t], state], part=1)
        _, other = student.keep(model.advance, [TGT[:, t], other], part=1)
        expect_close(log_probs, plain[t], **NEAR, what="the rows of the source begun first")


def test_transformer_search_leaves_everything_alone(student):
    model, rows = a_model(student), torch.tensor([1, 0])
    expect_left_alone(student, model.begin, SRC, LENGTHS)
    state, before = student.keep(model.begin, [SRC, LENGTHS]), student.generators()
    tokens = TGT[:, 0].contiguous()
    _, after = student.with_arguments(model.advance, tokens, state)
    expect_equal(after[0], tokens, "the tokens after the call")
    _, after = student.with_arguments(model.select, state, rows)
    expect_equal(after[1], rows, "the indices after the call")
    expect_equal(student.generators(), before, "the state of the global generators")


# ---- options --------------------------------------------------------------------------------------


def parameter_count(student, model):
    """Numbers that are trained; what is shared counts once."""
    toward = torch.ones(2, 4, TARGETS)
    found = student.gradients(model.forward, [SRC, LENGTHS, TGT], [toward], [model])
    return sum(gradient.numel() for gradient in found.by_parameter[0].values())


def test_each_layer_has_its_own_weights(student):
    def count(layers):
        model = student.transformer.Transformer(
            SOURCES, TARGETS, D, HEADS, layers, FF, dropout=0.0, max_len=MAX
        )
        return parameter_count(student, model)

    attention, feed, norm = 4 * (D * D + D), 2 * D * FF + FF + D, 2 * D
    both_layers = (attention + feed + 2 * norm) + (2 * attention + feed + 3 * norm)
    expect_equal(count(3) - count(2), both_layers, "the parameters of one more layer on each side")


def test_tie_shares_the_target_table(student):
    apart = parameter_count(student, a_model(student, tie=False))
    tied = parameter_count(student, a_model(student, tie=True))
    # a tied output layer may do without a bias of its own
    assert apart - tied in {TARGETS * D, TARGETS * D + TARGETS}, (
        "with tie the output layer and the target embedding are one table"
    )


def test_a_tied_table_is_read_and_written(student):
    model = a_model(student, tie=True)
    logits = model.forward(SRC, LENGTHS, TGT)
    expect_tensor(logits, (2, 4, TARGETS), what="the logits of a tied model")
    with_table(model, TARGETS, {12: torch.full((D,), 3.0)})
    changed = model.forward(SRC, LENGTHS, TGT)  # no target has word 12
    expect_close(changed[..., :12], logits[..., :12], **NEAR, what="the logits of other words")
    assert differ(changed[..., 12], logits[..., 12]), "the target table also gives the logits"


def test_transformer_drops_in_training_only(student):
    model = a_model(student, dropout=0.5)
    calls = [(SRC, LENGTHS, TGT)] * 2
    model.train()
    one, other = student.map(model.forward, calls)
    assert differ(one, other), "in training mode dropout must act"
    model.eval()
    one, other = student.map(model.forward, calls)
    expect_close(one, other, **NEAR, what="two results in evaluation mode")


def test_transformer_drops_from_its_embeddings(student):
    model = a_model(student, dropout=0.5)
    state = model.state_dict()
    for name, value in state.items():  # blocks that say nothing: nothing of them can be dropped
        if name.rsplit(".", 1)[0].endswith(("out_proj", "linear2")):
            state[name] = torch.zeros_like(value)
    model.load_state_dict(state)
    model.train()
    one, other = student.map(model.forward, [(SRC, LENGTHS, TGT)] * 2)
    assert differ(one, other), "dropout must act on the target's embeddings"
    one, other = student.map(model.encode, [(SRC, MASK)] * 2)
    assert differ(one, other), "dropout must act on the source's embeddings"


def test_transformer_has_the_defaults(student):
    """What is not given is the same as the handout's default, dropout in training mode too."""

    def logits(**options):
        model = student.transformer.Transformer(SOURCES, TARGETS, 8, d_ff=16, **options)
        weights.update(weights or model.state_dict())
        model.load_state_dict(weights)
        model.train()
        student.generators(seed=1)
        return model.forward(SRC, LENGTHS, TGT)

    weights = {}
    spelt_out = {"heads": 8, "layers": 6, "dropout": 0.1, "max_len": 512, "tie": False}
    one, other = logits(), logits(**spelt_out, norm="post")
    expect_close(other, one, **NEAR, what="the logits with the defaults spelt out")


def test_transformer_weights_depend_on_the_seed_alone(student):
    def logits(seed, state):
        student.generators(seed=state)
        return a_model(student, seed=seed).forward(SRC, LENGTHS, TGT)

    one = logits(3, 1)
    expect_close(logits(3, 2), one, **NEAR, what="the logits with the same seed")
    assert differ(logits(4, 1), one), "a different seed must give different weights"


def test_transformer_parts_have_their_own_weights(student):
    expect_own_weights(a_model(student, seed=5))


def test_transformer_norm_is_passed_on(student):
    post, pre = (a_model(student, norm=norm).encode(SRC, MASK) for norm in ("post", "pre"))
    assert differ(post, pre), "norm must have an effect"


def test_transformer_heads_are_passed_on(student):
    def logits(heads):
        sizes = (D, heads, LAYERS, FF)
        model = student.transformer.Transformer(
            SOURCES, TARGETS, *sizes, dropout=0.0, max_len=MAX, seed=1
        )
        weights.update(weights or model.state_dict())
        model.load_state_dict(weights)
        return model.forward(SRC, LENGTHS, TGT)

    weights = {}
    assert bool((logits(1) - logits(4)).abs().max() > 1e-4), "heads must have an effect"


def test_transformer_refuses_an_unknown_norm(student):
    with expect_error(ValueError, naming="norm"):
        a_model(student, norm="middle")
