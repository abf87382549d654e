"""An attacker reads everything that is written of a survey, and computes.

Tables are written as ``cips run`` writes them, and the parts of a fit that hold counts, without
sampling.  The attacker knows how tables are linked and what the audit says of why something is
withheld, and nothing of how it was chosen; the linear problem is set up here anew.
"""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from scipy.optimize import linprog

from cips_models.disclosure import Rule
from cips_models.estimands.nonresponse import nonresponse
from cips_models.model.layout import layout
from cips_models.model.record import shown_cells
from cips_models.survey import released
from cips_models.survey.survey import ANSWERED, DONT_KNOW, REFUSED, Survey
from cips_models.tables import write_table
from cips_models.workflow.description import facts, survey_tables

THRESHOLD = 10
COUNTRIES = tuple("ABCDEF")
SIZES = np.array([[3, 14, 40], [25, 31, 8], [60, 7, 22], [19, 52, 33], [45, 12, 71], [90, 28, 16]])

#: Lower and upper bound of what the attacker wants to know, by name.
type Box = dict[tuple[str, ...], list[float]]


@pytest.fixture(scope="module")
def survey(make_survey: Callable[..., Survey]) -> Survey:
    """Six countries once or twice, one group, three questions, few who do not know."""
    whole = make_survey(
        countries=COUNTRIES,
        groups=("officials",),
        waves=("2021", "2023", "2025"),
        questions=tuple((f"Q{k}", f"F{k}", 4, ("officials",), False) for k in (1, 2, 3)),
        respondents=int(SIZES.max()),
        missing=0.08,
        disclosure=Rule(THRESHOLD),
    )
    table = whole.respondents
    place = table.groupby(["country", "wave"], observed=True).cumcount().to_numpy()
    size = SIZES[table["country"].cat.codes, table["wave"].cat.codes]
    kept = place < size
    reasons = whole.reasons[kept].to_numpy().copy()
    rng = np.random.default_rng(4)
    unknown = reasons != ANSWERED
    reasons[unknown] = rng.choice([DONT_KNOW, REFUSED, 3], unknown.sum(), p=[0.7, 0.1, 0.2])
    return Survey(
        **{
            **vars(whole),
            "respondents": table[kept],
            "answers": whole.answers[kept],
            "reasons": whole.reasons[kept].copy(data=reasons),
        }
    )


def write(survey: Survey, folder: Path) -> None:
    """Everything that holds counts of people."""
    for name, table in survey_tables(survey).items():
        write_table(folder, name, table)
    (folder / "run.json").write_text(json.dumps(facts(survey)))
    shown_cells(survey, layout(survey)).to_netcdf(folder / "fit.nc")


