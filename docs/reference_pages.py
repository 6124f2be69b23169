"""Writes the reference from the code: public names, commands, tables of the contract.

``conf.py`` calls it before every build, and a test sees that no public name is left out.
"""

from __future__ import annotations

import ast
import inspect
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import carboncalc

STUB = Path(carboncalc.__file__).with_name("__init__.pyi")

#: Where a public name comes from → the heading under which it is explained, in reading order.
ROOMS = {
    "activity": "Reading activity data",
    "model": "Records",
    "factors": "Emission factors",
    "methods": "Methods and rounding",
    "inventory": "The inventory",
    "footprint": "Boundaries and parks",
    "classification": "Green classification",
    "registry": "The green-financing library",
    "finance": "The bank's book",
    "report": "Pages and charts",
    "scale": "Running on other engines",
    "service": "As a service",
    "units": "Units",
    "vocabulary": "Names and periods",
    "provenance": "Policy and provenance",
    "errors": "Errors",
}


def public_names() -> dict[str, list[str]]:
    """Room → the public names that come from it, sorted."""
    found: dict[str, list[str]] = defaultdict(list)
    for node in ast.parse(STUB.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom):
            room = (node.module or "").split(".")[0]
            found[room] += [alias.name for alias in node.names]
    return {room: sorted(names) for room, names in found.items()}


def write_pages(folder: Path) -> None:
    """Write all generated pages; a page that would not change is left alone."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = {"names.md": "\n".join(_names()), "tables.md": "\n".join(_tables())}
    pages["commands.md"] = "\n".join(_commands())
    for name, text in pages.items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def _names() -> Iterator[str]:
    yield "# Public names\n"
    yield "Everything here is imported as `import carboncalc as cc` and loads on first use.\n"
    held = public_names()
    unknown = set(held) - set(ROOMS) - {"", "examples"}
    assert not unknown, f"no heading in docs/reference_pages.py for {sorted(unknown)}"
    for room, heading in ROOMS.items():
        if room in held:
            yield f"## {heading}\n"
            yield from (_directive(name) for name in held[room])
    if "" in held:
        yield "## Packages\n"
        for name in held[""]:
            package = getattr(carboncalc, name)
            yield f"### `carboncalc.{name}`\n\n{inspect.getdoc(package) or ''}\n"
            yield f"```{{eval-rst}}\n.. py:module:: carboncalc.{name}\n```\n"
            for member in sorted(_members(package)):
                yield _directive(f"{name}.{member}")


def _members(package: object) -> list[str]:
    return [n for n, o in vars(package).items() if inspect.isfunction(o) and not n.startswith("_")]


def _directive(name: str) -> str:
    found: object = carboncalc
    for part in name.split("."):
        found = getattr(found, part)
    if inspect.isclass(found):
        inherited = "" if issubclass(found, Exception) else "\n   :members:"
        return f"```{{eval-rst}}\n.. autoclass:: carboncalc.{name}\n{inherited}\n```\n"
    if inspect.isfunction(found):
        return f"```{{eval-rst}}\n.. autofunction:: carboncalc.{name}\n```\n"
    return f"```{{eval-rst}}\n.. autodata:: carboncalc.{name}\n   :no-value:\n```\n"


def _tables() -> Iterator[str]:
    from carboncalc.cli import schema_files

    yield "# Tables\n"
    yield "Every table by name; `carboncalc schema NAME` prints the same as JSON Schema.\n"
    for name in schema_files.names():
        try:
            rows = schema_files.columns(name)
        except KeyError:
            continue
        yield f"## {name}\n"
        yield "| column | 中文 | needed | values | meaning |\n|---|---|---|---|---|"
        for row in rows:
            needed = "yes" if row["required"] == "yes" else ""
            values = (row["values"] or row["type"]).replace("|", ", ")
            meaning = row["meaning_en"].replace("|", "\\|")
            yield f"| `{row['column']}` | {row['chinese']} | {needed} | {values} | {meaning} |"
        yield ""
    documents = [n for n in schema_files.names() if not _has_columns(n)]
    yield "## JSON documents\n"
    yield "These have a schema too: " + ", ".join(f"`{name}`" for name in documents) + ".\n"


def _has_columns(name: str) -> bool:
    from carboncalc.cli import schema_files

    try:
        return bool(schema_files.columns(name))
    except KeyError:
        return False


def _commands() -> Iterator[str]:
    import click

    from carboncalc.cli.group import root
    from carboncalc.cli.session import Session

    def helps(command: click.Command, path: str) -> Iterator[str]:
        yield f"## {path}\n"
        for lang in ("en", "zh"):
            session = Session(lang, as_json=False)  # type: ignore[arg-type]
            context = click.Context(command, info_name=path, obj=session, terminal_width=88)
            yield f"```text\n{command.get_help(context)}\n```\n"
        if isinstance(command, click.Group):
            context = click.Context(command)
            for name in command.list_commands(context):
                inner = command.get_command(context, name)
                assert inner is not None
                yield from helps(inner, f"{path} {name}")

    yield "# Commands\n"
    yield "Exit codes: 0 done, 1 the data has problems, 2 wrong usage.\n"
    yield from helps(root, "carboncalc")
