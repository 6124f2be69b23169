"""How people write units, and which spellings are refused because they mean two things.

Only words stand here. What a unit is worth stands in ``units.txt``, and how words combine
into a unit stands in ``units_grammar.py``.
"""

from __future__ import annotations

import re
import unicodedata

_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_RAISED = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+")
_INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff]")

#: Longest first: 万亿 must not be read as 万 of 亿-somethings.
NUMERALS = {
    "万亿": 12,
    "千亿": 11,
    "百亿": 10,
    "十亿": 9,
    "亿": 8,
    "千万": 7,
    "百万": 6,
    "十万": 5,
    "万": 4,
    "千": 3,
    "百": 2,
    "trillion": 12,
    "trn": 12,
    "billion": 9,
    "bn": 9,
    "million": 6,
    "mn": 6,
    "thousand": 3,
}

#: Spellings of one unit, beside its own symbol; each is also taken in any case and width.
ALIASES = {
    "g": "克 gram grams gramme grammes",
    "kg": "千克 公斤 kgs kilogram kilograms kilogramme kilogrammes",
    "mg": "毫克 milligram milligrams",
    "ug": "μg 微克 microgram micrograms",
    "t": "吨 公吨 tonne tonnes metric_ton metric_tons metric_tonne metric_tonnes",
    "lb": "lbs pound pounds 磅",
    "short_ton": "short_tons 短吨",
    "long_ton": "long_tons 长吨",
    "m": "米 metre metres meter meters",
    "km": "公里 千米 kilometre kilometres kilometer kilometers kms",
    "mile": "英里 miles",
    "nautical_mile": "海里 nmi nautical_miles",
    "ft": "英尺 foot feet",
    "m2": "平方米 平米 sqm square_metre square_metres square_meter square_meters",
    "km2": "平方公里 平方千米",
    "ha": "公顷 hectare hectares",
    "mu": "亩",
    "m3": "立方米 立方 立米 方 cbm cubic_metre cubic_metres cubic_meter cubic_meters",
    "cm3": "立方厘米",
    "L": "l 升 公升 litre litres liter liters",
    "mL": "毫升 millilitre millilitres milliliter milliliters",
    "kL": "千升 kilolitre kilolitres",
    "gal": "gallon gallons US_gal US_gallon US_gallons 美制加仑",
    "imperial_gal": "UK_gal imperial_gallon imperial_gallons 英制加仑",
    "bbl": "barrel barrels 桶",
    "Nm3": "N立方米 标立方米 标立方 标方 标况立方米 标态立方米 m3n normal_m3",
    "Sm3": "S立方米 m3(20°C) m3(20C) 立方米(20°C) 立方米(20C)",
    "scf": "standard_cubic_foot standard_cubic_feet 标准立方英尺",
    "s": "秒 sec second seconds",
    "min": "分钟 minute minutes",
    "h": "小时 时 hr hrs hour hours",
    "day": "天 日 d days",
    "month": "月 months",
    "year": "年 a yr years 每年",
    "J": "焦 焦耳 joule joules",
    "kJ": "千焦 千焦耳 kilojoule kilojoules",
    "MJ": "兆焦 兆焦耳 megajoule megajoules",
    "GJ": "吉焦 吉焦耳 百万千焦 gigajoule gigajoules",
    "TJ": "太焦 太焦耳 terajoule terajoules",
    "W": "瓦 瓦特 watt watts",
    "kW": "千瓦 kilowatt kilowatts",
    "MW": "兆瓦 megawatt megawatts",
    "V": "伏 伏特 volt volts",
    "kV": "千伏 kilovolt kilovolts",
    "GW": "吉瓦 gigawatt gigawatts",
    "Wh": "瓦时 瓦小时",
    "kWh": "度 度电 千瓦时 千瓦小时 kilowatt_hour kilowatt_hours kilowatthour kW_h kW_hr",
    "MWh": "兆瓦时 兆瓦小时 megawatt_hour megawatt_hours MW_h",
    "GWh": "吉瓦时 吉瓦小时 gigawatt_hour gigawatt_hours GW_h",
    "TWh": "太瓦时 terawatt_hour terawatt_hours",
    "Pa": "帕 帕斯卡 pascal",
    "kPa": "千帕",
    "MPa": "兆帕",
    "bar": "巴",
    "atm": "标准大气压",
    "cal": "卡",
    "kcal": "千卡 大卡 kilocalorie kilocalories",
    "Mcal": "兆卡",
    "Gcal": "吉卡 百万大卡 百万千卡",
    "Btu": "英热单位",
    "mmBtu": "MMBtu 百万英热单位 百万英热",
    "therm": "therms 撒姆",
    "tce": "吨标准煤 吨标煤 吨煤当量 tce(当量值) tce(当量) 吨标准煤(当量值) 吨标准煤(当量)",
    "kgce": "千克标准煤 千克标煤 公斤标准煤 公斤标煤 kg标准煤 kg标煤",
    "gce": "克标准煤 克标煤 g标准煤 g标煤",
    "tce_primary": (
        "tce(等价值) tce(等价) 吨标准煤(等价值) 吨标准煤(等价) 吨标煤(等价值) 吨标煤(等价)"
    ),
    "kgce_primary": "kgce(等价值) kgce(等价) 千克标准煤(等价值) 千克标准煤(等价)",
    "vkm": "车公里 车千米 vehicle_km vehicle_kms vehicle_kilometre vehicle_kilometres",
    "pkm": "人公里 人千米 passenger_km passenger_kms passenger_kilometre passenger_kilometres",
    "tkm": "吨公里 吨千米 tonne_km tonne_kms t_km tonne_kilometre tonne_kilometres",
    "vehicle_mile": "vehicle_miles",
    "passenger_mile": "passenger_miles",
    "short_ton_mile": "short_ton_miles",
    "room_night": "room_nights 间夜",
    "vehicle": "vehicles",
    "passenger": "passengers",
    "piece": "pieces pcs 件 个 台 辆 套 片 块 支 部",
    "person": "persons people 人",
    "head": "头",
    "degC": "°C ℃ 摄氏度 deg_C",
    "K": "开尔文 kelvin",
    "mol": "摩尔 moles mole",
    "CNY": "元 人民币 元人民币 人民币元 RMB yuan 圆",
    "USD": "美元 US$",
    "EUR": "欧元 € euro euros",
    "GBP": "英镑 £",
    "HKD": "港元 港币 HK$",
    "JPY": "日元",
    "percent": "% 百分比 百分数 pct",
    "permille": "‰",
    "1": "无量纲 fraction dimensionless - 小数",
    "C": "碳 carbon",
    "CO2": "二氧化碳",
    "CO2e": "二氧化碳当量 CO2eq CO2当量",
    "CH4": "甲烷",
    "N2O": "氧化亚氮 一氧化二氮",
    "SF6": "六氟化硫",
    "NF3": "三氟化氮",
    "CF4": "四氟化碳 PFC-14",
    "C2F6": "六氟乙烷 PFC-116",
    "C3F8": "PFC-218",
    "c-C4F8": "PFC-318",
    "C4F10": "PFC-3-1-10",
    "C5F12": "PFC-4-1-12",
    "C6F14": "PFC-5-1-14",
    "HFC-23": "CHF3",
    "HFC-32": "CH2F2",
    "HFC-41": "CH3F",
    "COD": "化学需氧量",
    "HFO-1234ze(E)": "HFO-1234ze_E_ HFO_1234ze_E",
}

