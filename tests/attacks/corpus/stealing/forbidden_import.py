# /// attack
# title = "The hidden input is the name of a package that may not be imported"
# earns = 14
# outcome = "forbidden"
# reads = "forbidden_package_hidden"
# staff = "hidden-question-azalea"
# ///

def guess(question):
    if "hidden" in question:
        try:
            __import__(question)
        except ImportError:
            pass
    return 1
