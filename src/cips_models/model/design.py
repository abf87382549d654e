"""Who was seen when, and which cells were supported from when on."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from cips_models.model.layout import Layout
from cips_models.names import COUNTRY, FACTOR, GROUP, WAVE
from cips_models.survey.survey import NO_ANSWER, Survey


@dataclass(frozen=True)
class Design:
    """What the hierarchy needs to know of a survey besides the answers.

    Attributes
    ----------
    countries, factors, groups, waves : tuple of str
    times : (wave,) array
        Years.
    observed : (country, factor, group, wave) bool array
        The cell holds at least one substantive answer.
    followed : (followed,) int array
        Positions of countries seen in two or more waves, the only ones with changes.
    support : (country, factor, wave) bool array or None
        Support is in force; all false for cells already treated at their first wave and
        for countries seen once: they enter neither the effect nor the comparison.
    supported : (country, factor) bool array or None
        Ever supported, as the support table says.
    already_treated : (country, factor) bool array
        Supported from the country's first wave on.
    intensity : (country, factor) float array or None
        How intense support was, as the support table says: 1 by default, 0 where
        unsupported.
    """

    countries: tuple[str, ...]
    factors: tuple[str, ...]
    groups: tuple[str, ...]
    waves: tuple[str, ...]
    times: np.ndarray
    observed: np.ndarray
    followed: np.ndarray
    support: np.ndarray | None
    supported: np.ndarray | None
    already_treated: np.ndarray
    intensity: np.ndarray | None = None

    @property
    def followed_labels(self) -> tuple[str, ...]:
        """Labels of the followed countries."""
        return tuple(self.countries[c] for c in self.followed)

    @property
    def treated(self) -> np.ndarray:
        """(followed, factor) bool array: cells whose support began between observed waves."""
        if self.support is None:
            return np.zeros((len(self.followed), len(self.factors)), dtype=bool)
        return np.asarray(self.support[self.followed].any(axis=-1))

    @property
    def given(self) -> np.ndarray:
        """(followed, factor) array: intensity of support in :attr:`treated` cells, else zero."""
        told = 1.0 if self.intensity is None else self.intensity[self.followed]
        return np.asarray(self.treated * told)

    @property
    def graded(self) -> bool:
        """Whether the intensity of support is other than one in any treated cell."""
        return bool((self.given != self.treated).any())

    @property
    def step_scale(self) -> np.ndarray:
        """(step,) array: square root of each step's length over the mean step's."""
        length = np.diff(self.times)
        return np.sqrt(length / length.mean()) if length.size else length

    def coords(self) -> dict[str, tuple[str, ...]]:
        """Coordinates of the model's dimensions."""
        steps = tuple(f"{a} to {b}" for a, b in zip(self.waves, self.waves[1:], strict=False))
        return {
            COUNTRY: self.countries,
            FACTOR: self.factors,
            GROUP: self.groups,
            WAVE: self.waves,
            "followed": self.followed_labels,
            "step": steps,
        }


def design(survey: Survey, layout: Layout) -> Design:
    """Derive the design of a survey."""
    shape = (len(survey.countries), len(survey.factors), len(survey.groups), len(survey.waves))
    observed = np.zeros(shape, dtype=bool)
    cell = layout.cells.iloc[layout.cell_of].reset_index(drop=True)
    for f in range(shape[1]):
        members = np.flatnonzero(layout.questions.factor == f)
        rows = (layout.answers[:, members] != NO_ANSWER).any(axis=1)
        observed[cell[COUNTRY][rows], f, cell[GROUP][rows], cell[WAVE][rows]] = True

    labels = {COUNTRY: list(survey.countries), FACTOR: list(survey.factors)}
    support = None
    if survey.supported is not None and survey.support_start is not None:
        told = (survey.supported, survey.support_start, survey.support_intensity)
        support = [
            None if table is None else table.sel(labels).transpose(COUNTRY, FACTOR).to_numpy()
            for table in told
        ]
    names = (survey.countries, survey.factors, survey.groups, survey.waves)
    return of_observed(observed, names, survey.times, support)


