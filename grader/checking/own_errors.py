"""Which errors are a check's own, whatever a student has answered.

Of most errors in a check's code nobody can tell: a `TypeError` may come of the value that the
student's code returned, or of a slip in the check. Those are put down to the value. But a name that
no line of the file gives a value, a module that is not there, a file that does not parse and a name
that a module does not have say something of the check, whatever came back.

An answer must not be able to look like one of these: its submission would have no score. So what
counts is not the kind of an error, but the instruction that raised it. No code of the student's
runs in this process, and what it raised there comes as an `Ending`; so an answer can act here only
as an operand of the check's instructions. The three below take none that came from it. What they do
follows from the text of the file, from its globals and from what can be imported:

    LOAD_GLOBAL   a name is looked up. That nothing in the file binds it as a global, in its body or
                  by `global`, is read from the text: so neither the way that the check took with
                  this answer nor an import that failed for want of memory can have kept it away.
                  A local name is looked up by another instruction: `for got in answer: ...` leaves
                  `got` without a value where the answer is empty. That is the student's
    IMPORT_NAME   there is no such module, or it does not parse. Another `ImportError` may come of
                  memory that a large answer has used up, and so may the import that a check falls
                  back on: they count as the student's
    IMPORT_FROM   a module does not have the name. It must have been there before the first
                  submission: the import of another may have been cut short in the same way

`eval`, `ast.parse` and `importlib.import_module` of an answer raise within a call, or in code that
stands in no file. An answer can bring a check to a line with a slip in it, which the reference
never reaches. Then the slip is there, and a person has to mend it before the answer can be judged.
"""

from __future__ import annotations

import dis
import symtable
import sys
import tokenize
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType


def _loaded() -> frozenset[str]:
    return frozenset(sys.modules)


@dataclass(frozen=True)
class CheckCode:
    """The folder of the checks, and the modules that were there before the first submission."""

    root: Path
    loaded: frozenset[str] = field(default_factory=_loaded)

    def is_at_fault(self, error: BaseException) -> bool:
        """Whether no answer can have caused the error; False where that is not certain."""
        place = _innermost(error.__traceback__)
        if place is None:
            return False
        code = place.tb_frame.f_code
        file = Path(code.co_filename)
        if not file.is_absolute() or not file.resolve().is_relative_to(self.root.resolve()):
            return False
        instruction = dis.opname[code.co_code[place.tb_lasti]]
        if instruction == "LOAD_GLOBAL":
            return isinstance(error, NameError) and not _may_bind(file, str(error.name))
        if error.__context__ is not None:  # the import that it falls back on
            return False
        if instruction == "IMPORT_NAME":
            return isinstance(error, ModuleNotFoundError | SyntaxError)
        return (
            instruction == "IMPORT_FROM"
            and isinstance(error, ImportError)
            and error.name in self.loaded
        )


def _innermost(place: TracebackType | None) -> TracebackType | None:
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    return place


def _may_bind(file: Path, name: str) -> bool:
    """Whether a line of the file may give the global `name` a value."""
    try:
        with tokenize.open(file) as source:
            return _binds(symtable.symtable(source.read(), str(file), "exec"), name)
    except (OSError, SyntaxError, ValueError):  # it has changed since
        return True


def _binds(table: symtable.SymbolTable, name: str) -> bool:
    if name in table.get_identifiers():
        symbol = table.lookup(name)
        is_global = table.get_type() == "module" or symbol.is_declared_global()
        if is_global and (symbol.is_assigned() or symbol.is_imported()):
            return True
    return any(_binds(inner, name) for inner in table.get_children())
