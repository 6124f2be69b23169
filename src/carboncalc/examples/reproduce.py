"""Published cases computed again: every published figure beside ours, under its own policy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from carboncalc.examples.datasets import case, case_names, path

if TYPE_CHECKING:
    from carboncalc.inventory.result import Inventory

#: Keys of an expected figure that are not choices of the policy.
_ABOUT = {"quantity", "value", "unit", "tolerance", "note"}


@dataclass(frozen=True, slots=True)
class Figure:
    """One published figure and ours, with the policy under which they were computed."""

    case: str
    quantity: str
    published: float
    ours: float
    unit: str
    tolerance: float
    policy: dict[str, str]
    note: dict[str, str]

    @property
    def agrees(self) -> bool:
        """Whether ours is within the tolerance of the published figure."""
        return abs(self.ours - self.published) <= self.tolerance


def compute_case(name: str, **choices: Any) -> Inventory:
    """The inventory of a published case under its headline policy, or another one.

    Examples
    --------
    >>> compute_case("gas_boiler_platform_form").co2e_t
    454.33
    """
    from carboncalc.inventory.calculator import compute

    found = case(name)
    chosen = _choices(choices or found["headline"])
    return compute(found["path"], **chosen)


def figures(name: str | None = None) -> Iterator[Figure]:
    """Every published figure of one case, or of all, with ours beside it.

    Examples
    --------
    >>> [figure.agrees for figure in figures("gas_boiler_platform_form")]
    [True, True, True, True]
    """
    for one in case_names() if name is None else (name,):
        for row in case(one)["expected"]:
            choices = {key: value for key, value in row.items() if key not in _ABOUT}
            yield Figure(
                case=one,
                quantity=row["quantity"],
                published=row["value"],
                ours=_quantity(compute_case(one, **choices), row["quantity"]),
                unit=row["unit"],
                tolerance=row["tolerance"],
                policy=choices,
                note=row.get("note", {}),
            )


def _choices(choices: dict[str, Any]) -> dict[str, Any]:
    """The policy fields; a rounding file is one that lies beside the case."""
    rounding = str(choices.get("rounding", "none"))
    if rounding.endswith(".yaml"):
        return {**choices, "rounding": str(path("cases", rounding))}
    return dict(choices)


def _quantity(inventory: Inventory, quantity: str) -> float:
    """A figure of an inventory by the name it has among the published ones."""
    if quantity == "co2e":
        return inventory.co2e_t
    if quantity == "fuel_co2":
        items = inventory.items()
        assert items is not None, "the policy of this figure rounds items"
        return float(items.sum())
    if quantity == "heat":
        traces = (inventory.trace(line) for line in inventory.lines["line_id"])
        return sum(stage.value for t in traces for stage in t.stages if stage.name == "energy")
    found = inventory.by_scope()[quantity]
    assert found is not None
    return found
