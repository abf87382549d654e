"""The permutation distribution: the observed effect among those of permuted support maps."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cips_models.charts import select, style
from cips_models.charts.labels import capital, unit
from cips_models.charts.numbers import p_is, points
from cips_models.names import GROUP, LATENT
from cips_models.wording import N_, _

_HEIGHT = 1.7  # inches a row of panels

_SCHEMES = {
    "within country": N_("Each country keeps its number of supported factors"),
    "both margins": N_("Each factor keeps its number of countries, too"),
}


@style.styled
def permutations(table: pd.DataFrame, *, source: str = "", synthetic: bool = False) -> Figure:
    """Draw a histogram for each group and scheme, with the observed effect.

    Parameters
    ----------
    table : pandas.DataFrame
        The table ``permutation_distribution``.
    source : str
        Name of the survey.
    synthetic : bool
        The data were simulated; the chart then says so.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    IdentificationError
        No support was permuted.
    """
    bins = select.rows(table, scale=LATENT)
    groups, schemes = select.labels(bins, GROUP), select.labels(bins, "scheme")
    figure = style.canvas(
        5.0 * max(len(groups), 1.6),
        _HEIGHT * len(schemes) + 0.4,
        findings=[_finding(group, bins[bins[GROUP] == group]) for group in groups],
        reading=_(
            "Effects of support, adjusted for country and factor, under permuted support maps "
            "(grey; bar below: 95 % of the maps), in {unit} of a typical question. Line: the "
            "effect observed. The p-values are two-sided; the title has the larger."
        ).format(unit=unit(LATENT)),
        source=source,
        synthetic=synthetic,
    )
    panels = figure.subplots(len(schemes), len(groups), sharex=True, sharey="row", squeeze=False)
    for i, scheme in enumerate(schemes):
        for g, group in enumerate(groups):
            chosen = bins[(bins[GROUP] == group) & (bins["scheme"] == scheme)]
            axes = panels[i, g]
            _panel(axes, chosen, *style.look(g))
            title = _(_SCHEMES[scheme]) if scheme in _SCHEMES else scheme
            axes.set_title(title if g == 0 else "", fontsize=8.5)
            if i == 0 and len(groups) > 1:
                axes.set_title(capital(group), loc="right")
            if i == len(schemes) - 1:
                axes.set_xlabel(capital(unit(LATENT)))
        panels[i, 0].set_ylabel(_("Maps"))
        panels[i, 0].set_ylim(0, 1.1 * float(bins[bins["scheme"] == scheme]["maps"].max()))
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
        unit=unit(LATENT),
        p=p_is(worst["p"]),
    )


def _panel(axes: Axes, bins: pd.DataFrame, colour: str, marker: str) -> None:
    axes.bar(
        bins["left"],
        bins["maps"].astype(float),
        width=bins["right"] - bins["left"],
        align="edge",
        color=style.RULE,
        edgecolor="white",
        linewidth=0.4,
    )
    style.zero_line(axes)
    ends = bins.iloc[0][["lower", "upper"]].astype(float)
    axes.plot(ends, [0, 0], color=style.INK, linewidth=3, solid_capstyle="butt", clip_on=False)
    observed = bins["observed"].iloc[0]
    top = float(bins["maps"].max())
    axes.vlines(observed, 0, 0.86 * top, color=colour, linewidth=1.8)
    axes.plot([observed], [0.86 * top], marker=marker, color=colour, markersize=6)
    axes.annotate(
        p_is(bins["p"].iloc[0]),
        (observed, 0.86 * top),
        xytext=(-6 if observed > 0 else 6, 4),
        textcoords="offset points",
        ha="right" if observed > 0 else "left",
        color=colour,
        fontsize=8.5,
    )
