"""``run.json``: what was done in a results folder, from what, with what, and when."""

import hashlib
import json
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path, PurePath
from typing import Any, Final, Self

from cips_models.errors import OutputError
from cips_models.files import new_file
from cips_models.names import FORMAT

RECORD: Final = "run.json"

#: A step that the chain does not hold: it is carried out by a command of its own.
MULTIVERSE: Final = "multiverse"

#: Packages whose versions can change a number.
_PACKAGES: Final = (
    "cips-models",
    "arviz",
    "numba",
    "numpy",
    "nutpie",
    "pandas",
    "pymc",
    "pytensor",
    "scipy",
    "xarray",
)


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that can change a number."""
    return {"python": platform.python_version(), **{name: version(name) for name in _PACKAGES}}


def digest(path: Path) -> str:
    """SHA-256 of a file, or an empty text where there is none."""
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True)
class StepRecord:
    """What is kept of a finished step.

    Attributes
    ----------
    fingerprint : str
    inputs : mapping
        Settings and fingerprints of earlier steps that the fingerprint is made of.
    outputs : mapping of str to str
        Files, relative to the results folder, and their SHA-256.
    details : mapping
        What else the step found that belongs to no table.
    seconds : float
    finished : str
        Time in ISO 8601, UTC.
    """

    fingerprint: str
    inputs: Mapping[str, Any]
    outputs: Mapping[str, str]
    details: Mapping[str, Any]
    seconds: float
    finished: str

    @classmethod
    def now(
        cls,
        *,
        fingerprint: str,
        inputs: Mapping[str, Any],
        outputs: Mapping[str, str],
        details: Mapping[str, Any],
        seconds: float,
    ) -> Self:
        """Record a step that has just finished."""
        finished = datetime.now(UTC).isoformat(timespec="seconds")
        return cls(fingerprint, inputs, outputs, details, round(seconds, 2), finished)


def _checked(step: StepRecord) -> StepRecord:
    """The record of a step, if it is of the right kinds and about files of its folder only.

    Raises
    ------
    TypeError, ValueError
        It is not.
    """
    texts, tables = ("fingerprint", "finished"), ("inputs", "outputs", "details")
    kinds: dict[str, type | tuple[type, ...]] = {"seconds": (int, float)}
    kinds |= dict.fromkeys(texts, str) | dict.fromkeys(tables, dict)
    for name, kind in kinds.items():
        if not isinstance(getattr(step, name), kind):
            raise TypeError(f"{name} is {getattr(step, name)!r}")
    for file, sha in step.outputs.items():
        # Outputs that a step no longer makes are removed: none of them may lie elsewhere.
        path = PurePath(file)
        if path.is_absolute() or ".." in path.parts or "\0" in file or not isinstance(sha, str):
            raise ValueError(f"output {file!r}")
    return step


@dataclass(frozen=True)
class Record:
    """Everything in ``run.json``.

    Attributes
    ----------
    steps : mapping of str to StepRecord
        Finished steps in the order in which they finished.
    versions : mapping of str to str
        Versions at the time of the latest step.
    """

    steps: Mapping[str, StepRecord] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read the record of a folder; an empty one where nothing was recorded.

        Raises
        ------
        OutputError
            The file is no record, or one of another format.
        """
        path = folder / RECORD
        if not path.exists():
            return cls()
        try:
            if not path.is_file():
                raise ValueError("no file")
            content = json.loads(path.read_text(encoding="utf-8"))
            found = content["format"]
            if found == FORMAT and found is not True:
                steps = {name: _checked(StepRecord(**s)) for name, s in content["steps"].items()}
                return cls(steps, {str(k): str(v) for k, v in content["versions"].items()})
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            why = f"{type(error).__name__}: {error}"
            raise OutputError(
                f"{path} is not a record of a run ({why}). Choose another folder with --out."
            ) from error
        raise OutputError(
            f"{path}: found format {found!r}; expected {FORMAT}. It was written by another "
            "version of cips-models: use that one, or choose another folder with --out."
        )

    def with_step(self, name: str, step: StepRecord) -> "Record":
        """Return a record in which a step is the latest to have finished."""
        others = {key: value for key, value in self.steps.items() if key != name}
        return replace(self, steps={**others, name: step}, versions=versions())

    def write(self, folder: Path) -> None:
        """Write ``run.json``."""
        content = {
            "format": FORMAT,
            "versions": dict(self.versions),
            "seconds": round(sum(step.seconds for step in self.steps.values()), 2),
            "steps": {name: asdict(step) for name, step in self.steps.items()},
        }
        text = json.dumps(content, indent=2, ensure_ascii=False)
        with new_file(folder / RECORD) as draft:
            draft.write_text(text + "\n", encoding="utf-8")
