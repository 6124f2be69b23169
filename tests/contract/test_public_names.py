"""Every public name exists, is typed in the stub, is documented and is in the reference."""

import ast
import importlib
import inspect
from pathlib import Path

import pytest

import carboncalc

STUB = Path(carboncalc.__file__).with_name("__init__.pyi")


def stub_names() -> dict[str, str]:
    """Public name → module it comes from, as the stub says."""
    found = {}
    for node in ast.parse(STUB.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom):
            module = "carboncalc" + (f".{node.module}" if node.module else "")
            for alias in node.names:
                assert alias.asname == alias.name, "the stub re-exports under the same name"
                found[alias.name] = module
    return found


NAMES = stub_names()
OBJECTS = {name: getattr(carboncalc, name) for name in NAMES}
CALLABLES = {n: o for n, o in OBJECTS.items() if inspect.isfunction(o) or inspect.isclass(o)}


def test_the_package_offers_exactly_the_names_of_the_stub() -> None:
    assert set(carboncalc.__all__) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_public_name_is_the_object_of_its_module(name: str) -> None:
    module = importlib.import_module(NAMES[name])
    assert OBJECTS[name] is getattr(module, name)


@pytest.mark.parametrize("name", CALLABLES)
def test_a_public_name_says_what_it_gives_and_shows_a_runnable_example(name: str) -> None:
    text = inspect.getdoc(OBJECTS[name]) or ""
    assert len(text.splitlines()[0]) > 10
    assert ">>>" in text or issubclass_of_exception(OBJECTS[name])


def issubclass_of_exception(found: object) -> bool:
    return inspect.isclass(found) and issubclass(found, Exception)


def test_no_public_name_is_also_a_package_or_module_of_the_top_level() -> None:
    package = Path(carboncalc.__file__).parent
    modules = {path.stem for path in package.iterdir() if not path.name.startswith("_")}
    # `examples` is meant: it is the package itself that the stub offers.
    assert set(NAMES) & modules <= {"examples"}


def test_the_reference_has_an_entry_for_every_public_name(tmp_path: Path) -> None:
    docs = Path(__file__).parents[2] / "docs"
    spec = importlib.util.spec_from_file_location("reference", docs / "reference_pages.py")
    assert spec is not None
    assert spec.loader is not None
    pages = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(pages)
    pages.write_pages(tmp_path)
    text = "\n".join(page.read_text(encoding="utf-8") for page in tmp_path.glob("*.md"))
    missing = [name for name in NAMES if f"carboncalc.{name}\n" not in text]
    assert missing == []
