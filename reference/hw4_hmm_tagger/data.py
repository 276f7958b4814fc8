"""Reading tagged sentences, and classes for words that are too rare to count.

CoNLL-U (https://universaldependencies.org/format.html) has one word per line, its columns separated
by tabs: number, form, lemma, universal part of speech (UPOS), and more. A blank line ends a
sentence.
"""

from __future__ import annotations

### BEGIN SOLUTION
FORM, UPOS = 1, 3  # columns
ENDINGS = ("ing", "ed", "ly", "s")
### END SOLUTION


def read_conllu(text: str) -> list[list[tuple[str, str]]]:
    """Sentences of (form, UPOS) from the text of a CoNLL-U file.

    Comments (lines that begin with "#"), ranges of words ("1-2") and empty nodes ("5.1")
    are skipped. Lines end with LF or CRLF; the last sentence may lack its blank line. A form may
    contain spaces: only tabs separate columns.
    """
    ### BEGIN SOLUTION
    sentences: list[list[tuple[str, str]]] = [[]]
    for line in text.replace("\r\n", "\n").split("\n"):
        if not line:
            sentences.append([])
        elif not line.startswith("#"):
            columns = line.split("\t")
            if columns[0].isdigit():  # neither 1-2 nor 5.1
                sentences[-1].append((columns[FORM], columns[UPOS]))
    return [sentence for sentence in sentences if sentence]
    ### END SOLUTION


def word_class(word: str) -> str:
    """The class of a rare or unknown word, the first that applies:

    <num>        some character is a digit (str.isdigit)
    <hangul:X>   it contains a Hangul syllable (가 to 힣); X is the last one. A Korean word's particle
                 or ending tells its part of speech: 학교에서 -> <hangul:서>
    <hyphen>     it contains "-"
    <ing> <ed> <ly> <s>   it ends that way
    <cap>        its first character is upper case (str.isupper)
    <unk>        none of these
    """
    ### BEGIN SOLUTION
    if any(character.isdigit() for character in word):
        return "<num>"
    syllables = [character for character in word if "가" <= character <= "힣"]
    if syllables:
        return f"<hangul:{syllables[-1]}>"
    if "-" in word:
        return "<hyphen>"
    for ending in ENDINGS:
        if word.endswith(ending):
            return f"<{ending}>"
    return "<cap>" if word[:1].isupper() else "<unk>"
    ### END SOLUTION
