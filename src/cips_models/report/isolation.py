"""Labels that are written from right to left do not turn what stands beside them."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from cips_models.numerals import END, ISOLATE, has_right_to_left

_LABELLED: Final = ("countries", "groups", "waves", "factors")


def isolating(
    about: Mapping[str, Any], written: Callable[[str], str] = str
) -> Callable[[str], str]:
    """A function that isolates such labels wherever they stand in a text.

    A number after such a label would be shown in front of it (Unicode Standard Annex 9, section
    2.6: first strong isolate).

    Parameters
    ----------
    about : mapping
        As of an assessment: its labels are the survey's.
    written : callable
        How a label is written in the text; as it stands, by default.
    """
    labels = [about["name"], *(each for of in _LABELLED for each in about[of])]
    turning = {str(written(label)) for label in labels if has_right_to_left(label)}
    if not turning:
        return str
    longest_first = sorted(turning, key=len, reverse=True)
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")
    return lambda text: pattern.sub(lambda found: f"{ISOLATE}{found[0]}{END}", text)
