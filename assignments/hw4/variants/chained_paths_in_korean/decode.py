"""가장 좋은 경로. 상태마다 지금까지의 경로를 사슬 (상태, 앞의 사슬)로 들고 다닌다."""

import numpy as np
import torch

from hw4_hmm_tagger.도움말 import 모형_확인, 번호_확인


def _풀기(사슬):
    경로 = []
    while 사슬 is not None:
        상태, 사슬 = 사슬
        경로.append(상태)
    return np.array(경로[::-1], dtype=np.int64)


def _빔(초기, 전이, 방출, 단어들, 너비):
    상태수 = len(초기)
    빔 = {상태: (초기[상태] + 방출[상태, 단어들[0]], (상태, None)) for 상태 in range(상태수)}
    빔 = _자르기(빔, 너비)
    for 단어 in 단어들[1:]:
        새_빔 = {}
        for 뒤 in range(상태수):
            # max는 같은 값 가운데 처음 것을 고르고, 빔은 상태 순서로 놓여 있다.
            앞 = max(빔, key=lambda 상태: 빔[상태][0] + 전이[상태, 뒤])
            점수 = 빔[앞][0] + 전이[앞, 뒤] + 방출[뒤, 단어]
            새_빔[뒤] = (점수, (뒤, 빔[앞][1]))
        빔 = _자르기(새_빔, 너비)
    끝 = max(빔, key=lambda 상태: 빔[상태][0])
    점수, 사슬 = 빔[끝]
    return _풀기(사슬), float(점수)


def _자르기(빔, 너비):
    남을_상태 = sorted(빔, key=lambda 상태: -빔[상태][0])[:너비]
    return {상태: 빔[상태] for 상태 in sorted(남을_상태)}


def viterbi(log_pi, log_A, log_B, words):
    초기, 전이, 방출 = 모형_확인(log_pi, log_A, log_B)
    단어들 = 번호_확인("words", words, 방출.shape[1])
    return _빔(초기, 전이, 방출, 단어들, len(초기))


def beam_search(log_pi, log_A, log_B, words, k):
    if k < 1:
        raise ValueError("k 값은 1 이상이어야 합니다")
    초기, 전이, 방출 = 모형_확인(log_pi, log_A, log_B)
    단어들 = 번호_확인("words", words, 방출.shape[1])
    return _빔(초기, 전이, 방출, 단어들, k)


def greedy(log_pi, log_A, log_B, words):
    초기, 전이, 방출 = 모형_확인(log_pi, log_A, log_B)
    단어들 = 번호_확인("words", words, 방출.shape[1])
    사슬, 합, 행 = None, 0.0, 초기
    for 단어 in 단어들:
        점수들 = 행 + 방출[:, 단어]
        상태 = int(np.flatnonzero(점수들 == 점수들.max())[0])
        사슬, 합, 행 = (상태, 사슬), 합 + 점수들[상태], 전이[상태]
    return _풀기(사슬), float(합)


def viterbi_batch(log_pi, log_A, log_B, words, lengths):
    """상태마다 경로 전체를 (B, S, T) 텐서에 들고 다닌다."""
    모형_확인(*(표.detach().cpu().numpy() for 표 in (log_pi, log_A, log_B)))
    if words.ndim != 2:
        raise ValueError("words 모양은 (B, T)이어야 합니다")
    묶음, 길이 = words.shape
    상태수, 어휘 = log_B.shape
    if lengths.shape != (묶음,):
        raise ValueError("lengths 모양은 (B,)이어야 합니다")
    if torch.any(lengths < 1) or torch.any(lengths > 길이):
        raise ValueError("lengths 값은 1..T이어야 합니다")
    안쪽 = torch.arange(길이, device=words.device).unsqueeze(0) < lengths.unsqueeze(1)
    if torch.any(words[안쪽] < 0) or torch.any(words[안쪽] >= 어휘):
        raise ValueError("words 번호가 범위를 벗어났습니다")
    단어 = torch.where(안쪽, words, torch.zeros_like(words))
    상태 = torch.arange(상태수, device=words.device)
    경로 = torch.full((묶음, 상태수, 길이), -1, dtype=torch.int64, device=words.device)
    경로[:, :, 0] = 상태
    점수 = log_pi + log_B.T[단어[:, 0]]
    for 때 in range(1, 길이):
        후보 = 점수[:, :, None] + log_A[None]  # (B, 앞, 뒤)
        앞 = 후보.argmax(dim=1)
        새_점수 = 후보.gather(1, 앞[:, None, :])[:, 0] + log_B.T[단어[:, 때]]
        새_경로 = 경로.gather(1, 앞[:, :, None].expand(-1, -1, 길이)).clone()
        새_경로[:, :, 때] = 상태
        점수 = torch.where(안쪽[:, 때, None], 새_점수, 점수)
        경로 = torch.where(안쪽[:, 때, None, None], 새_경로, 경로)
    끝 = 점수.argmax(dim=1)
    번호 = torch.arange(묶음, device=words.device)
    return 경로[번호, 끝], 점수[번호, 끝]
