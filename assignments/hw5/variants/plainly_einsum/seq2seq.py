from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from .attention import additive_scores, attend, dot_scores, general_scores


def _seeded(seed: int, *modules: nn.Module) -> None:
    """Draw all parameters anew, by seed alone."""
    generator = torch.Generator().manual_seed(seed)
    for module in modules:
        for parameter in module.parameters():
            scale = 1.0 if isinstance(module, nn.Embedding) else parameter.shape[-1] ** -0.5
            nn.init.uniform_(parameter, -scale, scale, generator=generator)


def _known(name: str, ids: Tensor, table: nn.Embedding) -> None:
    if ((ids < 0) | (ids >= table.num_embeddings)).any():
        raise ValueError(f"{name} holds an id outside of the vocabulary")


class Encoder(nn.Module):
    def __init__(self, vocab: int, embed: int, hidden: int, seed: int = 0) -> None:
        super().__init__()
        if hidden % 2 or hidden < 2:
            raise ValueError("hidden is odd")
        with torch.random.fork_rng(devices=[]):
            self.words = nn.Embedding(vocab, embed)
            self.gru = nn.GRU(embed, hidden // 2, bidirectional=True, batch_first=True)
        _seeded(seed, self.words, self.gru)

    def forward(self, src: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        if src.dim() != 2:
            raise ValueError("src is not (B, S)")
        if lengths.shape != src.shape[:1] or not ((lengths > 0) & (lengths <= src.shape[1])).all():
            raise ValueError("lengths do not fit src")
        _known("src", src, self.words)
        packed = pack_padded_sequence(
            self.words(src), lengths.cpu(), batch_first=True, enforce_sorted=False
        )
        outputs, last = self.gru(packed)
        outputs, _ = pad_packed_sequence(outputs, batch_first=True, total_length=src.shape[1])
        return outputs, last.transpose(0, 1).flatten(1)


class Decoder(nn.Module):
    """The state is one tensor (B, 3 H): output and memory of the LSTM, attentional vector."""

    def __init__(
        self,
        vocab: int,
        embed: int,
        hidden: int,
        attention: str = "dot",
        input_feeding: bool = True,
        seed: int = 0,
    ) -> None:
        super().__init__()
        if attention not in ("dot", "general", "additive"):
            raise ValueError(f"attention {attention!r} is unknown")
        self.hidden, self.attention, self.input_feeding = hidden, attention, input_feeding
        with torch.random.fork_rng(devices=[]):
            self.words = nn.Embedding(vocab, embed)
            self.lstm = nn.LSTMCell(embed + hidden * input_feeding, hidden)
            self.mix = nn.Linear(2 * hidden, hidden, bias=False)
            self.out = nn.Linear(hidden, vocab)
            self.bridge = nn.Linear(hidden, 2 * hidden)
        count = {"dot": 0, "general": 1, "additive": 2}[attention]
        self.maps = nn.ParameterList(torch.empty(hidden, hidden) for _ in range(count))
        if attention == "additive":
            self.maps.append(torch.empty(hidden))
        _seeded(seed, self.words, self.lstm, self.mix, self.out, self.bridge, self.maps)

    def initial_state(self, final: Tensor) -> Tensor:
        return torch.cat([self.bridge(final).tanh(), torch.zeros_like(final)], -1)

    def step(
        self, token: Tensor, state: Tensor, memory: Tensor, mask: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        _known("token", token, self.words)
        h, c, fed = state.split(self.hidden, -1)
        x = self.words(token)
        h, c = self.lstm(torch.cat([x, fed], -1) if self.input_feeding else x, (h, c))
        score = {"dot": dot_scores, "general": general_scores, "additive": additive_scores}
        context, weights = attend(score[self.attention](h, memory, *self.maps), memory, mask)
        fed = self.mix(torch.cat([h, context], -1)).tanh()
        return self.out(fed), torch.cat([h, c, fed], -1), weights


class Seq2Seq(nn.Module):
    def __init__(self, encoder: Encoder, decoder: Decoder) -> None:
        super().__init__()
        self.encoder, self.decoder = encoder, decoder

    def forward(
        self,
        src: Tensor,
        src_lengths: Tensor,
        tgt: Tensor,
        teacher_forcing: float = 1.0,
        seed: int = 0,
    ) -> Tensor:
        if not 0 <= teacher_forcing <= 1:
            raise ValueError("teacher_forcing lies outside of [0, 1]")
        if tgt.shape[0] != src.shape[0]:
            raise ValueError("src and tgt differ in B")
        if tgt.shape[1] < 2:
            raise ValueError("tgt has nothing to predict")
        generator = torch.Generator().manual_seed(seed)
        own = torch.rand(tgt.shape[1] - 1, generator=generator, dtype=torch.float64)
        own = (own < 1 - teacher_forcing).tolist()
        state, logits = self.begin(src, src_lengths), []
        for place, free in enumerate(own):
            tokens = logits[-1].argmax(-1) if free and logits else tgt[:, place]
            scores, state = self._step(tokens, state)
            logits.append(scores)
        return torch.stack(logits, 1)

    def _step(self, tokens: Tensor, state: dict[str, Tensor]) -> tuple[Tensor, dict[str, Tensor]]:
        logits, inner, _ = self.decoder.step(tokens, state["inner"], state["memory"], state["mask"])
        return logits, state | {"inner": inner}

    def begin(self, src: Tensor, src_lengths: Tensor) -> dict[str, Tensor]:
        memory, final = self.encoder(src, src_lengths)
        mask = torch.arange(src.shape[1], device=src.device) < src_lengths[:, None]
        return {"memory": memory, "mask": mask, "inner": self.decoder.initial_state(final)}

    def advance(self, tokens: Tensor, state: dict[str, Tensor]) -> tuple[Tensor, dict[str, Tensor]]:
        logits, state = self._step(tokens, state)
        return logits - logits.logsumexp(-1, keepdim=True), state

    def select(self, state: dict[str, Tensor], indices: Tensor) -> dict[str, Tensor]:
        return {name: part.index_select(0, indices) for name, part in state.items()}
