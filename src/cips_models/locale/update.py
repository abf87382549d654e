"""Bring the catalogue of every language to the template: what is new is empty, what is gone, gone.

Run by `make messages`.  Head, comments and translations stay byte by byte what they were; there
are no dates and no places in the source, so that a catalogue changes only where its words do.
"""

import io
from pathlib import Path

from babel.messages.pofile import read_po, write_po

LOCALE = Path(__file__).parent
DOMAIN = "cips_models"
WIDTH = 100


def updated(text: str, template: str) -> str:
    """A catalogue's text with the messages of a template's."""
    head = text.partition("\n\n")[0]
    catalogue = read_po(io.StringIO(text))
    catalogue.update(read_po(io.StringIO(template)), no_fuzzy_matching=True)
    written = io.BytesIO()
    write_po(
        written, catalogue, width=WIDTH, omit_header=True, no_location=True, sort_output=True,
        ignore_obsolete=True,
    )  # fmt: skip
    return f"{head}\n\n{written.getvalue().decode('utf-8').strip()}\n"


def main() -> None:
    """Update every catalogue that there is."""
    template = (LOCALE / f"{DOMAIN}.pot").read_text(encoding="utf-8")
    for path in sorted(LOCALE.glob(f"*/LC_MESSAGES/{DOMAIN}.po")):
        path.write_text(updated(path.read_text(encoding="utf-8"), template), encoding="utf-8")


if __name__ == "__main__":
    main()
