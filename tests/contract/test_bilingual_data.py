"""Every text of the data files is there in Chinese and in English, whole."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FILES = sorted(
    path
    for folder in (ROOT / "src" / "carboncalc", ROOT / "emission_factors")
    for path in folder.rglob("*.yaml")
)


def texts(node: Any, where: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(node, dict):
        if {"zh", "en"} & set(node):
            yield where, node
        for key, value in node.items():
            yield from texts(value, f"{where}/{key}")
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from texts(value, f"{where}/{number}")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_text_has_both_languages_and_no_piece_cut_off_by_a_comma(path: Path) -> None:
    # `{zh: a, b, en: c}` is three keys to YAML: such a text has lost its end without an error
    broken = [
        where
        for where, node in texts(yaml.safe_load(path.read_text(encoding="utf-8")))
        if not all(isinstance(node.get(lang), str) for lang in ("zh", "en"))
        or any(value is None for value in node.values())
    ]
    assert broken == []
