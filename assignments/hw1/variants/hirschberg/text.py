"""Linear space: Hirschberg (1975)."""


def clean(text):
    for opening, closing, least in (("<", ">", 1), ("[", "]", 0)):
        start = None
        out = []
        for character in text:
            out.append(character)
            if character == opening:
                start = len(out)
            elif character == closing:
                if start is not None and len(out) - 1 - start >= least:
                    out[start - 1:] = [" "]
                start = None
        text = "".join(out)
    text = "".join(c if c.isalnum() else " " * c.isspace() for c in text)
    return " ".join(text.split())


def tokenize(text, lower=True):
    runs = [""]
    for character in text:
        if character.isalnum():
            runs[-1] += character
        elif runs[-1]:
            runs.append("")
    return [run.lower() if lower else run for run in runs if run]


def remove_stop_words(tokens, stop_words):
    lowered = [word.lower() for word in stop_words]
    return [token for token in tokens if lowered.count(token.lower()) == 0]


def stem(token):
    for ending in ("ing", "ed", "es", "s"):
        if ending == "s" and token[-2:] == "ss":
            break
        if token[3:].endswith(ending):
            return token[:len(token) - len(ending)]
    return token


def _last_row(source, target, substitution_cost):
    """Distances from source to every prefix of target, with two rows."""
    row = list(range(len(target) + 1))
    for i in range(1, len(source) + 1):
        above, row = row, [i] * (len(target) + 1)
        for j in range(1, len(target) + 1):
            change = 0 if source[i - 1] == target[j - 1] else substitution_cost
            row[j] = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + change)
    return row


def _check(substitution_cost):
    if substitution_cost < 0:
        raise ValueError(f"substitution_cost = {substitution_cost} is negative")


def edit_distance(source, target, substitution_cost=2):
    _check(substitution_cost)
    return _last_row(source, target, substitution_cost)[-1]


def edit_script(source, target, substitution_cost=2):
    _check(substitution_cost)
    return list(_hirschberg(source, target, substitution_cost))


def _hirschberg(source, target, substitution_cost):
    if not source:
        yield from (("insert", "", character) for character in target)
    elif not target:
        yield from (("delete", character, "") for character in source)
    elif len(source) == 1:
        yield from _single(source, target, substitution_cost)
    else:
        middle = len(source) // 2
        left = _last_row(source[:middle], target, substitution_cost)
        right = _last_row(source[middle:][::-1], target[::-1], substitution_cost)[::-1]
        costs = [a + b for a, b in zip(left, right, strict=True)]
        cut = costs.index(min(costs))
        yield from _hirschberg(source[:middle], target[:cut], substitution_cost)
        yield from _hirschberg(source[middle:], target[cut:], substitution_cost)


def _single(character, target, substitution_cost):
    """One character against a string: keep it if it is there, else replace it or delete it."""
    place = target.find(character)
    if place < 0:
        if substitution_cost >= 2:
            yield ("delete", character, "")
            yield from (("insert", "", other) for other in target)
            return
        place = len(target) - 1
    for i, other in enumerate(target):
        if i != place:
            yield ("insert", "", other)
        else:
            yield ("keep" if other == character else "substitute", character, other)
