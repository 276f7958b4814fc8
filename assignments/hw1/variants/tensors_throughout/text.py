"""Text cleaning with regular expressions; the edit table filled one anti-diagonal at a time."""

import re

import torch


def clean(text):
    text = re.sub(r"<[^<>]+>", " ", text)
    text = re.sub(r"\[[^\[\]]*\]", " ", text)
    text = re.sub(r"[^\w\s]|_", "", text)
    return re.sub(r"\s+", " ", text).strip()


def tokenize(text, lower=True):
    tokens = re.findall(r"[^\W_]+", text)
    return [token.lower() for token in tokens] if lower else tokens


def remove_stop_words(tokens, stop_words):
    unwanted = {word.lower() for word in stop_words}
    return [token for token in tokens if token.lower() not in unwanted]


def stem(token):
    # alternatives are tried in order; before a last "s" stands no other one
    match = re.fullmatch(r"(?s:(.{3,})ing|(.{3,})ed|(.{3,})es|(.{2,}[^s])s)", token)
    return next(filter(None, match.groups())) if match else token


def _table(source, target, substitution_cost):
    if substitution_cost < 0:
        raise ValueError("substitution_cost must be at least 0")
    rows, columns = len(source) + 1, len(target) + 1
    a = torch.tensor([ord(c) for c in source], dtype=torch.int64)
    b = torch.tensor([ord(c) for c in target], dtype=torch.int64)
    step = torch.where(a[:, None] == b[None, :], 0, substitution_cost)
    table = torch.zeros((rows, columns), dtype=torch.int64)
    table[:, 0] = torch.arange(rows)
    table[0] = torch.arange(columns)
    for diagonal in range(2, rows + columns - 1):
        i = torch.arange(max(1, diagonal - columns + 1), min(rows, diagonal))
        j = diagonal - i
        sides = torch.minimum(table[i - 1, j], table[i, j - 1]) + 1
        table[i, j] = torch.minimum(sides, table[i - 1, j - 1] + step[i - 1, j - 1])
    return table


def edit_distance(source, target, substitution_cost=2):
    return int(_table(source, target, substitution_cost)[-1, -1])


def edit_script(source, target, substitution_cost=2):
    table = _table(source, target, substitution_cost).tolist()
    i, j, steps = len(source), len(target), []
    while i or j:
        if i and table[i][j] == table[i - 1][j] + 1:
            steps.insert(0, ("delete", source[i - 1], ""))
            i -= 1
        elif j and table[i][j] == table[i][j - 1] + 1:
            steps.insert(0, ("insert", "", target[j - 1]))
            j -= 1
        else:
            kind = "keep" if source[i - 1] == target[j - 1] else "substitute"
            steps.insert(0, (kind, source[i - 1], target[j - 1]))
            i, j = i - 1, j - 1
    return steps
