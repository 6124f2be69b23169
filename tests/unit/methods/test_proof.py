"""The proof of units: what it must catch, with pint as the second opinion."""

import pytest

from carboncalc import units
from carboncalc.errors import MethodError
from carboncalc.methods.catalogue import constants, load_method, method_ids
from carboncalc.methods.equation import Equation
from carboncalc.methods.kernels import Kernel
from carboncalc.methods.proof import (
    Measure,
    input_measure,
    linear_in_amount,
    prove_equation,
    prove_route,
)
from carboncalc.methods.route import Route
from carboncalc.model.method import Input, RouteCitation

CONSTANTS = {name: unit for name, (_, unit, _) in constants().items()}
NCV = Input(name="net_calorific_value", units=("GJ/t",))
CARBON = Input(name="carbon_content", units=("t C/GJ",))
OXIDATION = Input(name="oxidation_factor", units=("1",))
SUBSTANCE = {"CO2_biogenic": "CO2"}
CITATION = RouteCitation(source="x", where="x")


def route(result: str, *inputs: Input, gas: str = "CO2", amount: str = "t") -> Route:
    every = (Input(name="amount", units=(amount,)), *inputs)
    return Route(
        id="r",
        title={},
        inputs={i.name: i for i in every},
        steps={},
        results={gas: Equation(result)},
        constants={},
        citation=CITATION,
    )


def test_the_combustion_chain_proves() -> None:
    text = "amount * net_calorific_value * carbon_content * oxidation_factor * co2_per_carbon"
    prove_route(route(text, NCV, CARBON, OXIDATION), CONSTANTS)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("amount * net_calorific_value * carbon_content * oxidation_factor", "forgotten 44/12"),
        ("amount * net_calorific_value * carbon_content", "forgotten 44/12"),
        ("amount * carbon_content * co2_per_carbon", "forgotten calorific value"),
        ("amount + net_calorific_value * co2_per_carbon", "sum of unlike things"),
        ("amount * net_calorific_value * carbon_content * co2_per_carbon + 1", "sum with a number"),
        ("min(amount, net_calorific_value) * co2_per_carbon", "minimum of unlike things"),
        ("amount * missing", "a name that is not declared"),
    ],
)
def test_a_mistake_in_a_chain_is_caught(text: str, what: str) -> None:
    with pytest.raises(MethodError) as caught:
        prove_route(route(text, NCV, CARBON, OXIDATION), CONSTANTS)
    assert caught.value.code == "M-005", what


def test_a_kilogram_in_place_of_a_tonne_is_caught_though_the_dimension_is_right() -> None:
    factor = Input(name="factor", units=("kg CO2/t",))
    with pytest.raises(MethodError, match="1/1000"):
        prove_route(route("amount * factor", factor), CONSTANTS)
    prove_route(route("amount * factor / kg_per_tonne", factor), CONSTANTS)


def test_kilowatt_hours_in_place_of_tonnes_are_caught() -> None:
    text = "amount * net_calorific_value * carbon_content * oxidation_factor * co2_per_carbon"
    with pytest.raises(MethodError):
        prove_route(route(text, NCV, CARBON, OXIDATION, amount="kWh"), CONSTANTS)


def test_one_gas_does_not_pass_for_another() -> None:
    factor = Input(name="factor", units=("t CH4/t",))
    prove_route(route("amount * factor", factor, gas="CH4"), CONSTANTS)
    for gas in ("CO2", "N2O", "CO2e"):
        with pytest.raises(MethodError):
            prove_route(route("amount * factor", factor, gas=gas), CONSTANTS)


def test_a_plain_mass_is_no_gas_until_its_substance_is_declared() -> None:
    with pytest.raises(MethodError):
        prove_route(route("amount", gas="item"), CONSTANTS)
    declared = Route(
        id="r",
        title={},
        inputs={"amount": Input(name="amount", units=("t",), substance="item")},
        steps={},
        results={"item": Equation("amount")},
        constants={},
        citation=CITATION,
    )
    prove_route(declared, CONSTANTS)


def test_every_shipped_route_proves_under_every_variant() -> None:
    count = 0
    for method_id in method_ids():
        for source in load_method(method_id).sources.values():
            for shipped in source.routes:
                prove_route(shipped, CONSTANTS)
                count += shipped.variants
    assert count > 20


def _pint_unit(text: str):  # type: ignore[no-untyped-def]
    return units.quantity(1.0, text)


def test_pint_agrees_with_the_proof_on_every_shipped_equation() -> None:
    """The oracle: the same equation run on pint quantities of one declared unit each."""
    checked = 0
    for method_id in method_ids():
        for source in load_method(method_id).sources.values():
            for shipped in source.routes:
                for variant in range(shipped.variants):
                    checked += _agree(shipped, variant)
    assert checked > 20


def _agree(shipped: Route, variant: int) -> int:
    known = {name: _pint_unit(unit) for name, (_, unit, _) in constants().items()}
    for name, item in shipped.inputs.items():
        unit = item.unit(variant)
        known[name] = _pint_unit(units.tagged(unit, item.substance) if item.substance else unit)
    for step in shipped.steps.values():
        declared = _pint_unit(step.unit(variant))
        if not isinstance(step.rule, Kernel):
            _same(step.rule, known, declared)
        known[step.name] = declared
    for gas, equation in shipped.results.items():
        _same(equation, known, _pint_unit(units.tagged("t", SUBSTANCE.get(gas, gas))))
    return len(shipped.results)


def _same(equation: Equation, known, declared) -> None:  # type: ignore[no-untyped-def]
    """pint's value for ones, tens and hundreds of each unit is a plain multiple of the target."""
    made = equation.evaluate({name: q * (7.0 + n) for n, (name, q) in enumerate(known.items())})
    plain = equation.evaluate({name: 7.0 + n for n, name in enumerate(known)})
    assert made.to(declared.units).magnitude == pytest.approx(plain, rel=1e-9), equation.text


def test_linearity_of_a_route_follows_its_steps() -> None:
    routes = {r.id: r for r in load_method("other-industry").sources["fossil_combustion"].routes}
    assert all(linear_in_amount(r) for r in routes.values())
    wastewater = load_method("other-industry").sources["industrial_wastewater"].routes[0]
    assert not linear_in_amount(wastewater), "COD removed with sludge makes it affine"


def test_an_input_measure_carries_its_substance() -> None:
    tagged = input_measure(Input(name="x", units=("kg/m3",), substance="COD"), 0)
    assert tagged == Measure.of("kg COD/m3")
    assert tagged != Measure.of("kg/m3")


def test_equal_dimension_at_another_scale_is_no_sum() -> None:
    with pytest.raises(MethodError, match="scales differ"):
        prove_equation(Equation("a + b"), {"a": Measure.of("t"), "b": Measure.of("kg")})
