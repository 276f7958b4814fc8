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


def own_nll(model, data, bptt=None):
    """Mean of -ln P over every id but the first row's, by the student's own logits."""
    rows, state = [], None
    for window in data[:-1].split(bptt or len(data)):
        logits, state = model(window, state)
        rows.append(logits)
    return F.cross_entropy(torch.cat(rows).double().flatten(0, 1), data[1:].flatten()).item()


def expect_perplexity(got, model, data, bptt, what):
    """By the logits of the whole text; or of its windows, which in a right model are the same."""
    for reading in (None, bptt):
        wanted = math.exp(own_nll(model, data, reading))
        if type(got) is float and abs(got - wanted) <= 1e-6 * wanted:
            return
    expect_close(got, math.exp(own_nll(model, data)), rtol=1e-6, what=what)


# ---- the model -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("T", "B", "layers"), [(1, 1, 1), (6, 3, 1), (4, 2, 3)])
def test_model_gives_logits_of_every_word(student, T, B, layers):
    model = student.model.LSTMLanguageModel(V, E, H, num_layers=layers)
    result = model(some_ids(1, T, B))
    expect_type(result, tuple, "what forward returns")
    expect_tensor(result[0], (T, B, V), "float32", "the logits")


@pytest.mark.parametrize("layers", [1, 2])
def test_model_does_not_look_ahead(student, layers):
    if not lstm_is_sound(student, layers):
        return
    model = sharp(student, num_layers=layers)
    ids = some_ids(2, 7, 3)
    logits, _ = model(ids)
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
    assert not torch.allclose(model(changed)[0][5], model(ids)[0][5]), "the first id is forgotten"


def test_model_keeps_columns_apart(student):
    if not lstm_is_sound(student):
        return
    model = sharp(student, num_layers=2)
    ids = some_ids(5, 6, 3)
    logits, _ = model(ids)
    for b in range(3):
        alone, _ = model(ids[:, b : b + 1])
        expect_close(alone, logits[:, b : b + 1], what=f"the logits of column {b} by itself")


@pytest.mark.parametrize("layers", [1, 2])
def test_model_carries_its_state(student, layers):
    if not lstm_is_sound(student, layers):
        return
    model = sharp(student, num_layers=layers)
    ids = some_ids(6, 7, 3)
    whole, _ = model(ids)
    first, state = model(ids[:3])
    second, state = model(ids[3:4], state)
    third, _ = model(ids[4:], state)
    got = torch.cat([first, second, third])
    expect_close(got, whole, what="the logits of three windows, the state carried over")


def test_model_without_a_state_begins_afresh(student):
    model = sharp(student)
    ids = some_ids(7, 4, 3)
    first, _ = model(ids)
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
    free = matrices(student.model.LSTMLanguageModel(V, H, H))
    assert len(free) >= 2, "without tie_weights the output layer has its own matrix"
    assert not torch.equal(free[0], free[1]), "without tie_weights the matrices differ"


def test_model_with_tied_weights_obeys_the_same_laws(student):
    model = sharp(student, embed_size=H, tie_weights=True)
    ids = some_ids(8, 6, 3)
    logits, _ = model(ids)
    expect_tensor(logits, (6, 3, V), "float64", "the logits")
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
    for change in ({"vocab_size": 12}, {"embed_size": 6}, {"hidden_size": 8}, {"num_layers": 2}):
        assert count(**change) > base, f"{change} must make a larger model"


def test_model_depends_on_its_seed_alone(student):
    def logits(seed):
        model = student.model.LSTMLanguageModel(V, E, H, num_layers=2, seed=seed)
        return model(some_ids(9, 5, 2))[0]

    if not obeys_its_seed(student, student.cells.LSTM):
        return  # that costs points where cells.py is checked
    student.generators(seed=1)
    one = logits(3)
    student.generators(seed=2)
    expect_close(logits(3), one, what="the logits with the same seed")
    assert not torch.allclose(logits(4), one), "a different seed must give a different model"


def test_model_drops_in_training_only(student):
    model = sharp(student, num_layers=2, dropout=0.5)
    ids = some_ids(10, 6, 3)
    still, _ = model(ids)
    expect_close(model(ids)[0], still, what="the logits of a second run in evaluation mode")
    model.train()
    assert not torch.allclose(model(ids)[0], still), "in training mode dropout must act"


def test_detach_cuts_the_gradient_and_keeps_the_values(student):
    model = sharp(student, num_layers=2)
    _, state = model(some_ids(11, 5, 3))
    more = some_ids(16, 2, 3)
    wanted, _ = model(more, state)
    expect_close(model(more, student.model.detach(state))[0], wanted, what="the logits after it")
    flat = list(_floats(state))
    if not flat:  # an object of the student's own: nothing more can be seen
        return
    ones = [torch.ones_like(part) for part in flat]
    found = student.gradients(student.model.detach, [state], ones)
    for part, value in zip(_floats(found.result), flat, strict=True):
        expect_equal(part, value, "a tensor of the state after detach")
    reached = [g for g in found.by_argument if g is not None and bool((g != 0).any())]
    assert not reached, "no gradient may flow back through a detached state"


def _floats(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return [part for item in value for part in _floats(item)]
    return [value] if isinstance(value, torch.Tensor) and value.is_floating_point() else []


# ---- evaluate --------------------------------------------------------------------------------------


@pytest.mark.parametrize("bptt", [1, 2, 5, 12, 40])
def test_evaluate_does_not_depend_on_the_window(student, bptt):
    model = sharp(student, num_layers=2)
    data = some_ids(12, 13, 3)
    got = student.model.evaluate(model, data, bptt)
    expect_type(got, float, "the perplexity")
    expect_perplexity(got, model, data, bptt, f"the perplexity in windows of {bptt}")


def test_evaluate_weighs_every_token_the_same(student):
    # windows of 4, 4 and 1 rows: the last is short and badly predicted
    model = sharp(student)
    data = some_ids(13, 10, 2)
    logits, _ = model(data[:9])
    data[9] = logits[8].argmin(dim=1)
    got = student.model.evaluate(model, data, 4)
    expect_perplexity(got, model, data, 4, "the perplexity")


@pytest.mark.parametrize("training", [True, False])
def test_evaluate_runs_without_dropout_and_restores_the_mode(student, training):
    model = sharp(student, num_layers=2, dropout=0.5)
    data = some_ids(14, 9, 3)
    model.train(training)
    got = student.model.evaluate(model, data, 4)
    expect_equal(model.training, training, "the mode afterwards")
    model.eval()
    expect_perplexity(got, model, data, 4, "the perplexity of a model with dropout")


def test_evaluate_changes_nothing(student):
    model = sharp(student)
    data = some_ids(15, 9, 3)
    before = model.state_dict()
    _, after = student.with_arguments(student.model.evaluate, model, data, 4)
    expect_equal(after[1], data, "data after the call")
    expect_equal(model.state_dict(), before, "the weights after the call")
