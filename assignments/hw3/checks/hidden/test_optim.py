"""Hidden checks of optim.py. The oracle is torch.optim, on our side, in float64."""

import torch
from torch import nn

from grader.checking.expect import expect_close, expect_equal, expect_tensor, expect_type

# eps of Adam stays tiny here: which root it is added to is asked apart
OPTIMISERS = {
    "sgd": (lambda p: torch.optim.SGD(p, lr=0.1), {}),
    "momentum": (lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.7), {"momentum": 0.7}),
    "nesterov": (
        lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.7, nesterov=True),
        {"momentum": 0.7},
    ),
    "adagrad": (lambda p: torch.optim.Adagrad(p, lr=0.1, eps=0.3), {"eps": 0.3}),
    "rmsprop": (
        lambda p: torch.optim.RMSprop(p, lr=0.1, alpha=0.8, eps=0.3),
        {"alpha": 0.8, "eps": 0.3},
    ),
    "adam": (lambda p: torch.optim.Adam(p, lr=0.1, betas=(0.8, 0.9)), {"betas": (0.8, 0.9)}),
}
TOLERANCE = {"rtol": 1e-6, "atol": 1e-7}  # what is left of that question
RATES = [0.1] * 6 + [0.02] * 6  # the rate falls on the way: what it scales is the step, not v


def normal(seed, *shape):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


def run(student, name, start, gradients, rates=RATES, **options):
    """All parameters on the way, by the student's steps, at most as many as there are rates."""
    step, param, state, path = getattr(student.optim, name), start, {}, []
    for grad, lr in zip(gradients, rates, strict=False):
        param, state = step(param, grad, state, lr, **options)
        path.append(param)
    return path


def oracle(make, start, gradients):
    param = nn.Parameter(start.clone())
    optimiser, path = make([param]), []
    for grad, lr in zip(gradients, RATES, strict=True):
        optimiser.param_groups[0]["lr"] = lr
        param.grad = grad.clone()
        optimiser.step()
        path.append(param.detach().clone())
    return path


def follows_torch(student, name, seed):
    make, options = OPTIMISERS[name]
    start, gradients = normal(seed, 3, 4), [normal(seed + i, 3, 4) for i in range(1, 13)]
    got = run(student, name, start, gradients, **options)
    for number, (a, b) in enumerate(zip(got, oracle(make, start, gradients), strict=True), 1):
        expect_close(a, b, **TOLERANCE, what=f"the parameter after step {number} of {name}")


def works_entry_by_entry(student, name):
    start, gradients = normal(1, 2, 3), [normal(i, 2, 3) for i in (2, 3, 4)]
    whole = run(student, name, start, gradients)[-1]
    for row, column in ((0, 0), (1, 2)):
        alone = run(student, name, start[row, column], [g[row, column] for g in gradients])[-1]
        expect_close(alone, whole[row, column], what="an entry by itself")


VALLEY = {
    "sgd": 0.004,
    "momentum": 0.002,
    "nesterov": 0.002,
    "adagrad": 0.5,
    "rmsprop": 0.01,
    "adam": 0.05,
}


def goes_down_a_narrow_valley(student, name):
    scale = torch.tensor([1.0, 100.0], dtype=torch.float64)  # the loss is (x^2 + 100 y^2) / 2
    step, param, state = getattr(student.optim, name), torch.ones(2, dtype=torch.float64), {}
    for _ in range(100):
        param, state = step(param, scale * param, state, VALLEY[name])
    loss = float((scale * param**2).sum()) / 2
    assert loss < 50.5 / 10, f"after 100 steps the loss is {loss:.3g}, at the start it was 50.5"


def keeps_parameters_apart(student, name):
    step = getattr(student.optim, name)
    gradients = [(normal(i, 3), 5 * normal(i + 40, 3)) for i in range(4)]
    alone = [run(student, name, normal(8, 3), [pair[k] for pair in gradients])[-1] for k in (0, 1)]
    params, states = [normal(8, 3), normal(8, 3)], [{}, {}]
    for pair in gradients:  # one step of the one, one step of the other, in turn
        for k in (0, 1):
            params[k], states[k] = step(params[k], pair[k], states[k], 0.1)
    for k in (0, 1):
        expect_close(params[k], alone[k], what="a parameter that is trained together with another")


def does_not_divide_by_zero(student, name):
    zero = torch.zeros(2, dtype=torch.float64)
    path = run(student, name, torch.ones(2, dtype=torch.float64), [zero, zero])
    expect_close(path[-1], [1.0, 1.0], what="the parameter after gradients of zero")


def keeps_float32(student, name):
    step = getattr(student.optim, name)
    for shape in ((3,), ()):
        param, state = step(torch.ones(shape), torch.ones(shape), {}, 0.1)
        expect_tensor(param, shape, "float32", "the parameter")
        expect_type(state, dict, "the state")
        param, _ = step(param, torch.ones(shape), state, 0.1)
        expect_tensor(param, shape, "float32", "the parameter after a second step")


