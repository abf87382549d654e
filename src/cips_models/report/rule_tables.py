"""The rules by which numbers become words, as tables."""

import re

from cips_models.charts.findings import RULES
from cips_models.report.agreement import AGREEMENT
from cips_models.report.document import Table
from cips_models.wording import _


def bare(template: str) -> str:
    """A sentence with its places for numbers left open."""
    return re.sub(r"\{\w+\}", "…", template)


def rules() -> Table:
    """The rules by which numbers become words."""
    return Table(
        _("From numbers to words: the first rule that holds applies"),
        (_("Probability of being above zero"), _("Change"), _("Effect"), _("Shares")),
        tuple(
            (
                _("from {low} to {high}").format(low=f"{rule.low:g}", high=f"{rule.high:g}"),
                bare(_(rule.change).split(",")[0]),
                bare(_(rule.effect).split(",")[0]),
                bare(_(rule.share).split(",")[0]),
            )
            for rule in RULES
        ),
        words=4,
    )


def agreement_rules() -> Table:
    """The rules by which several estimates become one sentence."""
    return Table(
        _("What several estimates say together: the first rule that holds applies"),
        (_("When"), _("Words")),
        tuple((_(each.when), _(each.sentence)) for each in AGREEMENT),
        words=2,
    )
