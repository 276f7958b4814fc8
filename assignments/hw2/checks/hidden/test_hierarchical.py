"""Hidden checks of hierarchical.py."""

import heapq
import math
import random
from fractions import Fraction

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

# Core checks judge values: numbers to this bar, whatever they are stored in.
NEAR = {"rtol": 1e-4, "atol": 1e-5}

# ---- huffman -------------------------------------------------------------------------------------


def own_huffman(counts):
    """The contract, step by step: two smallest by (count, id), the first gets 0."""
    words = len(counts)
    ways = {node: [] for node in range(words)}  # leaf -> [(inner node, code), ...] from below
    heap = [(count, node, [node]) for node, count in enumerate(counts)]
    heapq.heapify(heap)
    for inner in range(words - 1):
        first, second = heapq.heappop(heap), heapq.heappop(heap)
        for code, (_, _, leaves) in enumerate((first, second)):
            for leaf in leaves:
                ways[leaf].append((inner, code))
        heapq.heappush(heap, (first[0] + second[0], words + inner, first[2] + second[2]))
    paths = [[inner for inner, _ in reversed(ways[word])] for word in range(words)]
    codes = [[code for _, code in reversed(ways[word])] for word in range(words)]
    return paths, codes


def random_counts():
    """Counts of 50 vocabularies of 2 to 12 words, where no two nodes ever have the same count."""
    draw = random.Random(1)
    # powers of two below other digits: every sum is different
    several = []
    for _ in range(50):
        words = draw.randrange(2, 13)
        large = [draw.randrange(1, 30) << words for _ in range(words)]
        several.append([count + (1 << place) for place, count in enumerate(large)])
    return several


def plain(result):
    """(paths, codes) as lists of ints, whatever they are stored in."""
    paths, codes = ([[int(number) for number in row] for row in part] for part in result)
    return paths, codes


def trees(student, several):
    results = student.map(student.hierarchical.huffman, [(counts,) for counts in several])
    for counts, result in zip(several, results, strict=True):
        paths, codes = plain(result)
        both = {len(paths), len(codes)}
        assert both == {len(counts)}, "huffman must return a path and a code for each word"
        yield counts, paths, codes


def test_huffman_of_different_counts(student):
    # all sums differ, so there are no ties
    for counts in ([30, 1, 13, 2, 5, 54], [7, 100, 41, 2], [1, 10, 25, 60, 3]):
        what = f"paths and codes of {counts}"
        expect_equal(plain(student.hierarchical.huffman(counts)), own_huffman(counts), what)


def test_huffman_gives_the_shortest_code(student):
    for counts, _, codes in trees(student, random_counts()):
        length = sum(count * len(code) for count, code in zip(counts, codes, strict=True))
        best = own_huffman(counts)[1]
        shortest = sum(count * len(code) for count, code in zip(counts, best, strict=True))
        expect_equal(length, shortest, f"the sum of count times code length for {counts}")


def test_huffman_gives_a_complete_code(student):
    for counts, _, codes in trees(student, random_counts()):
        full = sum(Fraction(1, 2 ** len(code)) for code in codes)
        assert full == 1, f"the codes of {counts} must fill the binary tree"
        different = {tuple(code) for code in codes}
        assert len(different) == len(codes), f"two words of {counts} have the same code"


def test_huffman_paths_lead_from_the_root_down(student):
    for counts, paths, codes in trees(student, random_counts()):
        decisions = {}
        for path, code in zip(paths, codes, strict=True):
            expect_equal(len(path), len(code), "the length of a path, compared with its code")
            for depth, node in enumerate(path):
                known = decisions.setdefault(node, code[:depth])
                assert known == code[:depth], f"inner node {node} of {counts} has two places"
        expect_equal(paths[0][0], len(counts) - 2, "the first node of a path: the root, made last")
        expect_equal(sorted(decisions), list(range(len(counts) - 1)), "the inner nodes")


