"""Cells of a tutorial that are typed in a terminal: without the magic of the notebook."""

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

#: See ``tutorial.start``.
MAGIC = "%%terminal\n"


class ShellCells(SphinxTransform):
    """Show a cell of shell commands as a terminal does."""

    default_priority = 300

    def apply(self, **kwargs: Any) -> None:
        """Replace the text of every cell that begins with the magic."""
        for block in list(self.document.findall(nodes.literal_block)):
            text = block.astext()
            if text.startswith(MAGIC):
                typed = text.removeprefix(MAGIC)
                shown = nodes.literal_block(typed, typed, language="sh", classes=["terminal"])
                block.replace_self(shown)


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the transform."""
    app.add_transform(ShellCells)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
