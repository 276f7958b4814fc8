import functools, unicodedata
import torch

L = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
T = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"


class Word(str):
    @property
    def marked(self): return "<%s>" % self
    def grams(self, n):
        m = self.marked
        return (m[i:i + n] for i in range(len(m)) if i + n <= len(m))


def char_ngrams(word, n_min=3, n_max=6):
    if n_min < 1: raise ValueError("n_min")
    if n_max < n_min: raise ValueError("n_max")
    w, out = Word(word), []
    for n in range(n_min, n_max + 1): out += list(w.grams(n))
    out.append(w.marked)
    return sorted(set(out), key=out.index)


@functools.lru_cache(None)
def jamo(c):
    if len(unicodedata.normalize("NFC", c)) != 1 or not 0xAC00 <= ord(c) <= 0xD7A3: return c
    d = [ord(x) for x in unicodedata.normalize("NFD", c)]
    return L[d[0] - 0x1100] + chr(0x314F + d[1] - 0x1161) + (T[d[2] - 0x11A8] if len(d) > 2 else "e")

def to_jamo(text):
    r = ""
    for c in text: r += jamo(c)
    return r


def fnv(s):
    return functools.reduce(lambda h, b: (h ^ b) * 16777619 % 4294967296, s.encode("utf8"), 2166136261)

def subword_vector(word, table, n_min=3, n_max=6):
    if table.dim() != 2 or not table.size(0): raise ValueError("table")
    g = char_ngrams(word, n_min, n_max)
    i = torch.tensor([fnv(x) % table.size(0) for x in g], device=table.device)
    return torch.nn.functional.embedding_bag(i[None], table, mode="mean")[0]
