"""What became of every reference row: taken into the database, or left out with a reason."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path

from rows import Row, factor_id


class Ledger:
    """Collects, per reference file and line, the rows made of it or why there are none."""

    def __init__(self) -> None:
        self.taken: dict[tuple[str, int], list[Row]] = {}
        self.left_out: dict[tuple[str, int], tuple[str, str]] = {}
        self.digests: dict[tuple[str, int], str] = {}

    def take(self, file: str, record: dict[str, str], *rows: Row) -> None:
        """The reference row stands in the database as these rows."""
        self.taken.setdefault(self._key(file, record), []).extend(rows)

    def leave_out(self, file: str, record: dict[str, str], reason: str) -> None:
        """The reference row does not enter, and why."""
        named = [
            record.get(column, "")
            for column in (
                *("factor_set", "category", "data_year", "factor_kind", "name_zh"),
                *("gas", "blend", "hub_table", "name", "value"),
            )
        ]
        described = " ".join(text for text in named if text)
        self.left_out[self._key(file, record)] = (described, reason)

    def _key(self, file: str, record: dict[str, str]) -> tuple[str, int]:
        key = (file, int(record["line"]))
        bare = {k: v for k, v in record.items() if k != "line"}
        content = json.dumps(bare, ensure_ascii=False, sort_keys=True)
        self.digests[key] = hashlib.sha256(content.encode()).hexdigest()[:16]
        return key

    def check(self, file: str, records: list[dict[str, str]]) -> None:
        """Fail where a row is neither in nor explained."""
        known = {line for f, line in (*self.taken, *self.left_out) if f == file}
        missing = [r["line"] for r in records if int(r["line"]) not in known]
        if missing:
            raise SystemExit(f"{file}: lines {missing} are neither taken nor explained")

    def write(self, not_included: Path, coverage: Path) -> None:
        """Write what is left out with its reason, and what each reference row became."""
        with not_included.open("w", encoding="utf-8", newline="") as handle:
            writer = csv.writer(handle, lineterminator="\n")
            writer.writerow(["reference_file", "line", "row", "reason"])
            writer.writerows([*key, *entry] for key, entry in sorted(self.left_out.items()))
        with coverage.open("w", encoding="utf-8", newline="") as handle:
            writer = csv.writer(handle, lineterminator="\n")
            writer.writerow(["reference_file", "line", "digest", "factor_ids"])
            for key in sorted({*self.taken, *self.left_out}):
                ids = "; ".join(factor_id(row) for row in self.taken.get(key, []))
                writer.writerow([*key, self.digests[key], ids])
