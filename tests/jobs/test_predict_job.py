import numpy as np
import pytest
import rasterio
from known_scenes import NAMES, TRANSFORM, class_map, paint, write_scene
from PIL import Image

from segstudio.errors import ModelError, RasterError
from segstudio.jobs.predict import PredictRequest, predict, predict_to_file
from segstudio.jobs.steps import MaskWritten, Notice, Progress, StripReady
from segstudio.raster.window import Window


def request_for(path, version, **changes):
    return PredictRequest(
        **{"image": path, "model": str(version.folder), "device": "cpu", "patch": 128} | changes
    )


def test_strips_cover_the_scene_once_and_are_right(scene, version):
    path, ids = scene
    steps = list(predict(request_for(path, version, image_id=7)))
    strips = [step for step in steps if isinstance(step, StripReady)]
    seen = np.zeros(ids.shape, int)
    answer = np.full(ids.shape, 255, np.uint8)
    for strip in strips:
        place = strip.window.slices_in(Window(0, 0, 300, 200))
        seen[place] += 1
        answer[place] = strip.class_ids
    assert (seen == 1).all()
    np.testing.assert_array_equal(answer, ids)
    assert {(strip.image_id, strip.version_id) for strip in strips} == {(7, version.id)}
    progress = [step for step in steps if isinstance(step, Progress)]
    assert progress[-1].fraction == 1.0
    assert progress[-1].seconds_left == 0.0


def test_classes_go_by_name_and_strangers_are_told(scene, version):
    path, ids = scene
    steps = list(predict(request_for(path, version, class_ids={"POND": 9, "brick": 4})))
    answer = np.concatenate([step.class_ids for step in steps if isinstance(step, StripReady)])
    np.testing.assert_array_equal(answer, np.array([4, 255, 9], np.uint8)[ids])
    assert any("grass" in step.text for step in steps if isinstance(step, Notice))


def test_a_model_that_shares_no_class_with_the_project_is_refused(scene, version):
    with pytest.raises(ModelError, match="rename the project's classes"):
        list(predict(request_for(scene[0], version, class_ids={"roof": 0})))


def test_only_the_window_is_predicted(scene, version):
    window = Window(40, 50, 100, 60)
    steps = list(predict(request_for(scene[0], version, window=window)))
    strips = [step.window for step in steps if isinstance(step, StripReady)]
    assert sum(strip.area for strip in strips) == window.area
    assert all(window.contains(strip) for strip in strips)


def test_a_window_beside_the_image_is_refused(scene, version):
    with pytest.raises(RasterError, match="outside"):
        list(predict(request_for(scene[0], version, window=Window(900, 0, 10, 10))))


def test_closing_ends_the_reader_and_leaves_no_thread(scene, version):
    import threading

    steps = predict(request_for(scene[0], version, patch=32))
    while not isinstance(next(steps), StripReady):
        pass
    steps.close()
    assert not [thread for thread in threading.enumerate() if "ahead" in thread.name]


def test_the_mask_file_has_size_place_nodata_and_colours_of_the_image(scene, version, tmp_path):
    path, ids = scene
    mask, doubt = tmp_path / "mask.tif", tmp_path / "doubt.tif"
    last = list(predict_to_file(request_for(path, version), mask, doubt))[-1]
    assert isinstance(last, MaskWritten)
    assert last.windows > 1
    assert last.peak_rss_mb > 50
    with rasterio.open(mask) as file, rasterio.open(path) as image:
        assert (file.shape, file.crs, file.transform) == (image.shape, image.crs, TRANSFORM)
        assert (file.nodata, file.dtypes) == (255, ("uint8",))
        assert file.colormap(1)[0] == (0xC8, 0x1E, 0x1E, 255)
        np.testing.assert_array_equal(file.read(1), ids)
    with rasterio.open(doubt) as file:
        assert file.read(1).max() < 128


def test_a_large_mask_is_tiled_and_its_strips_join(version, tmp_path):
    ids = class_map(1300, 700)
    path = write_scene(tmp_path / "scene.tif", paint(ids))
    list(predict_to_file(request_for(path, version, patch=256), tmp_path / "mask.tif"))
    with rasterio.open(tmp_path / "mask.tif") as file:
        assert file.block_shapes == [(512, 512)]
        np.testing.assert_array_equal(file.read(1), ids)


def test_nodata_stays_nodata(version, tmp_path):
    ids = class_map(100, 100)
    pixels = paint(ids)
    pixels[:, 20:40, 30:60] = 0
    path = write_scene(tmp_path / "scene.tif", pixels, nodata=0)
    list(predict_to_file(request_for(path, version), tmp_path / "mask.tif"))
    with rasterio.open(tmp_path / "mask.tif") as file:
        mask = file.read(1)
    assert (mask[20:40, 30:60] == 255).all()
    assert (mask == 255).sum() == 20 * 30


