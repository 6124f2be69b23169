"""A made handful of loans to the tenants of the made park, with their carbon records.

The chain in small: the park's readings become a footprint, the footprint each tenant's carbon
record, the record a bank's financed emissions. No loan, account or company exists; the
company codes carry a district (350299) that does not exist.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from carboncalc.model.carbon_record import CarbonRecord

#: tenant → organisation part of a code that no company has
_BORROWERS = {"T1": "MADET0001", "T2": "MADET0002", "T3": "MADET0003"}
PROJECT = "MADE-PV-EXTENSION"


def made_code(tenant: str) -> str:
    """The credit code of a made borrower: right in form, of nobody.

    Examples
    --------
    >>> made_code("T1")[:8]
    '91350299'
    """
    from carboncalc.vocabulary.credit_code import check_character

    body = "91350299" + _BORROWERS[tenant]
    return body + check_character(body)


def attribution_loans() -> pd.DataFrame:
    """Six made loans at 2023-12-31: working capital, plant, one project, one guarantee.

    Examples
    --------
    >>> from carboncalc.examples.attribution import attribution_loans
    >>> attribution_loans()["product"].nunique()
    4
    """
    import pandas as pd

    rows = [
        ("MADE-1", "T1", "working_capital", "50000000.00", "3489", None),
        ("MADE-2", "T1", "fixed_asset", "120000000.00", "3489", None),
        ("MADE-3", "T2", "working_capital", "30000000.00", "1411", None),
        ("MADE-4", "T3", "fixed_asset", "400000000.00", "3971", None),
        ("MADE-5", "T3", "project", "90000000.00", "4416", PROJECT),
        ("MADE-6", "T3", "guarantee", "10000000.00", "3971", None),
    ]
    columns = ["loan_id", "tenant", "product", "principal_outstanding", "use_industry_code",
               "project_id"]  # fmt: skip
    frame = pd.DataFrame(rows, columns=columns)
    accounts = {  # equity, debt, revenue (CNY)
        "T1": (1.2e9, 0.8e9, 1.65e9), "T2": (4.0e8, 3.5e8, 8.8e8), "T3": (2.6e9, 2.4e9, 4.1e9),
    }  # fmt: skip
    money = ("borrower_equity", "total_debt", "revenue")
    for place, name in enumerate(money):
        frame[name] = [accounts[tenant][place] for tenant in frame["tenant"]]
    frame["project_equity_debt"] = [3.0e8 if p else None for p in frame["project_id"]]
    frame["project_total_investment"] = frame["project_equity_debt"]
    for month in range(1, 13):
        frame[f"monthly_balance_{month}"] = frame["principal_outstanding"].astype("float64")
    return frame.assign(
        borrower_id=[made_code(tenant) for tenant in frame["tenant"]],
        as_of="2023-12-31", currency="CNY", fin_year=2023,
    ).drop(columns="tenant")  # fmt: skip


@functools.cache
def attribution_records() -> tuple[CarbonRecord, ...]:
    """The carbon records of the three tenants of the made park, and of a made PV project.

    Their guideline counts carbon dioxide alone here, and they say so.

    Examples
    --------
    >>> from carboncalc.examples.attribution import attribution_records
    >>> [record.co2_only for record in attribution_records()]
    [True, True, True, True]
    """
    from carboncalc.examples.park import park_footprint
    from carboncalc.finance.carbon_record import make_carbon_record

    footprint = park_footprint()
    records = [
        make_carbon_record(
            footprint, uscc=made_code(tenant), name=f"示例租户 {tenant}", entity=tenant,
            consent_id=f"MADE-CONSENT-{tenant}", consent_until="2030-12-31", co2_only=True,
            verification="limited" if tenant == "T3" else "none",
        )
        for tenant in _BORROWERS
    ]  # fmt: skip
    project = records[-1].model_copy(
        update={"project_id": PROJECT, "s1_t": 0.0, "s2_location_t": 40.0, "s2_market_t": 58.0}
    )
    return (*records, project)