def leaves_its_arguments_alone(student, name):
    param, grad = normal(9, 4), normal(10, 4)
    step, before = getattr(student.optim, name), student.generators(seed=20)
    (new, state), after = student.with_arguments(step, param, grad, {}, 0.1)
    expect_equal(after[:2], [param, grad], "parameter and gradient after the call")
    _, after = student.with_arguments(step, new, grad, state, 0.1)
    expect_equal(after[:2], [new, grad], "parameter and gradient after a second call")
    expect_equal(student.generators(), before, "the global random generators after the calls")
    kept, _ = student.keep(step, [param, grad, {}, 0.1], 0)  # a tensor that stays there
    values = kept.tolist()
    _, state = student.keep(step, [param, kept, {}, 0.1], 1)
    step(param, grad, state, 0.1)
    expect_equal(kept.tolist(), values, "a gradient after the step that follows its own")


# ---- every optimiser by each of these


def test_sgd_follows_its_equation(student):
    follows_torch(student, "sgd", 10)


def test_sgd_works_entry_by_entry(student):
    works_entry_by_entry(student, "sgd")


def test_sgd_goes_down_a_narrow_valley(student):
    goes_down_a_narrow_valley(student, "sgd")


def test_sgd_keeps_float32(student):
    keeps_float32(student, "sgd")


def test_sgd_leaves_its_arguments_alone(student):
    leaves_its_arguments_alone(student, "sgd")


def test_momentum_follows_its_equation(student):
    follows_torch(student, "momentum", 30)


def test_momentum_works_entry_by_entry(student):
    works_entry_by_entry(student, "momentum")


def test_momentum_goes_down_a_narrow_valley(student):
    goes_down_a_narrow_valley(student, "momentum")


def test_momentum_keeps_parameters_apart(student):
    keeps_parameters_apart(student, "momentum")


def test_momentum_keeps_float32(student):
    keeps_float32(student, "momentum")


def test_momentum_leaves_its_arguments_alone(student):
    leaves_its_arguments_alone(student, "momentum")


def test_nesterov_follows_its_equation(student):
    follows_torch(student, "nesterov", 50)


def test_nesterov_works_entry_by_entry(student):
    works_entry_by_entry(student, "nesterov")


def test_nesterov_goes_down_a_narrow_valley(student):
    goes_down_a_narrow_valley(student, "nesterov")


def test_nesterov_keeps_parameters_apart(student):
    keeps_parameters_apart(student, "nesterov")


def test_nesterov_keeps_float32(student):
    keeps_float32(student, "nesterov")


def test_nesterov_leaves_its_arguments_alone(student):
    leaves_its_arguments_alone(student, "nesterov")


def test_adagrad_follows_its_equation(student):
    follows_torch(student, "adagrad", 70)


def test_adagrad_works_entry_by_entry(student):
    works_entry_by_entry(student, "adagrad")


def test_adagrad_goes_down_a_narrow_valley(student):
    goes_down_a_narrow_valley(student, "adagrad")


def test_adagrad_keeps_parameters_apart(student):
    keeps_parameters_apart(student, "adagrad")


def test_adagrad_does_not_divide_by_zero(student):
    does_not_divide_by_zero(student, "adagrad")


def test_adagrad_keeps_float32(student):
    keeps_float32(student, "adagrad")


def test_adagrad_leaves_its_arguments_alone(student):
    leaves_its_arguments_alone(student, "adagrad")


def test_rmsprop_follows_its_equation(student):
    follows_torch(student, "rmsprop", 90)


def test_rmsprop_works_entry_by_entry(student):
    works_entry_by_entry(student, "rmsprop")


def test_rmsprop_goes_down_a_narrow_valley(student):
    goes_down_a_narrow_valley(student, "rmsprop")


def test_rmsprop_keeps_parameters_apart(student):
    keeps_parameters_apart(student, "rmsprop")


def test_rmsprop_does_not_divide_by_zero(student):
    does_not_divide_by_zero(student, "rmsprop")


def test_rmsprop_keeps_float32(student):
    keeps_float32(student, "rmsprop")


def test_rmsprop_leaves_its_arguments_alone(student):
    leaves_its_arguments_alone(student, "rmsprop")


def test_adam_follows_its_equation(student):
    follows_torch(student, "adam", 110)


def test_adam_works_entry_by_entry(student):
    works_entry_by_entry(student, "adam")


def test_adam_goes_down_a_narrow_valley(student):
    goes_down_a_narrow_valley(student, "adam")


def test_adam_keeps_parameters_apart(student):
    keeps_parameters_apart(student, "adam")


def test_adam_does_not_divide_by_zero(student):
    does_not_divide_by_zero(student, "adam")


def test_adam_keeps_float32(student):
    keeps_float32(student, "adam")


def test_adam_leaves_its_arguments_alone(student):
    leaves_its_arguments_alone(student, "adam")


def test_adam_is_right_from_the_first_step(student):
    # however large or small the gradient is, the first step is lr long
    for size in (1e-3, 1.0, 1e3):
        grad = torch.tensor([size, -size], dtype=torch.float64)
        (param,) = run(student, "adam", torch.zeros(2, dtype=torch.float64), [grad], [0.01])
        expect_close(param, [-0.01, 0.01], rtol=1e-3, what=f"the first step for gradient {size}")
