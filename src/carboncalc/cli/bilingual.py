"""click commands and options whose help is written in Chinese and English side by side."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, TypeVar

import click

from carboncalc.cli.session import Session

Decorated = TypeVar("Decorated", bound=Callable[..., Any] | click.Command)

WORDS = {
    "usage": {"zh": "用法: ", "en": "Usage: "},
    "options": {"zh": "选项", "en": "Options"},
    "commands": {"zh": "命令", "en": "Commands"},
}


def spoken(context: click.Context) -> str:
    """The language of a running command."""
    session = context.find_object(Session)
    return session.lang if session else "en"


class BilingualOption(click.Option):
    """An option that shows its help in the language of the session."""

    def __init__(self, *declarations: Any, zh: str = "", en: str = "", **settings: Any) -> None:
        settings["help"] = en
        super().__init__(*declarations, **settings)
        self.texts = {"zh": zh, "en": en}

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """The row of the option in the help, without changing the option."""
        shown = copy.copy(self)
        shown.help = self.texts[spoken(ctx)]
        return click.Option.get_help_record(shown, ctx)


class BilingualCommand(click.Command):
    """A command that shows its help in the language of the session."""

    def __init__(self, *args: Any, zh: str = "", en: str = "", **settings: Any) -> None:
        # click offers the function's docstring as help; ours is said in two languages instead.
        settings |= {"help": en, "add_help_option": False}
        super().__init__(*args, **settings)
        self.texts = {"zh": zh, "en": en}
        self.params = [*self.params, *_standing_options()]

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The usage line."""
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, prefix=WORDS["usage"][spoken(ctx)])

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What the command does."""
        with formatter.indentation():
            for paragraph in self.texts[spoken(ctx)].split("\n\n"):
                formatter.write_paragraph()
                formatter.write_text(paragraph)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of options."""
        options = (p for p in self.get_params(ctx) if isinstance(p, click.Option))
        records = [record for p in options if (record := p.get_help_record(ctx))]
        if records:
            with formatter.section(WORDS["options"][spoken(ctx)]):
                formatter.write_dl(records)


def _standing_options() -> list[click.Parameter]:
    """The options that every command has. The session reads them before click does."""
    return [
        BilingualOption(
            ["--lang"],
            type=click.Choice(["zh", "en"]),
            expose_value=False,
            zh="说明与提示所用语言。",
            en="Language of help and messages.",
        ),
        BilingualOption(
            ["-h", "--help"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_show_help,
            zh="显示本说明。",
            en="Show this text.",
        ),
    ]


def _show_help(ctx: click.Context, _parameter: click.Parameter, asked: bool) -> None:
    if asked and not ctx.resilient_parsing:
        click.echo(ctx.get_help(), color=ctx.color)
        ctx.exit()


def command(
    name: str, *, zh: str, en: str
) -> Callable[[Callable[..., int | None]], BilingualCommand]:
    """A command with its help in both languages; every command takes ``--json``."""

    def decorate(function: Callable[..., int | None]) -> BilingualCommand:
        with_json = option(
            "--json",
            "as_json",
            is_flag=True,
            expose_value=False,
            zh="输出机器可读的 JSON(含 “contract”: 1)。",
            en='Print machine-readable JSON (with "contract": 1).',
        )(function)
        return click.command(name, cls=BilingualCommand, zh=zh, en=en)(with_json)

    return decorate


def option(
    *declarations: str, zh: str, en: str, **settings: Any
) -> Callable[[Decorated], Decorated]:
    """An option with its help in both languages."""
    return click.option(*declarations, cls=BilingualOption, zh=zh, en=en, **settings)
