"""Typeset equations: what is shown is what is computed."""

import xml.etree.ElementTree as ET

import pytest

from carboncalc.methods.catalogue import load_method, method_ids
from carboncalc.methods.describe import list_methods, show_method
from carboncalc.methods.equation import Equation
from carboncalc.methods.typeset import mathml, typeset

SIGNS = {"×": "*", "−": "-"}


def back(node: ET.Element) -> str:
    """MathML read back into an equation, by its structure alone."""
    parts = [back(child) for child in node]
    if node.tag == "mfrac":
        return f"(({parts[0]})/({parts[1]}))"
    if node.tag == "msup":
        return f"(({parts[0]})**{parts[1]})"
    if node.tag in ("math", "mrow"):
        return "".join(parts)
    text = node.text or ""
    return SIGNS.get(text, text)


def every_equation() -> list[str]:
    found: dict[str, None] = {}
    for method_id in method_ids():
        for source in load_method(method_id).sources.values():
            for route in source.routes:
                rules = [*route.results.values(), *(s.rule for s in route.steps.values())]
                found |= dict.fromkeys(r.text for r in rules if isinstance(r, Equation))
    return list(found)


@pytest.mark.parametrize("text", [*every_equation(), "a - (b - c) ** 2 / (1 - d)", "-(a + b) * c"])
def test_mathml_read_back_has_the_value_of_the_equation(text: str) -> None:
    equation = Equation(text)
    again = Equation(back(ET.fromstring(mathml(equation))))
    assert again.names == equation.names
    values = {name: 1.0 + 0.37 * number for number, name in enumerate(equation.names)}
    assert again.evaluate(values) == pytest.approx(equation.evaluate(values), rel=1e-12)


def test_latex_keeps_brackets_where_they_matter() -> None:
    assert r"\left(1 - \mathrm{a}\right)" in typeset("b * (1 - a)")
    assert typeset("min(a, b) ** 2") == r"\min\left(\mathrm{a}, \mathrm{b}\right)^{2}"


def test_every_method_is_shown_in_both_languages() -> None:
    for record in list_methods("zh"):
        chinese, english = show_method(record["id"], "zh"), show_method(record["id"], "en")
        assert chinese["name"] != english["name"]
        assert [s["id"] for s in chinese["sources"]] == record["sources"]
        for source in english["sources"]:
            assert source["routes"] or source["hole"]
