"""The cells of our notebook in the database made those of the assignment, as it is declared now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, delete, exists, func, or_, select, update

from grader.export.gradebook import tables
from grader.export.gradebook.cells import Cell
from grader.export.gradebook.tables import new_id

_GRADE, _SOLUTION = "GradeCell", "SolutionCell"  # nbgrader keeps a score and a comment apart


@dataclass(frozen=True)
class CellIds:
    """A cell in the database: the one that has the scores, and the one that has the comments."""

    grade: str
    solution: str


@dataclass(frozen=True)
class _Row:
    """A grade cell of ours that is in the database."""

    id: str
    name: str
    source: str | None


@dataclass
class Reconciled:
    """What had to be done. Names of cells."""

    ids: dict[str, CellIds] = field(default_factory=dict)
    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    renamed: dict[str, str] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)  # gone, but a person has graded there


def reconcile(connection: Connection, notebook: str, cells: Sequence[Cell]) -> Reconciled:
    """Add, rename and remove cells of the notebook with this id until ours are `cells`.

    A renamed cell keeps its grades. A cell that is gone is removed, unless a person has graded or
    commented there: then it stays, worth nothing, with what the person wrote. Cells that nbgrader
    made are left alone, but for one with the name of one of ours, which becomes ours.
    """
    done = Reconciled()
    there = {row.name: row for row in _ours(connection, notebook)}
    wanted = {cell.name: cell for cell in cells}
    gone = [row for name, row in there.items() if name not in wanted]
    new = [cell for name, cell in wanted.items() if name not in there]
    for row, cell in _renamed(gone, new):
        _rename(connection, notebook, row.name, cell.name)
        done.renamed[row.name] = cell.name
        gone.remove(row)
        new.remove(cell)
    _let_go(connection, notebook, gone, done)
    done.added = [cell.name for cell in new]
    done.ids = _write(connection, notebook, cells)
    return done


def _ours(connection: Connection, notebook: str) -> list[_Row]:
    """The grade cells that we made: nbgrader writes a checksum beside a source, we do not."""
    cell, source = tables.base_cell.c, tables.source_cell.c
    own = (source.notebook_id == cell.notebook_id) & (source.name == cell.name)
    rows = connection.execute(
        select(cell.id, cell.name, source.source)
        .join(tables.source_cell, own)
        .where(cell.notebook_id == notebook, cell.type == _GRADE, source.checksum.is_(None))
        .order_by(cell.name)
    )
    return [_Row(*row) for row in rows]


def _renamed(gone: Iterable[_Row], new: Iterable[Cell]) -> list[tuple[_Row, Cell]]:
    """Pairs about the same: one cell is gone, one is new, and both of one kind."""

    def kind(name: str, source: str | None) -> tuple[bool, str | None]:
        return "--" in name, source

    old: dict[Any, list[_Row]] = {}
    for row in gone:
        old.setdefault(kind(row.name, row.source), []).append(row)
    young: dict[Any, list[Cell]] = {}
    for cell in new:
        young.setdefault(kind(cell.name, cell.source), []).append(cell)
    return [
        (rows[0], young[key][0])
        for key, rows in old.items()
        if len(rows) == 1 and len(young.get(key, [])) == 1
    ]


def _rename(connection: Connection, notebook: str, old: str, new: str) -> None:
    for table in (tables.base_cell, tables.source_cell):
        own = (table.c.notebook_id == notebook) & (table.c.name == old)
        connection.execute(update(table).where(own).values(name=new))


def _let_go(connection: Connection, notebook: str, gone: list[_Row], done: Reconciled) -> None:
    cell, grade, comment = tables.base_cell.c, tables.grade.c, tables.comment.c
    for row in gone:
        own = (cell.notebook_id == notebook) & (cell.name == row.name)
        ids = select(cell.id).where(own, cell.type.in_([_GRADE, _SOLUTION]))
        by_hand = or_(
            exists().where(
                grade.cell_id.in_(ids),
                or_(grade.manual_score.is_not(None), grade.extra_credit.is_not(None)),
            ),
            exists().where(
                comment.cell_id.in_(ids), func.coalesce(comment.manual_comment, "") != ""
            ),
        )
        if connection.execute(select(by_hand)).scalar():
            worth = update(tables.grade_cells).where(tables.grade_cells.c.id == row.id)
            connection.execute(worth.values(max_score=0.0))
            grades = update(tables.grade).where(grade.cell_id == row.id)
            connection.execute(grades.values(auto_score=None, needs_manual_grade=False))
            done.kept.append(row.name)
            continue
        for table in (tables.grade, tables.comment):
            connection.execute(delete(table).where(table.c.cell_id.in_(ids)))
        for table in (tables.grade_cells, tables.solution_cells):
            connection.execute(delete(table).where(table.c.id.in_(ids)))
        connection.execute(delete(tables.base_cell).where(own))
        source = tables.source_cell.c
        is_source = (source.notebook_id == notebook) & (source.name == row.name)
        connection.execute(delete(tables.source_cell).where(is_source))
        done.removed.append(row.name)


def _write(connection: Connection, notebook: str, cells: Sequence[Cell]) -> dict[str, CellIds]:
    """The cells as they are declared, whether they are there or not. Returns their ids by name."""
    cell, source = tables.base_cell.c, tables.source_cell.c
    rows = connection.execute(
        select(cell.id, cell.name, cell.type).where(cell.notebook_id == notebook)
    )
    ids = {(row.name, row.type): row.id for row in rows}
    missing = [
        {"id": new_id(), "name": wanted.name, "notebook_id": notebook, "type": kind}
        for wanted in cells
        for kind in (_GRADE, _SOLUTION)
        if (wanted.name, kind) not in ids
    ]
    tables.put(connection, tables.base_cell, missing, key=["id"])
    ids |= {(row["name"], row["type"]): row["id"] for row in missing}
    found = {c.name: CellIds(ids[c.name, _GRADE], ids[c.name, _SOLUTION]) for c in cells}
    scored = [
        {"id": found[c.name].grade, "max_score": c.max_score, "cell_type": "code"} for c in cells
    ]
    tables.put(connection, tables.grade_cells, scored, key=["id"], change=["max_score"])
    solutions = [{"id": own.solution} for own in found.values()]
    tables.put(connection, tables.solution_cells, solutions, key=["id"])
    about = [
        {"id": new_id(), "name": c.name, "notebook_id": notebook, "source": c.source}
        | {"cell_type": "code", "locked": True}
        for c in cells
    ]
    is_ours = source.checksum.is_(None)
    key = ["name", "notebook_id"]
    tables.put(connection, tables.source_cell, about, key=key, change=["source"], where=is_ours)
    return found
