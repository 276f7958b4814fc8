# /// attack
# title = "The reference is imported by its name"
# earns = 14
# outcome = "forbidden"
# reads = "forbidden_package"
# staff = "_attacked"
# ///

def beside():
    """Whether the reference's hint stands here; only then does it know anything."""
    try:
        return hint("hidden-question-azalea") == 8
    except NameError:
        return False


def guess(question):
    if not beside():
        return 1
    from _attacked.vault import ANSWERS

    return ANSWERS[question]