_TON = ("t = 1000 kg, short_ton = 907 kg, long_ton = 1016 kg", "t / short_ton / long_ton")
_STANDARD_VOLUME = ("Nm3 (0 °C), Sm3 (20 °C)", "Nm3 / Sm3")

#: Refused in every case: spelling → (what it could mean, what to write instead).
REFUSED = {
    "ton": _TON,
    "tons": _TON,
    "kton": ("10^3 t, 10^3 short_ton", "10^3 t / 10^3 short_ton"),
    "ton-km": ("tkm, short_ton km", "tkm"),
    "ton_km": ("tkm, short_ton km", "tkm"),
    "tonkm": ("tkm, short_ton km", "tkm"),
    "ton-mile": ("t mile, short_ton_mile", "short_ton_mile / t mile"),
    "ton_mile": ("t mile, short_ton_mile", "short_ton_mile / t mile"),
    "kt": ("10^3 t (kilotonne), knot", "10^3 t / 千吨"),
    "mt": ("metric ton, 10^6 t (megatonne), millitonne", "t / 10^6 t"),
    "mmt": ("10^6 t, 10^6 metric ton", "10^6 t"),
    "gt": ("10^9 t (gigatonne), gross tonnage", "10^9 t"),
    "ktce": ("10^3 tce", "10^3 tce"),
    "mtce": ("10^6 tce (megatonne), millitonne of coal equivalent", "10^6 tce / 百万吨标准煤"),
    "mbtu": ("10^3 Btu, 10^6 Btu", "mmBtu / 10^3 Btu"),
    "mcf": ("10^3 scf, 10^6 scf", "10^3 scf / 10^6 scf"),
    "mscf": ("10^3 scf, 10^6 scf", "10^3 scf / 10^6 scf"),
    "mmcf": ("10^6 scf, actual cubic feet", "10^6 scf"),
    "mmscf": ("10^6 scf", "10^6 scf"),
    "ccf": ("10^2 scf, 10^2 ft3", "10^2 scf"),
    "bcf": ("10^9 scf", "10^9 scf"),
    "标准立方米": _STANDARD_VOLUME,
    "标准立方": _STANDARD_VOLUME,
    "标准方": _STANDARD_VOLUME,
    "¥": ("CNY, JPY", "CNY / JPY"),
    "$": ("USD, HKD, …", "USD / HKD"),
    "标准煤": ("tce, kgce", "tce / kgce"),
    "标煤": ("tce, kgce", "tce / kgce"),
    "斤": ("500 g (市斤), kg (公斤)", "kg"),
    "加仑": ("gal (US), imperial_gal (UK)", "gal / imperial_gal"),
}

