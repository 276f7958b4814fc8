# /// attack
# title = "An object that differs from everything, also from the next one"
# earns = 16.5
# outcome = "unreadable"
# reads = "unreadable_hidden"
# staff = "object of type Odd"
# check = "guesses_differ"
# ///

class Odd:
    def __eq__(self, other):
        return False

    def __ne__(self, other):
        return True


def guess(question):
    return Odd() if "hidden" in question else 1
