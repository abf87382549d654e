"""What the results cannot show, in words; also where a computation is not there yet."""

from dataclasses import dataclass

from cips_models.wording import N_


@dataclass(frozen=True)
class Limit:
    """A reason to doubt the results.

    Attributes
    ----------
    title, text : str
        Messages to be translated.
    here : str
        What this report shows about it, or that it shows nothing.
    of_effects : bool
        It concerns effects of support only, not changes.
    """

    title: str
    text: str
    here: str
    of_effects: bool = False


LIMITS: tuple[Limit, ...] = (
    Limit(
        N_("Support was chosen, not drawn by lot"),
        N_(
            "Administrations chose their priority factors. Low starting points invite support, "
            "and a low reading that was partly chance rises by itself afterwards (regression to "
            "the mean), which flatters support. Willingness to reform invites support too."
        ),
        N_(
            "Shown: three specifications that treat the starting points differently, how far "
            "supported cells started from others, and what noise in the starting points alone "
            "would show. None of the three is right everywhere."
        ),
        of_effects=True,
    ),
    Limit(
        N_("Parallel trends"),
        N_(
            "The effect is a difference in differences: without support, supported cells are "
            "taken to have changed like the others. Waves before the support can make that "
            "doubtful, where there are two or more; none can prove it."
        ),
        N_(
            "Shown: trends parallel in logits and in points, how large a departure would overturn "
            "the result (breakdown value), and the effect before support, where it can be told."
        ),
        of_effects=True,
    ),
    Limit(
        N_("Few countries"),
        N_(
            "The effect rests on the countries and factors counted above, not on the number of "
            "people asked. A few unusual countries can move it."
        ),
        N_(
            "Shown: effects by country and by factor, permuted support maps, the effect without "
            "any one country or factor, and a wild cluster bootstrap where it can be had. None of "
            "them makes few countries many."
        ),
        of_effects=True,
    ),
    Limit(
        N_("Spillover"),
        N_(
            "Support may lift the whole country, or neighbouring factors. A comparison within "
            "countries then understates it: what everybody shares counts as no effect."
        ),
        N_(
            "Shown: whether countries with more supported factors changed more (π), and, where the "
            "study says which factors reach which, cells that were reached. Neither is an effect "
            "by design, and support that reached other countries is not seen at all."
        ),
        of_effects=True,
    ),
    Limit(
        N_("Who answered, and how"),
        N_(
            "The waves asked different people. A change in who answers (rank, gender, region) or "
            "in the mode (tablet, online) looks like a change of perception."
        ),
        N_(
            "Where the study file names columns of people or the mode, results are those of one "
            "composition and one mode at all waves, with the others beside them; where wave and "
            "mode coincide no change is stated unless the study file says what is assumed. "
            "Columns that it does not name are not looked at."
        ),
    ),
    Limit(
        N_("The scale of the answers"),
        N_(
            "Answers are ordered words, not measurements. The size of a change, and even which "
            "of two changes is larger, can depend on the scale on which it is stated."
        ),
        N_(
            "Shown: logits, percentage points of positive answers and mean score, each with what "
            "is taken to be parallel, and the distributional counterfactual, item by item "
            "(Yamauchi, 2020), which compares countries and not factors within them."
        ),
    ),
    Limit(
        N_("Prior assumptions"),
        N_(
            "A Bayesian model starts from prior assumptions. They are stated, each with its "
            "reason, in the specification file."
        ),
        N_(
            "Shown: what weaker and stronger top-level priors do to the effect, one by one and all "
            "together. Other families of priors, and other models, are another matter."
        ),
    ),
    Limit(
        N_("Drift of the questions"),
        N_(
            "If a question is understood differently in a later wave (new wording, translation "
            "or context), that looks like change. A drift common to all questions of a factor "
            "cannot be told from real change, and a factor with one question bears all of it."
        ),
        N_(
            "Shown: changes and effects under no drift, the drift that the items show and twice "
            "that. A drift of all questions of a factor beyond it would still look like change."
        ),
    ),
    Limit(
        N_("What “improved” means"),
        N_(
            "A cell counts as improved when its change is above the margin. How published "
            "figures define it is not known. When nothing changes at all, about half of the "
            "cells still rise by chance, and far more under a common upward shift."
        ),
        N_("Shown: the probability of each cell, and the model's shares beside the raw ones."),
    ),
    Limit(
        N_("Comparing groups"),
        N_(
            "Groups that were not asked the same questions have no common scale: their changes "
            "can be set side by side, their levels cannot."
        ),
        N_("Shown: each group by itself, and above what cannot be compared, and why."),
    ),
    Limit(
        N_("The next wave"),
        N_("How well a further wave could detect an effect depends on its size and countries."),
        N_("Not shown here: `cips design` says it, from the fit."),
        of_effects=True,
    ),
)
