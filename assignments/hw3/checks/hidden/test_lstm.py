"""Hidden checks of the stacked LSTM.

What it computes is judged by nn.LSTM with the same weights; where that differs, by the student's
own cells, step by step: a wrong cell costs points where cells are checked, not here.
"""

import itertools

import pytest
import torch
from torch import nn

from grader.checking.expect import (
    expect_close,
    expect_equal,
    expect_error,
    expect_tensor,
    expect_type,
)

E, H = 4, 5
NAMES = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


def normal(seed, *shape):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


class Stack:
    """The student's LSTM in float64 with weights of ours, and torch's with the same."""

    def __init__(self, student, layers=1, dirs=1, seed=1, **options):
        self.layers, self.dirs = layers, dirs
        made = student.cells.LSTM(E, H, layers, bidirectional=dirs == 2, **options)
        self.lstm = made.double()
        self.oracle = nn.LSTM(E, H, layers, bidirectional=dirs == 2).double()
        self.cells, self.weights = [], []
        for number in range(layers * dirs):
            width = E if number < dirs else H * dirs
            shapes = ((4 * H, width), (4 * H, H), (4 * H,), (4 * H,))
            draws = (0.5 * normal(100 * seed + 10 * number + i, *s) for i, s in enumerate(shapes))
            weights = dict(zip(NAMES, draws, strict=True))
            cell = self.lstm.cells[number]
            for name, weight in weights.items():
                expect_tensor(
                    getattr(cell, name), tuple(weight.shape), what=f"cell {number}: {name}"
                )
            cell.load_state_dict(weights, strict=False)
            suffix = f"_l{number // dirs}" + ("_reverse" if number % dirs else "")
            for name, weight in weights.items():
                getattr(self.oracle, name + suffix).data.copy_(weight)
            self.cells.append(cell)
            self.weights.append(weights)

    def state(self, seed, B):
        shape = (self.layers * self.dirs, B, H)
        return normal(seed, *shape), normal(seed + 1, *shape)

    def expect(self, x, state=None, lengths=None, what="the output"):
        output, (h, c) = got = self.lstm(x, state, lengths)
        try:
            self._compare(got, self._torch(x, state, lengths), what)
        except AssertionError as difference:
            try:
                self._compare(got, self._own_cells(x, state, lengths), what)
            except AssertionError:
                raise difference from None
        return output, (h, c)

    def _compare(self, got, wanted, what):
        expect_close(got[0], wanted[0], what=what)
        expect_close(got[1][0], wanted[1][0], what="the final h")
        expect_close(got[1][1], wanted[1][1], what="the final c")

    def _torch(self, x, state, lengths):
        with torch.no_grad():
            if lengths is None:
                return self.oracle(x, state)
            packed = nn.utils.rnn.pack_padded_sequence(x, lengths, enforce_sorted=False)
            output, final = self.oracle(packed, state)
            return nn.utils.rnn.pad_packed_sequence(output, total_length=len(x))[0], final

    def _own_cells(self, x, state, lengths):
        T, B = x.shape[:2]
        lengths = torch.full((B,), T) if lengths is None else lengths
        begin = state or [torch.zeros(len(self.cells), B, H, dtype=x.dtype)] * 2
        finals = []
        for layer in range(self.layers):
            outputs = []
            for direction in range(self.dirs):
                number = layer * self.dirs + direction
                h, c = begin[0][number], begin[1][number]
                output = torch.zeros(T, B, H, dtype=x.dtype)
                for t in reversed(range(T)) if direction else range(T):
                    new_h, new_c = self.cells[number](x[t], (h, c))
                    inside = (t < lengths)[:, None]
                    h, c = torch.where(inside, new_h, h), torch.where(inside, new_c, c)
                    output[t] = torch.where(inside, h, 0)
                outputs.append(output)
                finals.append((h, c))
            x = torch.cat(outputs, dim=2)
        return x, tuple(torch.stack(part) for part in zip(*finals, strict=True))


