"""Says why a constant is missing, what comes nearest, and what a fallback would use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from carboncalc.errors import FactorNotFoundError
from carboncalc.factors.match import answers
from carboncalc.factors.nearest import nearest_ids
from carboncalc.factors.request import FactorRequest
from carboncalc.provenance import Policy
from carboncalc.vocabulary import names

if TYPE_CHECKING:
    from carboncalc.factors.library import FactorLibrary

_XIZANG = "CN-54"
#: Kinds of electricity factor in the words of a Chinese form.
_GRID = {
    "average": "平均", "average_excl_market_nonfossil": "剔除市场化非化石电量",
    "fossil": "化石能源电力", "cets_national": "全国碳市场", "product_footprint": "产品碳足迹",
}  # fmt: skip


def explain_miss(
    library: FactorLibrary,
    request: FactorRequest,
    region: str | None,
    year: int,
    policy: Policy,
) -> FactorNotFoundError:
    """The error for a hole: its reason, ``.nearest`` ids, and what a fallback would use.

    Examples
    --------
    >>> from carboncalc.factors.library import FactorLibrary
    >>> asked = FactorRequest("grid", "electricity", "average", region_rule="ladder",
    ...                       year_rule="data_year")
    >>> print(explain_miss(FactorLibrary.default(), asked, "CN-35", 2025, Policy()).text("en"))
    [F-009] electricity average, CN-35, 2025: there is no factor for this year
    Hint: with year_fallback=latest it would use: grid/average/CN-35/2023@1
    """
    what = _what(request, region, year)

    def would(**changes: str) -> str | None:
        """The id that another policy would take, whatever its grade."""
        eased = policy.model_copy(update={"grades": "ABCDS", **changes})
        answer = answers(library, request, eased)
        row = answer(region, year)[0] if answer else -1
        return library.ids[row] if row >= 0 else None

    refused = would()
    if refused:
        grade = str(library.grades[library.index_of(refused)])
        return FactorNotFoundError("F-007", **what, id=refused, grade=grade, nearest=(refused,))
    earlier = would(year_fallback="latest")
    if region == _XIZANG and request.set == "grid":
        nation = would(grid_fallback="nation") or would(
            grid_fallback="nation", year_fallback="latest"
        )
        return _missing("F-010", what, [nation])
    if earlier:
        return _missing("F-009", what, [earlier])
    wider = [would(grid_fallback=step) for step in ("region", "nation")]
    wider += [would(grid_fallback=s, year_fallback="latest") for s in ("region", "nation")]
    if any(wider):
        return _missing("F-008", what, wider)
    near = _near(library, request)
    return FactorNotFoundError("F-014", **what, nearest=near, near=", ".join(near) or "-")


def _missing(code: str, what: dict[str, str], found: list[str | None]) -> FactorNotFoundError:
    ids = tuple(dict.fromkeys(f for f in found if f))
    return FactorNotFoundError(code, **what, nearest=ids, fallback=", ".join(ids) or "-")


def _what(request: FactorRequest, region: str | None, year: int) -> dict[str, str]:
    """What was asked for, in English and in the words of a Chinese form."""
    if request.set == "grid":
        en = [f"electricity {request.parameter}", region or "no region", str(year)]
        kind = _GRID.get(request.parameter, request.parameter)
        place = names.label("region", region, "zh") if region else "未写地区"
        zh = [f"{place}的电网因子({kind})", f"{year} 年"]
        return {"what": ", ".join(en), "what_zh": ",".join(zh)}
    en = [f"{request.parameter} of {request.item}"]
    en += [w for w in (request.technology, request.gas, f"set {request.set}") if w]
    item = names.label("item", request.item, "zh")
    asked = f"{item}的{names.label('header', request.parameter, 'zh')}"
    zh = [asked, *(w for w in (request.technology, request.gas, f"因子集 {request.set}") if w)]
    return {"what": ", ".join(en), "what_zh": ",".join(zh)}


def _near(library: FactorLibrary, request: FactorRequest) -> tuple[str, ...]:
    """The same item and parameter under another technology, then look-alikes of the set."""
    rows = library.rows_for(request.set, request.item, request.parameter)
    if rows:
        return tuple(library.ids[row] for row in rows[:5])
    asked = f"{request.set}/{request.item}/{request.parameter}@1"
    return nearest_ids(asked, [library.ids[i] for i in library.indices(request.set)])
