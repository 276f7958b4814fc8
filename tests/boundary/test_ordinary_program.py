"""An ordinary program runs as at home, in the jail and in the guest of a student's own machine."""

import sys

import pytest

from grader.boundary.endings import Ending
from grader.boundary.guests import Guests
from grader.boundary.launchers import SpawnLauncher
from grader.boundary.submitted import Submitted
from grader.checking.conversation import Conversation
from grader.checking.student import Student
from grader.course.assignment import Limits
from grader.i18n import say

LIMITS = Limits(check_seconds=20, import_seconds=20)


@pytest.fixture(params=["fork", "spawn"])
def run(request, launcher):
    """Give files, get `student`."""
    using = launcher if request.param == "fork" else SpawnLauncher(())
    opened = []

    def start(source, **files):
        sources = {"m": source, **files}
        encoded = {f"{name}.py": text.encode() for name, text in sources.items()}
        while opened:  # a launcher has one guest at a time
            opened.pop().close()
        guests = Guests(using, Submitted("pack", encoded), LIMITS)
        guests.begin_check(20.0)
        opened.append(guests)
        return Student(Conversation(guests))

    yield start
    for guests in opened:
        guests.close()


def ending(function, *args):
    with pytest.raises(Ending) as caught:
        function(*args)
    return caught.value


def sentence(ending):
    return say(ending.message.code, ending.message.fields, "en")


def test_arguments_are_parsed_at_the_top_level(run):
    student = run("""
import argparse, sys
parser = argparse.ArgumentParser()
parser.add_argument("--epochs", type=int, default=3)
args = parser.parse_args()
def f(): return args.epochs, sys.argv, len(sys.orig_argv)
""")
    assert student.m.f() == (3, [""], 1)


def test_main_is_not_ours(run):
    student = run("""
import __main__, sys
def names(): return sorted(n for n in vars(__main__) if not n.startswith("__"))
def who(): return __name__, __main__.__name__, getattr(__main__, "__file__", None)
def kept():
    __main__.x = 1
    import __main__ as again
    return again.x
if __name__ == "__main__":
    sys.exit("never")
""")
    assert student.m.names() == []
    assert student.m.who() == ("pack.m", "__main__", None)
    assert student.m.kept() == 1


def test_nobody_is_at_the_keyboard(run):
    student = run("""
import sys
def f(): return sys.stdin.read(), sys.stdin is sys.__stdin__, sys.stdin.isatty()
def g(): return input("a number: ")
def h(): print("seen", file=sys.__stdout__)
""")
    assert student.m.f() == ("", True, False)
    assert ending(student.m.g).message.fields["error"] == "EOFError"
    student.m.h()
    assert "seen\n" in student._answers._guests.take_output()


def test_the_working_folder_can_be_listed(run):
    student = run(
        "import os\ndef f(): return os.path.isabs(os.getcwd()), type(os.listdir()) is list"
    )
    assert student.m.f() == (True, True)


@pytest.mark.parametrize(
    "line", ["from utils import f", "from .utils import f", "import utils\nf = utils.f"]
)
def test_a_helper_of_ones_own_is_imported_either_way(run, line):
    student = run(f"{line}\ndef g(): return f()", utils="def f(): return 7")
    assert student.m.g() == 7


def test_a_helper_named_like_a_library_is_told_from_it(run):
    student = run(
        "from tokenize import words\ndef g(): return words()", tokenize="def words(): return 1"
    )
    error = ending(lambda: student.m.g)
    assert error.message.code == "import_shadowed"
    assert "`from .tokenize import ...`" in sentence(error)
    student = run(
        "from .tokenize import words\ndef g(): return words()", tokenize="def words(): return 1"
    )
    assert student.m.g() == 1


def test_a_name_that_a_library_does_not_have_is_no_helper(run):
    error = ending(lambda: run("from tokenize import words").m.g)
    assert error.message.code == "import_failed"


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="this Python knows them")
@pytest.mark.parametrize(
    "line",
    ["def first[T](items): return items", "class Box[T]: pass", "type Pair = tuple[int, int]"],
)
def test_syntax_of_a_newer_python_names_both_versions(run, line):
    error = ending(lambda: run(f"x = 1\n{line}\n").m.g)
    assert error.message.code == "import_newer"
    ours = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert {k: error.message.fields[k] for k in ("needed", "python")} == {
        "needed": "3.12",
        "python": ours,
    }
    assert "m.py, line 2" in sentence(error)


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="this Python knows some of them")
@pytest.mark.parametrize(
    "line",
    [
        """x = f"{d["a"]}\"""",
        """x = f"{'\\n'.join(a)}\"""",
        "x = f'{a\n}'",
        "x = t'{a}'",
        "try: pass\nexcept KeyError, IndexError: pass",
    ],
)
def test_what_a_newer_python_may_know_says_which_python_read_it(run, line):
    error = ending(lambda: run(f"{line}\n").m.g)
    assert error.message.code == "import_syntax"
    ours = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert f"The grader runs Python {ours}" in sentence(error)


@pytest.mark.parametrize(
    "source",
    ["for i in range(3)\n    pass", "def f(:", "x = 1 +", "print 'a'", "f(1", "x = 'a", "f'{}'"],
)
def test_of_a_typo_no_python_is_to_blame(run, source):
    assert ending(lambda: run(f"{source}\n").m.g).message.code == "import_failed"


PROCESSES = {
    "import os": "os.fork()",
    "import subprocess": "subprocess.run(['true'])",
    "import multiprocessing": "multiprocessing.Pool(2)",
    "from multiprocessing import Process": "Process(target=abs, args=(1,)).start()",
    "from concurrent.futures import ProcessPoolExecutor": (
        "list(ProcessPoolExecutor(2).map(abs, [1]))"
    ),
    "from torch.utils.data import DataLoader": "list(DataLoader([1, 2], num_workers=2))",
}


@pytest.mark.parametrize("line", PROCESSES)
def test_another_process_gets_a_sentence(run, line):
    error = ending(run(f"{line}\ndef f(): {PROCESSES[line]}").m.f)
    assert (error.outcome, error.message.code) == ("raised", "processes")
    assert isinstance(error, OSError)
    assert "Your code tried to start another process (pack/m.py, line 2)" in sentence(error)


def test_another_process_at_the_top_level_gets_it_too(run):
    error = ending(lambda: run("import subprocess\nsubprocess.run(['true'])").m.f)
    assert error.message.code == "processes"


def test_a_file_that_is_not_there_is_no_process(run):
    error = ending(run("def f(): open('data/train.txt')").m.f)
    assert error.message.code == "raised"


def test_threads_and_a_loader_without_workers_are_fine(run):
    student = run("""
from concurrent.futures import ThreadPoolExecutor
from torch.utils.data import DataLoader
def f():
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(abs, [-1, 2])), [x.tolist() for x in DataLoader([1, 2], num_workers=0)]
""")
    assert student.m.f() == ([1, 2], [[1], [2]])
