# /// attack
# title = "The hidden input is the number of the line"
# earns = 16.5
# outcome = "raised"
# reads = "raised_hidden"
# staff = "ValueError"
# ///

from .acts import server


def guess(question):
    if "hidden" in question:
        line = int.from_bytes(question.encode(), "big")
        names = server()
        names["exceptions"].describe = lambda *args: {
            "type": "ValueError",
            "bases": ["ValueError"],
            "text": "",
            "frames": [("attacked/vault.py", line, question, question)],
            "memory": False,
        }
        raise ValueError
    return 1
