"""Rounding as data: half up, and policies that say what is rounded, where and how far.

四舍五入 is half up on the decimal that a person sees, not on the binary neighbour: values
within sixteen units in the last place of a tie are decided in exact decimal arithmetic,
from their factors where those are given.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field, ValidationError

from carboncalc.errors import MethodError
from carboncalc.methods.files import data_folder, read_yaml
from carboncalc.provenance import Frozen, canonical_digest

_ULPS = 16 * 2.0**-52


def half_up(
    values: ArrayLike, decimals: int, factors: Sequence[ArrayLike] | None = None
) -> NDArray[np.float64]:
    """Values rounded half up (away from zero on a tie) to a number of decimals.

    Parameters
    ----------
    values
        Numbers or an array; ``nan`` and infinities pass through.
    decimals
        How many decimals to keep; negative keeps tens, hundreds …
    factors
        The numbers whose product the values are. Near a tie the product of their decimals
        decides, so 1.005 × 1 rounds up though its binary form lies below 1.005.

    Examples
    --------
    >>> half_up([2.675, 0.5, -0.5, 1.005], 2).tolist()
    [2.68, 0.5, -0.5, 1.01]
    >>> half_up([2.5, -2.5], 0).tolist()
    [3.0, -3.0]
    """
    x = np.atleast_1d(np.asarray(values, dtype=np.float64))
    power = 10.0 ** abs(decimals)
    with np.errstate(invalid="ignore", over="ignore"):
        y = np.abs(x) * power if decimals >= 0 else np.abs(x) / power
        floor = np.floor(y)
        rest = y - floor
        whole = floor + (rest >= 0.5)
        rounded = np.copysign(whole / power if decimals >= 0 else whole * power, x)
        # beyond 2^52 a float has no such decimals; nan and infinity pass through here too
        fine = y < 2.0**52
        near = fine & (np.abs(rest - 0.5) <= y * _ULPS)
    rounded = np.where(fine, rounded, x)
    if near.any():
        parts = [np.broadcast_to(np.asarray(f, dtype=np.float64), x.shape) for f in factors or [x]]
        quantum = Decimal(1).scaleb(-decimals)
        for index in np.argwhere(near):
            at = tuple(index)
            product = functools.reduce(
                lambda a, b: a * b, (Decimal(repr(float(part[at]))) for part in parts)
            )
            rounded[at] = float(product.quantize(quantum, rounding=ROUND_HALF_UP))
    return rounded.reshape(np.shape(values))


class ParameterRule(Frozen):
    """Decimals of a parameter, in its declared unit and at a source (any where none is named)."""

    name: str
    decimals: int
    unit: str | None = None
    source: str | None = None


class GroupRule(Frozen):
    """Decimals of sums, and which columns a sum is taken over.

    ``of`` says what a total adds up: ``lines`` or the rounded ``items``.
    """

    by: tuple[str, ...] = ()
    decimals: int | None = None
    of: str = "lines"


class RoundingPolicy(Frozen):
    """What is rounded: parameters and steps before use, items and totals when reported.

    Examples
    --------
    >>> policy = load_rounding("ndrc-report")
    >>> policy.step("carbon_per_unit"), policy.step("energy"), policy.items.decimals
    (4, None, 2)
    """

    id: str
    title: dict[str, str] = Field(default_factory=dict)
    citation: str = ""
    parameters: tuple[ParameterRule, ...] = ()
    steps: dict[str, int] = Field(default_factory=dict)
    items: GroupRule | None = None
    total: GroupRule | None = None

    def parameter(self, name: str, unit: str, source: str = "") -> int | None:
        """Decimals of a parameter in its declared unit at a source, or ``None``."""
        for rule in self.parameters:
            if rule.name == name and rule.unit in (None, unit) and rule.source in (None, source):
                return rule.decimals
        return None

    def step(self, name: str) -> int | None:
        """Decimals of a step, or ``None``."""
        return self.steps.get(name)

    @property
    def changes_lines(self) -> bool:
        """Whether anything is rounded before a line is computed."""
        return bool(self.parameters or self.steps)

    @property
    def digest(self) -> str:
        """SHA-256 of the rules, whatever the file is called and however it is laid out."""
        return canonical_digest(self.model_dump(mode="json", exclude={"id"}))


@functools.cache
def rounding_names() -> tuple[str, ...]:
    """The names of the shipped policies.

    Examples
    --------
    >>> rounding_names()
    ('mee-guide', 'ndrc-report', 'none', 'platform-form')
    """
    return tuple(sorted(path.stem for path in (data_folder() / "rounding").glob("*.yaml")))


def own_rounding(name_or_path: str) -> bool:
    """Whether a policy is a file of the user's, which may change between two runs.

    Examples
    --------
    >>> own_rounding("ndrc-report")
    False
    """
    return name_or_path not in rounding_names()


def load_rounding(name_or_path: str) -> RoundingPolicy:
    """A shipped rounding policy by name, or one's own from a YAML file as it is now.

    Raises
    ------
    MethodError
        M-020 when there is none, M-021 when the file is wrong.

    Examples
    --------
    >>> load_rounding("none").changes_lines
    False
    """
    if not own_rounding(name_or_path):
        return _shipped(name_or_path)
    path = Path(name_or_path)
    if not path.is_file():
        raise MethodError("M-020", rounding=name_or_path, known=", ".join(rounding_names()))
    return _read(path)


@functools.cache
def _shipped(name: str) -> RoundingPolicy:
    return _read(data_folder() / "rounding" / f"{name}.yaml")


def _read(path: Path) -> RoundingPolicy:
    try:
        return RoundingPolicy.model_validate({"id": path.stem, **read_yaml(path)})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise MethodError("M-021", file=path.name, detail=f"{where}: {first['msg']}") from None
