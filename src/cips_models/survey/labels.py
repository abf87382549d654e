"""What may be a label: a text that stands in charts, tables, files and messages."""

import unicodedata
from typing import Final

from cips_models.errors import printable

#: Most characters of a label.
MOST: Final = 200

#: Marks that turn the direction of what follows them, beyond the label itself.
_TURNING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def unfit(text: str) -> str:
    """Say what makes a text unfit for a label; "" where nothing does.

    Letters of any language and the marks between left-to-right and right-to-left text are fit.
    Control characters are not, line breaks among them, nor marks that turn the direction of
    everything that follows, nor a text too long to be read in a chart.
    """
    if text != text.strip() or not text:
        return f'"{printable(text, 60)}", which is empty or has blanks at its ends'
    wrong = [c for c in text if c in _TURNING or unicodedata.category(c) in ("Cc", "Cs")]
    if wrong:
        return f'"{printable(text, 60)}", with the character U+{ord(wrong[0]):04X}'
    return f'"{text[:30]}...", {len(text):,} characters' if len(text) > MOST else ""


#: What is expected instead.
FIT: Final = f"a label in one line, without control characters, of {MOST} characters at the most"
