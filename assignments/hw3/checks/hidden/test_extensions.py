"""Hidden checks of extensions.py."""

import itertools
import math
import random

import torch
import torch.nn.functional as F

from grader.checking.expect import (
    expect_close,
    expect_equal,
    expect_error,
    expect_left_alone,
    expect_tensor,
    expect_type,
)


def normal(seed, *shape):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


def one_seed_one_model(student, make):
    student.generators(seed=1)
    one = make(seed=3).state_dict()
    before = student.generators(seed=2)
    for name, weight in make(seed=3).state_dict().items():
        expect_tensor(weight, None, "float32", name)
        expect_close(weight, one[name], what=f"{name} with the same seed")
    expect_equal(student.generators(), before, "the global random generators after the call")
    other = make(seed=4).state_dict()
    for name, weight in one.items():
        if weight.dim() > 1:  # biases may begin at 0
            assert not torch.equal(weight, other[name]), f"{name} with another seed"
    zero = make(seed=0).state_dict()
    for name, weight in make().state_dict().items():
        expect_close(weight, zero[name], what=f"{name} with no seed, against that with seed 0")


def relu_is_right(student, x):
    cotangent = normal(1, *x.shape)
    found = student.gradients(student.extensions.relu, [x], [cotangent])
    expect_close(found.result, x.clamp(min=0), what="relu(x)")
    wanted = torch.where(x > 0, cotangent, 0.0)
    expect_close(found.by_argument[0], wanted, what="the gradient with respect to x")


def test_relu_gradient_is_zero_below_zero(student):
    relu_is_right(student, normal(20, 4, 5))


def test_relu_gradient_is_zero_at_zero(student):
    relu_is_right(student, torch.tensor([[-3.0, 0.0, -0.0], [2.0, 1e-9, -1e-9]]).double())


def test_relu_keeps_dtype_and_argument(student):
    for dtype, name in ((torch.float32, "float32"), (torch.float64, "float64")):
        x = torch.tensor([-1.0, 2.0], dtype=dtype)
        expect_tensor(student.extensions.relu(x), (2,), name, "relu(x)")
        expect_left_alone(student, student.extensions.relu, x)


def test_elmo_mix_equals_the_formula(student):
    layers, s, gamma = normal(2, 3, 2, 4, 5), normal(3, 3), torch.tensor(-1.3).double()
    got = student.extensions.elmo_mix(layers, s, gamma)
    weights = torch.softmax(s, 0)
    wanted = gamma * sum(w * layer for w, layer in zip(weights, layers, strict=True))
    expect_close(got, wanted, what="the mixture")


def test_elmo_mix_does_not_see_a_shift(student):
    layers, s, gamma = normal(2, 3, 2, 4, 5), normal(3, 3), torch.tensor(-1.3).double()
    wanted = student.extensions.elmo_mix(layers, s, gamma)
    for shift in (5.0, 1e3, -1e3):
        got = student.extensions.elmo_mix(layers, s + shift, gamma)
        expect_close(got, wanted, what=f"the mixture with {shift} added to all scores")


def test_elmo_mix_keeps_dtype_and_arguments(student):
    for dtype, name in ((torch.float32, "float32"), (torch.float64, "float64")):
        values = [normal(4, 3, 2, 4, 5), normal(5, 3), torch.tensor(0.7)]
        values = [value.to(dtype) for value in values]
        mixed = student.extensions.elmo_mix(*values)
        expect_tensor(mixed, (2, 4, 5), name, "the mixture")
        expect_left_alone(student, student.extensions.elmo_mix, *values)


def test_elmo_mix_gradients(student):
    values = [normal(4, 3, 2, 4, 5), normal(5, 3), torch.tensor(0.7).double()]
    leaves = [v.clone().requires_grad_() for v in values]
    cotangent = normal(6, 2, 4, 5)
    mixed = leaves[2] * torch.einsum("l,lbtd->btd", torch.softmax(leaves[1], 0), leaves[0])
    wanted = torch.autograd.grad((cotangent * mixed).sum(), leaves)
    found = student.gradients(student.extensions.elmo_mix, values, [cotangent])
    names = ("layers", "s", "gamma")
    for name, got, value in zip(names, found.by_argument, wanted, strict=True):
        expect_close(got, value, what=f"the gradient with respect to {name}")


