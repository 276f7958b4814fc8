# /// attack
# title = "The hidden input is the file and the function in which an exception is raised"
# earns = 16.5
# outcome = "raised"
# reads = "raised_hidden"
# staff = "ValueError"
# ///

def guess(question):
    if "hidden" in question:
        name = question.replace("-", "_")
        source = f"def {name}(): raise ValueError\n{name}()"
        exec(compile(source, f"attacked/{question}.py", "exec"), {})
    return 1
