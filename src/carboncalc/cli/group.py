"""The list of commands; each is imported from its own file when it is called."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any

import click

from carboncalc.cli.bilingual import WORDS, BilingualCommand, BilingualOption, spoken


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a command stands and what it is for, known without importing it."""

    module: str
    zh: str
    en: str
    name: str = "command"

    def load(self) -> click.Command:
        """Import the command."""
        found = getattr(importlib.import_module(f"carboncalc.cli.{self.module}"), self.name)
        assert isinstance(found, click.Command)
        return found


class LazyGroup(BilingualCommand, click.Group):
    """A group that imports a command only when it is called."""

    def __init__(self, *args: Any, entries: dict[str, Entry], **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.entries = entries

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the work."""
        del ctx
        return list(self.entries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One command, imported now."""
        del ctx
        entry = self.entries.get(cmd_name)
        return entry.load() if entry else None

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options, then the commands with one line each."""
        super().format_options(ctx, formatter)
        lang = spoken(ctx)
        rows = [(name, e.zh if lang == "zh" else e.en) for name, e in self.entries.items()]
        with formatter.section(WORDS["commands"][lang]):
            formatter.write_dl(rows)


COMMANDS = {
    "check": Entry("check", "检查数据,列出全部问题。", "Name every problem of a sheet at once."),
    "compute": Entry("compute", "计算排放量并保存运行目录。", "Compute emissions, keep the run."),
    "trace": Entry("trace", "追溯一行到公式与页码。", "Walk one line back to its equation."),
    "verify": Entry("verify", "重算并逐位比较。", "Recompute a run and compare it to the bit."),
    "factors": Entry("factors", "查看、查找、检查排放因子。", "Read, search and check factors."),
    "methods": Entry("methods", "查看核算方法。", "Read the methods."),
    "park": Entry("park", "园区或集团的碳足迹。", "The footprint of a park or a group."),
    "classify": Entry("classify", "绿色认定及其理由。", "Judge what is green, with reasons."),
    "suggest": Entry("suggest", "按描述提示目录条目。", "Catalogue items for a description."),
    "exposure": Entry("exposure", "贷款账本与绿色余额。", "The loan book and what is green."),
    "targets": Entry("targets", "试点方案的目标。", "The figures of the pilot plan."),
    "schema": Entry("schema", "打印表格与 JSON 的结构。", "Print the JSON Schema of a table."),
    "demo": Entry("demo", "在随附数据上完整演示一遍。", "Run the main job on shipped data."),
}

root = LazyGroup(
    "carboncalc",
    entries=COMMANDS,
    # The entry module answers it before click is imported; here it stands for the help.
    params=[
        BilingualOption(
            ["--version"],
            is_flag=True,
            expose_value=False,
            zh="显示版本。",
            en="Show the version.",
        )
    ],
    zh=(
        "从表计读数到可签字的碳排放数字,再到银行账本;每一吨都能追溯到单元格、公式和页码。\n\n"
        "退出码:0 完成,1 数据有问题,2 用法有误。每个命令都可加 --json。"
    ),
    en=(
        "From meter readings to a carbon figure one can sign, and on to a bank's book; every "
        "tonne traces back to a cell, an equation and a page.\n\n"
        "Exit codes: 0 done, 1 the data has problems, 2 wrong usage. Every command takes --json."
    ),
)