def test_feed_forward_lm_has_the_promised_parameters(student):
    for V, E, context, H in ((11, 3, 2, 5), (7, 4, 1, 6), (5, 2, 4, 3)):
        weights = student.extensions.FeedForwardLM(V, E, context, H).state_dict()
        wanted = V * E + context * E * H + H + H * V + V
        expect_equal(sum(w.numel() for w in weights.values()), wanted, "the number of parameters")


def by_size(weights, *shape):
    """The one parameter with these sizes, which all differ, whatever the order of its axes."""
    for weight in weights.values():
        if sorted(weight.shape) == sorted(shape):
            return weight.permute([list(weight.shape).index(size) for size in shape])
    return None


def follows_the_formula(student, activation, function):
    V, E, context, H = 11, 3, 2, 5
    model = student.extensions.FeedForwardLM(V, E, context, H, activation, seed=5).double()
    weights = model.state_dict()
    ids = torch.tensor([[1, 2], [2, 1], [10, 10], [0, 4]])
    joined = by_size(weights, H, context * E)
    if joined is None:  # a matrix for each word of the context is the same sum
        joined = by_size(weights, H, context, E).flatten(1)
    side = by_size(weights, V, E)[ids].flatten(1)
    hidden = function(side @ joined.t() + by_size(weights, H))
    wanted = hidden @ by_size(weights, V, H).t() + by_size(weights, V)
    expect_close(model(ids), wanted, what="the logits")


def test_feed_forward_lm_equals_the_formula(student):
    follows_the_formula(student, "tanh", torch.tanh)


def test_feed_forward_lm_with_relu(student):
    follows_the_formula(student, "relu", torch.relu)


def test_feed_forward_lm_tells_the_order_of_its_context(student):
    model = student.extensions.FeedForwardLM(11, 3, 2, 5)
    one, other = model(torch.tensor([[1, 2]])), model(torch.tensor([[2, 1]]))
    assert not torch.allclose(one, other), "the words of the context exchanged"


def test_feed_forward_lm_depends_on_its_seed_alone(student):
    one_seed_one_model(student, lambda **s: student.extensions.FeedForwardLM(7, 3, 2, 5, **s))


def test_feed_forward_lm_uses_tanh_by_default(student):
    ids = torch.tensor([[1, 2], [3, 4]])
    one, two = (
        student.extensions.FeedForwardLM(7, 3, 2, 5, *a, seed=1)(ids) for a in ((), ("tanh",))
    )
    expect_close(one, two, what="the logits with no activation named, against those of tanh")


def test_feed_forward_lm_refuses_another_activation(student):
    for name in ("softplus", "cosine"):
        with expect_error(ValueError, naming="activation"):
            model = student.extensions.FeedForwardLM(7, 3, 2, 5, name)
            model(torch.tensor([[1, 2]]))


def test_feed_forward_lm_learns_with_context_enough(student):
    # (the last two summed) mod 4 with probability .85: two words of context tell all, one nothing
    rng, ids = random.Random(8), [0, 1]
    while len(ids) < 3_000:
        likely = (ids[-1] + ids[-2]) % 4
        ids.append(likely if rng.random() < 0.85 else (likely + rng.randrange(1, 4)) % 4)
    ids = torch.tensor(ids)
    hits = float((ids[2:] == (ids[1:-1] + ids[:-2]) % 4).double().mean())
    best = math.exp(-(hits * math.log(0.85) + (1 - hits) * math.log(0.05)))
    reached = {}
    for context in (1, 2):
        rows = torch.stack([ids[2 - k : len(ids) - k] for k in range(context, 0, -1)], dim=1)
        reached[context] = trained(student, context, rows, ids[2:])
    assert reached[2] / best < 1.3, "two words of context must be enough for this source"
    assert reached[1] > 3.7, "one word of context must not be enough for this source"


def trained(student, context, rows, targets):
    """Perplexity after 60 steps of Adam with the student's gradients, over distinct contexts."""
    model = student.extensions.FeedForwardLM(4, 6, context, 24).double()
    names = list(model.state_dict())
    params = [torch.nn.Parameter(w.clone()) for w in model.state_dict().values()]
    optimiser = torch.optim.Adam(params, lr=0.05)
    keys, places = rows.unique(dim=0, return_inverse=True)
    counts = torch.zeros(len(keys), 4, dtype=torch.float64)
    counts.index_put_((places, targets), torch.ones(()).double(), accumulate=True)
    shares = counts / counts.sum()
    for _ in range(60):
        # the derivative of the mean cross-entropy by the logits
        back = shares.sum(1, keepdim=True) * torch.softmax(model(keys), 1) - shares
        (gradients,) = student.gradients(model, [keys], [back], [model]).by_parameter
        for name, param in zip(names, params, strict=True):
            param.grad = gradients.get(name)
        optimiser.step()
        model.load_state_dict({n: p.detach() for n, p in zip(names, params, strict=True)})
    return math.exp(-float((shares * F.log_softmax(model(keys), dim=1)).sum()))


