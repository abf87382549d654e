"""What an effect is an effect of: one record, and the words that stand wherever it is shown."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

import pandas as pd

from cips_models.names import GROUP, LATENT, PERCENT, SCORE
from cips_models.tables.columns import ESTIMAND
from cips_models.wording import N_, _, listed, ngettext

#: Weights by name, and what they do.
WEIGHTINGS: Final = {
    "cells": N_("every supported cell weighs the same"),
    "countries": N_("every country weighs the same, whatever its number of supported cells"),
    "factors": N_("every factor weighs the same, whatever its number of supported cells"),
    "respondents": N_("a supported cell weighs by its respondents at its last wave"),
    "intensity": N_("a supported cell weighs by the intensity of its support"),
}

#: Effect on the share of each level of the answer.
BY_LEVEL: Final = "ATT by level of the answer"

#: How least squares weighs cells, which nobody chose.
REGRESSION: Final = "regression"

_SCALES: Final = {
    LATENT: N_("logits of a typical item of each factor"),
    PERCENT: N_("percentage points of positive answers"),
    SCORE: N_("points of the mean score, 0-100"),
}
_EFFECTS: Final = {
    "ATT": N_("average effect of support"),
    "ATT of one unit": N_("average effect of one unit of support"),
    "ATT by country": N_("average effect of support in each country"),
    "ATT by factor": N_("average effect of support on each factor"),
    "ATT by time since support": N_("average effect of support by years since it began"),
    BY_LEVEL: N_("average effect of support on the share of each answer"),
    "ATT under a bias": N_("average effect of support, with a bias of trends"),
    "P(effect > margin)": N_("average effect of support, held against a margin"),
    "P(effect in part)": N_("average effect of support, held against a margin"),
    "ATT in a new country": N_("predicted effect of support in a country not in the data"),
    "effect on a cell": N_("effect of support on each cell"),
    "ATT with spillover": N_("average effect of support, its country's spillover included"),
    "placebo effect": N_("difference that support seems to have made before it began"),
    "exposed, not supported": N_("effect of the support of other factors"),
    "supported": N_("average effect of support"),
}


@dataclass(frozen=True)
class Estimand:
    """What an effect is an effect of.

    Attributes
    ----------
    effect : str
        As in the column ``estimand`` of tables: "ATT", "ATT by country", ...
    group : str
    population : str
        Which cells, between which waves.
    scale : {"latent", "percent", "score"}
    comparison : str
        Sentence: with what supported cells are compared.
    assumption : str
        Sentence: what must be true for the comparison to give the effect.
    countries, factors, cells : int
        Countries with supported and unsupported factors, factors supported in some countries and
        not in others, supported cells.
    weights : str
        Name of the weights of cells.
    """

    effect: str
    group: str
    population: str
    scale: str
    comparison: str
    assumption: str
    countries: int
    factors: int
    cells: int
    weights: str = "cells"

    def words(self) -> str:
        """All of it, in a few sentences."""
        return " ".join((self._what([self.scale]), self._with_what(), self.assumption))

    def columns(self) -> dict[str, str | int]:
        """What of it stands in columns of its own in a table of effects."""
        return {column.name: getattr(self, column.name) for column in ESTIMAND}

    def _what(self, scales: Iterable[str]) -> str:
        return _("{group}: the {effect} on {population}; {weights}. In {scales}.").format(
            group=self.group[:1].upper() + self.group[1:],
            effect=_(_EFFECTS.get(self.effect, self.effect)),
            population=self.population,
            weights=weights_in_words(self.weights),
            scales=_("percentage points of all answers")
            if self.effect == BY_LEVEL
            else listed(_(_SCALES[scale]) for scale in scales),
        )

    def _with_what(self) -> str:
        return (
            self.comparison
            + " "
            + _("What contributes: {countries}, {factors}.").format(
                countries=ngettext("one country", "{n} countries", self.countries).format(
                    n=self.countries
                ),
                factors=ngettext("one factor", "{n} factors", self.factors).format(n=self.factors),
            )
        )


def in_words(estimands: Iterable[Estimand]) -> list[str]:
    """Several in words, each thing said once.

    Returns
    -------
    list of str
        What the effects are, group by group; then with what they compare; then what they assume.
    """
    every = list(dict.fromkeys(estimands))
    scales: dict[Estimand, dict[str, None]] = {}
    for each in every:
        alike = replace(
            each, scale="", comparison="", assumption="", countries=0, factors=0, cells=0
        )
        scales.setdefault(alike, {})[each.scale] = None
    groups: dict[tuple[Estimand, tuple[str, ...]], list[str]] = {}
    for alike, found in scales.items():
        groups.setdefault((replace(alike, group=""), tuple(found)), []).append(alike.group)
    said = [
        replace(alike, group=listed(mine))._what(found) for (alike, found), mine in groups.items()
    ]
    compared = dict.fromkeys(each._with_what() for each in every)
    return [*said, *compared, *dict.fromkeys(each.assumption for each in every)]


def in_one_line(estimands: Iterable[Estimand]) -> list[str]:
    """What several are effects of, as short as it can be said; none of none.

    The whole of it, with what they compare and assume, is :func:`in_words`.
    """
    every = dict.fromkeys((each.population, each.weights) for each in estimands)
    if not every:
        return []
    population, weights = next(iter(every))
    said = _("Effect on {population}; {weights}.").format(
        population=population,
        weights=_("each weighs the same") if weights == "cells" else weights_in_words(weights),
    )
    if len(every) > 1:
        said += " " + _("Some are about other cells or answers: the report says which.")
    return [said]


def of_rows(table: pd.DataFrame) -> list[Estimand]:
    """Records of the rows of a table that show an effect; none of a table that states none."""
    if "population" not in table:
        return []
    shown = [isinstance(each, str) and each != "" for each in table["population"]]
    return [
        Estimand(
            effect=str(row.get("estimand", "ATT")),
            group=str(row[GROUP]),
            scale=str(row["scale"]),
            population=str(row["population"]),
            comparison=str(row["comparison"]),
            assumption=str(row["assumption"]),
            weights=str(row["weights"]),
            **{name: int(row[name]) for name in ("countries", "factors", "cells")},
        )
        for _index, row in table[shown].iterrows()
    ]


def weights_in_words(name: str) -> str:
    """What weights do; those of one's own by their name."""
    if name == REGRESSION:
        return _("cells weigh by how much they tell a regression")
    if name in WEIGHTINGS:
        return _(WEIGHTINGS[name])
    return _("supported cells weigh by the weights “{name}”").format(name=name)
