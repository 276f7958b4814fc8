import re
from collections import defaultdict
from operator import itemgetter

WORD = re.compile(r"[^\W_]+")


def tokenize(text):
    return [match.group() for match in WORD.finditer(text.lower())]


def most_common(tokens, n):
    if n < 0:
        raise ValueError(f"n is {n}; at least 0 is possible")
    counts = defaultdict(int)
    for token in tokens:
        counts[token] += 1
    by_word = sorted(counts.items())
    return sorted(by_word, key=itemgetter(1), reverse=True)[:n]
