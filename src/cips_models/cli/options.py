"""Arguments and options that several commands share, each declared once."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from cips_models.wording import LANGUAGES, SOURCE_LANGUAGE

type Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_COUNT = click.IntRange(min=1)
_NEW = click.Path(path_type=Path)


def _all(*decorators: Decorator) -> Decorator:
    def apply(function: Callable[..., Any]) -> Callable[..., Any]:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return apply


#: The study file, and other places for the tables that it names.
survey_files = _all(
    click.argument("study", type=_FILE),
    click.option("--responses", type=_FILE, help="Responses, instead of the study's."),
    click.option("--codebook", type=_FILE, help="Codebook, instead of the study's."),
    click.option("--support", type=_FILE, help="Support table, instead of the study's."),
)

study_file = click.argument("study", type=_FILE)
data_file = click.argument("data", type=_FILE)
results_folder = click.argument("folder", type=_FOLDER)

#: Two results folders: an earlier release, and a later one.
folders_of_results = _all(
    click.argument("earlier", type=_FOLDER), click.argument("later", type=_FOLDER)
)
fit_file = click.argument("fit_file", metavar="FIT", type=_FILE)
fit_files = click.argument("fit_files", metavar="FIT...", type=_FILE, nargs=-1, required=True)

earlier_fit = click.option(
    "--fit",
    "fit_file",
    metavar="FIT",
    type=_FILE,
    help="A fit of this survey. Default: fit it by the cut route.",
)

cells_files = click.argument("cells_files", metavar="CELLS...", type=_FILE, nargs=-1, required=True)

as_json = click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
overwrite = click.option("--overwrite", is_flag=True, help="Replace results that differ.")
seed = click.option(
    "--seed",
    type=click.IntRange(min=0),
    metavar="N",
    default=1,
    show_default=True,
    help="Seed of everything that is random.",
)
specification = click.option(
    "--spec",
    "specification",
    metavar="NAME|FILE",
    help="Model specification; default: the study's.",
)


def out(help_text: str, *, default: str | None = None, optional: bool = False) -> Decorator:
    """Place for the results; one that is optional is None where nothing is said."""
    return click.option(
        "--out",
        type=_NEW,
        default=default,
        required=default is None and not optional,
        show_default=default is not None,
        help=help_text,
    )


margin = click.option(
    "--margin",
    type=click.FloatRange(min=0),
    metavar="POINTS",
    default=0.0,
    show_default=True,
    help="Points by which a change must exceed zero to count as an improvement.",
)
weights = click.option(
    "--weights",
    metavar="NAME|FILE",
    default="cells",
    show_default=True,
    help="How supported cells weigh in averages: cells, countries or factors (each the same), "
    "respondents, intensity, or a CSV file with columns country, factor, weight.",
)
#: Which effects matter, in points of positive answers.
effect_margins = _all(
    click.option(
        "--effect-margin",
        type=click.FloatRange(min=0, max=100),
        metavar="POINTS",
        help="Smallest effect worth having. Default: the study's; without one, several are shown.",
    ),
    click.option(
        "--equivalent",
        type=click.FloatRange(min=0, max=100),
        metavar="POINTS",
        help="Effects up to this size are as good as none. Default: the study's, else 1.",
    ),
)
#: Two waves, instead of all that the chain compares.
waves = _all(
    click.option(
        "--from",
        "start",
        metavar="WAVE",
        help="First of the two waves compared. Default: the first with the last wave and each "
        "with the next; the first, where only --to is given.",
    ),
    click.option(
        "--to", "end", metavar="WAVE", help="Second of the two; the last, if only --from is given."
    ),
)
threshold = click.option(
    "--threshold",
    type=click.IntRange(0, 1000),
    metavar="PEOPLE",
    help="Counts of fewer people are withheld from everything written; 0 withholds nothing. "
    "Default: the study's, else 10.",
)
plan = click.option(
    "--plan",
    type=_FILE,
    help="Pre-analysis plan; default: plan.md beside the study file, if there is one.",
)
force = click.option(
    "--force", is_flag=True, help="Write the report although diagnostics fail; it says so."
)


def _some(known: Sequence[str], *, all_of_them: bool = False) -> Callable[..., list[str]]:
    """A callback that reads a list with commas, each once; "all" is allowed or is not."""
    either = ", or all" if all_of_them else ""

    def chosen(_ctx: click.Context, parameter: click.Parameter, value: str) -> list[str]:
        named = [each.strip() for each in value.split(",") if each.strip()]
        found = list(known) if all_of_them and value == "all" else named
        if not found or not set(found) <= set(known):
            raise click.BadParameter(
                f"found {value!r}; expected some of {', '.join(known)}, with commas between "
                f"them{either}",
                param=parameter,
            )
        return list(dict.fromkeys(found))

    return chosen


def formats(known: Sequence[str], *, default: str) -> Decorator:
    """Some formats; the default where nothing is said."""
    return click.option(
        "--format",
        "formats",
        metavar="LIST",
        default=default,
        show_default=True,
        callback=_some(known),
        help=f"{', '.join(known)}, with commas between them.",
    )


#: In which languages something for readers is written.
languages = click.option(
    "--lang",
    "languages",
    metavar="LIST",
    default=SOURCE_LANGUAGE,
    show_default=True,
    callback=_some(tuple(LANGUAGES), all_of_them=True),
    help=f"Languages: {', '.join(LANGUAGES)}, with commas between them, or all. What is not in "
    "English goes into a folder named by the language.",
)

#: In which language one file is written.
language = click.option(
    "--lang",
    "language",
    default=SOURCE_LANGUAGE,
    show_default=True,
    type=click.Choice(tuple(LANGUAGES)),
    help="Language of the document.",
)

#: How to sample.  Defaults are those of ``cips_models.fit``.
sampling = _all(
    seed,
    click.option("--draws", type=_COUNT, metavar="N", help="Draws kept of each chain."),
    click.option("--tune", type=_COUNT, metavar="N", help="Steps to adapt each chain."),
    click.option("--chains", type=_COUNT, metavar="N", help="Number of chains."),
    click.option(
        "--cores",
        type=_COUNT,
        metavar="N",
        help="Chains sampled, and steps of a run carried out, at a time. Default: 2.",
    ),
    click.option(
        "--sampler",
        type=click.Choice(["auto", "importance", "approximate", "nutpie", "pymc"]),
        help="Of the joint route. Default: auto, importance sampling where its diagnostic allows. "
        "approximate: in a minute, with a diagnostic that says when not to trust it.",
    ),
    click.option(
        "--backend",
        type=click.Choice(["numpy", "numba", "jax"]),
        help="Of nutpie. Default: numpy; numba compiles for a minute, then runs faster; jax, "
        "where it is installed, uses its GPU.",
    ),
)

#: How to fit cells from files.
pooling = _all(
    click.option("--support", type=_FILE, help="Support table of all countries."),
    click.option(
        "--spec",
        "specification",
        metavar="NAME|FILE",
        default="did",
        show_default=True,
        help="Model specification; its hierarchy is used.",
    ),
    seed,
    click.option("--draws", type=_COUNT, metavar="N", help="Draws kept of each chain."),
    click.option("--chains", type=_COUNT, metavar="N", help="Number of chains."),
    click.option("--cores", type=_COUNT, metavar="N", help="Chains sampled at a time."),
)

#: Which synthetic world.
world = _all(
    click.option(
        "--scale",
        type=click.Choice(["small", "cips"]),
        default="small",
        show_default=True,
        help="small: all of the anatomy, few people; cips: as many as were really asked.",
    ),
    click.option(
        "--effect",
        type=click.Choice(["real", "none"]),
        default="real",
        show_default=True,
        help="Whether support has an effect; the raw headline looks the same.",
    ),
    click.option(
        "--waves",
        type=click.IntRange(2, 3),
        default=2,
        show_default=True,
        help="With a third, support begins at different waves.",
    ),
)
