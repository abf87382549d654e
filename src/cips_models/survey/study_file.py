"""The study file: TOML to :class:`Study` and back."""

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import tomlkit

from cips_models.disclosure.rule import Rule
from cips_models.errors import Problem, SurveyError
from cips_models.names import FORMAT
from cips_models.survey.document import (
    Table,
    did_you_mean,
    normal_code,
    open_document,
    quoted,
    written_table,
)
from cips_models.survey.labels import FIT, unfit
from cips_models.survey.study import (
    Columns,
    CsvFormat,
    Decision,
    Files,
    Labelling,
    Sheets,
    Study,
)
from cips_models.survey.study_composition import (
    check_composition,
    read_mode,
    read_strata,
    written_mode,
    written_strata,
)

#: Years from the first wave to the last; labels such as 202103 are no years.
_LONGEST = 100

#: Counts below this may be withheld, but no larger ones.
_MOST = 1000

_ROLES = ("respondent", "country", "group", "wave")


def load_study(path: str | Path) -> Study:
    """Read a study file.

    Raises
    ------
    SurveyError
        With every problem of the file.
    """
    problems: list[Problem] = []
    study = parse_study(Path(path), problems)
    if study is None or problems:
        raise SurveyError(problems)
    return study


def parse_study(path: Path, problems: list[Problem]) -> Study | None:
    """Read a study file as far as possible, adding its problems to the collector."""
    document = open_document(path, "study file", problems)
    if document is None:
        return None
    waves = document.table("waves")
    model = document.table("model")
    composition = document.table("composition")
    mode = document.table("mode")
    study = Study(
        name=document.text("name", path.stem, required=True) or path.stem,
        synthetic=document.flag("synthetic"),
        files=_files(document.table("files")),
        sheets=_sheets(document.table("sheets")),
        csv=_csv(document.table("csv")),
        columns=_columns(document.table("columns")),
        composition=read_strata(composition),
        mode=read_mode(mode),
        decision=_decision(document.table("decision")),
        disclosure=_disclosure(document.table("disclosure")),
        groups=_labelling(document.table("groups")),
        times=waves.number_by_text("times"),
        waves=_labelling(waves),
        countries=_labelling(document.table("countries"), required=False),
        specification=model.text("specification", "did") or "did",
        folder=path.parent,
        source=path.name,
    )
    model.finish()
    document.finish()
    if wrong := unfit(study.name.strip()):
        document.problem("name", wrong, FIT)
    _check_times(study, waves)
    check_composition(study, composition, mode)
    return study


def _files(table: Table) -> Files:
    files = Files(
        responses=table.text("responses", required=True) or Files.responses,
        codebook=table.text("codebook", Files.codebook) or Files.codebook,
        support=table.text("support"),
        population=table.text("population"),
        exposure=table.text("exposure"),
    )
    table.finish()
    return files


def _sheets(table: Table) -> Sheets:
    sheets = Sheets(
        responses=table.text("responses"),
        support=table.text("support"),
        population=table.text("population"),
        exposure=table.text("exposure"),
    )
    table.finish()
    return sheets


def _csv(table: Table) -> CsvFormat:
    """Read how text files are written; a setting that cannot be is replaced by its default."""
    delimiter = table.text("delimiter", CsvFormat.delimiter) or ""
    decimal = table.text("decimal", CsvFormat.decimal) or ""
    encoding = table.text("encoding", CsvFormat.encoding) or ""
    table.finish()
    if len(delimiter) != 1 or delimiter in '"\r\n':
        table.problem("delimiter", f'"{delimiter}"', "one character", 'A tab is "\\t".')
        delimiter = CsvFormat.delimiter
    if decimal not in (".", ","):
        table.problem("decimal", f'"{decimal}"', '"." or ","')
        decimal = CsvFormat.decimal
    try:
        "".encode(encoding)
    except LookupError:
        expected = 'an encoding such as "utf-8" or "cp1252"'
        table.problem("encoding", f'"{encoding}"', expected)
        encoding = CsvFormat.encoding
    return CsvFormat(delimiter, decimal, encoding)


def _columns(table: Table) -> Columns:
    roles = {role: table.text(role, role) or role for role in _ROLES}
    columns = Columns(
        **roles,
        weight=table.text("weight"),
        background=table.texts("background"),
        ignore=table.texts("ignore"),
        item=table.text("item"),
        answer=table.text("answer"),
        mode=table.text("mode"),
        count=table.text("count"),
    )
    table.finish()
    if columns.count is not None and columns.item is not None:
        expected = "`count` (a row is several respondents) or `item` (a row is an answer)"
        table.problem("count", "both", expected, "Remove one of the two.")
    for given, other in (("item", "answer"), ("answer", "item")):
        if getattr(columns, given) is not None and getattr(columns, other) is None:
            expected = "both `item` and `answer` (a row is an answer), or neither"
            table.problem(other, "nothing", expected, f'Add `{other} = "..."`.')
    repeated = {name for name in columns.known if columns.known.count(name) > 1}
    for name in sorted(repeated):
        table.problem("", f'column "{name}" in two roles', "one role for each column")
    return columns


