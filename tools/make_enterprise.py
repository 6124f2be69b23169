"""Writes the made three-plant enterprise of the examples: twelve months of readings.

Nothing here was measured anywhere: the year's amounts are round figures of plausible size,
spread over the months by the weights below and rounded as a meter or an invoice would be.
Run ``python tools/make_enterprise.py``; the file is the same on every machine.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "src" / "carboncalc" / "examples" / "data"

HEADER = (
    "企业", "设施", "期间", "排放源", "品种", "数量", "单位", "表计", "绿电属性", "凭证号",
    "技术/类别", "含碳量", "含碳量基准", "进水COD浓度", "出水COD浓度", "污泥去除COD",
    "尿素质量分数", "凭证类型", "备注",
)  # fmt: skip

#: Shares of a year by month, in thousandths: steady, winter-heavy, summer-heavy.
STEADY = (80, 70, 85, 84, 85, 84, 86, 86, 84, 86, 85, 85)
WINTER = (140, 125, 105, 75, 60, 50, 45, 45, 55, 75, 100, 125)
SUMMER = (75, 65, 72, 76, 86, 97, 108, 108, 94, 78, 70, 71)
WEIGHTS = {"steady": STEADY, "winter": WINTER, "summer": SUMMER}

PLANT_1, PLANT_2, PLANT_3 = "made-plant-1", "made-plant-2", "made-plant-3"

#: plant, facility, source, item, amount of the year, unit, decimals, season, meter, more cells
FLOWS: tuple[tuple[str, str, str, str, float, str, int, str, str, dict[str, str]], ...] = (
    (PLANT_1, "锅炉房", "化石燃料燃烧", "天然气", 96, "万Nm3", 4, "winter", "G1-01", {}),
    (PLANT_1, "厂内车辆", "化石燃料燃烧", "柴油", 42, "t", 2, "steady", "", {}),
    (PLANT_1, "总降", "购入电力", "电力", 11_400, "MWh", 3, "summer", "E1-01", {}),
    (PLANT_1, "屋顶光伏", "购入电力", "电力", 1_260, "MWh", 3, "summer", "E1-02",
     {"绿电属性": "direct", "备注": "自发自用"}),
    (PLANT_1, "热力站", "购入热力", "热力", 8_600, "GJ", 1, "winter", "H1-01", {}),
    (PLANT_1, "污水站", "工业废水处理", "废水", 54_000, "m3", 0, "steady", "W1-01",
     {"技术/类别": "anaerobic_reactor", "进水COD浓度": "3.2 kg/m3", "出水COD浓度": "0.4 kg/m3",
      "污泥去除COD": "0 kg"}),
    (PLANT_2, "锅炉房", "化石燃料燃烧", "烟煤", 7_800, "t", 1, "winter", "C2-01",
     {"含碳量": "0.582 tC/t", "含碳量基准": "ar", "凭证类型": "化验报告"}),
    (PLANT_2, "总降", "购入电力", "电力", 18_900, "MWh", 3, "steady", "E2-01", {}),
    (PLANT_2, "总降", "购入电力", "电力", 3_600, "MWh", 3, "steady", "E2-01G",
     {"绿电属性": "green_trade", "凭证号": "MADE-GT-2023"}),
    (PLANT_2, "热力站", "输出热力", "热力", 21_000, "GJ", 1, "winter", "H2-09", {}),
    (PLANT_3, "车队", "移动源燃烧", "柴油", 610, "t", 2, "steady", "", {}),
    (PLANT_3, "车队", "移动源燃烧", "汽油", 74, "t", 2, "steady", "", {}),
    (PLANT_3, "车队", "尾气净化", "尿素", 24, "t", 2, "steady", "", {"尿素质量分数": "32.5 %"}),
    (PLANT_3, "场站", "购入电力", "电力", 1_480, "MWh", 3, "summer", "E3-01", {}),
)  # fmt: skip

#: A loss of refrigerant: the guideline has no such source, so it stands in the memo.
REFRIGERANT = {
    "企业": PLANT_1, "设施": "空调机房", "期间": "2023", "排放源": "制冷剂泄漏",
    "品种": "R-410A", "数量": "18.5", "单位": "kg", "凭证类型": "维修记录",
}  # fmt: skip


def rows() -> Iterator[dict[str, str]]:
    """Every reading of the year 2023, plant by plant and month by month."""
    for plant, facility, source, item, year, unit, decimals, season, meter, more in FLOWS:
        weights = WEIGHTS[season]
        for month, weight in enumerate(weights, start=1):
            yield {
                "企业": plant,
                "设施": facility,
                "期间": f"2023-{month:02d}",
                "排放源": source,
                "品种": item,
                "数量": f"{year * weight / sum(weights):.{decimals}f}",
                "单位": unit,
                "表计": meter,
                "凭证类型": "抄表记录" if meter else "加油记录",
                **more,
            }
    yield REFRIGERANT


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / "enterprise.csv"
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, HEADER, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows())
    print("wrote", path)


if __name__ == "__main__":
    main()