@pytest.mark.parametrize(("T", "B"), [(6, 3), (1, 1), (1, 3), (9, 1)])
def test_lstm_runs_its_cell_over_time(student, T, B):
    Stack(student).expect(normal(1, T, B, E))


@pytest.mark.parametrize("layers", [2, 3])
def test_lstm_stacks_layers(student, layers):
    Stack(student, layers).expect(normal(2, 6, 3, E))


def test_lstm_runs_in_two_directions(student):
    stack = Stack(student, 1, 2)
    stack.expect(normal(3, 6, 3, E))
    stack.expect(normal(4, 1, 2, E), what="the output of one step")


def test_lstm_stacks_two_directions(student):
    Stack(student, 2, 2).expect(normal(5, 6, 3, E))


def begins_with_its_state(student, layers, dirs):
    stack = Stack(student, layers, dirs)
    stack.expect(normal(6, 4, 3, E), stack.state(7, 3))


def test_lstm_begins_with_the_given_state(student):
    begins_with_its_state(student, 1, 1)


def test_lstm_gives_each_layer_its_state(student):
    begins_with_its_state(student, 3, 1)


def test_lstm_gives_each_direction_its_state(student):
    begins_with_its_state(student, 2, 2)


@pytest.mark.parametrize(("layers", "dirs"), [(2, 1), (2, 2)])
def test_lstm_begins_at_zero_without_a_state(student, layers, dirs):
    stack = Stack(student, layers, dirs)
    x, zeros = normal(8, 4, 3, E), torch.zeros(layers * dirs, 3, H, dtype=torch.float64)
    expect_close(
        stack.lstm(x)[0], stack.lstm(x, (zeros, zeros))[0], what="the output without a state"
    )


def test_lstm_of_one_layer_in_two_halves(student):
    two_halves_are_the_whole(student, 1)


def test_lstm_in_two_halves_is_the_whole(student):
    two_halves_are_the_whole(student, 2)


def two_halves_are_the_whole(student, layers):
    stack = Stack(student, layers)
    x = normal(9, 7, 3, E)
    output, (h, c) = stack.lstm(x)
    first, state = stack.lstm(x[:3])
    second, (h2, c2) = stack.lstm(x[3:], state)
    expect_close(torch.cat([first, second]), output, what="two halves, the state carried over")
    expect_close(h2, h, what="the final h")
    expect_close(c2, c, what="the final c")


def test_lstm_final_states_stand_in_order(student):
    stack = Stack(student, 2, 2)
    output, (h, c) = stack.lstm(normal(10, 6, 3, E))
    expect_tensor(c, (4, 3, H), what="c")
    expect_close(h[2], output[-1, :, :H], what="h of the last layer, forward")
    expect_close(h[3], output[0, :, H:], what="h of the last layer, backward")


LENGTHS = torch.tensor([4, 7, 1, 6])


@pytest.mark.parametrize(("layers", "dirs"), [(1, 1), (2, 1)])
def test_lstm_stops_at_the_end_of_each_sequence(student, layers, dirs):
    Stack(student, layers, dirs).expect(normal(11, 7, 4, E), None, LENGTHS)


@pytest.mark.parametrize("layers", [1, 2])
def test_lstm_begins_backward_at_the_end_of_each_sequence(student, layers):
    Stack(student, layers, 2).expect(normal(12, 7, 4, E), None, LENGTHS)


@pytest.mark.parametrize("dirs", [1, 2])
def test_lstm_with_lengths_and_a_state(student, dirs):
    stack = Stack(student, 2, dirs)
    stack.expect(normal(13, 7, 4, E), stack.state(14, 4), LENGTHS)