def test_dynamic_net_has_no_more_parameters_when_it_is_deeper(student):
    net = student.extensions.DynamicNet(3, 5, 2, seed=1)
    shapes = {name: tuple(w.shape) for name, w in net.state_dict().items()}
    net(torch.ones(4, 3), 6)
    after = {name: tuple(w.shape) for name, w in net.state_dict().items()}
    expect_equal(after, shapes, "the parameters after a deep run")
    square = [s for s in shapes.values() if s == (5, 5)]
    expect_equal(len(square), 1, "the number of hidden-by-hidden matrices")


def dynamic_formulas(weights, x, repeats):
    """The outputs by the handout's formula: names of the parameters and their layout are free."""
    (first,) = (w for w in weights.values() if sorted(w.shape) == [3, 32])
    (middle,) = (w for w in weights.values() if tuple(w.shape) == (32, 32))
    (last,) = (w for w in weights.values() if sorted(w.shape) == [2, 32])
    (d,) = (w for w in weights.values() if tuple(w.shape) == (2,))
    first = first if first.shape[0] == 32 else first.t()
    last = last if last.shape[0] == 2 else last.t()
    biases = [w for w in weights.values() if tuple(w.shape) == (32,)]
    for matrix, (b, c) in itertools.product((middle, middle.t()), itertools.permutations(biases)):
        h = torch.tanh(x @ first.t() + b)
        for _ in range(repeats):
            h = torch.tanh(h @ matrix.t() + c)
        yield h @ last.t() + d


def dynamic_net_is_right(student, *repeats):
    net = student.extensions.DynamicNet(3, 32, 2, seed=1).double()
    # biases of their own: they may begin at 0
    weights = {name: w + 0.1 * normal(50, *w.shape) for name, w in net.state_dict().items()}
    net.load_state_dict(weights)
    x = normal(9, 4, 3)
    for number in repeats:
        got, wanted = net(x, number), list(dynamic_formulas(weights, x, number))
        if not any(got.shape == w.shape and torch.allclose(got, w) for w in wanted):
            expect_close(got, wanted[0], what=f"the output with {number} repeats")


def test_dynamic_net_equals_the_formula(student):
    dynamic_net_is_right(student, 1)


def test_dynamic_net_repeats_its_middle_layer(student):
    dynamic_net_is_right(student, 2, 3)


def test_dynamic_net_without_a_repeat(student):
    dynamic_net_is_right(student, 0)


def test_dynamic_net_adds_up_the_gradient_of_every_use(student):
    net = student.extensions.DynamicNet(3, 32, 2, seed=1).double()
    weights = net.state_dict()
    (name,) = (n for n, w in weights.items() if tuple(w.shape) == (32, 32))
    x, back = normal(10, 4, 3), normal(11, 4, 2)
    (gradients,) = student.gradients(net, [x, 3], [back], [net]).by_parameter
    for seed in range(2):
        direction = normal(seed, 32, 32)

        def loss(size, direction=direction):
            net.load_state_dict({**weights, name: weights[name] + size * direction})
            return float((net(x, 3) * back).sum())

        slope = (loss(1e-6) - loss(-1e-6)) / 2e-6
        got = float((gradients[name] * direction).sum())
        expect_close(got, slope, 1e-5, 1e-7, "the gradient with respect to the shared layer")


def test_dynamic_net_depends_on_its_seed_alone(student):
    one_seed_one_model(student, lambda **s: student.extensions.DynamicNet(3, 5, 2, **s))


def test_clip_values_bounds_every_entry(student):
    grads = [normal(12, 3, 4), 5 * normal(13, 5)]
    clipped = student.extensions.clip_values(grads, 0.7)
    for got, grad in zip(clipped, grads, strict=True):
        # a limit that was rounded to float32 on the way is right too
        expect_close(got, grad.clamp(-0.7, 0.7), rtol=1e-6, what="a clipped gradient")


def test_clip_values_leaves_what_is_small(student):
    grads = [normal(14, 3, 2), normal(15, 4)]
    clipped = student.extensions.clip_values(grads, 50.0)
    for got, grad in zip(clipped, grads, strict=True):
        expect_close(got, grad, what="a gradient within the limit")


