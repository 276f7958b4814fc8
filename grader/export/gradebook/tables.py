"""nbgrader's tables, as far as we read or write them, and one way to write many rows.

Named here once more, because nbgrader's own classes come with an import of seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from secrets import token_hex
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    DateTime,
    Enum,
    Float,
    MetaData,
    String,
    Table,
    Text,
    func,
    literal,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite

_NBGRADER = MetaData()


def _table(name: str, *columns: Column[Any]) -> Table:
    return Table(name, _NBGRADER, Column("id", String, primary_key=True), *columns)


course = _table("course")
assignment = _table(
    "assignment", Column("name", String), Column("duedate", DateTime), Column("course_id", String)
)
notebook = _table("notebook", Column("name", String), Column("assignment_id", String))
base_cell = _table(
    "base_cell", Column("name", String), Column("notebook_id", String), Column("type", String)
)
grade_cells = _table(
    "grade_cells",
    Column("max_score", Float),
    Column("cell_type", Enum("code", "markdown", name="grade_cell_type")),
)
solution_cells = _table("solution_cells")
source_cell = _table(
    "source_cell",
    Column("name", String),
    Column("cell_type", Enum("code", "markdown", name="source_cell_type")),
    Column("locked", Boolean),
    Column("source", Text),
    Column("checksum", String),
    Column("notebook_id", String),
)
student = _table(
    "student",
    Column("first_name", String),
    Column("last_name", String),
    Column("email", String),
    Column("lms_user_id", String),
)
submitted_assignment = _table(
    "submitted_assignment",
    Column("assignment_id", String),
    Column("student_id", String),
    Column("timestamp", DateTime),
)
submitted_notebook = _table(
    "submitted_notebook",
    Column("assignment_id", String),
    Column("notebook_id", String),
    Column("flagged", Boolean),
)
grade = _table(
    "grade",
    Column("cell_id", String),
    Column("notebook_id", String),
    Column("auto_score", Float),
    Column("manual_score", Float),
    Column("extra_credit", Float),
    Column("needs_manual_grade", Boolean),
)
comment = _table(
    "comment",
    Column("cell_id", String),
    Column("notebook_id", String),
    Column("auto_comment", Text),
    Column("manual_comment", Text),
)


def new_id() -> str:
    """An id like those that nbgrader gives, in a fifth of the time: there are many."""
    return token_hex(16)


def put(
    connection: Connection,
    table: Table,
    rows: Sequence[dict[str, Any]],
    *,
    key: Sequence[str],
    change: Sequence[str] = (),
    follows: Callable[[Any], Mapping[str, ColumnElement[Any]]] = lambda _: {},
    where: ColumnElement[bool] | None = None,
) -> None:
    """Insert rows; of one whose `key` is there already only the columns in `change` are written.

    `follows` makes further columns from what was to be inserted; `where` says which rows, of those
    that are there, are changed at all.
    """
    if not rows:
        return
    is_sqlite = connection.dialect.name == "sqlite"
    statement: Any = sqlite.insert(table) if is_sqlite else _from_arrays(table, rows)
    if not change and not follows(statement.excluded):
        statement = statement.on_conflict_do_nothing(index_elements=key)
    else:
        new = statement.excluded
        written = {name: new[name] for name in change} | dict(follows(new))
        statement = statement.on_conflict_do_update(index_elements=key, set_=written, where=where)
    connection.execute(statement, rows if is_sqlite else None)


def _from_arrays(table: Table, rows: Sequence[dict[str, Any]]) -> postgresql.Insert:
    """All rows in one statement, an array for each column: PostgreSQL takes long for one by one."""
    names = list(rows[0])
    arrays = [
        literal([row[name] for row in rows], postgresql.ARRAY(table.c[name].type)) for name in names
    ]
    columns = select(*(func.unnest(array) for array in arrays))
    return postgresql.insert(table).from_select(names, columns)


def count_anew(connection: Connection) -> None:
    """Let PostgreSQL see that many rows are new: until it does, it reads all for each of them."""
    if connection.dialect.name == "postgresql":
        names = ", ".join(table.name for table in _NBGRADER.sorted_tables)
        connection.exec_driver_sql(f"ANALYZE {names}")
