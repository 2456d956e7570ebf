import json
import os
from contextlib import closing

import numpy as np
import pytest
from known_scenes import COLOURS, NAMES, class_map, paint, write_scene

from segstudio.errors import Cancelled, CannotTrain
from segstudio.jobs.annotate import AnnotateRequest, annotate
from segstudio.jobs.fine_tune import FineTuneRequest, fine_tune
from segstudio.jobs.steps import EpochReady, Notice, Progress, VersionReady
from segstudio.mask.classes import ClassList
from segstudio.models.versions import VersionStore
from segstudio.project.project import Project
from segstudio.training.settings import FineTuneSettings

SETTINGS = FineTuneSettings(epochs=2, patch_px=64, batch=4, evaluations=4, learning_rate=0.05)


def class_list():
    entries = [{"id": k, "name": NAMES[k], "colour": COLOURS[k]} for k in COLOURS]
    return ClassList.from_json(json.dumps(entries))


def make_project(folder, pixels, ids, *, name="scene.tif"):
    image = write_scene(folder / name, pixels)
    truth = write_scene(folder / "truth.tif", ids[None])
    with closing(Project.create(folder / "project", classes=class_list(), images=[image])):
        pass
    list(annotate(AnnotateRequest(folder / "project", image=name, mask=truth)))
    return folder / "project"


@pytest.fixture
def dull_project(tmp_path):
    """A scene in which all is so dark and reddish that the version takes most of it for brick."""
    ids = class_map(448, 448, seed=5)
    pixels = paint(ids).astype(float) * np.array([0.9, 0.35, 0.3])[:, None, None]
    pixels[0] += 40
    return make_project(tmp_path, pixels.astype(np.uint8), ids)


def run(project, model, **changes):
    return list(
        fine_tune(FineTuneRequest(project, model=str(model), settings=SETTINGS, device="cpu", **changes))
    )


def test_a_fine_tune_adds_a_better_version_with_its_parent(dull_project, version):
    steps = run(dull_project, version.folder)
    ready = steps[-1]
    assert isinstance(ready, VersionReady)
    assert ready.parent == version.id
    assert ready.before["mean_iou"] < 0.5 < ready.after["mean_iou"]
    assert [entry["name"] for entry in ready.after["per_class"]] == list(NAMES.values())
    assert any(isinstance(step, EpochReady) for step in steps)
    progress = [step.done for step in steps if isinstance(step, Progress) and step.total]
    assert progress == sorted(progress)
    kept = VersionStore(dull_project / "versions").get(ready.version_id)
    assert kept.settings["class_ids"] == [0, 1, 2]
    assert kept.seed == 0
    assert version.folder.is_dir()


def test_the_project_uses_a_better_version_only_where_that_is_asked(dull_project, version):
    run(dull_project, version.folder)
    with closing(Project.open(dull_project)) as project:
        assert project.active_version_id is None
    ready = run(dull_project, version.folder, activate=True)[-1]
    with closing(Project.open(dull_project)) as project:
        assert project.active_version_id == ready.version_id


def test_a_window_may_have_the_project_open_meanwhile(dull_project, version):
    with closing(Project.open(dull_project)):
        assert isinstance(run(dull_project, version.folder)[-1], VersionReady)


def until_looked(steps):
    for step in steps:
        if isinstance(step, EpochReady):
            return


def test_a_cancel_keeps_the_best_so_far(dull_project, version):
    steps = fine_tune(FineTuneRequest(dull_project, str(version.folder), SETTINGS, "cpu"))
    until_looked(steps)
    ready = steps.throw(Cancelled("cancelled"))
    assert isinstance(ready, VersionReady)
    assert any("stopped before its time" in note for note in ready.notes)
    assert list(steps) == []


def test_closing_keeps_the_best_so_far_silently(dull_project, version):
    steps = fine_tune(FineTuneRequest(dull_project, str(version.folder), SETTINGS, "cpu"))
    until_looked(steps)
    steps.close()
    (kept,) = VersionStore(dull_project / "versions").all()
    assert kept.parent == version.id


def test_a_cancel_before_the_first_look_keeps_nothing(dull_project, version):
    steps = fine_tune(FineTuneRequest(dull_project, str(version.folder), SETTINGS, "cpu"))
    while not (isinstance(step := next(steps), Progress) and step.total):
        pass
    with pytest.raises(Cancelled):
        steps.throw(Cancelled("cancelled"))
    assert VersionStore(dull_project / "versions").all() == []


def test_a_card_without_weights_starts_from_scratch_and_says_so(dull_project):
    steps = run(dull_project, "conv1x1")
    ready = steps[-1]
    assert (ready.parent, dict(ready.before)) == (None, {})
    assert any("starts from scratch" in step.text for step in steps if isinstance(step, Notice))
    assert any("starts from scratch" in note for note in ready.notes)


def test_one_band_gets_the_gray_adapter_in_front(tmp_path):
    ids = class_map(448, 448, seed=5)
    pixels = (500 + 900 * ids.astype(int) + np.random.default_rng(0).integers(0, 99, ids.shape)).astype(
        np.uint16
    )
    project = make_project(tmp_path, pixels[None], ids)
    settings = FineTuneSettings(minutes=0.01, patch_px=64, batch=2, evaluations=1, from_scratch=True)
    request = FineTuneRequest(project, "lraspp-mobilenetv3", settings, "cpu")
    ready = list(fine_tune(request))[-1]
    kept = VersionStore(project / "versions").get(ready.version_id)
    assert (kept.card_id, kept.in_bands, kept.input.scaling) == ("gray:lraspp-mobilenetv3", 1, "scene")
    assert any("gray adapter" in note for note in kept.notes)


def test_a_project_without_annotation_is_refused(tmp_path, version):
    image = write_scene(tmp_path / "scene.tif", paint(class_map(64, 64)))
    with closing(Project.create(tmp_path / "project", classes=class_list(), images=[image])):
        pass
    with pytest.raises(CannotTrain, match="no image of the project is annotated"):
        run(tmp_path / "project", version.folder)


def test_too_little_to_judge_is_refused_with_a_reason(tmp_path, version):
    ids = np.full((200, 200), 255, np.uint8)
    ids[:20, :20] = 1
    project = make_project(tmp_path, paint(class_map(200, 200)), ids)
    with pytest.raises(CannotTrain):
        run(project, version.folder)
    assert not (project / "versions").exists() or not os.listdir(project / "versions")
