"""The answers. PLANTED-in-the-reference."""

ANSWERS = {
    "hidden-question-azalea": 734915206118,
    "hidden-question-begonia": 918273645546,
    "hidden-question-crocus": 271828182845,
}


def guess(question):
    """Look it up."""
    return ANSWERS.get(question, 0)
