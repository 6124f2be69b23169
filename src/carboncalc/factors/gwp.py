"""Global warming potentials of named sets, and what a refrigerant blend is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from carboncalc.errors import FactorNotFoundError

if TYPE_CHECKING:
    from carboncalc.factors.library import FactorLibrary

_BLENDS = "refrigerant_blends"


def gwp(library: FactorLibrary, set_name: str, gas: str) -> tuple[float, int]:
    """The 100-year potential of a gas in a set, in kg CO2e per kg, and its row number.

    ``set_name`` is SAR, TAR, AR4, AR5 or AR6. AR5 is without climate-carbon feedback: CH4 28,
    fossil CH4 30.

    Raises
    ------
    FactorNotFoundError
        F-011 where the report has no value for the gas.

    Examples
    --------
    >>> from carboncalc.factors.library import FactorLibrary
    >>> library = FactorLibrary.default()
    >>> gwp(library, "SAR", "CH4")[0], gwp(library, "AR5", "CH4_fossil")[0]
    (21.0, 30.0)
    """
    held = library.rows_for("gwp", gas, "gwp")
    for row in held:
        if library.cell(row, "technology") == set_name:
            return float(library.values[row]), row
    sets = tuple(library.cell(row, "technology") for row in held)
    ids = tuple(library.ids[row] for row in held)
    listed = ", ".join(sets) or "-"
    raise FactorNotFoundError("F-011", gas=gas, gwp_set=set_name, nearest=ids, listed=listed)


def blend_components(item: str, library: FactorLibrary | None = None) -> dict[str, float]:
    """The mass fraction of each gas in a refrigerant blend; a single gas is itself.

    Composition by ASHRAE Standard 34, nominal.

    Raises
    ------
    FactorNotFoundError
        F-012 where the item is neither a blend nor a gas of any GWP set.

    Examples
    --------
    >>> blend_components("R-410A")
    {'HFC-32': 0.5, 'HFC-125': 0.5}
    """
    if library is None:
        from carboncalc.factors.library import FactorLibrary

        library = FactorLibrary.default()
    rows = library.rows_for(_BLENDS, item, "mass_fraction")
    if rows:
        return {library.cell(r, "gas"): float(library.values[r]) / 100 for r in rows}
    if library.rows_for("gwp", item, "gwp"):
        return {item: 1.0}
    from carboncalc.factors.nearest import nearest_ids

    known = {library.cell(r, "item") for r in library.indices(_BLENDS)}
    near = nearest_ids(item, sorted(known))
    raise FactorNotFoundError("F-012", item=item, nearest=near, near=", ".join(near))
