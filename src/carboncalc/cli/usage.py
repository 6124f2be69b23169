"""What is wrong with a command line, in the language of the session."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from carboncalc.messages.catalogue import Language

_KINDS = {"File": "文件", "Directory": "目录", "Path": "路径"}
#: What click says → what a Chinese reader is told, with the groups of the pattern.
_CHINESE = (
    (r"(File|Directory|Path) '(.+)' does not exist\.", "{0}“{1}”不存在"),
    (r"(File|Directory|Path) '(.+)' is a directory\.", "“{1}”是目录,须为文件"),
    (r"(File|Directory|Path) '(.+)' is a file\.", "“{1}”是文件,须为目录"),
    (r"(File|Directory|Path) '(.+)' is not (?:readable|writable)\.", "{0}“{1}”无法读写"),
    (r"'(.*)' is not one of (.+)\.", "“{0}”不可用,可选:{1}"),
    (r"(\S+) is not in the range (.+)\.", "{0} 超出范围 {1}"),
    (r"'(.*)' is not a valid (?:float|integer)(?: range)?\.", "“{0}”不是数字"),
    (r"No such command '(.+)'\.", "没有命令“{0}”"),
    (r"No such option:? '?([^'.]+)'?\.?(?: .*)?", "没有选项“{0}”"),
    (r"Option '(.+)' requires an argument\.", "选项 {0} 后须写一个值"),
    (r"Got unexpected extra arguments? \((.+)\)", "多余的参数:{0}"),
    (r"'(.+)' must end in (.+)\.", "文件名“{0}”须以 {1} 结尾"),
    (r"Missing (?:argument|command)\.?", "未填写"),
)


def ending(*suffixes: str) -> Callable[[click.Context, click.Parameter, Any], Any]:
    """A check of what the name of a file to be written ends in, for an option of click.

    Examples
    --------
    >>> ending(".xlsx")(None, None, Path("plant.xlsx")).name
    'plant.xlsx'
    """

    def check(_context: click.Context, _option: click.Parameter, given: Any) -> Any:
        for path in given if isinstance(given, tuple) else (given,):
            if path is not None and Path(path).suffix.lower() not in suffixes:
                raise click.BadParameter(f"'{path}' must end in {' / '.join(suffixes)}.")
        return given

    return check


def told(error: click.ClickException, lang: Language) -> str:
    """What is wrong and where, in one line.

    Examples
    --------
    >>> told(click.UsageError("No such command 'compoote'."), "zh")
    '没有命令“compoote”'
    >>> told(click.BadParameter("'AR9' is not one of 'SAR', 'AR4'.", param_hint="--gwp"), "zh")
    '--gwp:“AR9”不可用,可选:SAR、AR4'
    >>> told(click.BadParameter("File 'x.csv' does not exist.", param_hint="FILE"), "en")
    "Invalid value for FILE: File 'x.csv' does not exist."
    """
    if lang == "en":
        return error.format_message()
    said = _in_chinese(error.message)
    if isinstance(error, click.MissingParameter):
        return f"缺少 {_name(error)}"
    if isinstance(error, click.BadParameter):
        return f"{_name(error)}:{said}"
    return said


def _name(error: click.BadParameter) -> str:
    hint = error.param_hint
    if hint is None and error.param is not None:
        hint = error.param.get_error_hint(error.ctx)
    text = hint if isinstance(hint, str) else " / ".join(hint or ())
    return text.replace("'", "")


def _in_chinese(text: str) -> str:
    for pattern, chinese in _CHINESE:
        found = re.fullmatch(pattern, text, re.DOTALL)
        if found is not None:
            groups = [_KINDS.get(group, group) for group in found.groups()]
            return chinese.format(*(g.replace("', '", "、").strip("'") for g in groups))
    return text
