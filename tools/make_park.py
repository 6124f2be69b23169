"""Writes the made park of the examples: three tenants, a heat station, PV, twelve months.

Nothing here was measured anywhere: the year's amounts are round figures of plausible size,
spread over the months by the weights below and rounded as a meter would be. The second meter
of a transfer reads a little more than the first, well within half a percent.
Run ``python tools/make_park.py``; the files are the same on every machine.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "src" / "carboncalc" / "examples" / "data" / "park"
YEAR = 2023

HEADER = (
    "企业", "工序", "期间", "排放源", "品种", "数量", "单位", "对方", "表计", "绿电属性",
    "凭证号", "备注",
)  # fmt: skip

#: Shares of a year by month, in thousandths: steady, winter-heavy, summer-heavy.
STEADY = (80, 70, 85, 84, 85, 84, 86, 86, 84, 86, 85, 85)
WINTER = (140, 125, 105, 75, 60, 50, 45, 45, 55, 75, 100, 125)
SUMMER = (75, 65, 72, 76, 86, 97, 108, 108, 94, 78, 70, 71)
SUNNY = (60, 62, 75, 85, 96, 100, 115, 110, 95, 80, 65, 57)

BUY_POWER, SELL_POWER = "购入电力", "输出电力"
BUY_HEAT, SELL_HEAT = "购入热力", "输出热力"
BURN, DRIVE = "化石燃料燃烧", "移动源燃烧"

#: What crosses the fence or is burnt: entity, process, source, item, year, unit, decimals,
#: season, counterparty, meter, instrument, certificate, note
DIRECT_ROWS: tuple[tuple[Any, ...], ...] = (
    ("ST", "", BURN, "天然气", 4_500, "万Nm3", 4, WINTER, "", "G-ST", "", "", "锅炉"),
    ("OPS", "", BUY_POWER, "电力", 187_000, "MWh", 3, SUMMER, "", "E-MASTER", "", "", "总表"),
    ("COM", "班车", DRIVE, "柴油", 60, "t", 2, STEADY, "", "", "", "", "通勤班车"),
    ("T1", "", DRIVE, "柴油", 45, "t", 2, STEADY, "", "", "", "", "叉车"),
    ("T2", "", BURN, "天然气", 60, "万Nm3", 4, STEADY, "", "G-T2", "", "", "烘烤线"),
    ("T3", "", BUY_POWER, "电力", 220_000, "MWh", 3, SUMMER, "", "E-T3", "", "", "直供专变"),
    ("T3", "", BUY_POWER, "电力", 80_000, "MWh", 3, STEADY, "", "E-T3G", "green_trade",
     "MADE-GT-01", "绿电交易"),
    ("PV", "", SELL_POWER, "电力", 12_000, "MWh", 3, SUNNY, "", "E-PVX", "direct", "", "上网"),
    ("ST", "", SELL_HEAT, "热力", 50_000, "GJ", 1, WINTER, "NB", "H-NB", "", "", "供园区外邻厂"),
)  # fmt: skip

#: Transfers inside: seller, buyer, sources, item, year, unit, decimals, season, instrument
TRANSFERS: tuple[tuple[Any, ...], ...] = (
    ("OPS", "T1", BUY_POWER, SELL_POWER, "电力", 120_000, "MWh", 3, SUMMER, ""),
    ("OPS", "T2", BUY_POWER, SELL_POWER, "电力", 60_000, "MWh", 3, SUMMER, ""),
    ("OPS", "ST", BUY_POWER, SELL_POWER, "电力", 2_000, "MWh", 3, WINTER, ""),
    ("OPS", "COM", BUY_POWER, SELL_POWER, "电力", 3_000, "MWh", 3, STEADY, ""),
    ("PV", "T1", BUY_POWER, SELL_POWER, "电力", 25_000, "MWh", 3, SUNNY, "direct"),
    ("PV", "T3", BUY_POWER, SELL_POWER, "电力", 20_000, "MWh", 3, SUNNY, "direct"),
    ("PV", "ST", BUY_POWER, SELL_POWER, "电力", 3_000, "MWh", 3, SUNNY, "direct"),
    ("ST", "T1", BUY_HEAT, SELL_HEAT, "热力", 250_000, "GJ", 1, WINTER, ""),
    ("ST", "T2", BUY_HEAT, SELL_HEAT, "热力", 900_000, "GJ", 1, STEADY, ""),
    ("ST", "T3", BUY_HEAT, SELL_HEAT, "热力", 350_000, "GJ", 1, WINTER, ""),
)  # fmt: skip

#: The seller's meter against the buyer's, in thousandths.
SECOND_METER = 1.001

OUTPUT_HEADER = ("企业", "期间", "指标", "数量", "单位", "口径", "凭证")
OUTPUTS = (
    ("T1", "value_added", 42_000, "万元", "2023年价", "示例数据"),
    ("T2", "value_added", 18_500, "万元", "2023年价", "示例数据"),
    ("T3", "value_added", 96_000, "万元", "2023年价", "示例数据"),
    ("T1", "revenue", 165_000, "万元", "2023年价", "示例数据"),
    ("T2", "revenue", 88_000, "万元", "2023年价", "示例数据"),
    ("T3", "revenue", 410_000, "万元", "2023年价", "示例数据"),
    ("T1", "gearbox", 38_000, "t", "", "示例数据"),
    ("OPS", "tce_primary_coefficient", 0.30, "kgce_primary/kWh", "",
     "made example: not a published coefficient"),
)  # fmt: skip


def months(year_amount: float, season: tuple[int, ...], decimals: int) -> list[float]:
    """The year spread over its months; December takes what rounding leaves."""
    parts = [round(year_amount * share / sum(season), decimals) for share in season[:-1]]
    return [*parts, round(year_amount - sum(parts), decimals)]


def rows() -> list[dict[str, object]]:
    """Every reading."""
    out: list[dict[str, object]] = []

    def add(decimals: int, month: int, amount: float, **cells: object) -> None:
        period = f"{YEAR}-{month:02d}"
        out.append({**cells, "期间": period, "数量": f"{amount:.{decimals}f}"})

    for (entity, process, source, item, amount, unit, decimals, season, other, meter,
         instrument, certificate, note) in DIRECT_ROWS:  # fmt: skip
        cells = {
            "企业": entity, "工序": process, "排放源": source, "品种": item, "单位": unit,
            "对方": other, "表计": meter, "绿电属性": instrument, "凭证号": certificate,
            "备注": note,
        }  # fmt: skip
        for month, value in enumerate(months(amount, season, decimals), start=1):
            add(decimals, month, value, **cells)
    for seller, buyer, buy, sell, item, amount, unit, decimals, season, instrument in TRANSFERS:
        process = "照明" if buyer == "COM" else ""
        letter = "H" if item == "热力" else "E"
        shared = {"品种": item, "单位": unit, "绿电属性": instrument}
        for month, value in enumerate(months(amount, season, decimals), start=1):
            add(decimals, month, value, **shared, 企业=buyer, 工序=process, 排放源=buy, 对方=seller,
                表计=f"{letter}-{seller}-{buyer}")  # fmt: skip
            add(decimals, month, round(value * SECOND_METER, decimals), **shared, 企业=seller,
                排放源=sell, 对方=buyer, 表计=f"{letter}-{seller}-{buyer}-2")  # fmt: skip
    return out


def main() -> None:
    """Write the readings and the outputs."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "activity.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, HEADER, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows())
    with (FOLDER / "outputs.csv").open("w", encoding="utf-8", newline="") as handle:
        plain = csv.writer(handle, lineterminator="\n")
        plain.writerow(OUTPUT_HEADER)
        for entity, measure, amount, unit, statistic, evidence in OUTPUTS:
            plain.writerow((entity, YEAR, measure, amount, unit, statistic, evidence))


if __name__ == "__main__":
    main()
