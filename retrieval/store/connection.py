"""
The SQLite file: opening, checking whose it is, migrating, transactions, errors in words.

What the tables hold lives in the modules beside this one. Every statement goes
through a ``Database``, so that each failure that a user can cure becomes a
``StoreError`` that says how; bugs (a bad statement, a broken constraint) pass through.

Each thread has its own connection, made when the thread first asks: in WAL mode
readers then wait for nobody, which one shared connection behind a lock could not
give. Writers take turns by a lock within the process (no polling), and between
processes by SQLite's write lock, which is waited for with a limit.
"""

from __future__ import annotations

import sqlite3
import threading
import time
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal

from retrieval.errors import StoreError
from retrieval.store.schema import APPLICATION_ID, MIGRATIONS, Migration

Mode = Literal["ro", "rw", "rwc"]
Row = tuple[Any, ...]

BUSY_TIMEOUT_S = 10.0  # a batch is written in well under a second

_SQLITE_HEADER = b"SQLite format 3\x00"
_CACHE_KIB = 16_384  # pages kept a connection; twice that was no faster on 20,000 articles
_WAL_LIMIT_BYTES = 64 * 1024 * 1024  # a larger log is cut back when it has been written home
_LOCK_POLL_S = 0.02

# SQLite's primary result codes, in the words of what the user can do about them.
_ADVICE = {
    sqlite3.SQLITE_BUSY: (
        "store is busy, another process is writing",
        "try again when it has finished",
    ),
    sqlite3.SQLITE_CORRUPT: (
        "store is damaged",
        "restore a copy, or move the file away and ingest again",
    ),
    sqlite3.SQLITE_NOTADB: (
        "store is damaged, or not a store",
        "restore a copy, or move the file away and ingest again",
    ),
    sqlite3.SQLITE_FULL: ("disk is full, nothing more was stored", "make room and repeat"),
    sqlite3.SQLITE_READONLY: (
        "store cannot be written",
        "check the permissions of the file and its folder",
    ),
    sqlite3.SQLITE_PERM: ("store cannot be used", "check the permissions of the file"),
    sqlite3.SQLITE_CANTOPEN: (
        "store cannot be opened",
        "check the path and the permissions of the file and its folder",
    ),
    sqlite3.SQLITE_IOERR: ("store cannot be read or written", "check the disk"),
}


_PASSING = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_FULL)


class _Connection(sqlite3.Connection):
    """A connection that can be weakly referenced: a thread that ends frees its own."""


