"""Chance without state: the same keys always roll the same number, on any machine.

A number depends on its keys alone, so one ad on one day can be computed without the ads and days
before it, and any subset of the account agrees with the whole. Holds no facts about ads.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

_MASK = (1 << 64) - 1
_T = TypeVar("_T")

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Seeds = NDArray[np.uint64]


def _mix(x: Seeds) -> Seeds:
    """One step of splitmix64: neighbouring keys come out unrelated."""
    x = x + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: Seeds = x ^ (x >> np.uint64(31))
    return mixed


def hashes(*keys: ArrayLike) -> Seeds:
    """A 64-bit number for every combination of the (broadcast) keys."""
    with np.errstate(over="ignore"):
        mixed: Seeds = np.zeros(1, dtype=np.uint64)
        for key in keys:
            mixed = _mix(mixed ^ np.asarray(key).astype(np.uint64))
    return mixed


def uniform(*keys: ArrayLike) -> Floats:
    """A number in [0, 1) for every combination of the (broadcast) keys."""
    numbers: Floats = (hashes(*keys) >> np.uint64(11)).astype(np.float64) * 2.0**-53
    return numbers


def code(word: str) -> int:
    """A number for a word, the same in every process (unlike ``hash``)."""
    return zlib.crc32(word.encode())


def integer(*keys: int | str) -> int:
    """One 64-bit number from plain keys."""
    numbers = [code(key) if isinstance(key, str) else key & _MASK for key in keys]
    return int(hashes(*(np.uint64(number) for number in numbers))[0])


def below(limit: int, *keys: int | str) -> int:
    """A whole number from 0 up to, not including, ``limit``."""
    return integer(*keys) % limit


def choose(options: Sequence[_T], *keys: int | str) -> _T:
    """One of the options."""
    return options[below(len(options), *keys)]
