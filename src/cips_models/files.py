"""Files appear in one stroke, and never over something else unasked."""

import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from cips_models.errors import OutputError


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """Lend a path to write to; what was written becomes ``path`` when the block ends well.

    Raises
    ------
    OutputError
        The place cannot be written.
    """
    draft = path.with_name(f".part-{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield draft
        os.replace(draft, path)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror or error}") from error
    finally:
        with suppress(OSError):  # where no draft could be made, there is none to remove
            draft.unlink()


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
    """Stop before anything is overwritten unasked.

    Raises
    ------
    OutputError
        A path exists and ``overwrite`` is not set.
    """
    existing = [str(path) for path in paths if path.exists()]
    if existing and not overwrite:
        raise OutputError(
            f"{', '.join(existing)} exists already. "
            "Choose another place with --out, or replace it with --overwrite."
        )
