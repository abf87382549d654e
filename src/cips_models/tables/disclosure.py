"""Table of what was withheld so that nobody is found in what is shown."""

from typing import Final

from cips_models.tables.columns import Column, Tables

DISCLOSURE: Final[Tables] = {
    "disclosure": (
        Column("table", "text", "Table, or other file, in which something is withheld."),
        Column("row", "text", "Labels of the row, separated by slashes."),
        Column("column", "text", "Column that is empty there."),
        Column(
            "reason",
            "text",
            "primary: fewer people than the threshold; secondary: such a count would follow.",
        ),
    ),
}
