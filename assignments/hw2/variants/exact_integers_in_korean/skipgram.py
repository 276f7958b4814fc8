"""음성 표집을 쓰는 스킵그램."""

import random

import torch
from torch import nn

from hw2_word2vec.corpus import Vocabulary, keep_probability, skipgram_pairs, subsample
from hw2_word2vec.sampling import AliasSampler, negative_distribution
from hw2_word2vec.도움말 import 모양_확인


def _확인(center, context, negatives):
    모양_확인("center", center, (None, None))
    if len(center) == 0:
        raise ValueError("center 행이 하나는 있어야 합니다")
    모양_확인("context", context, center.shape)
    모양_확인("negatives", negatives, (center.shape[0], None, center.shape[1]))


def _점수(center, context, negatives):
    return torch.einsum("bd,bd->b", center, context), torch.einsum("bd,bkd->bk", center, negatives)


def _놀람(점수):
    """-ln sigmoid(점수) = ln(1 + exp(-점수))."""
    return torch.logaddexp(-점수, torch.zeros_like(점수))


def sgns_loss(center, context, negatives):
    _확인(center, context, negatives)
    참, 거짓 = _점수(center, context, negatives)
    return (_놀람(참).sum() + _놀람(-거짓).sum()) / len(center)


def sgns_gradients(center, context, negatives):
    _확인(center, context, negatives)
    가운데, 곁, 소음 = center.detach(), context.detach(), negatives.detach()
    참, 거짓 = _점수(가운데, 곁, 소음)
    끌기 = -torch.sigmoid(-참) / len(center)
    밀기 = torch.sigmoid(거짓) / len(center)
    가운데_기울기 = 끌기[:, None] * 곁 + torch.einsum("bk,bkd->bd", 밀기, 소음)
    곁_기울기 = 끌기[:, None] * 가운데
    소음_기울기 = torch.einsum("bk,bd->bkd", 밀기, 가운데)
    return 가운데_기울기, 곁_기울기, 소음_기울기


class SkipGram(nn.Module):
    def __init__(self, vocab_size, dim, seed=0):
        super().__init__()
        씨앗 = torch.Generator().manual_seed(seed)
        시작 = torch.rand(vocab_size, dim, generator=씨앗).sub_(0.5).div_(dim)
        self.in_embed = nn.Embedding(vocab_size, dim, _weight=시작)
        self.out_embed = nn.Embedding(vocab_size, dim, _weight=torch.zeros(vocab_size, dim))

    def forward(self, center, context, negatives):
        return sgns_loss(self.in_embed(center), self.out_embed(context), self.out_embed(negatives))


class _아담:
    def __init__(self, 표, 걸음):
        self.표, self.걸음, self.때 = 표, 걸음, 0
        self.평균, self.제곱 = torch.zeros_like(표), torch.zeros_like(표)

    def 내려가기(self, 기울기):
        self.때 += 1
        self.평균 = 0.9 * self.평균 + 0.1 * 기울기
        self.제곱 = 0.99 * self.제곱 + 0.01 * 기울기**2
        고친_평균 = self.평균 / (1 - 0.9**self.때)
        고친_제곱 = self.제곱 / (1 - 0.99**self.때)
        self.표 -= self.걸음 * 고친_평균 / (고친_제곱.sqrt() + 1e-8)


def train(
    sentences,
    dim=50,
    window=5,
    negatives=5,
    epochs=5,
    lr=0.025,
    min_count=1,
    t=1e-3,
    batch_size=512,
    seed=0,
):
    어휘 = Vocabulary(sentences, min_count)
    if len(어휘) == 0:
        raise ValueError("sentences 목록에 어휘가 될 낱말이 없습니다")
    if batch_size < 1:
        raise ValueError("batch_size 값은 1 이상이어야 합니다")
    남음 = keep_probability(어휘.counts, t)
    소음 = AliasSampler(negative_distribution(어휘.counts))
    처음 = SkipGram(len(어휘), dim, seed)
    안, 밖 = 처음.in_embed.weight.detach().clone(), 처음.out_embed.weight.detach().clone()
    안_학습, 밖_학습 = _아담(안, lr), _아담(밖, lr)
    난수 = random.Random(seed)
    for _ in range(epochs):
        조각들 = [
            skipgram_pairs(subsample(어휘.encode(문장), 남음, 난수.randrange(2**30)), window)
            for 문장 in sentences
        ]
        쌍들 = torch.cat(조각들)
        순서 = list(range(len(쌍들)))
        난수.shuffle(순서)
        쌍들 = 쌍들[순서]
        for 시작 in range(0, len(쌍들), batch_size):
            가운데, 곁 = 쌍들[시작 : 시작 + batch_size].unbind(1)
            가짜 = 소음.sample((len(곁), negatives), 난수.randrange(2**30))
            기울기들 = sgns_gradients(안[가운데], 밖[곁], 밖[가짜])
            안_기울기 = torch.zeros_like(안).index_add(0, 가운데, 기울기들[0])
            밖_기울기 = torch.zeros_like(밖).index_add(0, 곁, 기울기들[1])
            밖_기울기 = 밖_기울기.index_add(0, 가짜.flatten(), 기울기들[2].flatten(0, 1))
            안_학습.내려가기(안_기울기)
            밖_학습.내려가기(밖_기울기)
    return 어휘.tokens, 안_학습.표.float()
