"""The report of one country: its levels, changes and effects, and nothing of any other one."""

from cips_models.charts.numbers import count
from cips_models.report import (
    change_tables,
    colophon,
    country_tables,
    data_tables,
    figures,
    front,
    sections,
)
from cips_models.report.assessment import Assessment
from cips_models.report.document import (
    Document,
    Paragraph,
    Section,
    bullets,
    fold,
    said,
)
from cips_models.report.effect_sections import what_effects_are
from cips_models.report.in_language import in_language
from cips_models.report.one_country import of_country
from cips_models.wording import _, ngettext


def document(assessment: Assessment, country: str) -> Document:
    """The national report.

    Parameters
    ----------
    assessment : Assessment
        Of all countries.
    country : str

    Raises
    ------
    IdentificationError
        The survey has no such country.
    """
    own = in_language(of_country(assessment, country))
    (country,) = own.about["countries"]
    return Document(
        kind=_("National report"),
        title=country,
        origin=_("{survey}. {origin}").format(survey=own.about["name"], origin=front.origin(own)),
        banners=front.banners(own),
        sections=tuple(
            section
            for section in (
                _asked(own, country),
                _changed(own, country),
                _levels(own),
                _effect(own, country),
                Section(_("What cannot be said"), said(data_tables.refusals(own)), key="limits"),
                _made(own),
                colophon.section(),
            )
            if section.parts
        ),
    )


def _asked(own: Assessment, country: str) -> Section:
    asked = own["respondents"]
    counts = asked[asked["country"].astype(str) == country]["respondents"]
    people = count(counts.sum())
    if counts.isna().any():  # what is withheld is in no sum
        people = _("More than {people}").format(people=people)
    return Section(
        _("Who was asked"),
        said(
            Paragraph(
                _("{people} people in {country}. {pooled}").format(
                    people=people,
                    country=country,
                    pooled=ngettext(
                        "“All countries” is one country seen in two or more waves.",
                        "“All countries” are the {n} seen in two or more waves, each with the "
                        "same weight; none but this one is shown by itself.",
                        own.about["pooled"],
                    ).format(n=own.about["pooled"]),
                )
            ),
            data_tables.respondents(own, total=False),
            bullets(own.notes),
        ),
        key="asked",
    )


def _changed(own: Assessment, country: str) -> Section:
    pictures = figures.pictures(own, wanted=("changes",), alone=False)
    return Section(
        _("What changed"),
        said(
            bullets(tuple(country_tables.expected_improvements(own, country))),
            pictures.get("changes"),
            country_tables.changes(own, country),
        )
        or (Paragraph(_("The country was seen in one wave: nothing can be said of change.")),),
        key="changes",
    )


def _levels(own: Assessment) -> Section:
    return Section(
        _("Levels"),
        said(change_tables.cell_levels(own), fold(change_tables.pooled_levels(own))),
        key="levels",
    )


def _effect(own: Assessment, country: str) -> Section:
    effects = country_tables.effects(own, country)
    if not effects.rows:
        return Section(_("The effect of support"), ())
    return Section(
        _("The effect of support"),
        said(
            fold(data_tables.support(own)),
            effects,
            Paragraph(
                _(
                    "The effect of one country leans on those of all: with few people the model "
                    "draws it towards their mean. Its interval says how far it may lie from that. "
                    "By itself one country shows no effect: the comparison needs what the same "
                    "factors did elsewhere."
                )
            ),
            bullets(what_effects_are(own)),
        ),
        key="effect",
    )


def _made(own: Assessment) -> Section:
    return Section(
        _("How it was made"), said(Paragraph(sections.gates(own)), sections.settings(own)),
        key="annex",
    )  # fmt: skip
