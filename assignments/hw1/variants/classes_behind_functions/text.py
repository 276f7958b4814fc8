"""One class for each job; the module's functions are methods of instances."""

import functools
import re


class Cleaner:
    steps = (
        functools.partial(re.compile("<[^<>]+>").sub, " "),
        functools.partial(re.compile(r"\[[^][]*\]").sub, " "),
        functools.partial(re.compile(r"[^\w\s]+|_").sub, ""),
        str.split,
        " ".join,
    )

    def __call__(self, text):
        return functools.reduce(lambda value, step: step(value), self.steps, text)

    def tokenize(self, text, lower=True):
        for match in re.finditer(r"[^\W_]+", text):
            yield match[0].lower() if lower else match[0]


clean = Cleaner()


def tokenize(text, lower=True):
    return [*clean.tokenize(text, lower)]


class StopWords(set):
    """A set that forgets case."""

    def __init__(self, words):
        super().__init__(word.lower() for word in words)

    def __contains__(self, word):
        return super().__contains__(word.lower())


def remove_stop_words(tokens, stop_words):
    stop = StopWords(stop_words)
    return [token for token in tokens if token not in stop]


class Suffix(str):
    def cut(self, token):
        rest = len(token) - len(self)
        return token[:rest] if rest >= 3 and token.endswith(self) else None


def stem(token):
    if token.endswith("ss"):
        return token
    stems = (Suffix(suffix).cut(token) for suffix in ("ing", "ed", "es", "s"))
    return next((found for found in stems if found is not None), token)


class Alignment:
    """Shortest path over the cells (i, j), visited by rising cost (Dijkstra, with buckets)."""

    def __init__(self, source, target, substitution_cost):
        if substitution_cost < 0:
            raise ValueError("the substitution_cost must be 0 or more")
        self.source, self.target, self.cost = source, target, substitution_cost
        self.best = {(0, 0): 0}
        self.step = {}
        self._search()

    def _edges(self, i, j):
        a, b = self.source[i:i + 1], self.target[j:j + 1]
        if a and a == b:
            yield 0, (i + 1, j + 1), ("keep", a, b)
        elif a and b:
            yield self.cost, (i + 1, j + 1), ("substitute", a, b)
        if a:
            yield 1, (i + 1, j), ("delete", a, "")
        if b:
            yield 1, (i, j + 1), ("insert", "", b)

    def _search(self):
        end = len(self.source), len(self.target)
        buckets = [[(0, 0)]]
        for distance in range(sum(end) + 1):
            while distance < len(buckets) and buckets[distance]:
                cell = buckets[distance].pop()
                if cell == end:
                    return
                if self.best[cell] < distance:
                    continue
                for cost, following, step in self._edges(*cell):
                    total = distance + cost
                    if total < self.best.get(following, total + 1):
                        self.best[following] = total
                        self.step[following] = cell, step
                        while len(buckets) <= total:
                            buckets.append([])
                        buckets[total].append(following)

    def distance(self):
        return self.best[len(self.source), len(self.target)]

    def script(self):
        cell = len(self.source), len(self.target)
        steps = []
        while cell != (0, 0):
            cell, step = self.step[cell]
            steps.append(step)
        return steps[::-1]


def edit_distance(source, target, substitution_cost=2):
    return Alignment(source, target, substitution_cost).distance()


def edit_script(source, target, substitution_cost=2):
    return Alignment(source, target, substitution_cost).script()
