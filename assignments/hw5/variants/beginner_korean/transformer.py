"""트랜스포머를 한 조각씩."""

import torch
from torch import nn

from .도우미 import 가중치_채우기, 확률인지_확인


def positional_encoding(length, d_model):
    if d_model % 2 != 0:
        raise ValueError("d_model must be even")
    표 = torch.zeros(length, d_model, dtype=torch.float64)
    위치 = torch.arange(length, dtype=torch.float64)
    for 열 in range(d_model):
        짝 = 열 - 열 % 2
        각 = 위치 / torch.tensor(10000.0, dtype=torch.float64) ** (짝 / d_model)
        if 열 % 2 == 0:
            표[:, 열] = torch.sin(각)
        else:
            표[:, 열] = torch.cos(각)
    return 표


def padding_mask(lengths, max_len):
    마스크 = torch.zeros(len(lengths), max_len, dtype=torch.bool)
    for 줄, 길이 in enumerate(lengths):
        마스크[줄, : int(길이)] = True
    return 마스크


def causal_mask(T):
    마스크 = torch.zeros(T, T, dtype=torch.bool)
    for 줄 in range(T):
        for 칸 in range(줄 + 1):
            마스크[줄, 칸] = True
    return 마스크


def _가린_softmax(점수, mask):
    가중치 = torch.softmax(점수.masked_fill(mask.logical_not(), -1e9), dim=-1)
    return 가중치 * mask


def scaled_dot_product_attention(q, k, v, mask=None):
    폭 = torch.tensor(q.shape[-1], dtype=q.dtype)
    점수 = torch.matmul(q, torch.transpose(k, -2, -1)) / torch.sqrt(폭)
    if mask is None:
        가중치 = torch.softmax(점수, dim=-1)
    else:
        가중치 = _가린_softmax(점수, mask)
    return torch.matmul(가중치, v), 가중치


def _머리로_나누기(x, heads):
    B, T, D = x.shape
    return x.view(B, T, heads, D // heads).transpose(1, 2)


def _머리_합치기(x):
    B, h, T, d = x.shape
    return x.transpose(1, 2).contiguous().view(B, T, h * d)


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, heads, seed=0):
        super(MultiHeadAttention, self).__init__()
        if d_model % heads != 0:
            raise ValueError("d_model cannot be divided by heads")
        self.heads = heads
        self.q_proj = nn.Linear(d_model, d_model, bias=True)
        self.k_proj = nn.Linear(d_model, d_model, bias=True)
        self.v_proj = nn.Linear(d_model, d_model, bias=True)
        self.out_proj = nn.Linear(d_model, d_model, bias=True)
        가중치_채우기(self, seed)

    def forward(self, query, key, value, mask=None):
        q = _머리로_나누기(self.q_proj(query), self.heads)
        k = _머리로_나누기(self.k_proj(key), self.heads)
        v = _머리로_나누기(self.v_proj(value), self.heads)
        if mask is not None and mask.dim() == 3:
            mask = mask[:, None]
        결과, 가중치 = scaled_dot_product_attention(q, k, v, mask)
        return self.out_proj(_머리_합치기(결과)), 가중치


def layer_norm(x, gain, bias, eps=1e-5):
    개수 = x.shape[-1]
    평균 = x.sum(dim=-1, keepdim=True) / 개수
    분산 = ((x - 평균) ** 2).sum(dim=-1, keepdim=True) / 개수
    return gain * ((x - 평균) / torch.sqrt(분산 + eps)) + bias


class LayerNorm(nn.Module):
    def __init__(self, d_model):
        super(LayerNorm, self).__init__()
        self.gain = nn.Parameter(torch.ones(d_model))
        self.bias = nn.Parameter(torch.zeros(d_model))

    def forward(self, x):
        return layer_norm(x, self.gain, self.bias)


def _norm_확인(norm):
    if norm not in ["post", "pre"]:
        raise ValueError("unknown norm " + str(norm))


class EncoderLayer(nn.Module):
    def __init__(self, d_model, heads, d_ff, dropout=0.0, norm="post", seed=0):
        super(EncoderLayer, self).__init__()
        _norm_확인(norm)
        확률인지_확인("dropout", dropout)
        self.norm = norm
        self.self_attn = MultiHeadAttention(d_model, heads)
        self.linear1 = nn.Linear(d_model, d_ff)
        self.linear2 = nn.Linear(d_ff, d_model)
        self.norm1 = LayerNorm(d_model)
        self.norm2 = LayerNorm(d_model)
        self.relu = nn.ReLU()
        self.드롭1 = nn.Dropout(dropout)
        self.드롭2 = nn.Dropout(dropout)
        self.드롭3 = nn.Dropout(dropout)
        가중치_채우기(self, seed)

    def _피드포워드(self, x):
        return self.linear2(self.드롭3(self.relu(self.linear1(x))))

    def forward(self, x, mask=None):
        if self.norm == "post":
            본것, _ = self.self_attn(x, x, x, mask)
            x = self.norm1(x + self.드롭1(본것))
            x = self.norm2(x + self.드롭2(self._피드포워드(x)))
            return x
        고른 = self.norm1(x)
        본것, _ = self.self_attn(고른, 고른, 고른, mask)
        x = x + self.드롭1(본것)
        x = x + self.드롭2(self._피드포워드(self.norm2(x)))
        return x


