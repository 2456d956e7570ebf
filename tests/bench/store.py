"""The store: reopening after 10,000 edits, a stroke's durable end, undo of a million pixels, looking back."""

from pathlib import Path

import numpy as np

from segstudio.mask.classes import default_classes
from segstudio.mask.dabs import disc
from segstudio.mask.history import all_at_once
from segstudio.mask.origin import Origin
from segstudio.project.backups import make_backup
from segstudio.project.document import Document
from segstudio.project.project import Project
from segstudio.raster.window import Window
from tests.bench.measure import Figure, each_ms, percentiles, seconds_of, show
from tests.bench.scenes import write_empty_scene

SIZE = 20_000
EDITS = 10_000
MEASURED = 500
MILLION = Window(9_000, 9_000, 1_000, 1_000)


def run(folder: Path, edits: int = EDITS) -> None:
    image = write_empty_scene(folder / "scene.tif", SIZE)
    town = folder / "town"
    with Project.create(town, classes=default_classes(), images=[image]) as project:
        document = project.open_document(1)
        strokes = strokes_of(document, edits)
        million = undo_of_a_million(document)
        whole = accept_everything(document)
    show(f"the store, {edits:,} edits on a {SIZE} x {SIZE} mask", [
        *strokes, *million, *whole, *reopen(town), *look_back(town), *back_up(town)
    ])  # fmt: skip


def strokes_of(document: Document, count: int) -> list[Figure]:
    """Short strokes at random places; only the last ones wait for the disk, and are measured."""
    rng, ends = np.random.default_rng(0), []
    document._store.database.execute("PRAGMA synchronous=OFF")
    for number in range(count):
        if number == count - MEASURED:
            document._store.database.execute("PRAGMA synchronous=FULL")
        col, row = rng.integers(300, SIZE - 300, 2)
        radius_px = int(rng.integers(4, 64))
        document.begin_stroke("brush", number % 5, Origin.BRUSH)
        for step in range(6):
            document.paint(*disc(col + 12 * step, row + 9 * step, radius_px, document.info.extent))
        ends += each_ms([document.end_stroke])
    p50, p99 = percentiles(ends[-MEASURED:], 50, 99)
    return [
        Figure("stroke end, durable, p50", p50, "ms"),
        Figure("stroke end, durable, p99", p99, "ms", 16, "limit: the bar"),
    ]


def undo_of_a_million(document: Document) -> list[Figure]:
    """A ragged stroke of 10^6 pixels, back and forth; the middle of nine."""
    document.begin_stroke("brush", 3, Origin.BRUSH)
    for row in range(0, MILLION.height, 100):
        for col in range(0, MILLION.width, 100):
            document.paint(*disc(MILLION.col_off + col, MILLION.row_off + row, 84, document.info.extent))
    edit = document.end_stroke()
    undo, redo = [], []
    for _ in range(9):
        undo += each_ms([document.undo])
        redo += each_ms([document.redo])
    pixels = sum(edit.counts.values()) if edit else 0
    return [
        Figure(f"undo of {pixels:,} px", *percentiles(undo, 50), "ms", 20, "limit: the bar"),
        Figure(f"redo of {pixels:,} px", *percentiles(redo, 50), "ms", 20, "limit: the bar"),
    ]


def accept_everything(document: Document) -> list[Figure]:
    """A prediction over a part of the scene accepted chunk by chunk; how long one step ever takes."""
    area = Window(0, 0, 4096, 4096)
    rng = np.random.default_rng(1)
    for block in area.blocks(1024):
        coarse = rng.integers(0, 5, (block.height // 16, block.width // 16), dtype=np.uint8)
        document.set_prediction(block, coarse.repeat(16, 0).repeat(16, 1), None, None, "v1")
    steps, taken, done = document.accept_steps(area), [], object()
    while True:
        begin = seconds_of(lambda: taken.append(next(steps, done)))
        if taken[-1] is done:
            break
        taken[-1] = begin * 1e3
    longest = max(taken[:-1])
    return [
        Figure("accepting 4096 x 4096, chunk by chunk", sum(taken[:-1]) / 1e3, "s"),
        Figure("longest single step of it", longest, "ms", 100, f"{len(taken) - 1} steps"),
        Figure("its end, committed", begin * 1e3, "ms", 100),
    ]


def reopen(town: Path) -> list[Figure]:
    """To the document, its whole mask seen small, and what undo would do."""

    def look() -> None:
        with Project.open(town) as project:
            document = project.open_document(1)
            document.mask.shown(document.mask.extent, 32)
            assert document.can_undo

    size = (town / "project.db").stat().st_size / 2**20
    return [Figure("reopen to the whole mask", seconds_of(look), "s", 2, f"limit: the bar; {size:.0f} MB")]


def look_back(town: Path) -> list[Figure]:
    """Half-way back: to look at, and to go to."""
    with Project.open(town) as project:
        document = project.open_document(1)
        moments = document.moments()
        half = moments[len(moments) // 2].id
        view = Window(8000, 8000, 2000, 2000)
        looked = seconds_of(lambda: document.mask_at(half).annotation.read(view))
        went = seconds_of(lambda: all_at_once(document.go_to_steps(half)))
        back = seconds_of(lambda: all_at_once(document.go_to_steps(moments[-1].id)))
    return [
        Figure("half-way back, 2000 x 2000 to look at", looked, "s"),
        Figure(
            "half-way back, gone there", went, "s", None, f"{len(moments) // 2:,} undos in one transaction"
        ),
        Figure("and forward again", back, "s"),
    ]


def back_up(town: Path) -> list[Figure]:
    return [Figure("a backup, checked", seconds_of(lambda: make_backup(town / "project.db", kept=2)), "s")]
