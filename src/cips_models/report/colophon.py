"""In which language a report is, who translated it, and whence the names of factors are."""

from cips_models.report.document import Paragraph, Section, said
from cips_models.wording import LANGUAGES, SOURCE_LANGUAGE, _, about_catalogue, language


def section() -> Section:
    """The colophon of a report, in the language that is being spoken."""
    return Section(_("Language"), said(*map(Paragraph, paragraphs())), key="language")


def in_short() -> Section | None:
    """Language and translation alone, for a page that has little room; none in English."""
    if language() == SOURCE_LANGUAGE:
        return None
    return Section(_("Language"), (Paragraph(paragraphs()[0], tone="soft"),))


def paragraphs() -> tuple[str, ...]:
    """Language, translation, names of factors, and what is in English in any case."""
    code = language()
    if code == SOURCE_LANGUAGE:
        return (
            _(
                "This report is in English, in which it was written; `cips report --lang` gives "
                "others."
            ),
        )
    own = LANGUAGES.get(code, code)
    translated = (
        _("This report is in {language}; its words were translated from English and reviewed.")
        if about_catalogue("X-Reviewed") == "yes"
        else _(
            "This report is in {language}. Its words were translated from English for this "
            "software and nobody has reviewed them: in doubt, the report in English is what is "
            "meant."
        )
    )
    source = about_catalogue("X-Factor-Names-Source")
    return (
        translated.format(language=own),
        *(
            [
                _("Names of the factors of the Revised Arusha Declaration: {source}").format(
                    source=source
                )
            ]
            if source
            else []
        ),
        _("Result files, codes and labels that are the survey's own are as they were written."),
    )