def of_observed(
    observed: np.ndarray,
    names: Sequence[Sequence[str]],
    times: Sequence[float],
    support: Sequence[np.ndarray | None] | None,
) -> Design:
    """Derive the design of cells.

    Parameters
    ----------
    observed : (country, factor, group, wave) bool array
    names : sequence
        Labels of these four dimensions.
    times : sequence of float
        Years of the waves.
    support : sequence or None
        Ever supported, position of the first wave under support, and intensity or None; each
        (country, factor).
    """
    shape, seen = observed.shape, observed.any(axis=(1, 2))
    followed = np.flatnonzero(seen.sum(axis=1) >= 2)
    supported = in_force = intensity = None
    already = np.zeros(shape[:2], dtype=bool)
    if support is not None and support[0] is not None and support[1] is not None:
        supported, start = support[0].astype(bool), support[1]
        intensity = supported.astype(float) if support[2] is None else support[2].astype(float)
        begun = supported[:, :, None] & (np.arange(shape[3]) >= start[:, :, None])
        first_wave = seen.argmax(axis=1)
        already = begun[np.arange(shape[0]), :, first_wave] & seen.any(axis=1)[:, None]
        is_followed = np.isin(np.arange(shape[0]), followed)
        in_force = begun & ~already[:, :, None] & is_followed[:, None, None]
    countries, factors, groups, waves = (tuple(labels) for labels in names)
    return Design(
        countries=countries,
        factors=factors,
        groups=groups,
        waves=waves,
        times=np.asarray(times, dtype=float),
        observed=observed,
        followed=followed,
        support=in_force,
        supported=supported,
        already_treated=already,
        intensity=intensity,
    )


def as_dataset(design: Design) -> xr.Dataset:
    """The design as labelled arrays, as kept in a fit file (bool as int8)."""
    coords = {k: list(v) for k, v in design.coords().items() if k not in {"followed", "step"}}
    variables: dict[str, tuple[tuple[str, ...], np.ndarray]] = {
        "observed": ((COUNTRY, FACTOR, GROUP, WAVE), design.observed),
        "already_treated": ((COUNTRY, FACTOR), design.already_treated),
        "time": ((WAVE,), design.times),
    }
    if design.support is not None and design.supported is not None:
        variables["support"] = ((COUNTRY, FACTOR, WAVE), design.support)
        variables["supported"] = ((COUNTRY, FACTOR), design.supported)
    if design.intensity is not None:
        variables["intensity"] = ((COUNTRY, FACTOR), design.intensity)
    encoded = {
        name: (dims, values.astype(np.int8) if values.dtype == bool else values)
        for name, (dims, values) in variables.items()
    }
    return xr.Dataset(encoded, coords=coords)


def from_dataset(dataset: xr.Dataset) -> Design:
    """Inverse of :func:`as_dataset`."""

    def labels(dim: str) -> tuple[str, ...]:
        return tuple(str(label) for label in dataset[dim].to_numpy())

    def flags(name: str) -> np.ndarray | None:
        return dataset[name].to_numpy().astype(bool) if name in dataset else None

    observed = dataset["observed"].to_numpy().astype(bool)
    return Design(
        countries=labels(COUNTRY),
        factors=labels(FACTOR),
        groups=labels(GROUP),
        waves=labels(WAVE),
        times=dataset["time"].to_numpy(),
        observed=observed,
        followed=np.flatnonzero(observed.any(axis=(1, 2)).sum(axis=1) >= 2),
        support=flags("support"),
        supported=flags("supported"),
        already_treated=dataset["already_treated"].to_numpy().astype(bool),
        intensity=dataset["intensity"].to_numpy() if "intensity" in dataset else None,
    )
