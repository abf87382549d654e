"""Names that surveys have in common, in the reader's language: factors, groups, countries.

Labels are the user's own.  One that is the English name of a factor of the Revised Arusha
Declaration, of one of the two groups or of a country is shown by its name in the language; any
other stands for itself.
"""

import re
from functools import cache
from types import MappingProxyType
from typing import Final

from cips_models.numerals import territories
from cips_models.wording import NC_, SOURCE_LANGUAGE, language, pgettext

#: The ten key factors of the Revised Arusha Declaration (WCO, 2003).
FACTORS: Final = (
    NC_("factor", "Leadership and Commitment"),
    NC_("factor", "Regulatory Framework"),
    NC_("factor", "Transparency"),
    NC_("factor", "Automation"),
    NC_("factor", "Reform and Modernization"),
    NC_("factor", "Audit and Investigation"),
    NC_("factor", "Code of Conduct"),
    NC_("factor", "Human Resource Management"),
    NC_("factor", "Morale and Organizational Culture"),
    NC_("factor", "Relationship with the Private Sector"),
)

#: The two groups that CIPS asks.
GROUPS: Final = (NC_("group", "Customs officials"), NC_("group", "private sector"))

#: Other ways in which they are written.
_ALSO: Final = MappingProxyType({"officials": "Customs officials"})


def _plain(label: str) -> str:
    """Label without what spellings differ in."""
    spelled = label.casefold().replace("&", "and").replace("isation", "ization")
    return re.sub(r"\s+", " ", spelled).strip()


@cache
def _known() -> dict[str, tuple[str, str]]:
    """Kind and English name by plain spelling."""
    factors = {_plain(name): ("factor", name) for name in FACTORS}
    groups = {_plain(name): ("group", name) for name in GROUPS}
    return factors | groups | {also: ("group", name) for also, name in _ALSO.items()}


@cache
def _codes() -> dict[str, str]:
    return {_plain(name): code for code, name in territories("en").items() if len(code) == 2}


@cache
def _territories(code: str) -> dict[str, str]:
    return territories(code)


def named(label: str) -> str:
    """A label as the current language has it, with a capital where the label has one.

    Parameters
    ----------
    label : str
        Of a factor, a group or a country.
    """
    if (code := language()) == SOURCE_LANGUAGE:
        return label
    plain = _plain(label)
    if (found := _known().get(plain)) is not None:
        said = pgettext(*found)
        if said == found[1]:
            return label
    elif (territory := _codes().get(plain)) is not None:
        return _territories(code).get(territory, label)
    else:
        return label
    first = said[:1].upper() if label[:1].isupper() else said[:1].lower()
    return first + said[1:]
