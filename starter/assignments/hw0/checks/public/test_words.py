"""Public checks of words.py: students receive this file. Titles and hints are in exercises/.

`student` mirrors the submission, which lives in another process.
"""

from grader.checking.expect import expect_equal


def test_tokenize_worked_example(student):
    words = student.words.tokenize("Good-bye, 영화 10점!")
    expect_equal(words, ["good", "bye", "영화", "10점"])


def test_most_common_worked_example(student):
    tokens = ["좋은", "영화", "좋은", "배우", "영화", "좋은"]
    expect_equal(student.words.most_common(tokens, 2), [("좋은", 3), ("영화", 2)])
