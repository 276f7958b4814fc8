"""Public checks of data.py."""

from grader.checking.expect import expect_equal

TEXT = (
    "# text = don't go\n"
    "1-2\tdon't\t_\t_\t_\n"
    "1\tdo\tdo\tAUX\t_\n"
    "2\tn't\tnot\tPART\t_\n"
    "3\tgo\tgo\tVERB\t_\n"
    "3.1\twent\tgo\tVERB\t_\n"
    "\n"
)


def test_read_conllu_worked_example(student):
    sentences = student.data.read_conllu(TEXT)
    got = [[tuple(word) for word in sentence] for sentence in sentences]
    expect_equal(
        got,
        [[("do", "AUX"), ("n't", "PART"), ("go", "VERB")]],
        {"en": "the list of sentences", "ko": "문장 목록"},
    )


def test_word_class_worked_example(student):
    expected = {
        "3월": "<num>",
        "갔다": "<hangul:다>",
        "서울A": "<hangul:울>",
        "well-known": "<hyphen>",
        "Running": "<ing>",
        "played": "<ed>",
        "slowly": "<ly>",
        "cats": "<s>",
        "Seoul": "<cap>",
        "xyz": "<unk>",
    }
    got = student.map(student.data.word_class, [(word,) for word in expected])
    expect_equal(
        dict(zip(expected, got, strict=True)), expected, {"en": "the word class", "ko": "단어 범주"}
    )