def test_a_photo_becomes_an_indexed_png(version, tmp_path):
    ids = class_map(90, 120)
    Image.fromarray(np.ascontiguousarray(paint(ids).transpose(1, 2, 0))).save(tmp_path / "street.png")
    request = request_for(tmp_path / "street.png", version)
    list(predict_to_file(request, tmp_path / "mask.png", tmp_path / "doubt.png"))
    with Image.open(tmp_path / "mask.png") as image:
        assert image.mode == "P"
        np.testing.assert_array_equal(np.asarray(image), ids)
        assert image.getpalette()[:3] == [0xC8, 0x1E, 0x1E]


def test_depth_comes_from_a_model_that_has_it(scene, version, tmp_path):
    request = request_for(scene[0], version)
    with pytest.raises(ModelError, match="gives no depth"):
        list(predict_to_file(request, tmp_path / "m.tif", None, tmp_path / "d.tif"))
    small = write_scene(tmp_path / "small.tif", paint(class_map(64, 96)))
    request = PredictRequest(small, "two-decoder-light", device="cpu", untrained=True)
    list(predict_to_file(request, tmp_path / "m.tif", None, tmp_path / "d.tif"))
    with rasterio.open(tmp_path / "d.tif") as file:
        assert file.dtypes == ("float32",)
        assert file.transform == TRANSFORM
        assert np.isfinite(file.read(1)).all()


def test_a_cancelled_prediction_leaves_only_what_it_can_be_gone_on_with(scene, version, tmp_path):
    before = set(tmp_path.iterdir())
    steps = predict_to_file(request_for(scene[0], version, patch=32), tmp_path / "m.tif", tmp_path / "d.tif")
    while not (isinstance(step := next(steps), Progress) and step.done > 3):
        pass
    assert set(tmp_path.iterdir()) > before
    steps.close()
    assert {path.name for path in set(tmp_path.iterdir()) - before} == {"m.tif.partial"}


def test_an_older_mask_is_untouched_by_a_cancel(scene, version, tmp_path):
    (tmp_path / "m.tif").write_text("mine")
    steps = predict_to_file(request_for(scene[0], version, patch=32), tmp_path / "m.tif")
    while not (isinstance(step := next(steps), Progress) and step.done > 3):
        pass
    steps.close()
    assert (tmp_path / "m.tif").read_text() == "mine"


@pytest.mark.parametrize("name", ["m.jpg", "nowhere/m.tif", "scene.tif"])
def test_a_mask_that_cannot_be_written_is_refused_before_the_work(scene, version, tmp_path, name):
    with pytest.raises(RasterError):
        next(predict_to_file(request_for(scene[0], version), tmp_path / name))


def test_an_untrained_card_is_refused_unless_allowed(scene):
    request = PredictRequest(scene[0], "conv1x1", device="cpu")
    with pytest.raises(ModelError, match="no weights yet"):
        list(predict(request))


@pytest.fixture
def gray_scene(tmp_path):
    pixels = (np.arange(100 * 120) % 4000).reshape(1, 100, 120).astype(np.uint16)
    return write_scene(tmp_path / "gray.tif", pixels)


def test_one_band_with_a_three_band_card_names_the_gray_adapter(gray_scene):
    request = PredictRequest(gray_scene, "mff-light", device="cpu", untrained=True)
    with pytest.raises(ModelError, match="use gray:mff-light"):
        list(predict(request))


def test_one_band_with_a_three_band_version_names_the_gray_adapter(gray_scene, version):
    with pytest.raises(ModelError, match=f"use gray:{version.folder}"):
        list(predict(request_for(gray_scene, version)))


@pytest.fixture
def unet_version(make_version):
    """An ordinary three-band net, to put the adapter in front of."""
    from segstudio.models.registry import default_registry

    net = default_registry().create_model("lraspp-mobilenetv3", class_count=3)
    return make_version(card_id="lraspp-mobilenetv3", state=net.state_dict())


@pytest.mark.parametrize("how", ["prefix", "flag"])
def test_a_three_band_version_sees_one_band_through_the_gray_adapter(gray_scene, unet_version, how):
    if how == "flag":
        request = request_for(gray_scene, unet_version, gray=True)
    else:
        request = request_for(gray_scene, unet_version, model=f"gray:{unet_version.folder}")
    steps = list(predict(request))
    assert any("percentiles" in step.text for step in steps if isinstance(step, Notice))
    answer = np.concatenate([step.class_ids for step in steps if isinstance(step, StripReady)])
    assert answer.shape == (100, 120)
    assert set(np.unique(answer)) <= set(NAMES)
