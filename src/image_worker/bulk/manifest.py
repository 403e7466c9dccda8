"""Remembers what was made of which file, in SQLite.

SQLite, and not lines of JSON: looking one file up among a million takes no memory, a result has one
source because its name is the key, and a kill in the middle of a write loses that row at most.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from image_worker.bulk.task import Done

NAME = ".image-worker-bulk.sqlite"
"""What the file is called in the folder of the results."""

_OURS, _VERSION = 0x494D4757, 1
"""Written into the file's header: "IMGW", and how the rows are laid out."""

_TABLES = """
CREATE TABLE IF NOT EXISTS files (
    output BLOB PRIMARY KEY,     -- by the template; {ext} where only the result tells
    input BLOB NOT NULL,
    size INTEGER NOT NULL,       -- of the input, when it was read
    modified INTEGER NOT NULL,   -- the same, in nanoseconds
    job TEXT NOT NULL,           -- digest of all that was asked
    written BLOB NOT NULL,       -- the file that was made; empty if none was
    bytes INTEGER NOT NULL,      -- of that file
    code TEXT NOT NULL,          -- of the error; empty if all went well
    error TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS written ON files (written);
"""

_PLAN = """
CREATE TEMP TABLE plan (
    number INTEGER PRIMARY KEY,
    input BLOB NOT NULL UNIQUE,
    output BLOB NOT NULL UNIQUE,
    size INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    why TEXT NOT NULL            -- it is to be done; empty if it is not
)
"""


_SETTINGS = ("locking_mode = EXCLUSIVE", "journal_mode = WAL", "synchronous = NORMAL")
"""A commit is then one append: a kill loses nothing, a power cut the last few."""


class ManifestError(Exception):
    """The manifest cannot be used; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of one result."""

    input: str
    size: int
    modified: int
    job: str
    written: str
    bytes: int
    code: str

    @property
    def stands(self) -> bool:
        """Whether the file that was written is still there, as far as its size tells."""
        try:
            return os.stat(self.written).st_size == self.bytes  # noqa: PTH116 - many files
        except OSError:
            return False


class Manifest:
    """The file that remembers, and the plan of this run, which is gone with it."""

    def __init__(self, path: Path, *, keep: bool = True) -> None:
        """Open the file, or make it; where it is not to be kept, only read what is there.

        Raises a `ManifestError`, also where another run uses it.
        """
        self.path = path
        try:
            self._open(keep=keep)
            self._run(_PLAN)
        except sqlite3.Error as error:
            raise ManifestError(self._told(error)) from None

    def _open(self, *, keep: bool) -> None:
        name = ""  # a database of its own that nobody sees
        if keep:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            name = str(self.path)
        elif self.path.exists():
            name = f"{self.path.absolute().as_uri()}?mode=ro"
        self._connection = sqlite3.connect(name, timeout=0, isolation_level=None, uri=not keep)
        ours = self._run("PRAGMA application_id").fetchone()[0]
        if ours not in (0, _OURS) or (not ours and self._has_tables()):
            raise ManifestError(f"{self.path} belongs to another program; name another --manifest")
        if self._run("PRAGMA user_version").fetchone()[0] > _VERSION:
            raise ManifestError(f"{self.path} was written by a newer version")
        if keep or not name:
            for setting in (
                "locking_mode = EXCLUSIVE",
                "journal_mode = WAL",
                "synchronous = NORMAL",
            ):
                self._run(f"PRAGMA {setting}")
            self._run(f"PRAGMA application_id = {_OURS}")
            self._run(f"PRAGMA user_version = {_VERSION}")
            self._connection.executescript(_TABLES)

    def _has_tables(self) -> bool:
        return bool(self._run("SELECT count(*) FROM sqlite_master").fetchone()[0])

    def _told(self, error: sqlite3.Error) -> str:
        if getattr(error, "sqlite_errorname", "") in {"SQLITE_BUSY", "SQLITE_LOCKED"}:
            return f"another run uses {self.path}; wait for its end, or name another --manifest"
        return f"cannot use {self.path}: {error}"

    def _run(self, command: str, values: tuple[Any, ...] = ()) -> sqlite3.Cursor:
        return self._connection.execute(command, values)

    def record(self, output: str) -> Record | None:
        """Return what is known of a result."""
        row = self._run(
            "SELECT input, size, modified, job, written, bytes, code FROM files WHERE output = ?",
            (os.fsencode(output),),
        ).fetchone()
        if row is None:
            return None
        source, size, modified, job, written, count, code = row
        return Record(os.fsdecode(source), size, modified, job, os.fsdecode(written), count, code)

    def made(self, path: str) -> bool:
        """Tell whether the file is a result of an earlier run."""
        name = (os.fsencode(path),)
        return bool(self._run("SELECT 1 FROM files WHERE written = ? LIMIT 1", name).fetchone())

    def keep(self, done: Done, size: int, modified: int, job: str) -> None:
        """Remember what came of a file."""
        item = done.item
        names = map(os.fsencode, (item.output, item.input))
        facts = (size, modified, job, os.fsencode(done.written), done.bytes_out)
        texts = (text.encode(errors="replace").decode() for text in (done.code, done.error))
        self._run("REPLACE INTO files VALUES (?,?,?,?,?,?,?,?,?)", (*names, *facts, *texts))

    def begin(self) -> None:
        """Forget the plan, and gather the next one."""
        self._run("DELETE FROM plan")
        self._run("BEGIN")

    def end(self) -> None:
        """Hold on to the plan."""
        with suppress(sqlite3.OperationalError):  # none was begun
            self._run("COMMIT")

    def add(self, source: str, output: str, size: int, modified: int, why: str) -> str | None:
        """Put a file into the plan; return the input that has the same output, if one does.

        An input that is there already is left out.
        """
        names = os.fsencode(source), os.fsencode(output)
        if self._run("SELECT 1 FROM plan WHERE input = ?", names[:1]).fetchone():
            return None
        other = self._run("SELECT input FROM plan WHERE output = ?", names[1:]).fetchone()
        if other:
            return os.fsdecode(other[0])
        values = (*names, size, modified, why)
        self._run("INSERT INTO plan (input,output,size,modified,why) VALUES (?,?,?,?,?)", values)
        return None

    def replaced_inputs(self) -> Iterator[tuple[str, str]]:
        """Yield each input whose result would replace another input, and that one."""
        for pair in self._run(
            "SELECT one.input, other.input FROM plan AS one JOIN plan AS other "
            "ON other.input = one.output ORDER BY one.number"
        ):
            yield os.fsdecode(pair[0]), os.fsdecode(pair[1])

    def counts(self) -> dict[str, int]:
        """Return how many files of the plan there are for each reason to do them, or for none."""
        return dict(self._run("SELECT why, count(*) FROM plan GROUP BY why ORDER BY min(number)"))

    def planned(self) -> Iterator[tuple[str, str, int, int, str]]:
        """Yield input, output, size, time and reason of each file that is to be done."""
        for source, output, *rest in self._run(
            "SELECT input, output, size, modified, why FROM plan WHERE why != '' ORDER BY number"
        ):
            size, modified, why = rest
            yield os.fsdecode(source), os.fsdecode(output), size, modified, why

    def leave_out(self, source: str) -> None:
        """Take a file out of the plan."""
        self._run("DELETE FROM plan WHERE input = ?", (os.fsencode(source),))

    def close(self) -> None:
        """Let others use the file."""
        self._connection.close()
