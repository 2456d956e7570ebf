"""Keeps a long session alive on Python 3.11.

PySide6 6.12 hands out `True` from `Signal.emit()` and `disconnect()` without counting the reference it gives
away. From Python 3.12 on such objects are immortal and nothing happens; on 3.11 the count of `True` falls by
one with every signal, and when it reaches zero, some minutes of mouse moves later, the interpreter aborts.
"""

import ctypes
import sys

# More signals than a year of mouse moves.
_SPARE_REFERENCES = 1 << 40


def keep_true_alive() -> None:
    """Give `True` so many spare references that they are never used up."""
    has_counts = sys.implementation.name == "cpython" and sys.version_info < (3, 12)
    if has_counts and sys.getrefcount(True) < _SPARE_REFERENCES // 2:
        ctypes.c_ssize_t.from_address(id(True)).value += _SPARE_REFERENCES
