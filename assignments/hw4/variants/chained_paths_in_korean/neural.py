"""글자 합성곱과 양방향 LSTM으로 품사를 붙인다."""

import torch
from torch import nn

from hw4_hmm_tagger.evaluate import _길이_확인


class BiLSTMTagger(nn.Module):
    def __init__(self, words, tags, word_dim=64, char_dim=16, hidden=64, pretrained=None, seed=0):
        super().__init__()
        if pretrained is not None and tuple(pretrained.shape) != (len(words), word_dim):
            raise ValueError("pretrained 모양은 (len(words), word_dim)이어야 합니다")
        self.품사들 = list(tags)
        self.낱말_번호 = {낱말: 번호 + 1 for 번호, 낱말 in enumerate(words)}  # 0: 모르는 낱말
        글자들 = sorted(set().union(*map(set, words)) if words else set())
        self.글자_번호 = {글자: 번호 + 2 for 번호, 글자 in enumerate(글자들)}  # 0: 빈칸, 1: 모름
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            self.낱말_표 = nn.Embedding(len(words) + 1, word_dim)
            self.글자_표 = nn.Embedding(len(글자들) + 2, char_dim, padding_idx=0)
            self.글자_창 = nn.Conv1d(char_dim, 2 * char_dim, 3, padding=1)
            self.순환 = nn.LSTM(word_dim + 2 * char_dim, hidden, batch_first=True, bidirectional=True)
            self.출력 = nn.Linear(2 * hidden, len(self.품사들))
        if pretrained is not None:
            with torch.no_grad():
                self.낱말_표.weight[1:] = pretrained.to(self.낱말_표.weight)

    def forward(self, 낱말들, 가림=None):
        번호 = torch.tensor([self.낱말_번호.get(낱말, 0) for 낱말 in 낱말들])
        if 가림 is not None:
            번호 = 번호 * ~가림
        폭 = max(1, *map(len, 낱말들)) if len(낱말들) > 1 else max(1, len(낱말들[0]))
        글자 = torch.zeros(len(낱말들), 폭, dtype=torch.int64)
        for 줄, 낱말 in enumerate(낱말들):
            for 칸, 문자 in enumerate(낱말):
                글자[줄, 칸] = self.글자_번호.get(문자, 1)
        창 = self.글자_창(self.글자_표(글자).transpose(1, 2)).amax(dim=2)
        상태, _ = self.순환(torch.cat([self.낱말_표(번호), 창], dim=1)[None])
        return self.출력(상태[0])

    def fit(self, sentences, epochs=5, lr=1e-2, seed=0):
        품사_번호 = {품사: 번호 for 번호, 품사 in enumerate(self.품사들)}
        자료 = []
        for 문장 in sentences:
            if any(품사 not in 품사_번호 for _, 품사 in 문장):
                raise ValueError("sentences 문장에 tags 목록에 없는 품사가 있습니다")
            if 문장:
                자료.append(([낱말 for 낱말, _ in 문장], torch.tensor([품사_번호[품사] for _, 품사 in 문장])))
        난수 = torch.Generator().manual_seed(seed)
        # 문장 하나씩 배우므로 걸음을 작게 줄여 간다.
        학습 = torch.optim.Adam(self.parameters(), lr=lr / 2)
        감소 = torch.optim.lr_scheduler.ExponentialLR(학습, 0.7)
        for _ in range(epochs):
            for 순서 in torch.randperm(len(자료), generator=난수).tolist():
                낱말들, 정답 = 자료[순서]
                _길이_확인([낱말들], [정답])
                가림 = torch.rand(len(낱말들), generator=난수) < 0.1
                학습.zero_grad()
                nn.functional.cross_entropy(self.forward(낱말들, 가림), 정답).backward()
                nn.utils.clip_grad_norm_(self.parameters(), 5.0)
                학습.step()
            감소.step()
        return self

    def tag(self, words):
        if not words:
            return []
        with torch.no_grad():
            return [self.품사들[번호] for 번호 in self.forward(words).argmax(dim=1)]
