"""Each module of hw1's reference against something independent of it.

The oracles: definitions by recursion or by loops, exact arithmetic (fractions, decimals), closed
forms, and torch's own losses and autograd, which the homework forbids and the reference avoids.
"""

import copy
import math
import random
import re
from collections import Counter
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import cache
from itertools import product

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from reference.hw1_classification import evaluation, extensions, features, network, text
from reference.hw1_classification import logistic_regression as lr
from reference.hw1_classification.naive_bayes import NaiveBayes, most_informative

REAL = [torch.float32, torch.float64]


def close(got, wanted):
    """Float64 to rounding: 1e-9 relative is 1,000 times what the longest sum here loses."""
    got, wanted = torch.as_tensor(got), torch.as_tensor(wanted)
    torch.testing.assert_close(got, wanted, rtol=1e-9, atol=1e-12)
    return True


# ---------------------------------------------------------------------------------------- text.py


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("<b>정말</b> 좋은 영화[1]! don't<br/>The end", "정말 좋은 영화 dont The end"),
        ("", ""),
        (" \t\n ", ""),
        ("<a><b>", ""),
        ('<a href="x>y">z', "yz"),  # the first > ends the tag
        ("a < b", "a b"),  # no end: ordinary text
        ("a [b", "a b"),
        ("<>x[]", "x"),
        ("<<b>>x", "x"),
        ("a<br\n/>b", "a b"),
        ("[a <b] c> d", "a d"),  # tags first: nothing is left that closes the bracket
        ("1.5점", "15점"),
    ],
)
def test_clean(raw, wanted):
    assert text.clean(raw) == wanted


def test_cleaning_twice_changes_nothing():
    rng = random.Random(1)
    for _ in range(500):
        raw = "".join(rng.choices("ab가 1<>[]!\n", k=12))
        once = text.clean(raw)
        assert text.clean(once) == once
        assert all(c.isalnum() or c == " " for c in once)
        assert "  " not in once
        assert once.strip() == once


def test_tokens_are_the_maximal_runs():
    rng = random.Random(2)
    for _ in range(300):
        raw = "".join(rng.choices("aB가ㅋ1_ -.\t", k=10))
        wanted, run = [], ""
        for c in raw + " ":
            if c.isalnum():
                run += c
            elif run:
                wanted.append(run)
                run = ""
        assert text.tokenize(raw, lower=False) == wanted
        assert text.tokenize(raw) == [token.lower() for token in wanted]
    # the run is found before it is lower-cased: İ becomes i and a combining dot, no letter
    assert text.tokenize("İstanbul") == ["İstanbul".lower()]


@pytest.mark.parametrize("container", [set, list])
def test_stop_words_are_compared_lower_cased(container):
    tokens = ["The", "영화", "WAS", "Good", "the"]
    assert text.remove_stop_words(tokens, container(["the", "Was"])) == ["영화", "Good"]


def test_stem():
    stems = {
        "tuning": "tun", "tuned": "tun", "tunes": "tun", "uses": "use", "goes": "goe",
        "sing": "sing", "class": "class", "passed": "pass", "classes": "class", "red": "red",
        "is": "is", "cats": "cat", "running": "runn", "singings": "singing", "ings": "ing",
        "TUNING": "TUNING", "먹었다": "먹었다", "": "",
    }  # fmt: skip
    assert {token: text.stem(token) for token in stems} == stems


@cache
def distance(source, target, cost):
    """The definition, read from the left end: what becomes of the first characters."""
    if not source or not target:
        return len(source) + len(target)
    change = 0 if source[0] == target[0] else cost
    return min(
        1 + distance(source[1:], target, cost),
        1 + distance(source, target[1:], cost),
        change + distance(source[1:], target[1:], cost),
    )


STRINGS = ["".join(letters) for n in range(4) for letters in product("a가b", repeat=n)]


@pytest.mark.parametrize("cost", [0, 1, 2, 5])
def test_distance_and_script_of_all_short_strings(cost):
    for source, target in product(STRINGS, repeat=2):
        wanted = distance(source, target, cost)
        assert text.edit_distance(source, target, cost) == wanted
        script = text.edit_script(source, target, cost)
        assert "".join(before for _, before, _ in script) == source
        assert "".join(after for _, _, after in script) == target
        price = {"keep": 0, "insert": 1, "delete": 1, "substitute": cost}
        assert sum(price[action] for action, _, _ in script) == wanted
        for action, before, after in script:
            assert action == kind(before, after)


def kind(before, after):
    if not before or not after:
        return "delete" if before else "insert"
    return "keep" if before == after else "substitute"


def test_distances_of_the_books():
    assert text.edit_distance("intention", "execution") == 8
    assert text.edit_distance("intention", "execution", 1) == 5
    assert text.edit_distance("먹었다", "먹는다", substitution_cost=1) == 1


def test_long_strings_neither_recurse_nor_copy():
    rng = random.Random(3)
    source = "".join(rng.choices("ACGT", k=2000))
    gone = set(rng.sample(range(2000), 100))
    target = "".join(c for i, c in enumerate(source) if i not in gone)
    # 100 deletions are enough, and no script changes the length by 100 for less
    assert text.edit_distance(source, target) == 100


# ------------------------------------------------------------------------------------ features.py


def documents(seed):
    rng = random.Random(seed)
    return [rng.choices(["나", "가", "b", "a", "<unk>", "é"], k=rng.randrange(6)) for _ in range(9)]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("min_count", "max_size"), [(1, None), (2, None), (1, 3), (3, 4), (1, 1)])
