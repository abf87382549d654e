"""The likelihood as compiled code; see ``evaluation``."""

from contextlib import suppress
from pathlib import Path


def _forget_stale_code() -> None:
    """Remove compiled code that is older than any part: numba looks at a function's own file."""
    folder = Path(__file__).parent
    changed = max(part.stat().st_mtime for part in folder.glob("*.py"))
    for index in (folder / "__pycache__").glob("*.nbi"):
        with suppress(OSError):  # another process was faster, or the folder is not ours
            if index.stat().st_mtime < changed:
                index.unlink()


_forget_stale_code()
