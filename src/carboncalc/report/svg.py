"""Drawings as text: elements with escaped attributes and escaped texts, nothing else.

Charts are drawn as static SVG inside the page: they need no script and no network, print
sharply, and the same figures give the same bytes.
"""

from __future__ import annotations

import unicodedata
from html import escape
from typing import Any

#: Names of fonts that hold Chinese glyphs on Linux, macOS, Windows and phones, in this order.
FONTS = (
    "'Noto Sans SC','Noto Sans CJK SC','Source Han Sans SC','PingFang SC','Hiragino Sans GB',"
    "'Microsoft YaHei','WenQuanYi Micro Hei',SimHei,system-ui,'Segoe UI',Roboto,"
    "'Helvetica Neue',Arial,sans-serif"
)


class Svg(str):
    """Text that is an SVG or HTML element already and is not escaped again."""

    __slots__ = ()

    def __html__(self) -> str:
        return str(self)


def element(name: str, *children: Any, **attributes: Any) -> Svg:
    """An element; children that are not elements, and all attribute values, are escaped.

    Attribute names are Python names: ``text_anchor`` becomes ``text-anchor``, ``class_``
    becomes ``class``.

    Examples
    --------
    >>> element("text", "<b>", x=1.5, text_anchor="end")
    '<text x="1.5" text-anchor="end">&lt;b&gt;</text>'
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_attribute(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    inner = "".join(child if isinstance(child, Svg) else escape(str(child)) for child in children)
    return Svg(f"<{name}{written}>{inner}</{name}>" if inner else f"<{name}{written}/>")


def drawing(
    width: float, height: float, *children: Any, title: str, text: str, key: str, wide: bool = False
) -> Svg:
    """A whole drawing that scales with its place, with a title and a text for those who listen."""
    heard = (
        element("title", title, id=f"{key}-title"),
        element("desc", text, id=f"{key}-desc"),
    )
    return element(
        "svg", *heard, *children,
        viewBox=f"0 0 {_attribute(width)} {_attribute(height)}", role="img",
        aria_labelledby=f"{key}-title {key}-desc", class_="wide" if wide else None,
        xmlns="http://www.w3.org/2000/svg", font_family=FONTS, font_size=12,
    )  # fmt: skip


def words_wide(text: str, size: float = 12) -> float:
    """About how wide a text is: a Chinese character takes one em, others a little over half.

    Examples
    --------
    >>> words_wide("天然气"), round(words_wide("gas"), 1)
    (36.0, 20.9)
    """
    wide = sum(1.0 if unicodedata.east_asian_width(c) in "WF" else 0.58 for c in text)
    return wide * size


def fitted(text: str, width: float, size: float = 12) -> str:
    """The text, cut with an ellipsis where it would not fit.

    Examples
    --------
    >>> fitted("a long name of a plant", 60), fitted("short", 60)
    ('a long…', 'short')
    """
    if words_wide(text, size) <= width:
        return text
    while text and words_wide(text + "…", size) > width:
        text = text[:-1]
    return text.rstrip() + "…"


def _attribute(value: Any) -> str:
    return f"{round(value, 2):g}" if isinstance(value, float) else str(value)
