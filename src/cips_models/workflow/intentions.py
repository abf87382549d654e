"""What an analysis is meant to do, in words, before it has seen an answer.

Made from the study file, the codebook, the support table and the specification: the responses
need not be there yet.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

from cips_models import __version__
from cips_models.did.bracket import BRACKET
from cips_models.errors import Problem, SurveyError
from cips_models.estimands.intervals import LABEL
from cips_models.model.specification import Prior, Specification
from cips_models.report.plan import Intentions
from cips_models.survey.codebook import Codebook
from cips_models.survey.codebook_file import load_codebook
from cips_models.survey.study import Labelling, Study
from cips_models.survey.table_file import read_table
from cips_models.survey.wave_pairs import named_waves
from cips_models.wording import N_
from cips_models.workflow.request import Request

#: Characters of a digest: two files that differ share them once in 10^19.
_DIGITS: Final = 16

_NONE: Final = N_("none")


def intentions(asked: Request, study: Study, specification: Specification) -> Intentions:
    """What is meant to be done with a study.

    Parameters
    ----------
    asked : Request
        Files in place of the study's, seed, margin and waves compared.
    study : Study
    specification : Specification

    Raises
    ------
    SurveyError
        The codebook or the support table cannot be read.
    """
    codebook = load_codebook(
        asked.codebook or study.folder / study.files.codebook, study.groups.names
    )
    support = _support(study, asked.support)
    return {
        N_("Survey"): {
            N_("study"): study.name,
            N_("groups"): ", ".join(study.groups.names),
            N_("waves"): ", ".join(study.waves.names),
            N_("countries"): ", ".join(study.countries.names) or N_("all in the responses"),
            N_("questionnaire"): _questionnaire(codebook),
            N_("support"): support,
            N_("exposure map"): _exposure(study),
            **{
                N_("left out, {column}").format(column=name): _excluded(each)
                for name, each in study.labellings.items()
            },
            N_("strata"): ", ".join(study.composition.strata) or _NONE,
            N_("standard composition"): _standard(study),
            N_("mode"): _mode(study),
            N_("survey weights"): study.columns.weight or _NONE,
        },
        N_("Estimands"): {
            **_estimands(asked.margin),
            N_("waves compared"): _compared(asked, study),
            **_decision(asked, study),
        },
        N_("Model"): {
            N_("specification"): specification.name,
            N_("bracket"): _NONE if support == _NONE else ", ".join(BRACKET),
            N_("seed"): str(asked.seed),
            **_structure(specification),
        },
        N_("Priors"): {term: _prior(prior) for term, prior in specification.priors.items()},
        N_("Software"): {"cips-models": __version__},
    }


def _estimands(margin: float) -> dict[str, str]:
    return {
        N_("change"): N_(
            "of every country x factor x group between two waves, and pooled over the countries "
            "seen in both, each weighing the same; scales latent, percent positive, score"
        ),
        N_("improved"): N_("a change in percent positive above {points}").format(
            points=_points(margin)
        ),
        N_("headline"): N_(
            "share of cells improved, supported and not, as a posterior distribution; raw scores "
            "beside it"
        ),
        N_("effect"): N_(
            "difference in differences, average over supported cells seen before and after, each "
            "weighing the same (ATT), by group; percent positive first, then latent and score"
        ),
        N_("effect, other outcomes"): N_(
            "beside it with trends parallel in points, and between countries by the distributional "
            "counterfactual (Yamauchi, 2020) and with trends parallel in shares of answers; by "
            "country, by factor, by cell and by time since support"
        ),
        N_("effect, other weights"): N_(
            "averages in which every country, every factor or every respondent of a supported "
            "cell's last wave weighs the same, or cells weigh by the intensity of support"
        ),
        N_("interval"): LABEL,
    }


def _decision(asked: Request, study: Study) -> dict[str, str]:
    """Which effects matter, in points of positive answers."""
    found = asked.decision(study.decision)
    words = {
        "margin": N_("smallest effect worth having"),
        "equivalent": N_("as good as no effect, up to"),
    }
    return {
        said: N_("not stated") if found[name] is None else _points(found[name])
        for name, said in words.items()
    }


def _compared(asked: Request, study: Study) -> str:
    pairs = named_waves(study.waves.names, asked.start, asked.end)
    if pairs is None:
        return N_("the first with the last, and each with the next")
    (first, last), *_others = pairs
    return N_("{first} with {last} alone").format(first=first, last=last)


def _points(number: float) -> str:
    """In English, in which a plan is recorded; told in other languages where it is shown."""
    return f"{number:g} point" if number == 1 else f"{number:g} points"


def _exposure(study: Study) -> str:
    if study.files.exposure is None:
        return _NONE
    path = study.folder / study.files.exposure
    content = path.read_bytes() if path.is_file() else b""
    return N_("table {digest}").format(digest=hashlib.sha256(content).hexdigest()[:_DIGITS])


def _questionnaire(codebook: Codebook) -> str:
    """Everything that decides how an answer is recoded."""
    items = [asdict(replace(item, text={})) for item in codebook.items]
    return N_("{items} items in {factors} factors; recoding {digest}").format(
        items=len(codebook.items),
        factors=len(codebook.factors),
        digest=_digest([list(codebook.factors), items]),
    )


def _support(study: Study, instead: Path | None) -> str:
    if instead is None and study.files.support is None:
        return _NONE
    problems: list[Problem] = []
    path = instead or study.folder / str(study.files.support)
    table = read_table(path, study.csv, problems, study.sheets.support)
    if table is None or problems:
        raise SurveyError(problems)
    rows = sorted(tuple(str(cell).strip() for cell in row) for row in table.to_numpy())
    supported = "?"
    if "supported" in table:
        supported = str(int((table["supported"].str.strip() == "1").sum()))
    named = _digest([list(table.columns), rows])
    return N_("{supported} of {all} country x factor cells; table {digest}").format(
        supported=supported, all=len(rows), digest=named
    )


def _excluded(labelling: Labelling) -> str:
    return ", ".join(labelling.exclude) or _NONE


def _standard(study: Study) -> str:
    if study.files.population is None:
        return study.composition.standard
    path = study.folder / study.files.population
    content = path.read_bytes() if path.is_file() else b""
    return N_("population table {digest}").format(
        digest=hashlib.sha256(content).hexdigest()[:_DIGITS]
    )


def _mode(study: Study) -> str:
    said = study.columns.mode or N_("no column")
    if study.mode.sd is None:
        return said
    return N_("{mode}; taken to differ by {sd} logits (prior sd)").format(
        mode=said, sd=f"{study.mode.sd:g}"
    )


def _structure(specification: Specification) -> dict[str, str]:
    said = {name: str(value).lower() for name, value in asdict(specification.structure).items()}
    grid = ", ".join(f"{n} {value}" for n, value in asdict(specification.quadrature).items())
    return {**said, "quadrature": f"{grid}, least_specific {specification.least_specific:g}"}


def _prior(prior: Prior) -> str:
    median = f"median {prior.median:g}, " if prior.family == "lognormal" else ""
    if prior.family == "uniform":
        return prior.family
    return f"{prior.family}, {median}sd {prior.sd:g}"


def _digest(content: Mapping[str, Any] | list[Any]) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]
