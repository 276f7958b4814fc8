"""Hidden checks of the language model.

Names of parameters are free, so the model is judged by laws: of the past and the future, of the
state, and of its own logits. Its weights are made three times as large, so that no law is nearly
uniform. Two runs of one model agree to rounding only: the last bit may depend on where in memory a
matrix lies.
"""

import math

import pytest
import torch
import torch.nn.functional as F

from grader.checking.expect import (
    expect_close,
    expect_equal,
    expect_error,
    expect_tensor,
    expect_type,
)

V, E, H = 11, 5, 7


def some_ids(seed, *shape):
    return torch.randint(0, V, shape, generator=torch.Generator().manual_seed(seed))


def sharp(student, factor=3.0, **options):
    sizes = {"vocab_size": V, "embed_size": E, "hidden_size": H, **options}
    model = student.model.LSTMLanguageModel(**sizes).double()
    model.eval()
    weights = {
        name: factor * weight if weight.is_floating_point() else weight
        for name, weight in model.state_dict().items()
    }
    model.load_state_dict(weights)
    return model


def obeys_its_seed(student, make):
    student.generators(seed=1)
    one = make(E, H, seed=3).state_dict()
    student.generators(seed=2)
    two, other = make(E, H, seed=3).state_dict(), make(E, H, seed=4).state_dict()
    same = all(torch.allclose(two[name], one[name]) for name in one)
    return same and not all(torch.allclose(other[name], one[name]) for name in one)


def lstm_is_sound(student, layers=2):
    """Whether the student's LSTM is the run of its own cells; if not, that is paid in cells.py."""
    lstm = student.cells.LSTM(E, H, layers).double()
    lstm.eval()
    generator = torch.Generator().manual_seed(17)
    x = below = torch.randn(4, 3, E, generator=generator, dtype=torch.float64)
    _, begin = lstm(x[:1])
    got = [lstm(x)[0], lstm(x[1:], begin)[0]]
    for number in range(layers):
        h = c = torch.zeros(3, H, dtype=torch.float64)
        above = []
        for row in below:
            h, c = lstm.cells[number](row, (h, c))
            above.append(h)
        below = torch.stack(above)
    return torch.allclose(got[0], below) and torch.allclose(got[1], below[1:])


def run(model, ids, *state):
    """What a call gives: logits of the right shape, or no law says anything of them, and the state."""
    logits, after = model(ids, *state)
    expect_tensor(logits, (*ids.shape, V), what="the logits")
    return logits, after


def own_nll(model, data, bptt=None):
    """Mean of -ln P over every id but the first row's, by the student's own logits."""
    rows, state = [], None
    for window in data[:-1].split(bptt or len(data)):
        logits, state = model(window, state)
        rows.append(logits)
    return F.cross_entropy(torch.cat(rows).double().flatten(0, 1), data[1:].flatten()).item()


def expect_perplexity(got, model, data, bptt, what):
    """By the logits of the whole text; or of its windows, which in a right model are the same."""
    try:
        expect_close(got, math.exp(own_nll(model, data)), rtol=1e-6, what=what)
    except AssertionError as difference:
        try:
            expect_close(got, math.exp(own_nll(model, data, bptt)), rtol=1e-6, what=what)
        except AssertionError:
            raise difference from None


# ---- the model -------------------------------------------------------------------------------------


def test_model_returns_a_tuple_and_keeps_its_dtype(student):
    model, ids = student.model.LSTMLanguageModel(V, E, H), some_ids(1, 4, 2)
    for name in ("float32", "float64"):
        made = model if name == "float32" else model.double()
        before = student.generators(seed=20)
        result, after = student.with_arguments(made.forward, ids)
        expect_equal(student.generators(), before, "the global random generators after the call")
        expect_type(result, tuple, "what forward returns")
        expect_tensor(result[0], (4, 2, V), name, "the logits")
        expect_equal(after, [ids], "ids after the call")


