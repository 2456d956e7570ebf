"""Where depth targets come from: a raster, a folder, a network; and what is said when one is not at hand."""

import importlib.util
import json
from contextlib import closing

import numpy as np
import pytest
import rasterio
from known_scenes import COLOURS, NAMES, TRANSFORM, class_map, paint, write_scene
from PIL import Image

from segstudio.errors import ModelError, ProjectError
from segstudio.jobs.annotate import AnnotateRequest, annotate
from segstudio.jobs.depth_teachers import DepthBlock, DepthImage, DepthSource, depth_targets
from segstudio.jobs.steps import ImageAnnotated, Notice
from segstudio.mask.classes import ClassList
from segstudio.project.project import Project
from segstudio.raster.window import Window

needs_transformers = pytest.mark.skipif(
    importlib.util.find_spec("transformers") is None, reason="the optional library is not installed"
)


@pytest.fixture
def images(tmp_path):
    paths = [write_scene(tmp_path / f"{name}.tif", paint(class_map(200, 300))) for name in ("east", "west")]
    return [DepthImage(number, path.name, path) for number, path in enumerate(paths, start=1)]


def depth_of(images, source):
    """The depth of every image, put together from its blocks."""
    planes = {image.id: np.full((200, 300), -77, np.float32) for image in images}
    for step in depth_targets(images, source):
        if isinstance(step, DepthBlock):
            planes[step.image_id][step.window.slices_in(Window(0, 0, 300, 200))] = step.depth
    return planes


def test_a_folder_goes_by_stem_and_images_without_depth_are_named(tmp_path, images):
    folder = tmp_path / "dsm"
    folder.mkdir()
    height = np.linspace(0, 9, 60_000, dtype=np.float32).reshape(1, 200, 300)
    write_scene(folder / "east.tif", height)
    steps = list(depth_targets(images, DepthSource(given=folder)))
    assert [step.image_name for step in steps if isinstance(step, ImageAnnotated)] == ["east.tif"]
    assert any("west.tif" in step.text for step in steps if isinstance(step, Notice))
    np.testing.assert_array_equal(depth_of(images, DepthSource(given=folder))[1], height[0])


def test_frames_of_a_depth_camera_are_scaled_and_zero_was_not_measured(tmp_path, images):
    frame = np.arange(60_000, dtype=np.uint16).reshape(200, 300)
    Image.fromarray(frame).save(tmp_path / "frame.png")
    depth = depth_of(images[:1], DepthSource(given=tmp_path / "frame.png", scale=0.001))[1]
    assert np.isnan(depth[0, 0])
    np.testing.assert_allclose(depth.ravel()[1:], frame.ravel()[1:] * 0.001, rtol=1e-6)


def test_a_coarser_height_model_is_brought_to_the_image(tmp_path, images):
    place = TRANSFORM @ rasterio.Affine.scale(4)
    height = np.full((50, 75), 12, np.float32)
    with rasterio.open(
        tmp_path / "dsm.tif", "w", driver="GTiff", width=75, height=50, count=1, dtype="float32",
        crs="EPSG:32640", transform=place,
    ) as file:  # fmt: skip
        file.write(height, 1)
    steps = list(depth_targets(images[:1], DepthSource(given=tmp_path / "dsm.tif")))
    assert any("grid of its own" in step.text for step in steps if isinstance(step, Notice))
    assert (depth_of(images[:1], DepthSource(given=tmp_path / "dsm.tif"))[1] == 12).all()


def test_one_raster_for_several_images_is_refused(tmp_path, images):
    path = write_scene(tmp_path / "dsm.tif", np.zeros((1, 200, 300), np.float32))
    with pytest.raises(ProjectError, match="say which image"):
        list(depth_targets(images, DepthSource(given=path)))


def test_a_folder_without_a_stem_in_common_is_refused(tmp_path, images):
    (tmp_path / "empty").mkdir()
    with pytest.raises(ProjectError, match="stem of an image"):
        list(depth_targets(images, DepthSource(given=tmp_path / "empty")))


