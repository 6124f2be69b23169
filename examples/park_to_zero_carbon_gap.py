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
# # A park, from sheets to the zero-carbon gap · 园区:从表格到零碳差距
#
# Three tenants, a heat station, rooftop PV and a master meter, twelve months. **The park is made up
# (编造的示例数据)**; the rules and grid factors are real, the primary equivalent of power is made.
#
# Who emits, who bears it, and how far is it to a national zero-carbon park?

# %%
import json
from pathlib import Path

import pandas as pd
import plotly.express as px

import carboncalc as cc

# %% [markdown]
# ## 1 · Sheets 表格
# One activity sheet for all meters, one entity file: tenants, shared plants, what they supply and by
# which rule it is priced.

# %%
park = cc.load_park(cc.examples.path("park", "park.yaml"))
table = cc.read_activity(
    cc.examples.path("park", "activity.csv"),
    entities=park,
    outputs=cc.examples.path("park", "outputs.csv"),
)
pd.DataFrame(
    [(one.id, one.name, one.kind, one.methods.get("default")) for one in park.entities],
    columns=["id", "name", "kind", "method"],
)

# %% [markdown]
# ## 2 · From lines to a park 合并
# Tenants plus shared plants less the transfers between them. Each transfer is checked on both sides,
# and carries the internal factor of its supplier, so that nothing counts twice and nothing is lost.

# %%
inventory = cc.compute(table)
footprint = cc.consolidate(inventory, park, boundary="operational_control")
footprint

# %%
transfers = footprint.transfers()
transfers[["seller", "buyer", "carrier", "bought", "sold", "unit", "status"]]

# %%
footprint.internal_factors().dropna(axis=1, how="all")

# %% [markdown]
# ## 3 · Who bears it 谁承担
# The flows from fuel and grid, through heat station and master meter, to the tenants.

# %%
footprint.sankey("zh")

# %%
tenants = footprint.by_tenant().sort_values("co2e_t")
ranked = px.bar(
    tenants,
    x="co2e_t",
    y="name",
    orientation="h",
    labels={"co2e_t": "t CO2e", "name": ""},
    color_discrete_sequence=["#0072B2"],
)
ranked.update_layout(template="simple_white", height=260)
ranked

# %%
footprint.explain("T3", top=5).round({"co2e_t": 1, "share": 4})

# %% [markdown]
# ## 4 · Months 逐月
# What each entity emits itself, month by month: the heat station's winters.

# %%
months = inventory.by("month", "entity").reset_index()
stacked = px.bar(
    months,
    x="month",
    y="co2e_t",
    color="entity",
    labels={"co2e_t": "t CO2e", "month": "2023", "entity": ""},
    color_discrete_sequence=px.colors.qualitative.Safe,
)
stacked.update_layout(barmode="relative", template="simple_white", height=380)
stacked

# %% [markdown]
# Intensity, with the share of the footprint that the denominator covers.

# %%
footprint.intensity(per="revenue")

# %% [markdown]
# ## 5 · The gap 差距
# The zero-carbon park profile (发改环资〔2025〕910号) has its own boundary and factor. The verdict is shown
# at ±5 % of the primary equivalent of power, because that coefficient can move a park across a band.

# %%
profile = footprint.profile("ndrc910")
profile

# %%
profile.cases

# %% [markdown]
# ## 6 · Keep 留存

# %%
kept = Path("park_footprint.json")
document = {**footprint.to_json(), "profile": profile.to_json()}
kept.write_text(json.dumps(document, ensure_ascii=False, indent=2), encoding="utf-8")
run = inventory.save("park_run")
print(
    kept,
    f"{kept.stat().st_size:,} bytes;",
    "run reproduces:",
    cc.verify(run).co2e_t == inventory.co2e_t,
)
