# /// attack
# title = "`sitecustomize.py`, `usercustomize.py` and a `.pth` file, to run in every interpreter"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = ", expected"
#
# [also]
# "sitecustomize.py" = '''
# import os; os._exit(0)
# '''
# "usercustomize.py" = '''
# import os; os._exit(0)
# '''
# "evil.pth" = '''
# import os; os._exit(0)
# '''
# ///

def guess(question):
    return 1
