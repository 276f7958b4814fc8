# /// attack
# title = "The hidden input is raised as the text of an exception"
# earns = 16.5
# outcome = "raised"
# reads = "raised_hidden"
# staff = "hidden-question-azalea"
# ///

def guess(question):
    if "hidden" in question:
        raise ValueError(question)
    return 1
