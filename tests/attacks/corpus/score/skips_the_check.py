# /// attack
# title = "pytest's own \"skipped\" is raised"
# earns = 18
# outcome = "raised"
# reads = "raised_hidden"
# staff = "Skipped"
# ///

def guess(question):
    if "hidden" in question:
        raise __import__("_pytest.outcomes").outcomes.Skipped("not today")
    return 1
