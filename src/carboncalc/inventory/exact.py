"""Sums of tonnes that do not depend on order, blocks, threads or engines.

Every line value stands on a grid of 2⁻⁴⁵ t (28 nanograms). A value on the grid is two
integers, ``high`` in units of 2⁻¹⁰ t and ``low`` in units of 2⁻⁴⁵ t, and integers add
without error in any order. ``low`` is carried into ``high`` long before it could overflow, and a
running bound refuses to pass 2⁵² units of ``high`` so that nothing can wrap unseen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from carboncalc.errors import CarbonCalcError

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

GRID = 2.0**45
_FINE = 2.0**-10
_ONE_IN_HIGH = 2.0**-35  # one unit of low, in units of high
#: The total of magnitudes that one accumulator may see, in tonnes: 2^52 units of 2^-10 t.
BOUND = 2.0**42
#: Below this the cheap bound of a block, its largest magnitude times its rows, is good enough.
_CLOSE = BOUND / 2**12
_ABOVE_ROUNDING = 1.0 + 2.0**-30
BLOCK = 1 << 16
#: Rows between two carries: low parts are within 2^34 each, so 2^19 of them stay below 2^53.
CARRY_EVERY = 1 << 18


def on_grid(values: Any) -> Floats:
    """Values rounded to the nearest multiple of 2⁻⁴⁵ t; from 128 t on they already are one.

    Parameters
    ----------
    values
        Tonnes, any shape; NaN and infinity pass through.

    Examples
    --------
    >>> float(on_grid(0.1)) == 0.1, abs(float(on_grid(0.1)) - 0.1) < 2**-45
    (False, True)
    """
    with np.errstate(over="ignore"):  # what passes the range becomes infinite, and is refused
        scaled = np.asarray(values, dtype=np.float64) * GRID
    result: Floats = np.rint(scaled) * (1.0 / GRID)
    return result


class ExactSums:
    """Exact sums by integer key, for values on the grid.

    Parameters
    ----------
    size
        How many keys there are; keys run from 0 to ``size - 1``.

    Examples
    --------
    >>> sums = ExactSums(2)
    >>> sums.add(np.array([0, 1, 0]), on_grid([1.0, 2.0, 0.5]))
    >>> sums.values().tolist()
    [1.5, 2.0]
    """

    __slots__ = ("_pairs", "_rows", "_scratch", "_sums", "bound")

    def __init__(self, size: int) -> None:
        # High and low parts side by side, whole numbers held in float64: below 2^53 they add
        # exactly, and one scatter instead of two is a sixth faster.
        self._sums: npt.NDArray[np.complex128] = np.zeros(size, dtype=np.complex128)
        self._rows = 0
        self.bound = 0.0
        self._scratch: Floats = np.empty(0)
        self._pairs: npt.NDArray[np.complex128] = np.empty(0, dtype=np.complex128)

    def add(self, keys: npt.NDArray[Any], values: Floats) -> None:
        """Add values (on the grid) under their keys, in blocks."""
        for start in range(0, len(values), BLOCK):
            self.add_block(keys[start : start + BLOCK], values[start : start + BLOCK])

    def add_block(self, keys: npt.NDArray[Any], values: Floats) -> None:
        """Add one block of at most ``BLOCK`` rows.

        Raises
        ------
        CarbonCalcError
            ``I-001`` if a value is not finite or the magnitudes pass the bound.
        """
        with np.errstate(over="ignore"):  # what passes the range becomes infinite, and is refused
            self.add_whole(keys, values * GRID)

    def add_whole(self, keys: npt.NDArray[Any], whole: Floats) -> None:
        """Add one block of values given as whole numbers of 2⁻⁴⁵ t.

        Raises
        ------
        CarbonCalcError
            ``I-001`` if a value is not finite or the magnitudes pass the bound.
        """
        rows = len(whole)
        if not rows:
            return
        most = max(float(whole.max()), -float(whole.min())) * (rows / GRID)
        if most > _CLOSE:  # one large line among many small ones must not stand for all of them
            most = float(np.abs(whole).sum()) * (_ABOVE_ROUNDING / GRID)
        self.bound += most
        if not self.bound < BOUND:  # also false for NaN and infinity
            raise CarbonCalcError("I-001", bound=BOUND)
        if len(self._scratch) < rows:  # fresh temporaries cost more than the additions
            self._scratch, self._pairs = np.empty(rows), np.empty(rows, dtype=np.complex128)
        part, pairs = self._scratch[:rows], self._pairs[:rows]
        np.multiply(whole, _ONE_IN_HIGH, out=part)
        np.rint(part, out=part)
        pairs.real = part
        np.multiply(part, 1.0 / _ONE_IN_HIGH, out=part)
        np.subtract(whole, part, out=pairs.imag)
        np.add.at(self._sums, keys, pairs)
        self._rows += rows
        if self._rows >= CARRY_EVERY:
            self._carry()

    def merge(self, other: ExactSums) -> None:
        """Add the sums of another accumulator over the same keys (it may be shorter)."""
        self.bound += other.bound
        if not self.bound < BOUND:
            raise CarbonCalcError("I-001", bound=BOUND)
        self._carry()
        other._carry()
        self._sums[: other.size] += other._sums
        self._carry()

    def grow(self, size: int) -> None:
        """Make room for more keys; the sums so far stay."""
        if size > self.size:
            more = np.zeros(size - self.size, dtype=np.complex128)
            self._sums = np.concatenate([self._sums, more])

    def regroup(self, keys: npt.NDArray[Any], size: int) -> ExactSums:
        """The sums of these sums under coarser keys, exact as the first."""
        coarse = ExactSums(size)
        coarse.bound = self.bound
        self._carry()
        for start in range(0, self.size, CARRY_EVERY):
            stop = start + CARRY_EVERY
            np.add.at(coarse._sums, keys[start:stop], self._sums[start:stop])
            coarse._carry()
        return coarse

    def values(self) -> Floats:
        """The sums in tonnes, each rounded once from its exact pair."""
        self._carry()
        result: Floats = self._sums.real * _FINE + self._sums.imag * (1.0 / GRID)
        return result

    def total(self) -> float:
        """The sum over all keys."""
        return float(self.regroup(np.zeros(self.size, dtype=np.intp), 1).values()[0])

    @property
    def size(self) -> int:
        """How many keys there are."""
        return len(self._sums)

    @property
    def high(self) -> Integers:
        """The coarse parts, in units of 2⁻¹⁰ t, after carrying."""
        self._carry()
        return self._sums.real.astype(np.int64)

    @property
    def low(self) -> Integers:
        """The fine parts, in units of 2⁻⁴⁵ t, each within ±2³⁴."""
        self._carry()
        return self._sums.imag.astype(np.int64)

    def _carry(self) -> None:
        self._rows = 0
        # Rounds half up, so that a sum has one representation whatever the order was.
        carry = np.floor(self._sums.imag * _ONE_IN_HIGH + 0.5)
        self._sums.imag -= carry * (1.0 / _ONE_IN_HIGH)
        self._sums.real += carry


def exact_sum(values: Iterable[float] | Any) -> float:
    """The sum of line values in tonnes, the same in every order.

    Line values stand on a grid of 2⁻⁴⁵ t; values that do not are put on it first. The
    result is exact, rounded once at the end.

    Parameters
    ----------
    values
        A column such as ``inventory.lines.co2e_t``, or any sequence of tonnes.

    Raises
    ------
    CarbonCalcError
        ``I-001`` if the magnitudes add up to 2⁴² t or more, or a value is not finite.

    Examples
    --------
    >>> exact_sum([0.1] * 10) == exact_sum([0.1] * 3 + [0.1] * 7)
    True
    """
    column: Floats = on_grid(np.asarray(values, dtype=np.float64).ravel())
    sums = ExactSums(1)
    sums.add(np.zeros(len(column), dtype=np.intp), column)
    return float(sums.values()[0])


def exact_sums(values: Any, groups: Sequence[Any] | npt.NDArray[Any], size: int) -> Floats:
    """Exact sums of line values by integer group code.

    Examples
    --------
    >>> exact_sums([1.0, 2.0, 4.0], np.array([1, 0, 1]), 2).tolist()
    [2.0, 5.0]
    """
    sums = ExactSums(size)
    sums.add(np.asarray(groups), on_grid(np.asarray(values, dtype=np.float64)))
    return sums.values()