@pytest.mark.parametrize("layers", [1, 2])
def test_model_does_not_look_ahead(student, layers):
    if not lstm_is_sound(student, layers):
        return
    model = sharp(student, num_layers=layers)
    ids = some_ids(2, 7, 3)
    logits, _ = run(model, ids)
    for t in (1, 4, 6):
        changed = ids.clone()
        changed[t:] = (changed[t:] + 1 + some_ids(3, 7 - t, 3) % (V - 1)) % V
        got, _ = model(changed)
        expect_close(got[:t], logits[:t], what=f"the logits before step {t}, later ids changed")
        assert not torch.allclose(got[t], logits[t]), "the id of a step must change its own logits"


def test_model_looks_back(student):
    model = sharp(student)
    ids = some_ids(4, 6, 3)
    changed = ids.clone()
    changed[0] = (changed[0] + 1) % V
    before, after = run(model, ids)[0], run(model, changed)[0]
    assert not torch.allclose(after[5], before[5]), "the first id is forgotten"


def test_model_keeps_columns_apart(student):
    if not lstm_is_sound(student):
        return
    model = sharp(student, num_layers=2)
    ids = some_ids(5, 6, 3)
    logits, _ = run(model, ids)
    for b in range(3):
        alone, _ = model(ids[:, b : b + 1])
        expect_close(alone, logits[:, b : b + 1], what=f"the logits of column {b} by itself")


@pytest.mark.parametrize("layers", [1, 2])
def test_model_carries_its_state(student, layers):
    if not lstm_is_sound(student, layers):
        return
    model = sharp(student, num_layers=layers)
    ids = some_ids(6, 7, 3)
    whole, _ = run(model, ids)
    first, state = model(ids[:3])
    second, state = model(ids[3:4], state)
    third, _ = model(ids[4:], state)
    got = torch.cat([first, second, third])
    expect_close(got, whole, what="the logits of three windows, the state carried over")


def test_model_without_a_state_begins_afresh(student):
    model = sharp(student)
    ids = some_ids(7, 4, 3)
    first, _ = run(model, ids)
    expect_close(model(ids)[0], first, what="the logits of a second call without a state")
    expect_close(model(ids, None)[0], first, what="the logits with the state None")


def matrices(model):
    """The float (V, E) and (E, V) tensors among the model's parameters, after a fresh load."""
    weights = model.state_dict()
    generator = torch.Generator().manual_seed(0)
    fresh = {name: torch.randn(w.shape, generator=generator) for name, w in weights.items()}
    model.load_state_dict(fresh)
    found = [w for w in model.state_dict().values() if w.dim() == 2 and V in w.shape]
    return [w if w.shape[0] == V else w.t() for w in found]


def test_model_ties_its_weights(student):
    tied = matrices(student.model.LSTMLanguageModel(V, H, H, tie_weights=True))
    assert tied, "the embedding is a parameter of shape (V, E)"
    same = all(w.shape == tied[0].shape and torch.equal(w, tied[0]) for w in tied)
    assert same, "embedding and output layer must still share one matrix after it changes"
    model, ids = student.model.LSTMLanguageModel(V, H, H, tie_weights=True), some_ids(20, 3, 2)
    logits, state = model(ids)
    weights = [torch.ones_like(logits), *(None for _ in _floats(state))]
    gradients = student.gradients(model, [ids], weights, [model]).by_parameter[0].values()
    number = sum(g.dim() == 2 and V in g.shape for g in gradients)
    expect_equal(number, 1, "the number of parameters (V, E) that training would change")
    free = matrices(student.model.LSTMLanguageModel(V, H, H))
    assert len(free) >= 2, "without tie_weights the output layer has its own matrix"
    assert not torch.equal(free[0], free[1]), "without tie_weights the matrices differ"