def test_lstm_does_not_read_behind_the_end(student):
    stack = Stack(student, 2, 2)
    x = normal(15, 7, 4, E)
    output, (h, _) = stack.lstm(x, None, LENGTHS)
    behind = (torch.arange(7)[:, None] >= LENGTHS)[..., None]  # (T, B, 1)
    other, (h2, _) = stack.lstm(torch.where(behind, 1000.0, x), None, LENGTHS)
    expect_close(other, output, what="the output with other numbers in the padding")
    expect_close(h2, h, what="the final h with other numbers in the padding")
    expect_equal(output[behind.expand_as(output)].abs().sum().item(), 0.0, "after the ends, summed")


def test_lstm_reads_the_longest_sequence_to_its_end(student):
    stack = Stack(student, 1, 2)
    x = normal(27, 7, 4, E)
    output, (h, _) = stack.lstm(x, None, LENGTHS)
    alone, (h2, _) = stack.lstm(x[:, 1:2])  # its length is 7
    expect_close(output[:, 1:2], alone, what="the output of the longest sequence")
    expect_close(h[:, 1:2], h2, what="its final h")


def test_lstm_reads_forward_as_without_lengths(student):
    stack = Stack(student)
    x = normal(28, 7, 4, E)
    whole, _ = stack.lstm(x)
    output, _ = stack.lstm(x, None, LENGTHS)
    for b, length in enumerate(LENGTHS.tolist()):
        got, wanted = output[:length, b], whole[:length, b]
        expect_close(got, wanted, what=f"the output within the length of sequence {b}")


def test_lstm_of_full_length_is_as_without_lengths(student):
    stack = Stack(student, 2, 2)
    x = normal(16, 5, 3, E)
    output, (h, c) = stack.lstm(x)
    full, (h2, c2) = stack.lstm(x, None, torch.full((3,), 5))
    expect_close(full, output, what="the output with full lengths")
    expect_close(h2, h, what="the final h")
    expect_close(c2, c, what="the final c")


def cell_is_sound(student):
    """Whether the student's cell follows torch's in values and gradients; if not, that is paid
    where cells are checked.
    """
    oracle, cell = nn.LSTMCell(E, H).double(), student.cells.LSTMCell(E, H).double()
    cell.load_state_dict(oracle.state_dict(), strict=False)
    values = [normal(50, 3, E), normal(51, 3, H), normal(52, 3, H)]
    back = [normal(53, 3, H), normal(54, 3, H)]
    leaves = [value.clone().requires_grad_() for value in values]
    wanted = oracle(leaves[0], (leaves[1], leaves[2]))
    by_input = torch.autograd.grad(wanted, leaves, back)
    arguments = [values[0], (values[1], values[2])]
    found = student.gradients(cell, arguments, back)
    pairs = zip([*found.result, *found.by_argument], [*wanted, *by_input], strict=True)
    return all(g is not None and torch.allclose(g, w) for g, w in pairs)


# ---- gradients: of whatever the student's own forward computes -------------------------------------


@pytest.mark.parametrize(("layers", "dirs", "ragged"), [(1, 1, False), (2, 1, False), (2, 2, True)])
def test_lstm_gradients_run_through_time(student, layers, dirs, ragged):
    stack = Stack(student, layers, dirs)
    B = 3
    lengths = torch.tensor([5, 2, 4]) if ragged else None
    x, (h, c) = normal(17, 5, B, E), stack.state(18, B)
    shapes = [(5, B, H * dirs), h.shape, c.shape]
    cotangents = [normal(20 + i, *shape) for i, shape in enumerate(shapes)]
    arguments = [x, (h, c)] + ([lengths] if ragged else [])
    gradients = student.gradients(stack.lstm, arguments, cotangents, stack.cells)
    of_weights = [of_cell[name] for of_cell in gradients.by_parameter for name in NAMES]
    assert all(g is not None for g in gradients.by_argument), "some input has no gradient"
    assert all(bool(gradient.any()) for gradient in of_weights), "some weight has no gradient"
    found = gradients.by_argument + of_weights
    values = [x, h, c, *(w[name] for w in stack.weights for name in NAMES)]
    for seed in range(3):
        directions = [normal(1000 * seed + i, *v.shape) for i, v in enumerate(values)]

        def loss(size, directions=directions):
            moved = [v + size * d for v, d in zip(values, directions, strict=True)]
            for number, cell in enumerate(stack.cells):
                weights = moved[3 + 4 * number : 7 + 4 * number]
                cell.load_state_dict(dict(zip(NAMES, weights, strict=True)), strict=False)
            output, final = stack.lstm(moved[0], (moved[1], moved[2]), lengths)
            pairs = zip((output, *final), cotangents, strict=True)
            return sum(float((part * weight).sum()) for part, weight in pairs)

        slope = (loss(1e-6) - loss(-1e-6)) / 2e-6
        pairs = zip(found, directions, strict=True)
        if not cell_is_sound(student):
            return
        expect_close(
            sum(float((g * d).sum()) for g, d in pairs),
            slope,
            rtol=1e-5,
            atol=1e-6,
            what="the gradient along a random direction",
        )


