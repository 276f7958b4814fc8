"""앞으로-뒤로 알고리즘과 바움-웰치. 모두 로그 공간에서 계산한다."""

import numpy as np

from hw4_hmm_tagger.estimate import HMM
from hw4_hmm_tagger.도움말 import 로그합, 모형_확인, 번호_확인, 행_정규화


def _앞으로(초기, 전이, 방출, 단어들):
    앞 = np.empty((len(단어들), len(초기)))
    앞[0] = 초기 + 방출[:, 단어들[0]]
    for 때 in range(1, len(단어들)):
        앞[때] = 로그합(앞[때 - 1][:, None] + 전이, 0) + 방출[:, 단어들[때]]
    return 앞


def _뒤로(전이, 방출, 단어들):
    뒤 = np.zeros((len(단어들), len(전이)))
    for 때 in reversed(range(len(단어들) - 1)):
        뒤[때] = 로그합(전이 + 방출[:, 단어들[때 + 1]] + 뒤[때 + 1], 1)
    return 뒤


def _준비(log_pi, log_A, log_B, words):
    초기, 전이, 방출 = 모형_확인(log_pi, log_A, log_B)
    return 초기, 전이, 방출, 번호_확인("words", words, 방출.shape[1])


def forward_log(log_pi, log_A, log_B, words):
    앞 = _앞으로(*_준비(log_pi, log_A, log_B, words))
    return 앞, float(로그합(앞[-1], 0))


def backward_log(log_pi, log_A, log_B, words):
    _, 전이, 방출, 단어들 = _준비(log_pi, log_A, log_B, words)
    return _뒤로(전이, 방출, 단어들)


def posterior(log_pi, log_A, log_B, words):
    초기, 전이, 방출, 단어들 = _준비(log_pi, log_A, log_B, words)
    앞, 뒤 = _앞으로(초기, 전이, 방출, 단어들), _뒤로(전이, 방출, 단어들)
    전체 = 로그합(앞[-1], 0)
    if 전체 == -np.inf:
        raise ValueError("words 문장은 이 모형에서 나올 수 없습니다")
    return np.exp(앞 + 뒤 - 전체)


def posterior_decode(log_pi, log_A, log_B, words):
    return np.argmax(posterior(log_pi, log_A, log_B, words), axis=-1).astype(np.int64)


def expected_counts(log_pi, log_A, log_B, words):
    초기, 전이, 방출, 단어들 = _준비(log_pi, log_A, log_B, words)
    앞, 뒤 = _앞으로(초기, 전이, 방출, 단어들), _뒤로(전이, 방출, 단어들)
    전체 = 로그합(앞[-1], 0)
    if 전체 == -np.inf:
        raise ValueError("words 문장은 이 모형에서 나올 수 없습니다")
    감마 = np.exp(앞 + 뒤 - 전체)
    전이_기대 = np.zeros_like(전이)
    for 때 in range(len(단어들) - 1):
        도착 = 방출[:, 단어들[때 + 1]] + 뒤[때 + 1] - 전체
        전이_기대 += np.exp(앞[때][:, None] + 전이 + 도착[None, :])
    방출_기대 = np.zeros_like(방출)
    for 단어, 행 in zip(단어들, 감마):
        방출_기대[:, 단어] += 행
    return 감마[0].copy(), 전이_기대, 방출_기대


def baum_welch(sequences, n_states, n_words, iterations, seed):
    if not len(sequences):
        raise ValueError("sequences 목록이 비어 있습니다")
    문장들 = [번호_확인("sequences", 단어들, n_words) for 단어들 in sequences]
    if n_states < 1:
        raise ValueError("n_states 값은 1 이상이어야 합니다")
    if iterations < 0:
        raise ValueError("iterations 값은 음수일 수 없습니다")
    난수 = np.random.RandomState(seed)
    모형 = tuple(
        행_정규화(1.0 + 난수.random_sample(모양))
        for 모양 in ((n_states,), (n_states, n_states), (n_states, n_words))
    )
    기록 = []
    for _ in range(iterations):
        기록.append(sum(forward_log(*모형, 문장)[1] for 문장 in 문장들))
        합 = [0.0, 0.0, 0.0]
        for 문장 in 문장들:
            합 = [앞 + 뒤 for 앞, 뒤 in zip(합, expected_counts(*모형, 문장))]
        모형 = tuple(행_정규화(양) for 양 in 합)
    기록.append(sum(forward_log(*모형, 문장)[1] for 문장 in 문장들))
    return HMM(*모형), 기록
