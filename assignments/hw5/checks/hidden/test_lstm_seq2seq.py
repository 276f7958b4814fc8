"""Hidden checks of lstm_seq2seq.py (bonus)."""

import pytest
import torch

from grader.checking.expect import expect_close, expect_equal, expect_error, expect_tensor

SRC = torch.tensor([[3, 4, 5, 6], [6, 7, 0, 0], [8, 3, 9, 0]])
LENGTHS = torch.tensor([4, 2, 3])
TGT = torch.tensor([[1, 3, 4, 5], [1, 5, 6, 2], [1, 9, 8, 7]])


def ready(student, hidden=8, **options):
    return student.lstm_seq2seq.LSTMSeq2Seq(10, 12, 4, hidden, **options).eval()


def logits_of(model, src=SRC, lengths=LENGTHS, tgt=TGT, **options):
    return model(src, lengths, tgt, **options).detach()


def differ(one, other):
    return not torch.allclose(one, other, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(("hidden", "layers"), [(8, 1), (8, 2), (5, 3)])
def test_lstm_seq2seq_has_the_weights_it_needs(student, hidden, layers):
    model = student.lstm_seq2seq.LSTMSeq2Seq(10, 12, 4, hidden, layers)
    lstm = sum(4 * hidden * (width + hidden + 2) for width in [4] + [hidden] * (layers - 1))
    expected = (10 + 12) * 4 + 2 * lstm + hidden * 12 + 12
    count = sum(t.numel() for t in model.state_dict().values())
    expect_equal(count, expected, "the number of weights")
    h, c = model.encode(SRC, LENGTHS)
    for name, part in (("h", h), ("c", c)):
        expect_tensor(part.detach(), (layers, 3, hidden), what=name)


def test_lstm_seq2seq_padding_has_no_influence(student):
    model = ready(student)
    whole = logits_of(model)
    again = logits_of(model, SRC.masked_fill(SRC == 0, 7))
    expect_close(again, whole, rtol=1e-4, atol=1e-6, what="the logits with other padding")
    for row, length in enumerate(LENGTHS.tolist()):
        one = slice(row, row + 1)
        alone = logits_of(model, SRC[one, :length], LENGTHS[one], TGT[one])
        expect_close(
            alone[0], whole[row], rtol=1e-4, atol=1e-6, what="the logits of a pair by itself"
        )
    assert differ(whole[0, 0], whole[1, 0]), "another source must give other logits"


def test_lstm_seq2seq_reads_source_and_prefix(student):
    model = ready(student)
    whole = logits_of(model)
    for place in range(4):
        src = SRC.clone()
        src[0, place] = 9
        changed = logits_of(model, src)
        assert differ(changed[0], whole[0]), f"the source's word {place} must have an influence"
    tgt = TGT.clone()
    tgt[:, 1] = 10
    changed = logits_of(model, tgt=tgt)
    expect_close(changed[:, 0], whole[:, 0], what="the logits before the word that was changed")
    assert differ(changed[:, 1], whole[:, 1]), "the word just read must have an influence"
    assert differ(changed[:, 2], whole[:, 2]), "the word before it must have an influence"


def test_lstm_seq2seq_passes_h_and_c_on(student):
    model = ready(student)
    state = student.keep(model.begin, [SRC, LENGTHS])
    h, c = model.encode(SRC, LENGTHS)
    whole = torch.log_softmax(logits_of(model), dim=-1)
    for t in range(3):
        pair = model.advance(TGT[:, t], state)
        expect_close(pair[0].detach(), whole[:, t], atol=1e-5, what=f"advance at step {t}")
        state = pair[1]
    assert differ(h.detach(), c.detach()), "h and c are two different states"


def test_lstm_seq2seq_follows_its_own_guess(student):
    model = ready(student, hidden=16)
    own = logits_of(model, teacher_forcing=0.0)
    tgt = TGT.clone()
    tgt[:, 1:3] = own[:, :2].argmax(dim=-1)
    expect_close(own, logits_of(model, tgt=tgt), what="the logits without a teacher")
    other = TGT.clone()
    other[:, 1:] = 11
    expect_close(own, logits_of(model, tgt=other, teacher_forcing=0.0), what="without a teacher")


def test_lstm_seq2seq_selects_rows(student):
    model = ready(student)
    rows = torch.tensor([2, 0, 2])
    state = model.select(model.begin(SRC, LENGTHS), rows)
    got = model.advance(TGT[rows, 0], state)[0].detach()
    wanted = torch.log_softmax(logits_of(model)[rows, 0], dim=-1)
    expect_close(got, wanted, atol=1e-5, what="the log-probabilities of the chosen rows")


def test_lstm_seq2seq_learns_through_the_bottleneck(student):
    model = ready(student)
    cotangent = torch.zeros(3, 3, 12)
    cotangent[:, 2] = 1.0
    cotangent[:, 2, 5] = -3.0
    (gradients,) = student.gradients(
        model.forward, [SRC, LENGTHS, TGT], [cotangent], [model]
    ).by_parameter
    for name, weight in model.state_dict().items():
        got = gradients.get(name)
        assert got is not None, f"{name} must get a gradient"
        assert got.shape == weight.shape, f"the gradient of {name} must have its shape"
        assert got.abs().max() > 0, f"{name} must get a gradient"


def pulls_on_the_source(student, seed):
    """How the source's embeddings move the logits of two steps, as directions.

    h and c are one number each. If only one of them were passed on, all steps would depend on the
    source through this number, and the directions would be the same.
    """
    model = ready(student, hidden=1, layers=1)
    generator, state = torch.Generator().manual_seed(seed), model.state_dict()
    for name, value in state.items():
        state[name] = value + torch.randn(value.shape, generator=generator)
    model.load_state_dict(state)
    found = []
    for step in (0, 2):
        toward = torch.zeros(3, 3, 12)
        toward[0, step] = torch.arange(12.0)
        pull = student.gradients(model.forward, [SRC, LENGTHS, TGT], [toward], [model])
        tables = [g for g in pull.by_parameter[0].values() if tuple(g.shape) == (10, 4)]
        assert tables, "the source's embeddings are a table of a line for each word"
        pull = torch.cat([table.flatten() for table in tables]).double()
        found.append(pull / pull.norm().clamp(min=1e-30))
    return found


def test_lstm_seq2seq_hands_over_h_and_c(student):
    # with h alone or c alone the angle is rounding, 1e-7; with both it is far larger for most weights
    for seed in range(6):
        one, other = pulls_on_the_source(student, seed)
        if float((one - (one @ other) * other).norm()) > 1e-4:
            return
    raise AssertionError("the decoder begins with both h and c of the encoder")


def test_lstm_seq2seq_drops_in_training_alone(student):
    model = student.lstm_seq2seq.LSTMSeq2Seq(10, 12, 4, 16)
    model.train()
    assert differ(*(logits_of(model) for _ in range(2))), "two calls must drop different units"
    model.eval()
    one, other = (logits_of(model) for _ in range(2))
    expect_close(one, other, what="the logits of two calls in evaluation mode")


def test_lstm_seq2seq_does_not_drop_when_told_so(student):
    model = student.lstm_seq2seq.LSTMSeq2Seq(10, 12, 4, 8, dropout=0.0)
    model.train()
    one, other = (logits_of(model) for _ in range(2))
    expect_close(one, other, what="the logits of two calls without dropout")


def test_lstm_seq2seq_depends_on_its_seed_alone(student):
    states = []
    for state, seed in ((1, 5), (2, 5), (2, 6)):
        student.generators(seed=state)
        states.append(ready(student, seed=seed).state_dict())
    for name, weight in states[0].items():
        expect_close(states[1][name], weight, what=f"{name} with the same seed")
    assert any(not torch.equal(states[2][n], w) for n, w in states[0].items()), (
        "a different seed must give other weights"
    )


def test_lstm_seq2seq_leaves_its_arguments_alone(student):
    model = ready(student)
    before = student.generators()
    _, after = student.with_arguments(model, SRC, LENGTHS, TGT, 0.5, 3)
    expect_equal(after[:3], [SRC, LENGTHS, TGT], "the arguments after the call")
    expect_equal(student.generators(), before, "the state of the global generators")
    expect_tensor(model(SRC, LENGTHS, TGT), (3, 3, 12), "float32", "the logits")


def test_lstm_seq2seq_refuses_an_impossible_share(student):
    model = ready(student)
    for share in (-0.1, 1.5):
        with expect_error(ValueError, naming="teacher_forcing"):
            model(SRC, LENGTHS, TGT, share)
