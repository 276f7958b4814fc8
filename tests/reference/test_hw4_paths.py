"""hw4's decode.py and inference.py against all paths: every S^T of them, written out.

The oracle knows no recursion: it adds up the factors of each path, one by one, and takes maxima and
sums over the list. Long sentences are compared with a scaled recursion in probabilities.
"""

import itertools
import math

import numpy as np
import pytest
import torch

from reference.hw4_hmm_tagger import decode, inference
from reference.hw4_hmm_tagger.estimate import HMM, sample

with np.errstate(divide="ignore"):
    TRELLIS = tuple(
        np.log(table)
        for table in ([0.7, 0.3], [[0.6, 0.4], [0.2, 0.8]], [[0.3, 0.4, 0.3], [0.1, 0.4, 0.5]])
    )


def some_hmm(seed, states, words, zeros=0.0):
    """Random tables of logarithms; a share of the entries is impossible."""
    draw = np.random.default_rng(seed)
    tables = []
    for shape in ((states,), (states, states), (states, words)):
        table = draw.uniform(0.05, 1, shape) * (draw.random(shape) >= zeros)
        table[..., 0] += table.sum(axis=-1) == 0  # no row without any mass
        tables.append(
            np.log(
                table / table.sum(axis=-1, keepdims=True),
                where=table > 0,
                out=np.full(shape, -np.inf),
            )
        )
    return tuple(tables)


def all_paths(hmm, words):
    """Every path, and its joint log-probability by definition."""
    log_pi, log_A, log_B = hmm
    paths = list(itertools.product(range(len(log_pi)), repeat=len(words)))
    scores = []
    for path in paths:
        score = log_pi[path[0]]
        for t, word in enumerate(words):
            score += log_B[path[t], word]
            if t:
                score += log_A[path[t - 1], path[t]]
        scores.append(float(score))
    return paths, np.array(scores)


CASES = [
    (seed, states, words, length, zeros)
    for seed, (states, words, length) in enumerate(
        itertools.product((1, 2, 3, 4), (1, 3), (1, 2, 3, 5))
    )
    for zeros in (0.0, 0.35)
]


@pytest.fixture(params=CASES, ids=str)
def case(request):
    seed, states, n_words, length, zeros = request.param
    hmm = some_hmm(seed, states, n_words, zeros)
    words = np.random.default_rng(seed + 1000).integers(0, n_words, length).tolist()
    return hmm, words, *all_paths(hmm, words)


def test_viterbi_is_the_best_of_all_paths(case):
    hmm, words, paths, scores = case
    path, score = decode.viterbi(*hmm, words)
    assert path.dtype == np.int64
    assert type(score) is float
    assert score == pytest.approx(scores.max(), abs=1e-12)
    if score > -math.inf:
        assert scores[paths.index(tuple(path))] == pytest.approx(score, abs=1e-12)


def test_the_batch_is_viterbi_sentence_by_sentence(case):
    hmm, words, *_ = case
    width = len(words)
    rows = [words[:n] + [0] * (width - n) for n in range(1, width + 1)]
    lengths = torch.arange(1, width + 1)
    tables = [torch.from_numpy(table) for table in hmm]
    paths, scores = decode.viterbi_batch(*tables, torch.tensor(rows), lengths)
    for n in range(1, width + 1):
        path, score = decode.viterbi(*hmm, words[:n])
        assert paths[n - 1].tolist() == path.tolist() + [-1] * (width - n)
        assert float(scores[n - 1]) == pytest.approx(score, abs=1e-12)


def test_the_full_beam_is_viterbi_and_the_narrowest_is_greedy(case):
    hmm, words, _, scores = case
    states = len(hmm[0])
    for k in range(1, states + 1):
        path, score = decode.beam_search(*hmm, words, k)
        assert score <= scores.max() + 1e-12
        joint = all_paths(hmm, words)[1][all_paths(hmm, words)[0].index(tuple(path))]
        assert score == pytest.approx(float(joint), abs=1e-12) or score == -math.inf
    assert decode.beam_search(*hmm, words, states)[1] == decode.viterbi(*hmm, words)[1]
    narrow, wide = decode.beam_search(*hmm, words, 1), decode.greedy(*hmm, words)
    assert narrow[1] == pytest.approx(wide[1], abs=1e-12)
    assert wide[1] == -math.inf or narrow[0].tolist() == wide[0].tolist()


