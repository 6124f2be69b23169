"""Prove the units of every shipped method and write the digests of what was proven.

Run after changing a method file, the shared blocks or the prover:

    python tools/prove_methods.py
"""

from __future__ import annotations

import json

from carboncalc.methods.catalogue import build_method, method_digest, method_ids
from carboncalc.methods.files import data_folder, read_method_file


def main() -> None:
    """Prove all, then write ``proven.json``; an equation that does not hold raises."""
    proven = {}
    for method_id in method_ids():
        path = data_folder() / f"{method_id}.yaml"
        digest = method_digest(path)
        build_method(read_method_file(path), digest, prove=True)
        proven[digest] = method_id
    ordered = dict(sorted(proven.items(), key=lambda pair: pair[1]))
    text = json.dumps(ordered, indent=1) + "\n"
    (data_folder() / "proven.json").write_text(text, encoding="utf-8")
    print(f"{len(proven)} methods proven")


if __name__ == "__main__":
    main()
