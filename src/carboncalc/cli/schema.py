"""``carboncalc schema NAME``: the JSON Schema of a table or of a JSON document."""

from __future__ import annotations

import json

import click

from carboncalc.cli import bilingual, schema_files
from carboncalc.cli.session import Session


@bilingual.command(
    "schema",
    zh="打印表格或 JSON 的结构(JSON Schema)。不带名称时列出全部名称。",
    en="Print the JSON Schema of a table or a JSON document; without a name, list the names.",
)
@click.argument("name", required=False)
@click.pass_obj
def command(session: Session, name: str | None) -> int:
    """Print one schema, or the names there are."""
    known = schema_files.names()
    if name is None:
        session.emit({"schemas": known}, known)
        return 0
    if name not in known:
        said = session.text(
            zh=f"没有名为“{name}”的结构;现有:{'、'.join(known)}",
            en=f"there is no schema '{name}'; there are {', '.join(known)}",
        )
        raise click.BadParameter(said)
    found = schema_files.schema(name, session.lang)
    session.emit({"schema": found}, json.dumps(found, ensure_ascii=False, indent=2))
    return 0
