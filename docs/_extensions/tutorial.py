"""What the first, hidden cell of a tutorial sets up in its kernel."""

import base64
import html
import os
import re
import subprocess
from pathlib import Path

from IPython.core.getipython import get_ipython
from IPython.display import HTML, display
from matplotlib.figure import Figure

import cips_models as cips

_WORDS = re.compile(r"<desc>(.*?)</desc>", re.DOTALL)


def words(svg: str) -> str:
    """What a chart says to who cannot see it."""
    found = _WORDS.search(svg)
    return " ".join(html.unescape(found[1]).split()) if found else ""


def _picture(svg: str) -> str:
    data = base64.b64encode(svg.encode()).decode()
    alt = html.escape(words(svg), quote=True)
    return f'<img class="chart" alt="{alt}" src="data:image/svg+xml;base64,{data}">'


def chart(name: str) -> None:
    """Show a chart that lies in the folder of results."""
    display(HTML(_picture(Path(f"results/charts/{name}.svg").read_text(encoding="utf-8"))))


def _terminal(line: str, cell: str) -> None:
    """Run a cell of shell commands and print what they say on stdout, at once.

    Raises
    ------
    subprocess.CalledProcessError
        One of them failed; what it said on stderr is printed.
    """
    done = subprocess.run(["sh", "-ec", cell], capture_output=True, text=True, check=False)
    print(done.stdout.rstrip())  # noqa: T201 - output of a cell
    if done.returncode:
        print(done.stderr)  # noqa: T201 - output of a cell
        done.check_returncode()


def start() -> None:
    """Go to the tutorials' folder; teach the kernel terminal cells and charts."""
    os.chdir(os.environ["CIPS_TUTORIALS"])
    shell = get_ipython()
    shell.register_magic_function(_terminal, magic_kind="cell", magic_name="terminal")
    shell.display_formatter.formatters["text/html"].for_type(
        Figure, lambda figure: _picture(cips.charts.svg(figure))
    )