# ---- dropout, seeds, types -------------------------------------------------------------------------


def test_lstm_dropout_rests_outside_training(student):
    stack = Stack(student, 2, 1, dropout=0.6)
    stack.lstm.eval()
    stack.expect(normal(21, 6, 3, E))


def test_lstm_dropout_acts_between_layers_in_training(student):
    stack = Stack(student, 2, 1, dropout=0.6)
    x = normal(22, 6, 3, E)
    stack.lstm.eval()
    still, (h_still, _) = stack.lstm(x)
    stack.lstm.train()
    output, (h, _) = stack.lstm(x)
    assert not torch.allclose(output, still), "in training mode some outputs must be dropped"
    expect_close(h[0], h_still[0], what="h of the first layer, which dropout does not reach")


def expect_outputs(student):
    """Whatever its cell is worth, an LSTM gives an output for each step."""
    output, _ = student.cells.LSTM(E, H)(torch.zeros(6, 3, E))
    expect_tensor(output, (6, 3, H))


def test_lstm_never_drops_outputs_of_the_last_layer(student):
    expect_outputs(student)
    if not cell_is_sound(student):  # it pays for itself
        return
    one = Stack(student, 1, 1, dropout=0.6)
    one.lstm.train()
    one.expect(normal(23, 6, 3, E))
    two = Stack(student, 2, 1, dropout=0.6)
    two.lstm.train()
    output, (h, _) = two.lstm(normal(24, 6, 3, E))
    expect_close(h[1], output[-1], what="the last output and the final h")
    assert (output != 0).all(), "outputs of the last layer are not dropped"


def what_dropout_does(student):
    """The second layer's input in training over that in evaluation, (4, 500, H); None where the
    cell is not sound, which pays for itself.
    """
    expect_outputs(student)
    if not cell_is_sound(student):
        return None
    # the second layer's gates are open and its memory forgets: it passes on what comes in
    stack = Stack(student, 2, 1, dropout=0.5)
    weights = {name: torch.zeros_like(w) for name, w in stack.weights[1].items()}
    weights["weight_ih"][2 * H : 3 * H] = 1e-3 * torch.eye(H)  # g = a thousandth of its input
    for gate in (0, 1, 3):  # i and o open, f closed
        weights["bias_ih"][gate * H : (gate + 1) * H] = -60.0 if gate == 1 else 60.0
    stack.cells[1].load_state_dict(weights, strict=False)
    x = normal(25, 4, 500, E)
    stack.lstm.eval()
    still, _ = stack.lstm(x)
    stack.lstm.train()
    output, _ = stack.lstm(x)
    return output / still


def test_lstm_dropout_draws_for_each_step(student):
    ratio = what_dropout_does(student)
    if ratio is None:
        return
    dropped = ratio.abs() < 0.5
    if (
        not 0.4 < dropped.double().mean() < 0.6
    ):  # whether half of them is dropped is asked elsewhere
        return
    for t in range(1, len(dropped)):
        # of 2,500 places as many agree as differ
        agree = float((dropped[t] == dropped[0]).double().mean())
        assert agree < 0.7, f"step {t} must drop entries of its own, not those of step 0"


