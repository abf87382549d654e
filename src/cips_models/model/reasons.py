"""Reasons of the priors that ship, as messages to be translated: an extractor for Babel."""

import tomllib
from collections.abc import Iterator
from typing import Any


def extract(file: Any, keywords: Any, comment_tags: Any, options: Any) -> Iterator[tuple[Any, ...]]:
    """Reasons in a specification file, as Babel takes messages; all but the file is its own.

    Yields
    ------
    (line, function, message, comments)
    """
    text = file.read().decode("utf-8")
    for prior in tomllib.loads(text).get("priors", {}).values():
        if reason := prior.get("reason", ""):
            line = text[: text.index(reason)].count("\n") + 1 if reason in text else 0
            yield line, None, reason, ["Why a prior is as it is"]
