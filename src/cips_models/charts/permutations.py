"""The permutation distribution: the observed effect among those of permuted support maps."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cips_models.charts import panels, select
from cips_models.charts.chart import chart
from cips_models.charts.labels import capital, unit, unit_of
from cips_models.charts.lettering import wrapped
from cips_models.charts.numbers import p_is, points
from cips_models.charts.palette import INK, RULE, look
from cips_models.charts.settings import weight
from cips_models.charts.sheet import Sheet
from cips_models.did.estimand import in_one_line, of_rows
from cips_models.names import GROUP, LATENT
from cips_models.wording import N_, _

_SCHEMES = {
    "within country": N_("each country keeps its number of supported factors"),
    "both margins": N_("each factor keeps its number of countries, too"),
}


@chart("permutation_distribution", says_fit=True)
def permutations(
    table: pd.DataFrame,
    sheet: Sheet,
) -> Figure:
    """Draw a histogram for each group and scheme, with the observed effect."""
    bins = select.rows(table, scale=LATENT)
    groups, schemes = select.labels(bins, GROUP), select.labels(bins, "scheme")
    figure = sheet.figure(
        11 * len(schemes) + 2,
        findings=[_finding(group, bins[bins[GROUP] == group]) for group in groups],
        reading=_(
            "Effects of support, adjusted for country and factor, under permuted support maps "
            "(grey; bar below: 95 % of the maps), in {unit} of a typical question. Line: the "
            "effect observed. The p-values are two-sided; the title has the larger."
        ).format(unit=unit(LATENT)),
        notes=in_one_line(of_rows(bins.drop_duplicates([GROUP]))),
    )
    width = figure.get_figwidth()
    drawn = figure.subplots(len(schemes), len(groups), sharex=True, sharey="row", squeeze=False)
    for i, scheme in enumerate(schemes):
        for g, group in enumerate(groups):
            chosen = bins[(bins[GROUP] == group) & (bins["scheme"] == scheme)]
            axes = drawn[i, g]
            _panel(axes, chosen, *look(g))
            title = _(_SCHEMES[scheme]) if scheme in _SCHEMES else scheme
            axes.set_title(
                wrapped(
                    _("{group}: {finding}").format(group=capital(group), finding=title),
                    0.85 * width / len(groups),
                    bold=True,
                )
            )
            if i == len(schemes) - 1:
                axes.set_xlabel(capital(unit(LATENT)))
        drawn[i, 0].set_ylabel(_("Maps"))
        drawn[i, 0].set_ylim(0, 1.25 * float(bins[bins["scheme"] == scheme]["maps"].max()))
    return figure


def _finding(group: str, bins: pd.DataFrame) -> str:
    """By the scheme with the larger p."""
    worst = bins.loc[bins["p"].idxmax()]
    rare = worst["p"] <= 0.05
    template = (
        _("{group}: an effect of {number} {unit} is rare among permuted maps ({p})")
        if rare
        else _("{group}: an effect of {number} {unit} is not rare among permuted maps ({p})")
    )
    return template.format(
        group=capital(group),
        number=points(worst["observed"], 2),
        unit=unit_of(LATENT, worst["observed"], 2),
        p=p_is(worst["p"]).replace(" ", "\N{NO-BREAK SPACE}"),
    )


def _panel(axes: Axes, bins: pd.DataFrame, colour: str, marker: str) -> None:
    axes.bar(
        bins["left"],
        bins["maps"].astype(float),
        width=bins["right"] - bins["left"],
        align="edge",
        color=RULE,
        edgecolor="white",
        linewidth=0.4,
    )
    panels.zero_line(axes)
    ends = bins.iloc[0][["lower", "upper"]].astype(float)
    axes.plot(ends, [0, 0], color=INK, linewidth=3 * weight(), solid_capstyle="butt", clip_on=False)
    observed = bins["observed"].iloc[0]
    top = float(bins["maps"].max())
    axes.vlines(observed, 0, 0.86 * top, color=colour, linewidth=1.8 * weight())
    axes.plot([observed], [0.86 * top], marker=marker, color=colour, markersize=6 * weight())
    axes.annotate(
        p_is(bins["p"].iloc[0]),
        (observed, top),
        xytext=(6 if observed > 0 else -6, 2),  # above all bars
        textcoords="offset points",
        ha="right" if observed > 0 else "left",
        color=colour,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},  # the zero line stays behind
    )
