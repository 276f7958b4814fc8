"""스킵그램."""

import torch
import torch.nn as 신경망
import torch.nn.functional as 함수

from hw2_word2vec.corpus import Vocabulary, keep_probability, skipgram_pairs, subsample
from hw2_word2vec.sampling import AliasSampler, negative_distribution
from hw2_word2vec.도움말 import 같은_모양


def 검사(center, context, negatives):
    if center.size(0) < 1:
        raise ValueError("center 가 비었습니다")
    같은_모양("context", context, center.shape)
    같은_모양("negatives", negatives, (center.size(0), negatives.size(1), center.size(1)))


def sgns_loss(center, context, negatives):
    검사(center, context, negatives)
    # 긍정 하나와 네거티브를 한 행렬로 잇고, 부호로 가른다
    모두 = torch.cat([context.unsqueeze(1), -negatives], dim=1)  # (B, 1+K, d)
    점수 = torch.bmm(모두, center.unsqueeze(2)).squeeze(2)  # (B, 1+K)
    return 함수.softplus(-점수).sum() / center.size(0)


def sgns_gradients(center, context, negatives):
    검사(center, context, negatives)
    모두 = torch.cat([context.unsqueeze(1), negatives], dim=1).detach()
    가운데 = center.detach()
    오차 = torch.einsum("bkd,bd->bk", 모두, 가운데).sigmoid()
    오차[:, 0] -= 1
    오차 = 오차 / center.size(0)
    모두에 = 오차.unsqueeze(2) * 가운데.unsqueeze(1)
    가운데에 = torch.einsum("bk,bkd->bd", 오차, 모두)
    return 가운데에, 모두에[:, 0].clone(), 모두에[:, 1:].clone()


class SkipGram(신경망.Module):
    def __init__(self, vocab_size, dim, seed=0):
        super().__init__()
        씨앗 = torch.Generator()
        씨앗.manual_seed(seed)
        self.in_embed = 신경망.Embedding(vocab_size, dim)
        self.out_embed = 신경망.Embedding(vocab_size, dim)
        with torch.no_grad():
            self.in_embed.weight.uniform_(-0.5 / dim, 0.5 / dim, generator=씨앗)
            self.out_embed.weight.fill_(0)

    def forward(self, center, context, negatives):
        return sgns_loss(
            self.in_embed(center), self.out_embed(context), self.out_embed(negatives)
        )


def train(
    sentences, dim=50, window=5, negatives=5, epochs=5, lr=0.025, min_count=1, t=1e-3,
    batch_size=512, seed=0,
):
    어휘 = Vocabulary(sentences, min_count)
    if not len(어휘):
        raise ValueError("sentences 에 남는 낱말이 없습니다")
    모델 = SkipGram(len(어휘), dim, seed)
    확률 = keep_probability(어휘.counts, t)
    뽑기 = AliasSampler(negative_distribution(어휘.counts))
    최적화 = torch.optim.SGD(모델.parameters(), lr=lr)
    씨앗 = torch.Generator().manual_seed(seed)
    번호 = seed * 100_000
    for 세대 in range(epochs):
        짝들 = []
        for 문장 in sentences:
            번호 += 1
            짝들.append(skipgram_pairs(subsample(어휘.encode(문장), 확률, 번호), window))
        짝들 = torch.cat(짝들)
        순서 = torch.randperm(len(짝들), generator=씨앗)
        for 시작 in range(0, len(순서), batch_size):
            번호 += 1
            짝 = 짝들[순서[시작 : 시작 + batch_size]]
            잡음 = 뽑기.sample((len(짝), negatives), 번호)
            최적화.zero_grad()
            # 평균이 아니라 합: 쌍마다 한 걸음씩 걷는 것과 같다
            (모델(짝[:, 0], 짝[:, 1], 잡음) * len(짝)).backward()
            최적화.step()
    return 어휘.tokens, 모델.in_embed.weight.detach().clone()
