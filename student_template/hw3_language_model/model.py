"""The LSTM language model: forward, evaluation, training by truncated backpropagation, sampling.

    ids -> embedding -> LSTM -> linear -> logits of the next id

Neural language models with recurrent states: Mikolov et al. (2010); the regularised LSTM: Zaremba,
Sutskever & Vinyals (2014); the tied output layer: Press & Wolf (2017), Inan et al. (2017).
Truncated backpropagation through time passes the state from window to window but not its gradient:
Williams & Peng (1990).

Shapes:

    N  ids of a text     T  time     B  batch     V  words     E  embedding     H  hidden     L  layers
"""

from __future__ import annotations

import math
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .cells import LSTM


class LSTMLanguageModel(nn.Module):
    """Predicts each next id from all ids so far.

    dropout acts in training mode: on the embeddings, between the layers of the LSTM and on its
    outputs. tie_weights: the output layer uses the embedding's matrix (V, E), with a bias of its
    own. All parameters are drawn by seed alone.

    Raises ValueError naming tie_weights, embed_size or hidden_size if weights are to be tied and
    the two sizes differ.
    """

    def __init__(
        self,
        vocab_size: int,
        embed_size: int,
        hidden_size: int,
        num_layers: int = 1,
        dropout: float = 0.0,
        tie_weights: bool = False,
        seed: int = 0,
    ) -> None:
        super().__init__()
        # YOUR CODE HERE
        raise NotImplementedError()

    def forward(self, ids: Tensor, state: Any = None) -> tuple[Tensor, Any]:
        """ids (T, B) int64 -> logits (T, B, V) and the state after the last step.

        logits[t] predict the id at t + 1 from the ids up to t and the initial state (None: zeros).
        """
        # YOUR CODE HERE
        raise NotImplementedError()


def detach(state: Any) -> Any:
    """The same state, cut off from the gradients of earlier windows."""
    # YOUR CODE HERE
    raise NotImplementedError()


def evaluate(model: LSTMLanguageModel, data: Tensor, bptt: int) -> float:
    """Perplexity per token of data (T, B), T at least 2, in windows of bptt, the state passed on.

    Every id but those of the first row is predicted once, so the result does not depend on bptt.
    No dropout and no gradients; the model's mode (training or not) is the same afterwards.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def train(
    ids: Tensor,
    vocab_size: int,
    *,
    embed_size: int = 64,
    hidden_size: int = 128,
    num_layers: int = 1,
    dropout: float = 0.0,
    bptt: int = 35,
    batch_size: int = 20,
    epochs: int = 3,
    lr: float = 1e-2,
    clip: float = 1.0,
    seed: int = 0,
) -> tuple[LSTMLanguageModel, list[float]]:
    """Train on the first nine tenths of ids (N,), and measure on the last tenth after each epoch.

    Returns the model and one perplexity for each epoch. In every window the gradients' global L2
    norm is clipped to clip. Any optimiser will do. The same seed gives the same result.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def generate(
    model: LSTMLanguageModel,
    prefix: list[int],
    length: int,
    temperature: float = 1.0,
    top_k: int | None = None,
    seed: int = 0,
) -> list[int]:
    """`length` new ids after the ids of prefix (at least one); the prefix is not repeated.

    Each id is drawn from softmax(logits / temperature), among the top_k most probable ids if top_k
    is given, and becomes the next input. Temperature 0 takes the most probable id.

    Raises ValueError naming top_k when it is below 1.
    """
    # YOUR CODE HERE
    raise NotImplementedError()
