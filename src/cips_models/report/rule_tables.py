"""The rules by which numbers become words, as tables."""

import re

from cips_models.charts.findings import RULES
from cips_models.charts.numbers import plain
from cips_models.report.agreement import AGREEMENT
from cips_models.report.document import Table
from cips_models.wording import _


def bare(template: str) -> str:
    """A sentence with its places for numbers left open."""
    return re.sub(r"\{\w+\}", "…", template)


def claimed(template: str) -> str:
    """What a sentence of the rules claims: what stands before its number."""
    said = _(template)
    before, __, after = said.partition("{number}")
    return bare(before.rstrip(" ,،:–") if before.strip() and after else said)


def rules() -> Table:
    """The rules by which numbers become words."""
    return Table(
        _("From numbers to words: the first rule that holds applies"),
        (_("Probability of being above zero"), _("Change"), _("Effect"), _("Shares")),
        tuple(
            (
                _("from {low} to {high}").format(low=plain(rule.low), high=plain(rule.high)),
                claimed(rule.change),
                claimed(rule.effect),
                claimed(rule.share),
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
        tuple((_(each.when), bare(_(each.sentence))) for each in AGREEMENT),
        words=2,
    )
