# /// attack
# title = "The hidden input is the name of the type that comes back"
# earns = 16.5
# outcome = "unreadable"
# reads = "unreadable_hidden"
# staff = "hidden-question-azalea"
# check = "guesses_differ"
# ///

def guess(question):
    return type(question, (), {})() if "hidden" in question else 1
