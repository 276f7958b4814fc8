"""Reading tagged sentences, and classes for words that are too rare to count.

CoNLL-U (https://universaldependencies.org/format.html) has one word per line, its columns separated
by tabs: number, form, lemma, universal part of speech (UPOS), and more. A blank line ends a
sentence.
"""

from __future__ import annotations


def read_conllu(text: str) -> list[list[tuple[str, str]]]:
    """Sentences of (form, UPOS) from the text of a CoNLL-U file.

    Comments (lines that begin with "#"), ranges of words ("1-2") and empty nodes ("5.1")
    are skipped. Lines end with LF or CRLF; the last sentence may lack its blank line. A form may
    contain spaces: only tabs separate columns.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


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
    # YOUR CODE HERE
    raise NotImplementedError()
