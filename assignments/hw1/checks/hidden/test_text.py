"""Hidden checks of text.py."""

import itertools
import random

import pytest

from grader.checking.expect import expect_close, expect_equal, expect_error, expect_type

# ---- cleaning ---------------------------------------------------------------------------------


def test_clean_makes_a_blank_of_a_tag(student):
    expect_equal(student.text.clean("me.<br />The"), "me The")
    expect_equal(student.text.clean("end<p>start"), "end start")


def test_clean_tag_with_attributes_and_new_lines(student):
    expect_equal(student.text.clean('a<a href="x"\nclass=y>b</a>c'), "a b c")


def test_clean_makes_a_blank_of_brackets(student):
    expect_equal(student.text.clean("film[note 3]a[b]x"), "film a x")


def test_clean_brackets_are_cut_one_by_one(student):
    expect_equal(student.text.clean("[a]kept[b] <i>too</i> <b>this"), "kept too this")


def test_clean_tag_needs_no_name(student):
    expect_equal(student.text.clean("a < b and c > d"), "a d")
    expect_equal(student.text.clean("x<!-- y -->z <1>영<화>관"), "x z 영 관")


def test_clean_unclosed_marks_are_ordinary_text(student):
    expect_equal(student.text.clean("a < b"), "a b")
    expect_equal(student.text.clean("x [open y"), "x open y")
    # the tag begins at the last "<" before ">"
    expect_equal(student.text.clean("a < b <i>c</i>"), "a b c")


def test_clean_cuts_tags_before_brackets(student):
    # the tag goes first and takes the "]" along, so the "[" has no partner left
    expect_equal(student.text.clean("[a<b]c>d"), "a d")


def test_clean_empty_marks(student):
    # a tag has at least one character inside, brackets may have none
    expect_equal(student.text.clean("a<>b"), "ab")
    expect_equal(student.text.clean("a[]b"), "a b")


def test_clean_deletes_punctuation_without_a_blank(student):
    expect_equal(student.text.clean("don't e-mail 3.5!"), "dont email 35")


def test_clean_keeps_letters_and_digits_of_every_script(student):
    expect_equal(student.text.clean("가ㅋé日٣_²"), "가ㅋé日٣²")


def test_clean_white_space_becomes_one_blank(student):
    expect_equal(student.text.clean(" \t a\n\n b\u00a0\u3000c \r"), "a b c")


@pytest.mark.parametrize("text", ["", "   ", "<b></b>", "!?[x]", "\n"])
def test_clean_of_nothing_is_empty(student, text):
    expect_equal(student.text.clean(text), "")


def test_clean_twice_is_clean_once(student):
    random_texts = random.Random(1)
    pieces = ["<b>", "</b>", "[1]", "c", "a", "'", " ", "\n", "9", "."]
    texts = ["".join(random_texts.choices(pieces, k=30)) + "z" for _ in range(40)]
    once = student.map(student.text.clean, [(text,) for text in texts])
    expect_equal(student.map(student.text.clean, [(text,) for text in once]), once)


def test_tokenize_keeps_case_when_asked(student):
    expect_equal(student.text.tokenize("Good-BYE Kim", lower=False), ["Good", "BYE", "Kim"])
    expect_equal(student.text.tokenize("Good-BYE Kim", True), ["good", "bye", "kim"])


def test_tokenize_finds_runs_before_it_lowers(student):
    # "İ".lower() is an i and a combining dot, which is no letter and would split the run
    expect_equal(student.text.tokenize("İstanbul"), ["İstanbul".lower()])


def test_tokenize_every_other_character_separates(student):
    expect_equal(student.text.tokenize("a_b.c\td/e 1,5"), ["a", "b", "c", "d", "e", "1", "5"])


def test_tokenize_lowers_as_str_lower_does(student):
    # casefold would write "strasse"
    expect_equal(student.text.tokenize("STRAẞE Straße"), ["straße", "straße"])


@pytest.mark.parametrize("text", ["", " ... "])
def test_tokenize_of_nothing(student, text):
    expect_equal(student.text.tokenize(text), [])


def test_tokenize_korean(student):
    expect_equal(
        student.text.tokenize("영화가,정말로(아주)좋았다ㅠㅠ"),
        ["영화가", "정말로", "아주", "좋았다ㅠㅠ"],
    )


