"""Files that are made from the database or the models are the ones that lie in the checkout."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from carboncalc.resources import emission_factors

CHECKOUT = Path(__file__).parents[3]


def tool(name: str) -> ModuleType:
    path = CHECKOUT / "tools" / f"{name}.py"
    if not path.exists():
        pytest.skip("the tools are in the checkout only")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_json_schemas_are_those_of_the_models() -> None:
    maker = tool("make_factor_schemas")
    for name, schema in maker.schemas().items():
        path = emission_factors() / "schema" / f"{name}.json"
        assert path.read_text(encoding="utf-8") == maker.text(schema), name


@pytest.mark.parametrize("page", ["disagreements", "left_out"])
def test_the_factor_pages_are_up_to_date(page: str) -> None:
    maker = tool("make_factor_pages")
    path = CHECKOUT / "docs" / "factors" / f"{page}.md"
    assert path.read_text(encoding="utf-8") == getattr(maker, page)()
