"""The two paths of ``aggregate``: blocks in exact sums, and the ledger that explains a row."""

from __future__ import annotations


class NeedsLedger(Exception):  # noqa: N818 - a change of path, not an error
    """The table has something that only the ledger path computes or explains."""


class TablesFull(Exception):  # noqa: N818 - a request for new tables, not an error
    """The look-up tables have no room for one more unit, region, year, pattern or key."""
