# /// attack
# title = "A package `grader` and checks of one's own in the submission"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = ", expected"
#
# [also]
# "grader/__init__.py" = '''
# raise SystemExit(0)
# '''
# "grader/checking/expect.py" = '''
# def expect_equal(*args): pass
# '''
# "checks/hidden/test_hidden.py" = '''
# def test_guess_is_right(student): pass
# '''
# "assignment.toml" = '''
# id = "attacked"
# '''
# ///

def guess(question):
    return 1