def _decision(table: Table) -> Decision:
    """Read which effects matter; both are sizes in points, so never below zero."""
    found: dict[str, float] = {}
    for key in ("margin", "equivalent"):
        value = table.value(key)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:
            table.problem(key, repr(value), "points of positive answers, from 0 to 100")
        else:
            found[key] = float(value)
    table.finish()
    return Decision(**found)


def _disclosure(table: Table) -> Rule:
    """Read how few people are too few to be counted in public."""
    value = table.value("threshold")
    table.finish()
    if value is None:
        return Rule()
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST:
        expected = f"a whole number of people from 0 (nothing is withheld) to {_MOST:,}"
        table.problem("threshold", repr(value), expected)
        return Rule()
    return Rule(int(value))


def _labelling(table: Table, *, required: bool = True) -> Labelling:
    raw = table.text_by_text("labels")
    labelling = Labelling(
        labels={normal_code(value): label.strip() for value, label in raw.items()},
        exclude=table.codes("exclude"),
    )
    table.finish()
    if required and not raw:
        table.problem("labels", "nothing", "a label for each raw value", 'Add `"1" = "..."`.')
    if len(labelling.labels) < len(raw):
        table.problem("labels", quoted(raw), "raw values that differ (1 and 1.0 are the same)")
    for value, label in labelling.labels.items():
        if label and (wrong := unfit(label)):
            table.problem("labels", wrong, FIT)
        if not label:
            table.problem("labels", f'an empty label for "{value}"', "a label")
        if value in labelling.exclude:
            table.problem("exclude", f'"{value}", which also has a label', "one of the two")
    return labelling


def _check_times(study: Study, table: Table) -> None:
    labels = study.waves.names
    for label in study.times:
        if label not in labels:
            hint = did_you_mean(label, labels)
            table.problem("times", f'"{label}"', f"a wave label: {quoted(labels)}", hint)
    missing = [label for label in labels if study.times and label not in study.times]
    if missing:
        table.problem("times", f"no time for {quoted(missing)}", "a time for every wave label")
        return
    times = study.wave_times
    if any(later <= earlier for earlier, later in pairwise(times)):
        found = ", ".join(f"{label} = {time:g}" for label, time in zip(labels, times, strict=True))
        expected = "waves in the order of time, each later than the one before"
        table.problem("labels", found, expected, "Reorder the labels, or correct the times.")
    elif times and times[-1] - times[0] > _LONGEST:
        found = f"{times[-1] - times[0]:g} years from the first wave to the last"
        hint = 'Add times = { "label" = 2021.0 }: without it labels that are numbers are years.'
        table.problem("times", found, f"{_LONGEST} years at the most", hint)


def write_study(study: Study, path: str | Path, checks: Mapping[str, str] | None = None) -> Path:
    """Write a study file that people can edit.

    Parameters
    ----------
    study : Study
        ``folder`` and ``source`` are not written: they follow from the path.
    path : str or Path
        Overwritten if it exists.
    checks : mapping of str to str, optional
        Comments to put above a table, by its name ("groups": "check: ...", one line or more).

    Returns
    -------
    Path
    """
    checks = checks or {}
    document = tomlkit.document()
    document.add("format", tomlkit.item(FORMAT))
    document.add("name", tomlkit.item(study.name))
    if study.synthetic:
        document.add("synthetic", tomlkit.item(True))
    tables: dict[str, dict[str, object]] = {
        "files": vars(study.files),
        "sheets": vars(study.sheets),
        "csv": vars(study.csv),
        "columns": vars(study.columns),
        "composition": written_strata(study.composition),
        "mode": written_mode(study.mode),
        "decision": vars(study.decision),
        "disclosure": {} if study.disclosure == Rule() else vars(study.disclosure),
        "groups": vars(study.groups),
        "waves": {**vars(study.waves), "times": study.times},
        "countries": vars(study.countries),
        "model": {"specification": study.specification},
    }
    for name, entries in tables.items():
        table = written_table(entries, checks.get(name, ""))
        if table or name in checks:
            document.add(tomlkit.nl())
            document.add(name, table)
    path = Path(path)
    path.write_text(tomlkit.dumps(document), encoding="utf-8")
    return path
