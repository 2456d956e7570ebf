import json

import numpy as np
import pytest
from known_scenes import class_map, paint, write_scene
from PIL import Image

from segstudio.errors import RasterError
from segstudio.jobs.evaluate import EvaluateRequest, evaluate
from segstudio.jobs.steps import EvaluationReady, Progress

TABLE = np.array([[0xC8, 0x1E, 0x1E], [0x1E, 0xC8, 0x1E], [0x1E, 0x1E, 0xC8]], np.uint8)


def figures_of(pairs, version, **changes):
    request = EvaluateRequest(tuple(pairs), str(version.folder), device="cpu", patch=128, **changes)
    *steps, last = evaluate(request)
    assert isinstance(last, EvaluationReady)
    assert all(step.total for step in steps if isinstance(step, Progress))
    return dict(last.figures)


def test_a_perfect_model_reads_one(scene, version, tmp_path):
    path, ids = scene
    truth = write_scene(tmp_path / "truth.tif", ids[None])
    figures = figures_of([(path, truth)], version)
    assert (figures["accuracy"], figures["mean_iou"], figures["dice"]) == (1.0, 1.0, 1.0)
    assert figures["confusion"] == np.diag(np.bincount(ids.ravel(), minlength=3)).tolist()
    assert [entry["name"] for entry in figures["per_class"]] == ["brick", "grass", "pond"]


def test_unlabelled_pixels_and_unknown_colours_do_not_count(scene, version, tmp_path):
    path, ids = scene
    colours = TABLE[ids]
    colours[:50] = 0
    Image.fromarray(colours).save(tmp_path / "truth.png")
    figures = figures_of([(path, tmp_path / "truth.png")], version, by="colour")
    assert figures["pixels"] == 150 * 300
    assert figures["accuracy"] == 1.0


def test_images_are_pooled_and_also_averaged(version, tmp_path):
    pairs = []
    for number, wrong in enumerate((0, 60)):
        ids = class_map(96, 96, seed=number)
        image = write_scene(tmp_path / f"{number}.tif", paint(ids))
        ids = ids.copy()
        ids[:wrong] = (ids[:wrong] + 1) % 3
        pairs.append((image, write_scene(tmp_path / f"{number}_truth.tif", ids[None])))
    figures = figures_of(pairs, version)
    assert figures["accuracy"] == pytest.approx(1 - 60 / 192, abs=1e-6)
    scenes = figures["per_scene"]
    assert scenes["0.tif"]["mean_iou"] == 1.0
    mean = (scenes["0.tif"]["mean_iou"] + scenes["1.tif"]["mean_iou"]) / 2
    assert figures["mean_iou_per_image"] == pytest.approx(mean, abs=1e-6)


def test_ids_are_those_of_the_project_the_version_was_taught_in(scene, make_version, tmp_path):
    path, ids = scene
    version = make_version(settings={"class_ids": [10, 30, 20]})
    truth = write_scene(tmp_path / "truth.tif", np.array([10, 30, 20], np.uint8)[ids][None])
    assert figures_of([(path, truth)], version)["accuracy"] == 1.0


def test_the_version_keeps_its_figures(scene, version, tmp_path):
    path, ids = scene
    truth = write_scene(tmp_path / "truth.tif", ids[None])
    figures_of([(path, truth)], version)
    record = json.loads((version.folder / "version.json").read_text())
    (entry,) = record["evaluations"]
    assert entry["accuracy"] == 1.0
    assert entry["images"] == ["scene.tif"]


def test_a_mask_of_another_size_is_refused(scene, version, tmp_path):
    truth = write_scene(tmp_path / "truth.tif", scene[1][None, :100])
    with pytest.raises(RasterError, match=r"truth.tif has 300 x 100 pixels, scene.tif 300 x 200"):
        figures_of([(scene[0], truth)], version)


def test_masks_that_say_nothing_are_refused(scene, version, tmp_path):
    truth = write_scene(tmp_path / "truth.tif", np.full((1, 200, 300), 77, np.uint8))
    with pytest.raises(RasterError, match="say nothing"):
        figures_of([(scene[0], truth)], version)
