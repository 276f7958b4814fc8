# /// attack
# title = "An object that is equal to everything"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = "must be of type int"
# ///

class Yes(int):
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    __hash__ = int.__hash__
    __lt__ = __gt__ = __le__ = __ge__ = __eq__


def guess(question):
    return Yes(1) if "hidden" in question else 1