def test_stop_words_compare_lower_cased_on_both_sides(student):
    expect_equal(student.text.remove_stop_words(["the", "THE", "a"], {"The"}), ["a"])


def test_stop_words_compare_as_str_lower_does(student):
    # casefold would make one word of the two
    expect_equal(student.text.remove_stop_words(["Straße", "Strasse"], {"STRASSE"}), ["Straße"])


def test_stop_words_may_be_a_list(student):
    expect_equal(student.text.remove_stop_words(["이", "영화", "이"], ["이", "그"]), ["영화"])


def test_stop_words_or_tokens_may_be_missing(student):
    expect_equal(student.text.remove_stop_words(["a", "b"], set()), ["a", "b"])
    expect_equal(student.text.remove_stop_words([], {"a"}), [])


def test_stop_words_keep_order_spelling_and_repetition(student):
    tokens = ["Good", "x", "Good", "BAD", "Zoo", "apple"]
    expect_equal(
        student.text.remove_stop_words(tokens, {"x"}), ["Good", "Good", "BAD", "Zoo", "apple"]
    )


def test_stop_words_leave_the_arguments_alone(student):
    tokens, stop = ["The", "end"], ["the"]
    _, after = student.with_arguments(student.text.remove_stop_words, tokens, stop)
    expect_equal(after, [["The", "end"], ["the"]], "the arguments after the call")


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ("uses", "use"),
        ("goes", "goe"),
        ("sing", "sing"),
        ("red", "red"),
        ("is", "is"),
        ("ing", "ing"),
    ],
)
def test_stem_leaves_at_least_three_characters(student, token, expected):
    expect_equal(student.text.stem(token), expected)


@pytest.mark.parametrize("token", ["class", "pass", "ss"])
def test_stem_keeps_a_double_s(student, token):
    expect_equal(student.text.stem(token), token)
    expect_equal(student.text.stem("passing"), "pass")


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ("running", "runn"),
        ("classes", "class"),
        ("passed", "pass"),
        ("tunings", "tuning"),
        ("needs", "need"),
    ],
)
def test_stem_removes_one_ending_only(student, token, expected):
    expect_equal(student.text.stem(token), expected)


@pytest.mark.parametrize("token", ["먹었다", "TUNING", "Tuned", "", "영화s"])
def test_stem_knows_lower_case_endings_only(student, token):
    expected = {"Tuned": "Tun"}.get(token, token)
    expect_equal(student.text.stem(token), expected)


# ---- edit distance ----------------------------------------------------------------------------


def reference_distance(source, target, cost):
    """Straight from the recurrence."""
    row = list(range(len(target) + 1))
    for i, a in enumerate(source, start=1):
        above, row = row, [i]
        for j, b in enumerate(target, start=1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (cost if a != b else 0)))
    return row[-1]


def random_pairs(seed, count, length=7):
    draw = random.Random(seed)
    word = lambda: "".join(draw.choices("abA가", k=draw.randint(1, length)))  # noqa: E731
    return [(word(), word()) for _ in range(count)]


@pytest.mark.parametrize("cost", [0, 1, 2, 3, 10])
def test_edit_distance_equals_the_recurrence(student, cost):
    pairs = random_pairs(cost, 60)
    got = student.map(student.text.edit_distance, [(s, t, cost) for s, t in pairs])
    for (source, target), distance in zip(pairs, got, strict=True):
        expected = reference_distance(source, target, cost)
        expect_close(distance, expected, what=f"from {source!r} to {target!r}")


def test_edit_distance_with_an_empty_string(student):
    distances = student.map(student.text.edit_distance, [("", "abc"), ("abc", ""), ("", "")])
    expect_close(distances, [3, 3, 0])


def test_edit_distance_is_a_metric(student):
    words = ["a", "ab", "ba", "abc", "가나", "나가", "bca"]
    pairs = list(itertools.product(words, words))
    table = dict(zip(pairs, student.map(student.text.edit_distance, pairs), strict=True))
    for a, b in pairs:
        assert table[a, b] == table[b, a], "the distance must be the same both ways"
        assert (table[a, b] == 0) == (a == b), "the distance is 0 for equal strings only"
        for c in words:
            assert table[a, c] <= table[a, b] + table[b, c], "a detour cannot be shorter"