def test_vocabulary(seed, min_count, max_size):
    docs = documents(seed)
    flat = [token for doc in docs for token in doc if token != "<unk>"]
    known = sorted(t for t in set(flat) if flat.count(t) >= min_count)
    wanted = ["<unk>", *sorted(known, key=flat.count, reverse=True)][:max_size]  # sorted is stable
    vocabulary = features.Vocabulary(docs, min_count, max_size)
    assert vocabulary.tokens == wanted
    assert len(vocabulary) == len(wanted)
    assert vocabulary.decode(list(range(len(wanted)))) == wanted
    assert vocabulary.encode([*wanted, "new"]) == [*range(len(wanted)), 0]


@pytest.mark.parametrize("binary", [False, True])
def test_bag_of_words(binary):
    docs = documents(7)
    vocabulary = features.Vocabulary(docs, min_count=2, max_size=4)
    bag = features.bag_of_words(docs, vocabulary, binary)
    assert bag.dtype == np.int64
    assert bag.shape == (9, 4)
    for row, doc in zip(bag.tolist(), docs, strict=True):
        counts = [doc.count(token) for token in vocabulary.tokens[1:]]
        wanted = [len(doc) - sum(counts), *counts]
        assert row == ([min(count, 1) for count in wanted] if binary else wanted)
    assert features.bag_of_words([], vocabulary).shape == (0, 4)


def test_a_vocabulary_of_nothing():
    assert features.Vocabulary([]).tokens == ["<unk>"]


def test_tf_idf_by_loops():
    rng = np.random.default_rng(4)
    seen, new = rng.poisson(0.7, (8, 5)), rng.poisson(0.7, (3, 5))
    new[1] = 0
    model = features.TfIdf()
    assert model.fit(seen) is model
    idf = []
    for v in range(5):
        df = sum(1 for n in range(8) if seen[n, v] > 0)
        idf.append(math.log(9 / (1 + df)) + 1)
    assert close(model.idf, np.array(idf))
    weights = model.transform(new)
    assert weights.dtype == np.float64
    for n in range(3):
        row = [new[n, v] * idf[v] for v in range(5)]
        norm = math.hypot(*row) or 1.0
        assert close(weights[n], np.array(row) / norm)
    assert close(model.transform(2 * new), weights)


# --------------------------------------------------------------------------------- naive_bayes.py

SPAM = np.array(  # 무료 쿠폰 클릭 회의 내일 점심
    [[1, 1, 0, 0, 0, 0], [0, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 0], [0, 0, 0, 1, 2, 1]]
)
LABELS = np.array([1, 1, 0, 0])


def exact_joint(counts, labels, document, alpha):
    """[P(c) prod P(v|c)^count] in fractions."""
    joint = []
    for c in range(max(labels) + 1):
        rows = [row for row, label in zip(counts.tolist(), labels, strict=True) if label == c]
        words = [sum(column) for column in zip(*rows, strict=True)] or [0] * counts.shape[1]
        total = sum(words) + alpha * len(words)
        chance = Fraction(len(rows), len(labels))
        for word, count in zip(words, document, strict=True):
            share = (word + alpha) / total if total else Fraction(0)
            chance *= share ** int(count)  # 0 ** 0 is 1: an absent word says nothing
        joint.append(chance)
    return joint


def log(fraction):
    return math.log(fraction) if fraction else -math.inf


@pytest.mark.parametrize("alpha", [Fraction(0), Fraction(1, 10), Fraction(1), Fraction(10)])
def test_naive_bayes_in_fractions(alpha):
    rng = np.random.default_rng(5)
    for counts, labels in [
        (SPAM, LABELS.tolist()),
        (rng.poisson(0.8, (9, 4)), [0, 3, 0, 1, 3, 3, 1, 0, 1]),  # class 2 is empty
        (np.array([[0, 0], [2, 1]]), [0, 1]),  # class 0 has a document, but no word
    ]:
        model = NaiveBayes(float(alpha))
        assert model.fit(counts, np.array(labels)) is model
        asked = np.vstack([rng.poisson(0.5, (12, counts.shape[1])), 0 * counts[:1]])
        exact = [exact_joint(counts, labels, document, alpha) for document in asked]
        assert close(model.joint_log_likelihood(asked), np.array([[*map(log, j)] for j in exact]))
        posterior = model.predict_log_proba(asked)
        for row, joint in zip(posterior, exact, strict=True):
            total = sum(joint)
            if total:
                assert close(row, np.array([log(j / total) for j in joint]))
            else:
                assert close(row, np.full(len(joint), -math.log(len(joint))))
        guess = model.predict(asked)
        assert guess.dtype == np.int64
        for label, joint in zip(guess, exact, strict=True):
            assert math.isclose(joint[label], max(joint), rel_tol=1e-12)
        assert guess[-1] == np.bincount(labels).argmax()  # the empty document: the prior decides


def test_tables_of_the_worked_example():
    model = NaiveBayes().fit(SPAM, LABELS)
    assert close(np.exp(model.class_log_prior_), np.array([0.5, 0.5]))
    ham, spam = np.exp(model.feature_log_prob_)
    assert close(spam[[0, 3]], np.array([3 - 1, 1]) / 10)
    assert close(ham[[0, 4]], np.array([1, 4]) / 12)