class DecoderLayer(nn.Module):
    def __init__(self, d_model, heads, d_ff, dropout=0.0, norm="post", seed=0):
        super(DecoderLayer, self).__init__()
        _norm_확인(norm)
        확률인지_확인("dropout", dropout)
        self.norm = norm
        self.self_attn = MultiHeadAttention(d_model, heads)
        self.cross_attn = MultiHeadAttention(d_model, heads)
        self.linear1 = nn.Linear(d_model, d_ff)
        self.linear2 = nn.Linear(d_ff, d_model)
        self.norm1 = LayerNorm(d_model)
        self.norm2 = LayerNorm(d_model)
        self.norm3 = LayerNorm(d_model)
        self.relu = nn.ReLU()
        self.드롭 = nn.Dropout(dropout)
        가중치_채우기(self, seed)

    def _피드포워드(self, x):
        return self.linear2(self.relu(self.linear1(x)))

    def forward(self, x, memory, self_mask=None, memory_mask=None):
        if self.norm == "post":
            x = self.norm1(x + self.드롭(self.self_attn(x, x, x, self_mask)[0]))
            x = self.norm2(x + self.드롭(self.cross_attn(x, memory, memory, memory_mask)[0]))
            x = self.norm3(x + self.드롭(self._피드포워드(x)))
            return x
        고른 = self.norm1(x)
        x = x + self.드롭(self.self_attn(고른, 고른, 고른, self_mask)[0])
        고른 = self.norm2(x)
        x = x + self.드롭(self.cross_attn(고른, memory, memory, memory_mask)[0])
        x = x + self.드롭(self._피드포워드(self.norm3(x)))
        return x


class 해독_상태:
    def __init__(self, memory, mask, 지금까지):
        self.memory = memory
        self.mask = mask
        self.지금까지 = 지금까지


class Transformer(nn.Module):
    def __init__(self, src_vocab, tgt_vocab, d_model=512, heads=8, layers=6, d_ff=2048,
                 dropout=0.1, max_len=512, tie=False, norm="post", seed=0):
        super(Transformer, self).__init__()
        self.d_model = d_model
        self.원문_임베딩 = nn.Embedding(src_vocab, d_model)
        self.번역_임베딩 = nn.Embedding(tgt_vocab, d_model)
        self.인코더 = nn.ModuleList()
        self.디코더 = nn.ModuleList()
        for _ in range(layers):
            self.인코더.append(EncoderLayer(d_model, heads, d_ff, dropout, norm))
            self.디코더.append(DecoderLayer(d_model, heads, d_ff, dropout, norm))
        self.인코더_norm = LayerNorm(d_model)
        self.디코더_norm = LayerNorm(d_model)
        self.출력 = nn.Linear(d_model, tgt_vocab, bias=False)
        가중치_채우기(self, seed)
        if tie:
            self.출력.weight = self.번역_임베딩.weight
        self.드롭 = nn.Dropout(dropout)
        self.위치 = positional_encoding(max_len, d_model)

    def _들어가기(self, 임베딩, ids):
        단어 = 임베딩(ids) * (self.d_model**0.5)
        return self.드롭(단어 + self.위치[: ids.shape[1]].to(단어.dtype))

    def encode(self, src, src_mask):
        x = self._들어가기(self.원문_임베딩, src)
        for 층 in self.인코더:
            x = 층(x, src_mask.unsqueeze(1))
        return self.인코더_norm(x)

    def decode(self, tgt, memory, src_mask):
        x = self._들어가기(self.번역_임베딩, tgt)
        for 층 in self.디코더:
            x = 층(x, memory, causal_mask(tgt.shape[1]), src_mask.unsqueeze(1))
        return self.출력(self.디코더_norm(x))

    def forward(self, src, src_lengths, tgt):
        src_mask = padding_mask(src_lengths, src.shape[1])
        memory = self.encode(src, src_mask)
        return self.decode(tgt, memory, src_mask)

    def begin(self, src, src_lengths):
        src_mask = padding_mask(src_lengths, src.shape[1])
        return 해독_상태(self.encode(src, src_mask), src_mask, None)

    def advance(self, tokens, state):
        if state.지금까지 is None:
            지금까지 = tokens.unsqueeze(1)
        else:
            지금까지 = torch.cat([state.지금까지, tokens.unsqueeze(1)], dim=1)
        로짓 = self.decode(지금까지, state.memory, state.mask)[:, -1, :]
        return torch.log_softmax(로짓, dim=-1), 해독_상태(state.memory, state.mask, 지금까지)

    def select(self, state, indices):
        지금까지 = None if state.지금까지 is None else state.지금까지[indices]
        return 해독_상태(state.memory[indices], state.mask[indices], 지금까지)
