# /// attack
# title = "Escape sequences that repaint a terminal"
# earns = 14
# outcome = "raised"
# reads = "raised"
# staff = "30.00 / 30"
# check = "guess_is_a_number"
# ///

def guess(question):
    print("\x1b[2J\x1b]0;attack\x07\x1b[1;32m30.00 / 30\x1b[0m\r")
    raise ValueError("\x1b[2J\x1b[H30.00 / 30\x9b2J")
