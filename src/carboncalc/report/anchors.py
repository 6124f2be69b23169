"""Places on a page that links lead to: safe whatever a user's text holds, and never the same."""

from __future__ import annotations


def anchor(kind: str, *names: object) -> str:
    """The place of a thing on a page, from its kind and what it is called.

    A name of plain letters, digits, dots, dashes and underscores stands as it is; any other
    is written as the numbers of its characters.

    Examples
    --------
    >>> anchor("doc", "mee-2025-47"), anchor("loan", '"><b>'), anchor("code", "NFRA", "4.1.1")
    ('doc-mee-2025-47', 'loan--22-3e-3c-62-3e', 'code-NFRA-4.1.1')
    """
    return "-".join([kind, *(_safe(str(name)) for name in names)])


def _safe(name: str) -> str:
    if name and all(c.isascii() and (c.isalnum() or c in "-_.") for c in name):
        return name
    return "-" + "-".join(f"{ord(c):x}" for c in name)


def document_anchor(key: str) -> str:
    """The place of a document among the documents cited.

    Examples
    --------
    >>> document_anchor("mee-2025-47")
    'doc-mee-2025-47'
    """
    return anchor("doc", key)
