# /// attack
# title = "The hidden input is the name of an exception"
# earns = 16.5
# outcome = "raised"
# reads = "raised_hidden"
# staff = "hidden-question-azalea"
# ///

def guess(question):
    if "hidden" in question:
        raise type(question, (Exception,), {})
    return 1
