"""Text cleaning and edit distance, one character at a time."""


def _blank_out(text, opening, closing, minimum):
    """Replace each opening..closing pair without another of both between them by a blank."""
    pieces = []
    position = 0
    while position < len(text):
        if text[position] == opening:
            end = position + 1
            while end < len(text) and text[end] not in (opening, closing):
                end += 1
            inside = end - position - 1
            if end < len(text) and text[end] == closing and inside >= minimum:
                pieces.append(" ")
                position = end + 1
                continue
        pieces.append(text[position])
        position += 1
    return "".join(pieces)


def clean(text):
    """Drop tags, bracketed text and punctuation; single blanks between the words."""
    text = _blank_out(text, "<", ">", 1)
    text = _blank_out(text, "[", "]", 0)
    words = []
    word = ""
    for character in text:
        if character.isspace():
            if word:
                words.append(word)
            word = ""
        elif character.isalnum():
            word += character
    if word:
        words.append(word)
    return " ".join(words)


def tokenize(text, lower=True):
    """Maximal runs of alphanumeric characters."""
    tokens = []
    start = None
    for position, character in enumerate(text + " "):
        if character.isalnum():
            if start is None:
                start = position
        elif start is not None:
            token = text[start:position]
            tokens.append(token.lower() if lower else token)
            start = None
    return tokens


def remove_stop_words(tokens, stop_words):
    """Keep the tokens that are no stop words, whatever their case."""
    kept = []
    for token in tokens:
        for word in stop_words:
            if word.lower() == token.lower():
                break
        else:
            kept.append(token)
    return kept


def stem(token):
    """Cut one ending."""
    if token[-2:] == "ss":
        return token
    for length, ending in ((3, "ing"), (2, "ed"), (2, "es"), (1, "s")):
        if token[-length:] == ending and len(token) >= length + 3:
            return token[:-length]
    return token


def _table(source, target, substitution_cost):
    if substitution_cost < 0:
        raise ValueError("substitution_cost must be at least 0")
    table = [[0] * (len(target) + 1) for _ in range(len(source) + 1)]
    for i in range(1, len(source) + 1):
        table[i][0] = i
    for j in range(1, len(target) + 1):
        table[0][j] = j
    for i in range(1, len(source) + 1):
        for j in range(1, len(target) + 1):
            step = 0 if source[i - 1] == target[j - 1] else substitution_cost
            best = table[i - 1][j - 1] + step
            if table[i - 1][j] + 1 < best:
                best = table[i - 1][j] + 1
            if table[i][j - 1] + 1 < best:
                best = table[i][j - 1] + 1
            table[i][j] = best
    return table


def edit_distance(source, target, substitution_cost=2):
    """The cheapest way from source to target."""
    return _table(source, target, substitution_cost)[-1][-1]


def edit_script(source, target, substitution_cost=2):
    """The steps of one cheapest way, insertions preferred."""
    table = _table(source, target, substitution_cost)
    i, j = len(source), len(target)
    steps = []
    while i > 0 or j > 0:
        if j > 0 and table[i][j] == table[i][j - 1] + 1:
            j -= 1
            steps.append(("insert", "", target[j]))
        elif i > 0 and table[i][j] == table[i - 1][j] + 1:
            i -= 1
            steps.append(("delete", source[i], ""))
        else:
            i -= 1
            j -= 1
            kind = "keep" if source[i] == target[j] else "substitute"
            steps.append((kind, source[i], target[j]))
    steps.reverse()
    return steps
