"""Reads a page the way a browser does, for tests: tags in balance, ids, links, tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "br", "link", "img", "input", "hr"}


@dataclass
class Page(HTMLParser):
    """What a page holds."""

    ids: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    attributes: list[tuple[str, str]] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    tables: dict[str, list[list[tuple[str, str | None]]]] = field(default_factory=dict)
    open_tags: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._table: str | None = None
        self._cell: list[str] | None = None
        self._value: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        self.tags.append(tag)
        self.attributes += [(key, value or "") for key, value in attrs]
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "a":
            self.links.append(given["href"])
        if tag not in VOID:
            self.open_tags.append(tag)
        if tag == "table":
            self._table = given.get("id")
            if self._table:
                self.tables[self._table] = []
        if self._table and tag == "tr":
            self.tables[self._table].append([])
        if tag in ("td", "th"):
            self._cell, self._value = [], None
        if tag == "data":
            self._value = given["value"]
            self.values.append(float(given["value"]))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open_tags, f"</{tag}> closes nothing"
        assert self.open_tags[-1] == tag, f"</{tag}> closes <{self.open_tags[-1]}>"
        self.open_tags.pop()
        if tag in ("td", "th") and self._cell is not None:
            if self._table and self.tables[self._table]:
                cell = ("".join(self._cell).strip(), self._value)
                self.tables[self._table][-1].append(cell)
            self._cell = None
        if tag == "table":
            self._table = None

    def handle_data(self, data: str) -> None:
        if self.open_tags and self.open_tags[-1] == "style":
            return
        self.text.append(data)
        if self._cell is not None:
            self._cell.append(data)

    def figures(self, table: str) -> dict[str, float | None]:
        """First cell → first figure of each row of a table."""
        out: dict[str, float | None] = {}
        for row in self.tables[table][1:]:
            numbers = [float(value) for _, value in row if value]
            out[row[0][0]] = numbers[0] if numbers else None
        return out

    @property
    def words(self) -> str:
        """All text that a reader sees."""
        return " ".join(self.text)


def read(text: str) -> Page:
    """A page, checked for tags that do not close."""
    page = Page()
    page.feed(text)
    page.close()
    assert page.open_tags == []
    return page


def assert_safe_and_whole(page: Page) -> None:
    """No script, no handler, nothing loaded from elsewhere, no dead or double anchor."""
    assert not {"script", "iframe", "object", "embed", "img", "link", "form"} & set(page.tags)
    assert [key for key, _ in page.attributes if key.startswith("on")] == []
    assert [v for key, v in page.attributes if key in ("src", "srcset", "action")] == []
    assert len(page.ids) == len(set(page.ids))
    inside = {link[1:] for link in page.links if link.startswith("#")}
    assert inside <= set(page.ids), inside - set(page.ids)
    outside = [link for link in page.links if not link.startswith("#")]
    assert all(link.startswith(("https://", "http://")) for link in outside)
