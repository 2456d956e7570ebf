"""Where the net looks: rows of overlapping windows that cover a region."""

import math

from segstudio.raster.window import Window


def sliding_windows(region: Window, extent: Window, patch: int, overlap: float) -> list[list[Window]]:
    """Rows of `patch` x `patch` windows that cover every pixel of `region`.

    Windows stay inside `extent` (edge windows are shifted inwards) and reach beyond the region by half an
    overlap where there are pixels, so that its rim is seen in context. Where the extent is smaller than a
    patch the window reaches beyond it to the right and below: the reader pads.

    Args:
        region: What is asked for; inside `extent`.
        extent: All pixels there are.
        patch: Side of a window in pixels.
        overlap: Share of a window that neighbours have in common, at least; 0 <= overlap < 1.
    """
    if region.is_empty:
        return []
    rows = axis_starts(region.row_off, region.row_end, extent.row_off, extent.row_end, patch, overlap)
    cols = axis_starts(region.col_off, region.col_end, extent.col_off, extent.col_end, patch, overlap)
    return [[Window(col, row, patch, patch) for col in cols] for row in rows]


def axis_starts(begin: int, end: int, first: int, last: int, patch: int, overlap: float) -> list[int]:
    """First pixels of the windows along one axis, evenly spread, ascending."""
    if not 0 <= overlap < 1:
        raise ValueError(f"overlap is a share below 1, not {overlap}")
    if last - first <= patch:
        return [first]
    margin = int(patch * overlap / 2)
    low, high = max(first, begin - margin), min(last, end + margin)
    if high - low <= patch:
        return [min(max((low + high - patch) // 2, first), last - patch)]
    stride = max(1, int(patch * (1 - overlap)))
    steps = math.ceil((high - low - patch) / stride)
    return [low + round(k * (high - low - patch) / steps) for k in range(steps + 1)]
