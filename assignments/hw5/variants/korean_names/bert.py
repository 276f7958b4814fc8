"""BERT의 입력."""

import numpy as np
import torch

from hw5_seq2seq import _도구 as 도구


def wordpiece(word, vocab):
    어휘, 조각들, 남은 = frozenset(vocab), [], word
    while 남은:
        for 끝 in reversed(range(1, len(남은) + 1)):
            조각 = ("##" if 조각들 else "") + 남은[:끝]
            if 조각 in 어휘:
                조각들.append(조각)
                남은 = 남은[끝:]
                break
        else:
            return ["[UNK]"]
    return 조각들


def pack(a, b, cls, sep, max_len):
    둘 = b is not None
    가, 나 = a[:], (b[:] if 둘 else [])
    while len(가) + len(나) + 2 + 둘 > max_len:
        if len(가) > len(나):
            del 가[-1]
        else:
            del 나[-1]
    앞, 뒤 = [cls] + 가 + [sep], (나 + [sep] if 둘 else [])
    return 앞 + 뒤, [0 for _ in 앞] + [1 for _ in 뒤]


def mask_tokens(ids, special, vocab_size, mask_id, seed, p=0.15):
    if p < 0 or p > 1:
        raise ValueError("p는 확률입니다")
    주사위, 값 = 도구.생성기(seed), ids.numpy()
    고름 = (주사위.random(값.shape) < p) & ~special.numpy()
    운명 = 주사위.choice(3, size=값.shape, p=[0.8, 0.1, 0.1])
    아무거나 = 주사위.integers(vocab_size, size=값.shape)
    입력 = np.where(고름 & (운명 == 0), mask_id, np.where(고름 & (운명 == 1), 아무거나, 값))
    return torch.from_numpy(입력), torch.from_numpy(np.where(고름, 값, -100))


def next_sentence_pairs(documents, seed):
    주사위, 쌍들 = 도구.생성기(seed), []
    for 번호, 문서 in enumerate(documents):
        남 = [j for j, 다른 in enumerate(documents) if j != 번호 and 다른]
        for 문장, 다음 in zip(문서[:-1], 문서[1:]):
            if 주사위.random() < 0.5:
                쌍들.append((문장, 다음, True))
            else:
                딴문서 = documents[남[주사위.integers(len(남))]]
                쌍들.append((문장, 딴문서[주사위.integers(len(딴문서))], False))
    return 쌍들
