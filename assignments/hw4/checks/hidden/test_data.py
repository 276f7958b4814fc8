"""Hidden checks of data.py."""

from grader.checking.expect import expect_equal, expect_type


def line(number, form, upos):
    """A line of ten columns, with something else in every other column."""
    return f"{number}\t{form}\tlemma\t{upos}\tXPOS\tCase=Nom\t0\troot\t_\t_"


def read(student, *lines, end="\n"):
    """Sentences of (form, tag), whatever holds them."""
    sentences = student.data.read_conllu(end.join(lines))
    return [[tuple(word) for word in sentence] for sentence in sentences]


# ---- read_conllu --------------------------------------------------------------------------------


def test_conllu_form_and_universal_tag(student):
    text = [line("1", "나는", "PRON"), line("2", "간다", "VERB"), "", line("1", "Go", "VERB"), ""]
    expected = [[("나는", "PRON"), ("간다", "VERB")], [("Go", "VERB")]]
    expect_equal(read(student, *text), expected, "the sentences")


def test_conllu_skips_ranges(student):
    text = [line("1-2", "dámelo", "_"), line("1", "dá", "VERB"), line("2", "melo", "PRON")]
    text += [line("10-12", "xyz", "_"), line("10", "x", "X"), line("11", "well-known", "ADJ"), ""]
    expected = [[("dá", "VERB"), ("melo", "PRON"), ("x", "X"), ("well-known", "ADJ")]]
    expect_equal(read(student, *text), expected, "the sentences")


def test_conllu_skips_empty_nodes(student):
    text = [line("0.1", "you", "PRON"), line("1", "Go", "VERB"), line("1.1", "went", "VERB")]
    text += [line("2", "U.S.", "PROPN"), line("3", "...", "PUNCT"), ""]
    expected = [[("Go", "VERB"), ("U.S.", "PROPN"), ("...", "PUNCT")]]
    expect_equal(read(student, *text), expected, "the sentences")


def test_conllu_skips_comments_only(student):
    text = ["# sent_id = 1", "# text = # 1", line("1", "#", "SYM"), line("2", "1", "NUM"), ""]
    expect_equal(read(student, *text), [[("#", "SYM"), ("1", "NUM")]], "the sentences")


def test_conllu_comment_inside_a_sentence(student):
    text = ["# sent_id = 1", line("1", "a", "X"), "# in the middle", line("2", "1", "NUM"), ""]
    expect_equal(read(student, *text), [[("a", "X"), ("1", "NUM")]], "the sentences")


def test_conllu_keeps_letters_as_they_are(student):
    # the letters of 한 and of é, not joined; an ideograph that has a twin
    for form in ("\u1112\u1161\u11ab", "e\u0301", "\uf9d0"):
        expect_equal(read(student, line("1", form, "X"), ""), [[(form, "X")]], "the sentences")


def test_conllu_form_may_hold_blanks(student):
    text = [
        line("1", "10 000", "NUM"),
        line("2", "a\u00a0b", "X"),
        line("3", "가\u3000나", "X"),
        # str.splitlines takes these two for the end of a line
        line("4", "c\u0085d", "X"),
        line("5", "e\u2028f", "X"),
        "",
    ]
    forms = ["a\u00a0b", "가\u3000나", "c\u0085d", "e\u2028f"]
    expected = [[("10 000", "NUM"), *[(form, "X") for form in forms]]]
    expect_equal(read(student, *text), expected, "the sentences")


def test_conllu_lines_of_windows(student):
    text = ["# c", line("1", "새", "NOUN"), "", "1\t난다\t_\tVERB", ""]
    expect_equal(
        read(student, *text, end="\r\n"), [[("새", "NOUN")], [("난다", "VERB")]], "the sentences"
    )


def test_conllu_last_sentence_without_a_blank_line(student):
    first, second = line("1", "a", "X"), line("1", "b", "Y")
    expect_equal(read(student, first, "", second), [[("a", "X")], [("b", "Y")]], "the sentences")
    expect_equal(
        read(student, first, "", second, ""), [[("a", "X")], [("b", "Y")]], "with a line end"
    )


def test_conllu_makes_no_empty_sentences(student):
    text = ["", "", line("1", "a", "X"), "", "", "# alone", "", line("1", "b", "Y"), "", "", ""]
    expect_equal(read(student, *text), [[("a", "X")], [("b", "Y")]], "the sentences")


def test_conllu_of_nothing(student):
    expect_equal(read(student, ""), [], "the sentences of an empty text")


def test_read_conllu_returns_lists_of_tuples(student):
    text = line("1", "a", "X") + "\n\n" + line("1", "새", "NOUN") + "\n"
    expected = [[("a", "X")], [("새", "NOUN")]]
    expect_equal(student.data.read_conllu(text), expected, "the sentences")


def test_read_conllu_leaves_the_generators_alone(student):
    before = student.generators(seed=3)
    read(student, line("1", "a", "X"), "")
    expect_equal(student.generators(), before, "the state of the global generators")


# ---- word_class ---------------------------------------------------------------------------------


def expect_classes(student, expected):
    got = student.map(student.data.word_class, [(word,) for word in expected])
    expect_equal(dict(zip(expected, got, strict=True)), expected, "the classes")


def test_class_of_digits_comes_first(student):
    expect_classes(
        student,
        {"1990s": "<num>", "a4": "<num>", "covid-19": "<num>", "2등": "<num>", "7": "<num>"},
    )


def test_class_holds_the_last_hangul_syllable(student):
    expect_classes(
        student,
        {
            "학교에서": "<hangul:서>",
            "가": "<hangul:가>",
            "ai는!": "<hangul:는>",
            "힣s": "<hangul:힣>",
            "한-미": "<hangul:미>",
            "뷁ing": "<hangul:뷁>",
        },
    )


def test_class_of_single_jamo_is_no_hangul_syllable(student):
    expect_classes(
        student, {"ㅋㅋㅋ": "<unk>", "ㅠ": "<unk>", "漢字": "<unk>", "ㅋ가ㅋ": "<hangul:가>"}
    )


def test_class_of_a_hyphen_comes_before_endings(student):
    expect_classes(student, {"well-being": "<hyphen>", "-": "<hyphen>", "x-rays": "<hyphen>"})


def test_class_of_endings(student):
    expect_classes(
        student,
        {
            "going": "<ing>",
            "bed": "<ed>",
            "only": "<ly>",
            "is": "<s>",
            "class": "<s>",
        },
    )


def test_class_of_a_capital(student):
    classes = {"Kim": "<cap>", "iPhone": "<unk>", "X": "<cap>", "NATO": "<cap>"}
    expect_classes(student, {**classes, "McKay": "<cap>", "eBay": "<unk>"})


def test_class_of_a_capital_comes_last(student):
    classes = {"A4": "<num>", "COVID-19": "<num>", "AI는!": "<hangul:는>", "X-rays": "<hyphen>"}
    expect_classes(student, {**classes, "Things": "<s>", "Lovely": "<ly>", "SINGING": "<cap>"})


def test_class_of_all_else(student):
    expect_classes(student, {"dog": "<unk>", "...": "<unk>", "ling!": "<unk>", "(a)": "<unk>"})


def test_class_of_capitals_of_every_script(student):
    expect_classes(student, {"Éa": "<cap>", "Ωμ": "<cap>", "Жук": "<cap>", "ça": "<unk>"})


def test_word_class_is_a_str(student):
    before = student.generators(seed=3)
    for word in ("1990", "학교에서", "well-known", "Kim", "dog"):
        expect_type(student.data.word_class(word), str, "the class")
    expect_equal(student.generators(), before, "the state of the global generators")
