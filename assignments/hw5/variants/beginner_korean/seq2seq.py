"""인코더, 디코더, 그리고 둘을 이은 모델."""

import torch
from torch import nn

from .attention import additive_scores, attend, dot_scores
from .도우미 import 가중치_채우기, 새_주사위, 확률인지_확인


class Encoder(nn.Module):
    def __init__(self, vocab, embed, hidden, seed=0):
        super(Encoder, self).__init__()
        if hidden % 2 == 1:
            raise ValueError("hidden must be even")
        self.임베딩 = nn.Embedding(vocab, embed)
        self.앞으로 = nn.GRUCell(embed, hidden // 2)
        self.뒤로 = nn.GRUCell(embed, hidden // 2)
        가중치_채우기(self, seed)

    def _읽기(self, 셀, 단어들, lengths, 순서):
        상태 = torch.zeros(단어들.shape[0], 셀.hidden_size, dtype=단어들.dtype)
        모두 = {}
        for 위치 in 순서:
            새_상태 = 셀(단어들[:, 위치, :], 상태)
            안쪽 = (lengths > 위치).unsqueeze(1)
            상태 = torch.where(안쪽, 새_상태, 상태)
            모두[위치] = 상태
        차례로 = [모두[위치] for 위치 in sorted(모두)]
        return torch.stack(차례로, dim=1), 상태

    def forward(self, src, lengths):
        단어들 = self.임베딩(src)
        길이 = src.shape[1]
        앞, 앞_끝 = self._읽기(self.앞으로, 단어들, lengths, range(길이))
        뒤, 뒤_끝 = self._읽기(self.뒤로, 단어들, lengths, range(길이 - 1, -1, -1))
        return torch.cat([앞, 뒤], dim=2), torch.cat([앞_끝, 뒤_끝], dim=1)


class 상태표:
    def __init__(self, 은닉1, 은닉2, 지난_벡터):
        self.은닉1 = 은닉1
        self.은닉2 = 은닉2
        self.지난_벡터 = 지난_벡터


class Decoder(nn.Module):
    def __init__(self, vocab, embed, hidden, attention="dot", input_feeding=True, seed=0):
        super(Decoder, self).__init__()
        if attention == "dot":
            pass
        elif attention == "general":
            self.W = nn.Linear(hidden, hidden, bias=False)
        elif attention == "additive":
            self.Wq = nn.Parameter(torch.zeros(hidden // 2, hidden))
            self.Wk = nn.Parameter(torch.zeros(hidden // 2, hidden))
            self.v = nn.Linear(hidden // 2, 1, bias=False)
        else:
            raise ValueError("attention should be dot, general or additive")
        self.attention = attention
        self.input_feeding = input_feeding
        입력_폭 = embed
        if input_feeding:
            입력_폭 = embed + hidden
        self.임베딩 = nn.Embedding(vocab, embed)
        self.다리 = nn.Linear(hidden, hidden)
        self.셀1 = nn.GRUCell(입력_폭, hidden)
        self.셀2 = nn.GRUCell(hidden, hidden)
        self.문맥에서 = nn.Linear(hidden, hidden)
        self.은닉에서 = nn.Linear(hidden, hidden)
        self.출력 = nn.Linear(hidden, vocab)
        가중치_채우기(self, seed)

    def initial_state(self, final):
        return 상태표(torch.tanh(self.다리(final)), final.clone(), torch.zeros_like(final))

    def _점수(self, 은닉, memory):
        if self.attention == "dot":
            return dot_scores(은닉, memory)
        if self.attention == "general":
            return dot_scores(self.W(은닉), memory)
        return additive_scores(은닉, memory, self.Wq, self.Wk, self.v.weight[0])

    def step(self, token, state, memory, mask):
        입력 = self.임베딩(token)
        if self.input_feeding:
            입력 = torch.cat([state.지난_벡터, 입력], dim=1)
        은닉1 = self.셀1(입력, state.은닉1)
        은닉2 = self.셀2(은닉1, state.은닉2)
        문맥, 가중치 = attend(self._점수(은닉2, memory), memory, mask)
        벡터 = torch.tanh(self.문맥에서(문맥) + self.은닉에서(은닉2))
        return self.출력(벡터), 상태표(은닉1, 은닉2, 벡터), 가중치


def _길이_마스크(src, src_lengths):
    줄들 = []
    for 길이 in src_lengths.tolist():
        줄 = [True] * 길이 + [False] * (src.shape[1] - 길이)
        줄들.append(줄)
    return torch.tensor(줄들)


class Seq2Seq(nn.Module):
    def __init__(self, encoder, decoder):
        super(Seq2Seq, self).__init__()
        self.encoder = encoder
        self.decoder = decoder

    def forward(self, src, src_lengths, tgt, teacher_forcing=1.0, seed=0):
        확률인지_확인("teacher_forcing", teacher_forcing)
        주사위 = 새_주사위(seed)
        memory, final = self.encoder(src, src_lengths)
        mask = _길이_마스크(src, src_lengths)
        상태 = self.decoder.initial_state(final)
        모은_로짓 = []
        다음_단어 = tgt[:, 0]
        for 위치 in range(tgt.shape[1] - 1):
            로짓, 상태, _ = self.decoder.step(다음_단어, 상태, memory, mask)
            모은_로짓.append(로짓)
            if 주사위.random() < 1 - teacher_forcing:
                다음_단어 = torch.max(로짓, dim=1).indices
            else:
                다음_단어 = tgt[:, 위치 + 1]
        return torch.stack(모은_로짓, dim=1)

    def begin(self, src, src_lengths):
        memory, final = self.encoder(src, src_lengths)
        return [self.decoder.initial_state(final), memory, _길이_마스크(src, src_lengths)]

    def advance(self, tokens, state):
        안, memory, mask = state
        로짓, 새_안, _ = self.decoder.step(tokens, 안, memory, mask)
        return nn.LogSoftmax(dim=1)(로짓), [새_안, memory, mask]

    def select(self, state, indices):
        안, memory, mask = state
        고른 = 상태표(안.은닉1[indices], 안.은닉2[indices], 안.지난_벡터[indices])
        return [고른, memory[indices], mask[indices]]
