"""Write the JSON Schemas of a factor row, a set's sheet and a document, from the models.

``python tools/make_factor_schemas.py`` writes ``emission_factors/schema/``; a test compares.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from carboncalc.factors.sheets import SetSheet
from carboncalc.model.factor import EmissionFactor
from carboncalc.provenance import Source

TARGET = Path(__file__).parents[1] / "emission_factors" / "schema"
MODELS = {"factor": EmissionFactor, "set_sheet": SetSheet, "source": Source}


def schemas() -> dict[str, dict[str, Any]]:
    """Name → JSON Schema."""
    return {name: model.model_json_schema() for name, model in MODELS.items()}


def text(schema: dict[str, Any]) -> str:
    """The schema as it is written to its file."""
    return json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":
    TARGET.mkdir(exist_ok=True)
    for name, schema in schemas().items():
        (TARGET / f"{name}.json").write_text(text(schema), encoding="utf-8")
