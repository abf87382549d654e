"""A draft of a study and its codebook, with what a person is to check."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cips_models.survey.codebook import Codebook, Item
from cips_models.survey.study import Study


@dataclass(frozen=True)
class Draft:
    """A guess at a study and its codebook.

    Attributes
    ----------
    study : Study
    codebook : Codebook
    study_checks, codebook_checks : mapping of str to str
        Comments that tell the reader what to check, by the place where they stand.
    """

    study: Study
    codebook: Codebook
    study_checks: Mapping[str, str]
    codebook_checks: Mapping[str, str]


def codebook_draft(
    items: Iterable[Item], factors: Mapping[str, str], checks: Mapping[str, str]
) -> tuple[Codebook, dict[str, str]]:
    """Put items together, and say what is to be checked of them.

    Parameters
    ----------
    items : iterable of Item
    factors : mapping of str to str
        What the items of each factor have in common, by the factor.
    checks : mapping of str to str
        By scale or item, and "factors" for what is to be said beside the factors.

    Returns
    -------
    codebook : Codebook
    checks : dict of str to str
    """
    lines = ["check: rename the factors, and move items between them."]
    lines += [f'check: "{name}" = {common}' for name, common in factors.items()]
    lines += checks.get("factors", "").splitlines()
    book = Codebook(tuple(factors), tuple(items))
    return book, {**checks, "factors": "\n".join(lines)}


#: What is to be checked of the labels in a study file, whatever they were drafted from.
LABEL_CHECKS: Mapping[str, str] = {
    "groups": "check: raw value = label; write labels for readers, in the order to show them."
    "\ncheck: move values to leave out to exclude = [...].",
    "waves": "check: raw value = label, in the order of time."
    '\ncheck: add times = { "label" = 2021.0 } where labels are not years.',
}


def prefixes(names: Iterable[str]) -> dict[str, str]:
    """Return what items have in common: trust_courts "trust", O01a and O01b "O01", Q7 "Q"."""
    stems = {
        name: re.sub(r"(?<=\d)[a-zA-Z]$", "", re.split(r"[\s_.\-:]", name, maxsplit=1)[0])
        for name in names
    }
    shared = Counter(stems.values())
    return {
        name: stem if shared[stem] > 1 else re.sub(r"\d+$", "", stem) or name
        for name, stem in stems.items()
    }
