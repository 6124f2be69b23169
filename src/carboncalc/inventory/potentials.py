"""Global warming potentials, applied in one visible step: mass × GWP."""

from __future__ import annotations

from carboncalc.errors import CarbonCalcError, FactorNotFoundError
from carboncalc.factors.gwp import gwp
from carboncalc.inventory.plan import Plan
from carboncalc.methods.catalogue import load_method
from carboncalc.methods.route import Method
from carboncalc.provenance import GRADE_ORDER, Policy

#: Carbon dioxide is the reference of every set; biogenic CO2 stands in the memo at its mass.
CARBON_DIOXIDE = ("CO2", "CO2_biogenic", "CO2e")


def set_name(method_id: str, policy: Policy) -> str:
    """The name of the set that a document's lines are weighed with under a policy.

    Examples
    --------
    >>> set_name("other-industry", Policy()), set_name("other-industry", Policy(gwp="AR5"))
    ('SAR', 'AR5')
    """
    return load_method(method_id).gwp_set if policy.gwp == "method" else policy.gwp


class Potentials:
    """GWP values by (document, gas) under the plan's policy, looked up once.

    With ``policy.gwp == "method"`` each document has its own set; a gas the set lacks is
    taken from the set the document names for such gases (``gwp_fill``), else it is missing.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._known: dict[tuple[str, str], tuple[float, str, int]] = {}

    def set_name(self, method_id: str) -> str:
        """The name of the set that a document's lines are characterised with."""
        return set_name(method_id, self._plan.context.policy)

    def value(self, gas: str, method_id: str) -> tuple[float, str, int]:
        """The potential, the set it is from, and its row in the library (−1 for CO2).

        NaN where no set that may be used has the gas.
        """
        key = (method_id, gas)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._look_up(gas, load_method(method_id))
        return found

    def with_grade(self, gas: str, method_id: str) -> tuple[float, int]:
        """The potential of a gas under a document, and the position of its grade."""
        value, _, row = self.value(gas, method_id)
        grades = self._plan.context.library.grades
        return value, 0 if row < 0 else GRADE_ORDER.index(str(grades[row]))

    def _look_up(self, gas: str, method: Method) -> tuple[float, str, int]:
        name = self.set_name(method.id)
        if gas in CARBON_DIOXIDE:
            return 1.0, name, -1
        policy = self._plan.context.policy
        fill = method.gwp_fill if policy.gwp == "method" else None
        for candidate in (name, fill):
            if candidate is None:
                continue
            found = self._in_set(candidate, gas)
            if found is not None and self._plan.context.library.grades[found[1]] in policy.grades:
                return found[0], candidate, found[1]
        return float("nan"), name, -1

    def _in_set(self, set_name: str, gas: str) -> tuple[float, int] | None:
        """The set's value for a gas; methane has one value where the set does not split it."""
        for known_as in (gas, gas.split("_", maxsplit=1)[0]):
            try:
                return gwp(self._plan.context.library, set_name, known_as)
            except FactorNotFoundError:
                continue
        return None


def refuse_mixed_sets(sets: set[str]) -> None:
    """Refuse a total whose gases were characterised with different sets.

    Raises
    ------
    CarbonCalcError
        ``I-029`` naming them.
    """
    if len(sets) > 1:
        raise CarbonCalcError("I-029", sets=", ".join(sorted(sets)))
