"""What the explorer says of some results, in each language that has a catalogue."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from cips_models import wording
from cips_models.charts import labels
from cips_models.charts.people import people
from cips_models.did.on_cells import POINT_TRENDS
from cips_models.did.refusals import compared_group, has_effect, refusals, refusals_table
from cips_models.did.statements import estimand
from cips_models.explorer.words import BANNERS, CHECKS, COLUMNS, MESSAGES, TERMS
from cips_models.inference.fit import Fit
from cips_models.names import SCALES
from cips_models.numerals import day, locale_tag
from cips_models.report.fit_words import element, examined, fit_name
from cips_models.report.prior_words import prior_name
from cips_models.retelling import told
from cips_models.tables.telling import told_table
from cips_models.tables.titles import TITLES
from cips_models.terms import named
from cips_models.wording import _

#: How many people there are, as a band.
_BAND: Final = re.compile(r"fewer than \d+|\d+-\d+|\d+ or more")


def vocabulary(
    codes: Iterable[str], sentences: Iterable[str] = (), elements: Iterable[str] = ()
) -> dict[str, Any]:
    """All words in the current language, as JSON values.

    Parameters
    ----------
    codes : iterable of str
        Values of text columns that may have words of their own; labels stand for themselves.
    sentences : iterable of str
        Sentences of the results, which are stored in English.
    elements : iterable of str
        Elements of what diagnostics examine.
    """
    terms = {text: told(text) for text in sentences} | {code: term(code) for code in codes}
    return {
        "name": wording.LANGUAGES[wording.language()],
        "locale": locale_tag(),
        "direction": wording.direction(),
        "messages": {name: _(text) for name, text in MESSAGES.items()},
        "banners": {name: [_(lead), _(text)] for name, (lead, text) in BANNERS.items()},
        "checks": {name: [_(TITLES[name]), _(text)] for name, text in CHECKS.items()},
        "columns": {name: _(text) for name, text in COLUMNS.items()},
        "terms": {text: said for text, said in terms.items() if said != text},
        "elements": {text: element(told(text)) for text in elements},
        "scales": {
            scale: {
                "quantity": labels.capital(labels.scale_name(scale)),
                "level": labels.level_unit(scale),
                "unit": labels.unit(scale),
                "short": labels.short_unit(scale),
            }
            for scale in SCALES
        },
    }


def term(code: str) -> str:
    """Words for a code of a table, a band of people or a label, which stands for itself."""
    if code in TERMS:
        return _(TERMS[code])
    if _BAND.fullmatch(code):
        return people(code)
    words = (named(code), examined(code), prior_name(code), fit_name(code), labels.word(code))
    return next((said for said in words if said != code), code)


def spoken(
    code: str,
    codes: Iterable[str],
    sentences: Iterable[str],
    elements: Iterable[str],
    fits: Mapping[str, Fit],
) -> dict[str, Any]:
    """Everything that is said in a language; what the package says of fits is told in it."""
    main = next(iter(fits.values()))
    statements, assumptions = _statements(main), _assumptions(fits)
    with wording.speaking(wording.SOURCE_LANGUAGE):
        refused = refusals_table(refusals(main))
    with wording.speaking(code):
        return {
            **vocabulary(codes, sentences, elements),
            "created": day(str(main.provenance.get("created", ""))[:10]),
            "effects": {
                group: {scale: told(text) for scale, text in by_scale.items()}
                for group, by_scale in statements.items()
            },
            "assumptions": {name: told(text) for name, text in assumptions.items()},
            "refusals": told_table(refused).to_dict("records"),
        }


def _statements(fit: Fit) -> dict[str, dict[str, str]]:
    """What the average effect of each group is an effect of, by group and scale; in English."""
    if not has_effect(fit):
        return {}
    with wording.speaking(wording.SOURCE_LANGUAGE):
        return {
            group: {scale: estimand(fit, group, scale=scale).words() for scale in SCALES}
            for position, group in enumerate(fit.design.groups)
            if compared_group(fit, position).identified
        }


def _assumptions(fits: Mapping[str, Fit]) -> dict[str, str]:
    """What each specification assumes, and trends in points, by their codes; in English."""
    found = {}
    with wording.speaking(wording.SOURCE_LANGUAGE):
        for fit in fits.values():
            if has_effect(fit):
                group, name = fit.design.groups[0], str(fit.provenance["specification"])
                found[name] = estimand(fit, group).assumption
                found[POINT_TRENDS] = estimand(fit, group, trends=POINT_TRENDS).assumption
    return found
