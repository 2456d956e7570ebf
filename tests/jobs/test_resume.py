"""A prediction that was broken off goes on where it stopped, and ends as if it had not been."""

import sys
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest
import rasterio
from known_scenes import CLASSES as MODEL_CLASSES
from known_scenes import class_map, paint, write_scene

from segstudio.errors import Cancelled, RasterError
from segstudio.jobs.partial import PartialStrips
from segstudio.jobs.predict import PredictRequest, predict_to_file
from segstudio.jobs.predict_project import ProjectPredictRequest, predict_project
from segstudio.jobs.steps import MaskWritten, Notice, PredictionKept, Progress, StripReady
from segstudio.mask.classes import ClassList, SegmentationClass
from segstudio.project.project import Project
from segstudio.raster.window import Window

CLASSES = ClassList(
    tuple(SegmentationClass(k, each.name, each.colour) for k, each in enumerate(MODEL_CLASSES))
)
PATCH = 32


@pytest.fixture
def request_(scene, version):
    return PredictRequest(scene[0], str(version.folder), device="cpu", engine_name="torch", patch=PATCH)


def walk_to(steps, share: float) -> None:
    """Walk until so much is done, then cancel as the command line does."""
    with closing(steps), pytest.raises(Cancelled, match="% is kept, and the same command goes on"):
        for step in steps:
            if isinstance(step, Progress) and step.fraction >= share and step.done:
                steps.throw(Cancelled("cancelled"))


class TestFiles:
    """`predict INPUT -o MASK`: the partial file beside the mask."""

    @pytest.fixture
    def paths(self, tmp_path):
        return tmp_path / "m.tif", tmp_path / "doubt.tif"

    @pytest.fixture
    def whole(self, request_, tmp_path):
        """Mask and doubt of a run without a break."""
        paths = tmp_path / "whole.tif", tmp_path / "whole-doubt.tif"
        list(predict_to_file(request_, *paths))
        return [pixels(path) for path in paths]

    def test_it_goes_on_and_gives_the_same_bits(self, request_, paths, whole):
        walk_to(predict_to_file(request_, *paths), 0.5)
        assert not paths[0].exists()
        steps = list(predict_to_file(request_, *paths))
        assert any("going on at" in step.text for step in steps if isinstance(step, Notice))
        assert next(step for step in steps if isinstance(step, Progress) and step.done).fraction > 0.2
        assert isinstance(steps[-1], MaskWritten)
        for path, expected in zip(paths, whole, strict=True):
            np.testing.assert_array_equal(pixels(path), expected)
        assert not (paths[0].parent / "m.tif.partial").exists()

    def test_a_run_killed_within_a_record_loses_only_that(self, request_, paths, whole):
        walk_to(predict_to_file(request_, *paths), 0.6)
        partial = paths[0].parent / "m.tif.partial"
        partial.write_bytes(partial.read_bytes()[:-7])
        list(predict_to_file(request_, *paths))
        np.testing.assert_array_equal(pixels(paths[0]), whole[0])

    def test_damage_within_the_file_is_not_believed(self, request_, paths, whole):
        walk_to(predict_to_file(request_, *paths), 0.6)
        partial = paths[0].parent / "m.tif.partial"
        data = bytearray(partial.read_bytes())
        data[len(data) // 2] ^= 255
        partial.write_bytes(data)
        list(predict_to_file(request_, *paths))
        np.testing.assert_array_equal(pixels(paths[0]), whole[0])

    @pytest.mark.parametrize("what", ["patch", "image", "planes", "fresh"])
    def test_what_is_not_the_same_begins_anew(self, request_, paths, what):
        walk_to(predict_to_file(request_, *paths), 0.5)
        changed, doubt, fresh = request_, paths[1], what == "fresh"
        if what == "patch":
            changed = replace(request_, patch=64)
        elif what == "image":
            write_scene(request_.image, paint(class_map(200, 300, seed=1)))
        elif what == "planes":
            doubt = None
        steps = list(predict_to_file(changed, paths[0], doubt, fresh=fresh))
        assert not any("going on" in step.text for step in steps if isinstance(step, Notice))

    @pytest.mark.skipif(sys.platform == "win32", reason="file size limits are a POSIX matter")
    def test_a_full_disk_is_one_sentence_and_what_fitted_is_gone_on_with(self, tmp_path):
        import resource

        noise = np.random.default_rng(0).integers(0, 5, (64, 64)).astype(np.uint8)
        strips = [StripReady(None, Window(0, 64 * k, 64, 64), noise, noise, None, "") for k in range(2)]
        partial = PartialStrips(tmp_path / "m.tif.partial", "plan")
        partial.add(strips[0], with_doubt=False, with_depth=False)
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        size = (tmp_path / "m.tif.partial").stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100, before[1]))
        try:
            with pytest.raises(RasterError, match="make room there"):
                partial.add(strips[1], with_doubt=False, with_depth=False)
            partial.close()
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        with closing(PartialStrips(tmp_path / "m.tif.partial", "plan")) as again:
            assert again.finished == {strips[0].window}

    def test_what_is_one_strip_keeps_nothing(self, scene, version, tmp_path):
        request = PredictRequest(scene[0], str(version.folder), device="cpu", patch=512)
        for step in predict_to_file(request, tmp_path / "m.tif"):
            assert not (tmp_path / "m.tif.partial").exists(), step


class TestProjects:
    """`predict --project DIR`: the ledger in predictions.db."""

    @pytest.fixture
    def request_(self, scene, version, tmp_path):
        Project.create(tmp_path / "town", classes=CLASSES, images=[scene[0]]).close()
        settings = PredictRequest(
            scene[0], str(version.folder), device="cpu", engine_name="torch", patch=PATCH
        )
        return ProjectPredictRequest(tmp_path / "town", settings)

    def test_it_goes_on_and_gives_the_same_bits(self, request_, scene, tmp_path):
        Project.create(tmp_path / "other", classes=CLASSES, images=[scene[0]]).close()
        list(predict_project(replace(request_, folder=tmp_path / "other")))
        for share in (0.3, 0.6):
            walk_to(predict_project(request_), share)
        last = list(predict_project(request_))[-1]
        assert isinstance(last, PredictionKept)
        assert last.went_on_at > 0.3
        for found, expected in zip(planes(request_.folder), planes(tmp_path / "other"), strict=True):
            np.testing.assert_array_equal(found, expected)
        assert (planes(request_.folder)[0] == scene[1]).all()

    def test_what_is_done_is_predicted_again_from_the_start(self, request_):
        list(predict_project(request_))
        assert list(predict_project(request_))[-1].went_on_at == 0

    def test_fresh_and_other_classes_begin_anew(self, request_):
        walk_to(predict_project(request_), 0.5)
        assert list(predict_project(replace(request_, fresh=True)))[-1].went_on_at == 0
        walk_to(predict_project(request_), 0.5)
        with Project.open(request_.folder) as project:
            names = [replace(each, id=each.id + 3) for each in CLASSES]
            project.set_classes(ClassList(tuple(names)))
        assert list(predict_project(request_))[-1].went_on_at == 0


def pixels(path) -> np.ndarray:
    with rasterio.open(path) as file:
        return file.read(1)


def planes(folder) -> list[np.ndarray]:
    with Project.open(folder) as project:
        mask = project.open_document(1).mask
        return [mask.prediction.read(mask.extent), mask.doubt.read(mask.extent)]
