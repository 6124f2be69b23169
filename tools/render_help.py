"""Writes the top-level help that ``carboncalc --help`` prints without starting click.

Run ``python tools/render_help.py`` after a command was added; a test compares the files.
"""

from pathlib import Path

import click

from carboncalc.cli.group import root
from carboncalc.cli.session import Session

FOLDER = Path(__file__).parents[1] / "src" / "carboncalc" / "cli" / "help"


def render(lang: str) -> str:
    """The help text of the whole program in one language, as click formats it."""
    session = Session("zh" if lang == "zh" else "en", as_json=False)
    context = click.Context(root, info_name="carboncalc", obj=session, terminal_width=80)
    return root.get_help(context) + "\n"


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for lang in ("zh", "en"):
        (FOLDER / f"{lang}.txt").write_text(render(lang), encoding="utf-8")
        print("wrote", FOLDER / f"{lang}.txt")


if __name__ == "__main__":
    main()
