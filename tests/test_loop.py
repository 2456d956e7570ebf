"""The main job, without a window: open, predict, correct, fine-tune, predict again.

The parent is trained already and the scene is shifted: another place, another sensor. What counts is the mean
IoU on pixels that nobody corrected.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest
import rasterio

from segstudio.jobs.annotate import AnnotateRequest, annotate
from segstudio.jobs.depth_teachers import DepthSource
from segstudio.jobs.export import ExportRequest, export
from segstudio.jobs.fine_tune import FineTuneRequest, fine_tune
from segstudio.jobs.predict import PredictRequest, predict
from segstudio.jobs.steps import ImageExported, StripReady, VersionReady
from segstudio.mask.classes import UNLABELLED, load_classes
from segstudio.mask.origin import Origin
from segstudio.project.document import Document
from segstudio.project.project import Project
from segstudio.raster.window import Window
from segstudio.sample.photo import write_photos
from segstudio.sample.scene import SceneSettings, write_scene
from segstudio.training.metrics import Confusion
from segstudio.training.settings import FineTuneSettings

RISE = 0.05
SIZE = 384
TILE = 128
PATCH = 128
PHOTO_SIZE = 160, 224
PHOTO_PATCH = 96
BATCH = 4


@pytest.mark.timeout(900)
def test_an_rgb_scene_is_predicted_corrected_and_taught(tmp_path: Path):
    scene = write_scene(tmp_path / "town", SceneSettings(size=SIZE, seed=910, sensor="dark"))
    with project_of(tmp_path, [scene.scene], scene.classes) as project:
        loop = Loop(project, "mff-light", {"scene": read_ids(scene.truth)})
        before = loop.predict()
        loop.correct_every_other_tile("scene")
        version = loop.fine_tune(rounds=4)
        assert version.parent == "mff-light"
        assert loop.predict() >= before + RISE
        loop.nothing_a_person_said_was_changed()


@pytest.mark.timeout(900)
def test_a_one_band_16_bit_scene_is_taught_behind_the_gray_adapter(tmp_path: Path):
    settings = SceneSettings(size=SIZE, seed=911, bands=1, dtype="uint16", sensor="hazy")
    scene = write_scene(tmp_path / "town", settings)
    with project_of(tmp_path, [scene.scene], scene.classes) as project:
        loop = Loop(project, "gray:mff-light", {"scene": read_ids(scene.truth)})
        before = loop.predict()
        loop.correct_every_other_tile("scene")
        version = loop.fine_tune(rounds=5)
        assert version.parent == "gray:mff-light"
        assert loop.predict() >= before + RISE
        loop.nothing_a_person_said_was_changed()
        project.flush()
        (exported,) = (
            s for s in export(ExportRequest(project.folder, tmp_path / "out")) if isinstance(s, ImageExported)
        )
    assert_same_place(exported.paths[0], scene.scene)


@pytest.mark.timeout(900)
def test_photos_are_taught_mask_and_depth_with_the_two_decoder_network(tmp_path: Path):
    parent = photo_parent(tmp_path)
    photos = write_photos(tmp_path / "street", 8, seed=60, camera="b", size=PHOTO_SIZE)
    truth = {path.stem: read_ids(mask) for path, mask in zip(photos.photos, photos.masks, strict=True)}
    with project_of(tmp_path, photos.photos, photos.classes) as project:
        loop = Loop(project, str(parent), truth)
        before = loop.predict()
        for stem in list(truth)[::2]:
            loop.correct_all(stem)
        # its parent is young
        version = loop.fine_tune(rounds=9, patch_px=PHOTO_PATCH, learning_rate=1.5e-3)
        assert "depth not retrained" in version.notes
        assert loop.predict() >= before + RISE
        loop.nothing_a_person_said_was_changed()
        depth = loop.depth_of(list(truth)[1])
    assert depth.shape == PHOTO_SIZE
    assert np.isfinite(depth).all()
    assert follows(depth, read_depth(photos.depths[1])) > 0.5


def photo_parent(folder: Path) -> Path:
    """A version that has learned mask and depth from another camera's photos."""
    photos = write_photos(folder / "before", 10, seed=20, camera="a", size=PHOTO_SIZE)
    with project_of(folder / "parent", photos.photos, photos.classes) as project:
        for path, mask in zip(photos.photos, photos.masks, strict=True):
            annotate_image(project, path.stem, read_ids(mask))
        project.flush()
        where = project.folder
    for path, depth in zip(photos.photos, photos.depths, strict=True):
        list(annotate(AnnotateRequest(where, image=path.name, depth=DepthSource(given=depth))))
    settings = FineTuneSettings(epochs=6, patch_px=PHOTO_PATCH, batch=BATCH, schedule="joint", evaluations=1)
    *_, done = fine_tune(FineTuneRequest(where, "two-decoder-light", settings, device="cpu"))
    assert isinstance(done, VersionReady)
    return done.folder


