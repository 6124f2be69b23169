"""Green labels: one record per loan and statistic, checked before any balance counts on it.

A label carries a code of a catalogue and the share of the loan that goes to it
(绿色认定比例). The PBOC and the NFRA class of one loan may differ, so each statistic has
its own labels and no balance of one is ever read under the other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from carboncalc.errors import ActivityDataError, FinanceError, Issue
from carboncalc.finance.arrays import NO_DAY, Texts, days, keyed
from carboncalc.finance.catalogues import catalogue_id, code_problem, group_key
from carboncalc.finance.codes import NONE
from carboncalc.finance.columns import resolve
from carboncalc.finance.match import IdIndex
from carboncalc.finance.tables import GivenTable, open_table
from carboncalc.vocabulary import names

#: Ratios are whole billionths: nine decimals, exactly.
WHOLE = 10**9
STATISTICS = ("NFRA", "PBOC")

_COLUMNS = (
    "loan_id",
    "statistic",
    "code",
    "green_ratio",
    "catalogue_version",
    "decision_date",
    "decided_by",
    "checked_by",
    "evidence_ids",
    "valid_from",
    "valid_to",
)
_REQUIRED = ("loan_id", "statistic", "code", "green_ratio", "catalogue_version")
#: Other names of label columns, where the proper one is not there.
_ALIASES = {
    "green_code": "code",
    "third_level": "code",
    "green_catalogue": "catalogue_version",
    "evidence_id": "evidence_ids",
    "green_reviewer": "checked_by",
    "green_review_date": "decision_date",
    "生效日": "valid_from",
    "失效日": "valid_to",
}
_RATIO = re.compile(r"\d+(\.\d+)?%?")
#: Why a label does not count, by number; 0 is a good label.
REFUSALS = ("", "L-041", "L-042", "L-043", "L-044", "L-045", "L-046", "L-047", "L-011", "L-021")


@dataclass(frozen=True)
class LabelSet:
    """The labels of one statistic, in the order of their index.

    ``state`` is 0 for a label that counts and else a place in ``REFUSALS``; ``code`` is a
    place in ``keys``, of which the last is ``(none)``.
    """

    index: IdIndex
    keys: tuple[str, ...]
    code: NDArray[np.int32]
    ratio: NDArray[np.int64]
    state: NDArray[np.int16]
    valid_from: NDArray[np.int32]
    valid_to: NDArray[np.int32]


@dataclass(frozen=True)
class Labels:
    """A checked label table: a set for each statistic, and the issues found."""

    sets: Mapping[str, LabelSet]
    issues: tuple[Issue, ...]
    rows: int
    given: GivenTable

    def frame(self) -> Any:
        """The labels as given, under their canonical names, as a pandas frame."""
        return self.given.table.to_pandas()


def ratio_of(text: str) -> tuple[int, str | None]:
    """A green ratio in whole billionths, or the message code of what is wrong with it.

    Examples
    --------
    >>> ratio_of("0.65"), ratio_of("65%"), ratio_of("1.2"), ratio_of("high")
    ((650000000, None), (650000000, None), (0, 'L-043'), (0, 'L-044'))
    """
    text = text.strip()
    try:
        number = Decimal(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except InvalidOperation:
        return 0, "L-044"
    if number.is_finite() and not 0 <= number <= 1:
        return 0, "L-043"
    if not _RATIO.fullmatch(text) or number * WHOLE != int(number * WHOLE):
        return 0, "L-044"
    return int(number * WHOLE), None


def read_labels(given: Any) -> Labels:
    """The labels in a file, frame or list of records, checked.

    Raises
    ------
    ActivityDataError
        ``L-005`` for required columns that are missing.

    Examples
    --------
    >>> labels = read_labels([{"loan_id": "J1", "statistic": "NFRA", "code": "4.2.2",
    ...     "green_ratio": "1.5", "catalogue_version": "cgt-2025"}])
    >>> labels.issues[0].code, labels.issues[0].row
    ('L-043', 1)
    """
    table = open_table(given, lambda header: names.header(header, "labels") is not None)
    table = _canonical(table)
    return _Reader(table).read()


class _Reader:
    def __init__(self, given: GivenTable) -> None:
        self.given = given
        self.issues: list[Issue] = list(given.notes)
        self.rows = given.table.num_rows
        self.state = np.zeros(self.rows, dtype=np.int16)

    def read(self) -> Labels:
        ids = Texts.of(self._column("loan_id"))
        self._refuse("L-011", "loan_id", ids.lengths == 0)
        statistic = self._statistics()
        keys, code = self._codes()
        ratio = self._ratios()
        begin, end = self._days("valid_from"), self._days("valid_to")
        end = np.where(end == NO_DAY, np.iinfo(np.int32).max, end)
        self._repeated(ids, statistic)
        self._care()
        sets = {}
        for number, name in enumerate(STATISTICS):
            rows = np.flatnonzero(statistic == number)
            index = IdIndex.of(ids.array.take(pa.array(rows)))
            turn = rows[index.order]
            # Of several refused labels of one loan the first stands for all.
            sets[name] = LabelSet(
                index, keys, code[turn], ratio[turn], self.state[turn], begin[turn], end[turn]
            )
        self.issues.sort(key=lambda issue: (issue.row or 0, issue.code))
        return Labels(sets, tuple(self.issues), self.rows, self.given)

    def _column(self, name: str) -> pa.Array:
        if name not in self.given.table.column_names:
            return pa.nulls(self.rows, pa.string())
        found = self.given.table.column(name).combine_chunks()
        return found.chunk(0) if isinstance(found, pa.ChunkedArray) else found

    def _coded(self, name: str) -> tuple[NDArray[np.int64], list[str]]:
        """A column as places among its distinct texts; the last, empty text is for empty cells."""
        column = self._column(name)
        if not pa.types.is_dictionary(column.type):
            column = column.dictionary_encode()
        values = column.dictionary
        if pa.types.is_floating(values.type):
            texts = [f"{value:.15g}" for value in values.to_pylist()]
        else:
            texts = ["" if value is None else str(value).strip() for value in values.to_pylist()]
        places = column.indices.fill_null(len(texts)).to_numpy().astype(np.int64)
        return places, [*texts, ""]

    def _refuse(
        self,
        code: str,
        column: str,
        mask: NDArray[np.bool_],
        params: Callable[[int], Mapping[str, str]] = lambda row: {},
    ) -> None:
        for row in np.flatnonzero(mask).tolist():
            self._note(code, column, row, {**params(row), "column": column})
            if not self.state[row]:
                self.state[row] = REFUSALS.index(code)

    def _note(
        self, code: str, column: str, row: int, params: Mapping[str, str], *, finding: bool = False
    ) -> None:
        number = (
            row + self.given.first if self.given.numbers is None else int(self.given.numbers[row])
        )
        self.issues.append(
            Issue(
                code,
                dict(params),
                self.given.file,
                self.given.sheet,
                number,
                column,
                "finding" if finding else "problem",
            )
        )

    def _statistics(self) -> NDArray[np.int16]:
        places, texts = self._coded("statistic")
        known = [resolve("statistic", text) for text in texts]
        numbers = np.array([STATISTICS.index(name) if name else -1 for name in known])
        found = numbers[places].astype(np.int16)
        self._refuse("L-046", "statistic", found < 0, lambda row: {"value": texts[places[row]]})
        return found

    def _codes(self) -> tuple[tuple[str, ...], NDArray[np.int32]]:
        """Keys of the codes and the place of each row; each pair that occurs is judged once."""
        catalogue, names = self._coded("catalogue_version")
        code, texts = self._coded("code")
        pairs, place = np.unique(catalogue * len(texts) + code, return_inverse=True)
        written = [(names[pair // len(texts)], texts[pair % len(texts)]) for pair in pairs.tolist()]
        judged = [judge_code(*pair) for pair in written]
        keys = sorted({key for key, _, _ in judged} - {NONE})
        own = {key: number for number, key in enumerate([*keys, NONE])}
        for problem in ("L-047", "L-041", "L-042"):
            mask = np.array([found == problem for _, found, _ in judged], dtype=bool)[place]
            column = "catalogue_version" if problem == "L-047" else "code"
            self._refuse(problem, column, mask, lambda row: judged[place[row]][2])
        for row in np.flatnonzero(np.array([not text for text in texts])[code]).tolist():
            self._note("L-048", "code", row, {}, finding=True)
        return (*keys, NONE), np.array([own[key] for key, _, _ in judged], dtype=np.int32)[place]

    def _ratios(self) -> NDArray[np.int64]:
        places, texts = self._coded("green_ratio")
        judged = [ratio_of(text) for text in texts]
        for problem in ("L-043", "L-044"):
            mask = np.array([found == problem for _, found in judged])[places]
            self._refuse(problem, "green_ratio", mask, lambda row: {"value": texts[places[row]]})
        return np.array([value for value, _ in judged], dtype=np.int64)[places]

    def _days(self, name: str) -> NDArray[np.int32]:
        found, problems = days(self._column(name))
        if "L-021" in problems:
            cells = self._column(name)
            for row in np.flatnonzero(problems["L-021"]).tolist():
                self._note("L-021", name, row, {"value": str(cells[row]), "column": name})
                self.state[row] = self.state[row] or REFUSALS.index("L-021")
        return found

    def _repeated(self, ids: Texts, statistic: NDArray[np.int16]) -> None:
        """Two labels of one loan under one statistic: neither counts."""
        hashes = keyed(ids.hashes(), statistic.astype(np.int32))
        counts = np.unique(hashes, return_inverse=True, return_counts=True)
        doubtful = np.flatnonzero(counts[2][counts[1]] > 1)
        texts = ids.array.take(pa.array(doubtful)).to_pylist()
        seen: dict[tuple[str, int], list[int]] = {}
        for row, text in zip(doubtful.tolist(), texts, strict=True):
            if text and statistic[row] >= 0:
                seen.setdefault((text, int(statistic[row])), []).append(row)
        mask = np.zeros(self.rows, dtype=bool)
        for rows in seen.values():
            if len(rows) > 1:
                mask[rows] = True
        self._refuse("L-045", "loan_id", mask)

    def _care(self) -> None:
        """Decided and checked by one person: a finding."""
        one, decided = self._coded("decided_by")
        other, checked = self._coded("checked_by")
        number = {text: place for place, text in enumerate(decided) if text}
        same = np.array([number.get(text, -1) for text in checked])[other] == one
        for row in np.flatnonzero(same).tolist():
            self._note("L-051", "checked_by", row, {}, finding=True)


def judge_code(catalogue: str, code: str) -> tuple[str, str | None, dict[str, str]]:
    """Key, message code (or None) and parameters of one (catalogue, code) pair as written.

    Examples
    --------
    >>> judge_code("cgt-2025", "4.2.2")
    ('4.2.2', None, {})
    >>> judge_code("", "4.2.2")[1], judge_code("cgt-2025", "")[0]
    ('L-047', '(none)')
    """
    found = catalogue_id(catalogue)
    if found is None:
        return code or NONE, "L-047", {"value": catalogue}
    if not code:
        return NONE, None, {}
    problem = code_problem(found, code)
    return (group_key(found, code), None, {}) if problem is None else (code, *problem)


def _canonical(given: GivenTable) -> GivenTable:
    found: dict[str, str] = {}
    for direct in (True, False):
        for name in given.table.column_names:
            known = names.header(name, "labels") or ""
            column = known if direct else _ALIASES.get(known or name, "")
            if column not in _COLUMNS:
                continue
            if column not in found:
                found[column] = name
            elif direct:
                raise FinanceError("L-010", column=name, first=found[column])
    missing = [name for name in _REQUIRED if name not in found]
    if missing:
        issues = [_missing(name, given.file) for name in missing]
        raise ActivityDataError("L-006", issues=issues, file=given.file or "")
    table = given.table.select(list(found.values())).rename_columns(list(found))
    return GivenTable(
        table, given.file, given.sheet, given.first, given.numbers, given.notes, given.digest
    )


def _missing(name: str, file: str | None) -> Issue:
    params = {"column": name, "zh": names.label("header", name, "zh")}
    return Issue("L-005", params, file=file, column=name)
