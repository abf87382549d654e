"""Every word of the explorer, by name: English here, other languages from the catalogues."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from cips_models.report.few_clusters_words import SCHEMES
from cips_models.report.prior_words import VERDICTS
from cips_models.wording import N_

#: What the page says, by the name under which its scripts ask for it.
MESSAGES: Final[Mapping[str, str]] = MappingProxyType(
    {
        # the frame
        "kind": N_("Results to explore"),
        "skip": N_("Skip to the results"),
        "no_script": N_(
            "This page needs JavaScript, which is switched off here. The same numbers are in the "
            "tables of the results folder."
        ),
        "language": N_("Language"),
        "chapters": N_("Chapters"),
        "changes": N_("Levels and changes"),
        "effects": N_("Effects of support"),
        "about": N_("About these results"),
        "choose": N_("What to show"),
        "country": N_("Country"),
        "factor": N_("Factor"),
        "group": N_("Group"),
        "scale": N_("Scale"),
        "waves": N_("Waves"),
        "between": N_("{first} to {last}"),
        "all_countries": N_("All countries"),
        "all_factors": N_("All factors"),
        "everything": N_("All countries, all factors"),
        "place": N_("{country}, {factor}"),
        "pair": N_("{one}, {other}"),
        "series": N_("{one}; {other}"),
        "download": N_("Download as CSV"),
        "download_of": N_("Download as CSV: {table}"),
        "scroll": N_("{table} (scrolls sideways)"),
        "no_rows": N_("Nothing to show for this choice."),
        "nothing": N_("nothing"),
        "all_groups": N_("all groups together"),
        # what can be moved by hand
        "margin": N_("Improved: a rise of more than"),
        "margin_help": N_("{unit}; at 0 any rise counts"),
        "share": N_("Hold shares against"),
        "share_help": N_("per cent of cells"),
        "certain": N_("Name a cell improved from P ="),
        "certain_help": N_("0.5 to 0.99"),
        "worth": N_("Smallest effect worth having"),
        "equivalent": N_("As good as none: effects up to"),
        "reset": N_("As at the start"),
        # numbers
        "span": N_("{lower} to {upper}"),
        "less": N_("< {value}"),
        "more": N_("> {value}"),
        "interval": N_("{mass} % interval"),
        "rise": N_("P(rise > {margin})"),
        "above": N_("P(> {margin})"),
        "above_effect": N_("P(effect > {margin})"),
        "within_effect": N_("P(as good as none)"),
        "above_share": N_("P(share > {share} %)"),
        # shares of cells improved
        "headline": N_("Share of cells improved"),
        "headline_note": N_(
            "A cell is a country and a factor seen at both waves. It improved if it rose by more "
            "than {margin} {unit}."
        ),
        "set_aside": N_("Set aside, because they had support at the first wave: {n} cells."),
        "cells_of": N_("Cells"),
        "n_cells": N_("Number"),
        "share_improved": N_("Improved, per cent"),
        "raw_share": N_("Raw, per cent"),
        "raw_note": N_(
            "Raw: share of cells whose observed mean score rose, without any uncertainty and "
            "whatever the margin."
        ),
        "every_cell": N_("All cells"),
        "difference": N_("Difference, points"),
        "answer_shares": N_("Improved by more than {margin} {unit}: {list}."),
        "answer_share": N_("{cells} {share} % ({lower} to {upper})"),
        # naming cells
        "naming": N_("Cells named improved"),
        "naming_note": N_(
            "Named is every cell whose probability of having improved is at least {certain}. "
            "Whether a named cell did improve is not known; how many did not has a distribution."
        ),
        "named": N_("Named improved"),
        "named_wrong": N_("Of these, not improved"),
        "truly": N_("Improved in truth, named or not"),
        "missed": N_("Improved, not named"),
        "number_of_cells": N_("Cells, of {n}"),
        # the grid of all cells
        "grid": N_("Change of every cell"),
        "grid_note": N_(
            "Posterior mean of the change from {first} to {last}, {unit}. Colour: probability that "
            "the cell improved. Dot: supported. Choose a cell, a country or a factor for more."
        ),
        "mean_of_countries": N_("Mean of countries"),
        "mean_of_factors": N_("Mean of factors"),
        "legend": N_("Probability of having improved"),
        "over": N_("over {value}"),
        "under": N_("under {value}"),
        "cell_words": N_("{place}: {value} {unit}, probability of having improved {p}, {support}"),
        "pooled_words": N_("{place}: {value} {unit}, probability of having improved {p}"),
        "not_compared": N_("not compared"),
        # one country, one factor, one cell
        "by_factor": N_("{country}, by factor"),
        "by_country": N_("{factor}, by country"),
        "levels": N_("Levels"),
        "level_at": N_("Level {wave}"),
        "level": N_("Level"),
        "change": N_("Change"),
        "support": N_("Support"),
        "started_before": N_("supported from the start"),
        "people": N_("Respondents"),
        "dots": N_("The change, as fifty equally likely values"),
        "dots_note": N_("{n} of 50 dots lie above {margin} {unit}."),
        "dots_axis": N_("Change, {unit}"),
        "effect_here": N_("Effect of support on this cell"),
        "seen_once": N_("Seen at one wave only: there is a level and no change."),
        "answer_cell": N_("{place}: change {value} {unit} ({lower} to {upper}); {formula}: {p}."),
        # effects
        "assumptions": N_("Average effect on supported cells, under each assumption"),
        "assumptions_note": N_(
            "No assumption can be proved from the data. An effect that holds under one of them "
            "alone must not be quoted without the others."
        ),
        "assumption": N_("Assumption"),
        "route": N_("Route"),
        "trends": N_("Trends parallel in"),
        "in_logits": N_("logits"),
        "in_points": N_("points"),
        "effect": N_("Effect"),
        "identifies": N_("What the effect is an effect of"),
        "effect_by_country": N_("Effect by country"),
        "effect_by_factor": N_("Effect by factor"),
        "effect_elsewhere": N_("In a country not in the data"),
        "no_effect": N_("These results hold no effect of support that could be told."),
        "no_scale": N_("Not computed on this scale; shown: {scale}."),
        "answer_effect": N_("{formula} by assumption: {list}."),
        "answer_of": N_("{what} {p}"),
        # checks
        "checks": N_("What would overturn it"),
        "checks_absent": N_(
            "These are checks of a results folder. This page was made of a fit alone and has none."
        ),
        # about
        "quality": N_("Can the fits be relied on?"),
        "passed": N_("All diagnostics are passed."),
        "not_said": N_("What cannot be said, and why"),
        "made_of": N_("How this page was made"),
        "of_draws": N_(
            "Levels, changes, effects and their intervals are those of the tables, from all {all} "
            "draws of the posterior. What depends on a number that is moved by hand is counted in "
            "{kept} of these draws, which are in this page; a probability counted so has a Monte "
            "Carlo standard error of about {error} at most."
        ),
        "of_rounding": N_(
            "Draws in this page are rounded to {points} points and to {logits} logits."
        ),
        "of_intervals": N_(
            "Intervals are equal-tailed and hold {mass} % of the draws; the thick line holds 50 %."
        ),
        "of_support": N_("Support was not randomised. A change is not yet an effect."),
        "of_counts": N_(
            "Numbers of people are shown as bands, so that nobody is found; cells of few people "
            "have estimates of the model and no raw results."
        ),
        "origin": N_("Fitted {date}; specification {specification}, {route} route."),
        "version": N_("Made by cips-models {version}; fingerprint of the data {fingerprint}."),
        "offline": N_("This page works without a network and sends nothing."),
        "notes": N_("Notes on the data"),
        "passed_yes": N_("passed"),
        "passed_no": N_("failed"),
        "share_this": N_(
            "The address of this page holds your choices: it can be kept as a bookmark."
        ),
    }
)

#: What must be read before anything else; the reports say the same.
BANNERS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "synthetic": (
            N_("Synthetic data."),
            N_("Everything here was simulated. It says nothing about any real country."),
        ),
        "failed": (
            N_("The fit failed its diagnostics. This page was forced; its numbers must not be "
               "relied on."),
            N_("Failed: {list}."),
        ),
        "assumed": (N_("Assumed, not found:"), ""),
    }
)  # fmt: skip

#: What a check asks, and how to read it, by table.
CHECKS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "trends": N_(
            "Without support, supported cells might have changed differently from others: by a "
            "bias of so many times the spread of the other cells' changes. The breakdown is the "
            "least such number at which the interval holds zero; none up to 2 is empty."
        ),
        "permutations": N_(
            "Support is given to other factors at random. If it did nothing, other maps would do "
            "as well as the real one; p is the share that do, two-sided."
        ),
        "leave_one_out": N_("The effect without one country or one factor."),
        "wild_bootstrap": N_(
            "A two-way regression on raw cells; its interval allows for few countries."
        ),
        "placebo_maps": N_(
            "The whole analysis under random support: how often its interval excludes zero."
        ),
        "placebo": N_("The same comparison over waves before there was support."),
        "selection": N_(
            "Supported cells may have started lower: then part of their rise is return to the mean."
        ),
        "spillover": N_(
            "Support may lift a whole country, which a comparison within countries does not see."
        ),
        "exposure": N_("Support of one factor may reach others."),
        "drift": N_(
            "Questions may be understood differently from wave to wave. Drift: times what the "
            "items show."
        ),
        "outcomes": N_("One effect, on other scales and under trends parallel in them."),
        "prior_sensitivity": N_("How far each prior moves the effect."),
        "unchecked": N_("What could not be examined, and why."),
    }
)

#: Heads of the columns of checks.
COLUMNS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "country": N_("Country"),
        "factor": N_("Factor"),
        "group": N_("Group"),
        "scale": N_("Scale"),
        "estimand": N_("Quantity"),
        "mean": N_("Mean"),
        "interval": N_("95 % interval"),
        "p_positive": N_("P(> 0)"),
        "specification": N_("Assumption"),
        "route": N_("Route"),
        "parallel_trends": N_("Trends parallel in"),
        "bias": N_("Bias"),
        "times": N_("Times the spread"),
        "breakdown": N_("Breakdown"),
        "scheme": N_("Maps keep"),
        "observed": N_("Observed"),
        "maps": N_("Maps"),
        "p": N_("p, two-sided"),
        "left_out": N_("Left out"),
        "rate": N_("Rate"),
        "rejected": N_("Rejected"),
        "clusters": N_("Countries"),
        "drift": N_("Drift"),
        "prior": N_("Prior"),
        "prior_sensitivity": N_("Sensitivity"),
        "verdict": N_("Verdict"),
        "check": N_("Check"),
        "reason": N_("Why not"),
        "claim": N_("What cannot be said"),
        "where": N_("Where"),
        "because": N_("Why"),
        "remedy": N_("What would make it possible"),
        "fit": N_("Fit"),
        "quantity": N_("Quantity"),
        "rhat": N_("R-hat"),
        "ess_bulk": N_("Effective draws, bulk"),
        "ess_tail": N_("Effective draws, tails"),
        "worst": N_("Worst"),
        "passed": N_("Gate"),
    }
)

#: Codes of tables that no other layer has words for.
TERMS: Final[Mapping[str, str]] = MappingProxyType(
    {
        **SCHEMES,
        **VERDICTS,
        "common": N_("common to all supported cells"),
        "by country": N_("one for each country"),
        "stage 2": N_("stage 2"),
        "whole": N_("all of it"),
        "sds": N_("sds over maps"),
        "ATT with spillover": N_("effect, with what support gives the whole country"),
        "placebo": N_("effects before there was support"),
        "exposure": N_("spillover from factor to factor"),
    }
)