class Attack:
    """Counts as unknowns, and everything that is written as constraints."""

    def __init__(self, folder: Path, asked: xr.DataArray) -> None:
        self.folder = folder
        self.asked = asked
        self.box: Box = {}
        self.equal: list[tuple[dict[tuple[str, ...], float], float, float]] = []
        audit = self.read("disclosure")
        self.reason = {(r.table, r.row, r.column): r.reason for r in audit.itertuples()}
        self.respondents()
        self.items()
        self.rates()

    def read(self, name: str) -> pd.DataFrame:
        texts = dict.fromkeys(["country", "group", "wave", "item", "from", "to", "row"], "str")
        return pd.read_csv(self.folder / f"{name}.csv", dtype=texts, keep_default_na=True).fillna(
            dict.fromkeys(texts, "")
        )

    def know(self, name: tuple[str, ...], value: float, *place: str) -> None:
        """A published count, or one of which only the reason is known."""
        if not np.isnan(value):
            self.box[name] = [value, value]
        elif self.reason[place] == "primary":
            self.box[name] = [1, THRESHOLD - 1]
        else:
            self.box[name] = [1, np.inf]

    def total(self, whole: tuple[str, ...], parts: list[tuple[str, ...]]) -> None:
        self.equal.append(({whole: -1.0, **dict.fromkeys(parts, 1.0)}, 0.0, 0.0))

    def respondents(self) -> None:
        table = self.read("respondents")
        sample = xr.load_dataset(self.folder / "fit.nc")["sample"].max("factor")
        for _, row in table.iterrows():
            where = [row["country"] or "all countries", row["group"], row["wave"]]
            name = ("N", row["country"], row["wave"])
            self.know(name, row["respondents"], "respondents", " / ".join(where), "respondents")
            if row["country"] and np.isnan(row["respondents"]):
                low = int(sample.sel(country=row["country"], wave=row["wave"]).squeeze())
                self.box[name] = [low, {1: 9, 10: 29, 30: 99, 100: np.inf}[low]]
        for wave, own in table[table["country"] != ""].groupby("wave"):
            self.total(("N", "", wave), [("N", c, wave) for c in own["country"]])
        waves = sorted(set(table["wave"]))
        everybody = json.loads((self.folder / "run.json").read_text())["respondents"]
        self.know(("all",), np.nan if everybody is None else everybody, "run.json", "",
                  "respondents")  # fmt: skip
        self.total(("all",), [("N", "", wave) for wave in waves])

    def items(self) -> None:
        items, whole = self.read("nonresponse_items"), self.read("nonresponse")
        kinds = ("answered", "dont_know", "refused", "not_asked")
        for _, row in items.iterrows():
            at = (row["item"], row["wave"])
            place = " / ".join([row["item"], row["group"], row["wave"]])
            for what in ("asked", "dont_know", "refused"):
                self.know((*at, what), row[what], "nonresponse_items", place, what)
            for what in ("answered", "not_asked"):
                self.box[(*at, what)] = [0, np.inf]
            self.total((*at, "asked"), [(*at, what) for what in kinds[:3]])
            self.total(("N", "", row["wave"]), [(*at, "asked"), (*at, "not_asked")])
            if not np.isnan(row["rate"]):  # a rate and one of its counts give the other
                rate = {(*at, "dont_know"): 100.0, (*at, "asked"): -row["rate"]}
                self.equal.append((rate, -0.05, 0.05))  # six digits
        for _, row in whole.iterrows():
            place = " / ".join([row["group"], row["wave"]])
            own = items[items["wave"] == row["wave"]]["item"]
            for what in kinds:
                name = ("every item", row["wave"], what)
                self.know(name, row[what], "nonresponse", place, what)
                self.total(name, [(item, row["wave"], what) for item in own])

    def rates(self) -> None:
        """Mean rates of don't know of countries; the attacker even knows who was asked where."""
        asked = self.asked
        for _, row in self.read("dont_know").iterrows():
            for end in ("from", "to"):
                own = asked.sel(item=row["item"], wave=row[end])
                both = (asked.sel(item=row["item"], wave=row["from"]) > 0) & (
                    asked.sel(item=row["item"], wave=row["to"]) > 0
                )
                parts = {}
                for country in own["country"].to_numpy()[own.to_numpy() > 0]:
                    n = float(own.sel(country=country))
                    name = (row["item"], row[end], "dont_know", str(country))
                    self.box[name] = [0, n]
                    parts[name] = 100.0 / n
                self.total((row["item"], row[end], "dont_know"), list(parts))
                if not np.isnan(row[f"rate_{end}"]):
                    n = int(both.sum())
                    middle = n * row[f"rate_{end}"]
                    self.equal.append((parts, middle - 0.05 * n, middle + 0.05 * n))

    def interval(self, name: tuple[str, ...]) -> tuple[float, float]:
        names = list(self.box)
        matrix = np.zeros((len(self.equal), len(names)))
        for k, (terms, _, _) in enumerate(self.equal):
            for term, times in terms.items():
                matrix[k, names.index(term)] = times
        low, high = np.array([ends for _, *ends in self.equal]).T
        ends = []
        for sign in (1.0, -1.0):
            aim = np.zeros(len(names))
            aim[names.index(name)] = sign
            solved = linprog(
                aim,
                A_ub=np.concatenate([matrix, -matrix]),
                b_ub=np.concatenate([high, -low]) + 1e-7,
                bounds=list(self.box.values()),
            )
            assert solved.success, solved.message
            ends.append(sign * solved.fun)
        return float(np.ceil(ends[0] - 1e-4)), float(np.floor(ends[1] + 1e-4))