def test_greedy_by_its_definition(case):
    hmm, words, *_ = case
    log_pi, log_A, log_B = hmm
    path = [int(np.argmax(log_pi + log_B[:, words[0]]))]
    for word in words[1:]:
        path.append(
            int(np.argmax([log_A[path[-1], j] + log_B[j, word] for j in range(len(log_pi))]))
        )
    assert decode.greedy(*hmm, words)[0].tolist() == path


def test_forward_and_backward_sum_over_all_paths(case):
    hmm, words, paths, scores = case
    alpha, log_likelihood = inference.forward_log(*hmm, words)
    beta = inference.backward_log(*hmm, words)
    assert not np.isnan(alpha).any()
    assert not np.isnan(beta).any()
    joint = np.exp(scores)
    assert math.exp(log_likelihood) == pytest.approx(joint.sum(), rel=1e-12)
    states = range(len(hmm[0]))
    for t, i in itertools.product(range(len(words)), states):
        through = sum(p for path, p in zip(paths, joint, strict=True) if path[t] == i)
        assert math.exp(alpha[t, i] + beta[t, i]) == pytest.approx(through, rel=1e-12, abs=1e-300)
        ended = np.exp(all_paths(hmm, words[: t + 1])[1])
        ends = [
            p
            for path, p in zip(all_paths(hmm, words[: t + 1])[0], ended, strict=True)
            if path[t] == i
        ]
        assert math.exp(alpha[t, i]) == pytest.approx(sum(ends), rel=1e-12, abs=1e-300)


def test_posteriors_and_expected_counts_by_enumeration(case):
    hmm, words, paths, scores = case
    if scores.max() == -math.inf:
        pytest.skip("an impossible sentence has no posterior")
    weights = np.exp(scores) / np.exp(scores).sum()
    gamma = np.zeros((len(words), len(hmm[0])))
    wanted = [np.zeros(table.shape) for table in hmm]
    for path, weight in zip(paths, weights, strict=True):
        wanted[0][path[0]] += weight
        for t, word in enumerate(words):
            gamma[t, path[t]] += weight
            wanted[2][path[t], word] += weight
            if t:
                wanted[1][path[t - 1], path[t]] += weight
    np.testing.assert_allclose(inference.posterior(*hmm, words), gamma, atol=1e-12)
    for got, want in zip(inference.expected_counts(*hmm, words), wanted, strict=True):
        np.testing.assert_allclose(got, want, atol=1e-12)
    best = inference.posterior_decode(*hmm, words)
    hits = [sum(gamma[t, i] for t, i in enumerate(path)) for path in paths]
    assert sum(gamma[t, i] for t, i in enumerate(best)) == pytest.approx(max(hits), abs=1e-12)


def test_the_worked_trellis():
    words = [1, 2, 0]
    assert decode.viterbi(*TRELLIS, words)[0].tolist() == [0, 0, 0]
    assert math.exp(decode.viterbi(*TRELLIS, words)[1]) == pytest.approx(0.009072)
    assert decode.greedy(*TRELLIS, words)[0].tolist() == [0, 1, 1]
    assert math.exp(decode.greedy(*TRELLIS, words)[1]) == pytest.approx(0.00448)
    assert inference.posterior_decode(*TRELLIS, words).tolist() == [0, 1, 0]
    alpha, log_likelihood = inference.forward_log(*TRELLIS, words)
    np.testing.assert_allclose(np.exp(alpha[2]), [0.016608, 0.010624])
    assert log_likelihood == pytest.approx(math.log(0.027232))
    np.testing.assert_allclose(
        np.exp(inference.backward_log(*TRELLIS, words))[:2], [[0.0676, 0.0692], [0.22, 0.14]]
    )


