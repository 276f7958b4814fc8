# /// attack
# title = "The hidden input is the name of a function that is \"not written yet\""
# earns = 16.5
# outcome = "unanswered"
# reads = "unanswered_hidden"
# staff = "NotImplementedError"
# ///

def guess(question):
    if "hidden" in question:
        name = question.replace("-", "_")
        source = f"def {name}(): raise NotImplementedError\n{name}()"
        exec(compile(source, "attacked/vault.py", "exec"), {})
    return 1