def test_model_with_tied_weights_obeys_the_same_laws(student):
    model = sharp(student, embed_size=H, tie_weights=True)
    ids = some_ids(8, 6, 3)
    logits, _ = model(ids)
    expect_tensor(logits, (6, 3, V), what="the logits")
    if not lstm_is_sound(student):
        return
    first, state = model(ids[:2])
    second, _ = model(ids[2:], state)
    expect_close(torch.cat([first, second]), logits, what="two windows, the state carried over")


def test_model_refuses_to_tie_unequal_sizes(student):
    with expect_error(ValueError, naming=("tie_weights", "embed_size", "hidden_size")):
        student.model.LSTMLanguageModel(V, E, H, tie_weights=True)


def test_model_obeys_its_sizes(student):
    sizes = {"vocab_size": V, "embed_size": E, "hidden_size": H}

    def count(**changes):
        model = student.model.LSTMLanguageModel(**{**sizes, **changes})
        return sum(weight.numel() for weight in model.state_dict().values())

    base = count()
    for change in ({"vocab_size": 12}, {"embed_size": 6}, {"hidden_size": 8}):
        assert count(**change) > base, f"{change} must make a larger model"
    cell = 4 * H * (2 * H + 2)
    for layers in (2, 3):
        got = count(num_layers=layers) - count(num_layers=layers - 1)
        expect_close(got, cell, what=f"the parameters that layer {layers} adds")


def test_model_depends_on_its_seed_alone(student):
    def logits(**seed):
        model = student.model.LSTMLanguageModel(V, E, H, num_layers=2, **seed)
        return run(model, some_ids(9, 5, 2))[0]

    if not obeys_its_seed(student, student.cells.LSTM):
        return  # that costs points where cells.py is checked
    student.generators(seed=1)
    one = logits(seed=3)
    student.generators(seed=2)
    expect_close(logits(seed=3), one, what="the logits with the same seed")
    assert not torch.allclose(logits(seed=4), one), "a different seed must give a different model"


def test_model_leaves_the_global_generators_alone(student):
    before = student.generators(seed=1)
    student.cells.LSTM(E, H, 2)
    if student.generators() != before:
        return  # that costs points where cells.py is checked
    student.model.LSTMLanguageModel(V, E, H, num_layers=2, dropout=0.3, tie_weights=False, seed=3)
    expect_equal(student.generators(), before, "the global random generators after the call")


def test_model_has_the_promised_defaults(student):
    ids = some_ids(19, 4, 2)
    made = student.model.LSTMLanguageModel
    plain, named = made(V, H, H), made(V, H, H, 1, 0.0, False, 0)
    found = [{tuple(w.shape) for w in model.state_dict().values()} for model in (plain, named)]
    expect_equal(sorted(found[0]), sorted(found[1]), "the shapes of the parameters")
    one, two = plain(ids)[0], named(ids)[0]  # in training mode: no dropout by default
    expect_close(one, two, what="the logits without options, against those with all defaults")


def test_model_drops_in_training(student):
    model = sharp(student, num_layers=2, dropout=0.5)
    ids = some_ids(10, 6, 3)
    still, _ = model(ids)
    model.train()
    assert not torch.allclose(model(ids)[0], still), "in training mode dropout must act"


def test_model_does_not_drop_in_evaluation(student):
    model = sharp(student, num_layers=2, dropout=0.5)
    ids = some_ids(10, 6, 3)
    still, _ = model(ids)
    for _ in range(2):
        expect_close(model(ids)[0], still, what="the logits of another run in evaluation mode")


def reached_through(student, state):
    """Of the parts of a state how many there are, and how many get a gradient through detach."""
    flat = list(_floats(state))
    if not flat:  # an object of the student's own: nothing more can be seen
        return 0, 0
    found = student.gradients(student.model.detach, [state], [torch.ones_like(x) for x in flat])
    return len(flat), sum(g is not None and bool((g != 0).any()) for g in found.by_argument)


def expect_a_cut(student, state):
    """What hands back what it was given keeps everything: it has not begun to detach."""
    parts, reached = reached_through(student, state)
    assert not parts or reached < parts, "no gradient may flow back through a detached state"


