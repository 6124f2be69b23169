"""A unit in the cell that is not that of the header: the message names the other one."""

import carboncalc as cc


def test_the_unit_of_the_header_is_named_where_a_cell_has_another() -> None:
    table = cc.read_activity([{"entity": "P", "period": "2023", "source": "化石燃料燃烧",
                               "item": "柴油", "amount": 1, "unit": "t",
                               "低位发热量 [GJ/t]": "10200 kcal/kg"}])  # fmt: skip
    assert [(i.code, i.params["unit"]) for i in table.issues] == [("A-035", "GJ/t")]