def test_a_folder_of_depth_reaches_the_project(tmp_path, images):
    entries = [{"id": k, "name": NAMES[k], "colour": COLOURS[k]} for k in COLOURS]
    classes = ClassList.from_json(json.dumps(entries))
    with closing(Project.create(tmp_path / "p", classes=classes, images=[each.path for each in images])):
        pass
    folder = tmp_path / "dsm"
    folder.mkdir()
    for number, image in enumerate(images):
        write_scene(folder / image.name, np.full((1, 200, 300), number + 3, np.float32))
    list(annotate(AnnotateRequest(tmp_path / "p", depth=DepthSource(given=folder))))
    with closing(Project.open(tmp_path / "p", read_only=True)) as project:
        for number, entry in enumerate(project.images):
            plane = project.open_document(entry.id).mask.depth_target
            assert (plane.read(Window(0, 0, 300, 200)) == number + 3).all()


def test_an_unknown_teacher_is_answered_with_those_there_are(images):
    with pytest.raises(ModelError, match="depth-anything-v2-small"):
        list(depth_targets(images, DepthSource(teacher="magic")))


def test_without_library_or_weights_one_sentence_says_how_to_get_them(images, monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    with pytest.raises(ModelError, match=r"segstudio\[depth\]|hf download depth-anything") as refused:
        list(depth_targets(images, DepthSource(teacher="depth-anything-v2-small", device="cpu")))
    assert "\n" not in str(refused.value)


@pytest.fixture
def tiny_network(tmp_path):
    """Depth Anything with random weights in the hub's layout: right in form, some 60 kB."""
    import torch
    from transformers import (
        DepthAnythingConfig,
        DepthAnythingForDepthEstimation,
        Dinov2Config,
        DPTImageProcessor,
    )

    torch.manual_seed(0)
    backbone = Dinov2Config(
        hidden_size=16, num_hidden_layers=4, num_attention_heads=2, mlp_ratio=2, image_size=70, patch_size=14,
        out_indices=[1, 2, 3, 4], reshape_hidden_states=False, apply_layernorm=True,
    )  # fmt: skip
    config = DepthAnythingConfig(
        backbone_config=backbone, neck_hidden_sizes=[8, 8, 8, 8], fusion_hidden_size=8, head_hidden_size=4,
        reassemble_hidden_size=16,
    )  # fmt: skip
    folder = tmp_path / "tiny"
    net = DepthAnythingForDepthEstimation(config)
    for parameter in net.parameters():
        if parameter.ndim > 1:
            torch.nn.init.normal_(parameter, std=0.3)
    net.save_pretrained(folder)
    processor = DPTImageProcessor(
        size={"height": 70, "width": 70}, keep_aspect_ratio=True, ensure_multiple_of=14, do_resize=True
    )
    processor.save_pretrained(folder)
    return folder


@needs_transformers
@pytest.mark.filterwarnings("default")
def test_a_network_teaches_scenes_in_windows_and_photos_whole(tmp_path, images, tiny_network):
    depth = depth_of(images[:1], DepthSource(teacher=str(tiny_network), device="cpu"))[1]
    assert np.isfinite(depth).all()
    Image.fromarray(paint(class_map(200, 300)).transpose(1, 2, 0)).save(tmp_path / "photo.png")
    photo = [DepthImage(1, "photo.png", tmp_path / "photo.png")]
    seen = depth_of(photo, DepthSource(teacher=str(tiny_network), device="cpu"))[1]
    assert np.isfinite(seen).all()
    # the same pixels: in a photo larger is farther, in a scene larger is higher
    assert np.corrcoef(seen.ravel(), depth.ravel())[0, 1] < -0.9


@needs_transformers
@pytest.mark.filterwarnings("default")
def test_a_large_scene_is_seen_in_windows_that_leave_no_seam(tmp_path, tiny_network, monkeypatch):
    from segstudio.jobs import depth_model

    monkeypatch.setattr(depth_model, "_WINDOW_PX", 112)
    path = write_scene(tmp_path / "gray.tif", paint(class_map(200, 300))[:1])
    image = [DepthImage(1, "gray.tif", path)]
    depth = depth_of(image, DepthSource(teacher=str(tiny_network), device="cpu"))[1]
    assert np.isfinite(depth).all()
    steps = np.abs(np.diff(depth, axis=1)).mean(axis=0)
    inner = steps[4:-4]  # the network itself is uneasy at an image's rim
    assert inner.max() < 8 * np.median(inner)
