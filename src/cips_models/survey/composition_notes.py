"""What must be said of a composition: blanks, stand-ins, and what is assumed of the mode."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import xarray as xr

from cips_models.names import COUNTRY, GROUP, STRATUM, WAVE
from cips_models.survey.composition import UNKNOWN, Composition
from cips_models.survey.modes import mode_scale
from cips_models.survey.study import POOLED, Study
from cips_models.wording import _, ngettext


def composition_notes(
    described: pd.DataFrame, study: Study, population: pd.DataFrame | None, found: Composition
) -> tuple[str, ...]:
    """List what is fine but must be said in the report."""
    return (
        *_unknown(described, study),
        *_stand_ins(study, population, found),
        *_coincidence(found),
        *([found.assumption] if found.assumption else []),
    )


def _unknown(described: pd.DataFrame, study: Study) -> Iterator[str]:
    mode = study.columns.mode
    for name in (*study.composition.strata, *([] if mode is None else [mode])):
        blank = int(described[name].isin(["", UNKNOWN]).sum())
        if study.disclosure.small(blank):
            yield _(
                'Without "{column}": fewer than {n} respondents, who count as "unknown": with an '
                "effect of its own, and without weight in the standard composition."
            ).format(column=name, n=study.disclosure.threshold)
        elif blank:
            yield ngettext(
                'Without "{column}": one respondent, who counts as "unknown": with an effect of '
                "its own, and without weight in the standard composition.",
                'Without "{column}": {n} respondents, who count as "unknown": with an effect of '
                "its own, and without weight in the standard composition.",
                blank,
            ).format(column=name, n=blank)


def _stand_ins(study: Study, population: pd.DataFrame | None, found: Composition) -> Iterator[str]:
    """Countries and groups that the wanted standard lacks."""
    sizes, standard = found.respondents.sum(STRATUM), study.composition.standard
    surveyed = _cells(sizes.sum(WAVE) > 0)
    if population is not None:
        listed = set(zip(population[COUNTRY], population[GROUP], strict=True))
        surveyed = [cell for cell in surveyed if cell not in listed]
    if standard != POOLED:
        absent = _cells(sizes.sel({WAVE: standard}) == 0)
        text = _(
            "Not surveyed in {wave}, whose composition is the standard, so that their own "
            "respondents of all waves are: {cells}."
        )
        yield from _listed([cell for cell in surveyed if cell in absent], text, wave=standard)
    if population is not None:
        text = _("Not in the population table, so that respondents are the standard: {cells}.")
        yield from _listed(surveyed, text)


def _cells(which: xr.DataArray) -> list[tuple[str, str]]:
    """Labels of country and group where an array over them is true."""
    labels = [which[dim].to_numpy() for dim in (COUNTRY, GROUP)]
    return [(str(labels[0][c]), str(labels[1][g])) for c, g in np.argwhere(which.to_numpy())]


def _listed(cells: list[tuple[str, str]], text: str, **more: str) -> Iterator[str]:
    if cells:
        yield text.format(cells=", ".join(" / ".join(cell) for cell in cells), **more)


def mode_assumption(described: pd.DataFrame, column: str | None, sd: float | None) -> str:
    """Say what the study takes to be true of the mode; empty where it takes nothing."""
    if column is None or sd is None or described[column].nunique() < 2:
        return ""
    if sd == 0:
        return _(
            "The mode in which people answered is taken to have no effect, as the study file "
            "says: what it does to answers counts as change."
        )
    return _(
        "The effect of the mode in which people answered has the prior sd that the study file "
        "states, {sd} logits: where wave and mode coincide nothing else tells it from change, "
        "and the intervals of changes carry that uncertainty."
    ).format(sd=f"{sd:g}")


def _coincidence(found: Composition) -> Iterator[str]:
    """Where nothing tells the mode from change, nor does the study."""
    if found.mode is None or found.mode_sd is not None:
        return
    scale = mode_scale(found.respondents, found.strata[found.mode].to_numpy(dtype=str))
    groups = [
        str(group) for group in scale[GROUP].to_numpy() if (scale.sel({GROUP: group}) > 0).any()
    ]
    if groups:
        yield _(
            "Wave and mode coincide, in some country or all, of: {groups}. Nothing tells there "
            "what the mode does to answers from change, and no change is stated."
        ).format(groups=", ".join(groups))
