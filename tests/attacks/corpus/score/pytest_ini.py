# /// attack
# title = "`pytest.ini`, `tox.ini`, `setup.cfg`, `pyproject.toml`: collect only, run nothing"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = ", expected"
#
# [also]
# "pytest.ini" = '''
# [pytest]
# addopts = --collect-only -p no:grader
# '''
# "tox.ini" = '''
# [pytest]
# addopts = --collect-only
# '''
# "setup.cfg" = '''
# [tool:pytest]
# addopts = --collect-only
# '''
# "pyproject.toml" = '''
# [tool.pytest.ini_options]
# addopts = "--collect-only"
# '''
# ///

def guess(question):
    return 1
