"""Where numbers come from and under which rules they were combined.

``Source`` and ``Citation`` name a document and a place in it; the evidence grade says how
sure we are of a transcription; ``Policy`` is every choice a run makes; ``RunRecord`` is
what is needed to repeat it.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Grade = Literal["A", "B", "C", "D", "S"]

#: From best to worst. S (supplied by the user) stands between a read text and one transcription.
GRADE_ORDER = "ABSCD"

GRADE_MEANING = {
    "A": {"zh": "已读官方文本", "en": "official text read"},
    "B": {"zh": "两份独立转录一致", "en": "two independent transcriptions"},
    "S": {"zh": "用户提供", "en": "supplied by the user"},
    "C": {"zh": "一份转录", "en": "one transcription"},
    "D": {"zh": "凭记忆,未核对", "en": "recalled and unchecked"},
}


def worst_grade(*grades: str) -> str:
    """The grade a line carries: the worst of its constants (D > C > S > B > A).

    Examples
    --------
    >>> worst_grade("A", "C", "S")
    'C'
    """
    return max(grades, key=GRADE_ORDER.index)


class Frozen(BaseModel):
    """The base of every record: frozen, and strict about names it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(Frozen):
    """A document that numbers or rules are taken from.

    Examples
    --------
    >>> Source(key="mee-2025-47", number="公告2025年第47号").title
    {}
    """

    key: str
    title: dict[str, str] = Field(default_factory=dict)
    number: str | None = None
    publisher: str | None = None
    published: str | None = None
    url: str | None = None
    licence: str | None = None
    note: str | None = None


class Citation(Frozen):
    """A place in a document: its key, and the page, clause or table.

    Examples
    --------
    >>> Citation(source="mee-2021-9-power", where="appendix A, equation A.1").source
    'mee-2021-9-power'
    """

    source: str
    where: str


class Policy(Frozen):
    """Every choice a run makes, stored whole in its record (contract section 5a).

    Nothing falls back unless a field here says so. ``rounding`` names a shipped policy or
    the path of a file with one.

    Examples
    --------
    >>> Policy().missing, Policy(year_fallback="latest").year_fallback
    ('raise', 'latest')
    """

    gwp: Literal["method", "SAR", "AR4", "AR5", "AR6"] = "method"
    scope2: Literal["method", "location", "market"] = "method"
    market_residual: Literal["excl_market_nonfossil", "location_factor"] = "excl_market_nonfossil"
    grid_level: Literal["method", "province", "region", "nation"] = "method"
    grid_fallback: Literal["none", "region", "nation"] = "none"
    year_fallback: Literal["none", "latest"] = "none"
    split_year: Literal["days", "refuse"] = "days"
    rounding: str = "none"
    grades: Literal["ABCS", "ABCDS"] = "ABCS"
    missing: Literal["raise", "quarantine"] = "raise"
    duplicates: Literal["quarantine", "keep"] = "quarantine"
    gas_reference: Literal["none", "0C", "20C", "as_invoiced_treated_as_Nm3"] = "none"
    edition: str | None = None


class RunRecord(Frozen):
    """What was run, on what, with which data and rules.

    ``rounding_digest`` is the digest of the rules in the user's own rounding file, empty
    where the policy names a shipped one; it stands in the run's digest in place of the path.

    Examples
    --------
    >>> RunRecord(version="0.1.0", policy=Policy(), input_digest="00", library_version="2026.1",
    ...           library_digest="11", methods={}, lines=0, quarantined=0).digest[:4]
    '26ca'
    """

    contract: int = 1
    version: str
    policy: Policy
    input_digest: str
    library_version: str
    library_digest: str
    methods: dict[str, str]
    lines: int
    quarantined: int
    files: dict[str, str] = Field(default_factory=dict)
    encodings: dict[str, str] = Field(default_factory=dict)
    rounding_digest: str = ""

    @property
    def digest(self) -> str:
        """SHA-256 of the record in canonical JSON: equal digests mean the same run."""
        said = self.model_dump(mode="json")
        rounding = said.pop("rounding_digest")
        if rounding:
            said["policy"]["rounding"] = rounding
        return canonical_digest(said)


def canonical_json(value: Any) -> str:
    """JSON with sorted keys and no spaces, the form that digests are taken of.

    Examples
    --------
    >>> canonical_json({"b": 1, "a": "碳"})
    '{"a":"碳","b":1}'
    """
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def canonical_digest(value: Any) -> str:
    """SHA-256 of the canonical JSON of a value.

    Examples
    --------
    >>> canonical_digest({})[:8]
    '44136fa3'
    """
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()
