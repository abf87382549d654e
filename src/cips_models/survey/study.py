"""A study: where the data are, what the columns are, what the values mean."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cips_models.disclosure.rule import Rule


@dataclass(frozen=True)
class Files:
    """Where the tables are, relative to the study file."""

    responses: str = "responses.csv"
    codebook: str = "codebook.toml"
    support: str | None = None
    population: str | None = None
    exposure: str | None = None


@dataclass(frozen=True)
class Sheets:
    """Sheets of Excel files; None for the only one that holds anything."""

    responses: str | None = None
    support: str | None = None
    population: str | None = None
    exposure: str | None = None


@dataclass(frozen=True)
class CsvFormat:
    """How the text files are written."""

    delimiter: str = ","
    decimal: str = "."
    encoding: str = "utf-8"


@dataclass(frozen=True)
class Columns:
    """Which columns of the responses file play which role; the others are items.

    With ``item`` and ``answer`` a row of the file is an answer, not a respondent; with ``count``
    it is as many respondents with the same answers as it says, who need no ids.
    """

    respondent: str = "respondent"
    country: str = "country"
    group: str = "group"
    wave: str = "wave"
    weight: str | None = None
    background: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    item: str | None = None
    answer: str | None = None
    mode: str | None = None
    count: str | None = None

    @property
    def kept(self) -> tuple[str, ...]:
        """Columns that describe respondents and are kept under their own names."""
        single = (name for name in (self.weight, self.mode) if name is not None)
        return (*single, *self.background)

    @property
    def known(self) -> tuple[str, ...]:
        """All columns that have a role."""
        roles = (self.respondent, self.country, self.group, self.wave)
        other = (name for name in (self.item, self.answer, self.count) if name is not None)
        return (*roles, *other, *self.kept, *self.ignore)


#: The standard composition unless the study names another.
POOLED: Final = "pooled"


@dataclass(frozen=True)
class Strata:
    """By which background columns answers differ, and to which composition levels are put.

    Attributes
    ----------
    strata : tuple of str
        Background columns.
    standard : str
        "pooled": the respondents of a country and group, all waves together; or the label of
        a wave.  The population table comes first, where it has a country and group.
    """

    strata: tuple[str, ...] = ()
    standard: str = POOLED


@dataclass(frozen=True)
class Mode:
    """What is taken to be true of the mode in which answers were collected.

    Attributes
    ----------
    sd : float or None
        Prior sd of what two modes differ by, in logits, as the study states it; 0 where the
        mode is taken to have no effect.  None: as the specification has it, where the data tell
        the mode from change.
    standard : str or None
        Mode to which levels are put; None for the one of most respondents.
    """

    sd: float | None = None
    standard: str | None = None


@dataclass(frozen=True)
class Decision:
    """Which effects matter, in points of positive answers; None where the study does not say.

    Attributes
    ----------
    margin : float or None
        The smallest effect worth having.
    equivalent : float or None
        Effects of at most this size, in either direction, are as good as none.
    """

    margin: float | None = None
    equivalent: float | None = None


@dataclass(frozen=True)
class Labelling:
    """What raw values mean.

    Attributes
    ----------
    labels : mapping of str to str
        Raw value to label; several raw values may share a label.
    exclude : tuple of str
        Raw values whose rows are left out, and counted.
    """

    labels: Mapping[str, str] = field(default_factory=dict)
    exclude: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Labels, each once, in the order in which they are to be shown."""
        return tuple(dict.fromkeys(self.labels.values()))


@dataclass(frozen=True)
class Study:
    """What a study file says.

    Attributes
    ----------
    name : str
    groups, waves, countries : Labelling
        Waves in the order of time.  Countries may have no labels: every value found is
        then its own label, and they are sorted.
    times : mapping of str to float
        Calendar time of each wave label in years; may be empty.
    files : Files
    sheets : Sheets
    csv : CsvFormat
    columns : Columns
    composition : Strata
    mode : Mode
    decision : Decision
    disclosure : Rule
    synthetic : bool
        The data were simulated.
    specification : str
        Model specification that ``cips run`` uses, by name or path.
    folder : Path
        Folder of the study file, to which ``files`` are relative.
    source : str
        Name of the study file, for messages.
    """

    name: str
    groups: Labelling
    waves: Labelling
    countries: Labelling = field(default_factory=Labelling)
    times: Mapping[str, float] = field(default_factory=dict)
    files: Files = field(default_factory=Files)
    sheets: Sheets = field(default_factory=Sheets)
    csv: CsvFormat = field(default_factory=CsvFormat)
    columns: Columns = field(default_factory=Columns)
    composition: Strata = field(default_factory=Strata)
    mode: Mode = field(default_factory=Mode)
    decision: Decision = field(default_factory=Decision)
    disclosure: Rule = field(default_factory=Rule)
    synthetic: bool = False
    specification: str = "did"
    folder: Path = field(default_factory=Path)
    source: str = "study.toml"

    @property
    def labellings(self) -> dict[str, Labelling]:
        """Labelling of the country, group and wave column, by the column's name."""
        columns = self.columns
        return {
            columns.country: self.countries,
            columns.group: self.groups,
            columns.wave: self.waves,
        }

    @property
    def wave_times(self) -> tuple[float, ...]:
        """Calendar time of each wave: as given, else the labels as numbers, else 0, 1, 2..."""
        if self.times:
            return tuple(self.times.get(label, float("nan")) for label in self.waves.names)
        try:
            times = tuple(float(label) for label in self.waves.names)
        except ValueError:
            times = ()
        if times and all(map(math.isfinite, times)):  # "nan" is a word that float() knows
            return times
        return tuple(float(position) for position in range(len(self.waves.names)))
