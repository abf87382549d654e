"""One page for a head of customs: what changed, is it the programme, how sure is that."""

from collections.abc import Iterator, Mapping
from typing import Any

from cips_models.charts.labels import capital, small
from cips_models.numerals import bare
from cips_models.report import certainty, colophon, figures, front
from cips_models.report.answers import change_words, effect_words
from cips_models.report.assessment import Assessment
from cips_models.report.document import (
    Document,
    Paragraph,
    Part,
    Section,
    bullets,
    said,
)
from cips_models.report.overturned import overturning
from cips_models.report.places import named_in
from cips_models.report.readers.others import others
from cips_models.report.sections import has_effects, who_was_asked
from cips_models.wording import _, ngettext

#: Most sentences of a list: what is more stands in the full report, and the page says how many.
MOST = 3
#: Characters of a list that is named in full.
_ROOM = 60


def document(assessment: Assessment) -> Document:
    """The brief, made to fill one printed page.

    Parameters
    ----------
    assessment : Assessment
    """
    effects = has_effects(assessment)
    chart = figures.pictures(assessment, wanted=("headline",), alone=False, size="slide").get(
        "headline"
    )
    return Document(
        kind=_("Brief"),
        title=assessment.about["name"],
        origin=f"{who_was_asked(assessment)} {_words_used(assessment)}",
        banners=front.banners(assessment),
        links=others("head", assessment),
        contents=False,
        one_page=True,
        sections=tuple(
            section
            for section in (
                Section(_("What changed?"), said(bullets(_changes(assessment)), chart)),
                Section(_("Is it the programme?"), said(*_programme(assessment))),
                Section(_("How sure?"), said(*_profile(assessment))),
                Section(_("What would overturn it?"), said(_overturning(assessment)))
                if effects
                else None,
                Section(_("What cannot be said?"), said(bullets(_unsaid(assessment)))),
                colophon.in_short(),
            )
            if section is not None
        ),
    )


def _words_used(assessment: Assessment) -> str:
    if not has_effects(assessment):
        return _("Points are percentage points of positive answers.")
    return _(
        "A cell is one factor in one country; supported means by the programme. Points are "
        "percentage points of positive answers."
    )


def _titled(group: str, words: str) -> str:
    return _("{group}: {finding}").format(group=capital(group), finding=words)


def _changes(assessment: Assessment) -> list[str]:
    found = [
        _titled(group, change_words(assessment, group)[0])
        for group in assessment.about["groups"]
        if change_words(assessment, group)
    ]
    return found or [_("No country was seen in two waves: nothing can be said of change.")]


def _programme(assessment: Assessment) -> Iterator[Part]:
    if not has_effects(assessment):
        yield Paragraph(_("No effect of support can be told from these data."))
        return
    yield bullets(
        [
            _titled(group, " ".join(effect_words(assessment, group)))
            for group in assessment.about["groups"]
            if effect_words(assessment, group)
        ]
    )


def _profile(assessment: Assessment) -> Iterator[Part]:
    groups = assessment.about["groups"]
    profile = certainty.effect_claim if has_effects(assessment) else certainty.change_claim
    claims = tuple(claim for group in groups if (claim := profile(assessment, group)))
    if claims:
        yield certainty.side_by_side(claims)


def _overturning(assessment: Assessment) -> Part:
    found = [
        _titled(group, small(sentence))
        for group in assessment.about["groups"]
        for sentence in overturning(assessment, group)
    ]
    return bullets(
        _short(found)
        or [
            _(
                "None of the reasons examined above would. One that none of them looks at still "
                "could: the next section."
            )
        ]
    )


def _unsaid(assessment: Assessment) -> list[str]:
    found = []
    if has_effects(assessment):
        found += [
            _(
                "That support was the cause, for certain: administrations chose what was "
                "supported, and something else that went with that choice would look the same."
            ),
            _(
                "What support did to a whole country alike: the comparison is between factors of "
                "one country."
            ),
        ]
    refused = [
        _("{claim} ({where}).").format(
            claim=row["claim"], where=_places(str(row["where"]), assessment.about)
        )
        for _index, row in assessment["refusals"].iterrows()
    ]
    return [*found, *_short(list(dict.fromkeys(refused)))]


def _places(where: str, about: Mapping[str, Any]) -> str:
    """Where something cannot be said; how many places where there is no room to name them."""
    if not where:
        return _("everywhere")
    if len(bare(where)) <= _ROOM:
        return where
    named = (named_in(where, about[each]) for each in ("countries", "factors"))
    places = next(filter(None, named), where.split(_(", ")))
    return _("in {n} countries or cells").format(n=len(places))


def _short(sentences: list[str]) -> list[str]:
    """The first of them, and how many more there are."""
    if len(sentences) <= MOST:
        return sentences
    more = len(sentences) - MOST + 1
    return [
        *sentences[: MOST - 1],
        ngettext(
            "One more stands in the full report.", "{n} more stand in the full report.", more
        ).format(n=more),
    ]
