"""Opening a gradebook: its address, its first tables, its locks, its errors in words."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    NullPool,
    create_engine,
    event,
    func,
    inspect,
    make_url,
    select,
    text,
)
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from grader.errors import UsageError

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory

FILE = "gradebook.db"  # nbgrader's name, in the course folder

_REVISION = "e43177bfe90b"  # of nbgrader's schema that this was written for: 0.9
_FIRST = zlib.crc32(b"grader: first opening of a gradebook")  # PostgreSQL's locks are numbers
_PATIENCE = 60  # seconds that SQLite waits for another writer
_CACHE = 64_000  # KB that it may keep in memory


def address(url: str) -> URL:
    """The database that a URL names. Raises `UsageError` when we know no such database."""
    try:
        found = make_url(url)
    except ArgumentError:
        raise UsageError("error.database_url", url=url) from None
    if found.drivername == "postgresql":  # the driver that we ask for
        found = found.set(drivername="postgresql+psycopg")
    backend, name = found.get_backend_name(), found.database or ""
    if backend == "postgresql" or (backend == "sqlite" and name not in {"", ":memory:"}):
        return found
    raise UsageError("error.database_url", url=plain(found))


def in_folder(root: Path) -> str:
    """The URL of the gradebook in a course folder."""
    return URL.create("sqlite", database=str(root / FILE)).render_as_string()


def plain(url: URL) -> str:
    """The URL as it may be shown and kept: without a password, with the whole path of a file."""
    if url.get_backend_name() == "sqlite" and url.database:
        return url.set(database=str(Path(url.database).absolute())).render_as_string()
    query = url.difference_update_query(["password", "sslpassword"]).query
    public = url.username, None, url.host, url.port, url.database, query
    return URL.create(url.drivername, *public).render_as_string()


@contextmanager
def opened(url: URL) -> Iterator[Engine]:
    """A gradebook to be written; a new one is made. Raises `UsageError` in words for a person."""
    with _engine(url) as engine, _in_words(url):
        if url.get_backend_name() == "sqlite":
            # sqlite3 begins as a reader, and a reader that wants to write is refused at once
            event.listen(engine, "connect", _begin_by_hand)
            event.listen(engine, "begin", _begin_as_writer)
        with engine.connect() as connection:
            if not _is_current(connection):
                _prepare(connection, url)
        yield engine


@contextmanager
def existing(url: URL) -> Iterator[Engine | None]:
    """A gradebook to be read; None where the file is gone. Raises `UsageError`."""
    if url.get_backend_name() == "sqlite" and not Path(str(url.database)).is_file():
        yield None
        return
    with _engine(url) as engine, _in_words(url):
        yield engine


@contextmanager
def written(engine: Engine, assignment: str) -> Iterator[Connection]:
    """All or nothing, and by one of us at a time; whoever reads sees what was there before."""
    with engine.begin() as connection:
        _lock(connection, zlib.crc32(assignment.encode()))
        yield connection


@contextmanager
def _engine(url: URL) -> Iterator[Engine]:
    try:
        engine = create_engine(url, poolclass=NullPool, connect_args=_arguments(url))
    except ImportError:  # of the driver
        raise UsageError("error.no_driver", database=plain(url)) from None
    try:
        yield engine
    finally:
        engine.dispose()


def _arguments(url: URL) -> dict[str, Any]:
    return {"timeout": _PATIENCE} if url.get_backend_name() == "sqlite" else {"connect_timeout": 10}


def _begin_by_hand(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None
    # of a class of 300 all indexes fit in, and are not written again and again on the way
    connection.execute(f"PRAGMA cache_size = -{_CACHE}").close()


def _begin_as_writer(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _lock(connection: Connection, number: int) -> None:
    """Until the transaction ends; SQLite has one writer as it is."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(number)))


def _is_current(connection: Connection) -> bool:
    """Whether the tables are there, in the form that we know."""
    if not inspect(connection).has_table("alembic_version"):
        return False
    revision = text("SELECT version_num FROM alembic_version")
    return connection.execute(revision).scalar() == _REVISION


def _prepare(connection: Connection, url: URL) -> None:
    """Make nbgrader's tables, or see that they are those of the nbgrader that is installed.

    In one transaction, unlike nbgrader itself: it leaves a database without a revision when it does
    not find the program `alembic` on PATH.
    """
    try:
        from nbgrader.api import Base
    except ModuleNotFoundError:
        raise UsageError("error.no_nbgrader") from None
    revision = str(_scripts().get_current_head())
    connection.rollback()
    with connection.begin():
        _lock(connection, _FIRST)
        inspector = inspect(connection)
        if inspector.has_table("alembic_version"):
            found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
            if found != revision:
                raise UsageError("error.database_old", database=plain(url))
            return
        if any(_differs(table, inspector) for table in Base.metadata.sorted_tables):
            raise UsageError("error.database_old", database=plain(url))
        Base.metadata.create_all(connection)
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        stamp = text("INSERT INTO alembic_version (version_num) VALUES (:revision)")
        connection.execute(stamp, {"revision": revision})


def _differs(table: Any, inspector: Any) -> bool:
    """Whether a table is there and is another one: of an nbgrader from before its revisions."""
    if not inspector.has_table(table.name):
        return False
    there = {column["name"] for column in inspector.get_columns(table.name)}
    return there != {column.name for column in table.columns}


def _scripts() -> ScriptDirectory:
    """nbgrader's migrations."""
    from alembic.script import ScriptDirectory
    from nbgrader.dbutil import ALEMBIC_DIR

    return ScriptDirectory(ALEMBIC_DIR)


@contextmanager
def _in_words(url: URL) -> Iterator[None]:
    """Turn what a database says into an error for a person."""
    try:
        yield
    except SQLAlchemyError as error:
        said = error.orig if isinstance(error, DBAPIError) else error
        reason = str(said).strip().partition("\n")[0]
        raise UsageError("error.database", database=plain(url), reason=reason) from error
