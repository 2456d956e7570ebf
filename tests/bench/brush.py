"""A dab with its undo record, a finished stroke, an undo: on three sizes, against a bare NumPy write."""

from pathlib import Path

import numpy as np

from segstudio.mask.classes import default_classes
from segstudio.mask.dabs import disc
from segstudio.mask.origin import Origin
from segstudio.project.document import Document
from segstudio.project.project import Project
from tests.bench.measure import Figure, each_ms, percentiles, seconds_of, show
from tests.bench.scenes import write_empty_scene

RADII = (8, 64, 256)
DABS = 400


def run(folder: Path, sizes: tuple[int, ...] = (8_000, 20_000, 40_000)) -> None:
    for size in sizes:
        image = write_empty_scene(folder / f"{size}.tif", size)
        with Project.create(folder / f"work-{size}", classes=default_classes(), images=[image]) as project:
            document = project.open_document(project.images[0].id)
            figures = [figure for radius in RADII for figure in dabs(document, size, radius)]
            show(f"brush on a {size} x {size} mask", figures)


def dabs(document: Document, size: int, radius_px: int) -> list[Figure]:
    """Strokes of 40 dabs each at random places."""
    rng = np.random.default_rng(radius_px)
    extent, dab_ms, end_ms = document.info.extent, [], []
    for _ in range(DABS // 40):
        col, row = rng.integers(600, size - 1600, 2)
        document.begin_stroke("brush", 1, Origin.BRUSH)
        steps = [(col + 12 * n, row + 9 * n) for n in range(40)]
        dab_ms += each_ms(lambda c=c, r=r: document.paint(*disc(c, r, radius_px, extent)) for c, r in steps)
        end_ms += each_ms([document.end_stroke])
    undo_ms = seconds_of(document.undo) * 1e3
    (p50, p99), (bare,) = percentiles(dab_ms, 50, 99), percentiles(bare_ms(radius_px), 50)
    return [
        Figure(f"dab r {radius_px} p50", p50, "ms", bare),
        Figure(f"dab r {radius_px} p99", p99, "ms"),
        Figure(f"stroke end r {radius_px}, durable, worst of {len(end_ms)}", max(end_ms), "ms"),
        Figure(f"undo of a stroke r {radius_px}", undo_ms, "ms"),
    ]


def bare_ms(radius_px: int) -> list[float]:
    """A disc written into one plain array."""
    plane = np.full((4000, 4000), 255, np.uint8)
    inside = np.hypot(*np.ogrid[-radius_px : radius_px + 1, -radius_px : radius_px + 1]) <= radius_px
    side = 2 * radius_px + 1

    def write(at: int) -> None:
        plane[at : at + side, at : at + side][inside] = 1

    return each_ms(lambda n=n: write(3 * n) for n in range(200))
