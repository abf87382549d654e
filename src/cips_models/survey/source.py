"""Files to read from: whether one is there, is a file at all, and is of a sane size."""

import os
from pathlib import Path
from typing import Final

from cips_models.errors import Problem

#: Ends of the names of files that are read as tables.
SUFFIXES: Final = (".csv", ".csv.gz", ".parquet", ".xlsx", ".sav", ".dta")

#: Most bytes of a table, uncompressed.  The largest survey of this kind takes a hundredth; a few
#: kilobytes of a compressed file can stand for all the memory of a machine.
MOST_BYTES: Final = 2**30


def missing(path: Path, what: str) -> Problem | None:
    """Return the problem of a path at which there is no ordinary file, None where there is one.

    A folder has no content, and a pipe or a device may have one without end.
    """
    # os.path, which takes a name that no file can have for one that none has.
    if os.path.isfile(path):
        return None
    found = "something that is no file"
    if os.path.isdir(path):
        found = "a folder"
    elif not os.path.exists(path):
        found = "no such file"
    return Problem(str(path), found, what, "Check the path.")


def too_large(path: Path) -> Problem:
    """Return the problem of a table with more than :data:`MOST_BYTES`."""
    found = f"more than {MOST_BYTES:,} bytes, uncompressed"
    return Problem(str(path), found, "a table of a survey", "Is it the right file?")


def unreadable(path: Path, error: Exception) -> Problem:
    """Return the problem of a file that is damaged, or may not be read."""
    reason = (isinstance(error, OSError) and error.strerror) or error
    kind = max((end for end in SUFFIXES if path.name.lower().endswith(end)), key=len, default="")
    expected = f"a whole {kind} file"
    return Problem(str(path), f"a file that cannot be read: {reason}", expected)
