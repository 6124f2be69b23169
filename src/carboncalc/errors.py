"""The tree of errors and warnings, and the record of one data problem.

Errors carry a stable code, typed parameters and a hint; their text is looked up by code
and language when it is shown, so an error can be raised in one process and read in
another language in the next. All of them pickle.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from carboncalc.messages.catalogue import hint, language, message

Severity = Literal["problem", "finding"]


class CarbonCalcError(Exception):
    """The base of every error this library raises.

    Parameters
    ----------
    code
        The stable message code; the class's own by default.
    **params
        The values the message speaks of.

    Examples
    --------
    >>> error = UnknownUnitError(unit="furlong")
    >>> error.code, error.params["unit"]
    ('U-001', 'furlong')
    >>> print(error.text("en"))
    [U-001] unit 'furlong' is not known
    Hint: ...
    """

    code: str = "X-000"

    def __init__(self, code: str | None = None, /, **params: Any) -> None:
        super().__init__()
        if code is not None:
            self.code = code
        self.params = params

    def text(self, lang: str | None = None) -> str:
        """The message with its hint, in Chinese (``zh``) or English (``en``)."""
        body = f"[{self.code}] {message(self.code, self.params, lang)}"
        advice = self.hint(lang)
        label = "提示:" if language(lang) == "zh" else "Hint: "
        return f"{body}\n{label}{advice}" if advice else body

    def hint(self, lang: str | None = None) -> str:
        """What to do about it."""
        return hint(self.code, self.params, lang)

    def __str__(self) -> str:
        return self.text()

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuild, (type(self), self.code, self.params))


def _rebuild(kind: type[CarbonCalcError], code: str, params: dict[str, Any]) -> CarbonCalcError:
    return kind(code, **params)


class UnitError(CarbonCalcError):
    """Something is wrong with a unit."""

    code = "U-000"


class UnknownUnitError(UnitError):
    """The spelling is not a unit we know. Correct it, or write it as a product of known ones."""

    code = "U-001"


class AmbiguousUnitError(UnitError):
    """The spelling means different things to different people. Write the one that is meant."""

    code = "U-002"


class UnitDimensionError(UnitError):
    """The two units measure different things. Check the column, or give the missing constant."""

    code = "U-003"


class ActivityDataError(CarbonCalcError):
    """The input has problems; ``.issues`` lists each with sheet, row, column and hint."""

    code = "A-000"

    def __init__(
        self, code: str | None = None, /, *, issues: Sequence[Issue] = (), **params: Any
    ) -> None:
        super().__init__(code, **{"count": len(issues), **params})
        self.issues = tuple(issues)

    def text(self, lang: str | None = None) -> str:
        """The first line, then up to twenty problems, one a line.

        A single problem that is the error itself is told once, with its place.
        """
        if len(self.issues) == 1 and self.issues[0].code == self.code:
            place = self.issues[0].place(lang)
            return f"{place}: {super().text(lang)}" if place else super().text(lang)
        lines = [super().text(lang)]
        lines += ["  " + issue.text(lang) for issue in self.issues[:20]]
        if len(self.issues) > 20:
            lines.append(f"  … +{len(self.issues) - 20}")
        return "\n".join(lines)

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuild_with_issues, (type(self), self.code, self.params, self.issues))


def _rebuild_with_issues(
    kind: type[ActivityDataError], code: str, params: dict[str, Any], issues: tuple[Issue, ...]
) -> ActivityDataError:
    return kind(code, issues=issues, **params)


class FactorError(CarbonCalcError):
    """Something is wrong with an emission factor."""

    code = "F-000"


class FactorNotFoundError(FactorError):
    """No factor matches. Add one to an overlay, or widen the region or year by policy."""

    code = "F-001"

    @property
    def nearest(self) -> tuple[str, ...]:
        """The ids of the factors that come nearest, best first."""
        return tuple(self.params.get("nearest", ()))


class FactorAmbiguousError(FactorError):
    """Several factors match equally well (``params['candidates']``). Name the one that is meant."""

    code = "F-002"

    @property
    def candidates(self) -> tuple[str, ...]:
        """What matches equally well."""
        return tuple(self.params.get("candidates", ()))


class FactorDigestError(FactorError):
    """A published factor row was changed. A correction is a new version, never an edit."""

    code = "F-003"


class FactorDataError(ActivityDataError, FactorError):
    """A table of the user's own factors has problems; ``.issues`` names them all."""

    code = "F-030"


class MethodError(CarbonCalcError):
    """A method file is wrong, or a document does not have what was asked of it."""

    code = "M-000"


class BoundaryError(CarbonCalcError):
    """The organisational boundary does not hold together."""

    code = "B-000"


class OwnershipError(BoundaryError):
    """Shares or control in the entity file contradict each other."""

    code = "B-001"


class TransferImbalanceError(BoundaryError):
    """The two sides of an internal transfer differ; both figures are in the parameters."""

    code = "B-002"


class ClassificationError(CarbonCalcError):
    """A catalogue, code or criterion cannot be used as asked."""

    code = "C-000"


