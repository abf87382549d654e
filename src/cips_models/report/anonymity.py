"""The results with their countries behind letters, in an order that says nothing.

Letters are drawn at random.  What is drawn depends on the fingerprint of the survey's data alone:
whoever holds the results gets the same letters again, and whoever does not cannot draw them.
Neither the fingerprint nor anything that singles a country out by its numbers is passed on.
"""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
import pandas as pd

from cips_models.names import COUNTRY, FACTOR
from cips_models.report.assessment import Assessment
from cips_models.wording import _, pgettext

#: Tables that say how many people a country asked, or which of its factors were supported.
_TELLING: Final = ("respondents", "support", "cell_effects")


def anonymised(assessment: Assessment) -> Assessment:
    """The assessment with "Country A", "Country B", ... in place of its countries.

    Rows follow the new labels, labels inside texts are replaced too, the support of single
    cells and tables that would tell a country to whoever knows it are left out.

    Parameters
    ----------
    assessment : Assessment
    """
    names = letters(assessment.about["countries"], assessment.about["fingerprint"])
    hide = hiding(names)
    order = {label: rank for rank, label in enumerate(sorted(names.values(), key=_by_letter))}
    about = {key: hidden(value, hide) for key, value in assessment.about.items()}
    for key in ("countries", "followed"):
        about[key] = sorted(
            (names[country] for country in assessment.about[key]), key=order.__getitem__
        )
    return replace(
        assessment,
        about={**about, "fingerprint": "", "seed": "", "beside": ()},
        tables={
            name: _table(name, table, names, hide, order)
            for name, table in assessment.tables.items()
            if name not in _TELLING
        },
        notes=(*map(hide, assessment.notes), stated(len(names))),
        statements=tuple(map(hide, assessment.statements)),
        identification=tuple(map(hide, assessment.identification)),
    )


def letters(countries: Sequence[str], fingerprint: str) -> dict[str, str]:
    """A letter for every country, drawn at random from the fingerprint of the data.

    Parameters
    ----------
    countries : sequence of str
    fingerprint : str
        Of the survey; it must not be published beside the letters.
    """
    seed = int.from_bytes(hashlib.sha256(f"letters {fingerprint}".encode()).digest()[:8], "big")
    drawn = np.random.default_rng(seed).permutation(len(countries))
    return {
        country: pgettext("anonymous", "Country {letter}").format(letter=_letter(rank))
        for country, rank in zip(sorted(countries), drawn, strict=True)
    }


def stated(n: int) -> str:
    """How the letters were given, for the reader."""
    return _(
        "The {n} countries stand behind letters that were drawn at random from a number that is "
        "not published; the same results give the same letters. Numbers of people by country and "
        "which factors a country had supported are left out. Whoever knows results of a country "
        "may still recognise it by them."
    ).format(n=n)


def _letter(rank: int) -> str:
    """A to Z, then AA, AB, ..."""
    first, last = divmod(int(rank), 26)
    return (_letter(first - 1) if first else "") + chr(ord("A") + last)


def _by_letter(text: str) -> tuple[int, str]:
    """Sorts "Country Z" before "Country AA", whatever stands behind them."""
    label = re.split(r" / |, ", text)[0]
    return len(label), text


def hiding(names: Mapping[str, str]) -> Callable[[str], str]:
    """A function that replaces every whole label in a text, all in one pass, the longest first.

    Labels one after the other are put in the order of what stands for them: an order of names
    would give the names away.
    """
    longest = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    one = rf"(?<!\w)(?:{longest})(?!\w)"
    # A cell ("country / group / wave") or a wave ("country 2023") belongs to its country.
    item = rf"{one}(?: / [^,;.]*| [^\s,;.]+(?=[,;.]|$))?"
    several = re.compile(rf"{item}(?P<between>, | and |; ){item}(?:(?P=between){item})*")
    single = re.compile(one)

    def named(text: str) -> str:
        return single.sub(lambda found: names[found[0]], text)

    def in_order(run: re.Match[str]) -> str:
        items = map(named, re.split(run["between"], run[0]))
        return run["between"].join(sorted(items, key=_by_letter))

    def hide(text: str) -> str:
        pieces, end = [], 0
        for run in several.finditer(text):
            pieces += [named(text[end : run.start()]), in_order(run)]
            end = run.end()
        return "".join(pieces) + named(text[end:])

    return hide


def hidden(value: Any, hide: Callable[[str], str]) -> Any:
    """The same with labels hidden, inside lists and mappings too."""
    if isinstance(value, str):
        return hide(value)
    if isinstance(value, Mapping):
        return {key: hidden(each, hide) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(hidden(each, hide) for each in value)
    return value


def without_labels(table: pd.DataFrame, hide: Callable[[str], str]) -> pd.DataFrame:
    """A table whose texts name no country; its column of countries stays as it is."""
    texts = [
        column
        for column in table.columns
        if column != COUNTRY and pd.api.types.is_string_dtype(table[column])
    ]
    return table.assign(
        **{
            column: [hide(each) if isinstance(each, str) else each for each in table[column]]
            for column in texts
        }
    )


def _table(
    name: str,
    table: pd.DataFrame,
    names: Mapping[str, str],
    hide: Callable[[str], str],
    order: Mapping[str, int],
) -> pd.DataFrame:
    """A table with labels hidden, its rows in their order, and no cell's support."""
    found = without_labels(table, hide)
    if COUNTRY not in found:
        return found
    if name == "selection":  # dots without a name, which need their support
        return found.assign(**{COUNTRY: "", FACTOR: ""})
    found[COUNTRY] = [names.get(str(label), "") for label in found[COUNTRY]]
    of_country = found[COUNTRY] != ""
    if "supported" in found:
        found.loc[of_country, "supported"] = ""
    if "respondents" in found:
        found["respondents"] = pd.array([pd.NA] * len(found), dtype="Int64")
    if name == "spillover":
        found = found[~of_country]
    ranks = [order.get(label, -1) for label in found[COUNTRY]]
    return found.iloc[np.argsort(ranks, kind="stable")].reset_index(drop=True)
