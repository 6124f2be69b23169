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
# # An enterprise in ten minutes · 十分钟算完一家企业
#
# Three plants, twelve months of readings, one figure that can be signed. **The enterprise is made up
# (编造的示例数据)**; the guidelines and constants are real.
#
# You will read a sheet, see what a bad cell looks like, compute, look at where the tonnes come from,
# walk one of them back to the page of the guideline, and keep a run that anybody can verify.

# %%
import pandas as pd
import plotly.express as px

import carboncalc as cc

# %% [markdown]
# ## 1 · Read 读入
# One row per amount; headers and names may be Chinese or English. The entity file says where each
# plant stands and which guideline holds for it.

# %%
table = cc.read_activity(
    cc.examples.path("enterprise.csv"), entities=cc.examples.path("enterprise.yaml")
)
table

# %% [markdown]
# A sheet with mistakes does not end in a traceback or a silent number: every bad cell is named at
# once, with what to write instead. 有问题的单元格一次全部列出。

# %%
wrong = pd.read_csv(cc.examples.path("enterprise.csv"), dtype=str).head(3)
wrong.loc[0, "单位"] = "ton"
wrong.loc[1, "品种"] = "煤"
wrong.loc[2, "数量"] = "-10.5"
bad = cc.read_activity(wrong, entities=cc.examples.path("enterprise.yaml"))
pd.DataFrame([issue.record("zh") for issue in bad.issues])[["row", "column", "message", "hint"]]

# %% [markdown]
# ## 2 · Compute 计算
# Each plant under its own guideline: two under *other industry*, the fleet under *land transport*.

# %%
inventory = cc.compute(table)
inventory

# %%
pd.DataFrame({"t CO2e": inventory.by_entity()}).round(2)

# %% [markdown]
# ## 3 · Look 查看
# Months stacked by source: the heating season of the two boilers, the summer of the chillers. What the
# second plant sells as heat is negative, and is not clipped.

# %%
months = inventory.by("month", "source").reset_index()
figure = px.bar(
    months,
    x="month",
    y="co2e_t",
    color="source",
    labels={"co2e_t": "t CO2e", "month": "2023", "source": ""},
    color_discrete_sequence=px.colors.qualitative.Safe,
)
figure.update_layout(barmode="relative", template="simple_white", height=420)
figure

# %%
inventory.explain(top=6).round({"co2e_t": 2, "share": 4})

# %% [markdown]
# How sure are we? Every constant has an evidence grade (A official text read … D recalled); a line has
# the worst of its constants, and the total says which share rests on which grade.

# %%
pd.Series(inventory.evidence_share(), name="share of the total").map("{:.1%}".format).to_frame()

# %% [markdown]
# ## 4 · Walk back 追溯
# The largest single line, back to its cell, its equation and its pages.

# %%
largest = inventory.lines.sort_values("co2e_t", ascending=False)["line_id"].iloc[0]
print(inventory.trace(largest).text("zh"))

# %% [markdown]
# What does not count is not dropped. The refrigerant loss has no place in the guideline: it stands in
# the memo, with the reason. 未计入的量列在备忘中并注明原因。

# %%
inventory.memo.query("account != 'counted'").groupby(["account", "source"])[
    "co2e_t"
].sum().to_frame()

# %% [markdown]
# Scope 2 on each basis, from the same inventory. Market above location is right here: power without an
# instrument takes the residual factor, which is the higher one.

# %%
pd.Series(inventory.by_scope(), name="t CO2e").dropna().round(2).to_frame()

# %% [markdown]
# ## 5 · Keep 留存
# The run folder holds the inputs, the factors used, every line and the policy. `verify` recomputes it
# to the bit, or names the first cell, factor or line that differs.

# %%
folder = inventory.save("enterprise_run")
again = cc.verify(folder)
print("reproduced:", again.run.digest == inventory.run.digest, inventory.run.digest[:16])
sorted(path.name for path in folder.iterdir())