class Database:
    """
    One SQLite file, usable from any thread and from several processes.

    Raises:
        StoreError: By every method, if the file is missing, damaged, locked for
            too long, not a store, or of a newer version than this program.
    """

    def __init__(self, path: Path, mode: Mode, busy_timeout_s: float = BUSY_TIMEOUT_S) -> None:
        self.path = path
        self._mode = mode
        self._busy_timeout_s = busy_timeout_s
        self._local = threading.local()
        self._connections: weakref.WeakSet[_Connection] = weakref.WeakSet()
        self._connections_lock = threading.Lock()
        self._write_lock = threading.RLock()
        self._is_closed = False
        try:
            with self._translated():
                self._prepare()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the connections of all threads; safe to repeat."""
        with self._connections_lock:
            self._is_closed = True
            for connection in self._connections:
                connection.close()
            self._connections.clear()

    def migrate(self, component: str, migrations: Sequence[Migration]) -> None:
        """
        Bring the tables that *component*, a program that uses the store, keeps in the same
        file up to date, so that it can write them and the store's in one transaction.

        Args:
            component: Its name; its tables carry it, so that none is taken for another's.
            migrations: Only ever appended to, like the store's own.

        Raises:
            StoreError: If the tables are of a newer version than *migrations*, or older
                and the store was opened for reading only.
        """
        what = f"the part of {component!r} in the store"
        version = self._component_version(component)
        self._refuse_newer(what, version, len(migrations))
        if version == len(migrations):
            return
        self._refuse_read_only(what)
        with self.transaction(), self._translated():
            # Read again under the lock: another process may have been faster.
            version = self._component_version(component)
            self._refuse_newer(what, version, len(migrations))
            for migration in migrations[version:]:
                migration(self._connection())
            self.write(
                "INSERT INTO components (name, version) VALUES (?, ?)"
                " ON CONFLICT (name) DO UPDATE SET version = excluded.version",
                (component, len(migrations)),
            )

    def _component_version(self, component: str) -> int:
        row = self.row("SELECT version FROM components WHERE name = ?", (component,))
        return 0 if row is None else int(row[0])

    # --- statements ---------------------------------------------------------

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """All rows of a query."""
        with self._translated():
            return self._connection().execute(sql, parameters).fetchall()

    def row(self, sql: str, parameters: Sequence[Any] = ()) -> Row | None:
        """The first row of a query, if there is one."""
        with self._translated():
            row: Row | None = self._connection().execute(sql, parameters).fetchone()
            return row

    def value(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        """The one value of a query that gives one row."""
        with self._translated():
            return self._connection().execute(sql, parameters).fetchone()[0]

    def write(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Run one statement inside a transaction; the row id of an insert."""
        with self._translated():
            return self._connection().execute(sql, parameters).lastrowid or 0

    def write_many(self, sql: str, parameters: Sequence[Sequence[Any]]) -> None:
        """Run one statement for each of *parameters*, inside a transaction."""
        with self._translated():
            self._connection().executemany(sql, parameters)

    # --- transactions -------------------------------------------------------

    @contextmanager
    def transaction(self, *, is_lasting: bool = True) -> Iterator[None]:
        """
        All or nothing: what is written inside is committed at the end, or rolled
        back if anything is raised. Inside another one it joins that one.

        Args:
            is_lasting: Whether it must outlast a power cut too, for which the disk is
                waited for; otherwise it outlasts the process, and a power cut may take
                it back, whole. Where it joins another, that one decides.
        """
        with self._write_lock:
            with self._translated():
                connection = self._connection()
            if connection.in_transaction:
                if self._local.is_snapshot:
                    raise RuntimeError("a snapshot cannot be written in")
                yield
                return
            try:
                with self._translated():
                    connection.execute(f"PRAGMA synchronous = {'FULL' if is_lasting else 'NORMAL'}")
                    connection.execute("BEGIN IMMEDIATE")
                yield
                with self._translated():
                    connection.execute("COMMIT")
            except BaseException:  # Ctrl-C too: nothing may stay half written
                self._roll_back(connection)
                raise

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All that is read inside sees one state of the store, whoever writes meanwhile."""
        with self._translated():
            connection = self._connection()
        if connection.in_transaction:
            yield
            return
        try:
            self._local.is_snapshot = True
            with self._translated():
                connection.execute("BEGIN")
            yield
        finally:
            self._local.is_snapshot = False
            self._roll_back(connection)

    def _roll_back(self, connection: sqlite3.Connection) -> None:
        # After some errors (a full disk) SQLite has rolled back by itself, and a
        # closed connection has nothing left to roll back.
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")

    # --- opening ------------------------------------------------------------

    def _connection(self) -> sqlite3.Connection:
        connection: _Connection | None = getattr(self._local, "connection", None)
        if connection is None or self._is_closed:
            connection = self._connect()
            self._local.connection = connection
            self._local.is_snapshot = False
        return connection

    def _connect(self) -> _Connection:
        with self._connections_lock:
            if self._is_closed:
                raise StoreError(f"store is closed: {str(self.path)!r}")
            connection = sqlite3.connect(
                f"{self.path.absolute().as_uri()}?mode={self._mode}",
                timeout=self._busy_timeout_s,
                isolation_level=None,  # transactions are ours to begin and end
                check_same_thread=False,  # close() closes those of the other threads
                factory=_Connection,
                uri=True,
            )
            self._connections.add(connection)
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        connection.execute(f"PRAGMA journal_size_limit = {_WAL_LIMIT_BYTES}")
        # FULL: a commit survives a power cut, so that no index and no chat can be
        # ahead of the store. One sync a batch costs nothing that can be measured.
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    def _prepare(self) -> None:
        """Check whose file it is before anything is written, then bring it up to date."""
        self._check_path()
        connection = self._connection()
        with self.snapshot():  # or a process that creates the file is seen half way
            version = self._known_version(connection)
        if version < len(MIGRATIONS):
            self._refuse_read_only("store")
            self._enter_wal(connection)
            self._migrate(connection)

    def _check_path(self) -> None:
        try:
            if self._mode == "rwc":
                self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("rb") as file:
                header = file.read(len(_SQLITE_HEADER))
        except FileNotFoundError as e:
            if self._mode == "rwc":
                return
            raise StoreError(
                f"store does not exist: {str(self.path)!r}; ingest something first"
            ) from e
        except OSError as e:
            raise StoreError(
                f"store cannot be opened ({e.strerror}): {str(self.path)!r}; "
                "check the path and its permissions"
            ) from e
        if header and header != _SQLITE_HEADER:
            raise self._not_ours()

    def _known_version(self, connection: sqlite3.Connection) -> int:
        """The file's version, 0 if it is empty; StoreError if it is not for us."""
        (application_id,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        is_empty = (application_id, version, tables) == (0, 0, 0)
        if application_id != APPLICATION_ID and not is_empty:
            raise self._not_ours()
        self._refuse_newer("store", version, len(MIGRATIONS))
        return int(version)

    def _enter_wal(self, connection: sqlite3.Connection) -> None:
        # Two processes that create the file together: the switch to WAL does not always
        # wait for the busy timeout, so it is waited for here, and only here.
        deadline = time.monotonic() + self._busy_timeout_s
        connection.execute("PRAGMA busy_timeout = 0")
        while True:
            try:
                # Of a file that is not there yet; an older one's free pages are used again, no more
                connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
                connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as e:
                if _primary_code(e) != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
                time.sleep(_LOCK_POLL_S)
            else:
                connection.execute(f"PRAGMA busy_timeout = {round(1000 * self._busy_timeout_s)}")
                return

    def _migrate(self, connection: sqlite3.Connection) -> None:
        connection.execute("BEGIN IMMEDIATE")
        try:
            # Read again under the lock: another process may have been faster.
            for migration in MIGRATIONS[self._known_version(connection) :]:
                migration(connection)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
            connection.execute("COMMIT")
        except BaseException:
            self._roll_back(connection)
            raise

    # --- errors -------------------------------------------------------------

    def _refuse_newer(self, what: str, version: int, known: int) -> None:
        if version > known:
            raise StoreError(
                f"{what} is of version {version}, this program knows {known}: "
                f"{str(self.path)!r}; update the program"
            )

    def _refuse_read_only(self, what: str) -> None:
        if self._mode == "ro":
            raise StoreError(
                f"{what} is of an older version and was opened for reading only: "
                f"{str(self.path)!r}; open it once for writing"
            )

    def _not_ours(self) -> StoreError:
        return StoreError(
            f"file is not a Clipdesk store: {str(self.path)!r}; it was left as it is, "
            "choose another path"
        )

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.ProgrammingError as e:
            if not self._is_closed:
                raise
            raise StoreError(f"store is closed: {str(self.path)!r}") from e
        except sqlite3.DatabaseError as e:
            code = _primary_code(e)
            advice = _ADVICE.get(code)
            if advice is None:
                raise
            problem, cure = advice
            raise StoreError(
                f"{problem} ({e}): {str(self.path)!r}; {cure}", is_passing=code in _PASSING
            ) from e


class StorePart:
    """A part of the ``Store``, in one module of this folder; all share one database."""

    def __init__(self, database: Database) -> None:
        self.database = database


def _primary_code(error: sqlite3.Error) -> int:
    """SQLite's result code without what the upper bits add to it."""
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
