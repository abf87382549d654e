"""What a person asks of a run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

#: Name of a pre-analysis plan that lies beside its study file.
PLAN: Final = "plan.md"


@dataclass(frozen=True)
class Request:
    """What a person asks of ``cips run``.

    Attributes
    ----------
    study : Path
    responses, codebook, support : Path, optional
        Instead of the files that the study names.
    specification : str, optional
        Name or path, instead of the study's.
    seed : int
    sampling : mapping
        Arguments of :func:`cips_models.fit` other than the seed; None means its default.
    margin : float
        Points by which a change must exceed zero to count as an improvement.
    plan : Path, optional
        Pre-analysis plan; by default ``plan.md`` beside the study file, if there is one.
    force : bool
        Write the report although diagnostics fail; it then says so.
    """

    study: Path
    responses: Path | None = None
    codebook: Path | None = None
    support: Path | None = None
    specification: str | None = None
    seed: int = 1
    sampling: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    margin: float = 0.0
    plan: Path | None = None
    force: bool = False

    @property
    def plan_file(self) -> Path | None:
        """The plan, if there is one."""
        beside = self.study.parent / PLAN
        return self.plan or (beside if beside.is_file() else None)
