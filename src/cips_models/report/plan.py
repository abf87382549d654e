"""A pre-analysis plan: what was meant to be done, and what differs from it afterwards."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, Self

import jinja2
import pandas as pd

from cips_models.charts.findings import RULES
from cips_models.charts.numbers import plain
from cips_models.errors import OutputError
from cips_models.names import FORMAT
from cips_models.numerals import day
from cips_models.report.agreement import AGREEMENT
from cips_models.report.assessment import Assessment
from cips_models.report.document import Table
from cips_models.report.rule_tables import bare, claimed
from cips_models.retelling import told
from cips_models.survey.source import missing
from cips_models.wording import _, ngettext

#: Subjects by section, and what is meant to be done about each, in words.
type Intentions = Mapping[str, Mapping[str, str]]

#: The part of the document that is read again.
_RECORD: Final = re.compile(r"^```json\n(.*?)^```$", re.DOTALL | re.MULTILINE)

#: Letters by which even a short entry is known for one of those that were written.
_SHORT: Final = 5

#: Characters of a fingerprint that are printed.
_SHOWN: Final = 16


@dataclass(frozen=True)
class Plan:
    """A pre-analysis plan.

    Attributes
    ----------
    created : str
        ISO date.
    intentions : mapping of str to mapping of str to str
        Section, subject, and what is meant to be done.
    """

    created: str
    intentions: Intentions

    @property
    def fingerprint(self) -> str:
        """SHA-256 of date and intentions."""
        text = json.dumps([self.created, self.intentions], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a plan again.

        Raises
        ------
        OutputError
            The file is no plan, is one of another format, or its record was changed after it
            was written.
        """
        advice = "`cips plan STUDY` writes one."
        problem = missing(path, "a pre-analysis plan")
        if problem is not None:
            raise OutputError(str(problem))
        try:
            text = path.read_text(encoding="utf-8")
            record = json.loads(_RECORD.findall(text)[-1])
            found = record["format"]
            plan = cls(str(record["created"]), _texts(record["intentions"]))
        except (
            OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError
        ) as error:  # fmt: skip
            why = f"{type(error).__name__}: {error}"
            raise OutputError(f"{path}: found no pre-analysis plan ({why}). {advice}") from None
        if found != FORMAT:
            raise OutputError(f"{path}: found format {found!r}; expected {FORMAT}. {advice}")
        if record.get("fingerprint") != plan.fingerprint:
            raise OutputError(
                f"{path}: the record at its end was changed after it was written on {plan.created} "
                f"(found fingerprint {record.get('fingerprint')!r}; expected {plan.fingerprint}). "
                "Put the file back as it was, or write a new plan, which has its own date."
            )
        return plan

    def document(self, checks: Mapping[str, str]) -> str:
        """The plan as Markdown for people, with a record for machines at its end.

        ``checks`` are the steps of the analysis and what each does, in words.
        """
        environment = jinja2.Environment(
            loader=jinja2.PackageLoader("cips_models.report", "."),
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            autoescape=False,
        )
        environment.globals["_"] = _
        environment.filters |= {
            "cell": _cell, "bare": bare, "claimed": claimed, "plain": plain, "day": day,
            "told": partial(told, least=_SHORT),
        }  # fmt: skip
        record = {
            "format": FORMAT,
            "created": self.created,
            "fingerprint": self.fingerprint,
            "intentions": self.intentions,
        }
        text: str = environment.get_template("plan.md.j2").render(
            plan=self,
            checks=checks,
            rules=RULES,
            agreement=AGREEMENT,
            record=json.dumps(record, indent=1, ensure_ascii=False),
        )
        return text

    def deviations(self, done: Intentions) -> pd.DataFrame:
        """What differs between this plan and what was done.

        Returns
        -------
        pandas.DataFrame
            Columns ``section, subject, planned, done``: one row a difference; empty text where
            a subject is in one of the two only.
        """
        rows = [
            (section, subject, planned, found)
            for section, subject in _subjects(self.intentions, done)
            if (planned := self.intentions.get(section, {}).get(subject, ""))
            != (found := done.get(section, {}).get(subject, ""))
        ]
        return pd.DataFrame(rows, columns=["section", "subject", "planned", "done"])


def _texts(found: Mapping[str, Mapping[str, Any]]) -> Intentions:
    return {
        section: {name: str(said) for name, said in subjects.items()}
        for section, subjects in found.items()
    }


def _subjects(*all_intentions: Intentions) -> Iterator[tuple[str, str]]:
    pairs = [(s, n) for each in all_intentions for s, names in each.items() for n in names]
    yield from dict.fromkeys(pairs)


def _cell(text: str) -> str:
    """Text as a cell of a Markdown table: labels of the user cannot break it."""
    flat = " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|")
    return flat.replace("<", "&lt;").replace("`", "\\`")


def sentence(assessment: Assessment) -> str:
    """Whether the analysis follows a plan, in words."""
    plan = assessment.about.get("plan")
    if not plan:
        return _(
            "There was no pre-analysis plan: what was estimated, and how, may have been chosen "
            "after the data were seen. `cips plan` writes one."
        )
    differing = len(assessment["plan"])
    where = _("the pre-analysis plan of {date} (fingerprint {fingerprint})").format(
        date=day(plan["created"]), fingerprint=plan["fingerprint"][:_SHOWN]
    )
    if not differing:
        return _("The analysis follows {plan} in all of its {n} points.").format(
            plan=where, n=plan["points"]
        )
    return ngettext(
        "The analysis differs from {plan} in one point, which the table shows.",
        "The analysis differs from {plan} in {n} points, which the table shows.",
        differing,
    ).format(plan=where, n=differing)


def deviations(assessment: Assessment) -> Table:
    """What was planned and what was done, where they differ."""
    rows = assessment["plan"].itertuples(index=False)
    return Table(
        _("Where the analysis differs from its plan"),
        (_("Part"), _("Subject"), _("Planned"), _("Done")),
        tuple(tuple(told(str(text), least=_SHORT) or _("nothing") for text in row) for row in rows),
        words=4,
    )
