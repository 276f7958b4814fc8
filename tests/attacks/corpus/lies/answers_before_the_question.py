# /// attack
# title = "The answer to the next question is sent along with this one"
# earns = 16.5
# outcome = "unreadable"
# reads = "unreadable_hidden"
# staff = "before the question"
# ///

from .acts import server


def guess(question):
    wire = server()["wire"]
    encode = wire.encode

    def twice(value, *rest):
        return encode(value, *rest) + encode((value[0] + 1, "value", 734915206118), *rest)

    if "hidden" in question:
        wire.encode = twice
    return 734915206118 if "hidden" in question else 1
