"""Tables of one country, with all countries together beside it."""

from collections.abc import Iterator

import pandas as pd

from cips_models.charts.labels import capital, word
from cips_models.charts.numbers import NONE, amount, probability, with_span
from cips_models.names import COUNTRY, FACTOR, GROUP, PERCENT
from cips_models.report.assessment import Assessment
from cips_models.report.document import Table
from cips_models.report.estimates import estimate, numbers_head
from cips_models.report.ways import default_specification
from cips_models.wording import _, listed


def changes(assessment: Assessment, country: str) -> Table:
    """Change of every factor here, P(improved), and the change of all countries beside it."""
    table = assessment["changes"]
    table = table[table["scale"] == PERCENT]
    own = table[(table["estimand"] == "change") & (table[COUNTRY] == country)]
    pooled = table[table["estimand"] == "pooled change"].set_index([FACTOR, GROUP, "from", "to"])
    improved = assessment["improved"]
    improved = improved[
        (improved["estimand"] == "improved")
        & (improved[COUNTRY] == country)
        & (improved["scale"] == PERCENT)
    ].set_index([FACTOR, GROUP, "from", "to"])["mean"]
    supported = (own["supported"] != "").any()
    pairs = own[["from", "to"]].drop_duplicates()
    rows = []
    for _index, row in own.iterrows():
        key = (row[FACTOR], row[GROUP], row["from"], row["to"])
        rows.append(
            (
                row[FACTOR],
                capital(row[GROUP]),
                *((_waves(row),) if len(pairs) > 1 else ()),
                *((word(row["supported"]),) if supported else ()),
                *estimate(row)[:2],
                probability(improved.get(key, float("nan"))),
                _beside(pooled, key),
            )
        )
    head = (
        _("Factor"),
        _("Group"),
        *((_("Waves"),) if len(pairs) > 1 else ()),
        *((_("Support"),) if supported else ()),
    )
    numbers = (*numbers_head(own, _("Change"))[:2], _("P(improved)"), _("All countries"))
    caption = _("Change by factor, in percentage points")
    if len(pairs) == 1:
        caption = listed((caption, _waves(pairs.iloc[0])))
    return Table(caption, (*head, *numbers), tuple(rows), len(head))


def _waves(row: pd.Series) -> str:
    return _("{first} to {last}").format(first=row["from"], last=row["to"])


def _beside(pooled: pd.DataFrame, key: tuple[str, ...]) -> str:
    if key not in pooled.index:
        return NONE
    row = pooled.loc[[key]].iloc[0]
    return with_span(row["mean"], row["lower"], row["upper"])


def effects(assessment: Assessment, country: str) -> Table:
    """Effects of support here and over all countries, of the estimate shown first."""
    table = assessment["effects"]
    table = table[
        (table["scale"] == PERCENT)
        & (table["specification"] == default_specification(assessment))
        & (table["parallel_trends"] == "latent")
    ]
    if (table["route"] == "joint").any():
        table = table[table["route"] == "joint"]
    own = table[(table["estimand"] == "ATT by country") & (table[COUNTRY] == country)]
    every = table[table["estimand"] == "ATT"] if len(own) else own
    rows = [
        (where, capital(row[GROUP]), *estimate(row))
        for where, part in ((country, own), (_("All countries"), every))
        for _index, row in part.iterrows()
    ]
    return Table(
        _("Effect of support on supported factors, in percentage points"),
        (_("Where"), _("Group"), *numbers_head(table, _("Effect"))),
        tuple(rows),
        words=2,
    )


def expected_improvements(assessment: Assessment, country: str) -> Iterator[str]:
    """How many factors rose here in all likelihood, by group: a sentence each."""
    table = assessment["improved"]
    own = table[
        (table["estimand"] == "improved") & (table[COUNTRY] == country)
        & (table["scale"] == PERCENT)
    ]  # fmt: skip
    for (group, first, last), cells in own.groupby([GROUP, "from", "to"], sort=False):
        yield _(
            "{group}, {first} to {last}: P(improved) is at least 0.975 for {up} of {n} factors and "
            "at most 0.025 for {down}. The sum of the probabilities, which is the expected number "
            "of factors improved, is {expected}."
        ).format(
            group=capital(str(group)),
            first=first,
            last=last,
            up=int((cells["mean"] >= 0.975).sum()),
            down=int((cells["mean"] <= 0.025).sum()),
            n=len(cells),
            expected=amount(cells["mean"].sum()),
        )
