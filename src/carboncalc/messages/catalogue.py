"""Every message the library shows, by stable code, in Chinese and English.

The texts are files in ``texts/*.toml`` so that a translator can correct them without
reading Python. Each table is one code with the keys ``zh``, ``en`` and, where there is a
way out to name, ``hint_zh`` and ``hint_en``.
"""

from __future__ import annotations

import functools
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

Language = Literal["zh", "en"]

_TEXTS = Path(__file__).parent / "texts"


#: "1 rows use" in an English text reads "1 row uses".
_SINGULAR = re.compile(
    r"(?<![\w.,])1 (?P<kind>quarantined |required |project )?"
    r"(?P<thing>problem|row|loan|line|label|column)s\b(?P<of> of [a-z ]+?| of '[^']*' \([^)]*\))?"
    r"(?P<verb> (?:have|use|belong|declare|lie|rest|are)\b)?"
)
_VERBS = {
    " have": " has", " use": " uses", " belong": " belongs", " declare": " declares",
    " lie": " lies", " rest": " rests", " are": " is",
}  # fmt: skip


class _KeepMissing(dict[str, object]):
    """A message with a parameter left out still says everything else."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


@functools.cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """All message tables by code, read once.

    Examples
    --------
    >>> from carboncalc.messages.catalogue import catalogue
    >>> sorted(catalogue()["U-001"])[:2]
    ['en', 'hint_en']
    """
    found: dict[str, Mapping[str, str]] = {}
    for path in sorted(_TEXTS.glob("*.toml")):
        for code, entry in tomllib.loads(path.read_text(encoding="utf-8")).items():
            if code in found:
                raise ValueError(f"message code {code} is defined twice (again in {path.name})")
            found[code] = entry
    return found


def language(requested: str | None = None) -> Language:
    """The language to speak: the argument, else ``CARBONCALC_LANG``, else English.

    Examples
    --------
    >>> language("zh-CN")
    'zh'
    """
    wanted = requested or os.environ.get("CARBONCALC_LANG") or "en"
    return "zh" if wanted.lower().startswith("zh") else "en"


def message(code: str, params: Mapping[str, object], lang: str | None = None) -> str:
    """The text of a code with its parameters filled in; the code itself if it is unknown.

    Examples
    --------
    >>> message("U-001", {"unit": "furlong"}, "en")
    "unit 'furlong' is not known"
    >>> message("I-038", {"count": 1}, "en")
    '1 line uses a factor of another region, as the policy allows'
    """
    return _fill(code, language(lang), params) or f"{code} {dict(params)}"


def hint(code: str, params: Mapping[str, object], lang: str | None = None) -> str:
    """What to do about it, or an empty text where the message says it all.

    Examples
    --------
    >>> hint("no-such-code", {}, "en")
    ''
    """
    return _fill(code, "hint_" + language(lang), params)


def _fill(code: str, key: str, params: Mapping[str, object]) -> str:
    template = catalogue().get(code, {}).get(key, "")
    text = template.format_map(_KeepMissing(params))
    return text if key.endswith("zh") or "1 " not in text else _SINGULAR.sub(_one, text)


def _one(found: re.Match[str]) -> str:
    verb = found["verb"] or ""
    return f"1 {found['kind'] or ''}{found['thing']}{found['of'] or ''}{_VERBS.get(verb, verb)}"
