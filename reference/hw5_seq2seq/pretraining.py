"""Bonus: BERT's two losses over an encoder of your own layers, and how large the published ones are.

An encoder reads from both sides, so it cannot be asked for the next word: it would see it. BERT
masks words and asks for those, and asks whether one sentence follows another: Devlin et al. (2019),
section 3.1.

Shapes:

    B  batch      T  positions of an input      D  width      V  vocabulary
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .transformer import EncoderLayer, LayerNorm, padding_mask


def masked_word_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """The mean of -ln P(label) over the positions whose label is not -100, a tensor (). Without any
    such position it is 0.

    logits (B, T, V), labels (B, T) int64 as `mask_tokens` returns them.
    """
    ### BEGIN SOLUTION
    asked = labels != -100
    log_probs = torch.log_softmax(logits[asked], dim=-1)  # (M, V) for M asked places
    right = log_probs.gather(1, labels[asked].unsqueeze(1))  # (M, 1)
    return -right.sum() / max(len(right), 1)
    ### END SOLUTION


def next_sentence_loss(logits: Tensor, is_next: Tensor) -> Tensor:
    """The mean of -ln P(is_next) over the batch, a tensor ().

    logits (B, 2), where column 1 means that the second sentence follows the first; is_next (B,)
    bool.

    Raises ValueError naming is_next if it is not of shape (B,).
    """
    ### BEGIN SOLUTION
    if is_next.shape != logits.shape[:1]:
        raise ValueError("is_next must have the shape (B,)")
    log_probs = torch.log_softmax(logits, dim=-1)
    return -torch.where(is_next, log_probs[:, 1], log_probs[:, 0]).mean()
    ### END SOLUTION


class BERT(nn.Module):
    """Word, segment and position vectors (three learnt tables), their sum normalised, then `layers`
    of your EncoderLayer.

    Two outputs: at each position the logits of the words, and at the first position, that of [CLS],
    the logits of "does not follow" and "follows". The same seed gives the same weights.
    """

    def __init__(
        self,
        vocab: int,
        d_model: int = 64,
        heads: int = 4,
        layers: int = 2,
        d_ff: int = 256,
        max_len: int = 128,
        seed: int = 0,
    ) -> None:
        ### BEGIN SOLUTION
        super().__init__()
        generator = torch.Generator().manual_seed(seed)
        self.token = nn.Embedding(vocab, d_model)
        self.segment = nn.Embedding(2, d_model)
        self.position = nn.Embedding(max_len, d_model)
        self.norm = LayerNorm(d_model)
        self.layers = nn.ModuleList(
            EncoderLayer(d_model, heads, d_ff, seed=seed + number) for number in range(layers)
        )
        self.words, self.next = nn.Linear(d_model, vocab), nn.Linear(d_model, 2)
        with torch.no_grad():
            for part in (self.token, self.segment, self.position, self.words, self.next):
                for parameter in part.parameters():
                    parameter.normal_(0, 0.02, generator=generator)
        ### END SOLUTION

    def encode(self, ids: Tensor, segments: Tensor, lengths: Tensor) -> Tensor:
        """A contextual vector for each position, (B, T, D).

        ids and segments (B, T), lengths (B,), all int64. Padding after the end of an input has no
        influence on its positions.
        """
        ### BEGIN SOLUTION
        places = torch.arange(ids.shape[1], device=ids.device)  # (T,)
        x = self.norm(self.token(ids) + self.segment(segments) + self.position(places))
        mask = padding_mask(lengths, ids.shape[1]).unsqueeze(1)  # (B, 1, T)
        for layer in self.layers:
            x = layer(x, mask)
        return x
        ### END SOLUTION

    def forward(self, ids: Tensor, segments: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """The logits of the words (B, T, V) and of the next sentence (B, 2)."""
        ### BEGIN SOLUTION
        x = self.encode(ids, segments, lengths)
        return self.words(x), self.next(x[:, 0])
        ### END SOLUTION


def bert_parameters(vocab: int, layers: int, d_model: int, max_len: int = 512) -> int:
    """How many parameters the published BERT of these sizes has, by arithmetic: three embedding
    tables and their norm, `layers` encoder layers with d_ff = 4 d_model, biases and two norms each,
    and a last linear layer (d_model to d_model) for [CLS]. The output layers of the two losses do
    not count.
    """
    ### BEGIN SOLUTION
    norm = 2 * d_model
    embeddings = (vocab + 2 + max_len) * d_model + norm
    attention = 4 * (d_model * d_model + d_model)
    feed = d_model * 4 * d_model + 4 * d_model + 4 * d_model * d_model + d_model
    pooler = d_model * d_model + d_model
    return embeddings + layers * (attention + feed + 2 * norm) + pooler
    ### END SOLUTION