def test_a_class_without_documents():
    counts, labels = np.array([[1, 0, 2], [0, 1, 1]]), np.array([0, 2])
    smoothed, raw = NaiveBayes(0.5).fit(counts, labels), NaiveBayes(0).fit(counts, labels)
    assert smoothed.class_log_prior_[1] == raw.class_log_prior_[1] == -np.inf
    assert close(smoothed.feature_log_prob_[1], np.full(3, -math.log(3)))
    assert (raw.feature_log_prob_[1] == -np.inf).all()


def test_a_document_of_20000_words_does_not_underflow():
    model = NaiveBayes().fit(SPAM, LABELS)
    posterior = model.predict_log_proba(10_000 * SPAM[:1])
    # per pair of words the odds of spam grow by the same factor
    step = (model.feature_log_prob_[0] - model.feature_log_prob_[1]) @ SPAM[0]
    assert close(posterior[0], np.array([10_000 * step, 0.0]))


def test_most_informative():
    counts = np.array([[3, 0, 1, 0, 2, 2], [1, 2, 1, 0, 1, 1]])
    smoothed = NaiveBayes().fit(counts, np.array([1, 0]))
    odds = [(c + 1) / 14 / ((d + 1) / 12) for c, d in counts.T.tolist()]
    wanted = sorted(range(6), key=lambda v: (-round(odds[v], 12), v))
    assert most_informative(smoothed, 99) == wanted
    assert most_informative(smoothed, 2) == wanted[:2]
    assert all(type(v) is int for v in most_informative(smoothed, 3))
    assert most_informative(smoothed, 1, positive=0, negative=1) == [1]
    # without smoothing: word 3 was never seen (difference 0), word 1 only in class 0 (-inf)
    raw = NaiveBayes(0).fit(counts, np.array([1, 0]))
    assert most_informative(raw, 6)[-2:] == [2, 1]
    assert most_informative(raw, 6)[:3] == [0, 4, 5]


# ------------------------------------------------------------------------- logistic_regression.py


def test_sigmoid_in_decimals():
    z = torch.tensor([*np.linspace(-700, 700, 281), 1e-9, -36.5, 0.1], dtype=torch.float64)
    with localcontext() as context:
        context.prec = 400
        wanted = [float(1 / (1 + (-Decimal(v)).exp())) for v in z.tolist()]
    torch.testing.assert_close(
        lr.sigmoid(z), torch.tensor(wanted, dtype=z.dtype), rtol=1e-12, atol=0
    )
    assert lr.sigmoid(torch.tensor([-1000.0, 0.0, 1000.0])).tolist() == [0.0, 0.5, 1.0]
    assert lr.sigmoid(torch.tensor(0.0)).shape == ()
    assert lr.sigmoid(torch.empty(0, 3)).shape == (0, 3)


def test_logit_and_odds_in_decimals():
    # p exactly as the machine holds it, near both ends and between
    p = torch.tensor([1e-300, 1e-12, 0.01, 0.2, 0.8, 0.99, 1 - 1e-12], dtype=torch.float64)
    with localcontext() as context:
        context.prec = 400
        exact = [Decimal(v) / (1 - Decimal(v)) for v in p.tolist()]
        logs = [float(odd.ln()) for odd in exact]
    for got, wanted in ((lr.odds(p), [*map(float, exact)]), (lr.logit(p), logs)):
        torch.testing.assert_close(got, torch.tensor(wanted, dtype=p.dtype), rtol=1e-12, atol=0)
    ends = torch.tensor([0.0, 0.5, 1.0])
    assert lr.logit(ends).tolist() == [-math.inf, 0.0, math.inf]
    assert lr.odds(ends).tolist() == [0.0, 1.0, math.inf]