@dataclass
class Loop:
    """One project in front of one analyst; `model` is what she uses next."""

    project: Project
    model: str
    truth: dict[str, np.ndarray]

    def predict(self) -> float:
        """Predict every image into its document; mean IoU on pixels nobody corrected."""
        confusion = Confusion(len(self.project.classes))
        for document in self.documents():
            for step in predict(self._request(document)):
                if isinstance(step, StripReady):
                    document.set_prediction(
                        step.window, step.class_ids, step.doubt, step.depth, version_id=step.version_id
                    )
            extent = document.info.extent
            truth = self.truth[Path(document.info.path).stem].copy()
            truth[document.mask.annotation.read(extent) != UNLABELLED] = UNLABELLED
            confusion.add(truth, document.mask.prediction.read(extent))
        return confusion.mean_iou

    def fine_tune(self, rounds: int, patch_px: int = PATCH, **more: float) -> VersionReady:
        """One click with a small budget; the project uses the new version from then on."""
        self.project.flush()
        settings = FineTuneSettings(epochs=rounds, patch_px=patch_px, batch=BATCH, evaluations=1, **more)
        request = FineTuneRequest(self.project.folder, self.model, settings, device="cpu")
        *_, done = fine_tune(request)
        assert isinstance(done, VersionReady)
        assert done.before["mean_iou"] > 0
        assert done.after["mean_iou"] >= done.before["mean_iou"]
        self.model = str(done.folder)
        return done

    def correct_every_other_tile(self, stem: str) -> None:
        """A chessboard of tiles says the truth; the other half is what is judged."""
        truth = self.truth[stem]
        where = np.add.outer(np.arange(truth.shape[0]) // TILE, np.arange(truth.shape[1]) // TILE) % 2 == 0
        annotate_image(self.project, stem, np.where(where, truth, UNLABELLED).astype(np.uint8))

    def correct_all(self, stem: str) -> None:
        annotate_image(self.project, stem, self.truth[stem])

    def depth_of(self, stem: str) -> np.ndarray:
        document = self.project.open_document(self.project.image(stem).id)
        return document.mask.depth.read(document.info.extent).astype(np.float32)

    def nothing_a_person_said_was_changed(self) -> None:
        for document in self.documents():
            extent = document.info.extent
            said = document.mask.annotation.read(extent)
            truth = self.truth[Path(document.info.path).stem]
            spoken = said != UNLABELLED
            assert (document.mask.shown(extent)[spoken] == truth[spoken]).all()

    def documents(self) -> Iterator[Document]:
        for entry in self.project.images:
            yield self.project.open_document(entry.id)

    def _request(self, document: Document) -> PredictRequest:
        return PredictRequest(
            Path(document.info.path),
            self.model,
            versions_folder=self.project.versions.folder,
            image_id=document.image_id,
            class_ids={entry.name: entry.id for entry in self.project.classes},
            device="cpu",
            patch=256,
        )


def project_of(folder: Path, images, classes: Path) -> Project:
    folder.mkdir(exist_ok=True)
    return Project.create(folder / "work", classes=load_classes(classes), images=list(images))


def annotate_image(project: Project, stem: str, class_ids: np.ndarray) -> None:
    """Say what is so, as one edit with a polygon's authorship."""
    document = project.open_document(project.image(stem).id)
    extent: Window = document.info.extent
    document.apply_edit("correct", "polygon", extent, class_ids, class_ids != UNLABELLED, Origin.TOOL)


def read_ids(path: Path) -> np.ndarray:
    if path.suffix == ".png":
        from PIL import Image

        return np.asarray(Image.open(path))
    with rasterio.open(path) as dataset:
        return dataset.read(1)


def read_depth(path: Path) -> np.ndarray:
    from segstudio.raster.open import open_raster

    with open_raster(path) as raster:
        return raster.read(raster.info.extent)[0]


def follows(depth: np.ndarray, truth: np.ndarray) -> float:
    """Rank correlation where depth is known: relative depth has no scale."""
    known = np.isfinite(truth)
    ranks = [np.argsort(np.argsort(cv2.blur(d, (5, 5))[known])) for d in (depth, np.nan_to_num(truth))]
    return float(np.corrcoef(*ranks)[0, 1])


def assert_same_place(mask: Path, scene: Path) -> None:
    with rasterio.open(mask) as ours, rasterio.open(scene) as theirs:
        assert ours.shape == theirs.shape
        assert ours.transform == theirs.transform
        assert ours.crs == theirs.crs
        assert ours.nodata == UNLABELLED
