"""Skip-gram with negative sampling: its loss, the gradient by hand, the model, the training.

    loss = mean over the pairs of  -ln s(v.u) - sum_k ln s(-n_k.u)

with u the vector of the center word, v of its context, n_k of the k-th negative, s the sigmoid:
Mikolov et al. (2013, "Distributed representations ..."), equation 4; the derivation is in Goldberg &
Levy (2014, "word2vec explained").

Shapes:

    B  pairs        K  negatives of a pair        d  dimension        V  words
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .corpus import Vocabulary, keep_probability, skipgram_pairs, subsample
from .sampling import AliasSampler, negative_distribution


### BEGIN SOLUTION
def _check_shapes(center: Tensor, context: Tensor, negatives: Tensor) -> None:
    if center.ndim != 2 or len(center) == 0:
        raise ValueError("center must hold at least one vector, as (B, d)")
    if context.shape != center.shape:
        raise ValueError("context must have the shape of center, (B, d)")
    pairs, dimension = center.shape
    if negatives.ndim != 3 or (negatives.shape[0], negatives.shape[2]) != (pairs, dimension):
        raise ValueError("negatives must have shape (B, K, d), with B and d of center")


def _scores(center: Tensor, context: Tensor, negatives: Tensor) -> tuple[Tensor, Tensor]:
    """v.u (B,) and n_k.u (B, K)."""
    positive = (context * center).sum(dim=1)  # (B, d) -> (B,)
    negative = (negatives @ center.unsqueeze(2)).squeeze(2)  # (B, K, d) x (B, d, 1) -> (B, K)
    return positive, negative
### END SOLUTION


def sgns_loss(center: Tensor, context: Tensor, negatives: Tensor) -> Tensor:
    """The loss above as a tensor (), for center (B, d), context (B, d), negatives (B, K, d).

    Finite for large scores; K may be 0. Raises ValueError naming center (no pair), or an argument
    whose shape does not agree with the others.
    """
    ### BEGIN SOLUTION
    _check_shapes(center, context, negatives)
    positive, negative = _scores(center, context, negatives)
    # logsigmoid, not the logarithm of sigmoid: that is -inf from a score of about -100 on
    return -(F.logsigmoid(positive) + F.logsigmoid(-negative).sum(dim=1)).mean()
    ### END SOLUTION


def sgns_gradients(
    center: Tensor, context: Tensor, negatives: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """The derivatives of `sgns_loss` with respect to center (B, d), context (B, d) and negatives
    (B, K, d), written out by hand: no autograd. The results need no gradient. Raises as
    `sgns_loss`.
    """
    ### BEGIN SOLUTION
    _check_shapes(center, context, negatives)
    center, context, negatives = center.detach(), context.detach(), negatives.detach()
    positive, negative = _scores(center, context, negatives)
    # the derivative of -ln s(x) is s(x) - 1 = -s(-x), that of -ln s(-x) is s(x)
    pull = -torch.sigmoid(-positive).unsqueeze(1) / len(center)  # (B, 1)
    push = torch.sigmoid(negative).unsqueeze(2) / len(center)  # (B, K, 1)
    by_center = pull * context + (push * negatives).sum(dim=1)  # (B, K, d) -> (B, d)
    by_context = pull * center  # (B, 1) x (B, d) -> (B, d)
    by_negatives = push * center.unsqueeze(1)  # (B, K, 1) x (B, 1, d) -> (B, K, d)
    return by_center, by_context, by_negatives
    ### END SOLUTION


class SkipGram(nn.Module):
    """Two float32 tables of vectors: one for words as centers, one for words as contexts.

    .in_embed: nn.Embedding (vocab_size, dim), uniform in [-0.5/dim, 0.5/dim), drawn by `seed`.
    .out_embed: nn.Embedding (vocab_size, dim), zero.
    """

    def __init__(self, vocab_size: int, dim: int, seed: int = 0) -> None:
        super().__init__()
        ### BEGIN SOLUTION
        generator = torch.Generator().manual_seed(seed)
        start = (torch.rand(vocab_size, dim, generator=generator) - 0.5) / dim  # (V, d)
        self.in_embed = nn.Embedding.from_pretrained(start, freeze=False)
        # one table may be zero, not both: every gradient would be zero, for ever
        self.out_embed = nn.Embedding.from_pretrained(torch.zeros_like(start), freeze=False)
        ### END SOLUTION

    def forward(self, center: Tensor, context: Tensor, negatives: Tensor) -> Tensor:
        """`sgns_loss` of the ids center (B,), context (B,), negatives (B, K), a tensor ()."""
        ### BEGIN SOLUTION
        return sgns_loss(
            self.in_embed(center),  # (B,) -> (B, d)
            self.out_embed(context),  # (B,) -> (B, d)
            self.out_embed(negatives),  # (B, K) -> (B, K, d)
        )
        ### END SOLUTION


def train(
    sentences: list[list[str]],
    dim: int = 50,
    window: int = 5,
    negatives: int = 5,
    epochs: int = 5,
    lr: float = 0.025,
    min_count: int = 1,
    t: float = 1e-3,
    batch_size: int = 512,
    seed: int = 0,
) -> tuple[list[str], Tensor]:
    """Train word vectors. Returns the tokens of `Vocabulary(sentences, min_count)` and the center
    vectors, float32 (V, dim), without a gradient: row i belongs to tokens[i].

    No pair reaches over the end of a sentence. Any optimiser will do, and any use of lr, as long as
    the handout's required quality is reached. Raises ValueError naming sentences when no word is
    left.
    """
    ### BEGIN SOLUTION
    vocabulary = Vocabulary(sentences, min_count)
    if len(vocabulary) == 0:
        raise ValueError(f"sentences must hold a word that occurs {min_count} times")
    keep = keep_probability(vocabulary.counts, t)
    sampler = AliasSampler(negative_distribution(vocabulary.counts))
    model = SkipGram(len(vocabulary), dim, seed)
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    corpus = [vocabulary.encode(sentence) for sentence in sentences]
    # one long stream of N words, and the sentence of each: positions are sampled and paired, not words
    stream = torch.tensor([i for ids in corpus for i in ids])  # (N,)
    sentence = torch.tensor([number for number, ids in enumerate(corpus) for _ in ids])  # (N,)
    generator = torch.Generator().manual_seed(seed)
    for _ in range(epochs):
        # what frequent words lose is drawn anew for every epoch
        keep_seed, noise_seed = torch.randint(2**40, (2,), generator=generator).tolist()
        kept = subsample(list(range(len(stream))), keep[stream], keep_seed)
        pairs = skipgram_pairs(kept, window)  # (P, 2)
        pairs = pairs[sentence[pairs[:, 0]] == sentence[pairs[:, 1]]]
        pairs = stream[pairs[torch.randperm(len(pairs), generator=generator)]]
        noise = sampler.sample((len(pairs), negatives), noise_seed)  # (P, K)
        batches = zip(pairs.split(batch_size), noise.split(batch_size), strict=True)
        for pair, negative in batches:  # (B, 2), (B, K)
            if len(pair) == 0:  # `split` of nothing gives one empty piece
                continue
            optimiser.zero_grad()
            model(pair[:, 0], pair[:, 1], negative).backward()
            optimiser.step()
    return vocabulary.tokens, model.in_embed.weight.detach()
    ### END SOLUTION
