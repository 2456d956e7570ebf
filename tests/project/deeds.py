"""What the tests of the store do to a project: edits, looks, and damage."""

from pathlib import Path

import numpy as np

from segstudio.raster.window import Window

EXTENT = Window(0, 0, 700, 600)
CORNER = Window(0, 0, 40, 30)
PAGE = 4096


def fill(document, window: Window, class_id: int):
    return document.apply_edit("fill", "fill", window, np.full(window.shape, class_id, np.uint8), None)


def scribble(document, seed: int, class_ids: int = 3):
    """Noise: much to store."""
    values = np.random.default_rng(seed).integers(0, class_ids, EXTENT.shape, dtype=np.uint8)
    return document.apply_edit("import", "import", EXTENT, values, None)


def everything(document) -> np.ndarray:
    return np.stack([document.mask.annotation.read(EXTENT), document.mask.origin.read(EXTENT)])


def damage(database: Path, pages: list[int]) -> None:
    """Overwrite whole pages with noise."""
    with database.open("r+b") as file:
        for page in pages:
            file.seek(page * PAGE)
            file.write(np.random.default_rng(page).bytes(PAGE))


def pages_with(database: Path, text: bytes) -> list[int]:
    """The pages that hold a text."""
    data = database.read_bytes()
    return [at // PAGE for at in range(0, len(data), PAGE) if text in data[at : at + PAGE]]
