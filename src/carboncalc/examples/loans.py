"""A made loan tape: loans, green labels and exchange rates that no bank ever booked.

Everything here is invented and says so: bank names begin with ``MADE``, company codes
carry a district (350299) that does not exist. Only the shapes are real: GB/T 4754
classes, codes of the 2025 catalogue, currencies, five quality classes. The generator is
deterministic: the same arguments give the same tape on any machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from carboncalc.vocabulary.credit_code import ALPHABET, check_character

if TYPE_CHECKING:
    import pyarrow as pa

#: (code of the 2025 catalogue, a GB/T 4754-2017 class its annex names).
GREEN_USES = (
    ("1.1.1", "3411"),
    ("1.2.1", "3841"),
    ("1.4.1", "4861"),
    ("2.1.1", "3591"),
    ("2.3.1", "7721"),
    ("3.1.1", "3511"),
    ("3.2.8", "7910"),
    ("4.1.1", "3415"),
    ("4.1.2", "3825"),
    ("4.2.1", "4415"),
    ("4.2.2", "4416"),
    ("4.3.1", "4420"),
    ("5.1.3", "0411"),
    ("6.1.1", "7010"),
    ("6.1.2", "4710"),
    ("6.2.1", "4812"),
    ("6.3.1", "5332"),
    ("6.4.1", "7840"),
    ("7.1.1", "7483"),
    ("8.1.1", "5175"),
)
OTHER_INDUSTRIES = ("1311", "1712", "2614", "3360", "3973", "5111", "5229", "6110", "6513", "7211")
PRODUCTS = ("fixed_asset", "project", "working_capital", "trade_finance", "guarantee", "entrusted")
_PRODUCT_SHARE = (0.30, 0.22, 0.38, 0.05, 0.03, 0.02)
CURRENCIES = ("CNY", "USD", "EUR", "HKD", "JPY")
_CURRENCY_SHARE = (0.93, 0.03, 0.02, 0.01, 0.01)
QUALITY = ("normal", "special_mention", "substandard", "doubtful", "loss")
_QUALITY_SHARE = (0.965, 0.022, 0.007, 0.004, 0.002)
RATIOS = ("1", "0.8", "0.65", "0.333333")
_RATIO_SHARE = (0.8, 0.1, 0.06, 0.04)
#: Made rates (not the central parity of any day): CNY for one unit.
MADE_RATES = (("CNY", "1"), ("USD", "7.1"), ("EUR", "8.2"), ("HKD", "0.91"), ("JPY", "0.046"))
CHUNK = 250_000
#: A prime: steps of it visit every number once, in no order, unless it divides their count.
_STEP = 7_919


@dataclass(frozen=True)
class MadeTape:
    """A made tape with its labels, rates and, where asked for, the errors planted in it.

    ``planted`` has one row per planted error: ``loan_id``, ``row`` (as a sheet numbers it,
    the header being row 1), ``column`` and the message ``code`` that must name it.
    """

    loans: pd.DataFrame
    labels: pd.DataFrame
    rates: pd.DataFrame
    planted: pd.DataFrame = field(default_factory=pd.DataFrame)


def made_loans(
    rows: int = 2000, *, institutions: int = 5, seed: int = 2025, as_of: str = "2025-12-31"
) -> MadeTape:
    """A made tape as a table, with labels of both statistics in a table of their own.

    Amounts are decimal text in the loan's currency. Some loans are green under one
    statistic only, as happens in life.

    Examples
    --------
    >>> made = made_loans(100)
    >>> len(made.loans), sorted(set(made.labels.statistic))
    (100, ['NFRA', 'PBOC'])
    >>> made.loans.bank_id.iloc[0][:4]
    'MADE'
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    whole = pa.Table.from_batches(made_batches(rows, institutions, seed=seed, as_of=as_of))
    for name in ("as_of", "principal_outstanding", "origination_date", "maturity_date"):
        place = whole.column_names.index(name)
        whole = whole.set_column(place, name, whole.column(name).cast(pa.string()))
    labels = []
    for statistic, prefix in (("NFRA", "nfra"), ("PBOC", "pboc")):
        part = whole.filter(pc.is_valid(whole.column(f"{prefix}_green_code")))
        loan = part.column("loan_id")
        labels.append(
            pa.table(
                {
                    "loan_id": loan,
                    "statistic": pa.array([statistic] * part.num_rows, pa.string()),
                    "code": part.column(f"{prefix}_green_code"),
                    "green_ratio": part.column(f"{prefix}_green_ratio"),
                    "catalogue_version": part.column("green_catalogue"),
                    "decision_date": part.column("origination_date"),
                    "decided_by": pa.array(["made-officer-1"] * part.num_rows, pa.string()),
                    "checked_by": pa.array(["made-officer-2"] * part.num_rows, pa.string()),
                    "evidence_ids": pc.binary_join_element_wise("E", loan, "-"),
                    "valid_from": part.column("origination_date"),
                    "valid_to": part.column("maturity_date"),
                }
            )
        )
    inline = [name for name in whole.column_names if "green" in name]
    return MadeTape(
        loans=whole.drop_columns(inline).to_pandas(),
        labels=pa.concat_tables(labels).to_pandas(),
        rates=made_rates(as_of),
    )


