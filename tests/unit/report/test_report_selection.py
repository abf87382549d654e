"""What the report says of how support was chosen, and of the bracket."""

from cips_models.report import selection, selection_tables
from cips_models.report.overturned import overturning


def said(assessment):
    return [each.replace("\N{NO-BREAK SPACE}", " ") for each in selection.sentences(assessment)]


def of_cut(tables, **shift):
    """Effects whose intervals under the three specifications of the cut route are as given."""
    effects = tables["effects"].copy()
    for name, (lower, upper) in shift.items():
        rows = (effects["specification"] == name) & (effects["route"] == "cut")
        effects.loc[rows, ["lower", "upper"]] = (lower, upper)
    return {**tables, "effects": effects}


def test_every_group_has_its_start_its_noise_and_its_bracket(assessment):
    start, noise, bracket, *others = said(assessment)
    assert "supported cells started lower than others, by 4.0 points (95 % interval" in start
    assert "2.10 times as high" in start
    assert "sampling noise is 22 % of the variance" in noise
    assert "an effect of +0.83 points" in noise
    assert bracket.startswith("Officials: the three intervals together (cut route) reach from")
    assert [each.split(":")[0] for each in others[:3]] == ["Private sector"] * 3
    assert "nothing is promised" in others[3]


def test_the_bracket_is_the_union_and_says_whether_it_holds_zero(make_tables, make_assessment):
    ends = {"did": (1.0, 4.0), "exchangeable": (-0.5, 2.0), "conditional": (0.2, 3.0)}
    assessment = make_assessment(of_cut(make_tables(), **ends))
    bracket = said(assessment)[2]
    assert "from −0.5 to +4.0 points and hold zero" in bracket
    assert "no direction is established" in bracket
    above = make_assessment(of_cut(make_tables(), **{**ends, "exchangeable": (0.1, 2.0)}))
    assert "zero lies outside" in said(above)[2]


def test_the_brief_warns_only_where_the_bracket_overturns(make_tables, make_assessment):
    ends = {"did": (1.0, 4.0), "exchangeable": (-0.5, 2.0), "conditional": (0.2, 3.0)}
    tables = make_tables()

    def warned(p, ends):
        made = of_cut(tables, **ends)
        effects = made["effects"].copy()
        effects.loc[effects["route"] == "joint", "p_positive"] = p
        said = overturning(make_assessment({**made, "effects": effects}), "officials")
        return [each for each in said if "assumed of starting points" in each]

    (warning,) = warned(0.99, ends)
    assert "anywhere from −0.5 to +4.0 points" in warning
    assert warned(0.6, ends) == []
    assert warned(0.99, {**ends, "exchangeable": (0.1, 2.0)}) == []


def test_the_table_has_every_quantity_and_no_cell(assessment):
    table = selection_tables.quantities(assessment)
    assert len(table.rows) == 2 * 6
    odds = next(row for row in table.rows if row[0].startswith("odds of support"))
    assert odds[2:4] == ("–", "2.10")
    assert odds[5] == "–"


def test_without_support_nothing_is_said(make_tables, make_assessment):
    assessment = make_assessment(make_tables(support=False))
    assert selection.sentences(assessment) == ()
    assert not selection_tables.quantities(assessment).rows
