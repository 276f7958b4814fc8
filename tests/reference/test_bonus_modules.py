"""The bonus modules against what else there is: other modules of the reference, torch's layers."""

import itertools

import pytest
import torch
from torch import nn

from reference.hw1_classification import generalisation, logistic_regression
from reference.hw2_word2vec import hierarchical, trainers
from reference.hw4_hmm_tagger import crf_tagger, extensions
from reference.hw5_seq2seq import decode, lstm_seq2seq, pretraining


def test_layers_collapse_as_torch_runs_them():
    torch.manual_seed(0)
    layers = [nn.Linear(3, 5), nn.Linear(5, 4), nn.Linear(4, 2)]
    W, b = generalisation.collapse(
        [layer.weight.detach().T for layer in layers], [layer.bias.detach() for layer in layers]
    )
    x = torch.randn(7, 3)
    torch.testing.assert_close(x @ W + b, nn.Sequential(*layers)(x).detach())


def test_a_proximal_step_of_l1_ends_where_the_subgradient_is_zero():
    a, l1 = torch.linspace(-3, 3, 13), 0.8
    w = generalisation.l1_minimum(a, l1)
    slope = w - a
    assert ((slope + l1 * w.sign()).abs() < 1e-6)[w != 0].all()
    assert (slope.abs() <= l1)[w == 0].all()


def test_logistic_regression_feels_l1_as_the_handout_says():
    X = torch.randn(50, 4, generator=torch.Generator().manual_seed(1))
    y = (X[:, 0] > 0).long()
    w = logistic_regression.LogisticRegression(l1=0.2, lr=0.05, epochs=300).fit(X, y).w
    assert (w[1:].abs() <= 2 * 0.05 * 0.2).all()


@pytest.mark.parametrize("counts", [[5, 3, 2, 1], [1, 1, 1, 1, 1, 1], [9, 1]])
def test_hierarchical_training_has_the_loss_of_the_exercise(counts):
    """One step on one pair: the batched loss falls as `hierarchical_loss` of that pair does."""
    words = [f"w{n}" for n in range(len(counts))]
    text = [[word] * count for word, count in zip(words, counts, strict=True)]
    text.append([words[0], words[1]])
    tokens, vectors = trainers.train_hierarchical(text, dim=3, window=1, epochs=0)
    counted = [sum(s.count(token) for s in text) for token in tokens]
    paths, codes = hierarchical.huffman(counted)
    nodes = torch.zeros(len(tokens) - 1, 3)
    for path, code in zip(paths, codes, strict=True):
        loss = hierarchical.hierarchical_loss(vectors[0], nodes, path, code)
        torch.testing.assert_close(loss, len(path) * torch.tensor(2.0).log())


def test_the_crf_decodes_its_most_probable_sequence():
    draw = torch.Generator().manual_seed(2)
    emissions, transitions = torch.randn(4, 3, generator=draw), torch.randn(3, 3, generator=draw)
    path, score = crf_tagger.crf_viterbi(emissions, transitions)
    costs = {
        tags: float(extensions.crf_nll(emissions, transitions, torch.tensor(tags)))
        for tags in itertools.product(range(3), repeat=4)
    }
    assert min(costs, key=costs.get) == tuple(path.tolist())
    log_partition = float(extensions.crf_log_partition(emissions, transitions))
    assert min(costs.values()) == pytest.approx(log_partition - score, abs=1e-5)


def test_the_size_of_bert_is_that_of_its_modules():
    model = pretraining.BERT(vocab=20, d_model=8, heads=2, layers=3, d_ff=32, max_len=10)
    heads = [*model.words.parameters(), *model.next.parameters()]
    body = sum(p.numel() for p in model.parameters()) - sum(p.numel() for p in heads)
    assert pretraining.bert_parameters(20, 3, 8, 10) == body + 8 * 8 + 8  # the pooler


def test_both_losses_of_bert_fall_together():
    model = pretraining.BERT(vocab=12, d_model=16, heads=2, layers=1, d_ff=32, max_len=8)
    ids = torch.tensor([[1, 3, 6, 2, 7, 2], [1, 5, 3, 2, 9, 2]])
    labels = torch.tensor([[-100, 4, -100, -100, -100, -100], [-100, -100, 8, -100, -100, -100]])
    segments, lengths = torch.tensor([[0, 0, 0, 0, 1, 1]] * 2), torch.tensor([6, 6])
    is_next = torch.tensor([True, False])
    optimiser = torch.optim.Adam(model.parameters(), lr=0.02)
    losses = []
    for _ in range(25):
        words, follows = model(ids, segments, lengths)
        loss = pretraining.masked_word_loss(words, labels)
        loss = loss + pretraining.next_sentence_loss(follows, is_next)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0] / 10


def test_the_searches_decode_the_model_without_attention():
    model = lstm_seq2seq.LSTMSeq2Seq(10, 9, 6, 8, seed=3).eval()
    src, lengths = torch.tensor([[3, 4, 5, 0], [6, 7, 8, 9]]), torch.tensor([3, 4])
    greedy = decode.greedy(model, src, lengths, bos=1, eos=2, max_length=6)
    for row in (0, 1):
        one = slice(row, row + 1)
        ((ids, _),) = decode.beam_search(
            model, src[one, : lengths[row]], lengths[one], bos=1, eos=2, max_length=6, k=1
        )
        assert ids == greedy[row]
