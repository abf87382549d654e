"""Counts of a survey that may be shown: of respondents, and of what became of the questions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import xarray as xr

from cips_models.disclosure import (
    PRIMARY,
    SECONDARY,
    Linked,
    LinkedCounts,
    Name,
    Rule,
    suppress,
)
from cips_models.names import COUNTRY, GROUP, ITEM, WAVE
from cips_models.survey.survey import NO_ANSWER, Survey

#: What became of a question, in the order of the table.
BECAME: Final = ("answered", "dont_know", "refused", "not_asked")

_CELL: Final = (COUNTRY, GROUP, WAVE)

#: A count that is withheld: table, row, column, and why.
type Withheld = tuple[str, str, str, str]


@dataclass(frozen=True)
class Released:
    """Linked counts, and which of them are withheld.

    Attributes
    ----------
    linked : Linked
        Named ("respondents", country, group, wave), ("total", group, wave), ("all",) and so on.
    withheld : (count,) bool array
    """

    linked: Linked
    withheld: np.ndarray
    _shown: Mapping[Name, float] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        values = np.where(self.withheld, np.nan, self.linked.value)
        shown = dict(zip(self.linked.names, values.tolist(), strict=True))
        object.__setattr__(self, "_shown", shown)

    def __getitem__(self, name: Name) -> float:
        """A count as it may be shown: NaN where it is withheld, 0 where there is none."""
        return self._shown.get(name, 0.0)

    def reason(self, name: Name) -> str:
        """Why a count is withheld; "" where it is not."""
        k = self.linked.at(name)
        small = PRIMARY if self.linked.sensitive[k] else SECONDARY
        return small if self.withheld[k] else ""

    def audit(self) -> Iterator[Withheld]:
        """What is withheld, without its value."""
        for k in np.flatnonzero(self.withheld):
            table, *labels = self.linked.names[k]
            column = labels.pop() if table in _SEVERAL else _COLUMNS.get(table, "respondents")
            row = " / ".join(["all countries", *labels] if table == "total" else labels)
            yield _PLACES.get(table, table), row, column, self.reason(self.linked.names[k])


#: Tables with several columns of counts: the last label is the column.
_SEVERAL: Final = frozenset({"nonresponse", "nonresponse_items"})
_PLACES: Final = {"total": "respondents", "all": "run.json", "answers": "run.json"}
_COLUMNS: Final = {"answers": "answers"}


def sizes(survey: Survey) -> Released:
    """Respondents of every country, group and wave, and their totals.

    Names: ("respondents", country, group, wave), ("total", group, wave), ("all",) and
    ("comparison",), those with an answer.  Bands of sample sizes are shown beside estimates: they
    are taken as known of what is withheld.
    """
    rule = survey.disclosure
    made = LinkedCounts(rule.threshold)
    _add_sizes(made, survey, rule)
    linked = made.linked()
    return Released(linked, suppress(linked, rule))


def _add_sizes(made: LinkedCounts, survey: Survey, rule: Rule, *, fixed: bool = False) -> None:
    counts = survey.respondents.groupby(list(_CELL), observed=True).size()
    wholes: dict[Name, list[Name]] = {}
    for cell, count in counts.to_dict().items():
        people = float(count)
        known = (float(rule.floor(people)), rule.ceiling(people))
        made.add(("respondents", *cell), people, within=known, fixed=fixed)
        wholes.setdefault(("total", *cell[1:]), []).append(("respondents", *cell))
    for name, parts in wholes.items():
        made.add(name, sum(map(made.value, parts)), fixed=fixed)
        made.total(name, parts)
    everybody = len(survey.respondents)
    silent = int((survey.answers == NO_ANSWER).all(ITEM).sum())
    made.add(("all",), everybody, fixed=fixed)
    made.total(("all",), wholes)
    # A note says how many gave no answer, unless these are few.
    made.add(("silent",), silent, shown=not rule.small(silent), fixed=True)
    made.add(("comparison",), everybody - silent, fixed=fixed)
    made.total(("all",), [("comparison",), ("silent",)])


def answers(survey: Survey, counts: xr.Dataset) -> Released:
    """The same, and what became of the questions, of every item and of all together.

    Names: ("nonresponse", group, wave, what) and ("nonresponse_items", item, group, wave, what)
    with what of ``asked``, ``dont_know``, ``refused``, and ("answers",).  Who answered follows
    from these, and must not be few either; who was not asked may be, for that says nothing of
    anybody.  Numbers of respondents are withheld as in :func:`sizes`, whatever is shown here.

    Parameters
    ----------
    survey : Survey
    counts : xarray.Dataset
        ``asked``, ``dont_know``, ``refused``, dims (group, wave, item): all countries together.
    """
    rule, people = survey.disclosure, sizes(survey)
    made = LinkedCounts(rule.threshold)
    _add_sizes(made, survey, rule, fixed=True)
    answered: list[Name] = []
    for group in survey.groups:
        for wave in survey.waves:
            if people.linked.names.count(("total", group, wave)):
                _add_items(made, counts.sel({GROUP: group, WAVE: wave}), group, wave)
                answered.append(("nonresponse", group, wave, "answered"))
    given = int((survey.answers != NO_ANSWER).sum())
    made.add(("answers",), given)
    made.total(("answers",), answered)
    linked = made.linked()
    before = np.zeros(len(linked.value), dtype=bool)
    before[: len(people.withheld)] = people.withheld  # the first counts are the same
    return Released(linked, suppress(linked, rule, withheld=before))


def _add_items(made: LinkedCounts, counts: xr.Dataset, group: str, wave: str) -> None:
    """Counts of one group and wave: an item's, and their totals."""
    parts: dict[str, list[Name]] = {what: [] for what in BECAME}
    totals = dict.fromkeys(BECAME, 0)
    people = int(made.value(("total", group, wave)))
    for item in counts[ITEM].to_numpy():
        asked, unsure, refused = (
            int(counts[what].sel({ITEM: item})) for what in ("asked", "dont_know", "refused")
        )
        own = {
            "answered": asked - unsure - refused,
            "dont_know": unsure,
            "refused": refused,
            "not_asked": people - asked,
        }
        at: Name = ("nonresponse_items", str(item), group, wave)
        for what, count in own.items():
            named = what in ("dont_know", "refused")
            made.add((*at, what), count, shown=named, confidential=what != "not_asked")
            parts[what].append((*at, what))
            totals[what] += count
        made.add((*at, "asked"), asked)
        made.total((*at, "asked"), [(*at, what) for what in BECAME[:3]])
        made.total(("total", group, wave), [(*at, "asked"), (*at, "not_asked")])
    for what, total in totals.items():
        name = ("nonresponse", group, wave, what)
        made.add(name, total, confidential=what != "not_asked")
        made.total(name, parts[what])


def shown_sizes(survey: Survey) -> xr.DataArray:
    """Respondents, dims (country, group, wave): NaN where withheld, 0 where there are none."""
    found = sizes(survey)
    labels = {COUNTRY: survey.countries, GROUP: survey.groups, WAVE: survey.waves}
    values = [
        [[found["respondents", c, g, w] for w in survey.waves] for g in survey.groups]
        for c in survey.countries
    ]
    return xr.DataArray(values, {dim: list(names) for dim, names in labels.items()}, _CELL)
