"""Two tables of the study file: `[composition]`, who answers, and `[mode]`, how."""

import pandas as pd

from cips_models.errors import Problem
from cips_models.survey.document import Table, did_you_mean, quoted
from cips_models.survey.study import POOLED, Mode, Strata, Study

#: Word for a mode that is taken to have no effect.
_NO_EFFECT = "none"
#: Logits; an sd of ten says that one mode may turn nobody's yes into everybody's.
_LARGEST_SD = 10.0


def read_strata(table: Table) -> Strata:
    """Read `[composition]`."""
    strata = Strata(table.texts("strata"), table.text("standard", POOLED) or POOLED)
    table.finish()
    return strata


def read_mode(table: Table) -> Mode:
    """Read what is taken to be true of the mode: `effect = "none"` or `{ sd = 0.2 }`."""
    effect, standard = table.value("effect"), table.text("standard")
    table.finish()
    if effect is None:
        return Mode(None, standard)
    if effect == _NO_EFFECT:
        return Mode(0.0, standard)
    sd = effect.get("sd") if isinstance(effect, dict) and set(effect) == {"sd"} else None
    if isinstance(sd, int | float) and not isinstance(sd, bool) and 0 < sd <= _LARGEST_SD:
        return Mode(float(sd), standard)
    table.problem(
        "effect",
        repr(effect),
        f'"{_NO_EFFECT}", or {{ sd = 0.2 }} with an sd above 0, in logits, at most {_LARGEST_SD:g}',
        "Leave it out where the data tell the mode from change.",
    )
    return Mode(None, standard)


def check_composition(study: Study, strata: Table, mode: Table) -> None:
    """Compare both tables with the columns, waves and files of the study."""
    known, plan = study.columns, study.composition
    for name in plan.strata:
        if name not in known.background:
            hint = did_you_mean(name, known.background) or "Add it to `background` of [columns]."
            expected = f"a column of `background`: {quoted(known.background)}"
            strata.problem("strata", f'"{name}"', expected, hint)
    for name in sorted({name for name in plan.strata if plan.strata.count(name) > 1}):
        strata.problem("strata", f'"{name}" twice', "each column once")
    if plan.standard not in (POOLED, *study.waves.names):
        expected = f'"{POOLED}" or a wave label: {quoted(study.waves.names)}'
        hint = did_you_mean(plan.standard, (POOLED, *study.waves.names))
        strata.problem("standard", f'"{plan.standard}"', expected, hint)
    for entry in ("standard", "population"):
        told = plan.standard != POOLED if entry == "standard" else study.files.population
        if told and not plan.strata:
            expected = "columns by which the composition is described"
            strata.problem("strata", "nothing", expected, f"Add it, or remove `{entry}`.")
    if known.mode is None and study.mode != Mode():
        hint = 'Add `mode = "..."` to [columns], or remove this table.'
        mode.problem("", "no column that holds the mode", "`mode` in [columns]", hint)


def check_standard_mode(study: Study, modes: pd.Series, problems: list[Problem]) -> None:
    """Look for the mode to which levels are put among those that occur."""
    named, found = study.mode.standard, sorted(set(modes) - {""})
    if named is not None and named not in found:
        where = f"{study.source} [mode] standard"
        expected = f'a mode that occurs in column "{modes.name}": {quoted(found)}'
        problems.append(Problem(where, f'"{named}"', expected, did_you_mean(named, found)))


def written_strata(plan: Strata) -> dict[str, object]:
    """Entries of `[composition]`, none without strata."""
    return vars(plan) if plan.strata else {}


def written_mode(mode: Mode) -> dict[str, object]:
    """Entries of `[mode]`."""
    effect: dict[float | None, object] = {None: None, 0.0: _NO_EFFECT}
    return {"effect": effect.get(mode.sd, {"sd": mode.sd}), "standard": mode.standard}