def test_detach_keeps_the_values(student):
    model = sharp(student, num_layers=2)
    _, state = model(some_ids(11, 5, 3))
    expect_a_cut(student, state)
    more = some_ids(16, 2, 3)
    wanted, _ = model(more, state)
    got, _ = model(more, student.model.detach(state))
    expect_close(got, wanted, what="the logits after it")


def test_detach_cuts_the_gradient(student):
    model = sharp(student, num_layers=2)
    _, state = model(some_ids(11, 5, 3))
    _, reached = reached_through(student, state)
    assert not reached, "no gradient may flow back through a detached state"


def test_detach_keeps_the_structure(student):
    model = sharp(student, num_layers=2)
    _, state = model(some_ids(11, 5, 3))
    if not _floats(state):
        return
    expect_a_cut(student, state)
    before = student.generators(seed=20)
    got, after = student.with_arguments(student.model.detach, state)
    expect_equal(got, state, "the state after detach")
    expect_equal(after, [state], "the state before it, after the call")
    expect_equal(student.generators(), before, "the global random generators after the call")


def _floats(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return [part for item in value for part in _floats(item)]
    return [value] if isinstance(value, torch.Tensor) and value.is_floating_point() else []


# ---- evaluate --------------------------------------------------------------------------------------


def perplexity_is_right(student, bptt, T=13):
    model = sharp(student, num_layers=2)
    data = some_ids(12, T, 3)
    got = student.model.evaluate(model, data, bptt)
    expect_perplexity(got, model, data, bptt, f"the perplexity in windows of {bptt}")


@pytest.mark.parametrize("bptt", [1, 2, 6])
def test_evaluate_in_windows_that_divide(student, bptt):
    perplexity_is_right(student, bptt)


@pytest.mark.parametrize("bptt", [5, 7])
def test_evaluate_does_not_depend_on_the_window(student, bptt):
    perplexity_is_right(student, bptt)


@pytest.mark.parametrize("bptt", [12, 13])
def test_evaluate_in_one_window(student, bptt):
    perplexity_is_right(student, bptt)


def test_evaluate_in_a_window_longer_than_the_text(student):
    perplexity_is_right(student, 40)
    perplexity_is_right(student, 4, T=2)


def test_evaluate_weighs_every_token_the_same(student):
    # windows of 4, 4 and 1 rows: the last is short and badly predicted
    model = sharp(student)
    data = some_ids(13, 10, 2)
    logits, _ = model(data[:9])
    data[9] = logits[8].argmin(dim=1)
    got = student.model.evaluate(model, data, 4)
    expect_perplexity(got, model, data, 4, "the perplexity")


def test_evaluate_runs_without_dropout(student):
    model = sharp(student, num_layers=2, dropout=0.5)
    data = some_ids(14, 9, 3)
    model.train()
    got = student.model.evaluate(model, data, 4)
    model.eval()
    expect_perplexity(got, model, data, 4, "the perplexity of a model with dropout")


@pytest.mark.parametrize("training", [True, False])
def test_evaluate_restores_the_mode(student, training):
    model = sharp(student, num_layers=2)
    model.train(training)
    student.model.evaluate(model, some_ids(14, 9, 3), 4)
    expect_equal(model.training, training, "the mode afterwards")


def test_evaluate_gives_a_python_float(student):
    model = sharp(student)
    for bptt in (3, 20):
        got = student.model.evaluate(model, some_ids(15, 9, 3), bptt)
        expect_type(got, float, "the perplexity")


def test_evaluate_changes_nothing(student):
    model = sharp(student)
    data = some_ids(15, 9, 3)
    weights, before = model.state_dict(), student.generators(seed=20)
    _, after = student.with_arguments(student.model.evaluate, model, data, 4)
    expect_equal(after[1], data, "data after the call")
    expect_equal(model.state_dict(), weights, "the weights after the call")
    expect_equal(student.generators(), before, "the global random generators after the call")
