# /// attack
# title = "HTML and scripts in an exception's text, in a public check"
# earns = 14
# outcome = "raised"
# reads = "raised"
# staff = "<script>"
# check = "guess_is_a_number"
# ///

def guess(question):
    print("<script>alert('attack')</script>")
    raise ValueError("</pre></td><script>alert('attack')</script><img src=x onerror=alert(1)>")
