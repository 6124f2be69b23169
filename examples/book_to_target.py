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
# # A bank's book to the target · 从银行账本到目标
#
# Is a project green, what does the book hold, and what may be said about 2000亿元 (CNY 200 billion)?
# **Entries and loans are made up (编造的示例数据)**; the catalogue, its pages and the target are real.

# %%
from pathlib import Path

import pandas as pd
import plotly.express as px

import carboncalc as cc
from carboncalc.examples.bank import made_bank

# %% [markdown]
# ## 1 · Judge 认定
# Twenty entries under the 2025 catalogue. A verdict is eligible, ineligible or undetermined; a row that
# no person has read is never eligible.

# %%
verdicts = cc.classify(cc.examples.path("entries.csv"), taxonomy="cgt-2025")
verdicts.by_verdict()

# %%
verdicts.frame[["entry_id", "code", "verdict", "missing_evidence", "would_change"]].head(8)

# %% [markdown]
# Why not, and on which page: a plain 4.5 MW onshore turbine.

# %%
print(verdicts.explain("E02").text("zh"))

# %% [markdown]
# What would a description point to? A suggestion is not a verdict.

# %%
cc.suggest("海上风电 叶片 制造").frame[["code", "name_zh", "score", "matched"]].head(4)

# %% [markdown]
# ## 2 · Read the tape 读入台账
# 2,000 loans at five institutions, with labels of both statistics in a table of their own; some of the
# loans are the entries above. 绿色贷款 (PBOC) and 绿色信贷 (NFRA) are two statistics and never synonyms.

# %%
bank = made_bank(2000)
made = bank.made
tape = cc.read_loans(
    made.loans, labels=made.labels, rates=made.rates, coverage="all_institutions:CN-3502"
)
tape

# %%
book = cc.exposure(tape, bank.verdicts, statistic="NFRA")  # verdicts on loans, by loan_id
book

# %% [markdown]
# ## 3 · Look 查看
# The same loans under both statistics: the difference is not an error, it is two definitions.

# %%
other = book.on("PBOC")
pd.DataFrame(
    {one.statistic: [one.outstanding, one.declared, one.green] for one in (book, other)},
    index=["outstanding", "declared", "green"],
)

# %%
codes = book.by("taxonomy", level=1).drop(index="(none)").reset_index()
codes["green, 10⁸ CNY"] = codes["green_cny"].astype(float) / 1e8
chart = px.bar(
    codes.sort_values("green, 10⁸ CNY"),
    x="green, 10⁸ CNY",
    y="taxonomy",
    orientation="h",
    labels={"taxonomy": "2025 catalogue, first level"},
    color_discrete_sequence=["#009E73"],
)
chart.update_layout(template="simple_white", height=380, yaxis_type="category")
chart

# %%
banks = book.by("institution")
assert sum(banks["green_cny"]) == book.green  # to the 分
banks[["loans", "outstanding_cny", "green_cny", "green_share"]]

# %% [markdown]
# ## 4 · The target 目标
# 绿色信贷余额达到2000亿元: at least, at the target date, by all institutions of the city. Where the plan does
# not say which statistic it means there is a reading for each.

# %%
target = cc.targets["T2025-03"]
book.progress(target)

# %% [markdown]
# One bank's tape never yields progress on a city's target; it yields its contribution.

# %%
one = made.loans[made.loans["bank_id"] == made.loans["bank_id"].iloc[0]]
alone = cc.exposure(cc.read_loans(one, labels=made.labels, rates=made.rates), statistic="NFRA")
alone.progress(target).to_frame()[["statistic", "verdict", "progress", "contribution", "because"]]

# %% [markdown]
# ## 5 · The borrowers 借款人
# Two borrowers handed in their carbon record (碳信息), written by an inventory. Their emissions follow the
# loan, with the data quality of each; a CO2-only total is refused unless it is flagged.

# %%
bank.financed

# %% [markdown]
# ## 6 · Keep 留存
# One page that leads from the target to the loan, the verdict, the criterion and its page, and from the
# borrower's record to the line of the guideline.

# %%
page = cc.write_chain_page(
    book, "bank.html", "zh", verdicts=bank.verdicts, records=bank.records, runs=bank.runs
)
Path("exposure.json").write_text(book.to_json(), encoding="utf-8")
f"{page}: {page.stat().st_size:,} bytes"
