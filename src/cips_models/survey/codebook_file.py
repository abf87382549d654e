"""The codebook file: TOML to :class:`Codebook` and back."""

from collections.abc import Mapping, Sequence
from itertools import compress, pairwise
from pathlib import Path
from types import MappingProxyType

import tomlkit

from cips_models.errors import OutputError, Problem, SurveyError
from cips_models.names import FORMAT
from cips_models.survey.codebook import Codebook, Item, Scale
from cips_models.survey.document import (
    Table,
    did_you_mean,
    open_document,
    quoted,
    written_table,
)
from cips_models.survey.labels import FIT, MOST, unfit


def load_codebook(path: str | Path, groups: Sequence[str]) -> Codebook:
    """Read a codebook file.

    Parameters
    ----------
    path : str or Path
    groups : sequence of str
        Group labels of the study: an item without ``groups`` was asked of all of them.

    Raises
    ------
    SurveyError
        With every problem of the file.
    """
    problems: list[Problem] = []
    codebook, _ = parse_codebook(Path(path), groups, problems)
    if codebook is None or problems:
        raise SurveyError(problems)
    return codebook


def parse_codebook(
    path: Path, groups: Sequence[str], problems: list[Problem]
) -> tuple[Codebook | None, tuple[str, ...]]:
    """Read a codebook file as far as possible, adding its problems to the collector.

    With no groups (the study file is broken) the groups of the items are not checked.

    Returns
    -------
    codebook : Codebook or None
        The items that can be understood.
    ids : tuple of str
        All items that the file names, so that their columns are known.
    """
    document = open_document(path, "codebook", problems)
    if document is None:
        return None, ()
    factors = document.texts("factors", required=True)
    scales = _scales(document.table("scales"))
    entries = document.tables("items")
    if not entries:
        document.problem("[[items]]", "none", "at least one item")
    items = [_item(entry, factors, scales, groups) for entry in entries]
    document.finish()
    for factor in factors:
        if wrong := unfit(factor):
            document.problem("factors", wrong, FIT)
    _check_unique("factors", factors, document)
    _check_unique("items", [str(entry.data.get("id")) for entry in entries], document)
    for factor in factors:
        if entries and not any(entry.data.get("factor") == factor for entry in entries):
            hint = "Remove it from `factors`, or give it an item."
            document.problem("factors", f'"{factor}", which has no item', "factors in use", hint)
    ids = tuple(str(entry.data["id"]) for entry in entries if "id" in entry.data)
    return Codebook(factors, tuple(item for item in items if item is not None)), ids


def _check_unique(key: str, names: Sequence[str], table: Table) -> None:
    for name in sorted({name for name in names if names.count(name) > 1}):
        table.problem(key, f'"{name}" {names.count(name)} times', "each name once")


def _scales(table: Table) -> dict[str, Scale | None]:
    """All scales by name; None where a scale cannot be understood."""
    if not table.data:
        hint = "Add [scales.agreement] with `levels` and `positive`."
        table.problem("", "no scale", "at least one answer scale", hint)
    return {name: _scale(name, table.table(name)) for name in table.data}


def _scale(name: str, table: Table) -> Scale | None:
    before = len(table.problems)
    levels = table.codes("levels", required=True)
    positive = table.codes("positive", required=True)
    labels = table.texts("labels") or levels
    points = table.numbers("points")
    if points is None:
        points = equal_points(len(levels))
    other = {key: table.codes(key) for key in ("dont_know", "refused", "not_asked")}
    table.finish()
    if len(levels) < 2:
        table.problem("levels", quoted(levels), "two levels or more")
    _check_unique("codes", [*levels, *(code for codes in other.values() for code in codes)], table)
    if len(labels) != len(levels):
        table.problem("labels", f"{len(labels)} labels", f"one for each of {len(levels)} levels")
    top = levels[len(levels) - len(positive) :]
    if set(positive) != set(top) or not 0 < len(positive) < len(levels):
        expected = "some, but not all, of the last (most favourable) levels"
        table.problem("positive", quoted(positive), f"{expected} of {quoted(levels)}")
    rising = all(low <= high for low, high in pairwise(points))
    valid = rising and points and 0 <= points[0] < points[-1] <= 1
    if len(points) != len(levels) or not valid:
        expected = f"{len(levels)} numbers from 0 to 1 that do not fall, and are not all the same"
        table.problem("points", str(list(points)), expected)
    if len(table.problems) > before:
        return None
    return Scale(
        name=name,
        levels=levels,
        labels=labels,
        positive=tuple(level in positive for level in levels),
        points=points,
        **other,
    )


