"""What a killed run left in its state folder: read from a copy, so that the next run finds it as it was."""

import shutil
import sqlite3
import tempfile
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Mark:
    """How much of an output file is durable and covered by a commit."""

    hidden: bool
    inode: int
    length: int


@dataclass
class State:
    completing: bool = False
    positions: dict[str, int] = field(default_factory=dict)  # bytes, by lane
    marks: dict[str, Mark] = field(default_factory=dict)  # by path
    stored: bool = False  # anything was ever committed


def read_state(folder, pipeline):
    """Also of a run that goes on; then it may be a commit late."""
    state = State()
    if not (Path(folder) / f"{pipeline}.db").exists():
        return state
    with tempfile.TemporaryDirectory() as copies:
        for ending in (".db", ".db-wal"):
            file = Path(folder) / (pipeline + ending)
            if file.exists():
                shutil.copy(file, copies)
        database = sqlite3.connect(Path(copies) / f"{pipeline}.db")
        try:
            tables = {row[0] for row in database.execute("SELECT name FROM sqlite_schema")}
            if "pipeline" not in tables:
                return state
            row = database.execute("SELECT source_identity, phase FROM pipeline").fetchone()
            if row is not None:
                state.stored = row[0] is not None
                state.completing = row[1] == 1
            # A position of a stream is "<offset>/<what the framer needs>".
            for lane, position in database.execute("SELECT lane, position FROM lane"):
                state.positions[_text(lane)] = int(_text(position).split("/")[0])
            for path, value in database.execute("SELECT key, value FROM sink_mark"):
                place, _, inode, _, length, *_ = _text(value).split(" ")
                state.marks[_text(path)] = Mark(place == "hidden", int(inode), int(length))
        finally:
            database.close()
    return state


def _text(value):
    return value.decode() if isinstance(value, bytes) else value
