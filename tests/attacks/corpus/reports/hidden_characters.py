# /// attack
# title = "Characters that reorder or hide text"
# earns = 14
# outcome = "raised"
# reads = "raised"
# staff = "03 / 0.03"
# check = "guess_is_a_number"
# ///

def guess(question):
    print("\u202e03 / 0.03\u202c \u2066\u200b\u00ad\U000e0041 ᅟㅤ")
    raise ValueError("\u202e03 / 0.03\u202c")