def equal_points(n_levels: int) -> tuple[float, ...]:
    """Points of each level unless the codebook says otherwise: (k - 1) / (K - 1)."""
    return tuple(k / max(n_levels - 1, 1) for k in range(n_levels))


def _item(
    table: Table,
    factors: Sequence[str],
    scales: Mapping[str, Scale | None],
    groups: Sequence[str],
) -> Item | None:
    name = table.text("id", required=True)
    if name:
        # A heading of a spreadsheet may have lines, and be a whole question.
        if wrong := unfit(" ".join(name.split())[:MOST]):
            table.problem("id", wrong, FIT)
        table.where += f' ("{name}")'
    factor = table.text("factor", required=True)
    scale = table.text("scale", required=True)
    asked = table.texts("groups")
    reverse = table.flag("reversed")
    versions_differ = table.flag("versions_differ")
    text = table.text_by_text("text")
    table.finish()
    if factor is not None and factor not in factors:
        expected = f"a factor of the list `factors`: {quoted(factors)}"
        table.problem("factor", f'"{factor}"', expected, did_you_mean(factor, factors))
    if scale is not None and scale not in scales:
        table.problem(
            "scale", f'"{scale}"', f"a scale: {quoted(scales)}", did_you_mean(scale, scales)
        )
    for group in asked:
        if groups and group not in groups:
            expected = f"a group label of the study file: {quoted(groups)}"
            table.problem("groups", f'"{group}"', expected, did_you_mean(group, groups))
    found = scales.get(scale or "")
    if not name or factor is None or found is None:
        return None
    return Item(
        id=name,
        factor=factor,
        scale=found,
        groups=tuple(g for g in groups if g in asked) if asked else tuple(groups),
        reversed=reverse,
        versions_differ=versions_differ,
        text=MappingProxyType(text),
    )


def write_codebook(
    codebook: Codebook, path: str | Path, checks: Mapping[str, str] | None = None
) -> Path:
    """Write a codebook file that people can edit.

    Parameters
    ----------
    codebook : Codebook
    path : str or Path
        Overwritten if it exists.
    checks : mapping of str to str, optional
        Comments to put above "factors", a scale (by its name) or an item (by its id).

    Returns
    -------
    Path

    Raises
    ------
    OutputError
        If two different scales share a name.
    """
    checks = checks or {}
    everyone = {group for item in codebook.items for group in item.groups}
    document = tomlkit.document()
    document.add("format", tomlkit.item(FORMAT))
    for line in checks.get("factors", "").splitlines():
        document.add(tomlkit.comment(line))
    document.add("factors", tomlkit.item(list(codebook.factors)).multiline(True))
    scales = tomlkit.table(is_super_table=True)
    for scale in _distinct_scales(codebook):
        scales.add(scale.name, written_table(_scale_entries(scale), checks.get(scale.name, "")))
    document.add("scales", scales)
    items = tomlkit.aot()
    for item in codebook.items:
        items.append(written_table(_item_entries(item, everyone), checks.get(item.id, "")))
    document.add("items", items)
    path = Path(path)
    path.write_text(tomlkit.dumps(document), encoding="utf-8")
    return path


def _distinct_scales(codebook: Codebook) -> list[Scale]:
    scales: dict[str, Scale] = {}
    for item in codebook.items:
        if scales.setdefault(item.scale.name, item.scale) != item.scale:
            raise OutputError(f'The codebook has two different scales named "{item.scale.name}".')
    return list(scales.values())


def _scale_entries(scale: Scale) -> dict[str, object]:
    return {
        "levels": scale.levels,
        "labels": scale.labels if scale.labels != scale.levels else None,
        "positive": tuple(compress(scale.levels, scale.positive)),
        "points": scale.points if scale.points != equal_points(len(scale.levels)) else None,
        "dont_know": scale.dont_know,
        "refused": scale.refused,
        "not_asked": scale.not_asked,
    }


def _item_entries(item: Item, everyone: set[str]) -> dict[str, object]:
    return {
        "id": item.id,
        "factor": item.factor,
        "scale": item.scale.name,
        "groups": item.groups if set(item.groups) != everyone else None,
        "reversed": item.reversed or None,
        "versions_differ": item.versions_differ or None,
        "text": item.text,
    }