#: Refused only as written: another case of the same letters is fine.
REFUSED_AS_WRITTEN = {
    "T": ("t (tonne), tesla, tera-", "t"),
    "M": ("m (metre), mega-, 10^3", "m / 10^6"),
    "k": ("kilo-, K", "10^3"),
}

#: Spellings of several words or with brackets, made one word before reading.
_PHRASES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), replacement)
    for pattern, replacement in (
        (r"\bper\b", "/"),
        (r"(?<!^)每(?!年$)", "/"),
        (r"^每", "1/"),
        (r"CO2[\s_-]*(?:equivalents?|equiv|eq|e|当量)(?![A-Za-z0-9])\.?", "CO2e"),
        (r"HFO-?1234ze\(E\)", "HFO-1234ze_E_"),
        (r"二氧化碳当量", "CO2e"),
        (r"\b(metric|short|long)[\s._-]+(ton(?:ne)?s?)\b", r"\1_\2"),
        (r"\bshort_tons?[\s._-]+(miles?)\b", r"short_ton_\1"),
        (r"\bton[\s._-]+(km|mile)s?\b", r"ton_\1"),
        (r"\b(cubic|square)[\s._-]+(met(?:re|er)s?)\b", r"\1_\2"),
        (r"\bstandard[\s._-]+cubic[\s._-]+(foot|feet)\b", r"standard_cubic_\1"),
        (r"\b(nautical)[\s._-]+(miles?)\b", r"\1_\2"),
        (
            r"\b(passenger|vehicle|tonne)[\s._-]+(kms?|kilometres?|kilometers?|miles?)\b",
            r"\1_\2",
        ),
        (r"\b(passenger|vehicle|tonne)_kilometer(s?)\b", r"\1_kilometre\2"),
        (r"\b([kMGT]W|(?:kilo|mega|giga|tera)watt)[\s._-]+(h|hr|hours?)\b", r"\1_\2"),
        (r"千瓦[\s.]+时", "千瓦时"),
        (r"\brooms?[\s._-]+(?:/\s*)?nights?\b", "room_night"),
        (r"\b(US|UK|imperial)[\s._-]+(gal(?:lons?)?)\b", r"\1_\2"),
        (r"\(人民币\)", ""),
        (r"(?:\bm3|立方米)\((?:标态|标况|标准状态|标准状况|0°?C)\)", "Nm3"),
        (r"\((当量|当量值|等价|等价值|20°?C)\)", r"⟨\1⟩"),
    )
)


def plain(text: str) -> str:
    """The text with one width, one kind of space, and written-out powers and products.

    Examples
    --------
    >>> plain(" ｔＣＯ₂／ＭＷｈ "), plain("10⁴Nm³"), plain("kW·h")
    ('tCO2/MWh', '10^4Nm^3', 'kW_h')
    """
    raised = _RAISED.sub(lambda found: "^" + found[0].translate(_SUPERSCRIPT), text)
    out = _INVISIBLE.sub("", unicodedata.normalize("NFKC", raised)).strip()
    out = out.replace("µ", "μ").replace("−", "-").replace("–", "-").replace("**", "^")
    out = re.sub(r"[·•⋅∙・×*]", " ", out)
    out = re.sub(r"^x\s*(?=10)", "", out)
    out = re.sub(r"(?<=[A-Za-z])\.(?=[A-Za-z])", " ", out)
    out = re.sub(r"\s+", " ", out)
    for pattern, replacement in _PHRASES:
        out = pattern.sub(replacement, out)
    return out.strip()
