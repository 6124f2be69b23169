"""The ``carboncalc`` program: help at once, everything else through click.

click alone takes four times as long to start as a bare interpreter. The help that people
ask for most is therefore a text in the package (written by ``tools/render_help.py``, and a
test compares it with click's own), and click is imported only when a command is run.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

_HELP = {"--help", "-h"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and give its exit code: 0 done, 1 data problems, 2 wrong usage.

    Examples
    --------
    >>> main(["--version"])
    carboncalc 0.1.0
    0
    """
    given = sys.argv[1:] if arguments is None else list(arguments)
    rest, lang = without_language(given)
    if not rest or (len(rest) == 1 and rest[0] in _HELP):
        sys.stdout.write(rendered_help(lang))
        return 0
    if rest == ["--version"]:
        from carboncalc._version import __version__

        sys.stdout.write(f"carboncalc {__version__}\n")
        return 0
    from carboncalc.cli.run import run

    return run(given)


def without_language(arguments: Sequence[str]) -> tuple[list[str], str]:
    """The arguments without ``--lang``, and the language asked for (``zh`` or ``en``).

    Examples
    --------
    >>> without_language(["--lang", "zh", "check", "a.csv"])
    (['check', 'a.csv'], 'zh')
    """
    rest: list[str] = []
    wanted = os.environ.get("CARBONCALC_LANG") or "en"
    waiting = False
    for argument in arguments:
        if waiting:
            wanted, waiting = argument, False
        elif argument == "--lang":
            waiting = True
        elif argument.startswith("--lang="):
            wanted = argument.partition("=")[2]
        else:
            rest.append(argument)
    return rest, "zh" if wanted.lower().startswith("zh") else "en"


def rendered_help(lang: str) -> str:
    """The top-level help as packaged.

    Examples
    --------
    >>> rendered_help("en").splitlines()[0]
    'Usage: carboncalc [OPTIONS] COMMAND [ARGS]...'
    """
    path = os.path.join(os.path.dirname(__file__), "help", f"{lang}.txt")  # noqa: PTH118, PTH120
    with open(path, encoding="utf-8") as handle:  # noqa: PTH123 (pathlib costs 4 ms here)
        return handle.read()
