"""What few countries leave of an effect, in words that follow from the numbers by one rule."""

from collections.abc import Callable
from dataclasses import dataclass

from cips_models.charts.labels import capital, small, unit_of
from cips_models.charts.numbers import p_is, points, probability, span
from cips_models.names import COUNTRY, FACTOR, GROUP, LATENT, PERCENT
from cips_models.report.assessment import Assessment
from cips_models.wording import N_, _, listed, ngettext

#: A direction is clear from P(> 0), as by ``findings.RULES``; by permutation at most this p.
CLEAR, RARE = 0.975, 0.05

#: What permuted maps keep.
_WITHIN, _BOTH = "within country", "both margins"
SCHEMES = {
    _WITHIN: N_("factors per country"),
    _BOTH: N_("factors per country, countries per factor"),
}


@dataclass(frozen=True)
class Standing:
    """Words for a posterior and a permutation test of one effect, side by side.

    Attributes
    ----------
    holds : callable
        Takes the direction that each finds clear: 1, -1, or 0 for none.
    when, sentence : str
        The condition and the words, to be translated.
    overturns : bool
        Whether the answer in brief must not stand without it.
    """

    holds: Callable[[int, int], bool]
    when: str
    sentence: str
    overturns: bool = False


#: The first that holds applies; the last always holds.
STANDINGS: tuple[Standing, ...] = (
    Standing(
        lambda model, maps: model * maps == 1,
        N_("Model and permutations find the same direction clear."),
        N_(
            "Model and permutations agree: P(> 0) is {probability}, and few permuted support "
            "maps show as much ({p})."
        ),
    ),
    Standing(
        lambda model, maps: model * maps == -1,
        N_("Model and permutations find opposite directions clear."),
        N_(
            "Model and permutations contradict each other: P(> 0) is {probability}, while the "
            "permuted maps speak for the other direction ({p}). No direction is established."
        ),
        overturns=True,
    ),
    Standing(
        lambda model, maps: model != 0,
        N_("The model finds a direction clear, the permutations do not."),
        N_(
            "By the model P(> 0) is {probability}, but permuted support maps show as much too "
            "often ({p}): with {countries} it may have come about by chance."
        ),
        overturns=True,
    ),
    Standing(
        lambda model, maps: maps != 0,
        N_("The permutations find a direction clear, the model does not."),
        N_(
            "Few permuted support maps show as much ({p}), but by the model P(> 0) is "
            "{probability}: it counts uncertainty that the cells' means do not show."
        ),
    ),
    Standing(
        lambda model, maps: True,
        N_("Neither finds a direction clear."),
        N_(
            "Neither is clear: by the model P(> 0) is {probability}, and permuted support maps "
            "show as much often ({p})."
        ),
    ),
)


def standing(assessment: Assessment, group: str, specification: str) -> tuple[Standing, str] | None:
    """The rule that applies to a group, and its sentence; None without both numbers.

    The model's number is that of the cut route on the latent scale, which sees the same cells;
    the permutations' that of the scheme with the larger p.
    """
    effects, tested = assessment["effects"], assessment["permutations"]
    model = effects[
        (effects["estimand"] == "ATT")
        & (effects[GROUP] == group)
        & (effects["scale"] == LATENT)
        & (effects["route"] == "cut")
        & (effects["specification"] == specification)
    ]
    maps = tested[tested[GROUP] == group]
    if model.empty or maps.empty:
        return None
    row, least = model.iloc[0], maps.loc[maps["p"].idxmax()]
    p = row["p_positive"]
    by_model = 1 if p >= CLEAR else -1 if p <= 1 - CLEAR else 0
    side = 1 if least["p_greater"] <= least["p_less"] else -1
    by_maps = side if least["p"] <= RARE else 0
    rule = next(each for each in STANDINGS if each.holds(by_model, by_maps))
    return rule, _(rule.sentence).format(
        probability=probability(p),
        p=p_is(least["p"]),
        countries=ngettext("{n} country", "{n} countries", int(row["countries"])).format(
            n=row["countries"]
        ),
    )