def test_lstm_dropout_scales_what_stays(student):
    ratio = what_dropout_does(student)
    if ratio is None:
        return
    ratio = ratio.flatten()
    dropped = ratio.abs() < 0.5
    # 10,000 places; 2,500 draws if all steps share a mask: five standard deviations of .01
    assert abs(float(dropped.double().mean()) - 0.5) < 0.05, "half of the outputs are dropped"
    # tanh bends by less than 1e-5 for arguments below 2e-3
    expect_close(ratio[~dropped], torch.full_like(ratio[~dropped], 2.0), 1e-4, what="what stays")


def obeys_its_seed(student, make):
    student.generators(seed=1)
    one = make(E, H, seed=3).state_dict()
    student.generators(seed=2)
    two, other = make(E, H, seed=3).state_dict(), make(E, H, seed=4).state_dict()
    same = all(torch.allclose(two[name], one[name]) for name in one)
    return same and not all(torch.allclose(other[name], one[name]) for name in one)


def test_lstm_depends_on_its_seed_alone(student):
    if not obeys_its_seed(student, student.cells.LSTMCell):
        return  # that costs points where the cell is checked

    def weights(**seed):
        return student.cells.LSTM(E, H, 2, bidirectional=True, **seed).state_dict()

    student.generators(seed=1)
    one = weights(seed=3)
    before = student.generators(seed=2)
    for name, weight in weights(seed=3).items():
        expect_close(weight, one[name], what=f"{name} with the same seed")
    expect_equal(student.generators(), before, "the global random generators after the call")
    for name, weight in weights(seed=4).items():
        if weight.dim() < 2:
            continue  # where biases begin is asked of the cell
        assert not torch.equal(weight, one[name]), f"{name} with another seed"
    zero = weights(seed=0)
    for name, weight in weights().items():
        expect_close(weight, zero[name], what=f"{name} with no seed, against that with seed 0")


def own_weights(student, lstm, cells):
    if not obeys_its_seed(student, student.cells.LSTMCell):
        return  # that costs points where the cell is checked
    found = [lstm.cells[i].weight_hh for i in range(cells)]
    for one, other in itertools.combinations(found, 2):
        assert not torch.allclose(one, other), "two cells begin with the same weights"


def test_lstm_layers_have_weights_of_their_own(student):
    own_weights(student, student.cells.LSTM(H, H, 3), 3)


def test_lstm_directions_have_weights_of_their_own(student):
    own_weights(student, student.cells.LSTM(E, H, bidirectional=True), 2)


def test_lstm_keeps_dtype_and_arguments(student):
    lstm = student.cells.LSTM(E, H, 2)
    for name in NAMES:
        expect_tensor(getattr(lstm.cells[1], name), None, "float32", name)
    x, lengths = normal(26, 5, 3, E).float(), torch.tensor([5, 2, 3])
    state = (torch.ones(2, 3, H), torch.ones(2, 3, H))
    before = student.generators(seed=20)
    lstm.eval()
    (output, final), after = student.with_arguments(lstm.forward, x, state, lengths)
    expect_equal(student.generators(), before, "the global random generators after the call")
    expect_tensor(output, (5, 3, H), "float32", "the output")
    expect_type(final, tuple, "the final state")
    for part in final:
        expect_tensor(part, (2, 3, H), "float32", "the final state")
    expect_equal(after, [x, state, lengths], "the arguments after the call")


def test_lstm_refuses_an_impossible_dropout(student):
    for p in (-0.1, 1.5):
        with expect_error(ValueError, naming=("dropout", "p")):
            lstm = student.cells.LSTM(E, H, 2, dropout=p)
            lstm(torch.zeros(2, 1, E))
