"""A small project in which everything happened once, and a person who does everything with it."""

from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import rasterio
from rasterio.transform import Affine

from segstudio.errors import SegstudioError
from segstudio.mask.classes import ClassList, SegmentationClass
from segstudio.mask.history import all_at_once
from segstudio.project.document import Document
from segstudio.project.project import Project
from segstudio.project.reader import ProjectReader
from segstudio.raster.window import Window
from tests.fuzz.confinement import confined_to

WIDTH, HEIGHT = 700, 600
_ALL = Window(0, 0, WIDTH, HEIGHT)
_CLASSES = ClassList(
    tuple(
        SegmentationClass(number, name, f"#{number + 1:06X}")
        for number, name in enumerate(("road", "water", "roof"))
    )
)
_FILES = ("project.db", "predictions.db")


@cache
def sound_project() -> dict[str, bytes]:
    """The files of a project and its image, by their path in the folder that holds both."""
    with TemporaryDirectory() as name:
        home = Path(name)
        _write_image(home / "scene.tif")
        with Project.create(home / "town", classes=_CLASSES, images=[home / "scene.tif"]) as project:
            _fill(project)
        names = ("scene.tif", *(f"town/{file}" for file in _FILES))
        return {each: (home / each).read_bytes() for each in names}


def put_project(home: Path, files: dict[str, bytes]) -> Path:
    """Write a project's files in place of all that an earlier one left; its folder."""
    folder = home / "town"
    folder.mkdir(exist_ok=True)
    for leftover in sorted(folder.rglob("*"), reverse=True):
        leftover.rmdir() if leftover.is_dir() else leftover.unlink()
    for name, data in (sound_project() | files).items():
        path = home / name
        if not (path.exists() and path.suffix == ".tif"):
            path.write_bytes(data)
    return folder


def use_project(folder: Path) -> None:
    """Open a project, look at everything in it and go on working; each step is done or refused."""
    with confined_to(folder.parent):
        for step in (_read_beside, _read_only):
            _try(step, folder)
        with Project.open(folder) as project:
            _look(project)
            for entry in project.images:
                _try(_work, project, entry.id)
            _try(_compact, project)


def _try(step, *values) -> None:
    """Every single thing may be refused; the next is done all the same, as a person would."""
    try:
        step(*values)
    except SegstudioError as error:
        assert str(error) and "\n" not in str(error), error


def _write_image(path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (1, HEIGHT, WIDTH), dtype=np.uint8)
    place = {"crs": "EPSG:32640", "transform": Affine(0.5, 0, 300_000, 0, -0.5, 2_700_000)}
    with rasterio.open(path, "w", width=WIDTH, height=HEIGHT, count=1, dtype="uint8", **place) as file:
        file.write(pixels)


def _fill(project: Project) -> None:
    document = project.open_document(project.images[0].id)
    noise = np.random.default_rng(1)
    for number in range(6):
        _stroke(document, Window(90 * number, 80 * number, 150, 120), number % 3)
    ids = noise.integers(0, 3, (HEIGHT, WIDTH), dtype=np.uint8)
    document.set_prediction(_ALL, ids, doubt=ids * 80, depth=ids.astype(np.float16), version_id="old")
    document.accept_prediction(Window(300, 200, 200, 200))
    document.set_depth_target(Window(0, 0, 50, 50), noise.random((50, 50), dtype=np.float32))
    document.set_tile_state(Window(0, 0, 512, 512))
    all_at_once(document.remove_class_steps(2, 1))
    document.undo()
    document.undo()
    project.set_setting("panel", {"a": [1, 2, 3]})
    project.set_active_model("mff-light")
    project.finish_run(project.start_run("predict", image_id=1, note="x"), "done", seconds=3)
    document.close()


def _stroke(document: Document, window: Window, class_id: int) -> None:
    document.begin_stroke("brush", class_id)
    document.paint(window, np.ones(window.shape, bool))
    document.end_stroke()


def _read_beside(folder: Path) -> None:
    """What a job reads, beside the program."""
    with closing(ProjectReader(folder)) as reader:
        assert len(reader.classes) <= 255
        for entry in reader.images:
            reader.image_path(entry.id)
            reader.mask(entry.id).shown(_ALL, step=8)


def _read_only(folder: Path) -> None:
    with Project.open(folder, read_only=True) as project:
        _look(project)
        for entry in project.images:
            _try(_look_at, project, entry.id)


def _look(project: Project) -> None:
    """All that panels and dialogs ask a project for."""
    assert len(project.classes.palette()) == 256
    for entry in project.images:
        assert entry.name and entry.width > 0 < entry.height
    for ask in (
        lambda: project.runs,
        lambda: project.active_version_id,
        lambda: project.setting("panel"),
        lambda: project.backups_kept,
        lambda: project.history_room(),
        lambda: project.versions.all(),
        lambda: project.annotation_snapshots(),
        lambda: project.free_class_id,
    ):
        _try(ask)


def _look_at(project: Project, image_id: int) -> Document:
    document = project.open_document(image_id)
    mask = document.mask
    for plane in (mask.annotation, mask.origin, mask.prediction, mask.doubt, mask.depth, mask.depth_target):
        plane.read(_ALL)
        plane.read(Window(0, 0, WIDTH, HEIGHT), step=8)
    mask.shown(_ALL)
    mask.counts()
    document.counts()
    document.tile_states()
    for moment in document.moments()[:20]:
        _try(lambda moment=moment: document.mask_at(moment.id).shown(_ALL))
        _try(lambda moment=moment: document.before_model(moment.version_id or "old"))
    assert document.undo_name is not None and document.redo_name is not None
    return document


def _work(project: Project, image_id: int) -> None:
    document = _look_at(project, image_id)
    class_id = project.classes.ids[0] if project.classes.ids else 255
    steps = (
        lambda: _stroke(document, Window(10, 10, 60, 40), class_id),
        lambda: [document.undo() for _ in range(12)],
        lambda: [document.redo() for _ in range(12)],
        lambda: all_at_once(document.go_to_steps(document.moments()[0].id if document.moments() else 0)),
        lambda: document.accept_prediction(_ALL),
        lambda: document.set_tile_state(_ALL),
        lambda: all_at_once(document.remove_class_steps(class_id, None)),
        lambda: document.undo(),
        lambda: document.set_prediction(_ALL, np.zeros((HEIGHT, WIDTH), np.uint8), None, None, "new"),
        lambda: project.set_image_state(image_id, "done"),
        lambda: document.annotation_snapshot(),
        lambda: document.flush(),
    )
    for step in steps:
        _try(step)
    document.close()


def _compact(project: Project) -> None:
    list(project.compact_steps(project.plan_compaction(1000)))
    project.shrink()