class RegistryError(CarbonCalcError):
    """The green-finance library refuses an entry or a change of state."""

    code = "R-000"


class FinanceError(CarbonCalcError):
    """A figure of the loan book cannot be computed or may not be cited."""

    code = "L-000"


class AttributionError(FinanceError):
    """Emissions cannot be attributed to the loan with the data given."""

    code = "L-001"


class CurrencyError(FinanceError):
    """A currency is unknown or has no rate for the day."""

    code = "L-002"


class StatisticError(FinanceError):
    """A balance and a target stand on different statistics."""

    code = "L-003"


class ReproductionError(CarbonCalcError):
    """A stored run does not recompute; ``params['differences']`` names the first differences."""

    code = "V-001"


class CarbonCalcWarning(UserWarning):
    """The base of every warning: the figure stands, and this is said about it."""


class FactorFallbackWarning(CarbonCalcWarning):
    """A factor of another region or year stands in, because the policy allows it."""


class StaleFactorWarning(CarbonCalcWarning):
    """The factor is older than the period it is used for."""


class LowEvidenceWarning(CarbonCalcWarning):
    """A constant of grade D carries part of the total."""


class CoverageWarning(CarbonCalcWarning):
    """Part of the data was left out of the total."""


@dataclass(frozen=True, slots=True)
class Issue:
    """One problem or finding in the user's data, and where it is.

    ``row`` is the row as the user sees it in the sheet (the header is row 1). A *problem*
    quarantines the row; a *finding* leaves the figure standing and is reported.

    Examples
    --------
    >>> Issue("U-001", {"unit": "ton"}, sheet="Fuel", row=14, column="unit").where
    'sheet Fuel row 14 column unit'
    """

    code: str
    params: dict[str, Any] = field(default_factory=dict)
    file: str | None = None
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    severity: Severity = "problem"

    @property
    def where(self) -> str:
        """File, sheet, row and column, as far as known."""
        parts = [
            f"{name} {value}"
            for name, value in (("sheet", self.sheet), ("row", self.row), ("column", self.column))
            if value is not None
        ]
        return " ".join(parts)

    def place(self, lang: str | None = None) -> str:
        """Sheet, row and column as a reader says them.

        Examples
        --------
        >>> Issue("U-001", {"unit": "ton"}, sheet="Fuel", row=14, column="unit").place("zh")
        '工作表 Fuel 第 14 行 unit 列'
        """
        if language(lang) == "en":
            return self.where
        parts = (
            (self.sheet, f"工作表 {self.sheet}"),
            (self.row, f"第 {self.row} 行"),
            (self.column, f"{self.column} 列"),
        )
        return " ".join(text for value, text in parts if value is not None)

    def message(self, lang: str | None = None) -> str:
        """What is wrong."""
        return message(self.code, self.params, lang)

    def hint(self, lang: str | None = None) -> str:
        """What to do about it."""
        return hint(self.code, self.params, lang)

    def text(self, lang: str | None = None) -> str:
        """Where, what and what to do, in one line."""
        advice = self.hint(lang)
        tail = f" → {advice}" if advice else ""
        place = self.place(lang)
        return f"{place}: " * bool(place) + f"[{self.code}] {self.message(lang)}{tail}"

    def record(self, lang: str | None = None) -> dict[str, Any]:
        """The issue as a flat record for JSON and tables."""
        return {
            "file": self.file,
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "code": self.code,
            "severity": self.severity,
            "message": self.message(lang),
            "hint": self.hint(lang),
        }


class IssueLog:
    """Collects issues: the first 10,000 in full, and how many there were of each code.

    Examples
    --------
    >>> log = IssueLog()
    >>> log.add("U-001", {"unit": "x"}, row=2)
    >>> len(log), log.counts
    (1, {'U-001': 1})
    """

    LIMIT = 10_000

    def __init__(self) -> None:
        self._issues: list[Issue] = []
        self._counts: dict[str, int] = {}

    def add(
        self,
        code: str,
        params: dict[str, Any] | None = None,
        *,
        file: str | None = None,
        sheet: str | None = None,
        row: int | None = None,
        column: str | None = None,
        severity: Severity = "problem",
    ) -> None:
        """Note one issue; a file or sheet that is NaN (an empty cell of a table) is none."""
        place = [value if isinstance(value, str) else None for value in (file, sheet)]
        self.extend([Issue(code, params or {}, place[0], place[1], row, column, severity)])

    def extend(self, issues: Sequence[Issue]) -> None:
        """Note several issues."""
        for issue in issues:
            self._counts[issue.code] = self._counts.get(issue.code, 0) + 1
            if len(self._issues) < self.LIMIT:
                self._issues.append(issue)

    @property
    def issues(self) -> tuple[Issue, ...]:
        """The issues kept, in the order they were found."""
        return tuple(self._issues)

    @property
    def counts(self) -> MappingProxyType[str, int] | dict[str, int]:
        """How many issues of each code were found, beyond the limit too."""
        return dict(self._counts)

    def __len__(self) -> int:
        return sum(self._counts.values())

    def __iter__(self) -> Iterator[Issue]:
        return iter(self._issues)
