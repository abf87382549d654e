"""A declared multiverse run into a results folder: in parallel, and resumable.

Every universe's rows are a file of their own, named by a fingerprint of all that they depend on,
written at once when they are there.  What has a file is not fitted again; what failed has none, is
a row with its reason in the table, and is tried again by the next run.
"""

import hashlib
import json
import logging
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import pandas as pd

from cips_models import __version__
from cips_models.did.multiverse.declaration import (
    INFLUENTIAL,
    OUTCOMES,
    WITHOUT,
    Declaration,
    Universe,
)
from cips_models.did.multiverse.fitting import (
    STAGE,
    failed_rows,
    fitted_rows,
    hierarchy,
    measure,
    possible,
)
from cips_models.did.multiverse.influence import by_influence
from cips_models.errors import CipsError, IdentificationError
from cips_models.files import new_file
from cips_models.inference.chains import Schedule
from cips_models.inference.cut import Measured
from cips_models.model.design import design
from cips_models.model.layout import layout
from cips_models.model.specification import Specification
from cips_models.survey.survey import Survey
from cips_models.tables import TABLES, read_table, write_table
from cips_models.wording import _
from cips_models.workflow.executors import Hands
from cips_models.workflow.results import Tell

logger = logging.getLogger(__name__)

#: Draws of a chain: enough for the gates, by the cut route.
DRAWS: Final = 250

#: Folder of a results folder in which the multiverse keeps what it is made of.
KEPT: Final = "multiverse"

#: What a stage 1 hands on, by the amount of drift.
type Versions = Mapping[str, Measured]


