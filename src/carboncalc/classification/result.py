"""The verdicts, their summary, and the story of each one."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from carboncalc.classification.criteria import rule_of
from carboncalc.classification.policy import ClassificationPolicy
from carboncalc.classification.taxonomy import Taxonomy
from carboncalc.classification.wording import asked, step_name, veto_name, word
from carboncalc.errors import ClassificationError, Issue
from carboncalc.messages.catalogue import language, message
from carboncalc.model.taxonomy import IndustryLine, ItemRule, Verdict

_LISTS = ("reasons", "missing_evidence", "vetoes", "would_change")


@dataclass(frozen=True, slots=True, repr=False)
class Explanation:
    """One verdict told step by step, with the page of the document behind each step."""

    record: Mapping[str, Any]
    taxonomy: Taxonomy
    line: IndustryLine | None
    rule: ItemRule | None

    def text(self, lang: str | None = None) -> str:
        """The story in Chinese (``zh``) or English (``en``)."""
        tongue = language(lang)
        record = self.record
        params = {
            "entry_id": record["entry_id"],
            "code": record["code"] or "?",
            "name": self.taxonomy.item(record["code"]).name[tongue] if record["code"] else "",
            "taxonomy": self.taxonomy.name[tongue],
        }
        lines = [message("C-201", {**params, "verdict": word(record["verdict"], tongue)}, tongue)]
        lines += [self._step(reason, tongue) for reason in record["reasons"]]
        lines += self._notes(tongue)
        for veto in record["vetoes"]:
            lines.append(message("C-203", {"veto": veto_name(veto, self.rule, tongue)}, tongue))
        if record["would_change"]:
            lines.append(message("C-204", {}, tongue))
            lines += [self._change(change, tongue) for change in record["would_change"]]
        return "\n".join(lines)

    def _step(self, reason: Mapping[str, Any], tongue: str) -> str:
        criterion = reason["criterion"]
        params = {
            "status": word(reason["status"], tongue),
            "criterion": step_name(criterion, self.rule, tongue),
            "measured": word(reason["measured"] or "–", tongue),
            "threshold": asked(criterion, reason["threshold"], self.rule, tongue),
            "page": reason["page"] or "–",
        }
        return "  " + message("C-202", params, tongue)

    def _change(self, change: str, tongue: str) -> str:
        criterion, _, threshold = change.partition(" ")
        name = step_name(criterion, self.rule, tongue)
        return f"  - {name}: {asked(criterion, threshold, self.rule, tongue)}"

    def _notes(self, tongue: str) -> list[str]:
        if self.rule is None:
            return []
        product = next((p for p in self.rule.products if p.id == self.record["product"]), None)
        notes = [self.rule.note, product.note if product else None]
        found = [message("C-205", {"note": note[tongue]}, tongue) for note in notes if note]
        reader = {
            "reader": self.rule.read_by,
            "date": self.rule.read_on.isoformat(),
            "page": self.rule.page,
        }
        return [*found, message("C-206", reader, tongue)]

    def __str__(self) -> str:
        return self.text()

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self.text())}</pre>"


@dataclass(frozen=True, slots=True, repr=False)
class Verdicts:
    """One verdict per entry under one catalogue and policy.

    ``frame`` has the columns of contract section 9 (the last four of them lists) and after
    them the line, product, mark and the list that applies by date. ``quarantined`` holds the
    entries without a verdict, ``issues`` everything that was found.

    Examples
    --------
    >>> from carboncalc.classification.classify import classify
    >>> car = {"entry_id": "C1", "claimed_code": "9.1.1", "role": "buyer", "kind": "loan"}
    >>> print(classify([car | {"drive_type": "PHEV"}]).explain("C1").text("en"))
    C1: ineligible under 9.1.1 New energy vehicle consumption of the ...
      [fail] drive type: PHEV; asked: pure electric / fuel cell (annex p. 172)
    ...
    """

    frame: pd.DataFrame
    taxonomy: Taxonomy
    policy: ClassificationPolicy
    quarantined: pd.DataFrame
    issues: tuple[Issue, ...]
    counts: Mapping[str, int]
    file: str | None
    digest: str | None

    def __len__(self) -> int:
        return len(self.frame)

    def by_verdict(self) -> pd.DataFrame:
        """Entries, stated amount and green amount of each verdict, all three always there.

        Amounts of several currencies stand in separate rows and are never added.
        """
        frame = self.frame.assign(green_amount=self.frame["amount"] * self.frame["green_ratio"])
        frame["currency"] = frame["currency"].fillna("")
        currencies = sorted(frame["currency"].unique()) or [""]
        grouped = frame.groupby(["verdict", "currency"], sort=False).agg(
            entries=("entry_id", "size"),
            amount=("amount", "sum"),
            green_amount=("green_amount", "sum"),
        )
        order = pd.MultiIndex.from_product(
            [[str(v) for v in Verdict], currencies], names=["verdict", "currency"]
        )
        return grouped.reindex(order, fill_value=0).reset_index()

    def explain(self, entry_id: str, code: str | None = None) -> Explanation:
        """The story of one verdict; ``code`` where the entry claims several items.

        Raises
        ------
        ClassificationError
            C-008 there is no such verdict; C-014 there are several and none was named.
        """
        found = (self.frame["entry_id"] == entry_id).to_numpy(dtype=bool, na_value=False)
        if code is not None:
            found = found & (self.frame["code"] == code).to_numpy(dtype=bool, na_value=False)
        chosen = self.frame[found]
        if not len(chosen):
            raise ClassificationError("C-008", entry_id=entry_id)
        if len(chosen) > 1:
            codes = ", ".join(str(c) for c in chosen["code"])
            raise ClassificationError("C-014", entry_id=entry_id, codes=codes)
        record = self._records(chosen)[0]
        lines = self.taxonomy.lines_of(record["code"] or "")
        line = next((x for x in lines if x.sequence == record["sequence"]), None)
        rule = rule_of(self.taxonomy.id, line) if line else None
        return Explanation(record, self.taxonomy, line, rule)

    def records(self) -> list[dict[str, Any]]:
        """The verdicts as plain records, ready for JSON."""
        return self._records(self.frame)

    def to_parquet(self, path: str | os.PathLike[str]) -> None:
        """Write the verdicts so that any reader of Parquet gets the nested reasons back.

        pandas writes the names of its own nested column types into a file and cannot read
        them again; here the table goes out without them.
        """
        import pyarrow as pa
        from pyarrow import parquet

        table = pa.Table.from_pandas(self.frame, preserve_index=False)
        parquet.write_table(table.replace_schema_metadata(None), path)

    def to_json(self, lang: str | None = None) -> dict[str, Any]:
        """The verdicts with their policy, counts and issues, as the CLI prints them.

        Examples
        --------
        >>> from carboncalc.classification.classify import classify
        >>> made = classify([{"entry_id": "P1", "claimed_code": "4.2.1"}]).to_json("en")
        >>> made["contract"], made["counts"], made["verdicts"][0]["verdict"]
        (1, {'eligible': 0, 'ineligible': 0, 'undetermined': 1}, 'undetermined')
        """
        counts = self.frame["verdict"].value_counts()
        return {
            "contract": 1,
            "taxonomy": self.taxonomy.id,
            "taxonomy_version": self.taxonomy.version,
            "policy": self.policy.model_dump(mode="json"),
            "counts": {str(v): int(counts.get(str(v), 0)) for v in Verdict},
            "verdicts": self.records(),
            "quarantined": len(self.quarantined),
            "without_verdict": [_plain(i) for i in self.quarantined.get("entry_id", [])],
            "issues": [issue.record(lang) for issue in self.issues],
        }

    def _records(self, frame: pd.DataFrame) -> list[dict[str, Any]]:
        columns = {name: frame[name].tolist() for name in frame.columns if name not in _LISTS}
        for name in _LISTS:
            columns[name] = frame[name].array._pa_array.to_pylist()
        names = list(frame.columns)
        rows = zip(*(columns[name] for name in names), strict=True)
        return [{n: _plain(v) for n, v in zip(names, row, strict=True)} for row in rows]

    def __repr__(self) -> str:
        counts = self.frame["verdict"].value_counts()
        parts = ", ".join(f"{int(counts.get(str(v), 0))} {v}" for v in Verdict)
        read = self.frame["condition_status"].isin(["read_none", "hand_read"]).sum()
        return (
            f"<Verdicts {self.taxonomy.id}: {len(self.frame)} entries: {parts}; "
            f"{int(read)} under lines a person has read; {len(self.quarantined)} without verdict>"
        )

    def _repr_html_(self) -> str:
        tongue = language()
        summary = self.by_verdict()
        summary["verdict"] = [word(v, tongue) for v in summary["verdict"]]
        head = self.frame[["entry_id", "code", "verdict", "would_change"]].head(10)
        rows = "".join(
            "<tr>" + "".join(f"<td>{escape(_cell(v))}</td>" for v in row) + "</tr>"
            for row in zip(*(head[c].tolist() for c in head.columns), strict=True)
        )
        return (
            f"<p>{escape(repr(self))}</p>{summary.to_html(index=False)}"
            f"<table><tr><th>entry_id</th><th>code</th><th>verdict</th><th>would_change</th></tr>"
            f"{rows}</table>"
        )


def _plain(value: Any) -> Any:
    if isinstance(value, float) and math.isnan(value):
        return None
    return value.item() if isinstance(value, (np.integer, np.floating)) else value


def _cell(value: Any) -> str:
    return "; ".join(value) if isinstance(value, (list, np.ndarray)) else str(value)
