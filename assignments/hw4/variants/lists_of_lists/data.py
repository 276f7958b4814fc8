"""CoNLL-U by splitting lines, word classes by looking at one character after the other."""


def read_conllu(text):
    sentences = []
    sentence = []
    for line in text.split("\n"):
        line = line.rstrip("\r")
        if line.strip() == "":
            if sentence:
                sentences.append(sentence)
            sentence = []
            continue
        if line[0] == "#":
            continue
        columns = line.split("\t")
        number = columns[0]
        if "-" in number or "." in number:
            continue
        sentence.append((columns[1], columns[3]))
    if sentence:
        sentences.append(sentence)
    return sentences


def word_class(word):
    for character in word:
        if character.isdigit():
            return "<num>"
    for position in range(len(word) - 1, -1, -1):
        if "가" <= word[position] <= "힣":
            return "<hangul:" + word[position] + ">"
    if "-" in word:
        return "<hyphen>"
    for ending in ("ing", "ed", "ly", "s"):
        if word.endswith(ending):
            return "<" + ending + ">"
    if word != "" and word[0].isupper():
        return "<cap>"
    return "<unk>"
