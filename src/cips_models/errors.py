"""What can go wrong, as exceptions that say where, what was found and what to do.

Every exception carries the exit code of its command, so that a script can tell bad
data from a bad specification from a posterior that did not converge.
"""

from collections.abc import Sequence
from dataclasses import dataclass

#: Most characters of each part of a message about a file.
_MOST = 1_000


def printable(text: str, most: int) -> str:
    """Text as it can stand in a terminal: what does not print, or turns text around, is escaped.

    Parameters
    ----------
    text : str
    most : int
        Characters after which it is cut off; the message then says how many there were.
    """
    cut = text[:most]
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in cut)
    return shown if cut == text else f"{shown}... ({len(text):,} characters)"


def printable_lines(text: str) -> str:
    """:func:`printable`, line by line, each of a length that can be read."""
    return "\n".join(printable(line, 5 * _MOST) for line in text.split("\n"))


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in an input file.

    Attributes
    ----------
    where : str
        File, and within it the row, column or key ("responses.csv, row 17, column Q04").
    found : str
        The offending value, as found.
    expected : str
        What would have been right.
    next_step : str
        What the reader can do about it; may be empty.
    """

    where: str
    found: str
    expected: str
    next_step: str = ""

    def __str__(self) -> str:
        parts = (self.where, self.found, self.expected, self.next_step)
        where, found, expected, next_step = (printable(part, _MOST) for part in parts)
        text = f"{where}: found {found}; expected {expected}"
        return f"{text}. {next_step}" if next_step else text


class CipsError(Exception):
    """Base of all errors that this package raises on purpose."""

    exit_code = 1


class SurveyError(CipsError):
    """The study, codebook, support table or responses are not as they must be.

    Parameters
    ----------
    problems : sequence of Problem
        Everything that was found wrong, not only the first.
    """

    exit_code = 3

    def __init__(self, problems: Sequence[Problem]):
        self.problems = tuple(problems)
        count = len(self.problems)
        head = f"{count} problem{'s' if count != 1 else ''} in the survey files:"
        super().__init__("\n".join([head, *(f"  - {problem}" for problem in self.problems)]))

    def __reduce__(self) -> tuple[type, tuple[tuple[Problem, ...]]]:
        """Made again from its problems, not from its text, where it is sent to a process."""
        return type(self), (self.problems,)


class SpecificationError(CipsError):
    """A model specification is malformed, or does not fit the survey."""

    exit_code = 4


class FitError(CipsError):
    """A fit cannot be used: a failed diagnostic, a foreign fingerprint, a bad file."""

    exit_code = 5


class IdentificationError(CipsError):
    """The data cannot identify what was asked for; the message says why."""

    exit_code = 6


class OutputError(CipsError):
    """Results would overwrite others, or the place for them cannot be written."""

    exit_code = 7


class DisclosureError(CipsError):
    """Two releases of a survey give away together what each withholds."""

    exit_code = 8


class InterruptedFitError(CipsError):
    """The user broke off; what had been drawn was kept, and the message says where."""

    exit_code = 130
