"""What a command says on stdout: a summary for people, or the same as JSON for machines."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cips_models.cli.progress import ProgressLine

if TYPE_CHECKING:
    import pandas as pd


def say(words: str, facts: Mapping[str, Any], *, as_json: bool) -> None:
    """Print a summary: words, or the facts behind them as one JSON object."""
    click.echo(json.dumps(facts, indent=2, ensure_ascii=False) if as_json else words)


def written(paths: list[Path]) -> str:
    """Say which files were written."""
    return "\n".join(f"wrote {path}" for path in paths)


def people_or_withheld(count: int | None) -> str:
    """Number of people, or that it is withheld."""
    return "(withheld)" if count is None else f"{count:,}"


def in_columns(table: "pd.DataFrame", digits: int = 1) -> str:
    """Lay a table out for reading: aligned, without an index, empty where not applicable."""
    shown = table.to_string(index=False, na_rep="", float_format=lambda x: f"{x:.{digits}f}")
    return str(shown)


def estimates_in_columns(table: "pd.DataFrame", columns: list[str]) -> str:
    """Lay estimates out for reading; their probabilities never claim certainty."""
    from cips_models.charts.numbers import probability

    printed = table.assign(p_positive=table["p_positive"].map(probability))
    return in_columns(printed[columns], digits=2)


def records(table: "pd.DataFrame") -> list[dict[str, Any]]:
    """Rows of a table as JSON values; what does not apply is null."""
    rows: list[dict[str, Any]] = json.loads(table.to_json(orient="records"))
    return rows


def progress(ctx: click.Context) -> ProgressLine | None:
    """Progress on stderr, unless the user asked for quiet."""
    return None if ctx.obj["quiet"] else ProgressLine()


def say_assessment(folder: Path, *, as_json: bool) -> None:
    """Sum up a results folder; for people, the last line is the report's path, alone."""
    from cips_models.did.estimand import in_words, of_rows
    from cips_models.workflow.assessment import assessment

    report = folder / "report.html"
    found = assessment(folder)
    average = found["effects"][found["effects"]["estimand"] == "ATT"]
    shares = found["improved"][found["improved"]["estimand"] != "improved"]
    assumed = str(found.about.get("assumption", ""))
    explorer = folder / "explorer.html"
    facts = {
        "report": str(report),
        "explorer": str(explorer),
        "passed": found.passed,
        "assumption": assumed,
        "improved": records(shares),
        "effects": [
            row | {"statement": each.words()}
            for row, each in zip(records(average), of_rows(average), strict=True)
        ],
    }
    if as_json:
        say("", facts, as_json=True)
        return
    estimate = ["mean", "lower", "upper"]
    ways = ["specification", "route", "parallel_trends", "p_positive"]
    effects = [
        "Average effect of support on supported cells:",
        estimates_in_columns(average, ["group", "scale", *estimate, *ways]),
        "",
        *in_words(of_rows(average)),
    ]
    click.echo(
        "\n".join(
            [
                f"{found.about['name']}: "
                f"{people_or_withheld(found.about['respondents'])} respondents, "
                f"{len(found.about['followed'])} countries followed",
                "",
                "Cells improved, per cent:",
                in_columns(shares[["group", "estimand", "supported", "scale", *estimate]]),
                "",
                *(
                    ["No effect of support can be told; refusals.csv says why."]
                    if average.empty
                    else effects
                ),
                "",
                *([f"Assumed, not found: {assumed}", ""] if assumed else []),
                "" if found.passed else "The diagnostics FAILED: the report says so at its top.",
                str(explorer),
                str(report),
            ]
        )
    )
