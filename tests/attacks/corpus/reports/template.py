# /// attack
# title = "Templates, format fields and locale fields in a text"
# earns = 14
# outcome = "raised"
# reads = "raised"
# staff = "{{ 7 * 7 }}"
# check = "guess_is_a_number"
# ///

def guess(question):
    raise ValueError("{{ 7 * 7 }} {error.__class__} %s %(x)s ${x} {0} {text} {% raw %}")