def overturning(assessment: Assessment, group: str, specification: str) -> list[str]:
    """What must stand beside the answer in brief, if anything."""
    found = standing(assessment, group, specification)
    return [found[1]] if found is not None and found[0].overturns else []


def sentences(assessment: Assessment, specification: str) -> tuple[str, ...]:
    """Permutations, leaving one out and the wild bootstrap in words, group by group."""
    tested = assessment["permutations"]
    if tested.empty:
        return (
            _(
                "No support map was permuted and nothing was left out: the data identify no "
                "effect by which that could be judged."
            ),
        )
    said = []
    for group in assessment.about["groups"]:
        found = standing(assessment, group, specification)
        parts = [found[1]] if found is not None else []
        parts += [*_left_out(assessment, group), *_wild(assessment, group)]
        said += [
            _("{group}: {finding}").format(group=capital(group), finding=small(" ".join(parts)))
        ]
    together = tested[tested[GROUP] == ""]
    if len(together):
        said.append(
            _("All groups together, permuted in the same way: {list}.").format(
                list=_("{within} within countries, {both} with both margins kept").format(
                    **{
                        name: p_is(together.loc[together["scheme"] == scheme, "p"].iloc[0])
                        for name, scheme in (("within", _WITHIN), ("both", _BOTH))
                    }
                )
            )
        )
    return (*said, *_no_bootstrap(assessment))


def _no_bootstrap(assessment: Assessment) -> list[str]:
    table = assessment["wild_bootstrap"]
    without = table[table["mean"].isna()]
    return [
        _("There is no wild cluster bootstrap ({groups}): {reason}").format(
            groups=listed(dict.fromkeys(rows[GROUP])), reason=reason
        )
        for reason, rows in without.groupby("reason", sort=False)
    ]


def _left_out(assessment: Assessment, group: str) -> list[str]:
    table = assessment["leave_one_out"]
    own = table[
        (table[GROUP] == group) & (table["scale"] == PERCENT) & (table["refitted"] == "stage 2")
    ]
    without = own[(own[COUNTRY] != "") | (own[FACTOR] != "")]
    if without.empty:
        return []
    farthest = without.loc[without["change"].abs().idxmax()]
    holds = int(((without["lower"] <= 0) & (without["upper"] >= 0)).sum())
    whole = own[(own[COUNTRY] == "") & (own[FACTOR] == "")].iloc[0]
    clear = not whole["lower"] <= 0 <= whole["upper"]
    said = [
        _(
            "Without any one country or factor the effect is {span} {unit}; the farthest from "
            "{all} is that without {name} ({number})."
        ).format(
            span=span(without["mean"].min(), without["mean"].max()),
            unit=unit_of(PERCENT, without["mean"].max()),
            all=points(whole["mean"]),
            name=farthest[COUNTRY] or farthest[FACTOR],
            number=points(farthest["mean"]),
        )
    ]
    if clear and holds:
        said.append(
            _("In {n} of {all} cases the interval then holds zero.").format(
                n=holds, all=len(without)
            )
        )
    return said


def _wild(assessment: Assessment, group: str) -> list[str]:
    table = assessment["wild_bootstrap"]
    own = table[(table[GROUP] == group) & (table["scale"] == PERCENT)]
    return [
        _(
            "A regression on raw cells, {clusters}: {number} {unit} "
            "({mass} % interval {span}; {p})."
        ).format(
            clusters=ngettext(
                "{n} country as cluster", "{n} countries as clusters", int(row["clusters"])
            ).format(n=row["clusters"]),
            number=points(row["mean"]),
            unit=unit_of(PERCENT, row["mean"]),
            mass=str(row["interval"]).split("%")[0],
            span=span(row["lower"], row["upper"]),
            p=p_is(row["p"]),
        )
        for _index, row in own.dropna(subset="mean").iterrows()
    ]
