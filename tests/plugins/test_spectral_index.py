"""Indices over real files of every kind, through the real `segstudio predict`."""

import io
import json

import numpy as np
import pytest
import rasterio
from conftest import read_mask
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from segstudio.cli.main import run
from segstudio.models.nets.assembly import assemble
from segstudio.models.registry import default_registry

VEGETATION, OTHER, NOTHING = 0, 1, 255
# red, green, blue, near infrared of: a meadow, a lake, a roof
SURFACES = np.array([[400, 700, 300, 3600], [500, 900, 1100, 200], [2500, 2400, 2300, 2700]])


def call(*arguments):
    out, err = io.StringIO(), io.StringIO()
    code = run([*map(str, arguments)], open_window=lambda paths: 1, stdout=out, stderr=err)
    return code, out.getvalue(), err.getvalue()


def predict(path, model, tmp_path, *more):
    mask = tmp_path / "mask.tif"
    code, _, err = call("predict", path, "--model", model, "-o", mask, "--json", *more)
    assert (code, err) == (0, "")
    return read_mask(mask)


@pytest.fixture
def places():
    return np.random.default_rng(0).integers(0, 3, (90, 130))


@pytest.mark.parametrize("dtype", ["int16", "uint16", "float32"])
def test_vegetation_and_water_are_where_they_are(allow, write_scene, places, tmp_path, dtype):
    allow("spectral_index")
    scale = 1e-4 if dtype == "float32" else 1
    path = write_scene((SURFACES[places].transpose(2, 0, 1) * scale).astype(dtype))
    np.testing.assert_array_equal(predict(path, "ndvi-vegetation", tmp_path), np.where(places == 0, 0, 1))
    np.testing.assert_array_equal(predict(path, "ndwi-water", tmp_path), np.where(places == 1, 0, 1))


def test_the_other_order_of_bands_has_a_card_of_its_own(allow, write_scene, places, tmp_path):
    allow("spectral_index")
    path = write_scene(SURFACES[places].transpose(2, 0, 1)[[2, 1, 0, 3]].astype(np.uint16))
    found = predict(path, "ndvi-vegetation-bgrn", tmp_path)
    np.testing.assert_array_equal(found, np.where(places == 0, 0, 1))


def test_no_data_and_no_light_stay_unlabelled(allow, write_scene, places, tmp_path):
    allow("spectral_index")
    pixels = SURFACES[places].transpose(2, 0, 1).astype(np.int16)
    pixels[:, :10] = -9999
    pixels[[0, 3], 10:20] = 0  # division by zero
    found = predict(write_scene(pixels, nodata=-9999), "ndvi-vegetation", tmp_path)
    assert (found[:20] == NOTHING).all()
    np.testing.assert_array_equal(found[20:], np.where(places == 0, 0, 1)[20:])


def test_small_patches_give_the_same_mask(allow, write_scene, places, tmp_path):
    allow("spectral_index")
    path = write_scene(SURFACES[places].transpose(2, 0, 1).astype(np.uint16))
    found = predict(path, "ndvi-vegetation", tmp_path, "--patch", 32, "--overlap", 0.5)
    np.testing.assert_array_equal(found, np.where(places == 0, 0, 1))


def test_brightness_falls_into_three_classes(allow, write_scene, tmp_path):
    allow("spectral_index")
    ramp = np.linspace(100, 3100, 400).astype(np.uint16)
    found = predict(write_scene(np.tile(ramp, (1, 40, 1))), "threshold-brightness", tmp_path)[0]
    assert (np.diff(found.astype(int)) >= 0).all()
    assert [(found == k).mean() for k in range(3)] == pytest.approx([0.34, 0.33, 0.33], abs=0.02)


def test_an_index_is_measured_like_any_model(allow, write_scene, places, tmp_path):
    allow("spectral_index")
    path = write_scene(SURFACES[places].transpose(2, 0, 1).astype(np.uint16))
    truth = write_scene(np.where(places == 0, 0, 1).astype(np.uint8)[None], name="truth.tif")
    code, out, _ = call("evaluate", "--image", path, "--mask", truth, "--model", "ndvi-vegetation", "--json")
    assert code == 0
    assert json.loads(out.splitlines()[-1])["accuracy"] == 1.0


