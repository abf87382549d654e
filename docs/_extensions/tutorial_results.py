"""Before pages are read: the tutorials' survey, and the results that they and the gallery show.

The tutorial of the evaluator types the same command, which then finds its steps done.
"""

import os
import subprocess
import sys
from pathlib import Path

from small_survey import make
from sphinx.application import Sphinx
from sphinx.util import logging

logger = logging.getLogger(__name__)

#: Where the tutorials work, for the first cell of each.
WORK = "CIPS_TUTORIALS"

#: As the tutorial of the evaluator types it.
RUN = "run survey/study.toml --out results --sampler approximate --draws 800 --cores 1"


def work_folder(app: Sphinx) -> Path:
    """Folder in which everything of the tutorials is made."""
    return Path(app.srcdir) / "_build" / "tutorials"


def _prepare(app: Sphinx) -> None:
    folder = work_folder(app)
    os.environ[WORK] = str(folder)
    os.environ["CIPS_EXTENSIONS"] = str(Path(__file__).parent)
    study = folder / "survey" / "study.toml"
    if not study.exists():
        make(study.parent)
    logger.info("cips %s", RUN)
    command = [sys.executable, "-c", "from cips_models.cli.main import cli; cli()", "-q"]
    subprocess.run([*command, *RUN.split()], cwd=folder, check=True, stdout=subprocess.DEVNULL)


def setup(app: Sphinx) -> dict[str, bool]:
    """Listen to the start of a build."""
    app.connect("builder-inited", _prepare, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
