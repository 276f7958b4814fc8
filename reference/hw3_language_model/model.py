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
        ### BEGIN SOLUTION
        if tie_weights and embed_size != hidden_size:
            raise ValueError("tie_weights needs embed_size equal to hidden_size")
        self.dropout = dropout
        self.lstm = LSTM(embed_size, hidden_size, num_layers, dropout, seed=seed)
        with torch.random.fork_rng(devices=[]):  # layers draw from the global generator
            torch.manual_seed(seed)
            self.embedding = nn.Embedding(vocab_size, embed_size)
            self.output = nn.Linear(hidden_size, vocab_size)
            # rows of length about 1: if they are tied to the output, the first logits are small
            nn.init.normal_(self.embedding.weight, std=embed_size**-0.5)
        if tie_weights:
            self.output.weight = self.embedding.weight
        ### END SOLUTION

    def forward(self, ids: Tensor, state: Any = None) -> tuple[Tensor, Any]:
        """ids (T, B) int64 -> logits (T, B, V) and the state after the last step.

        logits[t] predict the id at t + 1 from the ids up to t and the initial state (None: zeros).
        """
        ### BEGIN SOLUTION
        embedded = F.dropout(self.embedding(ids), self.dropout, self.training)  # (T, B, E)
        hidden, state = self.lstm(embedded, state)  # (T, B, H)
        return self.output(F.dropout(hidden, self.dropout, self.training)), state  # (T, B, V)
        ### END SOLUTION


def detach(state: Any) -> Any:
    """The same state, cut off from the gradients of earlier windows."""
    ### BEGIN SOLUTION
    h, c = state
    return h.detach(), c.detach()
    ### END SOLUTION


def evaluate(model: LSTMLanguageModel, data: Tensor, bptt: int) -> float:
    """Perplexity per token of data (T, B), T at least 2, in windows of bptt, the state passed on.

    Every id but those of the first row is predicted once, so the result does not depend on bptt.
    No dropout and no gradients; the model's mode (training or not) is the same afterwards.
    """
    ### BEGIN SOLUTION
    training = model.training
    model.eval()
    state, tokens = None, 0
    total = torch.zeros((), dtype=torch.float64, device=data.device)
    with torch.no_grad():
        for inputs, targets in zip(data[:-1].split(bptt), data[1:].split(bptt), strict=True):
            logits, state = model(inputs, state)
            total += F.cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction="sum")
            tokens += targets.numel()
    model.train(training)
    return (total / tokens).exp().item()
    ### END SOLUTION


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
    ### BEGIN SOLUTION
    # split, F.cross_entropy, clip_grad_norm_ and Adam are the library's forms of what data.py,
    # metrics.py, regularise.py and optim.py build: a mistake made there does no harm here.
    cut = len(ids) - len(ids) // 10
    rows = cut // batch_size
    data = ids[: rows * batch_size].view(batch_size, rows).t()  # (T, B): columns are runs of text
    validation = ids[cut:, None]  # (T', 1)
    perplexities = []
    with torch.random.fork_rng(devices=[]):  # dropout draws from the global generator
        torch.manual_seed(seed)
        model = LSTMLanguageModel(
            vocab_size, embed_size, hidden_size, num_layers, dropout, seed=seed
        ).to(ids.device)
        optimiser = torch.optim.Adam(model.parameters(), lr=lr)
        for _ in range(epochs):
            model.train()
            state = None
            for inputs, targets in zip(data[:-1].split(bptt), data[1:].split(bptt), strict=True):
                logits, state = model(inputs, None if state is None else detach(state))
                loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
                optimiser.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(model.parameters(), clip)
                optimiser.step()
            perplexities.append(evaluate(model, validation, bptt))
    return model, perplexities
    ### END SOLUTION


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
    ### BEGIN SOLUTION
    if top_k is not None and top_k < 1:
        raise ValueError("top_k must be at least 1")
    device = next(model.parameters()).device
    generator = torch.Generator(device).manual_seed(seed)
    new: list[int] = []
    inputs, state = torch.tensor(prefix, device=device)[:, None], None  # (T, 1)
    with torch.no_grad():
        for _ in range(length):
            logits, state = model(inputs, state)
            chosen = _draw(logits[-1, 0], temperature, top_k, generator)
            new.append(int(chosen))
            inputs = chosen.view(1, 1)
    return new
    ### END SOLUTION


### BEGIN SOLUTION
def _draw(
    logits: Tensor, temperature: float, top_k: int | None, generator: torch.Generator
) -> Tensor:
    """One id, (), from logits (V,)."""
    if temperature == 0:
        return logits.argmax()
    if top_k is not None:
        worst = logits.topk(min(top_k, len(logits))).values[-1]
        logits = logits.masked_fill(logits < worst, -math.inf)
    return torch.multinomial(torch.softmax(logits / temperature, dim=0), 1, generator=generator)[0]
### END SOLUTION
