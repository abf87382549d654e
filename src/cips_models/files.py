"""Files appear in one stroke, and never over something else unasked."""

import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from cips_models.errors import OutputError


def made_folder(folder: Path) -> Path:
    """The folder, made unless it is there, with those that it is in.

    Raises
    ------
    OutputError
        It cannot be made.
    """
    _refuse_below_file(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _no_folder(folder, error.strerror or str(error)) from error
    return folder


def _refuse_below_file(folder: Path) -> None:
    there = next(above for above in (folder, *folder.parents) if above.exists())
    if not there.is_dir():
        raise _no_folder(folder, f"{there} is a file")


def _no_folder(folder: Path, reason: str) -> OutputError:
    return OutputError(
        f"{folder} cannot be made a folder: {reason}. Choose another place with --out."
    )


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """Lend a path to write to; what was written becomes ``path`` when the block ends well.

    Raises
    ------
    OutputError
        The place cannot be written.
    """
    draft = made_folder(path.parent) / f".part-{path.name}"
    try:
        yield draft
        os.replace(draft, path)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror or error}") from error
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def new_files(paths: Iterable[Path]) -> Iterator[tuple[Path, ...]]:
    """The same for files that belong together: when the block fails, none of them appears.

    Raises
    ------
    OutputError
        A place cannot be written.
    """
    with ExitStack() as together:
        yield tuple(together.enter_context(new_file(path)) for path in paths)


def refuse_to_replace(paths: Iterable[Path], *, overwrite: bool) -> None:
    """Stop before anything is overwritten unasked, or worked out with no place to put it.

    Raises
    ------
    OutputError
        A path exists and ``overwrite`` is not set, or it is below something that is no folder.
    """
    paths = tuple(paths)
    existing = [str(path) for path in paths if path.exists()]
    if existing and not overwrite:
        raise OutputError(
            f"{', '.join(existing)} exists already. "
            "Choose another place with --out, or replace it with --overwrite."
        )
    for path in paths:
        _refuse_below_file(path.parent)
