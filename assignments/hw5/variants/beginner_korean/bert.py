"""BERT 입력 만들기."""

import numpy as np
import torch

from .도우미 import 새_주사위, 확률인지_확인


def wordpiece(word, vocab):
    조각들 = []
    시작 = 0
    while 시작 < len(word):
        찾음 = None
        for 끝 in range(시작 + 1, len(word) + 1):
            조각 = word[시작:끝]
            if 시작 > 0:
                조각 = "##" + 조각
            if 조각 in vocab:
                찾음 = (조각, 끝)
        if 찾음 is None:
            return ["[UNK]"]
        조각들.append(찾음[0])
        시작 = 찾음[1]
    if len(조각들) == 0:
        return ["[UNK]"]
    return 조각들


def pack(a, b, cls, sep, max_len):
    a = list(a)
    if b is None:
        while len(a) + 2 > max_len:
            a.pop()
        ids = [cls] + a + [sep]
        return ids, [0 for _ in ids]
    b = list(b)
    while len(a) + len(b) + 3 > max_len:
        if len(a) > len(b):
            a.pop()
        else:
            b.pop()
    ids = [cls] + a + [sep]
    segments = [0] * len(ids)
    for 단어 in b + [sep]:
        ids.append(단어)
        segments.append(1)
    return ids, segments


def mask_tokens(ids, special, vocab_size, mask_id, seed, p=0.15):
    확률인지_확인("p", p)
    if special.shape != ids.shape:
        raise ValueError("special and ids differ in shape")
    표 = np.random.default_rng(seed)
    뽑음 = 표.random(tuple(ids.shape)) < p
    뽑음 = 뽑음 & ~special.numpy()
    inputs, labels = ids.clone(), torch.full_like(ids, -100)
    for 줄, 칸 in np.argwhere(뽑음):
        labels[줄, 칸] = ids[줄, 칸]
        운명 = 표.choice(3, p=[0.8, 0.1, 0.1])
        if 운명 == 0:
            inputs[줄, 칸] = mask_id
        elif 운명 == 1:
            inputs[줄, 칸] = int(표.integers(0, vocab_size))
    return inputs, labels


def next_sentence_pairs(documents, seed):
    주사위 = 새_주사위(seed)
    쌍들 = []
    for 번호, 문서 in enumerate(documents):
        다른_문서들 = [남 for 다른, 남 in enumerate(documents) if 다른 != 번호 and len(남) > 0]
        for 위치, 문장 in enumerate(문서):
            if 위치 + 1 == len(문서):
                break
            if 주사위.randint(0, 1) == 1:
                쌍들.append((문장, 문서[위치 + 1], True))
            else:
                다른_문서 = 주사위.choice(다른_문서들)
                쌍들.append((문장, 주사위.choice(다른_문서), False))
    return 쌍들