def test_a_missing_band_is_one_sentence_with_the_way_out(allow, write_scene, tmp_path):
    allow("spectral_index")
    path = write_scene(np.zeros((3, 40, 40), np.uint8))
    code, _, err = call("predict", path, "--model", "ndvi-vegetation", "-o", tmp_path / "m.tif")
    assert code == 2
    assert err.count("\n") == 1
    assert "band 4" in err and "has 3" in err
    code, _, err = call("predict", path, "--model", "gray:ndvi-vegetation", "-o", tmp_path / "m.tif")
    assert code == 2
    assert "no gray adapter fits" in err


def test_what_nobody_agreed_to_does_not_run(write_scene, tmp_path):
    path = write_scene(np.ones((4, 40, 40), np.uint16))
    code, _, err = call("predict", path, "--model", "ndvi-vegetation", "-o", tmp_path / "m.tif")
    assert code == 2
    assert "segstudio plugins trust spectral_index" in err
    assert not (tmp_path / "m.tif").exists()


def test_a_rule_cannot_be_taught(allow, write_scene, places, tmp_path):
    allow("spectral_index")
    pixels = SURFACES[places].transpose(2, 0, 1).astype(np.uint16)
    names = {"vegetation": "#00AA00", "other": "#999999"}
    classes = [{"id": n, "name": name, "colour": colour} for n, (name, colour) in enumerate(names.items())]
    (tmp_path / "classes.json").write_text(json.dumps(classes))
    project, scene = tmp_path / "p.segstudio", write_scene(pixels)
    truth = write_scene((places == 1).astype(np.uint8)[None], name="truth.tif")
    assert call("project", "new", project, "--images", scene, "--classes", tmp_path / "classes.json")[0] == 0
    assert call("annotate", project, "--image", scene.name, "--mask", truth, "--by", "id")[0] == 0
    code, _, err = call("finetune", project, "--model", "ndvi-vegetation")
    assert code == 2
    assert err.count("\n") == 1
    assert "is a fixed rule and cannot be taught" in err


@given(
    pixels=hnp.arrays(
        np.float32, (1, 2, 5, 7), elements=st.floats(-1e4, 1e4, width=32, allow_subnormal=False)
    ),
    threshold=st.floats(-1, 1),
)
def test_scores_are_shares_of_one_and_decide_as_the_index_does(pixels, threshold):
    registry = default_registry()
    registry.trust(registry.plugin("spectral_index"))
    body = assemble(registry.card("ndvi-vegetation"), class_count=2, in_bands=2).body
    rule = type(body._function)(threshold)
    scores = rule.predict_scores(pixels)
    total = pixels.sum(axis=1)
    assert (scores >= 0).all()
    np.testing.assert_allclose(scores.sum(axis=1), (total > 0).astype(np.float32), atol=1e-6)
    with np.errstate(all="ignore"):
        index = (pixels[:, 0] - pixels[:, 1]) / total
    said = total > 0
    np.testing.assert_array_equal((scores[:, 0] > scores[:, 1])[said], (index >= np.float32(threshold))[said])


NAIP = "opengeos_data/naip"
LANDSAT = "landsat7_opengeotut/LE70220491999322EDC01_stack.gtif"


@pytest.mark.shared_data
def test_naip_has_vegetation(allow, shared_data, tmp_path):
    allow("spectral_index")
    files = [path for path in sorted((shared_data / NAIP).rglob("*.tif")) if bands_of(path) >= 4]
    if not files:
        pytest.skip("no NAIP image with infrared here")
    found = predict(files[0], "ndvi-vegetation", tmp_path)
    assert 0.02 < (found == VEGETATION).mean() < 0.98


@pytest.mark.shared_data
def test_landsat_vegetation_is_what_the_formula_says(allow, shared_data, tmp_path):
    allow("spectral_index")
    path = shared_data / LANDSAT
    if not path.is_file():
        pytest.skip("no Landsat scene here")
    green = predict(path, "ndvi-vegetation-bgrn", tmp_path)
    with rasterio.open(path) as dataset:
        empty = (dataset.read([3, 4]) == -9999).all(axis=0)
        bands = dataset.read().astype(float)
    assert (green[empty] == NOTHING).all()
    said = ~empty & (bands[2] + bands[3] > 0)
    index = (bands[3] - bands[2]) / np.where(said, bands[3] + bands[2], 1)
    clear = said & (np.abs(index - 0.3) > 1e-3)
    np.testing.assert_array_equal(green[clear] == VEGETATION, (index >= 0.3)[clear])


def bands_of(path):
    with rasterio.open(path) as dataset:
        return dataset.count
