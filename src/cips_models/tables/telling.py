"""A result table for a reader of another language: its labels and sentences, not its codes."""

from collections.abc import Callable
from typing import Final

import pandas as pd

from cips_models.names import COUNTRY, FACTOR, GROUP
from cips_models.numerals import isolated
from cips_models.retelling import told
from cips_models.terms import named
from cips_models.wording import SOURCE_LANGUAGE, language

_LABELS: Final = (COUNTRY, FACTOR, GROUP)

#: Columns of sentences, in whichever table.
_SENTENCES: Final = (
    "population", "comparison", "assumption", "statement", "claim", "where", "reason", "remedy",
    "worst",
)  # fmt: skip


def told_table(table: pd.DataFrame) -> pd.DataFrame:
    """The table with labels by their names in the current language, and sentences in it.

    Files hold labels as they are the user's own, and sentences in English.  Told twice a table
    is the same.
    """
    if language() == SOURCE_LANGUAGE:
        return table
    ways: dict[str, Callable[[str], str]] = {
        **dict.fromkeys(_LABELS, lambda label: isolated(named(label))),
        **dict.fromkeys(_SENTENCES, told),
    }
    columns = {}
    for name in ways.keys() & set(table.columns):
        texts = table[name].astype(object)
        words = {each: ways[name](each) for each in pd.unique(texts) if isinstance(each, str)}
        columns[name] = texts.map(lambda each, words=words: words.get(each, each)).astype("str")
    return table.assign(**columns)
