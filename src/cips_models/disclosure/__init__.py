"""Disclosure control: which counts of people may be shown, so that nobody is found in them.

A count of a few people is withheld (primary suppression), and with it others, so that it does not
follow from what is shown (secondary suppression).  Whether it follows is a linear problem, for
tables of counts are linked by sums: a count is safe if the least and the greatest value that go
with everything shown are far enough apart.  Hundepool et al. (2012), Statistical Disclosure
Control, chapter 4; Fischetti & Salazar (2001), Management Science 47(7), 1008-1027.
"""

from cips_models.disclosure.attack import intervals
from cips_models.disclosure.linked import PRIMARY, SECONDARY, Linked, LinkedCounts, Name
from cips_models.disclosure.rounding import rounded_shares
from cips_models.disclosure.rule import OFF, Rule
from cips_models.disclosure.suppression import exposed, suppress

__all__ = [
    "OFF",
    "PRIMARY",
    "SECONDARY",
    "Linked",
    "LinkedCounts",
    "Name",
    "Rule",
    "exposed",
    "intervals",
    "rounded_shares",
    "suppress",
]