def test_ties_go_to_the_smallest_end_and_then_step_back_by_step():
    swap = (np.log([0.5, 0.5]), np.log([[0.2, 0.8], [0.8, 0.2]]), np.log([[1.0], [1.0]]))
    # 0101 and 1010 are equally probable: the end decides, not the beginning
    assert decode.viterbi(*swap, [0] * 4)[0].tolist() == [1, 0, 1, 0]
    assert decode.viterbi(*swap, [0] * 3)[0].tolist() == [0, 1, 0]
    uniform = (np.full(3, -math.log(3)), np.full((3, 3), -math.log(3)), np.zeros((3, 1)))
    assert decode.viterbi(*uniform, [0] * 5)[0].tolist() == [0] * 5
    assert decode.greedy(*uniform, [0] * 5)[0].tolist() == [0] * 5
    for hmm in (swap, uniform):
        tables = [torch.from_numpy(table) for table in hmm]
        words, lengths = torch.zeros(4, 4, dtype=torch.int64), torch.arange(1, 5)
        paths = decode.viterbi_batch(*tables, words, lengths)[0]
        for n in range(1, 5):
            assert paths[n - 1, :n].tolist() == decode.viterbi(*hmm, [0] * n)[0].tolist()


def test_the_beam_of_the_handout_loses_the_best_path():
    hmm = [
        np.log(table)
        for table in (
            [0.2, 0.6, 0.2],
            [[0.2, 0.2, 0.6], [0.4, 0.1, 0.5], [0.2, 0.6, 0.2]],
            [[0.8, 0.2], [0.3, 0.7], [0.8, 0.2]],
        )
    ]
    found = [decode.beam_search(*hmm, [0, 1, 0], k) for k in (1, 2, 3, 9)]
    assert [path.tolist() for path, _ in found] == [[1, 2, 1], [0, 1, 2], [2, 1, 2], [2, 1, 2]]
    np.testing.assert_allclose(
        np.exp([score for _, score in found[:3]]), [0.00324, 0.00896, 0.02688]
    )


def test_permuting_the_states_permutes_the_path():
    hmm = some_hmm(5, 4, 6)
    words = np.random.default_rng(6).integers(0, 6, 30).tolist()
    order = [2, 0, 3, 1]
    log_pi, log_A, log_B = hmm
    path, score = decode.viterbi(*hmm, words)
    moved, same = decode.viterbi(log_pi[order], log_A[order][:, order], log_B[order], words)
    assert [order[i] for i in moved] == path.tolist()
    assert same == pytest.approx(score, abs=1e-10)


def test_five_thousand_words_against_a_scaled_recursion():
    hmm = some_hmm(7, 5, 9)
    words, _ = sample(HMM(*hmm), 5000, seed=0)
    pi, A, B = map(np.exp, hmm)
    scaled, total = pi * B[:, words[0]], 0.0
    for t, word in enumerate(words):
        scaled = (scaled @ A) * B[:, word] if t else scaled
        total += math.log(scaled.sum())
        scaled = scaled / scaled.sum()
    assert inference.forward_log(*hmm, words)[1] == pytest.approx(total, rel=1e-12)
    path, score = decode.viterbi(*hmm, words)
    joint = hmm[0][path[0]] + hmm[1][path[:-1], path[1:]].sum() + hmm[2][path, words].sum()
    assert score == pytest.approx(float(joint), rel=1e-12)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_batch_keeps_the_dtype_and_ignores_what_stands_behind_the_end(dtype):
    tables = [torch.from_numpy(table).to(dtype) for table in some_hmm(8, 3, 4)]
    words = torch.tensor([[1, 2, 3], [0, 1, 99], [3, -5, 2]])
    paths, scores = decode.viterbi_batch(*tables, words, torch.tensor([3, 2, 1]))
    assert scores.dtype == dtype
    assert (paths == -1).tolist() == [[False] * 3, [False, False, True], [False, True, True]]


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_cuda_finds_the_same_paths():
    hmm = some_hmm(9, 6, 10, 0.3)
    words = torch.from_numpy(np.random.default_rng(1).integers(0, 10, (50, 17)))
    lengths = torch.from_numpy(np.random.default_rng(2).integers(1, 18, 50))
    tables = [torch.from_numpy(table) for table in hmm]
    here = decode.viterbi_batch(*tables, words, lengths)
    there = decode.viterbi_batch(*(x.cuda() for x in tables), words.cuda(), lengths.cuda())
    assert there[0].device.type == "cuda"
    torch.testing.assert_close(there[1].cpu(), here[1])
    assert there[0].cpu().tolist() == here[0].tolist()