@dataclass(frozen=True)
class Multiverse:
    """A multiverse of one survey, kept in one folder.

    Attributes
    ----------
    survey : Survey
    base : Specification
        Of stage 1, before choices.
    declared : Declaration
    folder : Path
        Results folder.
    seed, draws, chains : int
        Of every fit.
    """

    survey: Survey
    base: Specification
    declared: Declaration
    folder: Path
    seed: int = 1
    draws: int = DRAWS
    chains: int = 4

    @cached_property
    def _allowed(self) -> tuple[Declaration, list[str]]:
        allowed, notes = possible(self.survey, self.base)
        return self.declared.limited(allowed), notes

    @property
    def notes(self) -> list[str]:
        """What of the declaration the study does not allow, in words."""
        return self._allowed[1]

    @property
    def _schedule(self) -> Schedule:
        """Of every fit: on one core, which is what a job has."""
        return Schedule(self.seed, self.draws, 0, self.chains, 1)

    def run(self, hands: Hands, tell: Tell) -> pd.DataFrame:
        """The table ``multiverse``: the rows of every universe, in the order of declaration.

        Raises
        ------
        IdentificationError
            The survey has no support.
        CipsError
            The stage 1 by which the most influential countries are found fails.
        """
        if self.survey.supported is None:
            raise IdentificationError(
                f"{self.survey.name}: found no support table, so that there is no effect; expected "
                "one for a multiverse. Name the support table in the study."
            )
        declared, ready = self._named(hands, tell)
        universes = declared.universes()
        found = {p: rows for p, u in enumerate(universes) if (rows := self._kept(u)) is not None}
        logger.info("%d of %d specifications are there already", len(found), len(universes))
        missing = [p for p in range(len(universes)) if p not in found]
        for position, rows in self._made(hands, [universes[p] for p in missing], ready):
            found[missing[position]] = rows
            said = _("{done} of {all} specifications").format(done=len(found), all=len(universes))
            tell(len(found) / len(universes), said)
        table = pd.concat([found[p] for p in range(len(universes))], ignore_index=True)
        wanted = pd.MultiIndex.from_tuples([OUTCOMES[name] for name in declared.choices["outcome"]])
        own = pd.MultiIndex.from_frame(table[["scale", "parallel_trends"]])
        return table[own.isin(wanted)].reset_index(drop=True)

    # -- what is kept ------------------------------------------------------------------------

    def _fingerprint(self, universe: Universe) -> str:
        """SHA-256 of all that a universe's rows depend on."""
        texts = (self.base.text, hierarchy(self.base, universe).text)
        length = (self.seed, self.draws, self.chains)
        columns = [column.name for column in TABLES["multiverse"]]
        made_of = (self.survey.fingerprint, texts, dict(universe), length, columns)
        return _sha256(__version__, *made_of)

    def _place(self, universe: Universe) -> Path:
        return self.folder / KEPT / "rows" / self._fingerprint(universe)[:20]

    def _kept(self, universe: Universe) -> pd.DataFrame | None:
        """The rows of a universe that was fitted before."""
        place = self._place(universe)
        return read_table(place, "multiverse") if (place / "multiverse.csv").is_file() else None

    def _keep(self, universe: Universe, rows: pd.DataFrame) -> pd.DataFrame:
        """Write a universe's rows at once, and return them as they are read again."""
        write_table(self._place(universe), "multiverse", rows)
        return read_table(self._place(universe), "multiverse")

    # -- which countries ---------------------------------------------------------------------

    def _named(self, hands: Hands, tell: Tell) -> tuple[Declaration, dict[str, Versions]]:
        """The declaration with influential countries by name, and a stage 1 if one was needed."""
        declared = self._allowed[0]
        countries = declared.choices["countries"]
        if not any(choice == WITHOUT + each for choice in countries for each in INFLUENTIAL):
            return declared, {}
        first = {name: own[0] for name, own in declared.choices.items() if name != "outcome"}
        first["countries"] = "all"
        made_of = (__version__, self.survey.fingerprint, self.base.text, _stage(first))
        known = self.folder / KEPT / f"influence-{_sha256(*made_of)[:20]}.json"
        ready: dict[str, Versions] = {}
        if not known.is_file():
            tell(0.0, _("stage 1, to find the most influential countries"))
            drifts = declared.choices["drift"]
            job = hands.submit(measure, self.survey, self.base, first, drifts, self._schedule)
            ready[_stage(first)] = job.result()
            plan = design(self.survey, layout(self.survey))
            order = by_influence(ready[_stage(first)][drifts[0]], plan)
            with new_file(known) as draft:
                draft.write_text(json.dumps(order), encoding="utf-8")
        order = json.loads(known.read_text(encoding="utf-8"))
        names = {
            WITHOUT + each: WITHOUT + who for each, who in zip(INFLUENTIAL, order, strict=False)
        }
        named = tuple(dict.fromkeys(names.get(choice, choice) for choice in countries))
        choices = MappingProxyType({**declared.choices, "countries": named})
        return replace(declared, choices=choices), ready

    # -- what is made ------------------------------------------------------------------------

    def _made(
        self, hands: Hands, universes: Sequence[Universe], ready: Mapping[str, Versions]
    ) -> Iterator[tuple[int, pd.DataFrame]]:
        """Positions and rows of universes, as they are done: stage 1 once for all that share it."""
        sharing: dict[str, list[int]] = {}
        for position, universe in enumerate(universes):
            sharing.setdefault(_stage(universe), []).append(position)
        fits = deque(
            (p, versions[universes[p]["drift"]])
            for stage, versions in ready.items()
            for p in sharing.pop(stage, [])
        )
        stages = deque(sharing.values())

        def submit(work: Callable[..., Any], universe: Universe, given: Any) -> Future[Any]:
            return hands.submit(work, self.survey, self.base, universe, given, self._schedule)

        pending: dict[Future[Any], list[int] | int] = {}
        while fits or stages or pending:
            while len(pending) < hands.count and (fits or stages):
                if fits:
                    position, measured = fits.popleft()
                    future = submit(fitted_rows, universes[position], measured)
                    pending[future] = position
                else:
                    members = stages.popleft()
                    drifts = list(dict.fromkeys(universes[p]["drift"] for p in members))
                    pending[submit(measure, universes[members[0]], drifts)] = members
            for future in wait(pending, return_when=FIRST_COMPLETED).done:
                whose = pending.pop(future)
                error = future.exception()
                if error is not None:
                    for p in [whose] if isinstance(whose, int) else whose:
                        yield p, self._failed(universes[p], error)
                elif isinstance(whose, int):
                    yield whose, self._keep(universes[whose], future.result())
                else:
                    versions = future.result()
                    fits.extend((p, versions[universes[p]["drift"]]) for p in whose)

    def _failed(self, universe: Universe, error: BaseException) -> pd.DataFrame:
        """The rows of a universe that failed: a failure is a result and is shown."""
        said = str(error) if isinstance(error, CipsError) else f"{type(error).__name__}: {error}"
        logger.warning("%s: %s", ", ".join(universe.values()), said)
        return failed_rows(universe, self.survey.groups, " ".join(said.split()))


def _stage(universe: Universe) -> str:
    """Which stage 1 a universe has: those with the same share it."""
    return json.dumps([universe[name] for name in STAGE])


def _sha256(*made_of: Any) -> str:
    return hashlib.sha256(json.dumps(made_of).encode()).hexdigest()