def problem(seed=0, n=7, v=4, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    X = torch.randn(n, v, generator=generator, dtype=dtype)
    w = torch.randn(v, generator=generator, dtype=dtype)
    b = torch.randn((), generator=generator, dtype=dtype)
    y = (torch.arange(n) % 3 == 0).to(torch.int64)
    return w, b, X, y


def torch_loss(w, b, X, y, l2, l1):
    entropy = F.binary_cross_entropy_with_logits(X @ w + b, y.to(X.dtype))
    return entropy + l2 / 2 * w.norm() ** 2 + l1 * w.norm(1)


@pytest.mark.parametrize("scale", [1, 300])
@pytest.mark.parametrize(("l2", "l1"), [(0.0, 0.0), (0.3, 0.0), (0.0, 0.2), (0.3, 0.2)])
def test_loss_and_gradient_against_torch(l2, l1, scale):
    w, b, X, y = problem()
    X = scale * X  # 300: |Xw + b| of about 1,000
    leaf_w, leaf_b = w.clone().requires_grad_(), b.clone().requires_grad_()
    wanted = torch_loss(leaf_w, leaf_b, X, y, l2, l1)
    wanted.backward()
    for dtype in (torch.bool, torch.int64, torch.float32, torch.float64):
        assert close(lr.loss(w, b, X, y.to(dtype), l2, l1), wanted.detach())
        by_w, by_b = lr.gradient(w, b, X, y.to(dtype), l2, l1)
        assert close(by_w, leaf_w.grad)
        assert close(by_b, leaf_b.grad)


def test_the_first_gradient_by_hand():
    X, y = torch.tensor([[1.0, 0.0], [0.0, 2.0]]), torch.tensor([1, 0])
    zero = torch.zeros(2), torch.zeros(())
    assert lr.loss(*zero, X, y, l1=9.0).item() == pytest.approx(math.log(2))
    by_w, by_b = lr.gradient(*zero, X, y, l2=9.0, l1=9.0)  # the sub-gradient of |0| is 0
    assert by_w.tolist() == [-0.25, 0.5]
    assert by_b.item() == 0.0


@pytest.mark.parametrize("batch_size", [None, 7, 99])
def test_full_batches_descend_as_autograd_says(batch_size):
    _, _, X, y = problem()
    w = torch.zeros(4, dtype=X.dtype, requires_grad=True)
    b = torch.zeros((), dtype=X.dtype, requires_grad=True)
    losses = []
    for _ in range(12):
        by_w, by_b = torch.autograd.grad(torch_loss(w, b, X, y, 0.1, 0.0), (w, b))
        w, b = (
            (w - 0.3 * by_w).detach().requires_grad_(),
            (b - 0.3 * by_b).detach().requires_grad_(),
        )
        losses.append(torch_loss(w, b, X, y, 0.1, 0.0).item())
    model = lr.LogisticRegression(l2=0.1, lr=0.3, epochs=12, batch_size=batch_size)
    for _ in range(2):  # a second fit starts afresh
        assert model.fit(X, y) is model
        assert close(model.w, w.detach())
        assert close(model.b, b.detach())
        assert close(torch.tensor(model.losses), torch.tensor(losses))
    assert all(type(value) is float for value in model.losses)
    wanted = torch.special.expit(X @ w.detach() + b.detach())
    assert close(model.predict_proba(X), wanted)
    assert model.predict(X).tolist() == (wanted >= 0.5).long().tolist()
    assert model.predict(X).dtype == torch.int64


@pytest.mark.parametrize("batch_size", [1, 4, 5])
def test_mini_batches_settle_at_the_optimum(batch_size):
    _, _, X, y = problem(n=13)
    settings = {"l2": 0.2, "lr": 0.02, "epochs": 250, "batch_size": batch_size}
    model = lr.LogisticRegression(**settings, seed=3).fit(X, y)
    # strongly convex: the loss is within |gradient|^2 / (2 l2) of the optimum, here 6e-3. The
    # last steps of mini-batches stay noisy; at zero weights the gradient is 0.17 long.
    by_w, by_b = lr.gradient(model.w, model.b, X, y, l2=0.2)
    assert torch.hypot(by_w.norm(), by_b).item() < 5e-2
    assert model.losses[-1] < model.losses[0]
    again = lr.LogisticRegression(**settings, seed=3).fit(X, y)
    other = lr.LogisticRegression(**settings, seed=4).fit(X, y)
    assert again.losses == model.losses
    assert other.losses != model.losses


def test_the_last_smaller_batch_counts():
    """Three examples in batches of two: whatever the order, a batch of one comes last."""
    _, _, X, y = problem(n=3)
    model = lr.LogisticRegression(lr=0.5, epochs=1, batch_size=2, seed=0).fit(X, y)
    reached = []
    for last in range(3):
        w, b = torch.zeros(4, dtype=X.dtype), torch.zeros((), dtype=X.dtype)
        for batch in ([i for i in range(3) if i != last], [last]):
            by_w, by_b = lr.gradient(w, b, X[batch], y[batch])
            w, b = w - 0.5 * by_w, b - 0.5 * by_b
        reached.append(w)
    assert any(torch.allclose(model.w, w, rtol=1e-12) for w in reached)


def test_no_epochs_leave_zeros():
    _, _, X, y = problem()
    model = lr.LogisticRegression(epochs=0).fit(X, y)
    assert (model.w.tolist(), model.b.item(), model.losses) == ([0.0] * 4, 0.0, [])
    assert model.predict(X).tolist() == [1] * 7  # 0.5 is enough


def test_iterations_to_epochs_in_fractions():
    for n, examples, batch in product(range(0, 1000, 37), (1, 7, 50, 1000), (1, 3, 60)):
        wanted = math.floor(Fraction(n) / (Fraction(examples) / batch))
        assert lr.iterations_to_epochs(n, examples, batch) == wanted
    assert lr.iterations_to_epochs(250, 1000, 60) == 15


# ------------------------------------------------------------------------------------- network.py

CORNERS = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
FUNCTIONS = {"sigmoid": torch.special.expit, "tanh": torch.tanh, "relu": F.relu}


def test_perceptron_step_by_step():
    w, b, epochs = [0, 0], 0, 0  # the rule once more, in Python's integers, on AND
    points = list(zip(CORNERS.long().tolist(), [0, 0, 0, 1], strict=True))
    while True:
        wrong = 0
        epochs += 1
        for x, y in points:
            error = y - int(w[0] * x[0] + w[1] * x[1] + b > 0)
            w, b, wrong = [w[0] + error * x[0], w[1] + error * x[1]], b + error, wrong + abs(error)
        if not wrong:
            break
    got_w, got_b, converged = network.perceptron_train(CORNERS, torch.tensor([0, 0, 0, 1]), 99)
    assert (got_w.tolist(), got_b.item(), converged) == (w, b, True)
    # one epoch fewer ends with the right weights, but without an epoch that shows it
    *early, shown = network.perceptron_train(CORNERS, torch.tensor([0, 0, 0, 1]), epochs - 1)
    assert (early[0].tolist(), early[1].item(), shown) == (w, b, False)


@pytest.mark.parametrize("dtype", REAL)
def test_perceptron_does_or_but_not_xor(dtype):
    X = CORNERS.to(dtype)
    w, b, converged = network.perceptron_train(X, torch.tensor([0, 1, 1, 1]), 50)
    assert converged is True
    assert w.dtype == b.dtype == dtype
    assert ((X @ w + b) > 0).tolist() == [False, True, True, True]
    assert network.perceptron_train(X, torch.tensor([0, 1, 1, 0]), 200)[2] is False


def parameters(seed=0, scale=1.0):
    generator = torch.Generator().manual_seed(seed)
    shapes = {"W1": (3, 5), "b1": (5,), "W2": (5, 4), "b2": (4,)}
    return {
        name: scale * torch.randn(shape, generator=generator, dtype=torch.float64)
        for name, shape in shapes.items()
    }


@pytest.mark.parametrize("scale", [1.0, 30.0])  # 30: logits of several thousand
@pytest.mark.parametrize("activation", FUNCTIONS)
def test_forward_and_backward_against_autograd(activation, scale):
    params = parameters(scale=scale)
    generator = torch.Generator().manual_seed(9)
    X = torch.randn(6, 3, generator=generator, dtype=torch.float64)
    y = torch.tensor([0, 3, 1, 2, 2, 0])
    leaves = {name: value.clone().requires_grad_() for name, value in params.items()}
    h = FUNCTIONS[activation](X @ leaves["W1"] + leaves["b1"])
    logits = h @ leaves["W2"] + leaves["b2"]
    F.cross_entropy(logits, y).backward()
    state = network.forward(params, X, activation)
    assert sorted(state) == ["h", "logits", "probs"]
    assert close(state["h"], h.detach())
    assert close(state["logits"], logits.detach())
    assert close(state["probs"], torch.softmax(logits.detach(), dim=1))
    gradients = network.backward(params, X, y, activation)
    assert sorted(gradients) == sorted(params)
    for name, leaf in leaves.items():
        # the softmax of large logits loses what the exponent lost: 1e-16 times the logit
        torch.testing.assert_close(gradients[name], leaf.grad, rtol=1e-8, atol=1e-10)


def test_relu_has_slope_0_at_0():
    params = parameters()
    params["W1"] = torch.zeros_like(params["W1"])
    params["b1"] = torch.zeros_like(params["b1"])
    X, y = torch.ones(2, 3, dtype=torch.float64), torch.tensor([0, 1])
    assert not network.backward(params, X, y, "relu")["b1"].any()


@pytest.mark.parametrize(("scheme", "gain"), [("xavier", 1), ("he", 2)])
def test_initialise(scheme, gain):
    params = network.initialise(400, 100, 130, scheme, seed=1)
    assert {name: tuple(value.shape) for name, value in params.items()} == {
        "W1": (400, 100), "b1": (100,), "W2": (100, 130), "b2": (130,),
    }  # fmt: skip
    assert {value.dtype for value in params.values()} == {torch.float32}
    assert not params["b1"].any()
    assert not params["b2"].any()
    for name, fan_in in (("W1", 400), ("W2", 100)):
        unit = params[name] / math.sqrt(gain / fan_in)
        n = unit.numel()
        # 5 sigma: the mean of n has spread 1/sqrt(n), their deviation 1/sqrt(2n)
        assert abs(unit.mean().item()) < 5 / math.sqrt(n)
        assert abs(unit.std().item() - 1) < 5 / math.sqrt(2 * n)
        # normal: 68.27 % within one deviation
        share = (unit.abs() < 1).float().mean().item()
        assert abs(share - 0.6827) < 5 * math.sqrt(0.6827 * 0.3173 / n)
    again, other = (network.initialise(400, 100, 130, scheme, seed=s) for s in (1, 2))
    assert torch.equal(again["W1"], params["W1"])
    assert not torch.equal(other["W1"], params["W1"])
    square = network.initialise(5, 5, 5, scheme)
    assert not torch.equal(square["W1"], square["W2"])


@pytest.mark.parametrize("seed", range(10))
def test_solve_xor(seed):
    params = network.solve_xor(seed)
    h = torch.tanh(CORNERS @ params["W1"] + params["b1"])
    assert (h @ params["W2"] + params["b2"]).argmax(dim=1).tolist() == [0, 1, 1, 0]
    assert not torch.equal(params["W1"], network.solve_xor(seed + 1)["W1"])


# ---------------------------------------------------------------------------------- evaluation.py


def largest_remainder(n, ratios):
    wanted = [n * Fraction(str(ratio)) for ratio in ratios]  # 0.6 is six tenths here
    sizes = [math.floor(size) for size in wanted]
    order = sorted(range(len(ratios)), key=lambda i: (sizes[i] - wanted[i], i))
    for i in order[: n - sum(sizes)]:
        sizes[i] += 1
    return sizes


@pytest.mark.parametrize(
    "ratios", [(0.6, 0.2, 0.2), (0.7, 0.2, 0.1), (0.5, 0.5), (1.0,), (0.0, 1.0), (0.01, 0.44, 0.55)]
)
def test_split(ratios):
    for n in [*range(1, 60), 1000]:
        parts = evaluation.split(n, ratios, seed=n)
        assert isinstance(parts, tuple)
        assert [len(part) for part in parts] == largest_remainder(n, ratios), n
        assert sorted(np.concatenate(parts).tolist()) == list(range(n))
        assert all(part.dtype == np.int64 for part in parts)


def test_split_and_folds_are_shuffled_by_their_seed():
    for cut in (
        lambda seed: np.concatenate(evaluation.split(50, seed=seed)),
        lambda seed: np.concatenate(
            [val for _, val in evaluation.cross_validation_folds(50, 5, seed)]
        ),
    ):
        assert np.array_equal(cut(0), cut(0))
        assert not np.array_equal(cut(0), cut(1))
        assert not np.array_equal(cut(0), np.arange(50))


@pytest.mark.parametrize(("n", "k"), [(2, 2), (7, 3), (10, 5), (11, 11), (20, 6)])
def test_folds(n, k):
    folds = evaluation.cross_validation_folds(n, k, 1)
    assert isinstance(folds, list)
    assert len(folds) == k
    assert sorted(np.concatenate([val for _, val in folds]).tolist()) == list(range(n))
    sizes = [len(val) for _, val in folds]
    assert max(sizes) - min(sizes) <= 1
    for train, val in folds:
        assert sorted([*train.tolist(), *val.tolist()]) == list(range(n))
        assert train.dtype == val.dtype == np.int64


def figures_by_pairs(gold, predicted, classes):
    pairs = Counter(zip(gold, predicted, strict=True))
    figures = []
    for c in range(classes):
        hit = pairs[c, c]
        said = sum(count for (_, p), count in pairs.items() if p == c)
        true = sum(count for (g, _), count in pairs.items() if g == c)
        p, r = (Fraction(hit, said) if said else 0), (Fraction(hit, true) if true else 0)
        figures.append((p, r, 2 * p * r / (p + r) if p + r else 0))
    return figures


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("classes", [2, 3, 6])  # of 6 some do not occur
def test_metrics_by_pairs(seed, classes):
    rng = random.Random(seed)
    gold = [rng.randrange(min(classes, 4)) for _ in range(11)]
    predicted = [rng.choice([g, rng.randrange(classes)]) for g in gold]
    pairs = Counter(zip(gold, predicted, strict=True))
    matrix = evaluation.confusion_matrix(np.array(gold), predicted, classes)
    assert matrix.dtype == np.int64
    assert matrix.tolist() == [[pairs[g, p] for p in range(classes)] for g in range(classes)]
    right = sum(g == p for g, p in zip(gold, predicted, strict=True)) / 11
    assert evaluation.accuracy(gold, predicted) == pytest.approx(right)
    figures = figures_by_pairs(gold, predicted, classes)
    wanted = {
        "binary": figures[1],
        "macro": [sum(column) / classes for column in zip(*figures, strict=True)],
        "micro": [right] * 3,
    }
    for average, values in wanted.items():
        got = evaluation.precision_recall_f1(gold, predicted, classes, average)
        assert isinstance(got, tuple)
        assert all(type(value) is float for value in got)
        assert got == pytest.approx([float(value) for value in values])


def test_metrics_of_nothing_found_are_0():
    assert evaluation.precision_recall_f1([1, 1], [0, 0], 2, "binary") == (0.0, 0.0, 0.0)
    assert evaluation.confusion_matrix([], [], 3).tolist() == [[0] * 3] * 3


def test_grid_search_is_the_trainer_in_a_loop():
    _, _, X, _ = problem(seed=5, n=60)
    y = (X[:, 0] + 0.3 * X[:, 1] > 0.2).long()
    train, val = slice(0, 30), slice(30, 60)
    values = [30.0, 0.0, 0.01, 0.0]
    best, accuracies = evaluation.grid_search(
        X[train], y[train], X[val], y[val], values, epochs=40, lr=0.2
    )
    wanted = []
    for l2 in values:
        w, b = torch.zeros(4, dtype=X.dtype), torch.zeros((), dtype=X.dtype)
        for _ in range(40):
            error = torch.special.expit(X[train] @ w + b) - y[train]
            w, b = w - 0.2 * (X[train].T @ error / 30 + l2 * w), b - 0.2 * error.mean()
        wanted.append(((X[val] @ w + b >= 0).long() == y[val]).double().mean().item())
    assert accuracies == pytest.approx(wanted)
    assert len(set(wanted)) > 1
    assert (type(best), best) == (float, values[wanted.index(max(wanted))])
    assert all(type(value) is float for value in accuracies)
    tied = evaluation.grid_search(X[train], y[train], X[val], y[val], [0.01, 0.0, 0.01], epochs=0)
    assert tied[0] == 0.01


# ---------------------------------------------------------------------------------- extensions.py


@pytest.mark.parametrize("dtype", REAL)
def test_mse_against_torch(dtype):
    generator = torch.Generator().manual_seed(0)
    pred = torch.randn(5, generator=generator, dtype=dtype).requires_grad_()
    target = torch.randn(5, generator=generator, dtype=dtype)
    wanted = F.mse_loss(pred, target) / 2
    wanted.backward()
    torch.testing.assert_close(extensions.mse(pred.detach(), target), wanted.detach())
    torch.testing.assert_close(extensions.mse_gradient(pred.detach(), target), pred.grad)


@pytest.mark.parametrize("slope", [0.01, 0.0, 0.3])
@pytest.mark.parametrize("dtype", REAL)
def test_leaky_relu_against_torch(slope, dtype):
    x = torch.tensor([[-3.0, 0.0, 1e-20], [2.5, -1e-20, 7.0]], dtype=dtype, requires_grad=True)
    wanted = F.leaky_relu(x, slope)
    wanted.sum().backward()
    torch.testing.assert_close(extensions.leaky_relu(x.detach(), slope), wanted.detach())
    torch.testing.assert_close(extensions.leaky_relu_gradient(x.detach(), slope), x.grad)


# -------------------------------------------------------------------------- what holds everywhere

ONES, ZEROS = torch.ones(2, 3), torch.zeros(2)
FITTED = NaiveBayes().fit(SPAM, LABELS)
WEIGHTED = features.TfIdf().fit(SPAM)
TRAINED = lr.LogisticRegression(epochs=1).fit(ONES, ZEROS)
W, B = torch.zeros(3), torch.zeros(())
NET = network.initialise(3, 4, 2, "he")
WORDS = features.Vocabulary([["a"]])

IMPOSSIBLE = [
    ("substitution_cost", lambda: text.edit_distance("a", "b", -1)),
    ("substitution_cost", lambda: text.edit_script("a", "b", substitution_cost=-1)),
    ("min_count", lambda: features.Vocabulary([], min_count=0)),
    ("max_size", lambda: features.Vocabulary([], max_size=0)),
    ("ids", lambda: WORDS.decode([2])),
    ("ids", lambda: WORDS.decode([-1])),
    ("counts", lambda: features.TfIdf().fit(np.zeros((0, 3)))),
    ("counts", lambda: features.TfIdf().fit(-np.ones((1, 3)))),
    ("counts", lambda: WEIGHTED.transform(np.ones((1, 7)))),
    ("counts", lambda: WEIGHTED.transform(-np.ones((1, 6)))),
    ("alpha", lambda: NaiveBayes(-0.1).fit(SPAM, LABELS)),
    ("counts", lambda: NaiveBayes().fit(np.zeros((0, 3)), np.zeros(0, dtype=int))),
    ("counts", lambda: NaiveBayes().fit(-SPAM, LABELS)),
    ("labels", lambda: NaiveBayes().fit(SPAM, LABELS[:3])),
    ("labels", lambda: NaiveBayes().fit(SPAM, -LABELS)),
    ("counts", lambda: FITTED.joint_log_likelihood(np.ones((1, 5)))),
    ("counts", lambda: FITTED.predict_log_proba(np.ones((1, 5)))),
    ("counts", lambda: FITTED.predict(np.ones((1, 5)))),
    ("counts", lambda: FITTED.predict(-np.ones((1, 6)))),
    ("k", lambda: most_informative(FITTED, 0)),
    ("positive", lambda: most_informative(FITTED, 1, positive=2)),
    ("negative", lambda: most_informative(FITTED, 1, negative=-1)),
    ("p", lambda: lr.logit(torch.tensor([0.5, 1.1]))),
    ("p", lambda: lr.odds(torch.tensor(-0.1))),
    *((name, lambda bad=bad, of=of: of(*bad)) for of in (lr.loss, lr.gradient) for name, bad in [
        ("w|X", (torch.zeros(2), B, ONES, ZEROS)),
        ("y", (W, B, ONES, torch.zeros(3))),
        ("y", (W, B, ONES, torch.zeros(2, 1))),
        ("y", (W, B, ONES, torch.tensor([0, 2]))),
        ("X|y", (W, B, torch.zeros(0, 3), torch.zeros(0))),
        ("l2", (W, B, ONES, ZEROS, -1.0)),
        ("l1", (W, B, ONES, ZEROS, 0.0, -1.0)),
    ]),
    ("l2", lambda: lr.LogisticRegression(l2=-1.0).fit(ONES, ZEROS)),
    ("l1", lambda: lr.LogisticRegression(l1=-1.0).fit(ONES, ZEROS)),
    ("batch_size", lambda: lr.LogisticRegression(batch_size=0).fit(ONES, ZEROS)),
    ("y", lambda: lr.LogisticRegression(epochs=0).fit(ONES, torch.zeros(3))),
    ("X|y", lambda: lr.LogisticRegression().fit(torch.zeros(0, 3), torch.zeros(0))),
    ("X", lambda: TRAINED.predict_proba(torch.ones(2, 4))),
    ("n_iters", lambda: lr.iterations_to_epochs(-1, 1, 1)),
    ("n_examples", lambda: lr.iterations_to_epochs(1, 0, 1)),
    ("batch_size", lambda: lr.iterations_to_epochs(1, 1, 0)),
    ("y", lambda: network.perceptron_train(ONES, torch.zeros(3), 1)),
    ("y", lambda: network.perceptron_train(ONES, torch.tensor([0, 2]), 1)),
    ("activation", lambda: network.forward(NET, ONES, "gelu")),
    ("activation", lambda: network.backward(NET, ONES, torch.tensor([0, 1]), "gelu")),
    ("y", lambda: network.backward(NET, ONES, torch.tensor([0, 2]))),
    ("y", lambda: network.backward(NET, ONES, torch.tensor([0, -1]))),
    ("y", lambda: network.backward(NET, ONES, torch.tensor([0, 1, 1]))),
    ("scheme", lambda: network.initialise(2, 2, 2, "normal")),
    ("ratios", lambda: evaluation.split(10, (0.5, 0.4))),
    ("ratios", lambda: evaluation.split(10, (1.5, -0.5))),
    ("n", lambda: evaluation.split(0)),
    ("k|n", lambda: evaluation.cross_validation_folds(5, 1, 0)),
    ("k|n", lambda: evaluation.cross_validation_folds(5, 6, 0)),
    ("gold|predicted", lambda: evaluation.confusion_matrix([0], [0, 1], 2)),
    ("gold", lambda: evaluation.confusion_matrix([2], [0], 2)),
    ("predicted", lambda: evaluation.confusion_matrix([0], [-1], 2)),
    ("gold|predicted", lambda: evaluation.accuracy([0], [0, 1])),
    ("gold|predicted", lambda: evaluation.accuracy([], [])),
    ("gold|predicted", lambda: evaluation.precision_recall_f1([], [], 2, "macro")),
    ("gold", lambda: evaluation.precision_recall_f1([2], [0], 2, "macro")),
    ("average", lambda: evaluation.precision_recall_f1([0], [0], 2, "weighted")),
    ("l2_values", lambda: evaluation.grid_search(ONES, ZEROS, ONES, ZEROS, [])),
    ("pred|target", lambda: extensions.mse(torch.zeros(2), torch.zeros(3))),
    ("pred|target", lambda: extensions.mse_gradient(torch.zeros(0), torch.zeros(0))),
]  # fmt: skip


@pytest.mark.parametrize(("names", "call"), IMPOSSIBLE)
def test_impossible_input_is_named(names, call):
    with pytest.raises(ValueError) as caught:
        call()
    assert re.search(rf"\b({names})\b", str(caught.value))


def lr_fit(X, y):
    model = lr.LogisticRegression(epochs=3, batch_size=2).fit(X, y)
    return model.w, model.b, model.predict_proba(X)


@pytest.mark.parametrize("dtype", REAL)
@pytest.mark.parametrize(
    ("call", "shapes"),
    [
        (lr.sigmoid, [(2, 3)]),
        (lambda z: (lr.logit(lr.sigmoid(z)), lr.odds(lr.sigmoid(z))), [(2, 3)]),
        (lambda w, b, X: lr.loss(w, b, X, torch.tensor([True, False]), 0.1, 0.1), [(3,), (), (2, 3)]),
        (lambda w, b, X: lr.gradient(w, b, X, torch.tensor([1, 0]), 0.1, 0.1), [(3,), (), (2, 3)]),
        (lambda X: lr_fit(X, torch.tensor([0, 1, 1, 0])), [(4, 3)]),
        (lambda X: network.perceptron_train(X, torch.tensor([0, 1]), 3)[:2], [(2, 3)]),
        (lambda *p: network.forward(dict(zip(NET, p, strict=False)), p[4]),
         [(3, 4), (4,), (4, 2), (2,), (5, 3)]),
        (lambda *p: network.backward(dict(zip(NET, p, strict=False)), p[4], torch.arange(5) % 2),
         [(3, 4), (4,), (4, 2), (2,), (5, 3)]),
        (extensions.mse, [(4,), (4,)]),
        (extensions.mse_gradient, [(4,), (4,)]),
        (extensions.leaky_relu, [(4,)]),
        (extensions.leaky_relu_gradient, [(4,)]),
    ],
)  # fmt: skip
def test_tensors_keep_their_dtype_and_their_values(call, shapes, dtype):
    generator = torch.Generator().manual_seed(0)
    given = [torch.randn(shape, generator=generator, dtype=dtype) for shape in shapes]
    before = copy.deepcopy(given)
    result = call(*given)
    if isinstance(result, dict):
        result = tuple(result.values())
    for part in result if isinstance(result, tuple) else (result,):
        assert part.dtype == dtype
    assert all(torch.equal(a, b) for a, b in zip(given, before, strict=True))


@pytest.mark.parametrize("dtype", [np.int64, np.float32, np.float64])
def test_counts_may_be_of_any_kind_and_stay_as_they_are(dtype):
    counts, labels = SPAM.astype(dtype), LABELS.copy()
    counts.flags.writeable = labels.flags.writeable = False  # writing would raise
    model = NaiveBayes().fit(counts, labels)
    weighted = features.TfIdf().fit(counts).transform(counts)
    for result in (
        weighted,
        model.class_log_prior_,
        model.feature_log_prob_,
        model.joint_log_likelihood(counts),
        model.predict_log_proba(counts),
    ):
        assert result.dtype == np.float64
    assert close(model.feature_log_prob_, FITTED.feature_log_prob_)
    # real counts, weights for example
    assert close(
        NaiveBayes(2.0).fit(2 * weighted, labels).feature_log_prob_,
        NaiveBayes(1.0).fit(weighted, labels).feature_log_prob_,
    )


def test_only_their_own_generators_are_used():
    _, _, X, y = problem()

    def draw():
        return [
            lr.LogisticRegression(epochs=3, batch_size=2, seed=4).fit(X, y).losses,
            {name: value.tolist() for name, value in network.initialise(2, 3, 2, "he", 4).items()},
            network.solve_xor(4)["W1"].tolist(),
            [part.tolist() for part in evaluation.split(30, seed=4)],
            [part.tolist() for part, _ in evaluation.cross_validation_folds(30, 3, 4)],
        ]

    def states():
        return random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()  # noqa: NPY002

    first = draw()
    random.random()
    np.random.random()  # noqa: NPY002
    torch.rand(1)
    before = states()
    assert draw() == first
    assert states() == before