def test_each_iteration_of_baum_welch_is_an_m_step_of_enumerated_counts():
    """The whole of one iteration by enumeration: counts of all paths, then relative frequencies."""
    sequences = [[0, 2, 1], [1, 1], [2, 0, 0, 1]]
    start, (first, second) = (
        inference.baum_welch(sequences, 2, 3, 0, seed=4)[0],
        inference.baum_welch(sequences, 2, 3, 1, seed=4)[1],
    )
    hmm = (start.log_pi, start.log_A, start.log_B)
    assert first == pytest.approx(
        sum(math.log(np.exp(all_paths(hmm, s)[1]).sum()) for s in sequences)
    )
    counts = [
        sum(parts)
        for parts in zip(*(inference.expected_counts(*hmm, s) for s in sequences), strict=True)
    ]
    tables = [np.log(c / c.sum(axis=-1, keepdims=True)) for c in counts]
    learnt = inference.baum_welch(sequences, 2, 3, 1, seed=4)[0]
    for got, want in zip((learnt.log_pi, learnt.log_A, learnt.log_B), tables, strict=True):
        np.testing.assert_allclose(got, want, atol=1e-12)
    assert second == pytest.approx(
        sum(math.log(np.exp(all_paths(tables, s)[1]).sum()) for s in sequences)
    )


@pytest.mark.parametrize("seed", range(20))
def test_baum_welch_never_falls_and_leaves_the_unigrams_behind(seed):
    draw = np.random.default_rng(seed)
    hmm = HMM(*some_hmm(seed, 3, 5))
    sequences = [sample(hmm, int(draw.integers(1, 15)), seed=100 * seed + n)[0] for n in range(12)]
    learnt, figures = inference.baum_welch(sequences, 3, 6, 15, seed)
    assert len(figures) == 16
    assert all(b >= a - 1e-9 * abs(a) for a, b in itertools.pairwise(figures))
    for table in (learnt.log_pi, learnt.log_A, learnt.log_B):
        np.testing.assert_allclose(np.exp(table).sum(axis=-1), 1)
    words = [word for sequence in sequences for word in sequence]
    shares = np.bincount(words, minlength=6) / len(words)
    unigram = sum(math.log(shares[word]) for word in words)
    one, (_, after, again) = inference.baum_welch(sequences, 1, 6, 2, seed)
    np.testing.assert_allclose(np.exp(one.log_B[0]), shares, atol=1e-12)
    assert after == pytest.approx(unigram)
    assert again == pytest.approx(unigram)
    assert figures[-1] > unigram


@pytest.mark.parametrize(
    "name",
    [
        "viterbi",
        "greedy",
        "beam_search",
        "forward_log",
        "backward_log",
        "posterior",
        "posterior_decode",
        "expected_counts",
    ],
)
def test_impossible_calls_name_the_argument(name):
    function = getattr(decode, name, None) or getattr(inference, name)
    more = (2,) if name == "beam_search" else ()
    for words in ([], [3], [0, -1]):
        with pytest.raises(ValueError, match=r"\bwords\b"):
            function(*TRELLIS, words, *more)
    with pytest.raises(ValueError, match=r"\blog_A\b"):
        function(TRELLIS[0], TRELLIS[1][:1], TRELLIS[2], [0], *more)


@pytest.mark.parametrize(
    ("words", "lengths", "name"),
    [
        ([[0, 3]], [2], "words"),
        ([[0, 1]], [3], "lengths"),
        ([[0, 1]], [0], "lengths"),
        ([[0, 1]], [1, 1], "lengths"),
    ],
)
def test_impossible_batches_name_the_argument(words, lengths, name):
    tables = [torch.from_numpy(table) for table in TRELLIS]
    with pytest.raises(ValueError, match=rf"\b{name}\b"):
        decode.viterbi_batch(*tables, torch.tensor(words), torch.tensor(lengths))


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (([], 2, 3, 1, 0), "sequences"),
        (([[0], []], 2, 3, 1, 0), "sequences"),
        (([[3]], 2, 3, 1, 0), "sequences"),
    ],
)
def test_impossible_learning_names_the_argument(arguments, name):
    with pytest.raises(ValueError, match=rf"\b{name}\b"):
        inference.baum_welch(*arguments)