@pytest.mark.parametrize(
    "counts", [[1] * 5, [3] * 4, [4, 1, 1, 2, 2, 4], [1, 2**24, 2**24 + 1, 2**24 + 2]]
)
def test_huffman_ties_take_the_smaller_id(student, counts):
    found = plain(student.hierarchical.huffman(counts))
    expect_equal(found, own_huffman(counts), f"paths and codes of {counts}")


def test_huffman_ties_take_a_leaf_before_an_inner_node(student):
    counts = [2, 3, 1, 1, 4]  # 2 + 3 make a node of count 2, as leaf 0 has
    found = plain(student.hierarchical.huffman(counts))
    expect_equal(found, own_huffman(counts), "paths and codes")


def test_huffman_gives_code_0_to_the_first_taken(student):
    paths, codes = plain(student.hierarchical.huffman([9, 4]))
    expect_equal(paths, [[0], [0]], "the paths of two words")
    expect_equal(codes, [[1], [0]], "the codes of two words")


def test_huffman_of_one_word(student):
    found = plain(student.hierarchical.huffman([7]))
    expect_equal(found, ([[]], [[]]), "paths and codes of one word")


def test_huffman_takes_words_that_never_occur(student):
    for counts in ([0, 5, 0, 3], [0, 0, 0, 1, 1]):
        got = plain(student.hierarchical.huffman(counts))
        expect_equal(got, own_huffman(counts), f"paths and codes of {counts}")


def test_huffman_of_a_deep_tree(student):
    counts = [1, 1]
    while len(counts) < 60:
        counts.append(counts[-1] + counts[-2])  # Fibonacci's: every join takes the last one
    _, codes = plain(student.hierarchical.huffman(counts))
    expect_equal(max(map(len, codes)), 59, "the longest code of Fibonacci's counts")


def test_huffman_gives_lists_of_ints(student):
    counts = [4, 2, 7, 1, 25]
    result = student.hierarchical.huffman(counts)
    expect_type(result, tuple)
    expect_equal(result, plain(result), "paths and codes: lists of lists of Python ints")


def test_huffman_refuses_no_counts(student):
    with expect_error(ValueError, naming="counts"):
        student.hierarchical.huffman([])


@pytest.mark.parametrize("counts", [[3, -1, 2], [-1]])
def test_huffman_refuses_a_negative_count(student, counts):
    with expect_error(ValueError, naming="counts"):
        student.hierarchical.huffman(counts)


# ---- hierarchical_loss ---------------------------------------------------------------------------

PATHS, CODES = own_huffman([9, 4, 4, 3, 1, 1, 2])


def some_tree(seed=0):
    """hidden (5,) and nodes (6, 5)."""
    generator = torch.Generator().manual_seed(seed)
    return (
        torch.randn(5, generator=generator, dtype=torch.float64),
        torch.randn(6, 5, generator=generator, dtype=torch.float64),
    )


def own_loss(hidden, nodes, path, code):
    signs = torch.tensor([1.0 if bit == 0 else -1.0 for bit in code], dtype=hidden.dtype)
    return F.softplus(-signs * (nodes[path] @ hidden)).sum()


def test_hierarchical_loss_equals_the_formula(student):
    hidden, nodes = some_tree()
    calls = [(hidden, nodes, path, code) for path, code in zip(PATHS, CODES, strict=True)]
    for call, value in zip(
        calls, student.map(student.hierarchical.hierarchical_loss, calls), strict=True
    ):
        expect_close(
            value, own_loss(*call), **NEAR, what=f"the loss of path {call[2]}, code {call[3]}"
        )


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_hierarchical_probabilities_sum_to_one(student, seed):
    hidden, nodes = some_tree(seed)
    calls = [(hidden, nodes, path, code) for path, code in zip(PATHS, CODES, strict=True)]
    losses = student.map(student.hierarchical.hierarchical_loss, calls)
    total = sum(math.exp(-float(loss)) for loss in losses)
    expect_close(total, 1.0, **NEAR, what="the sum of the probabilities of all words")


