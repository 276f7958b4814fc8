"""Bonus: training with the other losses, so that the vectors can be compared and not only their losses.

Each function returns tokens and float32 vectors without a gradient, as `skipgram.train` does. Any
optimiser will do, and any use of lr, as long as the handout's required quality is reached; no example
reaches over the end of a sentence.

Shapes:

    V  words     B  examples     W  places for contexts     K  negatives     d  dimension     L  longest path
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor

from .cbow import cbow_loss
from .corpus import Vocabulary, cbow_examples, skipgram_pairs
from .glove import cooccurrence, glove_loss
from .hierarchical import huffman
from .sampling import AliasSampler, negative_distribution
from .skipgram import sgns_loss
from .subword import subword_vector, to_jamo


def train_cbow(
    sentences: list[list[str]],
    dim: int = 50,
    window: int = 5,
    negatives: int = 5,
    epochs: int = 5,
    lr: float = 0.025,
    min_count: int = 1,
    batch_size: int = 512,
    seed: int = 0,
) -> tuple[list[str], Tensor]:
    """CBOW with negative sampling (`cbow_loss`). Returns the vocabulary's tokens and the vectors (V, dim)
    of words as contexts. Raises ValueError naming sentences when no word is left.
    """
    ### BEGIN SOLUTION
    vocabulary = _vocabulary(sentences, min_count)
    into, out = _table(len(vocabulary), dim, seed), torch.zeros(len(vocabulary), dim)
    examples = [e for s in sentences for e in cbow_examples(vocabulary.encode(s), window)]
    context = torch.zeros(len(examples), 2 * window, dtype=torch.int64)  # (N, W)
    mask = torch.zeros(context.shape, dtype=torch.bool)
    for n, (ids, _) in enumerate(examples):
        context[n, : len(ids)], mask[n, : len(ids)] = torch.tensor(ids), True
    target = torch.tensor([center for _, center in examples])  # (N,)
    noise = AliasSampler(negative_distribution(vocabulary.counts))
    optimiser = torch.optim.Adam(_trained(into, out), lr=lr)
    for rows, draw in _batches(len(examples), batch_size, epochs, seed):
        negative = noise.sample((len(rows), negatives), draw)  # (B, K)
        loss = cbow_loss(into[context[rows]], mask[rows], out[target[rows]], out[negative])
        _descend(optimiser, loss)
    return vocabulary.tokens, into.detach()
    ### END SOLUTION


def train_hierarchical(
    sentences: list[list[str]],
    dim: int = 50,
    window: int = 5,
    epochs: int = 5,
    lr: float = 0.025,
    min_count: int = 1,
    batch_size: int = 512,
    seed: int = 0,
) -> tuple[list[str], Tensor]:
    """Skip-gram with hierarchical softmax: the center's vector predicts each context down the path of
    `huffman`. Returns the vocabulary's tokens and the centers' vectors (V, dim). Raises as `train_cbow`.
    """
    ### BEGIN SOLUTION
    vocabulary = _vocabulary(sentences, min_count)
    into, nodes = _table(len(vocabulary), dim, seed), torch.zeros(max(len(vocabulary) - 1, 1), dim)
    pairs = torch.cat([skipgram_pairs(vocabulary.encode(s), window) for s in sentences])  # (N, 2)
    paths, codes = huffman(vocabulary.counts.tolist())
    longest = max(map(len, paths))
    # padded to (V, L): a sign of 0 makes the score of a place that is none ln 2, and then counts nothing
    path = torch.tensor([p + [0] * (longest - len(p)) for p in paths]).reshape(-1, longest)
    sign = torch.tensor([[1.0 - 2 * bit for bit in c] + [0.0] * (longest - len(c)) for c in codes])
    optimiser = torch.optim.Adam(_trained(into, nodes), lr=lr)
    for rows, _ in _batches(len(pairs), batch_size, epochs, seed):
        center, context = pairs[rows].T  # (B,) each
        scores = (nodes[path[context]] @ into[center].unsqueeze(2)).squeeze(2)  # (B, L)
        steps = F.logsigmoid(sign[context] * scores) * sign[context].abs()
        _descend(optimiser, -steps.sum(dim=1).mean())
    return vocabulary.tokens, into.detach()
    ### END SOLUTION


def train_glove(
    sentences: list[list[str]],
    dim: int = 50,
    window: int = 5,
    epochs: int = 100,
    lr: float = 0.05,
    min_count: int = 1,
    seed: int = 0,
) -> tuple[list[str], Tensor]:
    """GloVe on the harmonic co-occurrences: an epoch is one look at the whole table. Returns the
    vocabulary's tokens and the sums of both vectors of each word, (V, dim). Raises as `train_cbow`.
    """
    ### BEGIN SOLUTION
    vocabulary = _vocabulary(sentences, min_count)
    words = len(vocabulary)
    X = cooccurrence(sentences, vocabulary.tokens, window, "harmonic").float()
    W, Wc = _table(words, dim, seed), _table(words, dim, seed + 1)
    b, bc = torch.zeros(words), torch.zeros(words)
    optimiser = torch.optim.Adam(_trained(W, Wc, b, bc), lr=lr)
    for _ in range(epochs):
        _descend(optimiser, glove_loss(W, Wc, b, bc, X))
    return vocabulary.tokens, (W + Wc).detach()
    ### END SOLUTION


def train_subword(
    sentences: list[list[str]],
    dim: int = 50,
    window: int = 5,
    negatives: int = 5,
    epochs: int = 5,
    lr: float = 0.025,
    min_count: int = 1,
    buckets: int = 2000,
    batch_size: int = 512,
    seed: int = 0,
) -> tuple[list[str], Tensor]:
    """Skip-gram whose centers are the means of their n-grams' rows: FastText. Returns the vocabulary's
    tokens and the table (buckets, dim): any word, seen or not, has the vector

        subword_vector(to_jamo(word), table)

    Raises as `train_cbow`.
    """
    ### BEGIN SOLUTION
    vocabulary = _vocabulary(sentences, min_count)
    table, out = _table(buckets, dim, seed), torch.zeros(len(vocabulary), dim)
    pairs = torch.cat([skipgram_pairs(vocabulary.encode(s), window) for s in sentences])  # (N, 2)
    share = _shares(vocabulary.tokens, buckets)  # (V, buckets)
    noise = AliasSampler(negative_distribution(vocabulary.counts))
    optimiser = torch.optim.Adam(_trained(table, out), lr=lr)
    for rows, draw in _batches(len(pairs), batch_size, epochs, seed):
        center, context = pairs[rows].T  # (B,) each
        negative = noise.sample((len(rows), negatives), draw)  # (B, K)
        words = torch.sparse.mm(share, table)  # (V, buckets) x (buckets, d) -> (V, d)
        _descend(optimiser, sgns_loss(words[center], out[context], out[negative]))
    return vocabulary.tokens, table.detach()
    ### END SOLUTION


### BEGIN SOLUTION
def _vocabulary(sentences: list[list[str]], min_count: int) -> Vocabulary:
    vocabulary = Vocabulary(sentences, min_count)
    if len(vocabulary) == 0:
        raise ValueError(f"sentences must hold a word that occurs {min_count} times")
    return vocabulary


def _table(rows: int, dim: int, seed: int) -> Tensor:
    """Uniform in [-0.5/dim, 0.5/dim), as word2vec begins."""
    generator = torch.Generator().manual_seed(seed)
    return (torch.rand(rows, dim, generator=generator) - 0.5) / dim


def _trained(*tensors: Tensor) -> list[Tensor]:
    return [tensor.requires_grad_() for tensor in tensors]


def _descend(optimiser: torch.optim.Optimizer, loss: Tensor) -> None:
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()


def _batches(examples: int, size: int, epochs: int, seed: int) -> Iterator[tuple[Tensor, int]]:
    """The rows of each batch, in an order shuffled every epoch, and a seed for what else it draws."""
    generator = torch.Generator().manual_seed(seed)
    for _ in range(epochs):
        for rows in torch.randperm(examples, generator=generator).split(size):
            if len(rows):  # `split` of nothing gives one empty piece
                yield rows, int(torch.randint(2**31, (), generator=generator))


def _shares(tokens: list[str], buckets: int) -> Tensor:
    """Sparse (V, buckets): the share of each row of the table in a word's vector.

    The vector of a word from the unit matrix says it, whatever `subword_vector` makes of n-grams.
    """
    unit = torch.eye(buckets)
    return torch.stack([subword_vector(to_jamo(token), unit) for token in tokens]).to_sparse()
### END SOLUTION
