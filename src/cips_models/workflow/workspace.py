"""What the steps of an assessment work on: the study, the specifications, the fits."""

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final

import xarray as xr

import cips_models as cips
from cips_models.did.bracket import BRACKET
from cips_models.errors import FitError, OutputError
from cips_models.model.specification import Specification
from cips_models.model.specification_file import specification
from cips_models.report.plan import Intentions
from cips_models.survey.reading import read
from cips_models.survey.study import Study
from cips_models.survey.study_file import load_study
from cips_models.survey.survey import Survey
from cips_models.survey.wave_pairs import named_waves
from cips_models.workflow.description import facts, survey_tables
from cips_models.workflow.intentions import intentions
from cips_models.workflow.record import digest
from cips_models.workflow.request import Request
from cips_models.workflow.results import CORES, Results, Tell

#: Draws of a chain for a table of means and intervals.
ENOUGH_FOR_DRIFT: Final = 250


@dataclass(frozen=True)
class Workspace(Results):
    """A results folder together with what it is made from; read when first needed."""

    request: Request = field(kw_only=True)

    @property
    def processes(self) -> int:
        """As many as cores are asked for."""
        return int(self._sampling.get("cores", CORES))

    @cached_property
    def survey(self) -> Survey:
        """The survey."""
        asked = self.request
        return read(
            asked.study,
            responses=asked.responses,
            codebook=asked.codebook,
            support=asked.support,
            threshold=asked.threshold,
        )

    @cached_property
    def pairs(self) -> list[tuple[str, str]] | None:
        """The one pair of waves that is compared; None where nobody named any.

        Raises
        ------
        IdentificationError
            The survey has no such waves.
        """
        return named_waves(self.survey.waves, self.request.start, self.request.end)

    @cached_property
    def study(self) -> Study:
        """The study file."""
        return load_study(self.request.study)

    @cached_property
    def intentions(self) -> Intentions:
        """What is meant to be done, for a plan and for what it is compared with."""
        return intentions(self.request, self.study, self.specification)

    @cached_property
    def specification(self) -> Specification:
        """The specification of the joint fit."""
        asked = self.request
        if asked.specification is not None:
            return specification(asked.specification)
        beside = self.study.folder / self.study.specification
        return specification(beside if os.path.isfile(beside) else self.study.specification)

    @cached_property
    def bracket(self) -> Mapping[str, Specification]:
        """The specifications of the cut route by name; none without support to tell apart."""
        names = BRACKET if self.survey.supported is not None else ()
        return {name: specification(name) for name in names}

    @cached_property
    def alternatives(self) -> Mapping[str, Specification]:
        """What the joint fit is compared with, by name: no general outlook of persons.

        None where that is not to be told from the rest.
        """
        joint = self.specification
        if len(self.survey.factors) == 1 or not joint.structure.general_factor:
            return {}
        structure = replace(joint.structure, general_factor=False)
        text = f"{joint.text}\n# for comparison: general_factor = false\n"
        name = "no-general-factor"
        return {name: replace(joint, name=name, structure=structure, text=text)}

    @cached_property
    def decision(self) -> dict[str, Any]:
        """Which effects matter, and who says so."""
        return self.request.decision(load_study(self.request.study).decision)

    @property
    def _sampling(self) -> dict[str, Any]:
        return {name: value for name, value in self.request.sampling.items() if value is not None}

    def sample(
        self,
        route: str,
        specification: Specification,
        tell: Tell | None,
        *,
        draws: int | None = None,
    ) -> Any:
        """Fit a specification to the survey by one route: "joint" or "cut".

        ``draws`` of a chain are at most as many as the request asks for.
        """
        asked = {"seed": self.request.seed, "progress": tell, **self._sampling}
        if draws is not None:
            asked["draws"] = min(draws, asked.get("draws", draws))
        if route == "cut":
            asked = {n: v for n, v in asked.items() if n not in {"sampler", "backend"}}
            return cips.cut(self.survey, specification, stage=self.stage_one, **asked)
        stage = None
        with suppress(FitError):  # then the sampler that needs none takes over, or says why not
            stage = self.stage_one if specification is self.specification else None
        return cips.joint(self.survey, specification, stage=stage, **asked)

    @property
    def gaussian(self) -> Specification:
        """The joint fit's specification, with normal item shifts where they are sparse."""
        return gaussian(self.specification)

    @cached_property
    def stage_one(self) -> Any:
        """Stage 1 of the joint fit's specification, which the bracket shares."""
        from cips_models.inference.every_cell import stage_one

        return stage_one(self.survey, self.gaussian, threads=self.processes)

    def under_drift(self, tell: Tell | None) -> dict[float, Any]:
        """Fits of the specification by the cut route under several amounts of drift.

        Raises
        ------
        SpecificationError
            Nothing drifts, or by an sd that is not estimated.
        """
        from cips_models.did.drift import under_drift

        asked = self._sampling
        draws = min(ENOUGH_FOR_DRIFT, asked.get("draws", ENOUGH_FOR_DRIFT))
        hands = {name: asked[name] for name in ("chains", "cores") if name in asked}
        return under_drift(
            self.survey,
            self.gaussian,
            seed=self.request.seed,
            stage=self.stage_one,
            draws=draws,
            progress=tell,
            **hands,
        )

    def robustness(self, tell: Tell | None, **wanted: Any) -> Mapping[str, Any]:
        """Tables of what few countries leave of the effect; see ``did.few_clusters.tables``.

        Raises
        ------
        IdentificationError
            There is no effect to tell.
        """
        from cips_models.did.few_clusters.tables import robustness_tables

        own = self.bracket.get(self.specification.name, self.gaussian)
        return robustness_tables(
            self.survey,
            own,
            self.stage_one,
            seed=self.request.seed,
            cores=self.processes,
            progress=tell,
            **wanted,
        )

    def refit(self, route: str, specification: Specification) -> Any:
        """Fit a specification by a route, with draws enough for means and intervals.

        By the cut route stage 1 is at hand, since the hierarchy alone is other; by the joint
        route items and persons may be, and it is made anew.
        """
        own = gaussian(specification) if route == "cut" else specification
        return self.sample(route, own, None, draws=ENOUGH_FOR_DRIFT)

    def settings(self) -> Mapping[str, Any]:
        """Return what fingerprints are made of, as JSON values."""
        described = survey_tables(self.survey, pairs=self.pairs)
        tables = {n: t.to_csv(index=False) for n, t in described.items()}
        from cips_models.inference.sampling import DRAWS, TUNE  # PyMC: after the data were read

        return {
            "survey": self.survey.fingerprint,
            "description": _sha256(json.dumps([facts(self.survey), tables])),
            "specification": _sha256(self.specification.text),
            "bracket": _sha256(
                "\n".join(s.text for s in (self.specification, *self.bracket.values()))
            ),
            # How many chains are sampled at a time changes no number.
            "sampling": {
                "draws": dict(DRAWS),
                "tune": TUNE,
                **{n: v for n, v in self._sampling.items() if n != "cores"},
            },
            "seed": self.request.seed,
            "margin": self.request.margin,
            "waves": "all" if self.pairs is None else " to ".join(self.pairs[0]),
            "decision": self.decision,
            "exposure": _listed(self.survey.exposure),
            "plan": "" if self.request.plan_file is None else digest(self.request.plan_file),
            "intentions": _sha256(json.dumps(self.intentions)),
            "force": self.force,
            "threshold": self.survey.disclosure.threshold,
        }

    def check_folder(self) -> None:
        """Refuse to write results among the files of the survey.

        Raises
        ------
        OutputError
            The results folder is the study's own.
        """
        if self.folder.resolve() == self.request.study.parent.resolve():
            raise OutputError(
                f"{self.folder} holds the study file: results would lie among the survey's "
                "files. Name a folder of its own with --out."
            )


def _listed(array: xr.DataArray | None) -> list[Any] | None:
    return None if array is None else array.to_numpy().tolist()


def gaussian(specification: Specification) -> Specification:
    """The specification, with normal item shifts where they are sparse."""
    if specification.structure.shifts == "normal":
        return specification
    return replace(specification, structure=replace(specification.structure, shifts="normal"))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
