"""Where panes stand so that the image in them is as large as can be."""

from dataclasses import dataclass

from PySide6.QtCore import QSize

# panes leave their row only when the image becomes clearly larger: people look for them side by side
_CLEARLY = 1.25


@dataclass(frozen=True, slots=True)
class Cell:
    """Place of a pane in a grid."""

    row: int
    col: int
    rows: int = 1
    cols: int = 1


Cells = tuple[Cell, ...]

# the image above, mask and depth side by side below it
_ABOVE: Cells = (Cell(0, 0, 1, 2), Cell(1, 0), Cell(1, 1))


def pane_cells(count: int, room: QSize, image: tuple[int, int]) -> Cells:
    """Side by side; below each other, or one above two, where a wide image is clearly larger that way."""
    row = tuple(Cell(0, col) for col in range(count))
    column = tuple(Cell(line, 0) for line in range(count))
    others = (column, _ABOVE) if count == len(_ABOVE) else (column,)
    best = max(others, key=lambda cells: _fit(cells, room, image))
    return best if _fit(best, room, image) > _CLEARLY * _fit(row, room, image) else row


def _fit(cells: Cells, room: QSize, image: tuple[int, int]) -> float:
    """Screen pixels per image pixel at which the image just fits into every pane."""
    rows = max(cell.row + cell.rows for cell in cells)
    cols = max(cell.col + cell.cols for cell in cells)
    width, height = max(1, image[0]), max(1, image[1])
    return min(room.width() / cols / width, room.height() / rows / height)