def test_hierarchical_loss_of_code_0_wants_a_large_score(student):
    hidden, nodes = torch.tensor([1.0]).double(), torch.tensor([[-2.0], [5.0]]).double()
    first, second = student.map(
        student.hierarchical.hierarchical_loss,
        [(hidden, nodes, [1], [0]), (hidden, nodes, [1], [1])],
    )
    low, high = math.log1p(math.exp(-5)), math.log1p(math.exp(5))
    expect_close(first, low, **NEAR, what="the loss of code 0 at a score of 5")
    expect_close(second, high, **NEAR, what="the loss of code 1 at a score of 5")


def test_hierarchical_loss_of_an_empty_path(student):
    hidden = torch.tensor([1.0, 2.0], dtype=torch.float64)
    value = student.hierarchical.hierarchical_loss(hidden, hidden.new_zeros(0, 2), [], [])
    expect_close(value, 0.0, what="the loss of an empty path")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_hierarchical_loss_of_an_empty_path_is_a_tensor(student, dtype):
    hidden = torch.tensor([1.0, 2.0], dtype=getattr(torch, dtype))
    value = student.hierarchical.hierarchical_loss(hidden, hidden.new_zeros(0, 2), [], [])
    expect_tensor(value, (), dtype, "the loss of an empty path")


LARGE = torch.tensor([50.0]), torch.tensor([[20.0]])


@pytest.mark.parametrize(("code", "loss"), [(0, 0.0), (1, 1000.0)])
def test_hierarchical_loss_is_finite_for_large_scores(student, code, loss):
    value = student.hierarchical.hierarchical_loss(*LARGE, [0], [code])
    expect_close(value, loss, what="the loss of a score of 1000")


def test_hierarchical_loss_has_finite_gradients_for_large_scores(student):
    found = student.gradients(student.hierarchical.hierarchical_loss, [*LARGE, [0], [1]])
    for got, wanted in zip(found.by_argument, ([20.0], [[50.0]]), strict=True):
        expect_close(got, wanted, what="autograd's gradient for a score of 1000")


def test_hierarchical_loss_has_the_gradient_of_its_formula(student):
    hidden, nodes = some_tree(4)
    arguments = [hidden, nodes, PATHS[4], CODES[4]]
    found = student.gradients(student.hierarchical.hierarchical_loss, arguments)
    by_hidden, by_nodes = found.by_argument
    leaves = [hidden.clone().requires_grad_(), nodes.clone().requires_grad_()]
    wanted = torch.autograd.grad(own_loss(*leaves, PATHS[4], CODES[4]), leaves)
    expect_close(by_hidden, wanted[0], **NEAR, what="autograd's gradient with respect to hidden")
    expect_close(by_nodes, wanted[1], **NEAR, what="autograd's gradient with respect to nodes")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_hierarchical_loss_keeps_the_dtype(student, dtype):
    hidden, nodes = (part.to(getattr(torch, dtype)) for part in some_tree(5))
    arguments = [hidden, nodes, PATHS[5], CODES[5]]
    value = student.hierarchical.hierarchical_loss(*arguments)
    expect_tensor(value, (), dtype, "the loss")
    expect_close(value, own_loss(*arguments), what="the loss")


def refuses(student, path, code):
    hidden, nodes = some_tree()
    with expect_error(ValueError, naming=("path", "code")):
        student.hierarchical.hierarchical_loss(hidden, nodes, path, code)


@pytest.mark.parametrize(("path", "code"), [([6], [0]), ([5, -1], [0, 1]), ([-6], [1])])
def test_hierarchical_loss_refuses_an_unknown_node(student, path, code):
    refuses(student, path, code)


@pytest.mark.parametrize(("path", "code"), [([5, 3], [0]), ([5], [0, 1]), ([], [1]), ([5], [])])
def test_hierarchical_loss_refuses_different_lengths(student, path, code):
    refuses(student, path, code)


@pytest.mark.parametrize(("path", "code"), [([5], [2]), ([5, 3], [0, -1])])
def test_hierarchical_loss_refuses_other_codes(student, path, code):
    refuses(student, path, code)