def test_clip_values_changes_no_argument_and_no_dtype(student):
    for dtype, name in ((torch.float32, "float32"), (torch.float64, "float64")):
        grads = [normal(12, 3, 4).to(dtype), normal(13, 5).to(dtype)]
        clipped = student.extensions.clip_values(grads, 0.7)
        expect_type(clipped, list, "the clipped gradients")
        for got, grad in zip(clipped, grads, strict=True):
            expect_tensor(got, tuple(grad.shape), name, "a clipped gradient")
        expect_left_alone(student, student.extensions.clip_values, grads, 0.7)


# ---- Adadelta -----------------------------------------------------------------------------------


def adadelta_path(student, start, gradients, **options):
    param, state, path = start, {}, []
    for grad in gradients:
        param, state = student.extensions.adadelta(param, grad, state, **options)
        path.append(param)
    return path


def random_gradients(seed, count, *shape):
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(*shape, generator=generator, dtype=torch.float64) for _ in range(count)]


def test_adadelta_follows_its_equation(student):
    # the oracle is torch.optim, on our side; a large eps shows where it stands
    for options in ({"lr": 0.5, "rho": 0.7, "eps": 0.1}, {}):
        start, *gradients = random_gradients(1, 9, 3, 4)
        param = torch.nn.Parameter(start.clone())
        oracle = torch.optim.Adadelta([param], **{"lr": 1.0, **options})
        for number, got in enumerate(adadelta_path(student, start, gradients, **options)):
            param.grad = gradients[number].clone()
            oracle.step()
            expect_close(got, param.detach(), what=f"the parameter after step {number + 1}")


def test_adadelta_works_entry_by_entry(student):
    start, *gradients = random_gradients(2, 5, 2, 3)
    whole = adadelta_path(student, start, gradients)[-1]
    alone = adadelta_path(student, start[1, 2], [g[1, 2] for g in gradients])[-1]
    expect_close(alone, whole[1, 2], what="an entry by itself")


def test_adadelta_hardly_feels_the_size_of_the_gradient(student):
    # s and the gradient grow alike: with 1000 times the gradients the steps are the same but for eps
    start, *gradients = random_gradients(3, 6, 5)
    small = adadelta_path(student, start, gradients, eps=1e-9)[-1]
    large = adadelta_path(student, start, [1000 * g for g in gradients], eps=1e-9)[-1]
    expect_close(
        large - start, small - start, rtol=1e-4, what="the way with 1000 times the gradient"
    )


def test_adadelta_does_not_divide_by_zero(student):
    zeros = [torch.zeros(2, dtype=torch.float64)] * 2
    path = adadelta_path(student, torch.ones(2, dtype=torch.float64), zeros)
    expect_close(path[-1], [1.0, 1.0], what="the parameter after gradients of zero")


def test_adadelta_keeps_parameters_apart(student):
    streams = [random_gradients(seed, 5, 3) for seed in (4, 5)]
    alone = [adadelta_path(student, s[0], s[1:])[-1] for s in streams]
    params, states = [s[0] for s in streams], [{}, {}]
    for number in range(1, 5):  # one step of the one, one step of the other, in turn
        for k in (0, 1):
            params[k], states[k] = student.extensions.adadelta(
                params[k], streams[k][number], states[k]
            )
    for k in (0, 1):
        expect_close(params[k], alone[k], what="a parameter that is trained together with another")


def test_adadelta_keeps_float32(student):
    for shape in ((3,), ()):
        param, state = student.extensions.adadelta(torch.ones(shape), torch.ones(shape), {})
        expect_tensor(param, shape, "float32", "the parameter")
        expect_type(state, dict, "the state")
        param, _ = student.extensions.adadelta(param, torch.ones(shape), state)
        expect_tensor(param, shape, "float32", "the parameter after a second step")


def test_adadelta_leaves_its_arguments_alone(student):
    param, grad = random_gradients(6, 2, 4)
    step, before = student.extensions.adadelta, student.generators(seed=20)
    (new, state), after = student.with_arguments(step, param, grad, {})
    expect_equal(after[:2], [param, grad], "parameter and gradient after the call")
    _, after = student.with_arguments(step, new, grad, state)
    expect_equal(after[:2], [new, grad], "parameter and gradient after a second call")
    expect_equal(student.generators(), before, "the global random generators after the calls")
