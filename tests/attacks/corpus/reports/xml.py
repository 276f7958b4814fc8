# /// attack
# title = "What would end a CDATA section or break XML"
# earns = 14
# outcome = "raised"
# reads = "raised"
# staff = "]]>"
# check = "guess_is_a_number"
# ///

def guess(question):
    print("]]></system-out><testcase/>\x00\ufffe\x0b")
    raise ValueError("]]></failure><!-- \x00 & <x> \ud800")