def made_rates(as_of: str = "2025-12-31") -> pd.DataFrame:
    """Made exchange rates for one day, in the columns a rate table has.

    Examples
    --------
    >>> made_rates().loc[1].tolist()
    ['2025-12-31', 'USD', '7.1', 'made']
    """
    return pd.DataFrame(
        [(as_of, currency, rate, "made") for currency, rate in MADE_RATES],
        columns=["date", "currency", "cny_per_unit", "source"],
    )


def made_batches(
    rows: int,
    institutions: int = 20,
    *,
    seed: int = 2025,
    as_of: str = "2025-12-31",
    median_cny: float = 6.6e7,
    attribution: bool = False,
) -> Iterator[pa.RecordBatch]:
    """The tape as Arrow batches with the green fields on it, for files too large to hold.

    Loans stand in no order. ``attribution`` adds the columns that financed emissions need.

    Examples
    --------
    >>> sum(batch.num_rows for batch in made_batches(1000))
    1000
    """
    import pyarrow as pa

    banks = [f"MADE-BANK-{bank + 1:02d}" for bank in range(institutions)]
    branches = [f"{bank}/{branch:02d}" for bank in banks for branch in range(1, 11)]
    industries = [use[1] for use in GREEN_USES] + list(OTHER_INDUSTRIES)
    day = np.datetime64(as_of, "D")
    for chunk, start in enumerate(range(0, rows, CHUNK)):
        count = min(CHUNK, rows - start)
        draw = np.random.default_rng([seed, chunk])
        number = np.arange(start, start + count)
        if rows % _STEP:
            number = number * _STEP % rows
        branch = draw.integers(0, len(branches), count)
        use = draw.integers(0, len(GREEN_USES), count)
        green = draw.random(count) < 0.4
        industry = np.where(
            green, use, len(GREEN_USES) + draw.integers(0, len(OTHER_INDUSTRIES), count)
        )
        fen = np.rint(draw.lognormal(np.log(median_cny * 100), 1.6, count)).astype(np.int64)
        age, term = draw.integers(1, 1800, count), draw.integers(30, 5400, count)
        ratio = draw.choice(len(RATIOS), count, p=_RATIO_SHARE)
        only = draw.random(count)
        columns: dict[str, pa.Array] = {
            "loan_id": _numbered("J", number),
            "contract_id": _numbered("H", number // 2),
            "as_of": pa.array(np.full(count, day)),
            "bank_id": _coded(branch // 10, banks),
            "branch_id": _coded(branch, branches),
            "borrower_id": _borrowers(draw.integers(0, max(10, rows // 5), count)),
            "product": _coded(draw.choice(len(PRODUCTS), count, p=_PRODUCT_SHARE), PRODUCTS),
            "use_industry_code": _coded(industry, industries),
            "currency": _coded(draw.choice(len(CURRENCIES), count, p=_CURRENCY_SHARE), CURRENCIES),
            "principal_outstanding": decimals(fen),
            "origination_date": pa.array(day - age),
            "maturity_date": pa.array(day - age + np.maximum(term, age)),
            "class5": _coded(draw.choice(len(QUALITY), count, p=_QUALITY_SHARE), QUALITY),
            "green_catalogue": _coded(np.zeros(count, np.int64), ("cgt-2025",), ~green),
        }
        for prefix, kept in (("nfra", only > 0.04), ("pboc", only < 0.95)):
            labelled = green & kept
            codes = [code for code, _ in GREEN_USES]
            columns[f"{prefix}_green_code"] = _coded(use, codes, ~labelled)
            columns[f"{prefix}_green_ratio"] = _coded(ratio, RATIOS, ~labelled)
        if attribution:
            columns |= _attribution(draw, fen)
        yield pa.RecordBatch.from_arrays(list(columns.values()), names=list(columns))


def _attribution(draw: np.random.Generator, fen: NDArray[np.int64]) -> dict[str, pa.Array]:
    """Total investment, debt and equity of at least the balance; emissions of half the loans."""
    import pyarrow as pa

    def scaled(low: float, high: float) -> pa.Array:
        return decimals(np.rint(fen * draw.uniform(low, high, len(fen))).astype(np.int64))

    emissions = draw.lognormal(6, 2, len(fen)).round(3)
    return {
        "project_total_investment": scaled(1, 4),
        "total_debt": scaled(0.8, 30),
        "borrower_equity": scaled(0.4, 20),
        "emis_s1": pa.array(emissions, mask=draw.random(len(fen)) < 0.5),
    }


def decimals(fen: NDArray[np.int64]) -> pa.Array:
    """Whole 分 as an Arrow decimal(18, 2) column, without a float in between.

    Examples
    --------
    >>> decimals(np.array([5, -12345])).to_pylist()
    [Decimal('0.05'), Decimal('-123.45')]
    """
    import pyarrow as pa

    words = np.empty((len(fen), 2), dtype=np.int64)
    words[:, 0], words[:, 1] = fen, fen >> 63
    return pa.Array.from_buffers(pa.decimal128(18, 2), len(fen), [None, pa.py_buffer(words)])


def _coded(
    codes: NDArray[np.int64],
    values: tuple[str, ...] | list[str],
    mask: NDArray[np.bool_] | None = None,
) -> pa.Array:
    import pyarrow as pa

    indices = pa.array(codes.astype(np.int32), mask=mask)
    return pa.DictionaryArray.from_arrays(indices, pa.array(list(values))).cast(pa.string())


def _numbered(prefix: str, numbers: NDArray[np.int64]) -> pa.Array:
    """Ids such as ``J0000000042``, written digit by digit into one buffer."""
    width = len(prefix) + 10
    letters = np.empty((len(numbers), width), dtype=np.uint8)
    letters[:, : len(prefix)] = np.frombuffer(prefix.encode(), np.uint8)
    for place in range(10):
        letters[:, width - 1 - place] = 48 + numbers // 10**place % 10
    return _fixed(letters)


def _borrowers(numbers: NDArray[np.int64]) -> pa.Array:
    """Made company codes of the district 350299, with the right check character."""
    alphabet = np.frombuffer(ALPHABET.encode(), np.uint8)
    head = "91350299MADE"
    letters = np.empty((len(numbers), 18), dtype=np.uint8)
    letters[:, :12] = np.frombuffer(head.encode(), np.uint8)
    # The check character is linear mod 31 in the five running letters.
    base = ALPHABET.index(check_character(head + "00000"))
    check = np.full(len(numbers), -base, dtype=np.int64)
    for place in range(5):
        value = numbers // 31**place % 31
        letters[:, 16 - place] = alphabet[value]
        check += value * pow(3, 16 - place, 31)
    letters[:, 17] = alphabet[-check % 31]
    return _fixed(letters)


def _fixed(letters: NDArray[np.uint8]) -> pa.Array:
    import pyarrow as pa

    rows, width = letters.shape
    offsets = np.arange(0, (rows + 1) * width, width, dtype=np.int32)
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(letters))]
    return pa.Array.from_buffers(pa.string(), rows, buffers)