def truth(survey: Survey) -> dict[tuple[str, ...], int]:
    """Counts of few people, of which none may be known."""
    counts = nonresponse(survey).squeeze("group")
    sizes = survey.respondents.groupby(["country", "wave"], observed=True).size()
    found = {("N", *map(str, place)): int(n) for place, n in sizes.items()}
    for item in map(str, counts["item"].to_numpy()):
        for wave in survey.waves:
            own = counts.sel(item=item, wave=wave)
            one = {what: int(own[what].sum()) for what in ("asked", "dont_know", "refused")}
            one["answered"] = one["asked"] - one["dont_know"] - one["refused"]
            found |= {(item, wave, what): n for what, n in one.items()}
            found |= {
                (item, wave, "dont_know", country): int(own["dont_know"].sel(country=country))
                for country in survey.countries
            }
    return {name: n for name, n in found.items() if 0 < n < THRESHOLD}


def attacked(survey: Survey, folder: Path) -> dict[tuple[str, ...], tuple[float, float, int]]:
    write(survey, folder)
    attack = Attack(folder, nonresponse(survey)["asked"].squeeze("group"))
    small = truth(survey)
    # A country's rate enters a table at the first and last wave alone.
    assert all(name in attack.box or name[1] == "2023" for name in small)
    return {name: (*attack.interval(name), n) for name, n in small.items() if name in attack.box}


def test_no_small_count_can_be_computed(survey: Survey, tmp_path: Path) -> None:
    found = attacked(survey, tmp_path)
    assert {name[0] for name in found} >= {"N", "Q1"}
    assert all(low <= n <= high for low, high, n in found.values())
    close = {name: ends for name, ends in found.items() if ends[1] - ends[0] < THRESHOLD // 2}
    assert not close


def test_without_secondary_suppression_they_can(
    survey: Survey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = released.suppress

    def primary_alone(*args: object, **more: object) -> np.ndarray:
        return original(*args, **more, secondary=False)

    monkeypatch.setattr(released, "suppress", primary_alone)
    found = attacked(survey, tmp_path)
    exactly = {name for name, (low, high, n) in found.items() if low == high == n}
    assert {("N", "A", "2021"), ("N", "B", "2025"), ("N", "C", "2023")} <= exactly


def test_no_small_number_stands_in_a_table(survey: Survey, tmp_path: Path) -> None:
    write(survey, tmp_path)
    for name, columns in {
        "respondents": ["respondents"],
        "nonresponse": ["answered", "dont_know", "refused"],
        "nonresponse_items": ["asked", "dont_know", "refused"],
    }.items():
        counts = pd.read_csv(tmp_path / f"{name}.csv")[columns].to_numpy(dtype=float)
        assert not ((counts > 0) & (counts < THRESHOLD)).any()
        assert np.isnan(counts).any()
    fit = xr.load_dataset(tmp_path / "fit.nc")
    small = fit["sample"] == 1
    assert small.any()
    assert np.isnan(fit["score"].where(small, drop=True)).all()
    assert "answers" not in fit


def test_the_audit_lists_what_is_empty_and_no_value(survey: Survey, tmp_path: Path) -> None:
    write(survey, tmp_path)
    audit = pd.read_csv(tmp_path / "disclosure.csv", dtype=str)
    assert list(audit) == ["table", "row", "column", "reason"]
    assert set(audit["reason"]) == {"primary", "secondary"}
    table = pd.read_csv(tmp_path / "respondents.csv")
    listed = audit[(audit["table"] == "respondents")]
    assert len(listed) == table["respondents"].isna().sum()