def test_edit_distance_of_long_strings(student):
    draw = random.Random(5)
    source, target = ("".join(draw.choices("abcd", k=300)) for _ in range(2))
    expect_close(student.text.edit_distance(source, target), reference_distance(source, target, 2))


@pytest.mark.parametrize("pair", [("cat", "cut"), ("", "")])
def test_edit_distance_is_a_python_int(student, pair):
    expect_type(student.text.edit_distance(*pair), int, "the distance")


def apply(script, source):
    """What the script makes of source; asserts that each step is one that exists."""
    at, made = 0, []
    for step in script:
        assert len(step) == 3, "a step has three parts: kind, from, to"
        kind, a, b = step
        assert kind in {"keep", "insert", "delete", "substitute"}, f"{kind!r} is not a kind of step"
        assert (a == "") == (kind == "insert"), (
            "an insert, and only that, takes nothing from the source"
        )
        assert (b == "") == (kind == "delete"), "a delete, and only that, writes nothing"
        assert (kind == "keep") == (a == b), "equal characters are kept, different ones substituted"
        assert source[at : at + len(a)] == a, "a step must take the next character of the source"
        at += len(a)
        made.append(b)
    assert at == len(source), "the script must use the whole source"
    return "".join(made)


def cost_of(script, cost):
    prices = {"keep": 0, "insert": 1, "delete": 1, "substitute": cost}
    return sum(prices[kind] for kind, _, _ in script)


@pytest.mark.parametrize("cost", [1, 2, 10])
def test_edit_script_turns_source_into_target(student, cost):
    pairs = random_pairs(10 + cost, 40)
    scripts = student.map(student.text.edit_script, [(s, t, cost) for s, t in pairs])
    for (source, target), script in zip(pairs, scripts, strict=True):
        expect_equal(apply(script, source), target, "what the script makes")


def expect_cheapest(script, source, target, cost):
    assert cost_of(script, cost) == reference_distance(source, target, cost), (
        f"a cheaper script than yours leads from {source!r} to {target!r}"
    )


@pytest.mark.parametrize("cost", [1, 2, 10])
def test_edit_script_is_a_cheapest_one(student, cost):
    pairs = random_pairs(20 + cost, 40)
    scripts = student.map(student.text.edit_script, [(s, t, cost) for s, t in pairs])
    for (source, target), script in zip(pairs, scripts, strict=True):
        expect_cheapest(script, source, target, cost)


def test_edit_script_substitution_costs_two_by_default(student):
    # so long that a script chosen at cost 1 is too dear at 2, whatever it does on ties
    draw = random.Random(40)
    source, target = ("".join(draw.choices("abcd", k=60)) for _ in range(2))
    expect_cheapest(student.text.edit_script(source, target), source, target, 2)


def test_edit_script_keeps_equal_characters_at_cost_0(student):
    pairs = random_pairs(10, 40)
    scripts = student.map(student.text.edit_script, [(s, t, 0) for s, t in pairs])
    for (source, target), script in zip(pairs, scripts, strict=True):
        expect_equal(apply(script, source), target, "what the script makes")
        expect_cheapest(script, source, target, 0)


def test_edit_script_where_one_string_holds_the_other(student):
    # here a single script is the cheapest, whatever a substitution costs
    kinds = {"ac": ["keep", "insert", "keep", "insert"], "abcd": ["keep", "delete"] * 2}
    for source, target in (("ac", "abcd"), ("abcd", "ac")):
        script = student.text.edit_script(source, target)
        expect_equal([step[0] for step in script], kinds[source], "the kinds of the steps")
        expect_equal(apply(script, source), target, "what the script makes")


def test_edit_script_of_two_empty_strings(student):
    expect_equal(student.text.edit_script("", ""), [])


def test_edit_script_is_a_list_of_tuples(student):
    script = student.text.edit_script("먹었다", "먹는다")
    expect_type(script, list, "the script")
    for step in script:
        expect_type(step, tuple, "a step")


def test_edit_script_refuses_a_negative_cost(student):
    with expect_error(ValueError, naming="substitution_cost"):
        student.text.edit_script("a", "b", -2)
