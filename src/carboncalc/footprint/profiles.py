"""Park profiles: a set of rules (gases, power factors, indicators) applied to one footprint."""

from __future__ import annotations

import functools
from typing import Any

import yaml

from carboncalc.errors import BoundaryError
from carboncalc.resources import package_file

_FOLDER = ("footprint", "data", "profiles")


def profile_names() -> tuple[str, ...]:
    """The profiles that are held.

    Examples
    --------
    >>> profile_names()
    ('ghg7', 'ndrc910')
    """
    return tuple(sorted(path.stem for path in package_file(*_FOLDER).glob("*.yaml")))


@functools.cache
def load_profile(name: str) -> dict[str, Any]:
    """The rules of a profile as its file says them.

    Raises
    ------
    BoundaryError
        ``B-097`` for a name that is not held.

    Examples
    --------
    >>> load_profile("ndrc910")["number"]
    '发改环资〔2025〕910号'
    """
    if name not in profile_names():
        raise BoundaryError("B-097", profile=name, held=", ".join(profile_names()))
    text = package_file(*_FOLDER, f"{name}.yaml").read_text(encoding="utf-8")
    rules: dict[str, Any] = yaml.safe_load(text)
    return rules


def apply_profile(footprint: Any, name: str, **inputs: Any) -> Any:
    """The footprint under a profile.

    ``ndrc910`` takes ``primary_tce``, ``facts`` and ``not_applicable`` (see
    :func:`carboncalc.footprint.zero_carbon.assess`) and gives a ``ParkProfile``; ``ghg7``
    takes nothing and gives a ``GasProfile``.

    Examples
    --------
    >>> import carboncalc as cc
    >>> profile = cc.examples.park_footprint().profile("ndrc910")
    >>> profile.core.status
    'fail'
    """
    rules = load_profile(name)
    if name == "ndrc910":
        from carboncalc.footprint.zero_carbon import assess

        return assess(footprint, rules, **inputs)
    from carboncalc.footprint.seven_gases import seven_gases

    return seven_gases(footprint, rules, **inputs)
