"""A folder of results: the fits in it, and the reports that are composed from it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import cips_models as cips
from cips_models.report.assessment import Assessment
from cips_models.report.document import Document
from cips_models.report.readers import READERS
from cips_models.report.writing import check
from cips_models.wording import language
from cips_models.workflow.assessment import assessment

type Tell = Callable[[float, str], None]

#: Processor cores that are used where nothing is said.
CORES: Final = 2


@dataclass(frozen=True)
class Results:
    """A results folder, and whether its report is wanted in any case."""

    folder: Path
    force: bool = False

    @property
    def processes(self) -> int:
        """How many steps are carried out at a time."""
        return CORES

    @cached_property
    def _fits(self) -> dict[str, Any]:
        return {}

    def keep(self, name: str, fit: Any) -> Any:
        """Remember a fit, so that the steps after it need not load it."""
        return self._fits.setdefault(name, fit)

    def fit(self, name: str) -> Any:
        """Return the fit that an earlier step wrote to ``NAME.nc``."""
        if name not in self._fits:
            self._fits[name] = cips.load(self.folder / f"{name}.nc")
        return self._fits[name]

    @cached_property
    def _composed(self) -> dict[tuple[str, str], tuple[Assessment, Document]]:
        return {}

    def report(self, reader: str) -> tuple[Assessment, Document]:
        """Compose what a reader gets, in the language that is being spoken.

        Its charts take seconds: the last one is kept, to be set in another format.
        """
        wanted = reader, language()
        if wanted not in self._composed:
            assessed = assessment(self.folder, force=self.force)
            check(assessed)
            self._composed.clear()
            self._composed[wanted] = assessed, READERS[reader].document(assessed)
        return self._composed[wanted]
