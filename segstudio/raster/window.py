"""A rectangle of whole pixels: the value that travels between all rooms."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Self


@dataclass(frozen=True, slots=True)
class Window:
    """Whole-pixel rectangle; `col_off` and `row_off` may be negative, sizes never are."""

    col_off: int
    row_off: int
    width: int
    height: int

    def __post_init__(self) -> None:
        if self.width < 0 or self.height < 0:
            raise ValueError(f"a window has no negative size: {self.width} x {self.height}")

    @classmethod
    def from_bounds(cls, col_off: int, row_off: int, col_end: int, row_end: int) -> Self:
        """The window between two corners; empty where an end lies before its start."""
        return cls(col_off, row_off, max(0, col_end - col_off), max(0, row_end - row_off))

    @property
    def col_end(self) -> int:
        """First column right of the window."""
        return self.col_off + self.width

    @property
    def row_end(self) -> int:
        """First row below the window."""
        return self.row_off + self.height

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns, as NumPy counts them."""
        return self.height, self.width

    @property
    def area(self) -> int:
        """Number of pixels."""
        return self.width * self.height

    @property
    def is_empty(self) -> bool:
        """Whether the window holds no pixel."""
        return self.area == 0

    @property
    def centre(self) -> tuple[float, float]:
        """Column and row of the middle."""
        return self.col_off + self.width / 2, self.row_off + self.height / 2

    def intersection(self, other: "Window") -> "Window":
        """The pixels in both; empty where they do not meet."""
        # in plain comparisons: brushes ask for thousands of these, and each call costs as much as ten of them
        col, row, width, height = self.col_off, self.row_off, self.width, self.height
        left = col if col > other.col_off else other.col_off
        top = row if row > other.row_off else other.row_off
        right, other_right = col + width, other.col_off + other.width
        bottom, other_bottom = row + height, other.row_off + other.height
        wide = (right if right < other_right else other_right) - left
        high = (bottom if bottom < other_bottom else other_bottom) - top
        return Window(left, top, wide if wide > 0 else 0, high if high > 0 else 0)

    def union(self, other: "Window") -> "Window":
        """The smallest window around both; an empty one adds nothing."""
        if self.is_empty:
            return other
        if other.is_empty:
            return self
        return Window.from_bounds(
            min(self.col_off, other.col_off),
            min(self.row_off, other.row_off),
            max(self.col_end, other.col_end),
            max(self.row_end, other.row_end),
        )

    def contains(self, other: "Window") -> bool:
        """Whether every pixel of the other lies inside."""
        return other.is_empty or self.intersection(other) == other

    def contains_pixel(self, col: int, row: int) -> bool:
        """Whether one pixel lies inside."""
        return self.col_off <= col < self.col_end and self.row_off <= row < self.row_end

    def padded(self, pixels: int) -> "Window":
        """Grown by so many pixels on every side (shrunk if negative)."""
        return Window.from_bounds(
            self.col_off - pixels, self.row_off - pixels, self.col_end + pixels, self.row_end + pixels
        )

    def shifted(self, cols: int, rows: int) -> "Window":
        """The same size elsewhere."""
        return Window(self.col_off + cols, self.row_off + rows, self.width, self.height)

    def slices_in(self, outer: "Window") -> tuple[slice, slice]:
        """Row and column slices of this window within an array that covers `outer`."""
        row, col = self.row_off - outer.row_off, self.col_off - outer.col_off
        return slice(row, row + self.height), slice(col, col + self.width)

    def blocks(self, size: int) -> Iterator["Window"]:
        """Cut along the lines of a grid of `size` pixels anchored at (0, 0), row by row."""
        cols = _cuts(self.col_off, self.width, size)
        for row, height in _cuts(self.row_off, self.height, size):
            for col, width in cols:
                yield Window(col, row, width, height)


def _cuts(start: int, length: int, size: int) -> list[tuple[int, int]]:
    """Start and length of the pieces between the lines of a grid, along one axis."""
    end = start + length
    lines = [start, *range((start // size + 1) * size, end, size), end]
    return [(low, high - low) for low, high in pairwise(lines)] if length else []
