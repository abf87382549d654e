"""How the documentation site is made: `make docs`."""

import os
import sys
from pathlib import Path

import cips_models

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "_extensions"))

project = "cips-models"
author = "The cips-models contributors"
copyright = author
release = version = cips_models.__version__

extensions = [
    "myst_nb",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx_click",
    "sphinx_copybutton",
    "sphinx_design",
    "repository_pages",
    "mathml",
    "public_names",
    "shell_cells",
    "tutorial_results",
    "gallery_pages",
]
exclude_patterns = ["_build", "_extensions", "_templates", "checks", "gallery"]
nitpicky = True
smartquotes = False  # --help is no dash

# Pages: Markdown that GitHub shows as well.
myst_enable_extensions = ["attrs_block", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
myst_links_external_new_tab = False

# Tutorials run anew in every build; a cell that fails fails the build.
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 600
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])

# The API, from docstrings; what an argument is stands in its Parameters section.
autosummary_generate = True
autodoc_typehints = "none"
autodoc_member_order = "bysource"
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False

html_theme = "pydata_sphinx_theme"
html_title = "cips-models"
templates_path = ["_templates"]
html_domain_indices = False
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_math_renderer = "mathml"
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "logo": {"text": "cips-models"},
    "navbar_align": "left",
    "navbar_end": ["theme-switcher"],
    "navbar_persistent": ["search-button"],
    "header_links_before_dropdown": 6,
    "show_toc_level": 2,
    "navigation_with_keys": False,
    "footer_start": ["copyright"],
    "footer_end": [],
    "secondary_sidebar_items": ["page-toc"],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
_ALONE = ("index", "start", "gallery", "validation", "benchmarks", "cite", "changelog")
html_sidebars: dict[str, list[str]] = {page: [] for page in _ALONE}
