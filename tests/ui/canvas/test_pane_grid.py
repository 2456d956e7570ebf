from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QSize

from segstudio.ui.canvas.pane_grid import Cell, pane_cells

ROW = (Cell(0, 0), Cell(0, 1), Cell(0, 2))


def test_a_square_scene_stands_side_by_side() -> None:
    assert pane_cells(3, QSize(1200, 800), (4096, 4096)) == ROW


def test_a_street_photo_stands_above_mask_and_depth() -> None:
    image, mask, depth = pane_cells(3, QSize(1000, 800), (480, 360))
    assert image == Cell(0, 0, 1, 2)
    assert mask.row == depth.row == 1 and mask.col < depth.col


def test_a_panorama_lies_above_its_mask() -> None:
    assert pane_cells(2, QSize(1000, 800), (4000, 800)) == (Cell(0, 0), Cell(1, 0))


@given(
    st.integers(1, 3),
    st.integers(1, 4000),
    st.integers(1, 4000),
    st.integers(1, 10**6),
    st.integers(1, 10**6),
)
def test_panes_never_share_a_cell(count: int, wide: int, high: int, cols: int, rows: int) -> None:
    cells = pane_cells(count, QSize(wide, high), (cols, rows))
    places = [
        (row, col)
        for cell in cells
        for row in range(cell.row, cell.row + cell.rows)
        for col in range(cell.col, cell.col + cell.cols)
    ]
    assert len(cells) == count and len(places) == len(set(places))
