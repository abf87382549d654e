"""What a person asks of a run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from cips_models.survey.study import Decision

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
    effect_margin, equivalent : float, optional
        Smallest effect worth having, and effects as good as none, in points of positive
        answers, instead of the study's.
    threshold : int, optional
        Counts of fewer people are withheld, instead of the study's; 0 or 1 withholds nothing.
    start, end : str, optional
        Labels of two waves, which alone are compared; if one of them is None, the first or the
        last. Default: the first with the last and each with the next.
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
    effect_margin: float | None = None
    equivalent: float | None = None
    threshold: int | None = None
    start: str | None = None
    end: str | None = None

    @property
    def plan_file(self) -> Path | None:
        """The plan, if there is one."""
        beside = self.study.parent / PLAN
        return self.plan or (beside if beside.is_file() else None)

    def decision(self, study: Decision) -> dict[str, Any]:
        """Which effects matter, and who says so: this request, else the study, else nobody."""
        told = {"margin": self.effect_margin, "equivalent": self.equivalent}
        stated = {name: "study" if value is None else "command" for name, value in told.items()}
        merged = {
            name: getattr(study, name) if value is None else value for name, value in told.items()
        }
        return {**merged, "stated": stated}
