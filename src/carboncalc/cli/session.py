"""What holds for one run of the program: the language, and whether a person or a machine reads."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from carboncalc.cli.entry import without_language
from carboncalc.messages.catalogue import Language, language

CONTRACT = 1


@dataclass(frozen=True, slots=True)
class Session:
    """Language and form of the output of one run."""

    lang: Language
    as_json: bool

    @classmethod
    def of(cls, arguments: Sequence[str]) -> Session:
        """The session that the arguments ask for, read before they are parsed.

        Reading it first means that wrong usage too is reported in the right language and form.

        Examples
        --------
        >>> Session.of(["check", "a.csv", "--json", "--lang=zh"])
        Session(lang='zh', as_json=True)
        """
        rest, lang = without_language(arguments)
        return cls(language(lang), "--json" in rest)

    def text(self, *, zh: str, en: str) -> str:
        """The text of the session's language."""
        return zh if self.lang == "zh" else en

    def emit(self, payload: Mapping[str, Any], lines: Sequence[str] | str) -> None:
        """Print the result once: as JSON for a machine, as lines for a person."""
        if self.as_json:
            document = {"contract": CONTRACT, **payload}
            print(json.dumps(plain(document), ensure_ascii=False, indent=2, allow_nan=False))
        else:
            print(lines if isinstance(lines, str) else "\n".join(lines))

    @contextmanager
    def step(self, *, zh: str, en: str) -> Iterator[None]:
        """Show on a terminal what is being waited for, and take it away afterwards."""
        shown = not self.as_json and sys.stderr.isatty()
        if shown:
            sys.stderr.write(f"{self.text(zh=zh, en=en)} …")
            sys.stderr.flush()
        try:
            yield
        finally:
            if shown:
                sys.stderr.write("\r\x1b[K")
                sys.stderr.flush()


def plain(value: Any) -> Any:
    """A value of JSON's own types: arrays and records opened, what is not a number null.

    Examples
    --------
    >>> plain({"a": (1, float("nan")), 2: {"x"}})
    {'a': [1, None], '2': ['x']}
    """
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (str, bool, int)) or value is None:
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if hasattr(value, "model_dump"):
        return plain(value.model_dump(mode="json"))
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, (set, frozenset)):
        return [plain(item) for item in sorted(value)]
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return str(value)


def table(rows: Sequence[Sequence[object]], header: Sequence[str]) -> list[str]:
    r"""Rows as aligned lines; Chinese characters count as two columns.

    Examples
    --------
    >>> print("\n".join(table([("柴油", 1), ("gas", 20)], ("item", "t"))))
    item  t
    ----  --
    柴油  1
    gas   20
    """
    cells = [[str(cell) for cell in row] for row in (header, *rows)]
    widths = [max(width(row[i]) for row in cells) for i in range(len(header))]
    ruled = [cells[0], ["-" * w for w in widths], *cells[1:]]
    return [
        "  ".join(c + " " * (w - width(c)) for c, w in zip(row, widths, strict=True)).rstrip()
        for row in ruled
    ]


def width(text: str) -> int:
    """The columns a text takes on a terminal.

    Examples
    --------
    >>> width("CO2 排放")
    8
    """
    import unicodedata

    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
