# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A bank's book to the target · 银行账簿:从借据到目标
#
# 2,000 loans at five institutions, with labels under two statistics, verdicts on some of them, and two
# borrowers' carbon records. **Tape, entries and borrowers are made up (编造的示例数据)**; the catalogue
# of 2025, the target and the rules are real.
#
# You will judge, sum, compare with the target, see what one bank may and may not say, and keep a page
# and a workbook to sign.

# %%
import pandas as pd

import carboncalc as cc
from carboncalc.classification.wording import step_name
from carboncalc.examples.bank import made_bank
from carboncalc.report.book_views import book_charts
from carboncalc.report.progress_chart import progress_chart

bank = made_bank()

# %% [markdown]
# ## 1 · Judge 认定
# Eligible, ineligible, or undetermined with what is missing. A plain onshore turbine of 4.5 MW fails the
# 5 MW test; the same machine offshore is not asked.

# %%
verdicts = cc.classify(cc.examples.path("entries.csv"))
verdicts

# %%
print(verdicts.explain("E02").text("zh"))

# %% [markdown]
# *Undetermined* is not a polite no: it names the evidence that is missing. 待定即缺证据,逐项列出。

# %%
undetermined = verdicts.frame.query("verdict == 'undetermined'")
pd.DataFrame(
    {
        "entry": undetermined["entry_id"],
        "code": undetermined["code"],
        "missing 所缺证据": [
            "、".join(step_name(name, None, "zh") for name in names)
            for names in undetermined["missing_evidence"]
        ],
    }
).reset_index(drop=True)

# %% [markdown]
# ## 2 · Read the tape 读入台账
# A row that cannot be trusted is set aside by name, with its remedy, and stands in the reconciliation.
# 有问题的行不进入余额,逐条列出。

# %%
spoilt = bank.made.loans.head(6).copy().astype(object)
spoilt.loc[spoilt.index[0], "currency"] = "XXX"
spoilt.loc[spoilt.index[1], "principal_outstanding"] = "12.345"
spoilt.loc[spoilt.index[2], "use_industry_code"] = "Z999"
bad = cc.read_loans(spoilt.astype(str), rates=bank.made.rates)
pd.DataFrame([issue.record("zh") for issue in bad.issues])[["row", "column", "message", "hint"]]

# %% [markdown]
# ## 3 · Sum 汇总
# Declared is what labels say; verdicts confirm, refute, or leave it undetermined. Every partition adds up
# to the total, to the 分.

# %%
book = cc.exposure(bank.tape, bank.verdicts, statistic="NFRA")
book

# %%
charts = book_charts(book, "zh")
charts["catalogue"]

# %%
partitions = {
    name: book.by(name)["green_cny"].sum()
    for name in ("taxonomy", "industry", "institution", "quality")
}
pd.Series({**partitions, "green": book.green}, name="CNY").to_frame()

# %%
charts["institution"]

# %% [markdown]
# ## 4 · Compare 对照目标
# T2025-03 is 2000 亿元 = CNY 200 billion, and the plan does not say on which statistic. So there is a
# reading for each, side by side, and none is preferred. 口径未说明,两种口径各读一次。

# %%
progress_chart(book.progress(cc.targets["T2025-03"]), "zh")

# %% [markdown]
# One bank's tape says nothing of a city: it has a contribution, drawn in grey, and no progress.

# %%
own = bank.made.loans[bank.made.loans["bank_id"] == "MADE-BANK-01"]
one = cc.exposure(
    cc.read_loans(own, labels=bank.made.labels, rates=bank.made.rates), statistic="NFRA"
)
progress_chart(one.progress(cc.targets["T2025-03"]), "zh")

# %% [markdown]
# ## 5 · What the loans answer for 投融资碳排放
# From the borrowers' carbon records, by PCAF. Little of the balance is covered, and the figure says so.

# %%
bank.financed

# %% [markdown]
# ## 6 · Keep 留存
# One page that leads from the target to the loan, the verdict and the page of the catalogue, and from a
# carbon record to the line and the guideline; and a workbook with every labelled loan and a sheet to
# sign. 一页走到底,一本可签字的工作簿。

# %%
page = cc.write_chain_page(
    book,
    "bank.html",
    "zh",
    verdicts=bank.verdicts,
    records=bank.records,
    runs=bank.runs,
    financed=[bank.financed],
    notice="编造的示例数据 · made data",
)
workbook = cc.write_loan_workbook(
    book,
    "bank.xlsx",
    "zh",
    verdicts=bank.verdicts,
    records=bank.records,
    financed=[bank.financed],
    notice="编造的示例数据 · made data",
)
pd.DataFrame(
    {"kept": [page.name, workbook.name], "kB": [f.stat().st_size // 1024 for f in (page, workbook)]}
)
